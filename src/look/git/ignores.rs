//! Whether a path is ignored by the rules that HEAD holds. The work tree's own `.gitignore` does not count: a line
//! added a moment ago would make anything look worthless.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use bstr::{BString, ByteSlice};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Repository;
use super::objects::{Kind, Oid};
use crate::look::sight::as_os;

pub struct Ignores<'a> {
    repository: &'a Repository,
    tree: Oid,
    /// By folder, empty for the root; `None` where it could not be read.
    files: RefCell<BTreeMap<BString, Option<Rc<Gitignore>>>>,
}

impl Repository {
    /// `None` without a commit.
    #[must_use]
    pub fn ignores(&self) -> Option<Ignores<'_>> {
        let commit = self.head_commit()??;
        let tree = self.objects.tree_of(&commit)?;
        Some(Ignores { repository: self, tree, files: RefCell::default() })
    }
}

impl Ignores<'_> {
    /// `None` where the rules can't be read. `path` is an index name; whatever lies in an ignored folder is ignored.
    #[must_use]
    pub fn ignored(&self, path: &[u8], is_folder: bool) -> Option<bool> {
        let ends = path.find_iter(b"/").map(|at| (at, true)).chain([(path.len(), is_folder)]);
        for (end, folder) in ends {
            if self.matched(path.get(..end)?, folder)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The deepest file with an opinion on this name wins.
    fn matched(&self, path: &[u8], is_folder: bool) -> Option<bool> {
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rfind_byte(b'/').and_then(|at| folder.get(..at)).unwrap_or_default();
            let rules = self.rules_of(folder)?;
            let below = path.get(folder.len()..)?.trim_start_with(|mark| mark == '/');
            match rules.matched(Path::new(as_os(below.as_bstr())), is_folder) {
                Match::Ignore(_) => return Some(true),
                Match::Whitelist(_) => return Some(false),
                Match::None => {}
            }
        }
        Some(false)
    }

    fn rules_of(&self, folder: &[u8]) -> Option<Rc<Gitignore>> {
        if let Some(known) = self.files.borrow().get(folder.as_bstr()) {
            return known.clone();
        }
        let rules = self.read(folder).map(Rc::new);
        self.files.borrow_mut().insert(folder.into(), rules.clone());
        rules
    }

    fn read(&self, folder: &[u8]) -> Option<Gitignore> {
        let mut name = BString::from(folder);
        name.extend_from_slice(if folder.is_empty() { b".gitignore" } else { b"/.gitignore" });
        let Some(entry) = self.repository.entry_at(&self.tree, &name)? else { return Some(Gitignore::empty()) };
        let (kind, text) = self.repository.objects.read(&entry.oid)?;
        // git does not follow a symbolic link here, and so nor do we.
        if kind != Kind::Blob || entry.mode == 0o120_000 {
            return Some(Gitignore::empty());
        }
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines().filter_map(|line| line.to_str().ok()) {
            // A line that is no pattern ignores nothing.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok()
    }
}
