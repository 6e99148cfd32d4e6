//! Objects by their id: loose ones and packs, alternates too. Sizes are bounded: what is larger is not found.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::pack::Pack;
use crate::look::sight::{join, open_regular, regular};

pub type Oid = [u8; 20];

/// The largest object that is inflated; a tree of 100,000 names has about 4 MB.
pub const OBJECT_LIMIT: usize = 16 << 20;
const PACKS: usize = 512;
const ALTERNATES: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

pub type Object = (Kind, Vec<u8>);

#[derive(Debug)]
pub struct Objects {
    own: PathBuf,
    /// Opened when the first object is asked for.
    stores: OnceCell<Stores>,
}

#[derive(Debug)]
struct Stores {
    folders: Vec<PathBuf>,
    packs: Vec<Pack>,
}

impl Objects {
    #[must_use]
    pub fn new(own: PathBuf) -> Self {
        Objects { own, stores: OnceCell::new() }
    }

    #[must_use]
    pub fn read(&self, oid: &Oid) -> Option<(Kind, Vec<u8>)> {
        let stores = self.stores.get_or_init(|| Stores::open(&self.own));
        let loose = stores.folders.iter().find_map(|folder| loose(folder, oid));
        loose.or_else(|| stores.packs.iter().find_map(|pack| pack.read(oid)))
    }

    /// The tree of a commit, through tags.
    #[must_use]
    pub fn tree_of(&self, commit: &Oid) -> Option<Oid> {
        let mut oid = *commit;
        for _ in 0..5 {
            let (kind, data) = self.read(&oid)?;
            let key: &[u8] = match kind {
                Kind::Tree => return Some(oid),
                Kind::Commit => b"tree ",
                Kind::Tag => b"object ",
                Kind::Blob => return None,
            };
            oid = data.lines().find_map(|line| line.strip_prefix(key)).and_then(from_hex)?;
        }
        None
    }
}

impl Stores {
    fn open(own: &Path) -> Self {
        let mut folders = vec![own.to_owned()];
        let mut at = 0;
        while let Some(folder) = folders.get(at).cloned() {
            at += 1;
            let Ok(text) = regular(&folder.join("info/alternates"), super::SMALL) else { continue };
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with(b"#")) {
                if folders.len() < ALTERNATES {
                    folders.push(join(&folder, line));
                }
            }
        }
        let packs = folders.iter().flat_map(|folder| packs_in(&folder.join("pack"))).take(PACKS).collect();
        Stores { folders, packs }
    }
}

fn packs_in(folder: &Path) -> Vec<Pack> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let indices = entries.take(4 * PACKS).flatten().map(|entry| entry.path());
    indices
        .filter(|path| path.extension().is_some_and(|end| end == "idx"))
        .filter_map(|path| Pack::open(&path))
        .collect()
}

#[must_use]
pub fn hex(oid: &Oid) -> String {
    oid.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[must_use]
pub fn from_hex(text: &[u8]) -> Option<Oid> {
    let text = text.get(..40)?;
    let mut oid = [0; 20];
    for (byte, pair) in oid.iter_mut().zip(text.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(oid)
}

/// Inflates at most `limit` bytes.
pub(super) fn inflated(source: impl Read, limit: usize) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    let mut reader = flate2::read::ZlibDecoder::new(source).take(limit as u64 + 1);
    reader.read_to_end(&mut data).ok()?;
    (data.len() <= limit).then_some(data)
}

fn loose(folder: &Path, oid: &Oid) -> Option<(Kind, Vec<u8>)> {
    let name = hex(oid);
    let path = folder.join(name.get(..2)?).join(name.get(2..)?);
    let mut data = inflated(open_regular(&path).ok()?, OBJECT_LIMIT)?;
    let end = data.find_byte(0)?;
    let kind = match data.get(..end)?.split(|byte| *byte == b' ').next()? {
        b"commit" => Kind::Commit,
        b"tree" => Kind::Tree,
        b"blob" => Kind::Blob,
        b"tag" => Kind::Tag,
        _ => return None,
    };
    data.drain(..=end);
    Some((kind, data))
}
