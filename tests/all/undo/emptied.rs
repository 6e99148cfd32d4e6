//! Files that a program empties by itself: no text and no exec tells of them.

use super::yard::Yard;
use crate::programs::guarded_sh;

/// Empties the files whose names, XORed, lie in `hid`, and writes them anew, by the way that is given.
const EMPTIES: &str = r"
import ctypes, os, sys, threading
names = bytes(byte ^ 7 for byte in open('hid', 'rb').read()).decode().split('\n')
libc = ctypes.CDLL(None, use_errno=True)
def write(fd):
    if fd < 0: raise OSError(ctypes.get_errno(), 'not opened')
    os.write(fd, b'new\n'); os.close(fd)
def one(name):
    how = sys.argv[1]
    if how == 'open': open(name, 'w').write('new\n')
    elif how == 'creat': write(libc.creat(name.encode(), 0o644))
    elif how == 'folder':
        folder = os.open(os.path.dirname(name) or '.', os.O_RDONLY)
        write(os.open(os.path.basename(name), os.O_WRONLY | os.O_TRUNC, dir_fd=folder))
    elif how == 'link':
        os.symlink(os.path.abspath(name), 'way'); open('way', 'w').write('new\n')
    elif how == 'descriptor':
        fd = os.open(name, os.O_RDONLY); open('/proc/self/fd/%d' % fd, 'w').write('new\n')
    elif how == 'thread':
        t = threading.Thread(target=lambda: open(name, 'w').write('new\n')); t.start(); t.join()
    elif how == 'fork':
        if os.fork() == 0: open(name, 'w').write('new\n'); os._exit(0)
        os.wait()
for name in names: one(name)
";

const WAYS: [&str; 7] = ["open", "creat", "folder", "link", "descriptor", "thread", "fork"];

fn yard(policy: &str, names: &[&str]) -> Yard {
    let yard = Yard::new();
    yard.policy(&format!("supervise = \"always\"\n{policy}"));
    std::fs::write(yard.path("empties.py"), EMPTIES).expect("a program");
    hide(&yard, names);
    yard
}

fn hide(yard: &Yard, names: &[&str]) {
    let hid: Vec<u8> = names.join("\n").bytes().map(|byte| byte ^ 7).collect();
    std::fs::write(yard.path("hid"), hid).expect("a file");
}

#[test]
fn what_a_program_empties_by_itself_comes_back() {
    for way in WAYS {
        let yard = yard("", &["notes"]);
        yard.bash("echo old >notes; chmod 640 notes; touch -d 2001-02-03 notes");
        yard.runs(&format!("python3 empties.py {way}"));
        assert_eq!(yard.read("notes"), b"new\n", "{way}");
        yard.back();
        assert_eq!(yard.read("notes"), b"old\n", "{way}");
    }
}

#[test]
fn one_program_is_one_entry_and_all_of_it_comes_back() {
    let names: Vec<String> = (0..30).map(|number| format!("f{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let yard = yard("", &names);
    yard.bash("for i in $(seq 0 29); do echo old $i >f$i; done");
    yard.runs("python3 empties.py open");
    yard.settled();
    assert_eq!(yard.entries().len(), 1, "{:#?}", yard.entries());
    yard.back();
    for number in 0..30 {
        assert_eq!(yard.read(&format!("f{number}")), format!("old {number}\n").as_bytes());
    }
}

#[test]
fn a_redirection_to_a_name_that_only_running_tells_is_kept() {
    let yard = yard("", &["notes"]);
    yard.bash("echo old >notes");
    yard.runs("n=$(python3 -c 'print(bytes(b ^ 7 for b in open(\"hid\",\"rb\").read()).decode())'); echo new > \"$n\"");
    assert_eq!(yard.read("notes"), b"new\n");
    yard.back();
    assert_eq!(yard.read("notes"), b"old\n");
}

/// Each is kept once, by what is judged first.
#[test]
fn what_was_kept_already_is_not_kept_again() {
    for line in ["echo new >notes", "cp other notes", "echo new | tee notes", "dd if=other of=notes status=none"] {
        let yard = yard("", &[]);
        yard.bash("echo old >notes; echo new >other");
        yard.runs(line);
        yard.settled();
        assert_eq!(yard.entries().len(), 1, "{line}: {:#?}", yard.entries());
        yard.back();
        assert_eq!(yard.read("notes"), b"old\n", "{line}");
    }
}

#[test]
fn what_the_command_made_itself_is_not_kept_nor_what_is_made_again() {
    let yard = yard("", &["fresh", "target/x.o", "/dev/null", "empty"]);
    yard.bash("printf '[package]\nname = \"x\"\n' >Cargo.toml; mkdir target; echo o >target/x.o; : >empty");
    yard.bash("echo 'Signature: 8a477f597d28d172789f06886806bc55' >target/CACHEDIR.TAG");
    // By the coarse clock of files it is made after the shell has begun.
    yard.runs("sleep 0.05; echo first >fresh; python3 empties.py open; echo x >/dev/null");
    assert_eq!(yard.read("fresh"), b"new\n");
    assert_eq!(yard.read("target/x.o"), b"new\n");
    yard.settled();
    assert!(yard.entries().is_empty(), "{:#?}", yard.entries());
}

#[test]
fn without_undo_nothing_is_kept_and_all_is_written() {
    let yard = yard("[undo]\nenabled = false\n", &["notes"]);
    yard.bash("echo old >notes");
    yard.runs("python3 empties.py open");
    assert_eq!(yard.read("notes"), b"new\n");
    assert!(yard.entries().is_empty());
}

#[test]
fn what_the_policy_protects_no_program_empties() {
    for way in WAYS {
        let yard = yard("", &["../backups/monday.tar"]);
        let backups = yard.top().join("backups");
        std::fs::create_dir(&backups).expect("a folder");
        std::fs::write(backups.join("monday.tar"), "monday\n").expect("a backup");
        yard.policy(&format!(
            "supervise = \"always\"\n[ask]\nwait = 0\n[protect]\npaths = [\"{}\"]\n",
            backups.display()
        ));
        // Below the level that the yard lets run.
        let policy = yard.top().join("config/guarded/policy.toml");
        let text = std::fs::read_to_string(&policy).expect("a policy").replace("high = \"log\"", "high = \"ask\"");
        std::fs::write(&policy, text).expect("a policy");
        let ended = yard.shell(&format!("python3 empties.py {way}; echo went on"));
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(std::fs::read(backups.join("monday.tar")).expect("a backup"), b"monday\n", "{way}: {told}");
        assert!(told.contains("guarded: stopped"), "{way}: {told}");
        assert_eq!(ended.stdout, b"went on\n", "{way}");
        assert!(yard.trail().contains("refused"), "{way}");
    }
}

/// An ordinary program that writes what is new, and a program of our own that writes its state.
#[test]
fn what_is_new_is_written_as_ever() {
    let yard = yard("", &["a", "b"]);
    yard.runs("python3 empties.py open; for i in 1 2 3; do echo $i >c$i; done; cat c1 c2 c3 >all");
    assert_eq!((yard.read("a"), yard.read("all")), (b"new\n".to_vec(), b"1\n2\n3\n".to_vec()));
    yard.runs(&format!("{} -c 'echo inner >inner'; echo outer >>inner", guarded_sh().display()));
    assert_eq!(yard.read("inner"), b"inner\nouter\n");
    yard.settled();
    assert!(yard.entries().is_empty(), "{:#?}", yard.entries());
}
