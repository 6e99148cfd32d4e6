//! Words of generated scripts: every expansion that bash makes before it runs a command.

use super::grammar::Maker;

/// Texts that need no quotes.
const BARE: &[&str] = &[
    "foo",
    "bar",
    "a",
    "b",
    "c",
    "-n",
    "--",
    "-",
    "A1",
    "0",
    "1",
    "2",
    "10",
    "a.b",
    "a/b",
    "x=1",
    "a,b",
    "a:b",
    "+x",
    "@",
    "/a/b.c",
    "fooBAR",
    "abcabc",
    "=",
    "%s",
    "a.txt",
    "sub/x.txt",
    "1,2",
    "x",
    "y",
    "nosuch",
    "-e",
    ":",
    "a-b",
    "ab.tar.gz",
];
/// Texts that stand in single quotes.
const RAW: &[&str] = &[
    "a b",
    " lead",
    "trail ",
    "a  b",
    "a*b",
    "*",
    "?.txt",
    "[ab]*",
    "a;b",
    "$x",
    "a\\b",
    "back\\",
    "a\nb",
    "\n",
    "tab\tx",
    "::",
    ":a:b:",
    "a::b",
    "~",
    "~/x",
    "{a,b}",
    "!",
    "#x",
    "&",
    "",
    "",
    "a,b,,c",
    "x y z",
    "-n a",
    "1+2",
    "a=b",
    "(x)",
    "<",
    "$(c1 1)",
    "\\n",
    "a\\nb",
    "%d",
    "Hello World",
    "foo bar baz",
    "x-y_z",
    "3",
    "7",
    "08",
    "0x1f",
    "aXbXc",
    "/usr/lib/x.so.1",
    "\"q\"",
    "a'",
];
/// Inside double quotes, between expansions.
const SOFT: &[&str] =
    &["a", " ", "b c", "*", "\\$x", "\\\\", "\\n", "'", "~", "{a,b}", "\\\"", ":", "x=", "-", "", "\n", "!"];
const GLOBS: &[&str] = &[
    "*",
    "*.txt",
    "?.txt",
    "[ab].txt",
    "[!a].txt",
    "sub/*",
    "*/",
    "*/x.txt",
    ".h*",
    "none*",
    "A*",
    "a*",
    "[[:upper:]]*",
    "*b*",
    "./*",
];
const EXTGLOBS: &[&str] = &["@(a|b).txt", "!(a*)", "+([a-z]).txt", "?(x)a.txt", "*(a|b).txt", "sub/!(x*)"];
const PATTERNS: &[&str] = &[
    "a",
    "*",
    "?",
    "a*",
    "*b",
    "[a-c]",
    "[!a]",
    "*.*",
    ".*",
    "*/",
    "/*",
    "\\*",
    "'*'",
    "\"$y\"",
    "$y",
    "x",
    "[[:space:]]",
    "*[0-9]",
    "",
    ":",
    "b*c",
    "[]x]",
    "o",
    "[A-Z]",
    "??",
    "*a*",
    "${x}",
    "X",
];
const EXTPATTERNS: &[&str] = &["@(a|b)", "!(a)", "+([a-z])", "*(a)", "?(a)b", "!(*b)"];
const SCALARS: &[&str] = &["x", "y", "z", "v", "w", "E", "GIVEN", "none", "n"];
const TILDES: &[&str] = &[
    "~", "~/x", "~+", "~-", "~root", "~nosuch", "~/", "a~", "x=~", "~+/x", "x=a:~/b", "~\"x\"", "\"~\"", "\\~", "~:a",
    "~root/x", "a=~root",
];
const BRACES: &[&str] = &[
    "{a,b}",
    "{1..3}",
    "{3..1}",
    "{a..c}",
    "{1..10..3}",
    "{01..03}",
    "{a,b}{1,2}",
    "x{,y}z",
    "{a,{b,c}}",
    "{a}",
    "{}",
    "{a,b",
    "a}",
    "{1..a}",
    "{$x,y}",
    "{'a b',c}",
    "\\{a,b}",
    "{a\\,b,c}",
    "{-1..1}",
    "{,}",
    "{a,b}\"$x\"",
    "{\"$x\",$y}",
    "{c..a..2}",
    "{A..C}",
    "{1..3}{a,b}",
    "a{b,c}d{e,f}",
    "{a,b}{",
    "{{a,b}",
    "{a,b}}",
    "{1..2..0}",
    "${x}{a,b}",
    "{$n..3}",
    "{001..2}",
    "{-01..1}",
    "{a..A..9}",
];
const ANSI: &[&str] = &[
    "$'a\\tb'",
    "$'\\x41'",
    "$'\\n'",
    "$'it\\'s'",
    "$'\\101'",
    "$'a b'",
    "$'\\u41'",
    "$'\\e'",
    "$'\\cA'",
    "$'\\\\'",
    "$'\\q'",
    "$'\\x'",
    "$'a\\0b'",
    "$\"a b\"",
    "$\"$x\"",
    "$'\\\"'",
    "$'\\?'",
    "$'\\E'",
];

impl Maker {
    pub fn scalar(&mut self) -> &'static str {
        self.random.pick(SCALARS)
    }

    /// A name that may be assigned.
    pub fn target(&mut self) -> &'static str {
        self.random.pick(&["x", "y", "z", "v", "w", "E", "n"])
    }

    pub fn bare(&mut self) -> String {
        self.random.pick(BARE).to_owned()
    }

    /// A text in quotes that hide everything.
    pub fn raw(&mut self) -> String {
        let text = if self.random.one_in(3) { self.random.pick(BARE) } else { self.random.pick(RAW) };
        if text.contains('\'') {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"))
        } else {
            format!("'{text}'")
        }
    }

    /// One or several pieces in a row.
    pub fn word(&mut self) -> String {
        let pieces = if self.random.one_in(4) { 2 + self.random.below(2) } else { 1 };
        (0..pieces).map(|_| self.piece()).collect()
    }

    /// A word that is surely one argument.
    pub fn quoted(&mut self) -> String {
        match self.random.below(5) {
            0 => self.bare(),
            1 => self.raw(),
            2 => format!("\"${}\"", self.scalar()),
            _ => self.double(),
        }
    }

    fn piece(&mut self) -> String {
        if self.depth > 3 {
            return if self.random.one_in(2) { self.raw() } else { format!("\"${}\"", self.scalar()) };
        }
        self.depth += 1;
        let made = match self.random.below(24) {
            0 | 1 => self.bare(),
            2 | 3 => self.raw(),
            4 | 5 => format!("${}", self.scalar()),
            6 => format!("\"${}\"", self.scalar()),
            7..=9 => self.braced(),
            10 | 11 => format!("\"{}\"", self.braced()),
            12 => format!("$(({}))", self.arithmetic()),
            13 | 14 => self.substitution(),
            15 => format!("\"{}\"", self.substitution()),
            16 => self.double(),
            17 => {
                if self.bash() {
                    self.random.pick(BRACES).to_owned()
                } else {
                    self.bare()
                }
            }
            18 => {
                self.random.pick(if self.bash() { TILDES } else { &["~", "~/x", "a~", "\"~\"", "~nosuch"] }).to_owned()
            }
            19 => self.glob(),
            20 => {
                if self.bash() {
                    self.random.pick(ANSI).to_owned()
                } else {
                    self.raw()
                }
            }
            21 => self.positional(),
            _ => {
                if self.bash() {
                    self.array()
                } else {
                    self.positional()
                }
            }
        };
        self.depth -= 1;
        made
    }

    pub fn glob(&mut self) -> String {
        if self.extglob && self.random.one_in(2) {
            return self.random.pick(EXTGLOBS).to_owned();
        }
        self.random.pick(GLOBS).to_owned()
    }

    fn double(&mut self) -> String {
        let mut made = String::from("\"");
        for _ in 0..=self.random.below(3) {
            made.push_str(self.random.pick(SOFT));
            let next = match self.random.below(5) {
                1 => self.braced(),
                2 => format!("$(({}))", self.arithmetic()),
                3 if self.depth < 3 => self.substitution(),
                _ => format!("${{{}}}", self.scalar()),
            };
            made.push_str(&next);
        }
        made.push('"');
        made
    }

    pub fn pattern(&mut self) -> String {
        if self.random.one_in(30) {
            return format!("{}a", self.silent());
        }
        if self.extglob && self.random.one_in(4) {
            return self.random.pick(EXTPATTERNS).to_owned();
        }
        self.random.pick(PATTERNS).to_owned()
    }

    fn positional(&mut self) -> String {
        let all: &[&str] = if self.bash() {
            &[
                "$1",
                "\"$1\"",
                "$2",
                "\"$2\"",
                "\"$@\"",
                "$@",
                "$*",
                "\"$*\"",
                "$#",
                "$3",
                "\"${@:2}\"",
                "\"${@:1:1}\"",
                "${@:0:1}",
                "\"${*:1}\"",
                "\"x$@y\"",
                "\"${@#t}\"",
                "\"${@/o/0}\"",
                "${*^^}",
                "\"${@:-d}\"",
                "$?",
                "\"${10}\"",
                "${#1}",
                "\"${@: -1}\"",
                "\"${@+set}\"",
                "${#@}",
            ]
        } else {
            &[
                "$1",
                "\"$1\"",
                "$2",
                "\"$2\"",
                "\"$@\"",
                "$@",
                "$*",
                "\"$*\"",
                "$#",
                "$3",
                "\"x$@y\"",
                "$?",
                "${#1}",
                "\"${10}\"",
            ]
        };
        self.random.pick(all).to_owned()
    }

    pub fn array(&mut self) -> String {
        let name = self.random.pick(&["a", "b", "m", "a", "x"]);
        let quotes = if self.random.one_in(2) { "\"" } else { "" };
        let index = self.random.pick(&["0", "1", "-1", "2", "n", "n+1", "k", "$n", "@", "*", "@", "@", "5"]);
        let inner = match self.random.below(16) {
            0 => format!("${{#{name}[{index}]}}"),
            1 => format!("${{!{name}[@]}}"),
            2 => format!("${{{name}[@]:1}}"),
            3 => format!(
                "${{{name}[@]:{}:{}}}",
                self.random.pick(&["0", "1", "n", " -1", " -2"]),
                self.random.pick(&["1", "2", "0"])
            ),
            4 => format!("${{{name}[{index}]{}}}", self.operator()),
            5 => format!("${name}"),
            6 => format!("${{{name}[@]@Q}}"),
            7 => format!("${{{name}[*]}}"),
            8 => format!("${{{name}[@]{}}}", self.operator()),
            _ => format!("${{{name}[{index}]}}"),
        };
        format!("{quotes}{inner}{quotes}")
    }

    /// What may stand behind the name in `${name…}`.
    /// A command whose output is nothing: it runs where the shell expands what stands around it.
    pub fn silent(&mut self) -> String {
        self.site += 1;
        format!("$(c1 {} >&2)", self.site)
    }

    fn length(&mut self) -> String {
        let number = self.random.pick(&["0", "1", "2", " -1", " -2", "n", "9", "1+1", "$n"]);
        if self.random.one_in(20) { format!("{number}{}", self.silent()) } else { number.to_owned() }
    }

    fn operator(&mut self) -> String {
        let operand = if self.depth < 3 { self.word_of_operator() } else { "d".into() };
        let number = self.length();
        let bash = self.bash();
        match self.random.below(if bash { 26 } else { 12 }) {
            0 => format!(":-{operand}"),
            1 => format!("-{operand}"),
            2 => format!(":+{operand}"),
            3 => format!("+{operand}"),
            4 => format!(":={operand}"),
            5 => format!("={operand}"),
            6 | 7 => format!("#{}", self.pattern()),
            8 => format!("##{}", self.pattern()),
            9 | 10 => format!("%{}", self.pattern()),
            11 => format!("%%{}", self.pattern()),
            12 => format!(":{number}"),
            13 => format!(":{number}:{}", self.length()),
            14 => format!("/{}/{}", self.pattern_in_slashes(), self.replacement()),
            15 => format!("//{}/{}", self.pattern_in_slashes(), self.replacement()),
            16 => format!("/#{}/{}", self.pattern_in_slashes(), self.replacement()),
            17 => format!("/%{}/{}", self.pattern_in_slashes(), self.replacement()),
            18 => format!("//{}", self.pattern_in_slashes()),
            19 => "^".to_owned() + self.random.pick(&["", "^", "^[a-c]", "a", "^?"]),
            20 => ",".to_owned() + self.random.pick(&["", ",", ",[A-C]", "A"]),
            21 => "~".to_owned() + self.random.pick(&["", "~"]),
            22 | 23 => format!("@{}", self.random.pick(&["Q", "E", "P", "A", "U", "u", "L", "a", "K", "k"])),
            _ if !self.straight => format!("{}{operand}", self.random.pick(&[":?", "?"])),
            _ => format!(":-{operand}"),
        }
    }

    fn pattern_in_slashes(&mut self) -> String {
        let text = self.pattern();
        if text.contains('/') { "a".into() } else { text }
    }

    fn replacement(&mut self) -> String {
        if self.random.one_in(20) {
            return self.silent();
        }
        self.random
            .pick(&["", "X", "&", "\\&", "[&]", "a b", "$y", "\"$y\"", "'&'", "\"&\"", "x/y", "\\\\&", "*", "${y}"])
            .to_owned()
    }

    fn word_of_operator(&mut self) -> String {
        match self.random.below(7) {
            0 => self.bare(),
            6 => format!("{}{}", self.silent(), self.bare()),
            1 => self
                .random
                .pick(&["a b", "'a b'", "\"a b\"", "~", "*", "$x", "\"$x\"", "\\}", "'}'", "a'b c'd", "~/x", "{a,b}"])
                .to_owned(),
            2 => self.braced(),
            _ => self.word().replace('\n', " "),
        }
    }

    pub fn braced(&mut self) -> String {
        self.depth += 1;
        let name = match self.random.below(if self.bash() { 8 } else { 6 }) {
            0 => "1",
            6 if self.random.one_in(8) => &format!("a[{}1]", self.silent()),
            6 => self.random.pick(&["a[1]", "a[n]", "m[k]", "a[-1]", "m[$x]", "b[0]"]),
            _ => self.scalar(),
        };
        let made = match self.random.below(if self.bash() { 12 } else { 9 }) {
            0 => format!("${{{name}}}"),
            1 => format!("${{#{name}}}"),
            9 => format!("${{!{name}}}"),
            10 => self
                .random
                .pick(&[
                    "${!x*}",
                    "${!G@}",
                    "${!a@}",
                    "${!v}",
                    "${!v:-d}",
                    "${!v#a}",
                    "${!nothing}",
                    "${!1}",
                    "${BASH_SOURCE##*/}",
                    "${BASH_SOURCE[0]##*/}",
                ])
                .to_owned(),
            _ => format!("${{{name}{}}}", self.operator()),
        };
        self.depth -= 1;
        made
    }
}
