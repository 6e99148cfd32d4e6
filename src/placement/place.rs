//! From what is wanted to new files, all of them or none, and back.

use std::path::{Path, PathBuf};

use super::files::{self, Contents, Staged};
use super::json::{self, Edit, Put};
use super::means::Means;
use super::record::{Claim, Kept, Placed, Record, before};
use super::table::Scope;
use super::trouble::Trouble;
use super::wanted::{Want, Wanted};
use super::{block, texts};
use crate::vault::Raw;

/// What becomes of one file.
#[derive(Debug)]
pub struct Step {
    /// Where it really lies.
    pub path: PathBuf,
    pub from: Contents,
    pub to: Contents,
    /// What the record says of it from then on; `None`: nothing of ours is left.
    placed: Option<(Contents, Vec<Claim>)>,
    /// It was changed by others since, so that it stays.
    pub left: bool,
}

impl Step {
    #[must_use]
    pub fn changes(&self) -> bool {
        self.from != self.to
    }
}

/// All of one placement or of taking one back.
#[derive(Debug)]
pub struct Plan {
    pub by: String,
    pub steps: Vec<Step>,
    /// What it was made by.
    record: Record,
}

impl Plan {
    #[must_use]
    pub fn changes(&self) -> bool {
        self.steps.iter().any(Step::changes)
    }
}

/// What it takes for all that is wanted to be there. Reads only.
pub fn plan(by: &str, wanted: &[Wanted], means: &Means) -> Result<Plan, Trouble> {
    let record = Record::read(&means.record)?;
    let mut steps: Vec<Step> = Vec::new();
    for one in wanted {
        let step = place(by, one, &record, means)?;
        // Two names may lead to one file.
        if steps.iter().all(|other| other.path != step.path) {
            steps.push(step);
        }
    }
    Ok(Plan { by: by.to_owned(), steps, record })
}

/// What it takes for nothing of this placement to be left. Reads only.
pub fn plan_back(by: &str, means: &Means) -> Result<Plan, Trouble> {
    let record = Record::read(&means.record)?;
    let ours = record.files.iter().filter(|placed| placed.claims.iter().any(|claim| claim.by == by));
    let steps = ours.map(|placed| take_back(by, placed, means)).collect::<Result<Vec<Step>, Trouble>>()?;
    if steps.is_empty() {
        return Err(Trouble::NotPlaced { by: by.to_owned(), placed: record.placed().join(", ") });
    }
    Ok(Plan { by: by.to_owned(), steps, record })
}

fn place(by: &str, wanted: &Wanted, record: &Record, means: &Means) -> Result<Step, Trouble> {
    let through = matches!(wanted.want, Want::Settings(_) | Want::Lines(_));
    let path = located(&wanted.path, through, means)?;
    let from = files::read(&path, through)?;
    let placed = record.of(&path);
    let others: Vec<Claim> = placed.map(|placed| placed.claims.clone()).unwrap_or_default();
    let base = match placed {
        None => from.clone(),
        Some(placed) if from.digest() == placed.after => before(&means.record, placed)?,
        Some(placed) => without(&path, &from, &placed.claims, placed, means)?,
    };
    let (old, mut claims): (Vec<Claim>, Vec<Claim>) = others.into_iter().partition(|claim| claim.by == by);
    let start = match (placed, stale(&old, &wanted.want)) {
        (Some(placed), stale) if !stale.is_empty() => without(&path, &from, &only(&stale, &claims), placed, means)?,
        _ => from.clone(),
    };
    let already: Vec<&Edit> = old.iter().chain(&claims).flat_map(|claim| edits(&claim.want)).collect();
    let (to, claim) = match &wanted.want {
        Want::Settings(edits) => {
            let serves = |value: &serde_json::Value| serves(value, means);
            let (bytes, made) = json::put(start.bytes(), edits, &serves)
                .map_err(|wrong| Trouble::wrong(&wanted.path, start.bytes(), wrong, edits))?;
            // Of what was there before us, nothing is ours to take away.
            let made = edits.iter().filter(|edit| made.contains(edit) || already.contains(edit)).cloned().collect();
            (rewritten(&start, bytes), Want::Settings(made))
        }
        Want::Lines(lines) => (rewritten(&start, block::put(start.bytes(), lines)), wanted.want.clone()),
        Want::Program { text, mode } => {
            let to = Contents::File { bytes: text.clone().into_bytes(), mode: *mode };
            let free = base == Contents::Absent || from == to;
            (free.then_some(to).ok_or_else(|| Trouble::IsThere(wanted.path.clone()))?, wanted.want.clone())
        }
        Want::Link(target) => {
            let to = Contents::Link(PathBuf::from(target));
            let free = base == Contents::Absent || means.is_ours(&path.to_string_lossy());
            (free.then_some(to).ok_or_else(|| Trouble::IsThere(wanted.path.clone()))?, wanted.want.clone())
        }
    };
    if claim != Want::Settings(Vec::new()) {
        claims.push(Claim { by: by.to_owned(), want: claim });
    }
    let placed = (!claims.is_empty()).then_some((base, claims));
    Ok(Step { path, from, to, placed, left: false })
}

/// What of a placement's earlier claims is wanted no more.
fn stale(old: &[Claim], wanted: &Want) -> Vec<Claim> {
    let gone = |claim: &Claim| -> Vec<Edit> {
        edits(&claim.want).iter().filter(|edit| !edits(wanted).contains(edit)).cloned().collect()
    };
    let claims = old.iter().map(|claim| (claim.by.clone(), gone(claim))).filter(|(_, gone)| !gone.is_empty());
    claims.map(|(by, gone)| Claim { by, want: Want::Settings(gone) }).collect()
}

/// Where a file is written. What a project's files lead to lies in the project: its authors are not this user.
fn located(path: &Path, through: bool, means: &Means) -> Result<PathBuf, Trouble> {
    let folder_of = |path: &Path| path.parent().map_or(Ok(PathBuf::from("/")), files::resolved);
    let found =
        if through { files::resolved(path)? } else { folder_of(path)?.join(path.file_name().unwrap_or_default()) };
    let is_projects = means.scope == Scope::Project && path.starts_with(&means.project);
    if is_projects && !found.starts_with(files::resolved(&means.project)?) {
        return Err(Trouble::LeadsOut { path: path.to_owned(), to: found });
    }
    Ok(found)
}

/// With the mode that it had.
fn rewritten(start: &Contents, bytes: Vec<u8>) -> Contents {
    match start {
        Contents::File { bytes: old, .. } if *old == bytes => start.clone(),
        Contents::File { mode, .. } => Contents::File { bytes, mode: *mode },
        Contents::Absent | Contents::Link(_) => Contents::File { bytes, mode: 0o644 },
    }
}

/// A shell of ours by another path does what ours would.
fn serves(value: &serde_json::Value, means: &Means) -> bool {
    let path = value.as_str().or_else(|| value.get("path")?.as_str());
    path.is_some_and(|path| path.contains('/') && means.is_ours(path))
}

fn edits(want: &Want) -> &[Edit] {
    match want {
        Want::Settings(edits) => edits,
        Want::Lines(_) | Want::Program { .. } | Want::Link(_) => &[],
    }
}

/// What of these claims no other one shares.
fn only(claims: &[Claim], others: &[Claim]) -> Vec<Claim> {
    let shared = |edit: &Edit| others.iter().any(|other| edits(&other.want).contains(edit));
    let mut left = Vec::new();
    for claim in claims {
        match &claim.want {
            Want::Settings(edits) => {
                let edits = edits.iter().filter(|edit| !shared(edit)).cloned().collect();
                left.push(Claim { by: claim.by.clone(), want: Want::Settings(edits) });
            }
            want if others.iter().any(|other| other.want == *want) => {}
            Want::Lines(_) | Want::Program { .. } | Want::Link(_) => left.push(claim.clone()),
        }
    }
    left
}

/// The file without what was claimed. Of a file that is ours as a whole and was changed since, all stays.
fn without(
    path: &Path,
    from: &Contents,
    claims: &[Claim],
    placed: &Placed,
    means: &Means,
) -> Result<Contents, Trouble> {
    let mut now = from.clone();
    let before = before(&means.record, placed)?;
    for claim in claims {
        let bytes = match &claim.want {
            Want::Settings(edits) if now != Contents::Absent => {
                let was_there = |keys: &[String]| json::value(before.bytes(), keys).is_some();
                json::take(now.bytes(), edits, &was_there)
                    .map_err(|wrong| Trouble::wrong(path, now.bytes(), wrong, edits))?
            }
            Want::Lines(lines) if now != Contents::Absent => block::take(now.bytes(), lines),
            Want::Program { text, .. } if now.bytes() == text.as_bytes() => return Ok(before),
            Want::Link(target) if now == Contents::Link(PathBuf::from(target)) => return Ok(before),
            Want::Settings(_) | Want::Lines(_) | Want::Program { .. } | Want::Link(_) => continue,
        };
        now = rewritten(&now, bytes);
    }
    let is_hollow = now.bytes().iter().all(|byte| byte.is_ascii_whitespace() || b"{}".contains(byte));
    if before == Contents::Absent && is_hollow && matches!(now, Contents::File { .. }) {
        return Ok(Contents::Absent);
    }
    Ok(now)
}

fn take_back(by: &str, placed: &Placed, means: &Means) -> Result<Step, Trouble> {
    let path = placed.path.path().to_owned();
    let (mine, others): (Vec<Claim>, Vec<Claim>) = placed.claims.iter().cloned().partition(|claim| claim.by == by);
    let through = mine.iter().any(|claim| matches!(claim.want, Want::Settings(_) | Want::Lines(_)));
    let from = files::read(&path, through)?;
    let untouched = from.digest() == placed.after;
    if others.is_empty() && untouched {
        let to = before(&means.record, placed)?;
        return Ok(Step { path, from, to, placed: None, left: false });
    }
    let to = without(&path, &from, &only(&mine, &others), placed, means)?;
    let left = others.is_empty() && !through && from == to && from != Contents::Absent;
    let base = if untouched { before(&means.record, placed)? } else { without(&path, &to, &others, placed, means)? };
    let placed = (!others.is_empty()).then_some((base, others));
    Ok(Step { path, from, to, placed, left })
}

/// Carries a plan out: all of it, or after a failure nothing.
pub fn carry_out(plan: &Plan, means: &Means) -> Result<(), Trouble> {
    let mut kept = Kept::open(&means.record)?;
    if kept.record != plan.record {
        return Err(Trouble::ChangedMeanwhile(means.record.clone()));
    }
    let mut staged: Vec<(usize, Staged)> = Vec::new();
    let result = stage(plan, means.scope, &mut staged).and_then(|()| {
        let earlier = kept.record.clone();
        let made: Vec<Raw> = staged.iter().flat_map(|(_, one)| one.folders.iter().map(|one| Raw::of(one))).collect();
        let done = write_down(plan, &mut kept, made).and_then(|()| swap(plan, &mut staged));
        done.inspect_err(|_| {
            kept.record = earlier;
            // As far as it goes: the first failure is the one to tell.
            let _ = kept.write();
        })
    });
    // The innermost folders go first.
    while staged.pop().is_some() {}
    result?;
    kept.sweep();
    remove_hollow_folders(&mut kept)
}

fn stage(plan: &Plan, scope: Scope, staged: &mut Vec<(usize, Staged)>) -> Result<(), Trouble> {
    for (at, step) in plan.steps.iter().enumerate() {
        let is_link = matches!(step.to, Contents::Link(_)) || matches!(step.from, Contents::Link(_));
        if files::read(&step.path, !is_link)? != step.from {
            return Err(Trouble::ChangedMeanwhile(step.path.clone()));
        }
        if !step.changes() {
            continue;
        }
        staged.push((at, Staged::of(&step.path, &step.to)?));
        if let Some((_, one)) = staged.last().filter(|_| scope == Scope::Managed) {
            one.open_folders()?;
        }
    }
    Ok(())
}

/// Before anything takes its place, so that whatever happens then can be taken back.
fn write_down(plan: &Plan, kept: &mut Kept, folders: Vec<Raw>) -> Result<(), Trouble> {
    for step in &plan.steps {
        let entry = match &step.placed {
            None => None,
            Some((base, claims)) => Some(Placed {
                path: Raw::of(&step.path),
                before: kept.put_aside(base)?,
                after: step.to.digest(),
                claims: claims.clone(),
            }),
        };
        let at = kept.record.files.iter().position(|placed| placed.path.path() == step.path);
        match (at, entry) {
            (Some(at), Some(entry)) => kept.record.files[at] = entry,
            (Some(at), None) => {
                kept.record.files.remove(at);
            }
            (None, Some(entry)) => kept.record.files.push(entry),
            (None, None) => {}
        }
    }
    for folder in folders {
        if !kept.record.folders.contains(&folder) {
            kept.record.folders.push(folder);
        }
    }
    kept.write()
}

fn swap(plan: &Plan, staged: &mut [(usize, Staged)]) -> Result<(), Trouble> {
    for done in 0..staged.len() {
        let Some((_, one)) = staged.get_mut(done) else { break };
        if let Err(trouble) = one.take_place() {
            for (at, _) in staged.iter().take(done) {
                if let Some(step) = plan.steps.get(*at) {
                    // As far as it goes: the first failure is the one to tell.
                    let _ = Staged::of(&step.path, &step.from).and_then(|mut back| back.take_place());
                }
            }
            return Err(trouble);
        }
    }
    Ok(())
}

/// Folders of ours that hold nothing any more.
fn remove_hollow_folders(kept: &mut Kept) -> Result<(), Trouble> {
    let before = kept.record.folders.len();
    let mut left = Vec::new();
    for folder in std::mem::take(&mut kept.record.folders).into_iter().rev() {
        if std::fs::remove_dir(folder.path()).is_err() && folder.path().exists() {
            left.push(folder);
        }
    }
    left.reverse();
    kept.record.folders = left;
    if kept.record.folders.len() == before { Ok(()) } else { kept.write() }
}

/// What of a placement is there now: each path with whether it holds.
pub fn standing(wanted: &[Wanted], means: &Means) -> Vec<(PathBuf, bool)> {
    let holds = |one: &Wanted| {
        let through = matches!(one.want, Want::Settings(_) | Want::Lines(_));
        let Ok(there) = files::read(&one.path, through) else { return false };
        match &one.want {
            Want::Settings(edits) => {
                let serves = |value: &serde_json::Value| serves(value, means);
                edits.iter().all(|edit| json::holds(there.bytes(), edit, &serves))
            }
            Want::Lines(lines) => block::holds(there.bytes(), lines),
            Want::Program { text, .. } => there.bytes() == text.as_bytes(),
            Want::Link(_) => means.is_ours(&one.path.to_string_lossy()),
        }
    };
    wanted.iter().map(|one| (one.path.clone(), holds(one))).collect()
}

/// What a person would write by hand where we do not.
#[must_use]
pub fn by_hand(edit: &Edit) -> String {
    let value = match &edit.put {
        Put::Value(value) => value.to_string(),
        Put::Element(value) => format!("[…, {value}]"),
    };
    format!("{} = {value}", edit.path.iter().map(|key| texts::word(key)).collect::<Vec<_>>().join("."))
}
