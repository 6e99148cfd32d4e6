//! Answers the model's wants: the bytes of a regular file, the file that a bare name means. Nothing that could block,
//! never end, or be another process's (a FIFO, a device, `/proc/self/fd/0`) is read.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bstr::{BStr, BString, ByteSlice};
use nix::fcntl::{OFlag, OpenHow, ResolveFlag};

use super::budget::Budget;
use crate::command::{Model, Seen, Sight, Want, plain};

/// The most that is read of one file.
pub const FILE_LIMIT: u64 = 1 << 20;

/// How often the model may ask again: each round can follow one more level of scripts.
const ROUNDS: usize = 64;

/// What stands behind one want. Of `hidden` files, and of what lies in hidden folders, whoever runs finds nothing.
pub fn sight(want: &Want, hidden: &[BString], budget: &mut Budget) -> Sight {
    match want {
        Want::File(path) if is_hidden(path, hidden) => Sight::Bytes([].into()),
        Want::File(path) => {
            if !path.starts_with(b"/") || budget.files == 0 {
                return if budget.files == 0 { Sight::TooBig } else { Sight::Unreadable };
            }
            let found = text(Path::new(as_os(path.as_ref())), FILE_LIMIT.min(budget.bytes));
            match found {
                Ok(bytes) if budget.file(bytes.len() as u64) => Sight::Bytes(bytes.into()),
                Ok(_) => Sight::TooBig,
                Err(why) => {
                    budget.files -= 1;
                    why
                }
            }
        }
        Want::Copy(path) => copy(path.as_ref(), budget),
        Want::Link(path) => link(path.as_ref(), budget),
        Want::Program { name, path } => program(name.as_ref(), path.as_ref(), budget),
    }
}

/// By its path, links followed, or as another name of the same file.
fn is_hidden(path: &BString, hidden: &[BString]) -> bool {
    if hidden.is_empty() {
        return false;
    }
    let real = |path: &BString| std::fs::canonicalize(as_os(path.as_ref())).ok();
    let file = |path: &Path| std::fs::metadata(path).map(|about| (about.dev(), about.ino())).ok();
    let Some(path) = real(path) else { return false };
    let own = file(&path);
    hidden.iter().filter_map(real).any(|one| path.starts_with(&one) || own.is_some() && own == file(&one))
}

/// Repeats `step` until it wants nothing new. Where the budget ends first, the rest is answered `TooBig` and `step` has
/// the last word with that.
pub fn read_until_settled(
    mut step: impl FnMut(&Seen) -> Model,
    hidden: &[BString],
    budget: &mut Budget,
) -> (Model, Seen) {
    let mut seen = Seen::default();
    for round in 0.. {
        let model = step(&seen);
        let fresh: BTreeSet<Want> =
            model.wants.iter().filter(|want| !seen.sights.contains_key(want)).cloned().collect();
        if fresh.is_empty() || round > ROUNDS {
            return (model, seen);
        }
        for want in fresh {
            let found = if round == ROUNDS { Sight::TooBig } else { sight(&want, hidden, budget) };
            seen.sights.insert(want, found);
        }
    }
    (step(&seen), seen)
}

/// A shell runs nothing of a directory; an interpreter may (`python3 .`).
#[must_use]
pub fn is_directory(path: &BStr) -> bool {
    Path::new(as_os(path)).is_dir()
}

pub(super) fn as_os(bytes: &BStr) -> &std::ffi::OsStr {
    std::ffi::OsStr::from_bytes(bytes)
}

/// The bytes of a regular file of at most `limit` bytes that is no image of a program.
fn text(path: &Path, limit: u64) -> Result<Vec<u8>, Sight> {
    let file = open_regular(path)?;
    let mut beginning = [0; IDENTIFICATION];
    if file.read_exact_at(&mut beginning, 0).is_ok() && is_image(&beginning) {
        return Err(Sight::Image);
    }
    all_of(file, limit)
}

/// No shell takes it for a script either: it has a NUL in its first line.
fn is_image(beginning: &[u8]) -> bool {
    beginning.starts_with(ELF) && beginning.split(|byte| *byte == b'\n').next().is_some_and(|line| line.contains(&0))
}

/// The bytes of `e_ident`, of which the last ones are nought (elf(5)).
const IDENTIFICATION: usize = 16;

/// How the image of a program begins (elf(5)).
const ELF: &[u8; 4] = b"\x7fELF";

/// The bytes of a regular file of at most `limit` bytes.
pub(super) fn regular(path: &Path, limit: u64) -> Result<Vec<u8>, Sight> {
    all_of(open_regular(path)?, limit)
}

fn all_of(file: File, limit: u64) -> Result<Vec<u8>, Sight> {
    let length = file.metadata().map_or(0, |meta| meta.len());
    if length > limit {
        return Err(Sight::TooBig);
    }
    // With room for the byte that tells that there are no more.
    let mut bytes = Vec::with_capacity(usize::try_from(length + 1).unwrap_or_default());
    // One byte more than allowed tells a file that is too big, also where its size is not known (0 in /proc) or grows.
    match file.take(limit + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > limit => Err(Sight::TooBig),
        Ok(_) => Ok(bytes),
        Err(_) => Err(Sight::Unreadable),
    }
}

/// Opens what is a regular file before and after opening. `/dev/null` counts as one that is empty.
pub(super) fn open_regular(path: &Path) -> Result<File, Sight> {
    let before = std::fs::metadata(path).map_err(|error| missing_or(&error))?;
    if !before.is_file() && !is_null(&before) {
        return Err(Sight::NotRegular);
    }
    let file = open_without_magic(path)?;
    let after = file.metadata().map_err(|_| Sight::Unreadable)?;
    if (after.dev(), after.ino()) != (before.dev(), before.ino()) {
        return Err(Sight::NotRegular);
    }
    Ok(file)
}

fn is_null(meta: &std::fs::Metadata) -> bool {
    meta.file_type().is_char_device() && meta.rdev() == nix::sys::stat::makedev(1, 3)
}

fn missing_or(error: &std::io::Error) -> Sight {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Sight::Missing,
        _ => Sight::Unreadable,
    }
}

/// `/proc/self/fd/3` and `/dev/stdin` name descriptors of *this* process, not of the shell that will run: such links
/// are not followed.
fn open_without_magic(path: &Path) -> Result<File, Sight> {
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC | OFlag::O_NOCTTY;
    let how = OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_NO_MAGICLINKS);
    match nix::fcntl::openat2(nix::fcntl::AT_FDCWD, path, how) {
        Ok(descriptor) => Ok(File::from(descriptor)),
        Err(nix::errno::Errno::ELOOP) => Err(Sight::NotRegular),
        Err(nix::errno::Errno::ENOSYS | nix::errno::Errno::EPERM) => open_by_name(path),
        Err(nix::errno::Errno::ENOENT) => Err(Sight::Missing),
        Err(_) => Err(Sight::Unreadable),
    }
}

/// Kernels before 5.6: the text of the path has to do.
fn open_by_name(path: &Path) -> Result<File, Sight> {
    let text = path.as_os_str().as_bytes();
    if [&b"/proc/"[..], b"/dev/fd", b"/dev/std"].iter().any(|magic| text.starts_with(magic)) {
        return Err(Sight::NotRegular);
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    options.open(path).map_err(|error| missing_or(&error))
}

/// The first executable regular file along a list of directories. An element that is not absolute is relative to a
/// directory that the want does not hold: what comes after it can't be told.
fn program(name: &BStr, path: &BStr, budget: &mut Budget) -> Sight {
    if name.is_empty() || name.contains(&b'/') || name.contains(&0) {
        return Sight::Missing;
    }
    for directory in path.split_str(b":") {
        if !directory.starts_with(b"/") {
            return Sight::Unreadable;
        }
        if !budget.entry() {
            return Sight::TooBig;
        }
        let mut full = BString::from(directory);
        if !full.ends_with(b"/") {
            full.push(b'/');
        }
        full.extend_from_slice(name);
        if runs(Path::new(as_os(full.as_ref()))) {
            return Sight::Program(full);
        }
    }
    Sight::Missing
}

/// Programs that are worth a copy under another name.
#[rustfmt::skip]
const COPIED: [&str; 30] = ["rm", "rmdir", "unlink", "shred", "dd", "mv", "cp", "truncate", "tee", "ln", "chmod", "chown", "find", "git", "psql", "mysql", "redis-cli", "sqlite3", "kubectl", "terraform", "docker", "aws", "curl", "tar", "rsync", "bash", "dash", "kill", "pkill", "guarded"];
const COPIED_FROM: [&str; 2] = ["/usr/bin", "/usr/local/bin"];
/// So much of two programs of one size is compared.
const COMPARED: u64 = 1 << 16;

/// The program of the system that has this file's size and beginning.
fn copy(path: &BStr, budget: &mut Budget) -> Sight {
    if !path.starts_with(b"/") || !budget.entry() {
        return Sight::Unreadable;
    }
    let path = Path::new(as_os(path));
    // Hardly any program has the size of one of these, so hardly any is read.
    let Ok(about) = std::fs::metadata(path) else { return Sight::NotRegular };
    let known = copied_from();
    let mut alike = known.iter().filter(|(_, size)| *size == about.len()).peekable();
    if alike.peek().is_none() {
        return Sight::Missing;
    }
    let beginning = |path: &Path| -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        open_regular(path).ok()?.take(COMPARED).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    let Some(bytes) = beginning(path).filter(|bytes| bytes.starts_with(ELF)) else { return Sight::NotRegular };
    match alike.find(|(name, _)| beginning(Path::new(name)).is_some_and(|known| known == bytes)) {
        Some((name, _)) => Sight::Program(name.as_str().into()),
        None => Sight::Missing,
    }
}

/// Programs by their paths.
type Sizes = Vec<(String, u64)>;

/// The programs that copies are compared with, and their sizes. A supervisor that looks at each exec of a build need not
/// find them anew for each.
fn copied_from() -> Arc<Sizes> {
    const FRESH: Duration = Duration::from_secs(1);
    static FOUND: Mutex<Option<(Instant, Arc<Sizes>)>> = Mutex::new(None);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((when, known)) = &*found
        && when.elapsed() < FRESH
    {
        return Arc::clone(known);
    }
    let names = COPIED_FROM.iter().flat_map(|folder| COPIED.iter().map(move |name| format!("{folder}/{name}")));
    let sized = |name: String| std::fs::metadata(&name).ok().map(|meta| (name, meta.len()));
    let known: Arc<Sizes> = Arc::new(names.filter_map(sized).collect());
    *found = Some((Instant::now(), Arc::clone(&known)));
    known
}

/// The target of a link, absolute. Links of `/proc` are this very process's.
fn link(path: &BStr, budget: &mut Budget) -> Sight {
    if !path.starts_with(b"/") || [&b"/proc/"[..], b"/dev/fd", b"/dev/std"].iter().any(|magic| path.starts_with(magic))
    {
        return Sight::Unreadable;
    }
    if !budget.entry() {
        return Sight::TooBig;
    }
    let path = Path::new(as_os(path));
    match std::fs::read_link(path) {
        Ok(target) => {
            let whole = path.parent().unwrap_or(path).join(target);
            Sight::Program(plain(whole.as_os_str().as_bytes()))
        }
        Err(error) if error.kind() == ErrorKind::InvalidInput => Sight::NotRegular,
        Err(error) => missing_or(&error),
    }
}

fn runs(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file())
        && nix::unistd::access(path, nix::unistd::AccessFlags::X_OK).is_ok()
}

/// Joins bytes as a path.
pub(super) fn join(directory: &Path, name: &[u8]) -> PathBuf {
    directory.join(as_os(name.as_bstr()))
}
