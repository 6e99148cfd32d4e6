//! zip: a directory at the end names the entries (APPNOTE 4.3).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use bstr::ByteSlice;

use super::{MEMBERS, Member};

/// The end record, with the longest comment.
const END: u64 = 22 + 0xffff;
/// Larger directories are not read.
const DIRECTORY: u64 = 16 << 20;

pub fn members(file: &mut File) -> Option<Vec<Member>> {
    let length = file.metadata().ok()?.len();
    let from = length.saturating_sub(END);
    let end = part(file, from, length - from)?;
    let at = end.rfind(b"PK\x05\x06")?;
    let end = end.get(at..)?;
    let (count, size, start) = (short(end, 10)?, long(end, 12)?, long(end, 16)?);
    // Of zip64 these say that they are elsewhere.
    if count == 0xffff || usize::from(count) > MEMBERS || u64::from(size) > DIRECTORY {
        return None;
    }
    // Something may stand before the archive.
    let before = (from + at as u64).checked_sub(u64::from(size) + u64::from(start))?;
    let directory = part(file, before + u64::from(start), u64::from(size))?;
    let mut rest = directory.as_slice();
    let mut members = Vec::new();
    for _ in 0..count {
        rest = rest.strip_prefix(b"PK\x01\x02")?;
        let (name, extra, comment) = (short(rest, 24)?, short(rest, 26)?, short(rest, 28)?);
        let name = rest.get(42..)?.get(..name.into())?;
        members.push(Member { name: name.into(), folder: name.ends_with(b"/") });
        rest = rest.get(42 + name.len() + usize::from(extra) + usize::from(comment)..)?;
    }
    Some(members)
}

fn part(file: &mut File, from: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
