//! One pack: objects and their deltas (against an offset or an id), followed in a loop so that depth costs no stack.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::objects::{Kind, OBJECT_LIMIT, Object, Oid, inflated};
use super::pack_index::PackIndex;
use crate::look::sight::open_regular;

/// git's own default is 50; a longer chain, or a circle, is not followed.
const DELTAS: usize = 256;

#[derive(Debug)]
pub struct Pack {
    file: File,
    index: PackIndex,
}

/// Reads a file from an offset on, without moving anything shared.
struct From<'a> {
    file: &'a File,
    at: u64,
}

impl Read for From<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let got = self.file.read_at(into, self.at)?;
        self.at += got as u64;
        Ok(got)
    }
}

impl From<'_> {
    fn byte(&mut self) -> Option<u8> {
        let mut one = [0];
        self.read_exact(&mut one).ok()?;
        Some(one[0])
    }
}

enum Step {
    Whole(Kind, Vec<u8>),
    OnOffset(u64, Vec<u8>),
    OnId(Oid, Vec<u8>),
}

impl Pack {
    #[must_use]
    pub fn open(index: &Path) -> Option<Pack> {
        let file = open_regular(&index.with_extension("pack")).ok()?;
        Some(Pack { file, index: PackIndex::open(index)? })
    }

    /// A base always lies in the same pack: only packs on the wire are thin.
    pub fn read(&self, oid: &Oid) -> Option<Object> {
        let mut at = self.index.offset(oid)?;
        let mut deltas = Vec::new();
        let (kind, mut data) = loop {
            match self.step(at)? {
                Step::Whole(kind, data) => break (kind, data),
                Step::OnOffset(base, delta) => {
                    at = base;
                    deltas.push(delta);
                }
                Step::OnId(base, delta) => {
                    deltas.push(delta);
                    at = self.index.offset(&base)?;
                }
            }
            let size: usize = deltas.iter().map(Vec::len).sum();
            if deltas.len() > DELTAS || size > 2 * OBJECT_LIMIT {
                return None;
            }
        };
        for delta in deltas.iter().rev() {
            data = applied(&data, delta)?;
        }
        Some((kind, data))
    }

    fn step(&self, at: u64) -> Option<Step> {
        let mut from = From { file: &self.file, at };
        let mut byte = from.byte()?;
        let kind = (byte >> 4) & 7;
        while byte & 0x80 != 0 {
            // The size is not needed: the stream ends itself, and is bounded by our limit.
            byte = from.byte()?;
        }
        Some(match kind {
            1 => Step::Whole(Kind::Commit, inflated(from, OBJECT_LIMIT)?),
            2 => Step::Whole(Kind::Tree, inflated(from, OBJECT_LIMIT)?),
            3 => Step::Whole(Kind::Blob, inflated(from, OBJECT_LIMIT)?),
            4 => Step::Whole(Kind::Tag, inflated(from, OBJECT_LIMIT)?),
            6 => {
                let back = offset_varint(|| from.byte())?;
                // A base lies before its delta, so this ends.
                let base = at.checked_sub(back).filter(|_| back > 0)?;
                Step::OnOffset(base, inflated(from, OBJECT_LIMIT)?)
            }
            7 => {
                let mut base = [0; 20];
                from.read_exact(&mut base).ok()?;
                Step::OnId(base, inflated(from, OBJECT_LIMIT)?)
            }
            _ => return None,
        })
    }
}

/// git's offset encoding: big-endian groups of 7 bits, each continuation adding one.
pub(super) fn offset_varint(mut next: impl FnMut() -> Option<u8>) -> Option<u64> {
    let mut byte = next()?;
    let mut value = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = next()?;
        value = value.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
    }
    Some(value)
}

fn size(delta: &mut std::slice::Iter<'_, u8>) -> Option<usize> {
    let (mut value, mut shift) = (0usize, 0);
    loop {
        let byte = delta.next()?;
        value |= usize::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
}

/// `base` changed by a delta: copies out of the base, and text of its own.
fn applied(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = delta.iter();
    let (from, to) = (size(&mut bytes)?, size(&mut bytes)?);
    if from != base.len() || to > OBJECT_LIMIT {
        return None;
    }
    let mut out = Vec::with_capacity(to);
    while let Some(op) = bytes.next() {
        if op & 0x80 != 0 {
            let mut word = |bits: std::ops::Range<u8>| -> Option<usize> {
                let mut value = 0;
                for (place, bit) in bits.enumerate() {
                    if op & (1 << bit) != 0 {
                        value |= usize::from(*bytes.next()?) << (8 * place);
                    }
                }
                Some(value)
            };
            let (start, length) = (word(0..4)?, word(4..7)?);
            let length = if length == 0 { 0x10000 } else { length };
            out.extend_from_slice(base.get(start..start.checked_add(length)?)?);
        } else {
            let (text, rest) = bytes.as_slice().split_at_checked(usize::from(*op))?;
            out.extend_from_slice(text);
            bytes = rest.iter();
        }
        if out.len() > to {
            return None;
        }
    }
    (out.len() == to).then_some(out)
}
