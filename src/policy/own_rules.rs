//! Rule packs beside the policies: `rules/*.toml` in root's and in the user's folder. A pack can take the place of a
//! built-in one, so it needs the same trust as a policy.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::load::{trusted_text, unreadable};
use super::{Places, Trouble};

/// Name and text of each pack, root's first, each folder in the order of names. With no folder it opens two names that
/// do not exist.
pub fn own_packs(places: &Places) -> Result<Vec<(String, String)>, Trouble> {
    let mut packs = Vec::new();
    let root_only = [places.system_owner];
    let mine = [places.uid, 0, places.system_owner];
    let system = places.system.parent().map(|folder| (folder, &root_only[..]));
    let user = places.user.as_deref().and_then(Path::parent).map(|folder| (folder, &mine[..]));
    for (folder, owners) in [system, user].into_iter().flatten() {
        for path in pack_files(&folder.join("rules"))? {
            if let Some(bytes) = trusted_text(&path, owners)? {
                packs.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    Ok(packs)
}

fn pack_files(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
