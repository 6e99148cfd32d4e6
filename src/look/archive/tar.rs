//! tar: a header of 512 bytes for each entry, its content behind it (POSIX pax, GNU).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use bstr::{BString, ByteSlice};

use super::{MEMBERS, Member};

const BLOCK: usize = 512;
/// What is unpacked of a compressed archive to find its headers: some tenths of a second.
const UNPACKED: u64 = 64 << 20;
/// Names longer than this are none.
const NAME: u64 = 64 << 10;

pub fn members(file: &mut File) -> Option<Vec<Member>> {
    let mut start = [0; 2];
    file.read_exact(&mut start).ok()?;
    file.seek(SeekFrom::Start(0)).ok()?;
    if start == [0x1f, 0x8b] {
        let unpacked = flate2::read::MultiGzDecoder::new(std::io::BufReader::new(file)).take(UNPACKED);
        return read(&mut Stream(unpacked));
    }
    let length = file.metadata().ok()?.len();
    read(&mut Plain { file, length })
}

trait Source {
    fn block(&mut self, into: &mut [u8]) -> Option<()>;
    /// Of something that is not looked at.
    fn pass(&mut self, bytes: u64) -> Option<()>;
}

struct Plain<'f> {
    file: &'f mut File,
    length: u64,
}

impl Source for Plain<'_> {
    fn block(&mut self, into: &mut [u8]) -> Option<()> {
        self.file.read_exact(into).ok()
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        let at = self.file.seek(SeekFrom::Current(i64::try_from(bytes).ok()?)).ok()?;
        (at <= self.length).then_some(())
    }
}

struct Stream<R>(R);

impl<R: Read> Source for Stream<R> {
    fn block(&mut self, into: &mut [u8]) -> Option<()> {
        self.0.read_exact(into).ok()
    }

    fn pass(&mut self, bytes: u64) -> Option<()> {
        let passed = std::io::copy(&mut (&mut self.0).take(bytes), &mut std::io::sink()).ok()?;
        (passed == bytes).then_some(())
    }
}

fn read(source: &mut impl Source) -> Option<Vec<Member>> {
    let mut members = Vec::new();
    let mut long: Option<BString> = None;
    loop {
        let mut header = [0; BLOCK];
        source.block(&mut header)?;
        if header.iter().all(|byte| *byte == 0) {
            return Some(members);
        }
        if members.len() >= MEMBERS || !is_header(&header) {
            return None;
        }
        let size = number(&header[124..136])?;
        match header[156] {
            b'L' => long = Some(text(source, size)?.split(|byte| *byte == 0).next()?.into()),
            b'x' => long = pax_name(&text(source, size)?).or(long),
            b'K' | b'g' | b'V' => skip(source, size)?,
            kind => {
                let name = long.take().unwrap_or_else(|| short(&header));
                let folder = kind == b'5' || name.ends_with(b"/");
                members.push(Member { name, folder });
                if kind == b'S' && header[482] != 0 {
                    sparse(source)?;
                }
                // A link's size is that of what it leads to.
                let size = if matches!(kind, b'1' | b'2') { 0 } else { size };
                skip(source, size)?;
            }
        }
    }
}

/// The sum of its bytes, its own field counted as blanks, is in it.
fn is_header(header: &[u8; BLOCK]) -> bool {
    let of = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) };
    number(&header[148..156]) == Some(header.iter().enumerate().map(of).sum())
}

/// Octal digits, or the bytes of a number behind a set bit.
fn number(field: &[u8]) -> Option<u64> {
    if field.first()? & 0x80 != 0 {
        let bytes = field.get(field.len() - 8..)?.try_into().ok()?;
        return Some(u64::from_be_bytes(bytes)).filter(|size| *size <= i64::MAX.unsigned_abs());
    }
    let digits = field.trim_with(|c| c == ' ' || c == '\0').to_str().ok()?;
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

fn padded(size: u64) -> Option<u64> {
    size.checked_next_multiple_of(BLOCK as u64)
}

fn skip(source: &mut impl Source, size: u64) -> Option<()> {
    source.pass(padded(size)?)
}

/// An entry that says something of the next one.
fn text(source: &mut impl Source, size: u64) -> Option<Vec<u8>> {
    let mut text = vec![0; usize::try_from(padded(size).filter(|size| *size <= NAME)?).ok()?];
    source.block(&mut text)?;
    text.truncate(usize::try_from(size).ok()?);
    Some(text)
}

/// Further maps of a file with holes.
fn sparse(source: &mut impl Source) -> Option<()> {
    let mut block = [0; BLOCK];
    loop {
        source.block(&mut block)?;
        if block[504] == 0 {
            return Some(());
        }
    }
}

fn short(header: &[u8; BLOCK]) -> BString {
    let field = |from: usize, to: usize| header[from..to].split(|byte| *byte == 0).next().unwrap_or_default();
    let (name, before) = (field(0, 100), field(345, 500));
    // GNU's own format has dates there.
    let posix = &header[257..263] == b"ustar\0";
    if posix && !before.is_empty() { [before, b"/", name].concat().into() } else { name.into() }
}

/// Records of `LENGTH KEY=VALUE\n`.
fn pax_name(text: &[u8]) -> Option<BString> {
    let (mut rest, mut found) = (text, None);
    while let Some((length, _)) = rest.split_once_str(" ") {
        let record = rest.get(length.len() + 1..length.to_str().ok()?.parse().ok()?)?;
        let (key, value) = record.split_once_str("=")?;
        match key {
            b"path" if found.is_none() => found = value.strip_suffix(b"\n").map(BString::from),
            b"GNU.sparse.name" => found = value.strip_suffix(b"\n").map(BString::from),
            _ => {}
        }
        rest = rest.get(length.len() + 1 + record.len()..)?;
    }
    found
}
