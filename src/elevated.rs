//! Programs that gain rights by their file. A tree that can gain none can't start them; those listed here are started
//! beside it, with as little of their caller's as they need. Pure: a table and what it says of words.

use bstr::{BString, ByteSlice};

use crate::command::{Command, Model, Program as Named};

/// A program that may be started beside the tree.
#[derive(Debug)]
pub struct Program {
    /// The file's own name, links followed.
    pub name: &'static str,
    pub about: &'static str,
    pub starts: Starts,
    pub refuses: Refuses,
    /// Variables of its caller's beyond those that each gets.
    pub keeps: &'static [&'static str],
}

/// What becomes of what it starts, which nobody watches any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Starts {
    /// Nothing of its caller's.
    Nothing,
    /// What its words say; a shell where they say nothing. These options alone do neither.
    ItsWords { nothing_with: &'static [&'static str] },
}

/// Options that would have it start a program that its words do not name.
#[derive(Debug)]
pub struct Refuses {
    letters: &'static str,
    long: &'static [&'static str],
    /// Letters behind which a value stands.
    values: &'static str,
}

const REFUSES_NOTHING: Refuses = Refuses { letters: "", long: &[], values: "" };

const fn plain(name: &'static str, about: &'static str) -> Program {
    Program { name, about, starts: Starts::Nothing, refuses: REFUSES_NOTHING, keeps: &[] }
}

/// Neither `newgrp` and `sg`, `bwrap`, `ssh-agent` nor a browser's sandbox: they give no right that counts, and would
/// take what they start out of the tree.
pub const PROGRAMS: &[Program] = &[
    Program {
        name: "sudo",
        about: "runs a program as another user",
        starts: Starts::ItsWords {
            nothing_with: &[
                "-l",
                "--list",
                "-v",
                "--validate",
                "-k",
                "--reset-timestamp",
                "-K",
                "--remove-timestamp",
                "-V",
                "--version",
                "--help",
                "-n",
                "--non-interactive",
                "-S",
                "--stdin",
            ],
        },
        refuses: Refuses { letters: "Ae", long: &["askpass", "edit"], values: "CDghprRtTuU" },
        keeps: &["SUDO_PROMPT"],
    },
    Program {
        name: "doas",
        about: "runs a program as another user",
        starts: Starts::ItsWords { nothing_with: &["-L", "-n"] },
        refuses: REFUSES_NOTHING,
        keeps: &[],
    },
    Program {
        name: "su",
        about: "runs a shell as another user",
        starts: Starts::ItsWords { nothing_with: &["-h", "--help", "-V", "--version"] },
        refuses: REFUSES_NOTHING,
        keeps: &[],
    },
    Program {
        name: "pkexec",
        about: "runs a program as another user",
        starts: Starts::ItsWords { nothing_with: &["--help", "--version"] },
        refuses: REFUSES_NOTHING,
        keeps: &[],
    },
    plain("newuidmap", "gives a user namespace its users (rootless containers)"),
    plain("newgidmap", "gives a user namespace its groups (rootless containers)"),
    Program { keeps: &["_FUSE_COMMFD", "_FUSE_COMMFD2"], ..plain("fusermount", "mounts a file system of a program") },
    Program { keeps: &["_FUSE_COMMFD", "_FUSE_COMMFD2"], ..plain("fusermount3", "mounts a file system of a program") },
    plain("mount", "mounts what /etc/fstab lets users mount"),
    plain("umount", "takes off what users may mount"),
    Program {
        refuses: Refuses { letters: "e", long: &["edit"], values: "ulc" },
        ..plain("crontab", "sets what the user's cron runs")
    },
    plain("at", "sets what runs later"),
    plain("ping", "asks a host for an echo"),
    plain("mtr-packet", "sends what mtr measures"),
    plain("passwd", "changes a password"),
    plain("chsh", "changes a login shell"),
    plain("chfn", "changes a user's name"),
    plain("chage", "tells when a password ends"),
    plain("expiry", "tells when a password ends"),
    plain("gpasswd", "changes a group"),
    plain("unix_chkpwd", "tells whether a password is right (screen lockers)"),
    plain("ssh-keysign", "signs with the host's key"),
    plain("dumpcap", "records what a network interface sees"),
];

/// Variables whose values reach it from its caller, without a `/` or `%` in them: no path, no format.
const FROM_CALLER: [&str; 12] = [
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "COLUMNS",
    "LINES",
    "LANG",
    "LANGUAGE",
    "TZ",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DEBIAN_FRONTEND",
    "LC_",
];

/// Variables that name files or sockets: as they were when the watching began, whatever the tree made of them.
const FROM_START: [&str; 11] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "MAIL",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_ID",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
];

#[must_use]
pub fn named(name: &[u8]) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.name.as_bytes() == name)
}

impl Program {
    /// What of its words it is not started with: a name that makes it another program, an option that starts one that
    /// nobody judged.
    #[must_use]
    pub fn minds(&self, words: &[BString]) -> Option<BString> {
        let (name, rest) = words.split_first()?;
        if matches!(self.starts, Starts::ItsWords { .. }) && base(name) != self.name.as_bytes() {
            return Some(name.clone());
        }
        let mut rest = rest.iter();
        while let Some(word) = rest.next() {
            match self.refuses.reads(word) {
                Means::Refused => return Some(word.clone()),
                Means::TakesNext => drop(rest.next()),
                Means::Alone => {}
                Means::End => break,
            }
        }
        None
    }

    /// Its name alone does not tell that there is nothing to say.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.starts != Starts::Nothing || !self.refuses.letters.is_empty()
    }

    /// What can't be told from its words of what runs as another user, where nobody watches it; `None` where all of it
    /// was read. `understood`: no text of the model is left unread.
    #[must_use]
    pub fn leaves_open(&self, words: &[BString], model: &Model, understood: bool) -> Option<String> {
        let Starts::ItsWords { nothing_with } = self.starts else { return None };
        let place = |command: &Command| command.via.iter().position(|via| via.name == self.name.as_bytes());
        let inner: Vec<&Command> = model.commands.iter().filter(|command| place(command).is_some()).collect();
        if inner.is_empty() {
            let harmless = |word: &BString| nothing_with.iter().any(|one| one.as_bytes() == word.as_slice());
            let shell = words.len() < 2 || !words.iter().skip(1).all(harmless);
            return shell.then(|| "it starts a shell as another user, whose text nobody sees".to_owned());
        }
        if !understood {
            return Some("not all of what it runs as another user was read".to_owned());
        }
        let led_to = |tool: &[u8]| inner.iter().any(|other| other.via.iter().any(|via| base(&via.name) == tool));
        inner.iter().find_map(|command| {
            let tool = command.tool().unwrap_or_default();
            let built_in = matches!(command.program, Named::Builtin(_) | Named::None);
            let unread = match &command.program {
                Named::Unknown => true,
                _ if built_in => false,
                _ if SHELLS.contains(&tool) => !has_text(command),
                _ => {
                    runs_code(tool)
                        || !command.is_the_systems() && matches!(command.program, Named::File(_)) && !led_to(tool)
                }
            };
            unread.then(|| format!("what it runs as another user is in no text that was read: {}", tool.as_bstr()))
        })
    }

    /// The environment that it gets, of its caller's and of the one that the watching began with.
    #[must_use]
    pub fn environment(&self, caller: &[(BString, BString)], start: &[(BString, BString)]) -> Vec<(BString, BString)> {
        let listed = |name: &[u8]| {
            let fits = |one: &&str| name == one.as_bytes() || one.ends_with('_') && name.starts_with(one.as_bytes());
            FROM_CALLER.iter().chain(self.keeps).any(fits)
        };
        let plain = |value: &[u8]| !value.contains(&b'/') && !value.contains(&b'%');
        let own = |name: &[u8]| self.keeps.iter().any(|one| one.as_bytes() == name);
        let taken = caller.iter().filter(|(name, value)| listed(name) && (plain(value) || own(name)));
        let given = start.iter().filter(|(name, _)| FROM_START.iter().any(|one| one.as_bytes() == name.as_slice()));
        let mut environment: Vec<(BString, BString)> = Vec::new();
        for pair in taken.chain(given) {
            if !environment.iter().any(|(name, _)| *name == pair.0) {
                environment.push(pair.clone());
            }
        }
        environment
    }
}

/// What an option is to the table.
enum Means {
    Refused,
    TakesNext,
    Alone,
    /// The first operand, or `--`.
    End,
}

impl Refuses {
    fn reads(&self, word: &BString) -> Means {
        if let Some(long) = word.strip_prefix(b"--") {
            let name = long.split(|byte| *byte == b'=').next().unwrap_or_default();
            // getopt_long takes a beginning for the whole.
            let refused = !name.is_empty() && self.long.iter().any(|one| one.as_bytes().starts_with(name));
            return match (refused, long.is_empty()) {
                (true, _) => Means::Refused,
                (false, true) => Means::End,
                (false, false) => Means::Alone,
            };
        }
        let Some(letters) = word.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else { return Means::End };
        for (at, letter) in letters.iter().enumerate() {
            if self.letters.as_bytes().contains(letter) {
                return Means::Refused;
            }
            if self.values.as_bytes().contains(letter) {
                return if at + 1 == letters.len() { Means::TakesNext } else { Means::Alone };
            }
        }
        Means::Alone
    }
}

fn base(path: &[u8]) -> &[u8] {
    path.rsplit_str(b"/").next().unwrap_or_default()
}

/// A shell that is given its text, in a word or in a file that it names. What it reads otherwise is told by nothing here.
fn has_text(shell: &Command) -> bool {
    for word in shell.words.iter().skip(1) {
        let Some(word) = word.text() else { return false };
        match word.strip_prefix(b"-") {
            Some(letters) if letters.contains(&b'c') && !letters.starts_with(b"-") => return true,
            Some(letters) if letters.iter().all(|letter| b"aefhiklmnprtuvxBEP".contains(letter)) => {}
            Some(_) => return false,
            None => return !word.starts_with(b"+"),
        }
    }
    false
}

/// Shells whose text is read.
const SHELLS: [&[u8]; 4] = [b"bash", b"sh", b"dash", b"rbash"];

/// Programs whose words do not tell what they do: what they read as another user does.
const CODE: [&str; 34] = [
    "python",
    "perl",
    "ruby",
    "node",
    "deno",
    "bun",
    "php",
    "lua",
    "luajit",
    "tclsh",
    "wish",
    "expect",
    "Rscript",
    "julia",
    "java",
    "zsh",
    "ksh",
    "mksh",
    "ash",
    "fish",
    "csh",
    "tcsh",
    "pwsh",
    "make",
    "gmake",
    "bmake",
    "ninja",
    "cmake",
    "just",
    "npm",
    "npx",
    "pip",
    "gdb",
    "ansible-playbook",
];

/// Whether a program runs code that its words only name: an interpreter, a build.
#[must_use]
pub fn runs_code(name: &[u8]) -> bool {
    let bare = name.trim_end_with(|one| one.is_ascii_digit() || one == '.' || one == '-');
    CODE.iter().any(|one| one.as_bytes() == bare || one.as_bytes() == name)
}

#[cfg(test)]
mod tests {
    use super::{PROGRAMS, Starts, named, runs_code};
    use crate::command::{self, Known, Seen};
    use crate::parse::{self, Mode};
    use bstr::BString;

    fn words(line: &str) -> Vec<BString> {
        line.split(' ').map(BString::from).collect()
    }

    fn minds(line: &str) -> bool {
        let words = words(line);
        let name = words[0].rsplit(|byte| *byte == b'/').next().expect("a name");
        named(if name == b"sudoedit" { b"sudo" } else { name }).expect("listed").minds(&words).is_some()
    }

    #[test]
    fn an_option_that_starts_an_unjudged_program_is_minded() {
        for line in [
            "sudo -A ls",
            "sudo -nA ls",
            "/usr/bin/sudo -u bob -A ls",
            "sudo --askpass ls",
            "sudo --ask ls",
            "sudo -e /etc/passwd",
            "sudo --edit /etc/passwd",
            "sudo -ne f",
            "sudoedit /etc/passwd",
            "crontab -e",
            "crontab -u bob -e",
        ] {
            assert!(minds(line), "{line}");
        }
        for line in
            ["sudo ls -A", "sudo -u A ls -e", "sudo -uA ls", "sudo -- ls -e", "crontab -l", "su -c ls", "ping -A x"]
        {
            assert!(!minds(line), "{line}");
        }
    }

    #[test]
    fn what_names_a_program_of_the_trees_does_not_get_there() {
        let pair = |(name, value): (&str, &str)| (BString::from(name), BString::from(value));
        let caller = [
            ("LD_PRELOAD", "/x.so"),
            ("SUDO_ASKPASS", "/x"),
            ("EDITOR", "x"),
            ("VISUAL", "x"),
            ("PAGER", "x"),
            ("BASH_ENV", "/x"),
            ("BASH_FUNC_ls%%", "() { x; }"),
            ("PYTHONPATH", "/x"),
            ("PATH", "/evil"),
            ("HOME", "/evil"),
            ("TZ", "/evil"),
            ("LC_ALL", "C.UTF-8"),
            ("TERM", "xterm"),
            ("_FUSE_COMMFD", "7"),
        ];
        let caller: Vec<_> = caller.into_iter().map(pair).collect();
        let start: Vec<_> = [("PATH", "/usr/bin"), ("HOME", "/home/u"), ("LD_LIBRARY_PATH", "/y")].map(pair).to_vec();
        let kept = |name: &str| {
            let mut kept = named(name.as_bytes()).expect("listed").environment(&caller, &start);
            kept.sort();
            kept
        };
        let sudo = [("HOME", "/home/u"), ("LC_ALL", "C.UTF-8"), ("PATH", "/usr/bin"), ("TERM", "xterm")].map(pair);
        assert_eq!(kept("sudo"), sudo);
        assert_eq!(kept("fusermount3"), [&sudo[..], &[pair(("_FUSE_COMMFD", "7"))]].concat());
    }

    /// What runs as another user asks, unless its words tell all of it.
    #[test]
    fn what_another_users_program_does_is_told_by_its_words_or_asked_about() {
        let (mode, known) = (Mode::default(), Known { directory: "/nowhere".into(), ..Known::default() });
        for (line, open) in [
            ("sudo -s", true),
            ("sudo -i", true),
            ("su", true),
            ("su - bob", true),
            ("pkexec", true),
            ("sudo bash", true),
            ("sudo bash -s x", true),
            ("sudo bash -O extglob", true),
            ("sudo bash +x", true),
            ("sudo bash -ec ls", false),
            ("sudo sh -e file", false),
            ("sudo su -c ls", false),
            ("sudo make", true),
            ("sudo python3 x.py", true),
            ("sudo ./tool", true),
            ("sudo apt-get install x", false),
            ("sudo ls", false),
            ("sudo -u bob rm f", false),
            ("sudo -v", false),
            ("sudo -n -l", false),
            ("ping", false),
        ] {
            let reading = parse::read(line.as_bytes(), &mode);
            let model = command::commands(&"test".into(), &reading, &mode, &known, &Seen::default());
            let words = words(line);
            let told = named(&words[0]).expect("listed").leaves_open(&words, &model, true);
            assert_eq!(told.is_some(), open, "{line}: {told:?}");
        }
    }

    #[test]
    fn an_interpreter_is_known_under_its_versions() {
        for (name, code) in [("python3.12", true), ("python", true), ("make", true), ("apt-get", false), ("rm", false)]
        {
            assert_eq!(runs_code(name.as_bytes()), code, "{name}");
        }
    }

    #[test]
    fn each_is_listed_once() {
        let mut names: Vec<&str> = PROGRAMS.iter().map(|one| one.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(PROGRAMS.iter().any(|one| one.starts == Starts::Nothing));
    }
}
