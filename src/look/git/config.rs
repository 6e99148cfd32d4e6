//! git's configuration files on disk.

use std::path::PathBuf;

pub use crate::command::git::config::Config;

use crate::command::Sight;
use crate::look::sight::regular;

/// Reads files, later ones win. A missing file is an empty one; `None` where one can't be read.
#[must_use]
pub fn read(files: &[PathBuf]) -> Option<Config> {
    let mut config = Config::default();
    for file in files {
        match regular(file, super::SMALL) {
            Ok(text) => config.add(&text),
            Err(Sight::Missing) => {}
            Err(_) => return None,
        }
    }
    Some(config)
}
