//! What a git command would take: files by what git itself lists, commits by hidden refs. HEAD, branches, reflog, stash
//! and index stay as they are; no hook and no helper of the repository runs.

use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use bstr::{BString, ByteSlice};

use super::entry::{Raw, Reference};
use super::losses::{Fate, Loss};
use super::place::is_vault;
use crate::command::Command;
use crate::look::targets::folder_of;

/// A git command whose words are all known.
#[derive(Clone, Debug)]
pub struct Act {
    folder: PathBuf,
    /// Options before the verb.
    global: Vec<BString>,
    verb: BString,
    rest: Vec<BString>,
}

/// What has to be kept.
#[derive(Debug, Default)]
pub struct Plan {
    pub losses: Vec<Loss>,
    /// Without the refs that keep them.
    pub refs: Vec<Reference>,
    pub index: Option<PathBuf>,
}

/// Where a repository lies.
struct Site {
    top: PathBuf,
    /// The work tree's own git folder, and the one that all of them share.
    own: BString,
    common: BString,
    index: PathBuf,
    /// The branch that HEAD stands for, else `HEAD`.
    head: String,
}

fn kept(repository: BString, name: &str, commit: &str) -> Reference {
    Reference {
        repository: Raw(repository),
        name: name.to_owned(),
        commit: commit.to_owned(),
        hidden: String::new(),
        after: None,
    }
}

/// Options before the verb whose value is the next word.
const VALUED: [&[u8]; 7] =
    [b"-C", b"-c", b"--git-dir", b"--work-tree", b"--namespace", b"--exec-path", b"--config-env"];
/// So many stashes are kept of one command.
const MOST: usize = 50;

#[must_use]
pub fn act(command: &Command) -> Option<Act> {
    let words: Option<Vec<BString>> = command.words.iter().skip(1).map(|word| word.text().map(BString::from)).collect();
    let mut words = words?.into_iter();
    let mut global = Vec::new();
    let verb = loop {
        let word = words.next()?;
        if !word.starts_with(b"-") {
            break word;
        }
        let valued = VALUED.contains(&word.as_slice());
        global.push(word);
        if valued {
            global.push(words.next()?);
        }
    };
    Some(Act { folder: folder_of(command)?.to_owned(), global, verb, rest: words.collect() })
}

/// Where the system's own git lies. Any other one that the command would run is a program of whoever put it there, and
/// nobody judges what we start.
const PROGRAMS: [&str; 3] = ["/usr/local/bin/git", "/usr/bin/git", "/bin/git"];

/// An empty variable for settings.
const NOTHING: &str = "GUARDED_NOTHING";

/// git in a folder, with options before the verb, so that nothing which a repository names is run: no hook, no monitor, no
/// signature's check, no transport. `None` where the system has no git.
fn quiet(folder: &Path, global: &[BString]) -> Option<Process> {
    let mut process = Process::new(PROGRAMS.iter().find(|path| Path::new(path).exists())?);
    process.args(global.iter().map(|word| os(word))).current_dir(folder);
    let settings =
        ["core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false", "protocol.allow=never"];
    process.args(settings.iter().flat_map(|one| ["-c", one])).args(["--no-pager", "--no-optional-locks"]);
    process.env(NOTHING, "").env("GIT_NO_LAZY_FETCH", "1").env_remove("GIT_EXEC_PATH").env_remove("GIT_EXTERNAL_DIFF");
    process.stderr(Stdio::null());
    Some(process)
}

/// Runs git in a folder for what it prints; `None` where it fails.
pub fn run(folder: &Path, global: &[BString], words: &[&[u8]], input: &[u8]) -> Option<Vec<u8>> {
    let mut process = quiet(folder, global)?;
    process.args(words.iter().map(|word| os(word)));
    process.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = process.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    // What is given is short: it fits into the pipe.
    let _ = std::io::Write::write_all(&mut stdin, input);
    drop(stdin);
    let output = child.wait_with_output().ok()?;
    output.status.success().then_some(output.stdout)
}

impl Act {
    fn run(&self, words: &[&[u8]]) -> Option<Vec<u8>> {
        run(&self.folder, &self.global, words, b"")
    }

    fn line(&self, words: &[&[u8]]) -> Option<BString> {
        let out = self.run(words)?;
        Some(out.trim_end().into())
    }

    fn has(&self, options: &[&str]) -> bool {
        self.rest.iter().take_while(|word| *word != "--").any(|word| {
            options.iter().any(|option| {
                let letter = option.len() == 2 && !word.starts_with(b"--") && word.starts_with(b"-");
                word == option || letter && word.contains_str(&option[1..])
            })
        })
    }

    /// Before `--`, and behind it.
    fn operands(&self) -> (Vec<&[u8]>, Vec<&[u8]>) {
        let mut parts = self.rest.splitn(2, |word| *word == "--");
        let plain = |word: &&[u8]| !word.starts_with(b"-");
        let before = parts.next().unwrap_or_default().iter().map(|word| word.as_slice()).filter(plain).collect();
        let behind = parts.next().unwrap_or_default().iter().map(|word| word.as_slice()).collect();
        (before, behind)
    }

    #[must_use]
    pub fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        match self.verb.as_slice() {
            b"branch" => self.branches("refs/heads/", &mut plan),
            b"tag" => self.branches("refs/tags/", &mut plan),
            b"update-ref" => self.branches("", &mut plan),
            b"stash" => self.stashes(&mut plan),
            _ => self.files(&mut plan),
        }
        plan
    }

    fn files(&self, plan: &mut Plan) {
        let Some(site) = self.site() else { return };
        let (before, behind) = self.operands();
        let listed = match self.verb.as_slice() {
            b"clean" => self.untracked(&before, &behind),
            b"rm" => self.listing(&[b"ls-files", b"-z", b"--full-name", b"--"], &[before.clone(), behind].concat()),
            b"checkout" | b"switch" | b"reset" | b"restore" => self.changed(&before, behind),
            _ => return,
        };
        let removed = self.verb == "clean";
        for name in listed {
            let path = site.top.join(os(name.trim_end_with(|c| c == '/')));
            let own = path.file_name().is_some_and(|name| is_vault(name.as_bytes()));
            if !own && path.symlink_metadata().is_ok() {
                plan.losses.push(Loss { path, fate: Fate::Unlinked, exchangeable: false, whole: true, removed });
            }
        }
        if self.verb == "clean" {
            return;
        }
        plan.index = std::fs::canonicalize(&site.index).ok();
        if let Some(path) = plan.index.clone() {
            plan.losses.push(Loss { path, fate: Fate::Unlinked, exchangeable: false, whole: true, removed });
        }
        self.heads(&site, &before, plan);
    }

    /// Where the repository lies, told by one call of git.
    fn site(&self) -> Option<Site> {
        let words: [&[u8]; 9] = [
            b"rev-parse",
            b"--path-format=absolute",
            b"--show-toplevel",
            b"--git-dir",
            b"--git-common-dir",
            b"--git-path",
            b"index",
            b"--symbolic-full-name",
            b"HEAD",
        ];
        let out = self.run(&words)?;
        let lines: Vec<&[u8]> = out.lines().collect();
        let [top, own, common, index, head] = lines.as_slice() else { return None };
        Some(Site {
            top: std::fs::canonicalize(os(top)).ok()?,
            own: BString::from(*own),
            common: BString::from(*common),
            index: PathBuf::from(os(index)),
            head: head.to_str().ok()?.to_owned(),
        })
    }

    /// Where HEAD stands, and a branch that is given another commit.
    fn heads(&self, site: &Site, before: &[&[u8]], plan: &mut Plan) {
        let branch = site.head.starts_with("refs/");
        match self.verb.as_slice() {
            b"reset" => self.reference_in(&site.common, &site.head, plan),
            b"checkout" | b"switch" if branch => {
                plan.refs.push(kept(site.own.clone(), "HEAD", &format!("ref: {}", site.head)));
            }
            b"checkout" | b"switch" => self.reference_in(&site.own, "HEAD", plan),
            _ => {}
        }
        if self.has(&["-B", "-C"])
            && let Some(name) = before.first()
        {
            self.reference_in(&site.common, &format!("refs/heads/{}", name.as_bstr()), plan);
        }
    }

    fn reference_in(&self, repository: &BString, name: &str, plan: &mut Plan) {
        let commit = self.line(&[b"rev-parse", b"-q", b"--verify", name.as_bytes()]);
        if let Some(commit) = commit.filter(|commit| !commit.is_empty()) {
            plan.refs.push(kept(repository.clone(), name, &commit.to_string()));
        }
    }

    fn common(&self) -> BString {
        self.line(&[b"rev-parse", b"--path-format=absolute", b"--git-common-dir"]).unwrap_or_default()
    }

    fn branches(&self, prefix: &str, plan: &mut Plan) {
        let (before, behind) = self.operands();
        let common = self.common();
        for name in before.iter().chain(&behind).take(MOST) {
            self.reference_in(&common, &format!("{prefix}{}", name.as_bstr()), plan);
        }
    }

    fn stashes(&self, plan: &mut Plan) {
        let listed = self.run(&[b"stash", b"list", b"--format=%H"]).unwrap_or_default();
        let all: Vec<&[u8]> = listed.lines().collect();
        let named = self.rest.iter().skip(1).find(|word| !word.starts_with(b"-"));
        let number = named.map_or(Some(0), |name| {
            let name = name.strip_prefix(b"stash@{").and_then(|name| name.strip_suffix(b"}")).unwrap_or(name);
            name.to_str().ok()?.parse::<usize>().ok()
        });
        let gone: Vec<&[u8]> = match (self.rest.first().map(|word| word.as_slice()), number) {
            (Some(b"drop" | b"pop"), Some(number)) => all.get(number).copied().into_iter().collect(),
            (Some(b"drop" | b"pop" | b"clear"), _) => all.into_iter().take(MOST).collect(),
            _ => Vec::new(),
        };
        let common = if gone.is_empty() { BString::default() } else { self.common() };
        for commit in gone {
            plan.refs.push(kept(common.clone(), "refs/stash", &commit.to_str_lossy()));
        }
    }

    /// Names below the top of the work tree.
    fn listing(&self, words: &[&[u8]], paths: &[&[u8]]) -> Vec<BString> {
        self.listing_with(&self.global, words, paths)
    }

    /// `global`: options before the verb.
    fn listing_with(&self, global: &[BString], words: &[&[u8]], paths: &[&[u8]]) -> Vec<BString> {
        let out = run(&self.folder, global, &[words, paths].concat(), b"").unwrap_or_default();
        out.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(BString::from).collect()
    }

    fn untracked(&self, before: &[&[u8]], behind: &[&[u8]]) -> Vec<BString> {
        let mut words: Vec<&[u8]> = vec![b"ls-files", b"-z", b"--full-name", b"--others", b"--directory"];
        match (self.has(&["-X"]), self.has(&["-x"])) {
            (true, _) => words.extend([&b"--ignored"[..], b"--exclude-standard"]),
            (false, true) => {}
            (false, false) => words.push(b"--exclude-standard"),
        }
        words.push(b"--");
        let paths = [before, behind].concat();
        let folders = self.has(&["-d"]) || !paths.is_empty();
        let mut listed = self.listing(&words, &paths);
        listed.retain(|name| folders || !name.ends_with(b"/"));
        listed
    }

    /// The options before the verb, and such that switch off each filter: git runs them where it compares a file that is as
    /// young as its index.
    fn without_filters(&self) -> Vec<BString> {
        let keys = self.run(&[b"config", b"-z", b"--name-only", b"--get-regexp", br"^filter\."]).unwrap_or_default();
        let names = keys.split(|byte| *byte == 0).filter_map(|key| key.get(..key.rfind_byte(b'.')?));
        let off = |name: &[u8]| {
            ["clean", "smudge", "process", "required"].map(|key| {
                // By a variable, since a name may hold `=`; an empty one is a filter that there is not, and false.
                BString::from([b"--config-env=", name, b".", key.as_bytes(), b"=", NOTHING.as_bytes()].concat())
            })
        };
        let names: std::collections::BTreeSet<&[u8]> = names.collect();
        self.global.iter().cloned().chain(names.into_iter().flat_map(off)).collect()
    }

    /// What lies in the work tree otherwise than in what is to take its place.
    fn changed(&self, before: &[&[u8]], behind: Vec<&[u8]>) -> Vec<BString> {
        // Plumbing, which takes a file whose date has changed for changed without a look into it.
        const DIFF: [&[u8]; 6] =
            [b"--name-only", b"-z", b"--no-ext-diff", b"--no-textconv", b"--no-renames", b"--ignore-submodules=all"];
        let is_commit = |word: &[u8]| {
            let name = [word, b"^{tree}"].concat();
            self.line(&[b"rev-parse", b"-q", b"--verify", &name]).is_some_and(|found| !found.is_empty())
        };
        let mut paths = behind;
        let mut source: Option<Vec<u8>> = None;
        if self.verb == "restore" {
            let option = |word: &BString| Some(word.strip_prefix(b"--source=").or(word.strip_prefix(b"-s"))?.to_vec());
            source = self.rest.iter().find_map(option).filter(|source| !source.is_empty());
            let next = self.rest.iter().position(|word| word == "-s" || word == "--source");
            let next = next.and_then(|at| self.rest.get(at + 1)).map(|word| word.to_vec());
            paths.extend(before.iter().filter(|word| next.as_deref() != Some(**word)));
            source = source.or(next).or_else(|| self.has(&["-S", "--staged"]).then(|| b"HEAD".to_vec()));
        } else if let Some((first, more)) = before.split_first() {
            if is_commit(first) {
                source = Some(first.to_vec());
                paths.extend(more);
            } else {
                paths.extend(before);
            }
        }
        // Without paths it is the whole tree, which becomes that of a commit.
        if paths.is_empty() && source.is_none() {
            source = Some(b"HEAD".to_vec());
        }
        let mut words: Vec<&[u8]> = vec![if source.is_some() { b"diff-index" } else { b"diff-files" }];
        words.extend(DIFF);
        words.extend(source.as_deref());
        words.push(b"--");
        self.listing_with(&self.without_filters(), &words, &paths)
    }
}

/// Gives each a ref of its own, so that nothing is collected; where it has one, it keeps it. `index`: also the tree
/// that the kept index holds, with the path of the one in use.
pub fn hide(id: &str, refs: &[Reference], index: Option<(&Path, &Path)>, scratch: &Path) {
    let Some(repository) = refs.first().map(|one| one.repository.path()) else { return };
    let mut input = String::new();
    for one in refs {
        let target = one.commit.strip_prefix("ref: ").unwrap_or(&one.commit);
        let _ = writeln!(input, "update {} {target}", one.hidden);
    }
    if let Some(tree) = index.and_then(|(kept, real)| tree_of(kept, real.parent()?, scratch)) {
        let _ = writeln!(input, "update refs/guarded/undo/{id}/index {tree}");
    }
    inside(repository, &[b"update-ref", b"--stdin"], input.as_bytes());
}

/// The tree that an index stands for, told from a copy: git writes into what it is given.
#[must_use]
pub fn tree_of(index: &Path, repository: &Path, scratch: &Path) -> Option<String> {
    let copy = scratch.join(format!("index.{}", std::process::id()));
    std::fs::copy(index, &copy).ok()?;
    let output = quiet(Path::new("/"), &[of_repository(repository)])
        .map(|mut process| process.arg("write-tree").env("GIT_INDEX_FILE", &copy).stdin(Stdio::null()).output());
    let _ = std::fs::remove_file(&copy);
    let output = output?.ok().filter(|output| output.status.success())?;
    Some(output.stdout.trim_end().to_str_lossy().into_owned())
}

fn of_repository(folder: &Path) -> BString {
    [b"--git-dir=", folder.as_os_str().as_bytes()].concat().into()
}

/// In a repository that is named by its own folder.
fn inside(repository: &Path, words: &[&[u8]], input: &[u8]) -> Option<BString> {
    Some(run(Path::new("/"), &[of_repository(repository)], words, input)?.trim_end().into())
}

/// What a ref holds now.
#[must_use]
pub fn value(one: &Reference) -> Option<String> {
    let repository = one.repository.path();
    if one.commit.starts_with("ref: ") {
        return Some(format!("ref: {}", inside(repository, &[b"symbolic-ref", b"-q", b"HEAD"], b"")?));
    }
    Some(inside(repository, &[b"rev-parse", b"-q", b"--verify", one.name.as_bytes()], b"")?.to_string())
}

/// Puts a ref back where it holds what the command left, or nothing. `false`: it was moved since, or git said no.
#[must_use]
pub fn put_back(one: &Reference) -> bool {
    let repository = one.repository.path();
    if one.name == "refs/stash" {
        let message = b"stash brought back by guarded undo";
        return inside(repository, &[b"stash", b"store", b"-m", message, one.commit.as_bytes()], b"").is_some();
    }
    let now = value(one);
    if now.as_ref() == Some(&one.commit) {
        return true;
    }
    if now.is_some() && now != one.after {
        return false;
    }
    if let Some(branch) = one.commit.strip_prefix("ref: ") {
        return inside(repository, &[b"symbolic-ref", b"HEAD", branch.as_bytes()], b"").is_some();
    }
    let old = now.unwrap_or_else(|| "0".repeat(one.commit.len()));
    let words: [&[u8]; 6] =
        [b"update-ref", b"-m", b"guarded undo", one.name.as_bytes(), one.commit.as_bytes(), old.as_bytes()];
    inside(repository, &words, b"").is_some()
}

/// Lets go of what the refs of an entry keep.
pub fn forget(id: &str, refs: &[Reference]) {
    let mut repositories: Vec<&Path> = refs.iter().map(|one| one.repository.path()).collect();
    repositories.dedup();
    for repository in repositories {
        let prefix = format!("refs/guarded/undo/{id}/");
        let format: &[u8] = b"--format=delete %(refname)";
        let Some(input) = inside(repository, &[b"for-each-ref", format, prefix.as_bytes()], b"") else { continue };
        if !input.is_empty() {
            inside(repository, &[b"update-ref", b"--stdin"], &[input.as_slice(), b"\n"].concat());
        }
    }
}

fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}
