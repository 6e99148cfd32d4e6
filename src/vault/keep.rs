//! Before a permitted command runs: each thing that it would destroy goes to the vault by the cheapest means that really
//! protects it. Undo is a net, not a gate: what can't be kept is said, and the command runs.

use std::cell::OnceCell;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::after;
use super::entry::{self, FORMAT, How, Identity, Item, Left, Manifest, Moved, Raw, Shape, now};
use super::git;
use super::losses::{Fate, Loss, Losses};
use super::named::Named;
use super::place::{self, Places};
use super::survey::{Open, survey};
use super::tree::{Limits, Means, Tree, remove};
use super::why::Why;
use crate::policy::Undo;
use crate::sys::files::{self, Kind, Seen};

/// More than this is not copied before each command.
pub(super) const COPIED: Limits = Limits { entries: 20_000, bytes: 256 << 20 };
/// Where a name outside or an open descriptor reaches it, so much is copied instead.
const ISOLATED: Limits = Limits { entries: 2_000, bytes: 64 << 20 };
/// Where only something in a tree goes, a tree of so many is linked.
const PARTLY: u64 = 20_000;

/// The vault of one user.
pub struct Vault {
    /// In the state directory.
    pub home: PathBuf,
    pub budget: Undo,
}

/// What is kept for whom.
pub struct Request<'a> {
    pub losses: &'a Losses,
    /// The command is all that runs, so that its operands may be exchanged.
    pub alone: bool,
    /// The process that ends with the command, where that is told by one.
    pub process: Option<i32>,
    /// What is kept for one call has one group.
    pub group: Option<&'a str>,
    /// Without secrets.
    pub command: &'a str,
    pub directory: &'a Path,
    /// Others wait for it: where the machine itself fails right then it may be lost.
    pub hurried: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Kept {
    pub id: Option<String>,
    pub items: usize,
    pub left: Vec<Left>,
    /// To be exchanged once somebody watches what comes of it.
    pub waits: bool,
}

impl Vault {
    #[must_use]
    pub fn keep(&self, request: &Request<'_>) -> Kept {
        let mut losses = request.losses.all.clone();
        let (mut refs, mut index) = (Vec::new(), None);
        for act in &request.losses.git {
            let plan = act.plan();
            losses.extend(plan.losses);
            refs.extend(plan.refs);
            index = index.or(plan.index);
        }
        if losses.is_empty() && refs.is_empty() {
            return Kept { left: partial(request.losses), ..Kept::default() };
        }
        let begun = place::home(&self.home).and_then(|()| entry::begin(&self.home));
        let (id, folder) = match begun {
            Ok(begun) => begun,
            Err(error) => {
                let why = Why::NoVault(error).to_string();
                let left = losses.iter().map(|loss| Left { path: Raw::of(&loss.path), why: why.clone() });
                return Kept { left: left.collect(), ..Kept::default() };
            }
        };
        for (number, one) in refs.iter_mut().enumerate() {
            one.hidden = format!("refs/guarded/undo/{id}/{number}");
        }
        // What one command lets go of, git still has when it ends: no more is done before it than must be.
        let later = request.alone && request.process.is_some();
        if !later {
            git::hide(&id, &refs, index.as_deref().zip(index.as_deref()), &folder);
        }
        let mut manifest = Manifest {
            format: FORMAT,
            id,
            made: now(),
            command: request.command.to_owned(),
            directory: Raw::of(request.directory),
            group: request.group.map(str::to_owned),
            waits_for: request.process.and_then(after::process),
            refs,
            left: partial(request.losses),
            ..Manifest::default()
        };
        manifest.moved.extend(request.losses.moved.iter().filter_map(|path| {
            let seen = Named::of(path).and_then(|named| named.look()).ok()?;
            Some(Moved { path: Raw::of(path), identity: Identity::of(&seen) })
        }));
        let alone = request.alone && !are_nested(&losses);
        let places = Places::new(&self.home);
        let settled = !request.hurried;
        let (open, unsettled) = (OnceCell::new(), Vec::new());
        Keeping { vault: self, places, folder, manifest, alone, open, index, unsettled, settled }.all(&losses)
    }

    /// One more file of a process that an entry waits for.
    pub fn add(&self, id: &str, loss: &Loss) -> Result<(), Why> {
        let folder = self.home.join(id);
        let _held = after::hold(&folder).map_err(Why::of)?;
        let mut keeping = Keeping {
            vault: self,
            places: Places::new(&self.home),
            manifest: Manifest::read(&folder).map_err(Why::of)?,
            folder,
            alone: false,
            open: OnceCell::new(),
            index: None,
            unsettled: Vec::new(),
            settled: false,
        };
        if let Some(item) = keeping.one(loss)? {
            keeping.manifest.items.push(item);
            keeping.manifest.write(&keeping.folder, false).map_err(Why::of)?;
        }
        Ok(())
    }

    /// Exchanges what waits for it, where the end of the command is `watched`. What can't be is linked after all.
    pub fn exchange(&self, kept: &mut Kept, watched: bool) {
        let Some(id) = kept.id.as_ref().filter(|_| kept.waits) else { return };
        let folder = self.home.join(id);
        let Ok(mut manifest) = Manifest::read(&folder) else { return };
        let failed: Vec<(usize, io::Error)> = manifest
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.how == How::Exchanged)
            .filter_map(|(number, item)| {
                let exchanged = if watched { exchange(item) } else { Err(io::ErrorKind::Unsupported.into()) };
                Some((number, exchanged.err()?))
            })
            .collect();
        for (number, _) in &failed {
            let Some(item) = manifest.items.get_mut(*number) else { continue };
            if let Err(why) = link_instead(item, self.limits()) {
                manifest.left.push(Left { path: item.path.clone(), why: why.to_string() });
                kept.left.push(Left { path: item.path.clone(), why: why.to_string() });
            }
        }
        if !failed.is_empty() {
            let _ = manifest.write(&folder, true);
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { entries: self.budget.files, bytes: self.budget.bytes }
    }
}

fn partial(losses: &Losses) -> Vec<Left> {
    let left = Left { path: Raw::default(), why: "the text does not tell all that it hits".to_owned() };
    if losses.partial { vec![left] } else { Vec::new() }
}

fn exchange(item: &Item) -> io::Result<()> {
    let [store] = item.stores.as_slice() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let (here, there) = (Named::of(item.path.path())?, Named::of(store.path())?);
    // Another one took its place since it was looked at.
    if Identity::of(&here.look()?) != item.identity {
        return Err(io::Error::other("it was replaced meanwhile"));
    }
    files::exchange(here.at(), there.at())
}

fn link_instead(item: &mut Item, limits: Limits) -> Result<(), Why> {
    let (here, there) = match (Named::of(item.path.path()), item.stores.first().map(|store| Named::of(store.path()))) {
        (Ok(here), Some(Ok(there))) => (here, there),
        (Err(error), _) | (_, Some(Err(error))) => return Err(Why::of(error)),
        (_, None) => return Ok(()),
    };
    remove(there.at(), 0).map_err(Why::of)?;
    let mut tree = Tree::new(Means::Link, limits, Vec::new());
    tree.make(here.at(), there.at(), &item.path)?;
    item.how = How::Linked;
    item.placeholder = None;
    item.identity = Identity::of(&there.look().map_err(Why::of)?);
    Ok(())
}

/// Whether one lies in another, or is another.
fn are_nested(losses: &[Loss]) -> bool {
    let inside = |one: usize, other: usize| {
        one != other
            && losses.get(one).zip(losses.get(other)).is_some_and(|(one, other)| one.path.starts_with(&other.path))
    };
    // Sorted, a path stands behind what it lies in.
    losses.len() > 200 || (0..losses.len()).any(|one| (0..losses.len()).any(|other| inside(one, other)))
}

struct Keeping<'v> {
    vault: &'v Vault,
    places: Places,
    folder: PathBuf,
    manifest: Manifest,
    alone: bool,
    open: OnceCell<Open>,
    /// The index of a repository, among the losses.
    index: Option<PathBuf>,
    /// Folders on file systems to which much was written.
    unsettled: Vec<OwnedFd>,
    /// On disk before the command runs.
    settled: bool,
}

impl Keeping<'_> {
    fn all(mut self, losses: &[Loss]) -> Kept {
        for loss in losses {
            match self.one(loss) {
                Ok(Some(mut item)) => {
                    item.index = (self.index.as_ref() == Some(&loss.path)).then(String::new);
                    self.manifest.items.push(item);
                }
                Ok(None) => {}
                Err(why) => self.manifest.left.push(Left { path: Raw::of(&loss.path), why: why.to_string() }),
            }
        }
        let id = self.manifest.id.clone();
        let items = self.manifest.items.len() + self.manifest.refs.len();
        let mut left = self.manifest.left.clone();
        let unsettled = self.unsettled.iter().take_while(|_| self.settled);
        let settled = unsettled.map(AsFd::as_fd).try_for_each(files::settle);
        if items > 0
            && let Err(error) = settled.and_then(|()| self.manifest.write(&self.folder, self.settled))
        {
            left.push(Left { path: Raw::default(), why: Why::of(error).to_string() });
            self.drop_all();
            return Kept { left, ..Kept::default() };
        }
        if items == 0 {
            self.drop_all();
            return Kept { left, ..Kept::default() };
        }
        let waits = self.manifest.items.iter().any(|item| item.how == How::Exchanged);
        Kept { id: Some(id), items, left, waits }
    }

    fn drop_all(&self) {
        for item in &self.manifest.items {
            for store in item.places() {
                if let Ok(named) = Named::of(store) {
                    let _ = remove(named.at(), 0);
                }
                let _ = store.parent().map(std::fs::remove_dir);
            }
        }
        git::forget(&self.manifest.id, &self.manifest.refs);
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    fn one(&mut self, loss: &Loss) -> Result<Option<Item>, Why> {
        if let Some(kind) = self.places.strange(&loss.path) {
            return Err(Why::Strange(kind.to_string()));
        }
        let real = std::fs::canonicalize(&self.vault.home).map_err(Why::NoVault)?;
        if real.starts_with(&loss.path) {
            return Err(Why::HoldsVault);
        }
        // The vault keeps no more of what it keeps.
        if loss.path.starts_with(&real) || loss.path.iter().any(|name| place::is_vault(name.as_bytes())) {
            return Ok(None);
        }
        let here = match Named::of(&loss.path) {
            Ok(here) => here,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Why::Unreadable(error)),
        };
        let Some(seen) = entry::present(&here).map_err(Why::Unreadable)? else { return Ok(None) };
        match loss.fate {
            // Nothing that is written to a FIFO or a device is a file's content.
            Fate::Overwritten if seen.kind == Kind::Special => Ok(None),
            Fate::Overwritten => {
                let limits = COPIED.within(self.vault.limits());
                self.made(loss, &here, &seen, Means::Copy, limits, "").map(|(item, _)| Some(item))
            }
            Fate::Unlinked => self.unlinked(loss, &here, &seen).map(Some),
        }
    }

    fn unlinked(&mut self, loss: &Loss, here: &Named, seen: &Seen) -> Result<Item, Why> {
        let mut limits = self.vault.limits();
        if !loss.whole {
            limits.entries = limits.entries.min(PARTLY);
        }
        let movable = self.alone && loss.exchangeable && seen.kind == Kind::Folder;
        if movable && !self.places.holds_mount(&loss.path) {
            let found = survey(here.at(), limits)?;
            let reached = found.shared || self.is_open(loss, seen);
            let small = found.entries <= ISOLATED.entries && found.bytes <= ISOLATED.bytes;
            if !(found.stays || reached && small) {
                match self.exchanged(loss, seen) {
                    Ok(item) => {
                        return Ok(Item { files: found.entries, bytes: found.bytes, isolated: !reached, ..item });
                    }
                    Err(Why::Full) => return Err(Why::Full),
                    Err(_) => {}
                }
            }
        }
        let (links, shared) = self.made(loss, here, seen, Means::Link, limits, "")?;
        if links.how == How::Copied {
            return Ok(links);
        }
        let reached = shared || self.is_open(loss, seen);
        if !reached || links.files > ISOLATED.entries || links.bytes > ISOLATED.bytes {
            return Ok(Item { isolated: !reached, ..links });
        }
        match self.made(loss, here, seen, Means::Copy, ISOLATED, ".copy") {
            Ok((copy, _)) => Ok(Item { twin: links.stores.first().cloned(), ..copy }),
            Err(_) => Ok(Item { isolated: false, ..links }),
        }
    }

    fn is_open(&self, loss: &Loss, seen: &Seen) -> bool {
        loss.whole && seen.kind != Kind::Link && self.open.get_or_init(Open::now).has(&loss.path)
    }

    /// A store on the file system of the loss, for the next item.
    fn store(&self, path: &Path) -> Result<Option<PathBuf>, Why> {
        let Some(base) = self.places.beside(path) else { return Ok(None) };
        let folder = base.join(&self.manifest.id);
        if folder != self.folder {
            match std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).create(&folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(Why::of(error)),
                _ => {}
            }
        }
        Ok(Some(folder.join(self.manifest.items.len().to_string())))
    }

    /// The placeholder stands in the vault; the exchange comes when the manifest is on disk.
    fn exchanged(&self, loss: &Loss, seen: &Seen) -> Result<Item, Why> {
        let store = self.store(&loss.path)?.ok_or(Why::OtherFileSystem)?;
        let there = Named::of(&store).map_err(Why::of)?;
        files::make_folder(there.folder.as_fd(), &there.name, 0o700).map_err(Why::of)?;
        files::set_mode(there.folder.as_fd(), &there.name, seen.mode).map_err(Why::of)?;
        let made = there.look().map_err(Why::of)?;
        if made.owner != seen.owner {
            let _ = files::set_owner(there.folder.as_fd(), &there.name, seen.owner);
        }
        if made.device != seen.device {
            let _ = remove(there.at(), 0);
            return Err(Why::OtherFileSystem);
        }
        Ok(Item { placeholder: Some((Identity::of(&made), made.modified)), ..item(loss, &store, seen, How::Exchanged) })
    }

    fn made(
        &mut self,
        loss: &Loss,
        here: &Named,
        seen: &Seen,
        means: Means,
        limits: Limits,
        ending: &str,
    ) -> Result<(Item, bool), Why> {
        let beside = self.store(&loss.path)?;
        let (means, limits) =
            if beside.is_some() { (means, limits) } else { (Means::Copy, COPIED.within(self.vault.limits())) };
        let store = beside.unwrap_or_else(|| self.folder.join(self.manifest.items.len().to_string()));
        let mut name = store.into_os_string();
        name.push(ending);
        let store = PathBuf::from(name);
        let there = Named::of(&store).map_err(Why::of)?;
        let skip = Named::of(&self.vault.home).and_then(|home| home.look()).map(|home| Identity::of(&home));
        let mut tree = Tree::new(means, limits, skip.into_iter().collect());
        let path = Raw::of(&loss.path);
        let mut made = tree.make(here.at(), there.at(), &path);
        for _ in 0..2 {
            if !matches!(made, Err(Why::Changing)) {
                break;
            }
            remove(there.at(), 0).map_err(Why::of)?;
            tree = Tree::new(means, limits, Vec::new());
            made = tree.make(here.at(), there.at(), &path);
        }
        if let Err(why) = made {
            let _ = remove(there.at(), 0);
            return Err(why);
        }
        if tree.is_unsettled() {
            let folder = files::below(there.folder.as_fd(), &CString::from(c".")).map_err(Why::of)?;
            let folder = files::open(folder.as_fd(), c".", libc::O_RDONLY | libc::O_DIRECTORY, 0).map_err(Why::of)?;
            self.unsettled.push(folder);
        }
        let kept = there.look().map_err(Why::of)?;
        let how = if means == Means::Link { How::Linked } else { How::Copied };
        self.manifest.left.append(&mut tree.left);
        let shared = tree.is_shared();
        let item = Item {
            identity: Identity::of(&kept),
            files: tree.entries,
            bytes: tree.bytes,
            ..item(loss, &store, seen, how)
        };
        Ok((item, shared))
    }
}

fn item(loss: &Loss, store: &Path, seen: &Seen, how: How) -> Item {
    Item {
        path: Raw::of(&loss.path),
        stores: vec![Raw::of(store)],
        identity: Identity::of(seen),
        how,
        shape: Shape::of(seen.kind),
        files: 1,
        bytes: seen.held,
        isolated: true,
        removed: loss.removed,
        twin: None,
        placeholder: None,
        index: None,
        after: Vec::new(),
    }
}
