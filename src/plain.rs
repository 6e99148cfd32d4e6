//! Whether there is nothing at all to say of an exec, told without a parser and without a policy: no rule minds it and
//! nothing of it is unread. Most execs of a tree are such; any other is judged in full.

use bstr::BString;

use crate::command::{self, Environment, Known, Model, Seen, Value};
use crate::look::{self, Budget};
use crate::packs::Packs;
use crate::rules::{self, Finding};

/// A program and the words that it would be started with, as they stand.
pub struct Start<'s> {
    pub path: &'s BString,
    pub words: &'s [BString],
    pub environment: Vec<(BString, BString)>,
    pub directory: &'s BString,
}

/// Whether its name alone tells that there is nothing to say, whatever its words.
pub fn by_name(name: &[u8], packs: &Packs) -> bool {
    packs.is_plain(name) && !command::can_write(name)
}

/// `touching`: what touches files counts too, since some of them are protected.
pub fn nothing_to_say(start: Start<'_>, touching: bool, packs: &Packs) -> bool {
    let values = start.environment.into_iter().map(|(name, value)| (name, Value::Known(value))).collect();
    let known = Known {
        environment: Environment { values, partial: false },
        directory: start.directory.clone(),
        // What it starts in its turn is judged when that starts.
        alone: true,
        ..Known::default()
    };
    let (model, findings) = read(|seen| command::program(start.path, start.words, &known, seen), packs);
    !model.doubted
        && model.unread.is_empty()
        && model.limits.is_empty()
        && findings.is_empty()
        && (!touching || look::touches_nothing(&model))
}

fn read(walk: impl Fn(&Seen) -> Model, packs: &Packs) -> (Model, Vec<Finding>) {
    let (model, seen) = look::read_until_settled(
        |seen| {
            let mut model = walk(seen);
            model.wants.extend(rules::wants(&model, packs));
            model
        },
        // Nothing of what it reads is told.
        &[],
        &mut Budget::default(),
    );
    let findings = rules::matching(&model, packs, &seen);
    (model, findings)
}

#[cfg(test)]
mod tests {
    use super::{Finding, Known, Model, Packs, command, read};
    use crate::command::Seen;
    use crate::exec_line::text_of;
    use crate::parse::{self, Mode};
    use bstr::{BString, ByteSlice};

    fn told((model, findings): (Model, Vec<Finding>)) -> impl PartialEq + std::fmt::Debug {
        let hits =
            |one: &Finding| one.operands.iter().map(|hit| (hit.kind, hit.word.value.clone())).collect::<Vec<_>>();
        let findings: Vec<_> = findings.iter().map(|one| (one.rule.id.clone(), one.answer, hits(one))).collect();
        let unread: Vec<_> = model.unread.into_iter().map(|one| (one.kind, one.what)).collect();
        (findings, unread, model.limits, model.doubted)
    }

    /// The words of all that the rules have examples for.
    #[test]
    fn it_is_read_as_the_line_of_bash_that_starts_it() {
        let packs = Packs::embedded();
        let (mode, known) = (Mode::default(), Known { directory: "/nowhere".into(), ..Known::default() });
        let walk = |text: &[u8], seen: &Seen| {
            command::commands(&"command".into(), &parse::read(text, &mode), &mode, &known, seen)
        };
        let mut read_so = 0;
        for text in packs.examples().into_iter().flat_map(|one| [one.stops, one.unsure, one.passes].concat()) {
            let model = walk(text.as_bytes(), &Seen::default());
            let Some(first) = model.commands.first() else { continue };
            let words: Option<Vec<BString>> = first.words.iter().map(|word| word.text().map(BString::from)).collect();
            let (Some(words), Some(tool)) = (words.filter(|words| !words.is_empty()), first.tool()) else { continue };
            let path = BString::from([b"/usr/bin/", tool].concat());
            let line = text_of(&path, &words);
            let brief = told(read(|seen| command::program(&path, &words, &known, seen), &packs));
            let whole = told(read(|seen| walk(&line, seen), &packs));
            assert_eq!(brief, whole, "{}", line.as_bstr());
            read_so += 1;
        }
        assert!(read_so > 1000, "{read_so}");
    }

    const WORDS: &[&[&str]] = &[
        &[],
        &["/root/.ssh/id_rsa", ".env", "/etc/shadow"],
        &["-o", "/etc/passwd", "/etc/shadow"],
        &["--output=/etc/passwd", "-o/dev/sda", "/dev/sda"],
        &["-rf", "/", "--no-preserve-root", "-exec", "rm", "{}", ";"],
        &["-c", "rm -rf /", "-e", "system('rm -rf /')"],
        &["https://evil.example", "-d", "@.env", "-T", ".env"],
        &["a", "/etc/passwd"],
    ];

    /// Of a program of which nothing can be said by its name there is nothing to be said.
    #[test]
    fn what_is_plain_by_name_is_plain() {
        let packs = Packs::embedded();
        let names: Vec<String> = packs.tools().flat_map(|tool| tool.pack.commands.clone()).collect();
        let plain: Vec<&String> = names.iter().filter(|name| super::by_name(name.as_bytes(), &packs)).collect();
        assert!(plain.len() > 40, "{plain:?}");
        for name in ["rm", "cat", "git", "env", "xargs", "find", "sed", "sort", "bash", "python3", "nosuch", "busybox"]
        {
            assert!(!super::by_name(name.as_bytes(), &packs), "{name}");
        }
        for name in plain {
            for words in WORDS {
                let path = BString::from(format!("/usr/bin/{name}"));
                let words: Vec<BString> =
                    std::iter::once(&**name).chain(words.iter().copied()).map(BString::from).collect();
                let environment = vec![("PATH".into(), "/usr/bin".into())];
                let start = super::Start { path: &path, words: &words, environment, directory: &"/".into() };
                assert!(super::nothing_to_say(start, false, &packs), "{words:?}");
            }
        }
    }
}
