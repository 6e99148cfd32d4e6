//! The file: lines, each with the SHA-256 of the one before, appended under a lock so that many writers keep one chain.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use bstr::ByteSlice;
use nix::fcntl::{Flock, FlockArg};
use sha2::{Digest, Sha256};

/// What the first line has for `prev`.
pub const FIRST: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Enough for the record that says why nothing more is written.
const RESERVE: i64 = 64 * 1024;
const BLOCK: u64 = 8 * 1024;
const SEAL: &str = ",\"sum\":\"";
const FLAGS: i32 = libc::O_NOFOLLOW | libc::O_CLOEXEC;

/// Appends the line that `line` makes of the hash before it.
pub(super) fn append(directory: &Path, line: impl FnOnce(&str) -> String) -> io::Result<()> {
    let path = directory.join(super::TRAIL);
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).custom_flags(FLAGS).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    let file = Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| io::Error::from(error))?;
    let length = file.metadata()?.len();
    if length == 0 {
        reserve(directory);
    }
    let (last, torn) = last_line(&file, length)?;
    let mut text = String::new();
    // A writer was killed in the middle of a line: it stays, on a line of its own, for `verify` to name.
    if torn {
        text.push('\n');
    }
    text.push_str(&sealed(line(&last)));
    text.push('\n');
    write(&file, text.as_bytes(), length).or_else(|error| {
        // The disk is full: the reserve is given up for a last record.
        if error.kind() != io::ErrorKind::StorageFull || std::fs::remove_file(directory.join("audit.reserve")).is_err()
        {
            return Err(error);
        }
        write(&file, text.as_bytes(), length)
    })
}

/// A record with the digest of itself at its end, so that a changed line is known by itself and not only by the next.
fn sealed(mut record: String) -> String {
    let sum = hash(record.as_bytes());
    // Its own closing bracket only: the fields before may end in one.
    if record.ends_with('}') {
        record.pop();
    }
    record + SEAL + &sum + "\"}"
}

/// The record inside a sealed line, if its digest is right.
pub(super) fn unsealed(line: &[u8]) -> Option<Vec<u8>> {
    let at = line.rfind(SEAL)?;
    let sum = line.get(at + SEAL.len()..)?.strip_suffix(b"\"}")?;
    let mut record = line.get(..at)?.to_vec();
    record.push(b'}');
    (hash(&record).as_bytes() == sum).then_some(record)
}

/// All of it or nothing: half a line would break the chain.
fn write(file: &File, bytes: &[u8], length: u64) -> io::Result<()> {
    let mut out = file;
    out.write_all(bytes).inspect_err(|_| {
        let _ = file.set_len(length);
    })
}

/// Takes room on the disk that a full disk can't take back. Failing is no failure: there is just no reserve.
fn reserve(directory: &Path) {
    let path = directory.join("audit.reserve");
    if let Ok(file) =
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).custom_flags(FLAGS).open(path)
    {
        let _ = nix::fcntl::posix_fallocate(&file, 0, RESERVE);
    }
}

/// The hash of the last line, and whether its newline is missing. Reads backwards, block by block.
fn last_line(file: &File, length: u64) -> io::Result<(String, bool)> {
    if length == 0 {
        return Ok((FIRST.to_owned(), false));
    }
    let mut tail: Vec<u8> = Vec::new();
    let mut start = length;
    while start > 0 {
        let from = start.saturating_sub(BLOCK);
        let mut block = vec![0; usize::try_from(start - from).unwrap_or_default()];
        file.read_exact_at(&mut block, from)?;
        block.append(&mut tail);
        tail = block;
        start = from;
        let body = tail.strip_suffix(b"\n").unwrap_or(&tail);
        if body.contains(&b'\n') {
            break;
        }
    }
    let torn = !tail.ends_with(b"\n");
    let body = tail.strip_suffix(b"\n").unwrap_or(&tail);
    let line = body.rfind_byte(b'\n').and_then(|at| body.get(at + 1..)).unwrap_or(body);
    Ok((hash(line), torn))
}

/// Of a line without its newline, in hex.
pub(super) fn hash(line: &[u8]) -> String {
    hex(&Sha256::digest(line))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value & 15)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
