//! One process as /proc tells it.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use bstr::{BString, ByteSlice};
use serde::{Deserialize, Serialize};

/// A process for good: a pid is used again, with another start time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProcessId {
    pub pid: i32,
    /// Clock ticks after boot.
    pub start: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub id: ProcessId,
    pub parent: i32,
    pub session: i32,
    /// Device number of the controlling terminal; 0: none.
    pub terminal: i32,
    /// `comm`
    pub name: BString,
    /// What /proc/PID/exe points to; empty where it may not be read.
    pub image: BString,
    pub arguments: Vec<BString>,
    /// `NAME=value`; empty where it may not be read.
    pub environment: Vec<BString>,
    /// Standard input is the controlling terminal.
    pub reads_terminal: bool,
    /// Its group holds the foreground of the terminal.
    pub foreground: bool,
}

impl Process {
    /// Reads one process; `None` when it is gone.
    #[must_use]
    pub fn read(pid: i32) -> Option<Process> {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        let stat = std::fs::read(folder.join("stat")).ok()?;
        let mut process = parse_stat(pid, &stat)?;
        if let Ok(image) = std::fs::read_link(folder.join("exe")) {
            process.image = image.as_os_str().as_bytes().into();
        }
        process.arguments = strings(&std::fs::read(folder.join("cmdline")).unwrap_or_default());
        process.environment = strings(&std::fs::read(folder.join("environ")).unwrap_or_default());
        process.reads_terminal = process.terminal != 0 && stdin_device(&folder) == Some(process.terminal);
        Some(process)
    }

    /// Every name it goes by: file, `comm`, `argv[0]`, without directories and login dash.
    pub(super) fn names(&self) -> impl Iterator<Item = &[u8]> {
        let image = self.image.strip_suffix(b" (deleted)").unwrap_or(&self.image);
        let first = self.arguments.first().map_or(&b""[..], |first| first.as_slice());
        [image, self.name.as_slice(), first].into_iter().map(|path| {
            let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
            base.strip_prefix(b"-").unwrap_or(base)
        })
    }

    pub(super) fn is_one_of(&self, table: &[&str]) -> bool {
        self.names().any(|name| table.iter().any(|one| one.as_bytes() == name))
    }

    /// For tables that grant trust: the file that runs, and `comm` only where that may not be read; `argv[0]` is free text.
    pub(super) fn really_is_one_of(&self, table: &[&str]) -> bool {
        let image = self.image.strip_suffix(b" (deleted)").unwrap_or(&self.image);
        let path = if image.is_empty() { self.name.as_slice() } else { image };
        let base = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        table.iter().any(|one| one.as_bytes() == base)
    }

    /// Whether its environment holds one of these.
    pub(super) fn is_marked(&self, markers: &[(&str, Option<&str>)]) -> bool {
        self.environment.iter().any(|entry| {
            entry.split_once_str("=").is_some_and(|(name, value)| {
                markers.iter().any(|(marker, wanted)| {
                    marker.as_bytes() == name && wanted.is_none_or(|wanted| wanted.as_bytes() == value)
                })
            })
        })
    }
}

/// `pid (comm) state ppid pgrp session tty_nr … starttime`; comm may hold spaces and brackets.
fn parse_stat(pid: i32, stat: &[u8]) -> Option<Process> {
    let open = stat.find_byte(b'(')?;
    let close = stat.rfind_byte(b')')?;
    let name = stat.get(open + 1..close)?.into();
    let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<i32>().ok());
    Some(Process {
        id: ProcessId { pid, start: fields.get(19)?.parse().ok()? },
        parent: number(1)?,
        session: number(3)?,
        terminal: number(4)?,
        name,
        image: BString::default(),
        arguments: Vec::new(),
        environment: Vec::new(),
        reads_terminal: false,
        foreground: number(2)? == number(5)?,
    })
}

fn strings(bytes: &[u8]) -> Vec<BString> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() { Vec::new() } else { bytes.split(|byte| *byte == 0).map(BString::from).collect() }
}

/// The device number of standard input, as `tty_nr` counts it.
fn stdin_device(folder: &std::path::Path) -> Option<i32> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let about = std::fs::metadata(folder.join("fd/0")).ok()?;
    if !about.file_type().is_char_device() {
        return None;
    }
    let device = about.rdev();
    let (major, minor) = (nix::sys::stat::major(device), nix::sys::stat::minor(device));
    i32::try_from((minor & 0xff) | (major << 8) | ((minor & !0xff) << 12)).ok()
}

trait SplitOnce {
    fn split_once_str(&self, separator: &str) -> Option<(&[u8], &[u8])>;
}

impl SplitOnce for BString {
    fn split_once_str(&self, separator: &str) -> Option<(&[u8], &[u8])> {
        let at = self.find(separator)?;
        Some((self.get(..at)?, self.get(at + separator.len()..)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_shift_the_fields() {
        let stat = b"42 (a) R 1 (b) S 7 42 40 34816 42 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2";
        let process = parse_stat(42, stat).expect("a stat line");
        assert_eq!((process.parent, process.session, process.terminal), (7, 40, 34816));
        assert_eq!(process.id, ProcessId { pid: 42, start: 987_654 });
        assert_eq!(process.name, "a) R 1 (b");
    }

    #[test]
    fn this_process_is_read_with_its_arguments() {
        let me = Process::read(i32::try_from(std::process::id()).expect("a pid")).expect("this process");
        assert!(!me.image.is_empty() && !me.arguments.is_empty() && me.id.start > 0);
        assert!(Process::read(i32::MAX).is_none());
    }
}
