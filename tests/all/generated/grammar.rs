//! Scripts from a grammar: statements that set state and calls of the stubs c1 … c4, each call with a number of its own.

use super::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Dash,
}

/// A generated script.
#[derive(Clone, Debug)]
pub struct Script {
    pub shell: Shell,
    /// Nothing in it depends on a condition: whatever is read runs.
    pub straight: bool,
    /// Top-level statements; the first and last are never left out when it is made smaller.
    pub statements: Vec<String>,
    pub startup: Option<Startup>,
}

/// What is read before a script.
#[derive(Clone, Debug)]
pub struct Startup {
    /// By a login shell from the home folder, else by BASH_ENV.
    pub login: bool,
    pub text: String,
}

impl Script {
    pub fn text(&self) -> String {
        self.statements.join("\n")
    }
}

pub struct Maker {
    pub random: Random,
    pub shell: Shell,
    pub straight: bool,
    pub extglob: bool,
    pub depth: usize,
    /// How deep compound statements are nested.
    level: usize,
    pub(super) site: usize,
    in_loop: bool,
    in_function: bool,
    functions: Vec<&'static str>,
}

/// The script with this number under this seed.
pub fn script(seed: u64, number: u64) -> Script {
    let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let shell = if random.one_in(6) { Shell::Dash } else { Shell::Bash };
    let straight = random.one_in(2);
    let mut maker = Maker {
        random,
        shell,
        straight,
        extglob: false,
        depth: 0,
        level: 0,
        site: 0,
        in_loop: false,
        in_function: false,
        functions: Vec::new(),
    };
    let startup = (maker.bash() && maker.random.one_in(12))
        .then(|| Startup { login: maker.random.one_in(3), text: maker.statement() });
    let statements = (0..3 + maker.random.below(6)).map(|_| maker.statement()).collect();
    Script { shell, straight, statements, startup }
}

impl Maker {
    pub fn bash(&self) -> bool {
        self.shell == Shell::Bash
    }

    /// `c1 17 word…`
    pub fn call(&mut self) -> String {
        self.site += 1;
        let mut text = format!("{} {}", self.random.pick(&["c1", "c2", "c3"]), self.site);
        for _ in 0..=self.random.below(3) {
            text.push(' ');
            text.push_str(&self.word());
        }
        text
    }

    fn block(&mut self) -> String {
        self.level += 1;
        let mut lines: Vec<String> = (0..=self.random.below(2)).map(|_| self.statement()).collect();
        if self.random.one_in(2) {
            lines.push(self.call());
        }
        self.level -= 1;
        lines.join("\n")
    }

    pub fn statement(&mut self) -> String {
        if self.level > 2 {
            return if self.random.one_in(2) { self.call() } else { self.assignment() };
        }
        match self.random.below(30) {
            0..=6 => self.call(),
            7..=11 => self.assignment(),
            12 => self.builtin(),
            13 => self.setting(),
            14 => self.declaration(),
            15 => self.reading(),
            16 => self.function(),
            17 => self.invoked(),
            18 => self.for_loop(),
            19 => format!("(\n{}\n)", self.block()),
            20 => format!("{{\n{}\n}}", self.block()),
            21 => self.text_that_runs(),
            22 => self.file(),
            23 => self.directory(),
            24 => self.positional_change(),
            25 if self.bash() => self.array_change(),
            26 => format!("{} {}", self.assignment_words(), self.call()),
            _ if !self.straight => self.conditional(),
            _ => self.assignment(),
        }
    }

    /// Statements that may or may not run what is in them.
    fn conditional(&mut self) -> String {
        match self.random.below(14) {
            0..=2 => {
                let otherwise = match self.random.below(3) {
                    0 => String::new(),
                    1 => format!("else\n{}\n", self.block()),
                    _ => format!("elif {}\nthen\n{}\nelse\n{}\n", self.condition(), self.block(), self.block()),
                };
                format!("if {}\nthen\n{}\n{otherwise}fi", self.condition(), self.block())
            }
            3 | 4 => self.case(),
            5..=7 => {
                let (condition, statement) = (self.condition(), self.one_line());
                let other = if self.random.one_in(3) { format!(" || {}", self.one_line()) } else { String::new() };
                format!("{condition} {} {statement}{other}", self.random.pick(&["&&", "||"]))
            }
            8 | 9 => self.while_loop(),
            10 if self.in_loop => {
                format!("{} && {}", self.condition(), self.random.pick(&["break", "continue", "break 2", "continue 2"]))
            }
            11 if self.in_function => {
                format!("{} && return {}", self.condition(), self.random.pick(&["", "0", "1", "$n"]))
            }
            12 if self.level > 0 => format!("{} && exit {}", self.condition(), self.random.pick(&["", "0", "3"])),
            13 => self.random.pick(&["set -e", "set -u", "set -e\nfalse", "readonly v", "set +e"]).to_owned(),
            _ => format!("! {}\n{}", self.condition(), self.call()),
        }
    }

    fn one_line(&mut self) -> String {
        match self.random.below(4) {
            0 | 1 => self.call(),
            2 => self.assignment(),
            _ => format!("{{ {}; {}; }}", self.assignment(), self.call()),
        }
    }

    pub fn condition(&mut self) -> String {
        match self.random.below(if self.bash() { 14 } else { 8 }) {
            0 => self.random.pick(&["true", "false", ":", "! true"]).to_owned(),
            1 => format!("[ {} {} {} ]", self.quoted(), self.random.pick(&["=", "!="]), self.quoted()),
            2 => format!(
                "[ \"${{n:-0}}\" {} {} ]",
                self.random.pick(&["-eq", "-lt", "-gt", "-ne", "-le", "-ge"]),
                self.random.below(9)
            ),
            3 => format!("test {} {}", self.random.pick(&["-n", "-z"]), self.quoted()),
            4 => format!(
                "[ {} {} ]",
                self.random.pick(&["-e", "-f", "-d", "-r", "-s", "! -e"]),
                self.random.pick(&["a.txt", "sub", "nosuch", "\"$x\""])
            ),
            5 => format!("[ {} ]", self.quoted()),
            6 => format!("echo {} | grep -q a", self.quoted()),
            7 => format!("{}=$({})", self.target(), self.random.pick(&["true", "false", "echo a"])),
            8 => format!("[[ {} {} {} ]]", self.quoted(), self.random.pick(&["==", "!=", "="]), self.pattern_word()),
            9 => format!(
                "[[ {} =~ {} ]]",
                self.quoted(),
                self.random.pick(&["a", "^a", "b$", "^[a-z]+$", "(a)(b)", "$x", "."])
            ),
            10 => format!("(( {} ))", self.arithmetic()),
            11 => format!("[[ {} {} && ! {} ]]", self.random.pick(&["-n", "-z"]), self.quoted(), self.quoted()),
            12 => format!("[[ -v {} ]]", self.random.pick(&["x", "none", "a", "a[1]", "m[k]"])),
            _ => format!("[[ {} < {} || -e a.txt ]]", self.quoted(), self.quoted()),
        }
    }

    fn pattern_word(&mut self) -> String {
        let text = self.pattern();
        if text.is_empty() { "''".into() } else { text }
    }

    fn case(&mut self) -> String {
        let mut text = format!("case {} in\n", self.word());
        for _ in 0..=self.random.below(2) {
            let end = if self.bash() { self.random.pick(&[";;", ";;", ";;", ";&", ";;&"]) } else { ";;" };
            let pattern = self.pattern_word();
            let more = if self.random.one_in(3) { format!("|{}", self.pattern_word()) } else { String::new() };
            let arm = format!("{pattern}{more})\n{}\n{end}\n", self.block());
            text.push_str(&arm);
        }
        if self.random.one_in(2) {
            let arm = format!("*)\n{}\n;;\n", self.block());
            text.push_str(&arm);
        }
        text + "esac"
    }

    fn looped(&mut self) -> String {
        let before = std::mem::replace(&mut self.in_loop, true);
        let made = self.block();
        self.in_loop = before;
        made
    }

    fn while_loop(&mut self) -> String {
        self.site += 1;
        let counter = format!("k{}", self.site);
        let (test, body) = match self.random.below(3) {
            0 => (format!("while [ ${counter} -lt {} ]", self.random.below(4)), self.looped()),
            1 => (format!("until [ ${counter} -ge {} ]", self.random.below(4)), self.looped()),
            _ if self.bash() => {
                (format!("while ((${counter} < {})) && {}", self.random.below(4), self.condition()), self.looped())
            }
            _ => (format!("while [ ${counter} != {} ] && {}", self.random.below(4), self.condition()), self.looped()),
        };
        format!("{counter}=0; {test}; do {counter}=$(({counter}+1)); [ ${counter} -gt 5 ] && break\n{body}\ndone")
    }

    fn for_loop(&mut self) -> String {
        let name = self.target();
        match self.random.below(if self.bash() { 6 } else { 4 }) {
            0 => format!("for {name}\ndo\n{}\n{}\ndone", self.call(), self.looped()),
            4 => format!(
                "for ((j = {}; j < {}; j{}))\ndo\n{}\nc2 {} \"$j\"\ndone",
                self.random.below(2),
                self.random.below(4),
                self.random.pick(&["++", "+=2"]),
                self.looped(),
                {
                    self.site += 1;
                    self.site
                },
            ),
            5 => format!(
                "while IFS={} read {} {} {}\ndo\n{}\ndone <<< {}",
                self.random.pick(&["", ":", ", "]),
                self.random.pick(&["-r", ""]),
                self.target(),
                self.random.pick(&["", "y", "z w"]),
                self.looped(),
                self.quoted()
            ),
            _ => {
                let words: Vec<String> = (0..=self.random.below(3)).map(|_| self.word()).collect();
                format!("for {name} in {}\ndo\n{}\n{}\ndone", words.join(" "), self.call(), self.looped())
            }
        }
    }

    fn function(&mut self) -> String {
        let name = self.random.pick(&["f", "g", "h"]);
        // Calls only what stands before it, so that nothing recurs.
        let known = std::mem::take(&mut self.functions);
        self.functions = known.iter().copied().filter(|one| *one < name).collect();
        let before = std::mem::replace(&mut self.in_function, true);
        let in_loop = std::mem::replace(&mut self.in_loop, false);
        let local = match self.random.below(4) {
            0 => format!("local {}={}\n", self.target(), self.quoted()),
            1 => format!("local {}\n", self.target()),
            2 if self.bash() => "local -n r=x\nr=ref\n".to_owned(),
            _ => String::new(),
        };
        let body = self.block();
        let end = match self.random.below(5) {
            0 => "\nreturn 1".to_owned(),
            1 => format!("\necho {}", self.quoted()),
            _ => String::new(),
        };
        self.in_function = before;
        self.in_loop = in_loop;
        self.functions = known;
        self.functions.retain(|one| *one != name);
        self.functions.push(name);
        let made = format!("{name}() {{\n{local}{body}{end}\n}}");
        format!("{made}\n{}", self.invoked())
    }

    fn invoked(&mut self) -> String {
        let Some(name) = self.functions.last().copied() else { return self.call() };
        let name = if self.functions.len() > 1 && self.random.one_in(2) { self.functions[0] } else { name };
        match self.random.below(8) {
            0 => format!("{}=$({name} {})", self.target(), self.word()),
            1 if !self.straight => format!("if {name} {}\nthen\n{}\nfi", self.word(), self.call()),
            2 if !self.straight => format!("{name} {} || {}", self.word(), self.call()),
            3 => format!("{} {name} {}", self.assignment_words(), self.word()),
            4 if self.bash() => format!("unset -f {name}\n{name}() {{\n{}\n}}\n{name}", self.call()),
            5 => format!(
                "{name} {} | {}",
                self.word(),
                self.random.pick(&["cat", "c4 0", "{ read -r z; c1 0 \"$z\"; }"])
            ),
            _ => format!("{name} {} {}", self.word(), self.word()),
        }
    }

    fn assignment_words(&mut self) -> String {
        format!("{}={}", self.target(), self.value())
    }

    fn value(&mut self) -> String {
        match self.random.below(4) {
            0 => self.raw(),
            1 => self.bare(),
            _ => self.word(),
        }
    }

    pub fn assignment(&mut self) -> String {
        if !self.bash() {
            return self.assignment_words();
        }
        match self.random.below(10) {
            0 => format!("{}+={}", self.target(), self.value()),
            1 => format!("n={}", self.random.pick(&["1", "2", "0", "3", "-1"])),
            2 => self.array_change(),
            3 => format!("{} {}", self.assignment_words(), self.assignment_words()),
            4 => format!("n=$(({}))", self.arithmetic()),
            _ => self.assignment_words(),
        }
    }

    fn array_change(&mut self) -> String {
        let name = self.random.pick(&["a", "b", "a", "x"]);
        match self.random.below(12) {
            0..=2 => {
                let words: Vec<String> = (0..self.random.below(4)).map(|_| self.word()).collect();
                format!("{name}=({})", words.join(" "))
            }
            3 => format!("{name}+=({} {})", self.word(), self.word()),
            4 => format!("{name}[{}]={}", self.random.pick(&["0", "1", "n", "5", "-1", "n+1", "$n"]), self.value()),
            5 => format!("{name}=([2]={} {} [0]={})", self.value(), self.value(), self.value()),
            6 => format!("unset '{name}[{}]'", self.random.pick(&["0", "1", "-1", "n"])),
            7 => format!("unset {name}"),
            8 => {
                format!("declare -A m\nm[{}]={}", self.random.pick(&["k", "$x", "'a b'", "n", "\"$y\""]), self.value())
            }
            9 => format!("declare -A m=([k]={} [l]={})", self.value(), self.value()),
            10 => format!("{name}[{}]+={}", self.random.pick(&["0", "1", "n"]), self.value()),
            _ => format!("declare -a {name}=({} {})", self.word(), self.word()),
        }
    }

    fn declaration(&mut self) -> String {
        let (name, value) = (self.target(), self.value());
        if !self.bash() {
            return format!("{} {name}={value}", self.random.pick(&["export", "readonly q=1; export"]));
        }
        match self.random.below(16) {
            0 => format!("export {name}={value}"),
            1 => format!("declare -i n={}", self.random.pick(&["1+2", "x", "3*2", "0x10"])),
            2 => format!("declare -u {name}={value}"),
            3 => format!("declare -l {name}={value}"),
            4 => format!("declare -n r={name}\nr={value}\n{}\nunset -n r", self.call()),
            5 => format!("export -n {name}"),
            6 => format!("declare {name}={value}"),
            7 => format!("declare -x {name}={value}"),
            8 => format!("declare -i n\nn=2+3\nn+=4\n{}\ndeclare +i n", self.call()),
            9 => format!("declare -u {name}\n{name}={value}\n{}\ndeclare +u {name}", self.call()),
            10 => format!("export {name}"),
            11 => format!("declare -g {name}={value}"),
            12 => format!("typeset {name}={value} y={value}"),
            13 => format!("declare {name}+={value}"),
            14 => format!("declare \"{name}=$x\""),
            _ => format!("unset {name}"),
        }
    }

    fn setting(&mut self) -> String {
        if !self.bash() {
            return self
                .random
                .pick(&["set -f", "set +f", "IFS=:", "IFS=", "unset IFS", "IFS=', '", "alias ca='c1 0 aliased'\nca x"])
                .to_owned();
        }
        let made = self.random.pick(&[
            "IFS=:",
            "IFS=",
            "unset IFS",
            "IFS=', '",
            "IFS=,",
            "IFS=$' \\t\\n'",
            "IFS=a",
            "shopt -s nullglob",
            "shopt -s dotglob",
            "shopt -s extglob",
            "shopt -s globstar",
            "shopt -s nocaseglob",
            "shopt -s nocasematch",
            "shopt -s lastpipe",
            "set -f",
            "set +f",
            "set -k",
            "set +k",
            "shopt -s expand_aliases\nalias ca='c1 0 aliased'\nca x",
            "shopt -u nullglob",
            "shopt -u patsub_replacement",
            "alias ca='c1 0 aliased'\nca x",
            "shopt -s expand_aliases\nalias ca='c1 0 a ' cb='x y'\nca cb cb",
            "set -o noglob",
            "set +B",
            "shopt -s expand_aliases\nalias ca='c1 0'\nunalias ca\nca x",
            "shopt -s failglob",
            "set -o posix",
            "set +o posix",
            "shopt -s xpg_echo",
            "shopt -u extglob",
            "shopt -s inherit_errexit",
            "shopt -s nocasematch extglob",
            "set -a",
            "set -- $-",
            "shopt -s compat43",
        ]);
        if made.contains("failglob") && self.straight {
            return "shopt -s nullglob".into();
        }
        self.extglob |= made.contains("-s extglob") || made.contains("nocasematch extglob");
        self.extglob &= !made.contains("-u extglob");
        made.to_owned()
    }

    fn reading(&mut self) -> String {
        let (name, text) = (self.target(), self.quoted());
        if !self.bash() {
            return format!(
                "{}read {} {name} {} <<X\n{}\nX",
                self.random.pick(&["", "IFS=: ", "IFS= "]),
                self.random.pick(&["-r", ""]),
                self.random.pick(&["", "y", "z w"]),
                self.random.pick(&["a b c", " x:y : z ", "$x", "a\\\\ b", "a::b"])
            );
        }
        match self.random.below(14) {
            0..=3 => format!(
                "{}read {} {name} {} <<< {text}",
                self.random.pick(&["", "IFS=: ", "IFS= ", "IFS=', ' "]),
                self.random.pick(&["-r", ""]),
                self.random.pick(&["", "y", "z w"])
            ),
            4 => format!("read -ra a <<< {text}"),
            5 => format!("read -r -d {} {name} <<< {text}", self.random.pick(&["''", "b", ":"])),
            6 => format!("read -r -{} {} {name} <<< {text}", self.random.pick(&["n", "N"]), self.random.below(5)),
            7 => format!(
                "mapfile {} b <<< {text}",
                self.random.pick(&["-t", "", "-t -n 1", "-t -s 1", "-t -O 2", "-t -d :"])
            ),
            8 => format!(
                "printf -v {name} {} {}",
                self.random.pick(&["%s", "%q", "%5d", "'%s-'", "%x", "'%s\\n'", "%03d", "%b", "%c"]),
                self.word()
            ),
            9 => format!("{} | read -r {name}", self.producer()),
            10 => format!("{{ read -r x; read -r y z; }} < <({})", self.producer()),
            11 => format!("read -r <<< {text}\nc1 0 \"$REPLY\""),
            12 => format!("{} | {{ read -r {name}; {}; }}", self.producer(), self.call()),
            _ => format!("IFS=: read -ra b < <({})", self.producer()),
        }
    }

    fn builtin(&mut self) -> String {
        let number = self.random.below(3);
        match self.random.below(if self.bash() { 14 } else { 6 }) {
            0 => format!("unset {}", self.target()),
            1 => format!("trap '{}' EXIT", self.call().replace('\'', "")),
            2 => format!(": {}", self.braced()),
            3 => format!("command {}", self.call()),
            4 => format!("true {} > /dev/null", self.word()),
            5 => "OPTIND=1\nwhile getopts ab:c o -a -b val rest\ndo\nc1 0 \"$o\" \"$OPTARG\"\ndone".into(),
            6 => format!("let {}", self.random.pick(&["n+=2", "'n = 3 * 2'", "n++", "x=1,n=2", "'a[1] = 7'"])),
            7 => format!("(({}))", self.arithmetic()),
            8 => format!("pushd sub > /dev/null\n{}\npopd > /dev/null", self.call()),
            9 => format!("builtin {} -v {} x{number}", "printf", self.target()),
            10 => format!("builtin echo {} > /dev/null", self.word()),
            11 => format!("declare -p {} > /dev/null", self.target()),
            12 => format!("time {}", self.call()),
            _ => format!("unset -v {}", self.target()),
        }
    }

    fn positional_change(&mut self) -> String {
        match self.random.below(6) {
            0 => "set --".into(),
            1 => "shift".into(),
            2 => self.random.pick(&["shift 2", "shift 0", "shift 1", "shift 9", "shift $n"]).to_owned(),
            3 => format!("set -- {} {} {}", self.word(), self.word(), self.word()),
            4 => format!("set -- \"$@\" {}", self.word()),
            _ => format!("set {} {}", self.bare().replace(['-', '+', '@'], "s"), self.word()),
        }
    }

    fn directory(&mut self) -> String {
        let to = self.random.pick(&[
            "sub", "..", ".", "-", "~", "nosuch", "sub/..", "./sub", "'a b'", "\"$x\"", "", "-P sub", "-- sub",
            "sub sub", "link",
        ]);
        // What is written there would stay for the scripts behind it.
        let elsewhere = self.random.pick(&["/tmp", "/", "//usr//bin"]);
        match self.random.below(4) {
            0 => format!("(cd {elsewhere} && {})", self.call()),
            1 => format!("(cd {to} && {})", self.call()),
            2 => format!("cd {to}\n{}\ncd ~+/\n{}", self.call(), self.call()),
            _ => format!("cd {to}\n{}", self.call()),
        }
    }

    fn file(&mut self) -> String {
        let name = self.random.pick(&["f1", "f2", "sub/f3"]);
        match self.random.below(8) {
            0 => format!("echo {} > {name}\nc1 0 \"$(cat {name})\"", self.word()),
            1 => format!("cat > {name} <<X\n{}\nX\n. ./{name}", self.document()),
            2 => format!("cat > {name} <<'X'\n{}\nX\n. ./{name} {}", self.block(), self.random.pick(&["", "p q"])),
            3 => format!("printf '%s\\n' {} >> {name}\nc1 0 $(cat {name})", self.word()),
            4 => format!("c1 0 \"$(< a.txt)\" $(cat sub/x.txt)\ncat a.txt > {name}\nc2 0 \"$(cat {name})\""),
            5 => format!("{} > {name}\n{} < {name}", self.producer(), self.random.pick(&["cat", "read -r x", "c4 0"])),
            6 => format!("c4 0 <<X\n{}\nX", self.document()),
            _ => format!("c1 0 \"$(cat <<X\n{}\nX\n)\"", self.document()),
        }
    }

    fn document(&mut self) -> String {
        match self.random.below(4) {
            0 => format!("c1 0 {} \"{}\"", self.bare(), self.braced()),
            1 => format!("c1 0 \\$x \"a{}\"", self.braced()),
            2 => "c1 0 \\\n  \\\\ b 'q' \"$((1+2))\"".into(),
            _ => format!("c1 0 {}", self.quoted().replace('\n', " ")),
        }
    }

    fn text_that_runs(&mut self) -> String {
        let mut call = self.call();
        if call.contains('\'') {
            self.site += 1;
            let site = self.site;
            call = format!("c1 {site} $x \"$y\" {}", self.bare());
        }
        let child = if self.bash() { "bash" } else { "dash" };
        match self.random.below(if self.bash() { 11 } else { 6 }) {
            0 => format!("eval '{call}'"),
            1 => format!("v='{call}'\neval \"$v\""),
            2 => format!("eval {} {}", "c1 0", self.word()),
            3 => format!("{child} -c '{call}' {}", self.random.pick(&["", "zero p", "zero \"$x\" \"$y\""])),
            4 => format!("export x\necho '{call}' | {child}"),
            5 => format!("{child} <<'X'\n{call}\nX"),
            6 => format!(
                "sh -c '{}' zero \"$x\"",
                self.random.pick(&[
                    "c1 0 \"$1\" $1",
                    "echo \"a\\nb\" | while read -r l; do c1 0 \"$l\"; done",
                    "c1 0 \"$(echo -e \"a\\tb\")\""
                ])
            ),
            7 => format!("source <(echo '{call}')"),
            8 => format!("{} | xargs c1 0", self.producer()),
            9 => format!("echo 'x=env' > f1\nBASH_ENV=f1 bash -c '{call}'"),
            _ => format!("printf '%s\\n' 'v=prof' > f2\nHOME=$PWD bash -c '{call}'\n. ./f2\n{}", self.call()),
        }
    }

    /// `$( … )` around a pure command.
    pub fn substitution(&mut self) -> String {
        self.depth += 1;
        let inner = match self.random.below(6) {
            0 | 1 => self.producer(),
            2..=4 => format!("{} | {}", self.producer(), self.filter()),
            _ => format!("{} | {} | {}", self.producer(), self.filter(), self.filter()),
        };
        self.depth -= 1;
        if self.random.one_in(10) && !inner.contains(['`', '\\', '"', '$']) {
            format!("`{inner}`")
        } else {
            format!("$({inner})")
        }
    }

    /// A command that prints something.
    pub fn producer(&mut self) -> String {
        let bash = self.bash();
        match self.random.below(if bash { 16 } else { 12 }) {
            0 | 1 => format!("echo {}", self.word()),
            2 => format!("echo {} {}", self.random.pick(&["-n", "-e", "-ne", "-E", "-nx", "--"]), self.word()),
            3 => format!("echo {} {}", self.raw(), self.word()),
            4 | 5 => self.printf(),
            6 => format!(
                "basename {} {}",
                self.random.pick(&["/a/b.c", "a", "/", "a/b/", "x.txt", "\"$x\"", "//"]),
                self.random.pick(&["", ".c", ".txt", "a"])
            ),
            7 => format!("dirname {}", self.random.pick(&["/a/b.c", "a", "/", "a/b/", "x//y", "\"$x\"", "//", "/a"])),
            8 => self
                .random
                .pick(&[
                    "pwd",
                    "cat a.txt",
                    "cat sub/x.txt a.txt",
                    "cat nosuch",
                    "date +%s",
                    "id -u",
                    "cat < a.txt",
                    "true",
                    "cat -n a.txt",
                ])
                .to_owned(),
            9 => format!(
                "seq {}",
                self.random
                    .pick(&["3", "2 4", "1 2 5", "3 1", "5 -2 1", "0", "-1 1", "01 3", "1.5 3", "-s, 3", "-w 8 10"])
            ),
            10 => format!("{{ cat <<X\n{}\nX\n}}", self.random.pick(&["a $x", "\\$x `echo b`", "l1\nl2\nl3", "a:b c"])),
            11 => format!("{{ echo {}; echo {}; }}", self.word(), self.word()),
            12 => format!("cat <<< {}", self.word()),
            13 => format!("{} <<< {}", self.filter(), self.word()),
            14 => format!("declare -p {}", self.target()),
            _ => format!("type -t {}", self.random.pick(&["f", "echo", "c1", "if", "nosuch"])),
        }
    }

    fn printf(&mut self) -> String {
        let format = self.random.pick(&[
            "%s",
            "'%s\\n'",
            "'%s-%s\\n'",
            "'%d '",
            "'%5s|'",
            "'%-5s|'",
            "%x",
            "'%o %u'",
            "'%c'",
            "'%b'",
            "'%q '",
            "'%05d'",
            "'%.2s|'",
            "'a\\tb\\x41\\n'",
            "'%%'",
            "'\\101'",
            "'%s\\0'",
            "\"$x\"",
            "'%*s'",
            "'%i'",
            "'%X'",
            "'%e'",
            "'%+d'",
            "'% d'",
            "'%#x'",
            "x",
            "''",
            "'%s\\c%s'",
            "'\\u41'",
            "'%.1f'",
            "'%-3d|'",
            "'%s %s %s\\n'",
            "'\\e'",
            "'%b\\n'",
            "'%z'",
        ]);
        let words: Vec<String> = (0..self.random.below(4)).map(|_| self.word()).collect();
        format!("printf {format} {}", words.join(" "))
    }

    fn filter(&mut self) -> String {
        self.random
            .pick(&[
                "cat",
                "tr a-z A-Z",
                "tr -d a",
                "tr ' ' '\\n'",
                "tr abc x",
                "tr -s ' '",
                "tr '[:lower:]' '[:upper:]'",
                "tr -cd a-z",
                "tr a-c d",
                "tr a '\\n'",
                "rev",
                "cut -c1",
                "cut -c 2-",
                "cut -d: -f1",
                "cut -d: -f2",
                "cut -d' ' -f2-",
                "cut -f1",
                "cut -d, -f1,3",
                "cut -c-2",
                "cut -d: -f2 -s",
                "cut -b 1-2",
                "head -n 1",
                "head -1",
                "head -c 2",
                "tail -n 1",
                "tail -n +2",
                "tail -c 2",
                "head -n -1",
                "tail -1",
                "head -c -1",
                "tail -c +2",
                "sed s/a/X/",
                "sed s/a/X/g",
                "sed 's/^/x/'",
                "sed 's/$/x/'",
                "sed 's|/|_|g'",
                "sed s/a//2",
                "sed 's/[a-c]/&&/g'",
                "sed -n 1p",
                "sed 1d",
                "sed 's/\\(.\\)b/\\1/'",
                "sed -n '$p'",
                "sed -e s/a/b/ -e s/b/c/",
                "sed 's/.*/y/'",
                "sed s/a/b/I",
                "sed -E 's/(a|b)+/z/'",
                "sed p",
                "sed q",
                "sed 's/^a//'",
                "sed y/abc/xyz/",
                "base64",
                "base64 -d",
                "base64 -w0",
                "xxd -p",
                "xxd -r -p",
                "tac",
                "sort",
                "sort -r",
                "uniq",
                "wc -l",
                "nl",
                "grep a",
                "grep -v a",
                "fold -w 2",
                "tee f9",
                "paste -sd,",
                "awk '{print $1}'",
                "xargs echo",
                "xargs -n1 echo",
                "sort -u",
                "od -c",
                "wc -c",
                "cat -",
                "while read -r q; do echo \"<$q>\"; done",
                "base64 | base64 -d",
                "xxd -p | xxd -r -p",
                "tr -d '\\n'",
                "tail -n 2",
                "grep -o b",
                "sha1sum",
                "md5sum",
                "sed '/a/d'",
                "sed -n /a/p",
            ])
            .to_owned()
    }
}
