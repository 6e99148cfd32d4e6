//! Back into place. Each step is one rename, so that a crash leaves the old or the new; what was worked on since is left
//! alone, and what is put aside is kept in turn.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::BString;

use super::entry::{self, FORMAT, How, Identity, Item, Manifest, Moved, Raw, Shape, Stamp, now, present};
use super::git;
use super::keep::Vault;
use super::named::{At, Named};
use super::same::{is_same, reunited};
use super::tree::{Limits, Means, Tree, remove};
use crate::sys::files::{self, Kind, Seen};

/// What became of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Back,
    /// It is there as it was.
    Same,
    /// What is there now is newer, so it lies beside it.
    Beside(PathBuf),
    /// The vault has it no more: it was brought back before.
    Gone,
    Failed(String),
}

#[derive(Debug, Default)]
pub struct Restored {
    pub id: String,
    pub paths: Vec<(Raw, Outcome)>,
    /// Refs of git, and whether they are back.
    pub refs: Vec<(String, bool)>,
    /// The entry that keeps what was there instead.
    pub aside: Option<String>,
}

/// What was kept for one call, as it comes back together: the oldest is what was there before all of it, and what one of
/// its programs left is nobody else's work.
#[derive(Debug, Default)]
pub struct Call {
    left: Vec<(PathBuf, Stamp)>,
    moved: Vec<Moved>,
    back: Vec<PathBuf>,
}

impl Call {
    #[must_use]
    pub fn of(entries: &[Manifest]) -> Call {
        let left = entries.iter().flat_map(|entry| &entry.items).flat_map(|item| {
            let at = |below: &Raw| {
                let path = item.path.path();
                if below.0.is_empty() { path.to_owned() } else { path.join(below.path()) }
            };
            item.after.iter().map(move |(below, stamp)| (at(below), *stamp))
        });
        let moved = entries.iter().flat_map(|entry| entry.moved.clone());
        Call { left: left.collect(), moved: moved.collect(), back: Vec::new() }
    }
}

const ALL: Limits = Limits { entries: u64::MAX, bytes: u64::MAX };

impl Vault {
    /// Into place, as a part of what was kept for a call.
    pub fn restore(&self, id: &str, call: &mut Call) -> io::Result<Restored> {
        let folder = self.home.join(id);
        let mut manifest = self.settled(id)?;
        call.moved.append(&mut manifest.moved);
        let mut restoring = Restoring {
            vault: self,
            command: format!("guarded undo {id}"),
            id: id.to_owned(),
            aside: None,
            call,
            done: Restored { id: id.to_owned(), ..Restored::default() },
        };
        // What lies in another comes after it, or its folder would be made anew.
        let mut items: Vec<&Item> = manifest.items.iter().collect();
        items.sort_by_key(|item| item.path.0.len());
        for item in items {
            restoring.item(item);
        }
        let mut done = restoring.done;
        for one in manifest.refs.iter().rev() {
            done.refs.push((one.name.clone(), git::put_back(one)));
        }
        if let Some(aside) = restoring.aside {
            if aside.manifest.items.is_empty() {
                let _ = std::fs::remove_dir_all(&aside.folder);
            } else {
                aside.manifest.write(&aside.folder, false)?;
                done.aside = Some(aside.manifest.id);
            }
        }
        manifest.restored = Some(now());
        manifest.write(&folder, true)?;
        Ok(done)
    }

    /// Copies into a folder; the vault keeps what it has.
    pub fn restore_to(&self, id: &str, target: &Path) -> io::Result<Restored> {
        let manifest = Manifest::read(&self.home.join(id))?;
        std::fs::create_dir_all(target)?;
        let target = std::fs::canonicalize(target)?;
        let mut done = Restored { id: id.to_owned(), ..Restored::default() };
        for item in &manifest.items {
            let outcome = match item.held() {
                None => Outcome::Gone,
                Some(store) => match copied_to(&store, item, &target) {
                    Ok(path) => Outcome::Beside(path),
                    Err(error) => Outcome::Failed(error.to_string()),
                },
            };
            done.paths.push((item.path.clone(), outcome));
        }
        Ok(done)
    }
}

fn copied_to(store: &Path, item: &Item, target: &Path) -> io::Result<PathBuf> {
    let name = item.path.path().file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let from = Named::of(store)?;
    for number in 1..1_000 {
        let mut free = name.to_owned();
        if number > 1 {
            free.push(format!(".{number}"));
        }
        let path = target.join(free);
        let to = Named::of(&path)?;
        if present(&to)?.is_none() {
            copy(from.at(), to.at(), &item.path)?;
            return Ok(path);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn copy(from: At<'_>, to: At<'_>, path: &Raw) -> io::Result<()> {
    let mut tree = Tree::new(Means::Copy, ALL, Vec::new());
    tree.make(from, to, path).map_err(|why| io::Error::other(why.to_string()))?;
    match tree.left.first() {
        Some(left) => Err(io::Error::other(left.why.clone())),
        None => Ok(()),
    }
}

/// Where what is there now goes.
struct Aside {
    folder: PathBuf,
    manifest: Manifest,
}

struct Restoring<'v> {
    vault: &'v Vault,
    call: &'v mut Call,
    id: String,
    command: String,
    aside: Option<Aside>,
    done: Restored,
}

/// One thing on its way from the vault.
struct Step<'a> {
    from: At<'a>,
    to: At<'a>,
    /// The same as paths.
    store: PathBuf,
    path: PathBuf,
    below: BString,
}

impl Restoring<'_> {
    fn item(&mut self, item: &Item) {
        // What was there before is back already.
        if self.call.back.iter().any(|back| item.path.path().starts_with(back)) {
            return;
        }
        let outcome = match self.tried(item) {
            Ok(outcome) => outcome,
            Err(error) => Some(Outcome::Failed(error.to_string())),
        };
        if let Some(outcome) = outcome {
            if matches!(outcome, Outcome::Back | Outcome::Same) {
                self.call.back.push(item.path.path().to_owned());
            }
            self.done.paths.push((item.path.clone(), outcome));
        }
    }

    /// `None`: what lies in it was noted on its own.
    fn tried(&mut self, item: &Item) -> io::Result<Option<Outcome>> {
        let Some(store) = item.held() else { return Ok(Some(Outcome::Gone)) };
        let path = item.path.path();
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let (here, mut there) = (Named::of(path)?, Named::of(&store)?);
        let mut store = store;
        if let Some(twin) = &item.twin
            && let Ok(own) = Named::of(twin.path())
            && reunited(there.at(), own.at())?
        {
            (there, store) = (own, twin.path().to_owned());
        }
        if let Some(now) = present(&here)?
            && item.is_placeholder(&now)
            && files::exchange(here.at(), there.at()).is_ok()
        {
            let _ = files::remove(there.folder.as_fd(), &there.name, true);
            return Ok(Some(Outcome::Back));
        }
        let step = Step { from: there.at(), to: here.at(), store, path: path.to_owned(), below: BString::default() };
        self.place(item, &step)
    }

    fn place(&mut self, item: &Item, step: &Step<'_>) -> io::Result<Option<Outcome>> {
        let kept = files::look(step.from.0, step.from.1)?;
        let now = match files::look(step.to.0, step.to.1) {
            Ok(now) => now,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.put(step, &kept)?;
                return Ok(Some(Outcome::Back));
            }
            Err(error) => return Err(error),
        };
        if kept.kind == Kind::Folder && now.kind == Kind::Folder {
            return self.merge(item, step, &kept);
        }
        if Identity::of(&kept) == Identity::of(&now) || is_same(step.from, step.to, &kept, &now) {
            return Ok(Some(Outcome::Same));
        }
        let same_index = || {
            let tree = item.index.as_ref().filter(|tree| !tree.is_empty());
            tree.is_some()
                && step.path.parent().and_then(|own| git::tree_of(&step.path, own, &self.vault.home)).as_ref() == tree
        };
        let left = item.after.iter().any(|(path, stamp)| path.0 == step.below && *stamp == Stamp::of(&now));
        let by_call = |(path, stamp): &(PathBuf, Stamp)| *path == step.path && *stamp == Stamp::of(&now);
        let left = left || self.call.left.iter().any(by_call) || same_index();
        if left && now.kind != Kind::Folder && self.swap(item, step, &kept, &now)? {
            return Ok(Some(Outcome::Back));
        }
        self.beside(step, &kept).map(Some)
    }

    /// What is missing in a folder that is there.
    fn merge(&mut self, item: &Item, step: &Step<'_>, kept: &Seen) -> io::Result<Option<Outcome>> {
        let from = files::below(step.from.0, step.from.1)?;
        let to = files::below(step.to.0, step.to.1)?;
        let mut whole = true;
        let mut back = 0;
        for name in files::names(from.as_fd())? {
            let os = std::ffi::OsStr::from_bytes(name.to_bytes());
            let below = if step.below.is_empty() {
                BString::from(name.to_bytes())
            } else {
                bstr::join("/", [step.below.as_slice(), name.to_bytes()]).into()
            };
            let inner = Step {
                from: (from.as_fd(), &name),
                to: (to.as_fd(), &name),
                store: step.store.join(os),
                path: step.path.join(os),
                below,
            };
            match self.place(item, &inner) {
                Ok(Some(Outcome::Back)) => back += 1,
                Ok(Some(Outcome::Same) | None) => {}
                Ok(Some(other)) => {
                    whole = false;
                    self.done.paths.push((Raw::of(&inner.path), other));
                }
                Err(error) => {
                    whole = false;
                    self.done.paths.push((Raw::of(&inner.path), Outcome::Failed(error.to_string())));
                }
            }
        }
        if whole && back > 0 {
            // What came back moved the folder's dates.
            files::set_times(step.to.0, step.to.1, kept.accessed, kept.modified)?;
        }
        Ok(Some(if back > 0 { Outcome::Back } else { Outcome::Same }))
    }

    fn put(&self, step: &Step<'_>, kept: &Seen) -> io::Result<()> {
        self.put_at(step, kept, step.to)
    }

    fn put_at(&self, step: &Step<'_>, kept: &Seen, to: At<'_>) -> io::Result<()> {
        match files::rename_to_free(step.from, to) {
            Err(error) if error.raw_os_error() == Some(libc::EXDEV) => {
                let name = self.passing(step)?;
                copy(step.from, (to.0, &name), &Raw::of(&step.path))?;
                files::rename_to_free((to.0, &name), to)
            }
            // A folder that nobody may write in can't be told where its parent is.
            Err(error) if error.raw_os_error() == Some(libc::EACCES) && kept.kind == Kind::Folder => {
                files::set_mode(step.from.0, step.from.1, kept.mode | 0o700)?;
                let moved = files::rename_to_free(step.from, to);
                let place = if moved.is_ok() { to } else { step.from };
                files::set_mode(place.0, place.1, kept.mode)?;
                moved
            }
            moved => moved,
        }
    }

    /// A name beside the target for what is not whole yet; what an earlier try left there is removed.
    fn passing(&self, step: &Step<'_>) -> io::Result<CString> {
        let mut name = format!(".guarded-undo-{}-", self.id).into_bytes();
        name.extend_from_slice(step.to.1.to_bytes().get(..100).unwrap_or(step.to.1.to_bytes()));
        let name = CString::new(name)?;
        remove((step.to.0, &name), 0)?;
        Ok(name)
    }

    fn beside(&self, step: &Step<'_>, kept: &Seen) -> io::Result<Outcome> {
        for number in 1..1_000 {
            let mut name = step.to.1.to_bytes().to_vec();
            name.extend_from_slice(format!(".undo-{}", self.id).as_bytes());
            if number > 1 {
                name.extend_from_slice(format!(".{number}").as_bytes());
            }
            let os = std::ffi::OsStr::from_bytes(&name).to_owned();
            let free = CString::new(name)?;
            match self.put_at(step, kept, (step.to.0, &free)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                put => return put.map(|()| Outcome::Beside(step.path.with_file_name(os))),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// In place of what the command left, which goes to the vault. `false`: it is another one by now.
    fn swap(&mut self, item: &Item, step: &Step<'_>, kept: &Seen, now: &Seen) -> io::Result<bool> {
        let store = self.next_aside()?;
        let there = Named::of(&store)?;
        if now.links > 1 && now.kind == Kind::File && kept.kind == Kind::File && item.how == How::Copied {
            // Its other names are to have it back too.
            copy(step.to, there.at(), &Raw::of(&step.path))?;
            self.note_aside(step, &store, Identity::of(&there.look()?), now, How::Copied)?;
            write_into(step, kept, now)?;
            self.after_aside(step.to)?;
            return Ok(true);
        }
        let same = |seen: &Seen| Identity::of(seen) == Identity::of(now) && seen.modified == now.modified;
        self.note_aside(step, &store, Identity::of(now), now, How::Linked)?;
        match files::exchange(step.from, step.to) {
            Ok(()) => {
                if !same(&files::look(step.from.0, step.from.1)?) {
                    files::exchange(step.from, step.to)?;
                    self.drop_aside();
                    return Ok(false);
                }
                if self.goes_home(step.from, now) {
                    return Ok(true);
                }
                files::rename_to_free(step.from, there.at())?;
            }
            Err(error) if error.raw_os_error() == Some(libc::EXDEV) => {
                copy(step.to, there.at(), &Raw::of(&step.path))?;
                self.drop_aside();
                self.note_aside(step, &store, Identity::of(&there.look()?), now, How::Copied)?;
                let name = self.passing(step)?;
                copy(step.from, (step.to.0, &name), &Raw::of(&step.path))?;
                files::exchange((step.to.0, &name), step.to)?;
                if !same(&files::look(step.to.0, &name)?) {
                    files::exchange((step.to.0, &name), step.to)?;
                    remove((step.to.0, &name), 0)?;
                    self.drop_aside();
                    return Ok(false);
                }
                remove((step.to.0, &name), 0)?;
            }
            Err(error) => return Err(error),
        }
        self.after_aside(step.to)?;
        Ok(true)
    }

    /// What was moved here from another name goes back to it, where that is free.
    fn goes_home(&mut self, from: At<'_>, now: &Seen) -> bool {
        let Some(moved) = self.call.moved.iter().find(|moved| moved.identity == Identity::of(now)) else {
            return false;
        };
        let path = moved.path.clone();
        let back = Named::of(path.path()).and_then(|home| files::rename_to_free(from, home.at()));
        if back.is_ok() {
            self.done.paths.push((path, Outcome::Back));
            self.drop_aside();
        }
        back.is_ok()
    }

    fn next_aside(&mut self) -> io::Result<PathBuf> {
        if self.aside.is_none() {
            let (id, folder) = entry::begin(&self.vault.home)?;
            let manifest = Manifest {
                format: FORMAT,
                id,
                made: now(),
                command: self.command.clone(),
                directory: Raw::of(Path::new("/")),
                by_undo: true,
                ..Manifest::default()
            };
            self.aside = Some(Aside { folder, manifest });
        }
        let aside = self.aside.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let folder = std::fs::canonicalize(&aside.folder)?;
        Ok(folder.join(aside.manifest.items.len().to_string()))
    }

    /// On disk before anything moves.
    fn note_aside(
        &mut self,
        step: &Step<'_>,
        store: &Path,
        identity: Identity,
        now: &Seen,
        how: How,
    ) -> io::Result<()> {
        let Some(aside) = &mut self.aside else { return Ok(()) };
        aside.manifest.items.push(Item {
            path: Raw::of(&step.path),
            stores: vec![Raw::of(store), Raw::of(&step.store)],
            identity,
            how,
            shape: Shape::of(now.kind),
            files: 1,
            bytes: now.held,
            isolated: true,
            removed: false,
            twin: None,
            placeholder: None,
            index: None,
            after: Vec::new(),
        });
        aside.manifest.write(&aside.folder, true)
    }

    fn after_aside(&mut self, to: At<'_>) -> io::Result<()> {
        let stamp = Stamp::of(&files::look(to.0, to.1)?);
        let Some(aside) = &mut self.aside else { return Ok(()) };
        if let Some(item) = aside.manifest.items.last_mut() {
            item.after = vec![(Raw::default(), stamp)];
        }
        aside.manifest.write(&aside.folder, false)
    }

    fn drop_aside(&mut self) {
        if let Some(aside) = &mut self.aside {
            aside.manifest.items.pop();
        }
    }
}

/// The content, permissions and dates of a copy for the file itself.
fn write_into(step: &Step<'_>, kept: &Seen, now: &Seen) -> io::Result<()> {
    let from = File::from(files::open(step.from.0, step.from.1, libc::O_RDONLY, 0)?);
    let to = File::from(files::open(step.to.0, step.to.1, libc::O_RDWR, 0)?);
    if Identity::of(&files::look(to.as_fd(), NONE)?) != Identity::of(now) {
        return Err(io::Error::other("it was replaced meanwhile"));
    }
    to.set_len(0)?;
    files::copy_content(&from, &to)?;
    to.sync_data()?;
    files::set_mode(step.to.0, step.to.1, kept.mode)?;
    files::set_times(step.to.0, step.to.1, kept.accessed, kept.modified)
}

const NONE: &CStr = c"";
