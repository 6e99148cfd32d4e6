//! Files in which tools keep what is selected. What was read is noted, so that an answer holds only while it says the same;
//! a file that this text itself writes says nothing yet.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use sha2::{Digest, Sha256};

use super::ground::Scene;
use super::reach::Reach;
use super::sight::{as_os, regular};
use crate::command::{Command, Sight};

const LIMIT: u64 = 4 << 20;

pub fn in_home(scene: &Scene<'_>, path: &str) -> Option<PathBuf> {
    scene.ground.home.as_ref().map(|home| Path::new(as_os(home.as_bstr())).join(path))
}

/// The text of such a file. `None` where it is missing; doubtful where it is there and can't be read.
pub fn read(path: &Path, command: &Command, reach: &mut Reach) -> Option<Vec<u8>> {
    let name = path.as_os_str().as_bytes();
    if command.written.contains_key(BStr::new(name)) || command.created.iter().any(|created| created == name) {
        reach.doubtful = true;
        return None;
    }
    match regular(path, LIMIT) {
        Ok(text) => {
            reach.read.push(format!("{} {:?}", path.display(), Sha256::digest(&text)));
            Some(text)
        }
        Err(Sight::Missing) => None,
        Err(_) => {
            reach.doubtful = true;
            None
        }
    }
}

/// The keys of the sections of a file such as `~/.aws/config`, the last value of each first. `None`: no such section.
pub fn section(text: &[u8], names: &[&str]) -> Option<Vec<(BString, BString)>> {
    let mut found: Option<Vec<(BString, BString)>> = None;
    let mut inside = false;
    for line in text.lines() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix(b"[") {
            let name = name.split(|byte| *byte == b']').next().unwrap_or_default().trim();
            inside = names.iter().any(|one| one.as_bytes() == name);
            if inside {
                found.get_or_insert_default();
            }
        } else if inside
            && !line.starts_with(b"#")
            && !line.starts_with(b";")
            && let Some((key, value)) = line.split_once_str("=")
        {
            let value = value.trim().trim_with(|c| c == '"' || c == '\'');
            found.get_or_insert_default().insert(0, (key.trim().into(), value.into()));
        }
    }
    found
}

/// The value of a key of a section.
pub fn value(keys: &[(BString, BString)], name: &str) -> Option<BString> {
    keys.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_read_by_name_and_the_last_value_counts() {
        let text = b"[default]\nregion = a\n[ profile x ]\n# region = c\nregion=b\nregion = \"d\"\n;x\n[y]\nregion=e\n";
        let keys = section(text, &["profile x"]).expect("a section");
        assert_eq!(value(&keys, "region"), Some("d".into()));
        assert_eq!(value(&keys, "none"), None);
        assert_eq!(section(text, &["none"]), None);
        assert_eq!(section(text, &["y"]).map(|keys| keys.len()), Some(1));
    }
}
