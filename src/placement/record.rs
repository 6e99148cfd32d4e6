//! What was placed, by whom, and how each file was before: enough to put every byte back.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

use super::files::{self, Contents, Staged};
use super::trouble::Trouble;
use super::wanted::Want;
use crate::store::private_directory;
use crate::vault::Raw;

const FILE: &str = "record.json";
/// The record holds what is wanted, not what was there.
const MOST: u64 = 4 << 20;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub files: Vec<Placed>,
    /// Made by us, in the order of making.
    pub folders: Vec<Raw>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub path: Raw,
    /// Without anything of ours.
    pub before: Before,
    /// The digest of what we wrote last.
    pub after: String,
    pub claims: Vec<Claim>,
}

/// The bytes of a file lie under their digest beside the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Before {
    Absent,
    File { digest: String, mode: u32 },
    Link(Raw),
}

/// Who wants what of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// As it is typed after `guarded uninit`.
    pub by: String,
    pub want: Want,
}

/// The record, held against other writers.
#[derive(Debug)]
pub struct Kept {
    pub folder: PathBuf,
    pub record: Record,
    _lock: Flock<File>,
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> Trouble + '_ {
    move |error| Trouble::Io { path: path.to_owned(), error }
}

impl Record {
    /// Looking makes nothing.
    pub fn read(folder: &Path) -> Result<Record, Trouble> {
        let path = folder.join(FILE);
        let mut text = Vec::new();
        match File::open(&path) {
            Ok(file) => file.take(MOST + 1).read_to_end(&mut text).map_err(io(&path))?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Record::default()),
            Err(error) => return Err(io(&path)(error)),
        };
        serde_json::from_slice(&text).map_err(|error| Trouble::Record { path, why: error.to_string() })
    }

    #[must_use]
    pub fn of(&self, path: &Path) -> Option<&Placed> {
        self.files.iter().find(|placed| placed.path.path() == path)
    }

    /// Who has placed anything, in the order of placing.
    #[must_use]
    pub fn placed(&self) -> Vec<&str> {
        let mut by: Vec<&str> = Vec::new();
        for claim in self.files.iter().flat_map(|placed| &placed.claims) {
            if !by.contains(&claim.by.as_str()) {
                by.push(&claim.by);
            }
        }
        by
    }
}

impl Kept {
    pub fn open(folder: &Path) -> Result<Kept, Trouble> {
        private_directory(folder).map_err(|error| Trouble::State(error.to_string()))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(io(&path))?;
        let lock = Flock::lock(lock, FlockArg::LockExclusive)
            .map_err(|(_, error)| io(&path)(std::io::Error::from_raw_os_error(error as i32)))?;
        Ok(Kept { folder: folder.to_owned(), record: Record::read(folder)?, _lock: lock })
    }

    /// How a file was.
    pub fn before(&self, placed: &Placed) -> Result<Contents, Trouble> {
        before(&self.folder, placed)
    }

    /// Puts the bytes aside; the same bytes once.
    pub fn put_aside(&self, contents: &Contents) -> Result<Before, Trouble> {
        match contents {
            Contents::Absent => Ok(Before::Absent),
            Contents::Link(target) => Ok(Before::Link(Raw::of(target))),
            Contents::File { bytes, mode } => {
                let digest = named(bytes);
                let contents = Contents::File { bytes: bytes.clone(), mode: 0o600 };
                Staged::of(&self.folder.join(&digest), &contents)?.take_place()?;
                Ok(Before::File { digest, mode: *mode })
            }
        }
    }

    /// Writes the record, and drops bytes that it names no more.
    pub fn write(&self) -> Result<(), Trouble> {
        let bytes = serde_json::to_vec_pretty(&self.record).map_err(|error| Trouble::State(error.to_string()))?;
        Staged::of(&self.folder.join(FILE), &Contents::File { bytes, mode: 0o600 })?.take_place()?;
        Ok(())
    }

    pub fn sweep(&self) {
        let named = |name: &str| {
            self.record
                .files
                .iter()
                .any(|placed| matches!(&placed.before, Before::File { digest, .. } if digest == name))
        };
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("file-") && !named(&name) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// How a file was, from the bytes that were put aside.
pub fn before(folder: &Path, placed: &Placed) -> Result<Contents, Trouble> {
    match &placed.before {
        Before::Absent => Ok(Contents::Absent),
        Before::Link(target) => Ok(Contents::Link(target.path().to_owned())),
        Before::File { digest, mode } => {
            let path = folder.join(digest);
            match files::read(&path, false)? {
                Contents::File { bytes, .. } if *digest == named(&bytes) => Ok(Contents::File { bytes, mode: *mode }),
                _ => Err(Trouble::Record { path, why: "the bytes that were put aside are not there".to_owned() }),
            }
        }
    }
}

fn named(bytes: &[u8]) -> String {
    Contents::File { bytes: bytes.to_vec(), mode: 0 }.digest().replace(':', "-")
}
