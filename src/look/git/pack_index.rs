//! A pack's index, version 2: where an object begins. Searched on disk, never read whole.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::objects::Oid;
use crate::look::sight::open_regular;

const HEADER: u64 = 8;
const FANOUT: u64 = 256 * 4;

#[derive(Debug)]
pub struct PackIndex {
    file: File,
    count: u64,
}

pub(super) fn u32_at(file: &File, at: u64) -> Option<u32> {
    let mut word = [0; 4];
    file.read_exact_at(&mut word, at).ok()?;
    Some(u32::from_be_bytes(word))
}

impl PackIndex {
    #[must_use]
    pub fn open(path: &Path) -> Option<PackIndex> {
        let file = open_regular(path).ok()?;
        let known = u32_at(&file, 0)? == 0xff74_4f63 && u32_at(&file, 4)? == 2;
        let count = u64::from(u32_at(&file, HEADER + FANOUT - 4)?);
        known.then_some(PackIndex { file, count })
    }

    fn fanout(&self, byte: u8) -> Option<u64> {
        u32_at(&self.file, HEADER + u64::from(byte) * 4).map(u64::from)
    }

    /// The object's offset in the pack.
    #[must_use]
    pub fn offset(&self, oid: &Oid) -> Option<u64> {
        let mut low = if oid[0] == 0 { 0 } else { self.fanout(oid[0] - 1)? };
        let mut high = self.fanout(oid[0])?.min(self.count);
        let names = HEADER + FANOUT;
        while low < high {
            let middle = u64::midpoint(low, high);
            let mut name = [0; 20];
            self.file.read_exact_at(&mut name, names + middle * 20).ok()?;
            match name.cmp(oid) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.offset_of(middle),
            }
        }
        None
    }

    fn offset_of(&self, number: u64) -> Option<u64> {
        let offsets = HEADER + FANOUT + self.count * 24;
        let small = u32_at(&self.file, offsets + number * 4)?;
        if small & 0x8000_0000 == 0 {
            return Some(u64::from(small));
        }
        let large = offsets + self.count * 4 + u64::from(small & 0x7fff_ffff) * 8;
        let mut word = [0; 8];
        self.file.read_exact_at(&mut word, large).ok()?;
        Some(u64::from_be_bytes(word))
    }
}
