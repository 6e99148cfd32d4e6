//! The task that asks for a program which gains rights: whether it stands where we stand, and what the program would
//! inherit from it. Edge: looks at /proc.

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use super::Exec;
use super::image::{self, Identity, Image};
use crate::elevated::Program;
use crate::sys::inherit::{Held, Inherited, Signals};
use crate::sys::{stand_in, start};

/// Of /proc/PID/ns.
const NAMESPACES: [&str; 8] = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"];
/// All users, as outside of any namespace for them.
const ALL: &[u8] = b"0 0 4294967295";
/// Of /proc/PID/status.
const CREDENTIALS: [&[u8]; 3] = [b"Uid:", b"Gid:", b"Groups:"];

/// A program as it was judged, with what its caller leaves to it.
#[derive(Debug)]
pub struct Start {
    pub path: CString,
    pub file: Identity,
    pub words: Vec<CString>,
    pub environment: Vec<CString>,
    pub inherited: Inherited,
}

/// Where a program that is started by us would stand.
#[derive(Debug)]
pub struct Here {
    namespaces: Vec<Option<BString>>,
    credentials: Vec<BString>,
    environment: Vec<(BString, BString)>,
}

impl Here {
    /// `None` where what we start gains nothing either, and where nothing is to be gained.
    pub fn find() -> Option<Here> {
        let status = std::fs::read("/proc/self/status").ok()?;
        let free = field(&status, b"NoNewPrivs:").is_some_and(|value| value == "0");
        let whole = |file: &str| {
            let map = std::fs::read(file).unwrap_or_default();
            let numbers: Vec<&[u8]> = map.fields().collect();
            numbers.join(&b" "[..]) == ALL
        };
        let free = free && whole("/proc/self/uid_map") && whole("/proc/self/gid_map");
        (stand_in::KNOWN && free && !nix::unistd::geteuid().is_root()).then(|| Here {
            namespaces: namespaces("self"),
            credentials: credentials(&status),
            environment: start::environment(),
        })
    }

    /// The same user in the same place, so that a program means to it what it means to us.
    pub fn is_where(&self, task: i32) -> bool {
        let status = std::fs::read(format!("/proc/{task}/status")).unwrap_or_default();
        image::sees_what_we_see(task)
            && self.namespaces.iter().any(Option::is_some)
            && self.namespaces == namespaces(&task.to_string())
            && self.credentials == credentials(&status)
    }

    pub fn start(&self, program: &Program, exec: &Exec, file: Identity, thread: i32) -> io::Result<Start> {
        let strings = |all: Vec<BString>| all.into_iter().map(CString::new).collect::<Result<Vec<_>, _>>();
        let environment = program.environment(&exec.environment.pairs(), &self.environment);
        let entry = |(name, value): (BString, BString)| BString::from([name.as_slice(), b"=", &value].concat());
        Ok(Start {
            path: CString::new(exec.program.as_os_str().as_bytes())?,
            file,
            words: strings(exec.words.clone())?,
            environment: strings(environment.into_iter().map(entry).collect())?,
            inherited: inherited(thread)?,
        })
    }
}

/// No user but root can put another file in its place.
pub fn lies_firmly(image: &Image) -> bool {
    let firm = |folder: &Path| {
        std::fs::metadata(folder)
            .is_ok_and(|folder| folder.uid() == 0 && (folder.mode() & 0o022 == 0 || folder.mode() & libc::S_ISVTX != 0))
    };
    image.path.is_absolute() && image.path.ancestors().skip(1).all(firm)
}

fn namespaces(task: &str) -> Vec<Option<BString>> {
    let link = |name: &&str| {
        let link = std::fs::read_link(format!("/proc/{task}/ns/{name}")).ok()?;
        Some(link.into_os_string().as_bytes().into())
    };
    NAMESPACES.iter().map(link).collect()
}

fn credentials(status: &[u8]) -> Vec<BString> {
    CREDENTIALS.iter().map(|name| field(status, name).unwrap_or_default()).collect()
}

fn field(status: &[u8], name: &[u8]) -> Option<BString> {
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().into())
}

/// As the exec would leave it to its image.
fn inherited(thread: i32) -> io::Result<Inherited> {
    let process = image::process_of(thread);
    let held = Held::of(process)?;
    let status = std::fs::read(format!("/proc/{thread}/status"))?;
    let number = |name: &[u8], base: u32| {
        let text = field(&status, name).and_then(|text| Some(text.to_str().ok()?.to_owned()));
        text.and_then(|text| u64::from_str_radix(&text, base).ok()).ok_or_else(|| io::Error::other("no such field"))
    };
    let mask = u32::try_from(number(b"Umask:", 8)?).map_err(io::Error::other)?;
    let (ignored, blocked) = (Signals(number(b"SigIgn:", 16)?), Signals(number(b"SigBlk:", 16)?));
    let directory = image::open_path(Path::new(&format!("/proc/{thread}/cwd")), libc::O_PATH | libc::O_DIRECTORY)?;
    held.inherited(descriptors(process, &held)?, directory.into(), (mask, ignored, blocked))
}

/// Those that stay open at an exec.
fn descriptors(process: i32, held: &Held) -> io::Result<Vec<(i32, OwnedFd)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/{process}/fd"))? {
        let Some(number) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(about) = std::fs::read(format!("/proc/{process}/fdinfo/{number}")) else { continue };
        let flags = field(&about, b"flags:").and_then(|text| i32::from_str_radix(text.to_str().ok()?, 8).ok());
        if flags.is_some_and(|flags| flags & libc::O_CLOEXEC == 0) {
            found.push((number, held.descriptor(number)?));
        }
    }
    Ok(found)
}
