//! Who is above this process: an agent, a person at a terminal, or nobody that can be told.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bstr::{BString, ByteSlice};

use super::known::{
    AGENTS, Agent, DRIVERS, GUARDS, IDE_MARKERS, IDES, INITS, PASSING, SHELLS, TERMINALS, UNKNOWN_WAIT,
};
use super::process::{Process, ProcessId};

/// A process and those above it, nearest first. Below `guarded-sh`, the first entry is the guard itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ancestry {
    pub chain: Vec<Process>,
    /// The shell above is typed into by a person, who sees what this process does.
    seated: bool,
}

/// What the ancestors say of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A shell that reads from a terminal, started by a terminal emulator, a login or a multiplexer.
    Person,
    Agent,
    Ide,
    /// Below a guard.
    Guarded,
    /// Nothing says that a person is there.
    Unknown,
}

impl From<Vec<Process>> for Ancestry {
    fn from(chain: Vec<Process>) -> Ancestry {
        Ancestry { chain, seated: false }
    }
}

/// More than any tree has; a loop in what /proc says must not hold us.
const DEEPEST: usize = 64;

/// Reads the chain of this process from /proc.
#[must_use]
pub fn ancestry() -> Ancestry {
    Ancestry::of(nix::unistd::getpid().as_raw())
}

impl Ancestry {
    #[must_use]
    pub fn of(pid: i32) -> Ancestry {
        let mut chain: Vec<Process> = Vec::new();
        let mut next = pid;
        while next > 0 && chain.len() < DEEPEST {
            let Some(process) = Process::read(next) else { break };
            next = process.parent;
            chain.push(process);
        }
        Ancestry::from(chain)
    }

    /// Of a task of a tree whose shell a person typed the command into: it works on the same terminal, in its foreground,
    /// and no agent or IDE lies between. `None` where that does not hold.
    #[must_use]
    pub fn seated(task: i32, shell: i32) -> Option<Ancestry> {
        let own = Ancestry::of(task);
        let between = own.chain.iter().position(|process| process.id.pid == shell)?;
        let (below, above) = own.chain.split_at(between);
        let terminal = above.first()?.terminal;
        let ordinary = |process: &Process| {
            process.terminal == terminal
                && agent_of(process).is_none()
                && !process.is_one_of(IDES)
                && !AGENTS.iter().any(|agent| process.is_marked(agent.markers))
                && !process.is_marked(IDE_MARKERS)
        };
        let seated = terminal != 0 && own.me()?.foreground && below.iter().all(ordinary);
        seated.then_some(Ancestry { seated, ..own })
    }

    /// As if this process were a child of that one: a supervisor has other parents than its tree.
    #[must_use]
    pub fn below(pid: i32) -> Ancestry {
        let mut chain: Vec<Process> = Process::read(nix::unistd::getpid().as_raw()).into_iter().collect();
        chain.extend(Ancestry::of(pid).chain);
        Ancestry::from(chain)
    }

    #[must_use]
    pub fn me(&self) -> Option<&Process> {
        self.chain.first()
    }

    /// Those above this process, nearest first.
    fn above(&self) -> &[Process] {
        self.chain.get(1..).unwrap_or_default()
    }

    /// Device number of the controlling terminal, 0: none.
    #[must_use]
    pub fn terminal(&self) -> i32 {
        self.me().map_or(0, |me| me.terminal)
    }

    #[must_use]
    pub fn session(&self) -> i32 {
        self.me().map_or(0, |me| me.session)
    }

    /// The agent above, by the processes first and the environment second.
    #[must_use]
    pub fn agent(&self) -> Option<&'static Agent> {
        self.agent_above().or_else(|| {
            self.chain.iter().find_map(|process| AGENTS.iter().find(|agent| process.is_marked(agent.markers)))
        })
    }

    /// The nearest agent among the processes above, whatever the environment says.
    #[must_use]
    pub fn agent_above(&self) -> Option<&'static Agent> {
        self.above().iter().find_map(agent_of)
    }

    /// Every agent among the processes above.
    pub fn agents_above(&self) -> impl Iterator<Item = &'static Agent> {
        self.above().iter().filter_map(agent_of)
    }

    /// Whether this process, or one above it that no agent stands between, is that one.
    #[must_use]
    pub fn is_below(&self, id: ProcessId) -> bool {
        self.chain.iter().take_while(|process| agent_of(process).is_none()).any(|process| process.id == id)
    }

    /// How long a call from here may wait for a person.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.agent().map_or(UNKNOWN_WAIT, |agent| agent.wait)
    }

    /// What a request is filed under: the topmost process of an agent, else whoever called the outermost guard. A later
    /// tool call descends from it too, though not from the shell that asked.
    #[must_use]
    pub fn agent_root(&self) -> Option<ProcessId> {
        let agent = self.above().iter().rev().find(|process| agent_of(process).is_some());
        let outermost = self.above().iter().rposition(is_guard);
        let caller = self.above().get(outermost.map_or(0, |at| at + 1));
        agent.or(caller).or_else(|| self.above().first()).map(|process| process.id)
    }

    /// When the agent's root began: what is younger was made during its work.
    #[must_use]
    pub fn born(&self) -> Option<SystemTime> {
        let root = self.agent_root()?;
        let stat = std::fs::read_to_string("/proc/stat").ok()?;
        let boot: u64 = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
        let ticks = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok()??;
        let ticks = u64::try_from(ticks).ok().filter(|ticks| *ticks > 0)?;
        // The kernel tells whole seconds of the boot and whole ticks of the start, both rounded down: a file that is a
        // moment older than the agent must not pass for its work.
        let start = Duration::from_millis((root.start.checked_add(1)?.checked_mul(1000)? / ticks).checked_add(1000)?);
        UNIX_EPOCH.checked_add(Duration::from_secs(boot).checked_add(start)?)
    }

    #[must_use]
    pub fn descends_from(&self, root: ProcessId) -> bool {
        self.chain.iter().any(|process| process.id == root)
    }

    /// Who is at the other end. `interactive`: this process is itself the shell that reads from the terminal.
    #[must_use]
    pub fn standing(&self, interactive: bool) -> Standing {
        if self.seated {
            return Standing::Person;
        }
        // A guarded shell that a person types into, as a login shell is, has the guard's name and is no agent's.
        if self.above().iter().any(|process| is_guard(process) && !reads_commands(process)) {
            return Standing::Guarded;
        }
        if self.agent().is_some() {
            return Standing::Agent;
        }
        if self.above().iter().any(|process| process.is_one_of(IDES))
            || self.chain.iter().any(|process| process.is_marked(IDE_MARKERS))
        {
            return Standing::Ide;
        }
        if self.at_terminal(interactive) { Standing::Person } else { Standing::Unknown }
    }

    /// Whether an answer from here may count as a person's: a terminal that something other than an agent or a guard holds,
    /// and that has not lost its parents. Wider than `standing`, which says where a question may be put unasked: whoever
    /// types `guarded approve` outside of the agent's tree came of his own accord, in an IDE or a container too.
    #[must_use]
    pub fn may_answer(&self) -> bool {
        match self.standing(false) {
            Standing::Person => true,
            Standing::Agent | Standing::Guarded => false,
            Standing::Ide | Standing::Unknown => self.holds_terminal(),
        }
    }

    fn holds_terminal(&self) -> bool {
        let terminal = self.terminal();
        let ours = self.chain.iter().take_while(|process| process.terminal == terminal).count();
        let Some(topmost) = ours.checked_sub(1).and_then(|last| self.chain.get(last)).filter(|_| terminal != 0) else {
            return false;
        };
        let Some(giver) = self.chain.get(ours) else {
            return topmost.parent == 0;
        };
        if is_init(giver) {
            return topmost.really_is_one_of(TERMINALS);
        }
        let orphan = self.chain.get(ours + 1).is_none_or(is_init);
        // By prefix: python3.12.
        let driver = giver.names().any(|name| DRIVERS.iter().any(|driver| name.starts_with(driver.as_bytes())));
        !(orphan && (driver || giver.really_is_one_of(SHELLS)))
    }

    /// Shells all the way up to something that gives terminals to people. Whatever else drives a pty (script, expect,
    /// python) is in nobody's table, and an orphan has lost its terminal's giver.
    fn at_terminal(&self, interactive: bool) -> bool {
        let Some(me) = self.me().filter(|me| me.terminal != 0) else { return false };
        let mut above = self.above().iter().peekable();
        let by_shell = above.peek().is_some_and(|parent| parent.terminal == me.terminal && reads_commands(parent));
        if !(by_shell || interactive && me.reads_terminal) {
            return false;
        }
        for process in above {
            if process.really_is_one_of(TERMINALS) {
                return true;
            }
            if !(reads_commands(process) || process.really_is_one_of(PASSING)) {
                return false;
            }
        }
        // The terminal of a container has nobody above, and agents hold such terminals too.
        false
    }
}

/// Whether a process, or one above it and below `root`, is a shell that was given its text: what it starts belongs to that
/// text.
#[must_use]
pub fn is_within_a_text(pid: i32, root: i32) -> bool {
    let chain = Ancestry::of(pid).chain;
    chain.iter().take_while(|process| process.id.pid != root).any(|process| {
        let takes_text = |word: &BString| word.starts_with(b"-") && !word.starts_with(b"--") && word.contains(&b'c');
        let is_shell = process.really_is_one_of(SHELLS) || process.really_is_one_of(&["guarded-sh"]);
        is_shell && process.arguments.iter().skip(1).take(4).any(takes_text)
    })
}

fn is_guard(process: &Process) -> bool {
    process.is_one_of(GUARDS)
}

fn is_init(process: &Process) -> bool {
    process.id.pid == 1 || process.is_one_of(INITS)
}

/// The agent by the environment of a call alone: enough for a record, and it reads nothing.
#[must_use]
pub fn marked(environment: &[(BString, BString)]) -> Option<&'static Agent> {
    all_marked(environment).next()
}

/// All of them: one may have started another.
pub fn all_marked(environment: &[(BString, BString)]) -> impl Iterator<Item = &'static Agent> {
    AGENTS.iter().filter(move |agent| {
        environment.iter().any(|(name, value)| {
            agent.markers.iter().any(|(marker, wanted)| {
                name == marker.as_bytes() && wanted.is_none_or(|wanted| value == wanted.as_bytes())
            })
        })
    })
}

fn agent_of(process: &Process) -> Option<&'static Agent> {
    AGENTS.iter().find(|agent| {
        process.is_one_of(agent.programs)
            || process.arguments.iter().skip(1).take(3).any(|argument| {
                // Only a word that is a path: a prompt or a commit message may name an agent.
                argument.contains(&b'/')
                    && !argument.contains(&b' ')
                    && agent.scripts.iter().any(|script| argument.contains_str(script))
            }) && is_interpreter(process)
    })
}

fn is_interpreter(process: &Process) -> bool {
    process
        .names()
        .any(|name| [&b"node"[..], b"bun", b"deno", b"python", b"pypy"].iter().any(|known| name.starts_with(known)))
}

/// A shell whose commands come from its terminal: no `-c`, no script.
fn reads_commands(process: &Process) -> bool {
    if !process.really_is_one_of(SHELLS) || !process.reads_terminal {
        return false;
    }
    let mut arguments = process.arguments.iter().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_slice() {
            b"--rcfile" | b"--init-file" | b"-o" | b"-O" | b"+o" | b"+O" => {
                arguments.next();
            }
            long if long.starts_with(b"--") => {}
            short if short.starts_with(b"-") && short.len() > 1 => {
                if short.contains(&b'c') {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTY: i32 = 34817;

    fn process(pid: i32, words: &[&str]) -> Process {
        let image = words.first().map_or("", |first| first.trim_start_matches('-'));
        Process {
            id: ProcessId { pid, start: u64::from(pid.unsigned_abs()) * 10 },
            parent: pid - 1,
            session: 10,
            terminal: TTY,
            name: image.into(),
            image: format!("/usr/bin/{image}").into(),
            arguments: words.iter().map(|word| (*word).into()).collect(),
            environment: Vec::new(),
            reads_terminal: true,
            foreground: true,
        }
    }

    /// Nearest first; numbered so that each is the child of the next.
    fn chain(words: &[&[&str]]) -> Ancestry {
        let count = i32::try_from(words.len()).expect("short");
        let chain = words.iter().zip(0..).map(|(words, at)| process(100 + count - at, words)).collect::<Vec<Process>>();
        Ancestry::from(chain)
    }

    #[test]
    fn a_shell_in_a_terminal_is_a_persons_and_one_under_an_agent_is_not() {
        let person = chain(&[&["guarded-sh", "-c", "x"], &["bash"], &["gnome-terminal-server"], &["systemd"]]);
        assert_eq!(person.standing(false), Standing::Person);
        let remote = chain(&[&["guarded", "approve"], &["-zsh"], &["sudo", "-i"], &["bash"], &["sshd-session"]]);
        assert_eq!(remote.standing(false), Standing::Person);
        let agent = chain(&[&["guarded-sh", "-c", "x"], &["claude"], &["bash"], &["gnome-terminal-server"]]);
        assert_eq!(agent.standing(false), Standing::Agent);
        let ide = chain(&[&["guarded-sh", "-c", "x"], &["bash"], &["code"], &["systemd"]]);
        assert_eq!(ide.standing(false), Standing::Ide);
        let inside = chain(&[&["guarded", "approve"], &["bash"], &["guarded-sh"], &["bash"], &["sshd"]]);
        assert_eq!(inside.standing(false), Standing::Guarded);
    }

    #[test]
    fn whatever_drives_a_pty_without_a_marker_is_not_a_person() {
        for driver in
            [&["python3", "drive.py"][..], &["expect"], &["script", "-qc", "bash"], &["node", "pty.js"], &["systemd"]]
        {
            let driven = chain(&[&["guarded-sh", "-c", "x"], &["bash", "-i"], driver, &["bash"], &["sshd"]]);
            assert_eq!(driven.standing(false), Standing::Unknown, "{driver:?}");
        }
        let script = chain(&[&["guarded", "approve"], &["bash", "approve.sh"], &["bash"], &["sshd"]]);
        assert_eq!(script.standing(false), Standing::Unknown);
        let one_command = chain(&[&["guarded", "approve"], &["bash", "-lc", "x"], &["sshd"]]);
        assert_eq!(one_command.standing(false), Standing::Unknown);
    }

    #[test]
    fn a_driver_that_calls_itself_sshd_is_not_believed() {
        let mut driven = chain(&[&["guarded", "approve"], &["bash"], &["sshd"], &["bash"]]);
        driven.chain[2].image = "/usr/bin/python3.12".into();
        assert_eq!(driven.standing(false), Standing::Unknown);
    }

    #[test]
    fn an_orphan_has_no_person_above() {
        let mut orphan = chain(&[&["guarded", "approve"], &["bash"], &["systemd"]]);
        assert_eq!(orphan.standing(false), Standing::Unknown);
        orphan.chain.truncate(1);
        assert_eq!(orphan.standing(false), Standing::Unknown);
    }

    /// The process that holds the terminal of those before it, without one of its own.
    fn held_by(programs: &[&[&str]], holders: &[&[&str]]) -> Ancestry {
        let all: Vec<&[&str]> = programs.iter().chain(holders).copied().collect();
        let mut held = chain(&all);
        for holder in held.chain.iter_mut().skip(programs.len()) {
            holder.terminal = 0;
        }
        held
    }

    #[test]
    fn an_answer_counts_from_a_terminal_that_somebody_holds() {
        let typed: &[&[&str]] = &[&["guarded", "approve"], &["bash"]];
        assert!(held_by(typed, &[&["unheard-of-term"], &["systemd"]]).may_answer());
        assert!(held_by(typed, &[&["code"], &["systemd"]]).may_answer());
        assert!(held_by(typed, &[&["python3.12"], &["bash"], &["sshd"]]).may_answer());
        assert!(held_by(&[&["guarded", "approve"]], &[&["sshd-session"], &["systemd"]]).may_answer());
        let mut container = chain(typed);
        container.chain[1].parent = 0;
        assert!(container.may_answer());
        for holders in [
            &[&["systemd"][..]][..],
            &[&["script"], &["systemd"]],
            &[&["python3.12"], &["systemd"]],
            &[&["sh"], &["init"]],
        ] {
            assert!(!held_by(typed, holders).may_answer(), "an orphan: {holders:?}");
        }
        assert!(!held_by(typed, &[&["claude"], &["unheard-of-term"], &["systemd"]]).may_answer());
        assert!(!held_by(&[], &[&["guarded"], &["cron"], &["systemd"]]).may_answer(), "no terminal");
    }

    #[test]
    fn the_guard_as_interactive_shell_is_a_persons_when_a_terminal_started_it() {
        assert_eq!(chain(&[&["guarded-sh", "-i"], &["xterm"], &["systemd"]]).standing(true), Standing::Person);
        assert_eq!(chain(&[&["guarded-sh", "-i"], &["python3"], &["systemd"]]).standing(true), Standing::Unknown);
    }

    #[test]
    fn a_guarded_shell_that_a_person_types_into_is_no_agents() {
        let login = chain(&[&["guarded-line"], &["-guarded-sh", "--posix"], &["tmux: server"], &["systemd"]]);
        assert_eq!(login.standing(true), Standing::Guarded, "its image is not a shell's");
        let mut login = login;
        login.chain[1].image = "/usr/bin/bash".into();
        assert_eq!(login.standing(true), Standing::Person);
        login.chain[1].arguments = vec!["guarded-sh".into(), "-c".into(), "x".into()];
        assert_eq!(login.standing(true), Standing::Guarded);
    }

    #[test]
    fn a_marker_in_any_ancestors_environment_tells_an_agent_though_the_name_is_changed() {
        let mut renamed = chain(&[&["guarded", "approve"], &["bash"], &["tmux: server"], &["systemd"]]);
        assert_eq!(renamed.standing(false), Standing::Person);
        renamed.chain[2].environment = vec!["CLAUDECODE=1".into()];
        assert_eq!(renamed.standing(false), Standing::Agent);
    }

    #[test]
    fn the_root_is_the_agent_or_else_the_caller_of_the_outermost_guard() {
        let nested = chain(&[&["guarded-sh"], &["bash"], &["guarded-sh"], &["mywrapper"], &["bash"], &["sshd"]]);
        assert_eq!(nested.agent_root(), Some(nested.chain[3].id));
        let known = chain(&[&["guarded-sh"], &["node", "worker.js"], &["codex"], &["bash"], &["sshd"]]);
        assert_eq!(known.agent_root(), Some(known.chain[2].id));
        let script =
            chain(&[&["guarded-sh"], &["node", "/x/node_modules/@google/gemini-cli/bundle/gemini.js"], &["bash"]]);
        assert_eq!(script.agent().map(|agent| agent.name), Some("gemini"));
        assert_eq!(script.agent_root(), Some(script.chain[1].id));
    }

    #[test]
    fn naming_an_agent_in_an_argument_makes_none() {
        let message = chain(&[&["guarded-sh"], &["python3", "-c", "print('bin/aider is fine')"], &["bash"], &["sshd"]]);
        assert_eq!(message.agent(), None);
    }
}
