//! Commands of a drill as an agent's would come: by the shell's `-c`, with nobody at a terminal, and away from whoever
//! started the drill, so that files of the drill are older than the one who deletes them. Requests are answered in the
//! drill's own store, so that nothing waits for a person.

use std::collections::VecDeque;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use super::Came;
use super::room::Room;
use crate::confirm;
use crate::store::{By, State, Store};

/// Longer than any step takes that is not held up.
const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
/// So many commands run at once.
pub const AT_ONCE: usize = 8;

/// Leaves its own process behind, and notes how the command ended.
const APART: &str = "( ended=$1; shift; \"$@\" > \"$ended.out\" 2> \"$ended.err\"; echo $? > \"$ended.new\"; \
                     exec /bin/mv \"$ended.new\" \"$ended\" ) < /dev/null > /dev/null 2>&1 &";

#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    pub fn start() -> Clock {
        Clock(Instant::now())
    }

    pub fn since(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A command that was started.
#[derive(Debug)]
pub struct Running {
    ended: PathBuf,
    begun: Clock,
}

/// What came of one.
#[derive(Debug)]
pub struct Act {
    pub came: Came,
    pub after: Duration,
    pub printed: String,
}

/// What came of several.
#[derive(Debug)]
pub struct Acts {
    pub all: Vec<Act>,
    pub asked: usize,
}

impl Running {
    pub fn start(room: &Room, number: usize, program: &Path, words: &[&str]) -> io::Result<Running> {
        let ended = room.path("acts").join(number.to_string());
        let begun = Clock::start();
        let mut command = room.command(Path::new("/bin/sh"));
        command.args(["-c", APART, "sh"]).arg(&ended).arg(program).args(words);
        // Whoever ends the drill at its terminal is not taken for one who ends a step.
        command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
        command.status()?;
        Ok(Running { ended, begun })
    }

    fn code(&self) -> Option<i32> {
        std::fs::read_to_string(&self.ended).ok()?.trim().parse().ok()
    }

    pub fn has_ended(&self) -> bool {
        self.code().is_some()
    }

    fn is_late(&self) -> bool {
        self.begun.since() > PATIENCE
    }

    fn act(&self, code: Option<i32>, asked: Option<Duration>) -> Act {
        let printed = std::fs::read(self.ended.with_extension("out")).unwrap_or_default();
        let came = match code {
            None => Came::NeverEnded,
            // What is stopped at an exec ends as its shell makes of it.
            Some(_) if asked.is_some() => Came::Asked,
            Some(0) => Came::Ran,
            Some(75 | 126) => Came::Refused,
            Some(code) => Came::Ended(code),
        };
        let after = if came == Came::Asked { asked } else { None }.unwrap_or_else(|| self.begun.since());
        Act { came, after, printed: String::from_utf8_lossy(&printed).into_owned() }
    }

    /// Until it ends, without an answer to anything.
    pub fn wait(&self) -> Act {
        loop {
            let code = self.code();
            if code.is_some() || self.is_late() {
                return self.act(code, None);
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }
}

/// Gives each text to the shell, some at once, and answers what is asked. What is allowed after its shell has gone is
/// given once more, as an agent repeats it.
pub fn give(room: &Room, shell: &Path, texts: &[String], answer: State) -> io::Result<Acts> {
    let mut desk = Desk { store: Store::open(&room.state()).map_err(io::Error::other)?, answer, asked: 0 };
    let mut left: VecDeque<(&String, bool)> = texts.iter().map(|text| (text, false)).collect();
    let mut running: Vec<(&String, bool, Running)> = Vec::new();
    let (mut all, mut started, mut first_asked) = (Vec::new(), 0, None);
    loop {
        while running.len() < AT_ONCE
            && let Some((text, repeated)) = left.pop_front()
        {
            running.push((text, repeated, Running::start(room, started, shell, &["-c", text])?));
            started += 1;
        }
        let Some((_, _, first)) = running.first() else { return Ok(Acts { all, asked: desk.asked }) };
        let begun = first.begun;
        let (over, on): (Vec<_>, Vec<_>) =
            running.into_iter().partition(|(_, _, one)| one.has_ended() || one.is_late());
        // After that look: a request lies there before its shell ends.
        if desk.answer()? > 0 {
            first_asked = first_asked.or_else(|| Some(begun.since()));
        }
        running = on;
        for (text, repeated, one) in over {
            let code = one.code();
            if code == Some(75) && answer == State::Approved && !repeated {
                left.push_front((text, true));
            } else {
                all.push(one.act(code, first_asked.filter(|_| answer == State::Denied || code != Some(0))));
            }
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// Where requests of the drill are answered.
struct Desk {
    store: Store,
    answer: State,
    asked: usize,
}

impl Desk {
    /// How many were answered now.
    fn answer(&mut self) -> io::Result<usize> {
        let now = SystemTime::now();
        let pending = self.store.pending(now).map_err(io::Error::other)?;
        for request in &pending {
            // One that can't be shown is nothing that a person could have answered.
            self.asked += usize::from(confirm::shown_of(request).is_some());
            let by = By("a drill".to_owned());
            self.store.decide(&request.id, self.answer, &by, now).map_err(io::Error::other)?;
        }
        Ok(pending.len())
    }
}

pub fn end(pid: i32) {
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
}
