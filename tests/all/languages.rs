//! Code in other languages is read for what it starts and destroys, build files for what they run; text that is only
//! text starts nothing, and no input makes a reader panic or take long.

use std::time::Duration;

use bstr::{BString, ByteSlice};
use guarded_sh::command::{self, Environment, Known, Model, Seen, Sight, Value, Want, Word};
use guarded_sh::parse::{self, Mode};
use serde::Deserialize;

use crate::programs::worked;

const CASES: &str = include_str!("../cases/languages.toml");

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    line: String,
    /// Files in the directory of the command.
    #[serde(default)]
    files: std::collections::BTreeMap<String, String>,
    /// Command lines that must be among what would run, words joined by blanks, `…` for a hole.
    #[serde(default)]
    runs: Vec<String>,
    /// Programs that must not be among them.
    #[serde(default)]
    never: Vec<String>,
    /// Whether something runs unread.
    unread: Option<bool>,
}

/// What `line` would run in a directory with these files.
pub fn model(line: &[u8], files: &std::collections::BTreeMap<String, String>) -> Model {
    let mode = Mode::default();
    let values = [("HOME".into(), Value::known("/home/me")), ("PATH".into(), Value::known("/usr/bin:/bin"))].into();
    let environment = Environment { values, partial: false };
    let known = Known { environment, directory: "/project".into(), ..Known::default() };
    let reading = parse::read(line, &mode);
    let mut seen = Seen::default();
    loop {
        let model = command::commands(&"command".into(), &reading, &mode, &known, &seen);
        let fresh: Vec<Want> = model.wants.iter().filter(|want| !seen.sights.contains_key(want)).cloned().collect();
        if fresh.is_empty() {
            return model;
        }
        for want in fresh {
            let sight = match &want {
                Want::File(path) => {
                    let name = path.to_str_lossy();
                    let found = name.strip_prefix("/project/").and_then(|name| files.get(name));
                    found.map_or(Sight::Missing, |text| Sight::Bytes(text.as_bytes().into()))
                }
                Want::Program { .. } | Want::Link(_) | Want::Copy(_) => Sight::Missing,
            };
            seen.sights.insert(want, sight);
        }
    }
}

pub fn lines(model: &Model) -> Vec<String> {
    let shown = |words: &[Word]| bstr::join(" ", words.iter().map(Word::shown)).to_str_lossy().into_owned();
    model.commands.iter().map(|command| shown(&command.words)).collect()
}

#[test]
fn code_in_other_languages_is_read_for_what_it_does() {
    let cases: Cases = toml::from_str(CASES).expect("the cases are TOML");
    let mut wrong = Vec::new();
    for case in cases.case {
        let model = model(case.line.as_bytes(), &case.files);
        let found = lines(&model);
        for line in &case.runs {
            if !found.contains(line) {
                wrong.push(format!("{}: not `{line}` among {found:#?}", case.name));
            }
        }
        for tool in &case.never {
            if model.commands.iter().any(|command| command.tool() == Some(tool.as_bytes())) {
                wrong.push(format!("{}: `{tool}` among {found:#?}", case.name));
            }
        }
        if case.unread.is_some_and(|unread| unread == model.unread.is_empty()) {
            wrong.push(format!("{}: unread {:?}", case.name, model.unread));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const TOOLS: [&str; 12] = [
    "python3 -c",
    "node -e",
    "perl -e",
    "ruby -e",
    "php -r",
    "lua -e",
    "awk",
    "sed",
    "vim -c",
    "make --eval",
    "Rscript -e",
    "osascript -e",
];

const SEEDS: [&str; 12] = [
    "import os as o, subprocess\nfor x in ['a', f'b{1+(2)}']:\n  o.system(f\"rm -rf {x!r:>{10}}\" + '%s' % x)\n",
    "const {execSync: e, ...r} = require('child_process'); [1,2].forEach(x => { e(`rm ${`a${x}`}`) }); /a[/]b/.test(x)",
    "my @a = qw(a b); system(\"rm $a[0] @{[1]}\", q{b}); s{a}{b}ge; open(F, '-|', `ls ${x}`); print <<\"EOF\";\nrm $x\nEOF\n",
    "%w(a b).each do |x| system \"rm #{x + %q(a)}\" end; `ls #{1}`; FileUtils.rm_rf Dir['a']\n=begin\n=end\n",
    "<?php $a['b'] = \"x{$y->z}$q[0]\"; shell_exec('rm ' . $a); # c\n$h = <<<EOT\nrm\nEOT;\n",
    "os.execute [[rm x]] local a = 'b' .. \"c\" --[[ long\n]] io.popen('ls')",
    "BEGIN { while ((\"ls \" $1 | getline l) > 0) print \"rm \" l | \"sh\"; system(\"a\" \"b\") } /x[/]/ { next }",
    "1,/a\\/b/{s,x,y\\,z,ge;e rm x\n}\n$!N;y/a/b/",
    ":silent! exe \"!rm x\" | call system('ls')",
    "A := $(shell ls) $(subst a,b,$(A:.c=.o))\nall: b c ; @echo $@\n%.o: %.c\n\t-rm $< $(B",
    "boto3.client('rds').delete_db_instance(DBInstanceIdentifier='x', SkipFinalSnapshot=True)",
    "requests.post('https://h/q', json={'query': 'mutation { x }', 'a': [1, {'b': None}]})",
];

/// A small generator of its own, so that a failure comes back with the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap_or(0)
    }
}

fn mutated(dice: &mut Dice) -> Vec<u8> {
    let pieces: [&[u8]; 16] = [
        b"\"",
        b"`",
        b"$",
        b"\\",
        b"(",
        b")",
        b"{",
        b"}",
        b"[",
        b"/",
        b"\n\t",
        b"\xff\xc3",
        b"=",
        b"%",
        b"<<A\n",
        b"|",
    ];
    let mut text = SEEDS[dice.roll(SEEDS.len())].as_bytes().to_vec();
    for _ in 0..=dice.roll(8) {
        let at = dice.roll(text.len() + 1);
        match dice.roll(4) {
            0 => drop(text.splice(at..at, pieces[dice.roll(pieces.len())].iter().copied())),
            1 => text.truncate(at),
            2 => drop(text.drain(at..(at + dice.roll(6)).min(text.len()))),
            _ => {
                let other = SEEDS[dice.roll(SEEDS.len())].as_bytes();
                let from = dice.roll(other.len());
                text.splice(at..at, other[from..].iter().copied());
            }
        }
    }
    text
}

fn given_to(tool: &str, code: &[u8]) -> Vec<u8> {
    let mut line = BString::from(format!("{tool} '"));
    line.extend_from_slice(&code.replace("'", "'\\''"));
    line.push(b'\'');
    line.into()
}

#[test]
fn no_mutation_of_code_makes_a_reader_panic() {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    for round in 0..2400 {
        let code = mutated(&mut dice);
        drop(model(&given_to(TOOLS[round % TOOLS.len()], &code), &std::collections::BTreeMap::new()));
    }
}

#[test]
fn code_made_to_blow_up_ends_soon() {
    for unit in [
        "(",
        "{",
        "[",
        "f'{",
        "a=a+a+f'{x}';",
        "x(",
        "$(",
        "`",
        "/[/",
        "$x[",
        "if ",
        "a:b ",
        "<<A",
        "\\",
        "!!",
        "a = [a, a, a]\n",
        "@a = (@a, @a);\n",
        "$a = [$a, $a];\n",
        "$a .= $a;\n",
    ] {
        let code = unit.repeat(5_000);
        for tool in TOOLS {
            let start = worked();
            drop(model(&given_to(tool, code.as_bytes()), &std::collections::BTreeMap::new()));
            // Debug build and a busy machine: an order of magnitude above what it takes.
            assert!(
                worked().saturating_sub(start) < Duration::from_secs(20),
                "{tool} {unit} takes {:?}",
                worked().saturating_sub(start)
            );
        }
    }
}

#[test]
fn nested_code_and_large_code_end_soon() {
    let lines = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().concat();
    let nested = |open: &str, close: &str| [open.repeat(10_000), "1".to_owned(), close.repeat(10_000)].concat();
    let mut texts = vec![
        nested("(", ")"),
        nested("[", "]"),
        nested("f(", ")"),
        nested("a.b(", ").c"),
        ["x = 1", &" + 1".repeat(10_000)].concat(),
        ["x = 1", &" - 1".repeat(10_000)].concat(),
        ["x", &".y()".repeat(10_000)].concat(),
        "a = [a, a, a]\n".repeat(2_000),
        "a += a\n".repeat(2_000),
    ];
    texts.push(lines(400, |depth| format!("{}for i in x:\n", " ".repeat(depth))));
    texts.push(lines(4_000, |n| format!("def f{n}(a): return f{}(a) + f{}(a)\n", n + 1, n + 2)));
    texts.push(lines(30, |depth| format!("{}for i in x: a{depth} = i; b{depth} = a{depth}\n", " ".repeat(depth))));
    texts.push(["let x = ", &"a ? b : ".repeat(5_000), "c"].concat());
    texts.push("if (a) { b() } else ".repeat(5_000));
    for code in texts {
        for tool in ["python3 -c", "node -e"] {
            let start = worked();
            drop(model(&given_to(tool, code.as_bytes()), &std::collections::BTreeMap::new()));
            let start_of = &code[..code.len().min(40)];
            let took = worked().saturating_sub(start);
            assert!(took < Duration::from_secs(15), "{tool} {start_of} takes {took:?}");
        }
    }
}
