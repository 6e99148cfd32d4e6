//! What an exec will load: the file that a path means to the caller, and what `#!` makes of it. Edge: looks at files
//! and at /proc.

use std::collections::HashSet;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use bstr::{BString, ByteSlice};

use super::Environment;
use crate::sys::descriptors::{self, Root};
use crate::sys::task::strings;

/// Chains of scripts that the kernel follows (fs/exec.c).
const MOST_INTERPRETERS: usize = 5;

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    fn of(file: &Metadata) -> Identity {
        Identity { device: file.dev(), inode: file.ino() }
    }
}

/// What is compared between judging and running.
#[derive(Clone, Debug)]
pub struct Image {
    /// The program named, links followed, as we see it; ` (deleted)` and `/memfd:` included.
    pub path: PathBuf,
    /// For a script: what the kernel puts before the words behind the first (interpreter, its argument, the script).
    pub script: Option<Vec<BString>>,
    /// The file that is really loaded, which for a script is its last interpreter.
    pub loaded: Identity,
    /// By set-user-id, set-group-id or the file's capabilities.
    pub elevates: bool,
}

/// What the caller asked for.
pub struct Asked<'a> {
    pub thread: i32,
    pub folder: i32,
    pub path: &'a [u8],
    pub flags: i32,
}

/// Where the caller sees other files than we do, the look-up is the kernel's and what it loads is judged then.
#[derive(Debug)]
pub enum Found {
    Image(Image),
    Elsewhere,
    /// What execve would have answered.
    Errno(i32),
}

pub fn find(asked: &Asked<'_>, binaries: &mut Binaries) -> Found {
    match open(asked) {
        Ok(Some(file)) => match describe(asked, &file, binaries) {
            Ok(image) => Found::Image(image),
            Err(error) => Found::Errno(error.raw_os_error().unwrap_or(libc::EACCES)),
        },
        Ok(None) => Found::Elsewhere,
        Err(error) => Found::Errno(error.raw_os_error().unwrap_or(libc::EACCES)),
    }
}

pub(super) fn open_path(path: &Path, flags: i32) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(flags | libc::O_CLOEXEC).open(path)
}

fn bytes(path: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(path))
}

/// The same root folder of the same mount: paths mean the same to it and to us.
pub(super) fn sees_what_we_see(thread: i32) -> bool {
    // Ours stays: we never leave it.
    static OURS: OnceLock<Option<Root>> = OnceLock::new();
    match OURS.get_or_init(|| i32::try_from(std::process::id()).ok().and_then(descriptors::root_of)) {
        Some(ours) => descriptors::root_of(thread) == Some(*ours),
        None => shares_namespace(thread),
    }
}

/// The same where mounts have no numbers: the same namespace, and no other root in it.
fn shares_namespace(thread: i32) -> bool {
    let link = |path: String| std::fs::read_link(path).ok();
    let ours = link("/proc/self/ns/mnt".to_owned());
    ours.is_some()
        && ours == link(format!("/proc/{thread}/ns/mnt"))
        && link(format!("/proc/{thread}/root")).is_some_and(|root| root == Path::new("/"))
}

/// The file that a path means to the caller, opened for a look; `None` where only the kernel can tell.
pub(super) fn open(asked: &Asked<'_>) -> io::Result<Option<File>> {
    let own = format!("/proc/{}", asked.thread);
    let flags = if asked.flags & libc::AT_SYMLINK_NOFOLLOW == 0 { 0 } else { libc::O_NOFOLLOW };
    let below = |folder: String| [folder.as_bytes(), asked.path].concat();
    let place = if asked.path.is_empty() {
        if asked.flags & libc::AT_EMPTY_PATH == 0 {
            return Err(io::Error::from_raw_os_error(libc::ENOENT));
        }
        format!("{own}/fd/{}", asked.folder).into_bytes()
    } else if asked.path.starts_with(b"/") {
        // These mean the caller's own entries, not ours.
        let own_entries: [(&[u8], String); 3] = [
            (b"/proc/self/", format!("{own}/")),
            (b"/proc/thread-self/", format!("{own}/")),
            (b"/dev/fd/", format!("{own}/fd/")),
        ];
        let theirs = own_entries
            .into_iter()
            .find_map(|(from, to)| Some([to.as_bytes(), asked.path.strip_prefix(from)?].concat()));
        match theirs {
            Some(theirs) => theirs,
            None if sees_what_we_see(asked.thread) => asked.path.to_vec(),
            None => return Ok(open_path(bytes(&below(format!("{own}/root"))), libc::O_PATH | flags).ok()),
        }
    } else if asked.folder == libc::AT_FDCWD {
        below(format!("{own}/cwd/"))
    } else {
        below(format!("{own}/fd/{}/", asked.folder))
    };
    match open_path(bytes(&place), libc::O_PATH | flags) {
        Ok(file) => Ok(Some(file)),
        // Our own look at its entry is refused.
        Err(error) if error.raw_os_error() == Some(libc::EPERM) => Ok(None),
        Err(error) => Err(error),
    }
}

fn describe(asked: &Asked<'_>, file: &File, binaries: &mut Binaries) -> io::Result<Image> {
    let meta = file.metadata()?;
    let path = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let elevates = elevates(file, &meta, binaries.knows(&meta));
    let mut image = Image { path, script: None, loaded: Identity::of(&meta), elevates };
    if !meta.is_file() {
        return Ok(image);
    }
    let mut next = binaries.interpreter(file, &meta);
    if next.is_none() {
        return Ok(image);
    }
    // As the kernel names the script: by the path given, or below /dev/fd for execveat.
    let mut words = vec![BString::from(named(asked))];
    for _ in 0..MOST_INTERPRETERS {
        let Some((program, argument)) = next.take() else { break };
        words.splice(0..0, std::iter::once(program.clone()).chain(argument));
        let asked = Asked { thread: asked.thread, folder: libc::AT_FDCWD, path: &program, flags: 0 };
        let Some(file) = open(&asked)? else { break };
        let meta = file.metadata()?;
        image.loaded = Identity::of(&meta);
        next = binaries.interpreter(&file, &meta);
    }
    image.script = Some(words);
    Ok(image)
}

/// Whether its exec would give rights to a task that may gain some. `plain`: its attributes give none.
fn elevates(file: &File, meta: &Metadata, plain: bool) -> bool {
    let bits = meta.mode() & libc::S_ISUID != 0
        || meta.mode() & (libc::S_ISGID | libc::S_IXGRP) == libc::S_ISGID | libc::S_IXGRP;
    meta.is_file() && (bits || !plain && descriptors::has_capabilities(file)) && !descriptors::gives_no_rights(file)
}

fn named(asked: &Asked<'_>) -> Vec<u8> {
    if asked.folder == libc::AT_FDCWD || asked.path.starts_with(b"/") {
        return asked.path.to_vec();
    }
    let folder = format!("/dev/fd/{}", asked.folder).into_bytes();
    if asked.path.is_empty() { folder } else { [&folder[..], b"/", asked.path].concat() }
}

/// The interpreter of a script and its one argument, from the first line (execve(2)).
fn interpreter(file: &File) -> Option<(BString, Option<BString>)> {
    let mut file = open_path(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())), libc::O_NONBLOCK).ok()?;
    let mut head = [0_u8; 256];
    let count = file.read(&mut head).ok()?;
    let line = head[..count].strip_prefix(b"#!")?;
    let line = line.split(|byte| *byte == b'\n' || *byte == 0).next()?.trim_ascii();
    let end = line.find_byteset(b" \t").unwrap_or(line.len());
    let (program, argument) = line.split_at(end);
    let argument = argument.trim_ascii();
    Some((program.into(), (!argument.is_empty()).then(|| argument.into())))
}

/// Files that were seen not to begin with `#!` and to have no capabilities, with what changes when they do: most execs
/// are of few programs.
#[derive(Default)]
pub struct Binaries(HashSet<Version>);

type Version = (u64, u64, u64, i64, i64, i64, i64);

fn version(meta: &Metadata) -> Version {
    let (changed, made) = ((meta.ctime(), meta.ctime_nsec()), (meta.mtime(), meta.mtime_nsec()));
    (meta.dev(), meta.ino(), meta.size(), changed.0, changed.1, made.0, made.1)
}

/// So many are remembered.
const MOST_BINARIES: usize = 4096;

impl Binaries {
    fn knows(&self, meta: &Metadata) -> bool {
        self.0.contains(&version(meta))
    }

    fn interpreter(&mut self, file: &File, meta: &Metadata) -> Option<(BString, Option<BString>)> {
        if self.knows(meta) {
            return None;
        }
        let found = interpreter(file);
        // What was changed within the clock's last tick can change again without a sign.
        let settled = SystemTime::now().duration_since(UNIX_EPOCH).is_ok_and(|now| {
            let changed = u64::try_from(meta.ctime().max(meta.mtime())).unwrap_or(u64::MAX);
            now.as_secs() > changed.saturating_add(1)
        });
        if found.is_none() && settled && !descriptors::has_capabilities(file) {
            if self.0.len() == MOST_BINARIES {
                self.0.clear();
            }
            self.0.insert(version(meta));
        }
        found
    }
}

/// Which file a task runs by now. What is not readable hides it from all but root; its words are compared all the same.
pub fn loaded(task: i32) -> Option<Identity> {
    of_file(Path::new(&format!("/proc/{task}/exe")))
}

pub fn of_file(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).ok().map(|file| Identity::of(&file))
}

/// The same file by its name.
pub fn program(task: i32) -> PathBuf {
    std::fs::read_link(format!("/proc/{task}/exe")).unwrap_or_default()
}

/// Its words as the new image got them.
pub fn words(task: i32) -> Vec<BString> {
    strings(&whole(&format!("/proc/{task}/cmdline")))
}

/// Its environment as the new image got it.
pub fn environment(task: i32) -> Environment {
    Environment(whole(&format!("/proc/{task}/environ")))
}

/// Enough for the words or the environment of most processes.
const ROOM: usize = 16 * 1024;

/// A file of /proc, which tells no size. Empty where it can't be read.
fn whole(file: &str) -> BString {
    let Ok(mut file) = File::open(file) else { return BString::default() };
    let (mut text, mut length) = (vec![0; ROOM], 0);
    loop {
        match file.read(&mut text[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(_) => return BString::default(),
        }
        if length == text.len() {
            text.resize(2 * length, 0);
        }
    }
    text.truncate(length);
    text.into()
}

/// Its image gains nothing in the tree of an ordinary user, and can be made to end before it runs.
pub fn is_harmless(path: &Path) -> bool {
    !nix::unistd::geteuid().is_root() && nix::unistd::access(path, nix::unistd::AccessFlags::R_OK).is_ok()
}

/// Two threads of one process.
pub fn are_one_process(one: i32, other: i32) -> bool {
    Path::new(&format!("/proc/{one}/task/{other}")).exists()
}

/// By job control.
pub fn is_stopped(process: i32) -> bool {
    let status = std::fs::read(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit_once_str(b") ").is_some_and(|(_, rest)| rest.starts_with(b"T"))
}

pub fn process_of(thread: i32) -> i32 {
    number_of(thread, b"Tgid:\t").unwrap_or(thread)
}

/// A number that /proc/PID/status has under a name.
fn number_of(thread: i32, name: &[u8]) -> Option<i32> {
    let status = std::fs::read(format!("/proc/{thread}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name)?.to_str().ok()?.trim().parse().ok())
}

/// Programs that trace others so that a person sees what they do.
const DEBUGGERS: [&str; 8] = ["strace", "ltrace", "gdb", "gdbserver", "lldb", "lldb-server", "rr", "dlv"];

/// Traced by a debugger.
pub fn is_debugged(thread: i32) -> bool {
    let tracer = number_of(thread, b"TracerPid:\t").map(program);
    tracer.is_some_and(|tracer| tracer.file_name().is_some_and(|name| DEBUGGERS.iter().any(|known| name == *known)))
}

pub fn directory_of(thread: i32) -> BString {
    let folder = std::fs::read_link(format!("/proc/{thread}/cwd"));
    folder.map(|folder| folder.into_os_string().as_bytes().into()).unwrap_or_default()
}
