//! Where a copying tool puts its operands: the last one, or the value of its option for a folder.

use bstr::ByteSlice;

use super::judge::Judge;
use crate::command::Word;

const FOLDER_OPTIONS: [&[u8]; 2] = [b"-t", b"--target-directory"];

/// The last operand is no folder to put something into.
const WHOLE: &[u8] = b"--no-target-directory";
/// How many files are looked at one by one; what is beyond them goes by the folder.
const MOST: usize = 64;

pub struct Destination {
    /// A file to be, or the folder for what is `put`.
    pub place: Word,
    pub put: Vec<Word>,
}

/// `None` where nothing is said of where to.
pub fn destination(judge: &Judge<'_>) -> Option<Destination> {
    let mut put = judge.operand_words();
    let folder = judge.line.given.iter().find(|given| FOLDER_OPTIONS.contains(&given.name.as_slice()));
    let place = folder.and_then(|given| given.value.clone()).or_else(|| put.pop())?;
    let options = &judge.tool.pack.grammar.options;
    let is_one = |name: &[u8]| matches!(name, b"-T" | WHOLE);
    let knows_it = || options.iter().any(|(_, one)| one.flag.iter().any(|flag| flag.as_bytes() == WHOLE));
    // The place is what is replaced, be it a folder or not.
    if judge.line.given.iter().any(|given| is_one(&given.name)) && knows_it() {
        put.clear();
    }
    Some(Destination { place, put })
}

impl Destination {
    /// The place itself, and what each of `put` is called if it is a folder, as far as the text tells.
    pub fn landings(self) -> Vec<Word> {
        let mut all = Vec::new();
        for folder in self.place.value.choices().unwrap_or_default() {
            let names = self.put.iter().flat_map(|word| word.value.choices().unwrap_or_default());
            all.extend(names.take(MOST).filter_map(|name| inside(folder, name)).map(Word::known));
        }
        all.push(self.place);
        all
    }
}

fn inside(folder: &[u8], put: &[u8]) -> Option<Vec<u8>> {
    let put = put.trim_end_with(|c| c == '/');
    match put.rsplit(|byte| *byte == b'/').next()? {
        b"" | b"." | b".." => None,
        name => Some([folder.trim_end_with(|c| c == '/'), b"/", name].concat()),
    }
}
