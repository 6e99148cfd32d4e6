//! The names in an archive, read in process and within a budget: tar, plain or by gzip, and zip. `None`: another format,
//! more than is read, or not whole.

mod tar;
mod zip;

use std::fs::File;
use std::path::Path;

use bstr::BString;

/// Archives of more than so many entries are not listed.
const MEMBERS: usize = 50_000;

/// What an archive holds under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: BString,
    pub folder: bool,
}

pub fn tar(path: &Path) -> Option<Vec<Member>> {
    tar::members(&mut regular(path)?)
}

/// By its name, or with the ending that unzip tries.
pub fn zip(path: &Path) -> Option<Vec<Member>> {
    let ended = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        regular(Path::new(&name))
    };
    zip::members(&mut regular(path).or_else(|| ended(".zip")).or_else(|| ended(".ZIP"))?)
}

/// A FIFO or a device might keep us waiting.
fn regular(path: &Path) -> Option<File> {
    std::fs::metadata(path).ok()?.is_file().then(|| File::open(path).ok())?
}
