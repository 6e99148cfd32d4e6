//! Lines that are typed into a zsh or fish, whose own start-up file calls us for each (design: `zsh.zsh`, `fish.fish`).
//! Such a shell sends, of all it holds, what the line names.

use bstr::{BString, ByteSlice};

use super::quoted;
use crate::parse::foreign::{self, fish, zsh};

/// The shells that keep their own line editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    Zsh,
    Fish,
}

/// What lies in a folder for them to load: it hooks Enter.
pub const ZSH: &str = include_str!("zsh.zsh");
pub const FISH: &str = include_str!("fish.fish");

impl Foreign {
    /// By the name of the link through which the judge is called.
    #[must_use]
    pub fn called(name: &[u8]) -> Option<Foreign> {
        match name.rsplit_str("/").next()? {
            b"guarded-line-zsh" => Some(Foreign::Zsh),
            b"guarded-line-fish" => Some(Foreign::Fish),
            _ => None,
        }
    }
}

/// One line, and what the shell holds of what it names.
#[derive(Debug, Default, PartialEq)]
pub struct Typed {
    /// As it was typed.
    pub line: BString,
    /// In bash's words.
    pub text: BString,
    /// Aliases, variables and functions, as text that sets them.
    pub prelude: BString,
}

#[derive(Default)]
struct Held<'a> {
    line: &'a [u8],
    settings: zsh::Settings,
    aliases: Vec<(&'a [u8], &'a [u8])>,
    variables: Vec<(&'a [u8], &'a [u8])>,
    functions: Vec<(&'a [u8], &'a [u8])>,
}

impl Typed {
    /// From the judge's standard input: triples of kind, name and text, each ended by a NUL.
    #[must_use]
    pub fn read(shell: Foreign, input: &[u8]) -> Typed {
        let fields: Vec<&[u8]> = input.split_str(b"\0").collect();
        let mut held = Held::default();
        for triple in fields.chunks_exact(3) {
            let [kind, name, text] = triple else { continue };
            held.take(kind, name, text);
        }
        let lowered = |text: &[u8]| match shell {
            Foreign::Zsh => zsh::lowered(text, &held.settings),
            Foreign::Fish => fish::lowered(text),
        };
        let mut prelude = foreign::BEFORE.as_bytes().to_vec();
        for (name, text) in &held.aliases {
            prelude.extend_from_slice(&[b"alias ", *name, b"=", quoted(&lowered(text)).as_slice(), b"\n"].concat());
        }
        for (name, text) in &held.variables {
            let set = match shell {
                // Quoted as bash quotes.
                Foreign::Zsh => [*name, b"=", *text, b"\n"].concat(),
                Foreign::Fish => [lowered(&[b"set ", *name, b" ", *text].concat()).as_slice(), b"\n"].concat(),
            };
            prelude.extend(set);
        }
        for (name, body) in &held.functions {
            let text = match shell {
                Foreign::Zsh => [*name, b"() {\n", lowered(body).as_slice(), b"\n}\n"].concat(),
                Foreign::Fish => [lowered(body).as_slice(), b"\n"].concat(),
            };
            prelude.extend(text);
        }
        Typed { line: held.line.into(), text: lowered(held.line).into(), prelude: prelude.into() }
    }
}

impl<'a> Held<'a> {
    fn take(&mut self, kind: &[u8], name: &'a [u8], text: &'a [u8]) {
        match kind {
            b"line" => self.line = text,
            b"on" if name == b"interactivecomments" => self.settings.comments = true,
            b"on" if name == b"extendedglob" => self.settings.extended_glob = true,
            b"on" if name == b"shwordsplit" || name == b"globsubst" => self.settings.splits = true,
            b"alias" => self.aliases.push((name, text)),
            b"global" => {
                self.settings.globals.insert(name.to_vec(), text.to_vec());
            }
            b"suffix" => {
                self.settings.suffixes.insert(name.to_vec(), text.to_vec());
            }
            b"variable" => self.variables.push((name, text)),
            b"function" => self.functions.push((name, text)),
            _ => {}
        }
    }
}
