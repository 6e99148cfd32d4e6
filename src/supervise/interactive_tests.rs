//! Lines typed into a real terminal (tmux), with a judge that refuses every text with the word `destroy`.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bstr::BString;

use super::{Entered, Start};
use crate::invocation::{self, Invocation, ShKind, StdinKind, Surroundings};

const JUDGE: &str = "#!/bin/bash
IFS= read -r -d '' text
case $(LC_ALL=C bash -n -c \"$text\" 2>&1) in
  *'unexpected end of file'* | *'unexpected EOF'* | *here-document*) exit 1 ;;
esac
case $text in *destroy*) echo 'stopped by the test' >&2; exit 126 ;; esac
";

fn call(words: &[&str]) -> Invocation {
    let around = Surroundings {
        stdin: StdinKind::Terminal,
        stdout_terminal: true,
        stderr_terminal: true,
        sh: ShKind::Dash,
        setuid: false,
    };
    let argv = words.iter().map(|&word| BString::from(word)).collect();
    invocation::read(argv, vec![("HOME".into(), "/h".into())], "/".into(), around)
}

/// A terminal of its own, in which our start-up file is read.
struct Terminal {
    place: tempfile::TempDir,
}

impl Terminal {
    fn new(judged: bool) -> Option<Terminal> {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().expect("a directory");
        let judge = place.path().join("judge");
        std::fs::write(&judge, JUDGE).expect("a file");
        std::fs::set_permissions(&judge, std::fs::Permissions::from_mode(0o755)).expect("a mode");
        let call = call(&["bash"]);
        let script = Start::of(&call, judge.as_os_str().as_encoded_bytes()).script(63);
        let script = if judged { script } else { Vec::new() };
        std::fs::write(place.path().join("rc"), [&b"PS1='P> '\n"[..], &script].concat()).expect("a file");
        std::fs::create_dir(place.path().join("work")).expect("a directory");
        let terminal = Terminal { place };
        let shell = format!(
            "cd {0}/work; HOME={0}/work HISTFILE= INPUTRC=/dev/null exec /bin/bash --rcfile {0}/rc",
            terminal.place.path().display()
        );
        let began = terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "60", &shell])?;
        assert!(began.status.success(), "{began:?}");
        terminal.settle();
        Some(terminal)
    }

    fn tmux(&self, words: &[&str]) -> Option<std::process::Output> {
        Command::new("tmux").arg("-S").arg(self.place.path().join("socket")).args(words).output().ok()
    }

    fn screen(&self) -> String {
        let shown = self.tmux(&["capture-pane", "-p"]).expect("tmux").stdout;
        String::from_utf8_lossy(&shown).trim_end().to_owned()
    }

    /// Until the prompt stands there and nothing moves.
    fn settle(&self) {
        let began = Instant::now();
        let (mut last, mut same) = (String::new(), 0);
        while same < 3 && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(50));
            let now = self.screen();
            same = if now == last && !now.is_empty() { same + 1 } else { 0 };
            last = now;
        }
    }

    /// Words in «» are keys by tmux's names; all else is typed.
    fn types(&self, text: &str) {
        for piece in text.split('«') {
            let (key, typed) = piece.split_once('»').unwrap_or(("", piece));
            if !key.is_empty() {
                drop(self.tmux(&["send-keys", key]));
                self.settle();
            }
            if !typed.is_empty() {
                drop(self.tmux(&["send-keys", "-l", typed]));
            }
        }
    }

    fn files(&self) -> Vec<String> {
        let listing = std::fs::read_dir(self.place.path().join("work")).expect("a directory");
        listing.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn nothing_of_a_refused_line_has_an_effect() {
    let Some(terminal) = Terminal::new(true) else { return };
    terminal.types("x=kept; touch destroy1«Enter»touch ran1«Enter»");
    terminal.types(" for i in 1; do«Enter»touch destroy2; done«Enter»");
    // An open quote that was given up does not hide what comes after it.
    terminal.types("echo 'x«Enter»«C-c»touch destroy3«Enter»");
    terminal.types("(( destroy4 )) | cat 2> destroy4«Enter»[[ x ]] | tee destroy5«Enter»");
    terminal.types("set -o vi«Enter»touch destroy6«Enter»touch destroy7«Escape»«Enter»");
    terminal.types("iset -o emacs«Enter»«C-c»set -o emacs«Enter»touch destroy8«C-j»touch destroy9«C-o»");
    terminal.types("set -eu; shopt -u promptvars«Enter»touch destroy10«Enter»touch ran2-${x-}«Enter»");
    let mut files = terminal.files();
    files.sort();
    assert_eq!(files, ["ran1", "ran2-"], "{}", terminal.screen());
}

#[test]
fn everything_else_looks_and_works_as_before() {
    let (Some(plain), Some(judged)) = (Terminal::new(false), Terminal::new(true)) else { return };
    let lines = "echo hi«Enter»false«Enter»echo $? $_ ${PIPESTATUS[*]}«Enter»for i in a b«Enter»do echo $i«Enter»done\
        «Enter»cat <<E«Enter»it's«Enter»E«Enter»«Up»«Enter»true | false | true«Enter»echo ${PIPESTATUS[*]}«Enter»\
        echo 'x«Enter»«C-c»echo [$PS1] [$PS2] $-«Enter»echo a\\«Enter»b«Enter»«Enter»sleep 9«Enter»";
    for terminal in [&plain, &judged] {
        terminal.types(lines);
        terminal.types("«C-z»jobs«Enter»fg«Enter»«C-c»set -o vi«Enter»echo vi«Escape»0«Enter»");
        terminal.types("set -o emacs«Enter»ech«Tab» x«Enter»history«Enter»");
    }
    assert_eq!(plain.screen(), judged.screen());
    assert!(judged.screen().contains("[P> ] [> ] himBHs"), "{}", judged.screen());
}

#[test]
fn the_files_that_bash_would_read_come_first() {
    let script = |words: &[&str]| {
        let call = call(words);
        let start = Start::of(&call, b"/guard");
        let (_, argv, environment) = start.words(Path::new("/bin/bash"), 63).expect("no NUL");
        let text = String::from_utf8(start.script(63)).expect("text");
        let argv: Vec<String> = argv.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let env = environment.iter().any(|entry| entry.to_bytes().starts_with(b"ENV="));
        (argv.join(" "), env, text)
    };
    let (argv, env, text) = script(&["bash", "-O", "extglob"]);
    assert_eq!((argv.as_str(), env), ("bash --rcfile /proc/self/fd/63 -O extglob", false));
    assert!(text.starts_with("if [[ -r '/h/.bashrc' ]]"));
    let (argv, _, text) = script(&["bash", "--rcfile", "it's", "-i"]);
    assert_eq!(argv, "bash --rcfile /proc/self/fd/63 -i");
    assert!(text.starts_with("if [[ -r './it'\\''s' ]]"));
    let (argv, env, text) = script(&["-bash"]);
    assert_eq!((argv.as_str(), env), ("-bash --posix", true));
    assert!(text.contains("set +o posix") && text.contains("elif [[ -r '/h/.profile' ]]"));
    let (_, _, text) = script(&["bash", "--norc"]);
    assert!(!text.contains("bashrc"));
}

#[test]
fn what_the_key_sends_is_read_in_its_parts() {
    let entered = Entered::read(b"a\nb\0b\0alias x='y'\n\0\0declare -- z\n\0");
    assert_eq!((entered.text, entered.alone), ("a\nb".into(), "b".into()));
    assert_eq!((entered.aliases, entered.functions), ("alias x='y'\n".into(), "".into()));
}
