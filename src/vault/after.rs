//! When a command has ended: what it left in place of what was kept, which tells later work apart from its own, and what
//! it did not destroy after all. A process beside it waits for that, and then makes room.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use bstr::{BString, ByteSlice};
use nix::fcntl::{Flock, FlockArg};

use super::entry::{self, How, Identity, Item, Manifest, Raw, Stamp, present};
use super::git;
use super::keep::Vault;
use super::named::{At, Named};
use super::tree::remove;
use crate::sys::feed::{self, Side};
use crate::sys::files::{self, Kind, Seen};
use crate::sys::{aside, exec};

/// An entry that nobody else changes, as long as this lives.
#[must_use]
pub struct Held {
    _folder: Flock<File>,
}

pub fn hold(folder: &Path) -> io::Result<Held> {
    let locked = Flock::lock(File::open(folder)?, FlockArg::LockExclusive);
    locked.map(|folder| Held { _folder: folder }).map_err(|(_, errno)| errno.into())
}

/// So many files of a tree are looked at afterwards.
const MOST: usize = 50_000;

impl Vault {
    /// Starts a process that waits for the end of another one, and then looks at what became of an entry. `call`: the shell
    /// whose text started it, and what is there again when that ends is of the same making.
    /// Nobody looks before what is given back is let go of: the program may end while its files change places.
    pub fn watch(&self, id: &str, started: i32, call: Option<i32>) -> io::Result<Held> {
        let end = feed::watch(started)?;
        let held = hold(&self.home.join(id))?;
        let call = call.filter(|call| *call != started).and_then(process);
        match feed::split()? {
            Side::Shell => Ok(held),
            Side::Feeder => {
                aside::stand_out(c"guarded-sh: undo");
                files::close_all_but(end.as_fd());
                aside::wait_for_end(&end);
                let _ = self.settle(id, call);
                if let Some(call) = call {
                    if let Ok(end) = feed::watch(call.0)
                        && process(call.0) == Some(call)
                    {
                        aside::wait_for_end(&end);
                    }
                    let _ = self.settle_again(id);
                }
                aside::run_idly();
                let _ = self.make_room();
                exec::end(0)
            }
        }
    }

    /// Lets go of what is over the budgets, in a process of its own.
    pub fn make_room_beside(&self) -> io::Result<()> {
        match feed::split()? {
            Side::Shell => Ok(()),
            Side::Feeder => {
                aside::stand_out(c"guarded-sh: undo");
                files::close_all_but(io::stdin().as_fd());
                aside::run_idly();
                let _ = self.make_room();
                exec::end(0)
            }
        }
    }

    /// What a program removed and the rest of its text made anew.
    fn settle_again(&self, id: &str) -> io::Result<()> {
        let folder = self.home.join(id);
        let mut manifest = Manifest::read(&folder)?;
        for item in manifest.items.iter_mut().filter(|item| item.removed) {
            if let Some(now) = present(&Named::of(item.path.path())?)?.filter(|now| now.kind != Kind::Folder) {
                (item.removed, item.after) = (false, vec![(Raw::default(), Stamp::of(&now))]);
            }
        }
        manifest.waits_for = None;
        manifest.write(&folder, false)
    }

    /// Notes what the command of an entry left, and drops what it did not touch. `then`: whose end is waited for next.
    pub fn settle(&self, id: &str, then: Option<(i32, u64)>) -> io::Result<()> {
        let folder = self.home.join(id);
        let _held = hold(&folder)?;
        let mut manifest = Manifest::read(&folder)?;
        let made = manifest.made;
        manifest.items = manifest.items.into_iter().filter_map(|item| settled(item, made, &folder)).collect();
        let index = manifest.items.iter().find(|item| item.index.is_some()).and_then(Item::held);
        let real = manifest.items.iter().find(|item| item.index.is_some()).map(|item| item.path.path().to_owned());
        git::hide(id, &manifest.refs, index.as_deref().zip(real.as_deref()), &folder);
        for one in &mut manifest.refs {
            one.after = git::value(one);
        }
        let moved = |one: &entry::Reference| one.name == "refs/stash" || one.after.as_ref() != Some(&one.commit);
        if manifest.items.is_empty() && !manifest.refs.iter().any(moved) {
            git::forget(id, &manifest.refs);
            return std::fs::remove_dir_all(&folder);
        }
        manifest.waits_for = then.filter(|_| manifest.items.iter().any(|item| item.removed));
        manifest.write(&folder, false)
    }

    /// An entry, once it is known what its command left; while that still runs, as it is. Not found: it left all as it was.
    pub fn settled(&self, id: &str) -> io::Result<Manifest> {
        let folder = self.home.join(id);
        for _ in 0..PATIENCE {
            let manifest = Manifest::read(&folder)?;
            match manifest.waits_for {
                Some((pid, start)) if process(pid) != Some((pid, start)) => std::thread::sleep(MOMENT),
                Some(_) | None => return Ok(manifest),
            }
        }
        // Whoever was to look at it is gone.
        self.settle(id, None)?;
        Manifest::read(&folder)
    }
}

/// So many moments are waited for whoever looks at what a command left.
const PATIENCE: usize = 300;
const MOMENT: std::time::Duration = std::time::Duration::from_millis(10);

/// A process that lives, and when it began.
pub fn process(pid: i32) -> Option<(i32, u64)> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything.
    let fields: Vec<&[u8]> = stat.get(stat.rfind(b") ")? + 2..)?.fields().collect();
    let start = fields.get(19)?.to_str().ok()?.parse().ok()?;
    (!matches!(fields.first(), Some(&b"Z" | &b"X"))).then_some((pid, start))
}

/// `None`: what was kept is where it was.
fn settled(mut item: Item, made: u64, folder: &Path) -> Option<Item> {
    let Some(store) = item.held() else {
        // The exchange never came.
        drop_store(&item);
        return None;
    };
    let (Ok(here), Ok(there)) = (Named::of(item.path.path()), Named::of(&store)) else { return Some(item) };
    let (Ok(Some(now)), Ok(kept)) = (present(&here), there.look()) else { return Some(item) };
    if item.is_placeholder(&now) {
        // The program did not take it: it was refused, or ended before.
        if files::exchange(here.at(), there.at()).is_ok() {
            let _ = remove(there.at(), 0);
            return None;
        }
        return Some(item);
    }
    let mut found = Found { how: item.how, made, changed: item.files == 0, after: Vec::new() };
    found.compare(there.at(), here.at(), (&kept, &now), &BString::default());
    if !found.changed {
        drop_store(&item);
        return None;
    }
    if !item.removed {
        item.after = found.after;
    }
    if item.index.is_some() {
        let index = item.path.path();
        item.index = index.parent().and_then(|own| git::tree_of(index, own, folder));
    }
    Some(item)
}

fn drop_store(item: &Item) {
    for store in item.places() {
        if let Ok(named) = Named::of(store) {
            let _ = remove(named.at(), 0);
        }
    }
}

struct Found {
    how: How,
    made: u64,
    /// Something is gone or another.
    changed: bool,
    after: Vec<(Raw, Stamp)>,
}

impl Found {
    fn compare(&mut self, kept: At<'_>, now: At<'_>, seen: (&Seen, &Seen), path: &BString) {
        let (was, is) = seen;
        if was.kind == Kind::Folder && is.kind == Kind::Folder {
            let (Ok(kept), Ok(now)) = (files::below(kept.0, kept.1), files::below(now.0, now.1)) else { return };
            for name in files::names(kept.as_fd()).unwrap_or_default() {
                let below = if path.is_empty() {
                    BString::from(name.to_bytes())
                } else {
                    bstr::join("/", [path.as_slice(), name.to_bytes()]).into()
                };
                let Ok(was) = files::look(kept.as_fd(), &name) else { continue };
                match files::look(now.as_fd(), &name) {
                    Ok(is) => self.compare((kept.as_fd(), &name), (now.as_fd(), &name), (&was, &is), &below),
                    Err(_) => self.changed = true,
                }
            }
            return;
        }
        if self.is_untouched(was, is) {
            return;
        }
        self.changed = true;
        if is.kind != Kind::Folder && self.after.len() < MOST {
            self.after.push((Raw(path.clone()), Stamp::of(is)));
        }
    }

    /// A link is the same file; a copy has its dates, which only a change after it was made could have moved.
    fn is_untouched(&self, was: &Seen, is: &Seen) -> bool {
        if Identity::of(was) == Identity::of(is) {
            return true;
        }
        let changed = is.changed.0.saturating_mul(1000).saturating_add(i64::from(is.changed.1 / 1_000_000));
        self.how == How::Copied
            && (was.size, was.modified, was.kind) == (is.size, is.modified, is.kind)
            && u64::try_from(changed).is_ok_and(|changed| changed < self.made)
    }
}
