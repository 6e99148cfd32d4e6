//! `guarded lock`: while it holds nothing runs for an agent, and `--kill` ends what runs already.

use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use guarded_sh::confirm::{self, Doubtful, Reply};
use guarded_sh::store::{Store, lock};

use crate::cases::Place;
use crate::people::{Says, agent, person};
use crate::programs::guarded_sh;
use crate::supervised::REACHES;

fn control(place: &Place, words: &[&str]) -> Output {
    place.program(&guarded_sh().with_file_name("guarded"), words).output().expect("guarded")
}

fn state(place: &Place) -> std::path::PathBuf {
    place.home().join(".local/state/guarded")
}

fn policy(place: &Place, text: &str) {
    std::fs::write(place.home().join(".config/guarded/policy.toml"), text).expect("a policy");
}

#[test]
fn nothing_runs_while_it_is_locked() {
    let place = Place::new();
    assert_eq!(control(&place, &["status"]).status.code(), Some(0));
    let locked = control(&place, &["lock", "the", "agent", "went", "wrong"]);
    assert_eq!(locked.status.code(), Some(0), "{locked:?}");
    for line in ["/bin/touch ran", "touch ran", "echo > ran"] {
        let output = place.shell(&["-c", line]).output().expect("the shell");
        assert_eq!(output.status.code(), Some(126), "{line}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("went wrong") && said.contains("guarded unlock"), "{said}");
    }
    // A held shell, line by line.
    let mut held = place.shell(&[]);
    held.stdin(Stdio::piped());
    let mut child = held.spawn().expect("the shell");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), b"touch ran\n").expect("a line");
    child.wait().expect("an end");
    assert!(!place.project().join("ran").exists());
    let status = control(&place, &["status", "--format", "json"]);
    assert_eq!(status.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&status.stdout).contains("went wrong"));
    // No person is here.
    assert_eq!(control(&place, &["unlock"]).status.code(), Some(1));
    assert_eq!(place.shell(&["-c", "touch ran"]).output().expect("the shell").status.code(), Some(126));
    let trail = String::from_utf8_lossy(&control(&place, &["log"]).stdout).into_owned();
    assert!(trail.contains("locked: the agent went wrong") && trail.contains("refused: locked"), "{trail}");
}

#[test]
fn only_a_person_unlocks() {
    let place = Place::new();
    control(&place, &["lock"]);
    let (store, state) = (Store::open(&state(&place)).expect("a store"), state(&place));
    let unlocks = |who: &guarded_sh::agents::Ancestry, says| confirm::unlock(&store, &state, who, &Says::new(says));
    assert!(matches!(unlocks(&agent(70), Reply::Once), Err(Doubtful::FromInside)));
    assert!(matches!(unlocks(&person(), Reply::No), Err(Doubtful::Declined)));
    assert!(lock::locked(&state).is_some());
    assert!(unlocks(&person(), Reply::Once).expect("it is unlocked").is_some());
    assert!(unlocks(&person(), Reply::Once).expect("nothing to do").is_none());
    assert_eq!(place.shell(&["-c", "touch ran"]).output().expect("the shell").status.code(), Some(0));
    assert!(place.project().join("ran").exists());
}

/// Whatever lies there under that name locks: an emptied file is no way out.
#[test]
fn a_lock_that_cannot_be_read_locks() {
    let place = Place::new();
    std::fs::create_dir_all(state(&place)).expect("a folder");
    for make in [
        &(|path: &Path| std::fs::write(path, "").expect("a file")) as &dyn Fn(&Path),
        &|path| std::os::unix::fs::symlink("/nowhere", path).expect("a link"),
        &|path| std::fs::create_dir(path).expect("a folder"),
    ] {
        let path = state(&place).join("locked");
        make(&path);
        let output = place.shell(&["-c", "touch ran"]).output().expect("the shell");
        assert_eq!(output.status.code(), Some(126));
        let _ = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir(&path));
    }
    assert!(!place.project().join("ran").exists());
}

#[test]
fn a_program_that_runs_starts_no_other_while_it_is_locked() {
    let place = Place::new();
    policy(&place, "supervise = \"always\"\n");
    let line =
        "while [ ! -e locked ]; do sleep 0.05; done; /bin/touch ran; python3 -c 'import os; os.system(\"touch ran\")'";
    let shell = place.shell(&["-c", line]).stderr(Stdio::null()).spawn().expect("the shell");
    std::thread::sleep(Duration::from_millis(300));
    control(&place, &["lock"]);
    std::fs::write(place.project().join("locked"), "").expect("a file");
    // Its `sleep` is refused as well, so that it goes on at once.
    ends(shell);
    assert!(!place.project().join("ran").exists());
}

fn ends(mut child: Child) {
    let began = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if began.elapsed() > Duration::from_secs(90) {
            let _ = child.kill();
            panic!("it has not ended");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Forks away from everything by which a process is told to belong to another.
const DAEMON: &str = "
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open('daemon', 'w').write(str(os.getpid()))
        while True:
            time.sleep(0.05); open('alive', 'a').write('.')
    os._exit(0)
os.wait()
";

#[test]
fn with_kill_all_that_runs_ends() {
    for tree in REACHES {
        let place = Place::new();
        policy(&place, "supervise = \"always\"\n");
        std::fs::write(place.project().join("daemon.py"), DAEMON).expect("a program");
        let mark = format!("MARK={}", place.path("mark").display());
        let line =
            "sleep 300 & (setsid sleep 301 &); nohup sleep 302 >/dev/null 2>&1 & python3 daemon.py; sleep 303; :";
        let mut shell = place.shell(&["-c", line]);
        let shell = shell.env("MARK", place.path("mark")).env("GUARDED_TRACE_TREE", tree).spawn().expect("the shell");
        let began = Instant::now();
        let is_up = || place.project().join("alive").exists() && marked(&mark) >= 7;
        while !is_up() {
            assert!(began.elapsed() < Duration::from_secs(90), "{tree}: {}", marked(&mark));
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = control(&place, &["lock", "--kill"]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        // Those that were killed are gone once their parents know.
        ends(shell);
        let began = Instant::now();
        while marked(&mark) > 0 && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(marked(&mark), 0, "{tree}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// Somebody else's program under a filter of its own is none of the tree's, though the tree runs the same program.
#[test]
fn with_kill_nobody_else_ends() {
    let place = Place::new();
    policy(&place, "supervise = \"always\"\n");
    let filtered = "import ctypes, os, struct, time\n\
        op = lambda code, jt, jf, k: struct.pack('HBBI', code, jt, jf, k)\n\
        class Filter(ctypes.Structure): _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_char_p)]\n\
        libc = ctypes.CDLL(None)\n\
        libc.prctl(38, 1, 0, 0, 0); libc.prctl(22, 2, ctypes.byref(Filter(1, op(6, 0, 0, 0x7fff0000))), 0, 0)\n\
        open('other', 'w').write('ready'); time.sleep(20)\n";
    std::fs::write(place.project().join("daemon.py"), DAEMON).expect("a program");
    let shell = place.shell(&["-c", "python3 daemon.py; sleep 303"]).spawn().expect("the shell");
    let began = Instant::now();
    while !place.project().join("alive").exists() && began.elapsed() < Duration::from_secs(90) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut other = place.program(Path::new("python3"), &["-c", filtered]);
    let mut other = other.env("OTHER", "1").spawn().expect("python");
    while !place.project().join("other").exists() && began.elapsed() < Duration::from_secs(90) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(control(&place, &["lock", "--kill"]).status.code(), Some(0));
    ends(shell);
    let goes_on = other.try_wait().expect("a child").is_none();
    let _ = other.kill();
    let _ = other.wait();
    assert!(goes_on, "a program of somebody else was ended");
}

/// How many live processes have it in their environment.
fn marked(mark: &str) -> usize {
    let all = std::fs::read_dir("/proc").expect("processes").flatten();
    let has = |path: &Path| {
        std::fs::read(path.join("environ")).is_ok_and(|text| text.windows(mark.len()).any(|at| at == mark.as_bytes()))
    };
    all.filter(|one| has(&one.path())).count()
}
