//! The loop that answers each exec: read, resolved, judged, and looked at again when its image stands.

use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bstr::BString;

use super::broker::Broker;
use super::caller::Start;
use super::ending::Seen;
use super::image::{self, Asked, Binaries, Found, Identity, Image};
use super::opened::Opens;
use super::{Environment, Exec, Judge, Verdict};
use crate::sys::aside::{self, PROBE, PROBE_ANSWER, TOLD, Woken};
use crate::sys::calls::Calls;
use crate::sys::descriptors::in_memory;
use crate::sys::seccomp::{Notification, Opening, Received};
use crate::sys::stack;
use crate::sys::task::Memory;
use crate::sys::tracing::{self, Event, Reach};

/// What an exec that goes on was judged to be.
struct Judged {
    exec: Exec,
    /// The words that its image must have; a script's interpreter stands before its own.
    words: Vec<BString>,
    loaded: Option<Identity>,
    /// Not to run: its image only ends, with this on its standard error.
    refused: Option<String>,
    /// Not to run either: what is started in its place.
    start: Option<Start>,
}

impl Judged {
    /// Whether the image that a task has by now, and of which nothing has run, is what was judged.
    fn is_image(&self, task: i32, loaded: Option<Identity>) -> bool {
        let environment = &self.exec.environment;
        (loaded.is_none() || self.loaded.is_none() || loaded == self.loaded)
            && (stack::has(task, &self.words, &environment.0)
                || self.words == image::words(task) && *environment == image::environment(task))
    }
}

/// A call that waits for a person.
struct Question {
    call: Notification,
    judged: Judged,
    elevates: bool,
    /// Where its child writes what the reader is told.
    told: std::fs::File,
}

struct Supervisor<'j> {
    calls: Calls,
    judge: &'j mut dyn Judge,
    /// By thread: goes on, and stops once more at the end of its exec.
    going: HashMap<i32, Judged>,
    /// Held back while another thread of the same process is in an exec.
    held: Vec<Notification>,
    /// By the child that asks.
    questions: HashMap<i32, Question>,
    binaries: Binaries,
    opens: Opens,
    /// Judges of a terminal's lines. They stay traced, so that nothing of the tree can speak in their name.
    line_judges: HashSet<i32>,
    ours: Option<Identity>,
    seen: Seen,
    broker: Broker,
    reach: Reach,
    /// The first task of a tree that is traced as a whole is traced.
    rooted: bool,
    /// The shell itself has been let go.
    started: bool,
}

/// From then on something sees to it that the supervisor goes on.
const LONG: Duration = Duration::from_secs(1);

/// Serves until nothing runs under the filter any more.
pub fn serve(calls: Calls, judge: &mut dyn Judge, reach: Reach) -> u8 {
    // Where there is no listener all are traced already.
    let (reach, rooted) = match calls {
        Calls::Listener(_) => (reach, false),
        Calls::Stops(_) => (Reach::Tree, true),
    };
    let mut supervisor = Supervisor {
        calls,
        judge,
        going: HashMap::new(),
        held: Vec::new(),
        questions: HashMap::new(),
        binaries: Binaries::default(),
        opens: Opens::default(),
        line_judges: HashSet::new(),
        ours: i32::try_from(std::process::id()).ok().and_then(image::loaded),
        seen: Seen::default(),
        broker: Broker::new(),
        reach,
        rooted,
        started: false,
    };
    supervisor.judge.begin();
    let began = Instant::now();
    let mut alone = true;
    loop {
        let woken = supervisor.calls.wait(alone.then_some(LONG));
        // Most trees have ended by then.
        if alone && began.elapsed() >= LONG {
            alone = false;
            supervisor.calls.keep_going();
        }
        supervisor.children();
        match woken {
            Woken::Call => match supervisor.calls.receive() {
                Ok(Received::Exec(call)) => supervisor.consider(call),
                Ok(Received::Open(call)) => supervisor.opens(&call),
                Err(_) => {}
            },
            Woken::Child => {}
            Woken::Alone => return 0,
            Woken::Told => {
                supervisor.end_all();
                return 0;
            }
        }
    }
}

impl Supervisor<'_> {
    /// All that runs under the filter, and whoever asks about it.
    fn end_all(&mut self) {
        for child in self.questions.keys() {
            aside::kill(*child);
        }
        let Supervisor { seen, broker, calls, .. } = self;
        seen.kill(|| {
            // What stands in for a program beside the tree ends with it.
            while let Some((task, event)) = tracing::next_event() {
                calls.note(task, event);
                broker.takes(task, event);
            }
            calls.is_alone()
        });
    }

    /// PTRACE_SEIZE waits for a lock that an exec in a sibling thread holds until its other threads are reaped by their
    /// tracer, which is us: one exec of a process at a time.
    fn sibling_goes(&self, thread: i32) -> bool {
        self.going.keys().any(|&other| other != thread && image::are_one_process(thread, other))
    }

    fn consider(&mut self, call: Notification) {
        if self.sibling_goes(call.thread) {
            self.held.push(call);
            return;
        }
        let (exec, image) = match self.read(&call) {
            Ok(Some(read)) => read,
            Ok(None) => return,
            Err(errno) => return self.calls.fail(call.id, errno),
        };
        let judged = Judged {
            words: expected(&exec.words, image.as_ref()),
            loaded: image.as_ref().map(|image| image.loaded),
            refused: None,
            start: None,
            exec,
        };
        let elevates = image.is_some_and(|image| image.elevates && !image::is_harmless(&image.path));
        // The first is the shell that was permitted as a whole.
        if !std::mem::replace(&mut self.started, true) && judged.exec.elevated.is_none() {
            return self.let_run(&call, judged);
        }
        match self.judge.judge(&judged.exec) {
            Verdict::Run => self.let_run(&call, judged),
            Verdict::Keep | Verdict::Ask => self.ask(call, judged, elevates),
            Verdict::Refuse(told) => self.refuse(&call, judged, told, elevates),
        }
    }

    /// A net: by the time the kernel opens the file its path may mean another one.
    fn opens(&mut self, call: &Opening) {
        let file = self.opens.find(call, self.ours).filter(|_| self.calls.waits(call.id));
        match file.and_then(|file| Some((file.process, self.judge.opened(&file)?))) {
            None => self.calls.go_on(call.id),
            Some((process, told)) => {
                aside::complain_as(process, told.as_bytes());
                self.calls.fail(call.id, libc::ECANCELED);
            }
        }
    }

    /// What is asked for, out of the caller's memory. `Ok(None)`: answered already, or the caller is gone.
    fn read(&mut self, call: &Notification) -> Result<Option<(Exec, Option<Image>)>, i32> {
        let errno = |error: std::io::Error| match error.raw_os_error() {
            Some(errno @ (libc::EFAULT | libc::E2BIG)) => errno,
            // It can't be read, so it can't be judged.
            _ => libc::ECANCELED,
        };
        let mut memory = Memory::of(call.thread);
        // Whoever is gone gets no answer to a call that is no more: what was read matters only where it still waits.
        let path = memory.text(call.exec.path).map_err(errno)?;
        if path == PROBE.to_bytes() {
            return Err(PROBE_ANSWER);
        }
        if path == TOLD.to_bytes() {
            return Err(self.told(call, &mut memory));
        }
        let asked = Asked { thread: call.thread, folder: call.exec.folder, path: &path, flags: call.exec.flags };
        let image = match image::find(&asked, &mut self.binaries) {
            Found::Image(image) => Some(image),
            Found::Elsewhere => None,
            // Most of a search along PATH ends here.
            Found::Errno(errno) => return Err(errno),
        };
        let words = memory.words(&call.exec);
        let environment = memory.block(call.exec.environment, call.exec.width);
        let directory = image::directory_of(call.thread);
        if !self.calls.waits(call.id) {
            return Ok(None);
        }
        let (words, environment) = (words.map_err(errno)?, environment.map_err(errno)?);
        let (program, nameless) = named(&path, call.exec.folder, &directory, image.as_ref());
        let elevated = image.as_ref().and_then(|image| self.broker.program(image, call.thread));
        let environment = Environment(environment);
        let task = call.thread;
        Ok(Some((Exec { program, nameless, words, environment, directory, elevated, task }, image)))
    }

    /// What a line judge tells; the errno by which it is answered.
    fn told(&mut self, call: &Notification, memory: &mut Memory) -> i32 {
        let words = memory.words(&call.exec);
        let trusted = self.calls.waits(call.id) && self.line_judges.contains(&call.thread);
        match words {
            Ok(acts) if trusted => {
                self.judge.let_go(&acts);
                PROBE_ANSWER
            }
            Ok(_) | Err(_) => libc::ENOENT,
        }
    }

    /// How far this task is traced.
    fn reach_of(&self, task: i32) -> Reach {
        if self.line_judges.contains(&task) { Reach::Tree } else { self.reach }
    }

    fn let_run(&mut self, call: &Notification, mut judged: Judged) {
        judged.start = judged.loaded.and_then(|loaded| self.broker.prepare(&judged.exec, loaded, call.thread));
        if self.hold(call, judged) || self.calls.waits(call.id) && image::is_debugged(call.thread) {
            self.calls.go_on(call.id);
        } else if self.calls.waits(call.id) {
            aside::complain_as(image::process_of(call.thread), TRACED.as_bytes());
            self.calls.fail(call.id, libc::ECANCELED);
        }
    }

    /// From now on the thread stops at the end of its exec. It can't be had where another one traces it, which could change
    /// what was judged.
    fn hold(&mut self, call: &Notification, judged: Judged) -> bool {
        // In a tree that is traced as a whole all but the first are traced already.
        let thread = call.thread;
        let all = self.reach == Reach::Tree && std::mem::replace(&mut self.rooted, true);
        let all = all || self.line_judges.contains(&thread);
        if !all && !self.going.contains_key(&thread) && self.reach.seize(thread).is_err() {
            return false;
        }
        // The trap stays pending during the exec, so that the call ends in exactly one stop, whether it fails or not.
        // Where signals break off a received call it would break off this one.
        // A task that was forked with CLONE_UNTRACED is in no tree yet.
        let stops = || tracing::interrupt(thread).is_ok();
        if self.calls.holds() && !stops() && !(self.reach.seize(thread).is_ok() && stops()) {
            return false;
        }
        self.going.insert(thread, judged);
        true
    }

    /// An exec that fails makes bash print words of its own, and `execvp` try each other folder of PATH. So it succeeds,
    /// and its image ends before it has run; what would gain privileges by its exec does not get as far.
    fn refuse(&mut self, call: &Notification, mut judged: Judged, told: String, elevates: bool) {
        if tracing::ENDS_AT_ENTRY && !elevates {
            judged.refused = Some(told.clone());
            if self.hold(call, judged) {
                return self.calls.go_on(call.id);
            }
        }
        aside::complain_as(image::process_of(call.thread), told.as_bytes());
        // Not EACCES, which agents take for a limit of their own.
        self.calls.fail(call.id, libc::ECANCELED);
    }

    fn ask(&mut self, call: Notification, judged: Judged, elevates: bool) {
        let Ok(told) = in_memory(c"told") else { return self.refuse(&call, judged, UNASKED.to_owned(), elevates) };
        let judge = &mut *self.judge;
        let asked = aside::child(|| match judge.ask(&judged.exec) {
            None => PERMITTED,
            Some(text) => {
                let _ = std::io::Write::write_all(&mut &told, text.as_bytes());
                REFUSED
            }
        });
        match asked {
            Ok(child) => {
                self.questions.insert(child, Question { call, judged, elevates, told });
            }
            Err(_) => self.refuse(&call, judged, UNASKED.to_owned(), elevates),
        }
    }

    fn children(&mut self) {
        while let Some((task, event)) = tracing::next_event() {
            self.calls.note(task, event);
            if self.broker.takes(task, event) {
                continue;
            }
            let reach = self.reach_of(task);
            let tree = reach == Reach::Tree;
            match event {
                Event::Loaded => self.loaded(task),
                Event::Call => match tracing::call(task) {
                    Some(call) => self.consider(call),
                    // What can't be read does not go on.
                    None => tracing::fail_call(task, libc::ECANCELED),
                },
                Event::Stopped if tree => tracing::leave_stopped(task),
                Event::Trap | Event::Stopped | Event::Forked => {
                    if self.going.remove(&task).is_some() || tree {
                        reach.go_on(task, 0);
                    }
                }
                Event::Signal(signal) => {
                    // In a tree that is traced as a whole its exec is still to end.
                    if tree || self.going.remove(&task).is_some() {
                        reach.go_on(task, signal);
                    }
                }
                Event::Ended { status } => {
                    self.going.remove(&task);
                    self.line_judges.remove(&task);
                    if let Some(question) = self.questions.remove(&task) {
                        self.settled(question, status);
                    }
                }
                Event::Continued => {}
            }
        }
        for call in std::mem::take(&mut self.held) {
            if self.calls.waits(call.id) {
                self.consider(call);
            }
        }
    }

    /// A child has its answer. Whatever ended it otherwise is none.
    fn settled(&mut self, question: Question, status: i32) {
        let permitted = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == i32::from(PERMITTED);
        self.judge.answered(&question.judged.exec, permitted);
        if !self.calls.waits(question.call.id) {
            return;
        }
        if permitted {
            return self.let_run(&question.call, question.judged);
        }
        let told = all_of(&question.told).unwrap_or_else(|| UNASKED.to_owned());
        self.refuse(&question.call, question.judged, told, question.elevates);
    }

    /// The new image stands and nothing of it has run: is it what was judged?
    fn loaded(&mut self, task: i32) {
        let former = tracing::former(task);
        // A thread that execs takes over the number of its process; both entries end here.
        let judged = self.going.remove(&former);
        let judged = if former == task { judged } else { self.going.remove(&task).or(judged) };
        if let Some(told) = judged.as_ref().and_then(|judged| judged.refused.as_ref()) {
            return self.end(task, told);
        }
        let mut judged = judged;
        if let Some(start) = judged.as_mut().and_then(|judged| judged.start.take()) {
            return self.broker.begin(task, start);
        }
        let identity = image::loaded(task);
        let (same, environment) = match judged {
            Some(ref judged) if judged.is_image(task, identity) => (true, judged.exec.environment.clone()),
            _ => (false, image::environment(task)),
        };
        if !same {
            // A file replaced in between, binfmt_misc, a look-up that we could not repeat, or an attack: what is really
            // there is judged.
            let path = image::program(task);
            let nameless = is_nameless(&path);
            let (words, directory) = (image::words(task), image::directory_of(task));
            let environment = environment.clone();
            let exec = Exec { program: path, nameless, words, environment, directory, elevated: None, task };
            if let Verdict::Refuse(told) = self.firmly(&exec) {
                return self.end(task, &told);
            }
        }
        let ours = identity.is_some() && identity == self.ours;
        if same && ours && judged.is_some_and(|judged| self.judge.is_line_judge(&judged.exec)) {
            self.line_judges.insert(task);
        } else {
            self.line_judges.remove(&task);
        }
        self.reach_of(task).go_on(task, 0);
        self.seen.add(task, identity, &environment);
    }

    /// Ends a task whose image stands and has not run.
    fn end(&self, task: i32, told: &str) {
        aside::complain_as(task, told.as_bytes());
        if tracing::end_at_entry(task, crate::show::Exit::Refused.code()) {
            return self.reach.go_on(task, 0);
        }
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(task), nix::sys::signal::Signal::SIGKILL);
    }

    /// An image that stands can't wait for an answer.
    fn firmly(&mut self, exec: &Exec) -> Verdict {
        match self.judge.judge(exec) {
            Verdict::Ask => Verdict::Refuse(CHANGED.to_owned()),
            Verdict::Keep => self.judge.ask(exec).map_or(Verdict::Run, Verdict::Refuse),
            verdict => verdict,
        }
    }
}

const PERMITTED: u8 = 0;
const REFUSED: u8 = 1;
const UNASKED: &str = "guarded: stopped a program: nobody could be asked about it\n";
const TRACED: &str =
    "guarded: stopped a program: another one that is no debugger traces it, and could change what it runs\n";
const CHANGED: &str = "guarded: stopped a program: it was another one by the time it was to run\n";

/// The words as the image will have them.
fn expected(words: &[BString], image: Option<&Image>) -> Vec<BString> {
    match image.and_then(|image| image.script.as_ref()) {
        Some(script) => script.iter().chain(words.iter().skip(1)).cloned().collect(),
        None => words.to_vec(),
    }
}

/// A program is called by the file that was found: what a link leads to may be another one by the time it is judged. A
/// script is opened again by its interpreter, under the name that was given.
fn named(path: &BString, folder: i32, directory: &BString, image: Option<&Image>) -> (PathBuf, bool) {
    let magic = path.is_empty() || folder != libc::AT_FDCWD && !path.starts_with(b"/");
    let magic = magic || path.starts_with(b"/proc/") || path.starts_with(b"/dev/fd/");
    let program = match image {
        Some(image) if magic || image.script.is_none() => image.path.clone(),
        _ if path.starts_with(b"/") => PathBuf::from(as_os(path)),
        _ => Path::new(as_os(directory)).join(as_os(path)),
    };
    let nameless = image.is_some_and(|image| is_nameless(&image.path));
    (program, nameless)
}

fn is_nameless(path: &Path) -> bool {
    let path = path.as_os_str().as_bytes();
    path.starts_with(b"/memfd:") || path.ends_with(b" (deleted)")
}

fn as_os(bytes: &[u8]) -> &std::ffi::OsStr {
    std::ffi::OsStr::from_bytes(bytes)
}

fn all_of(file: &std::fs::File) -> Option<String> {
    use std::os::unix::fs::FileExt;
    let mut text = vec![0; usize::try_from(file.metadata().ok()?.len()).ok()?];
    file.read_exact_at(&mut text, 0).ok()?;
    (!text.is_empty()).then(|| String::from_utf8_lossy(&text).into_owned())
}
