//! Lines as they are typed into zsh and fish: everyday ones are let go, and what they would destroy is seen through the
//! syntax that only these shells have.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::programs::guarded_sh;

/// A home with work in it that nothing brings back.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    let at = |name: &str| home.path().join(name);
    for folder in ["src", "uploads", ".config/guarded", "my work"] {
        std::fs::create_dir_all(at(folder)).expect("a folder");
    }
    std::fs::write(at(".config/guarded/policy.toml"), "supervise = \"off\"\n[ask]\nwait = 0\n").expect("a policy");
    for file in ["src/main.rs", "uploads/one", "my work/text", "notes.txt"] {
        std::fs::write(at(file), "kept\n").expect("a file");
    }
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(words).current_dir(home.path());
        assert!(git.env("HOME", home.path()).output().expect("git").status.success(), "{words:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "src", "my work"]);
    git(&["commit", "-qm", "first"]);
    for file in ["src/main.rs", "my work/text"] {
        std::fs::write(at(file), "changed\n").expect("a file");
    }
    home
}

/// How the judge ends for a line, and what it says. `held`: further triples that the shell sends.
pub fn judged(home: &Path, shell: &str, line: &str, held: &[[&str; 3]]) -> (i32, String) {
    let mut judge = Command::new(guarded_sh());
    judge.arg0(format!("/somewhere/guarded-line-{shell}")).env_clear().current_dir(home);
    judge.env("HOME", home).env("PATH", "/usr/bin:/bin");
    judge.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = judge.spawn().expect("the judge");
    let mut input = format!("line\0\0{line}\0");
    for triple in held {
        input.extend(triple.iter().flat_map(|field| [field, "\0"]));
    }
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    let done = child.wait_with_output().expect("an end");
    (done.status.code().unwrap_or(-1), String::from_utf8_lossy(&done.stderr).into_owned())
}

fn all(shell: &str, lines: &[&str], held: &[[&str; 3]], wanted: &[i32]) {
    let home = home();
    let wrong: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            let (code, said) = judged(home.path(), shell, line, held);
            (!wanted.contains(&code)).then(|| format!("{code}: {line}\n{said}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{shell}:\n{}", wrong.join("\n"));
}

const STOPPED: &[i32] = &[75, 126];

const ZSH_QUIET: &[&str] = &[
    "ls **/*.rs(.om[1,5])",
    "ls -d *(/)",
    "print -l *(.N)",
    "ls -l =ls",
    "which =git",
    "echo {1..3} {01..10..2}",
    "print -P '%F{green}ok%f'",
    "print -rl -- $path",
    "alias -g L='| less'",
    "alias -s md=less",
    "setopt extended_glob no_beep",
    "unsetopt correct_all",
    "bindkey '^R' history-incremental-search-backward",
    "for x in 1 2 3; { print $x }",
    "for x (a b c) print $x",
    "for f in src/*.rs; wc -l $f",
    "for ((i = 0; i < 3; i++)) { print $i }",
    "foreach x (1 2); print $x; end",
    "repeat 3 echo hello",
    "repeat 2 { date; sleep 0 }",
    "while (( i++ < 3 )) { print $i }",
    "if [[ -f notes.txt ]] { cat notes.txt } else { print none }",
    "if [[ $x == (a|b)* ]]; then print yes; fi",
    "noglob git log HEAD^..HEAD",
    "nocorrect git status",
    "diff <(ls src) <(ls uploads)",
    "less =(git diff)",
    "cat <<< 'a text'",
    "echo $SECONDS $#path $(( 2 ** 10 ))",
    "echo ${(U)USER} ${(j:,:)path} ${HOME:t} ${PWD:h}",
    "print ${${(f)\"$(ls)\"}[1]}",
    "typeset -A m; m=(a 1 b 2); print $m[a] ${(k)m}",
    "files=(src/*(N)); print $#files $files[1]",
    "autoload -Uz compinit && compinit",
    "autoload -U zmv",
    "zstyle ':completion:*' menu select",
    "zmodload zsh/datetime; print $EPOCHSECONDS",
    "source ~/.zshrc",
    "exec zsh",
    "git commit -m 'rm -rf /'",
    "git status # rm -rf ~",
    "grep -r 'rm -rf' src",
    "echo 'a' >! out.txt",
    "echo more >> out.txt",
    "make 2>&1 | tee build.log",
    "sleep 1 &!",
    "cd src && ls; cd -",
    "pushd src; popd",
    "f() { print $1 }",
    "function g { print $@ }",
    "f () print hi",
    "() { print $1 } hello",
    "{ print a } always { print b }",
    "case $OSTYPE in (linux*) print linux ;; *) print other ;; esac",
    "select x in a b; do print $x; break; done",
    "time (ls | wc -l)",
    "jobs; fg %1",
    "!! ",
    "history | tail",
    "cargo test -- --nocapture 2>&1 | rg 'test result'",
    "rm -f target/debug/.lock(N)",
    "mkdir -p build/{a,b}",
    "vared PATH",
    "zcalc",
    "ls (src|uploads)",
    "echo a#b c^d",
    "git show HEAD^ --stat",
    "git diff HEAD~1",
    "curl -s localhost:1/a?b=c",
];

const ZSH_STOPPED: &[&str] = &[
    "rm -rf ~",
    "rm -rf $HOME/*(D)",
    "rm -rf uploads(N)",
    "rm -rf ~/**/*(.)",
    "noglob rm -rf uploads",
    "nocorrect rm -rf uploads",
    "command rm -rf uploads",
    "=rm -rf uploads",
    "- rm -rf uploads",
    "repeat 1 rm -rf uploads",
    "repeat 1; do rm -rf uploads; done",
    "for x in uploads; { rm -rf $x }",
    "for x (uploads) rm -rf $x",
    "foreach x (uploads); rm -rf $x; end",
    "if [[ -d uploads ]] { rm -rf uploads }",
    "if [[ -d uploads ]] rm -rf uploads",
    "while [[ -d uploads ]] { rm -rf uploads }",
    "{ true } always { rm -rf uploads }",
    "() { rm -rf $1 } uploads",
    "f() rm -rf $1; f uploads",
    "function f { rm -rf uploads }; f",
    "x=(src uploads); rm -rf $x",
    "x='my work'; rm -rf $x",
    "d=uploads; rm -rf ${d}",
    "rm -rf ${:-uploads}",
    "rm -rf ${(Q)d}",
    "echo hi # ; rm -rf uploads",
    "echo hi #; rm -rf uploads",
    "ls *(e:'rm -rf uploads':)",
    "print ${(f)\"$(rm -rf uploads)\"}",
    "vi =(rm -rf uploads)",
    "rm -rf (src|uploads)",
    "rm -rf upload<-9>s* uploads",
    "git reset --hard",
    "noglob git reset --hard HEAD^",
    "git checkout -- . &!",
    "git clean -fdx",
    "case x in (x) rm -rf uploads ;; esac",
    "case x { (x) rm -rf uploads ;; }",
    "coproc rm -rf uploads",
    "zle -N zle-line-finish other",
    "unsetopt zle",
    "setopt no_zle",
    "unfunction __guarded_check",
    "zsh -f",
    "bash",
];

#[test]
fn everyday_lines_of_zsh_are_let_go() {
    all("zsh", ZSH_QUIET, &[], &[0]);
}

#[test]
fn what_a_line_of_zsh_would_destroy_is_seen() {
    all("zsh", ZSH_STOPPED, &[], STOPPED);
}

#[test]
fn what_a_zsh_holds_is_counted_in() {
    let held = [
        ["alias", "k", "noglob rm -rf"],
        ["global", "UP", "uploads"],
        ["suffix", "old", "rm -rf"],
        ["variable", "list", "('src' 'uploads')"],
        ["function", "wipe", "\trm -rf $1"],
        ["on", "interactivecomments", ""],
        ["on", "extendedglob", ""],
    ];
    all(
        "zsh",
        &["k uploads", "rm -rf UP", "rm -rf $list", "wipe uploads", "wipe $list[2]", "rm -rf ^src"],
        &held,
        STOPPED,
    );
    let split = [["on", "shwordsplit", ""], ["variable", "both", "'src uploads'"]];
    all("zsh", &["rm -rf $both"], &split, STOPPED);
    all("zsh", &["echo a # rm -rf uploads", "echo UP", "print $list"], &held, &[0]);
}

const FISH_QUIET: &[&str] = &[
    "ls -l",
    "cd src; and ls; or echo none",
    "set -gx EDITOR vim",
    "set -U fish_greeting",
    "set -q x; or set x 1",
    "set -e x",
    "set -gx PATH ~/bin $PATH",
    "fish_add_path ~/bin",
    "for f in *.rs; echo $f; end",
    "for i in (seq 3); echo $i; end",
    "while test -e lock; sleep 1; end",
    "if test -f notes.txt; cat notes.txt; else; echo none; end",
    "if set -q x; and test -n \"$x\"; echo $x; end",
    "switch (uname); case Linux; echo l; case '*'; echo o; end",
    "function hi; echo hi $argv; end",
    "function ll --wraps ls -d 'long list'; ls -lh $argv; end",
    "alias g git",
    "alias gs='git status'",
    "abbr -a gco git checkout",
    "begin; echo a; echo b; end | sort",
    "begin; date; end > out.txt",
    "string match -r '\\d+' a1b2",
    "string split , a,b | string join -",
    "math 1 + 2",
    "count *",
    "echo (date) $status $fish_pid",
    "echo $x[1] $x[-1] $x[2..3]",
    "echo \"in $PWD on (date)\"",
    "cat (ls | head -1 | psub)",
    "contains a $list; and echo yes",
    "test $status -eq 0; and echo ok",
    "not test -e a; and echo none",
    "git commit -m 'rm -rf /'",
    "git log --oneline | head -5",
    "echo a # rm -rf ~",
    "grep -r 'rm -rf' src",
    "ls **.rs",
    "echo {a,b}{1,2}",
    "echo a\\ b \\x41",
    "make &| less",
    "make 2>&1 | tee log",
    "ls nothing 2>/dev/null",
    "cp src/main.rs /tmp/x; or echo failed",
    "sleep 1 &",
    "jobs; fg",
    "history | head",
    "functions -q hi; and hi",
    "type -a ls",
    "funced hi",
    "complete -c hi -a 'a b'",
    "bind \\cg 'git status'",
    "source ~/.config/fish/config.fish",
    "exec fish",
    "fish_vi_key_bindings",
    "A=1 env",
    "time ls",
    "eval echo a",
    "echo 'it\\'s'",
    "read -P 'name: ' n; echo $n",
    "mkdir -p build; and cd build",
    "starship init fish | source",
    "cargo build 2>| rg warning",
];

const FISH_STOPPED: &[&str] = &[
    "rm -rf ~",
    "rm -rf $HOME",
    "rm -rf (echo uploads)",
    "rm -rf $(echo uploads)",
    "begin; rm -rf uploads; end",
    "if true; rm -rf uploads; end",
    "if false; else; rm -rf uploads; end",
    "if test -d uploads; and rm -rf uploads; echo; end",
    "while true; rm -rf uploads; end",
    "for d in src uploads; rm -rf $d; end",
    "set d ~; rm -rf $d",
    "set d src uploads; rm -rf $d",
    "set d src uploads; rm -rf $d[2]",
    "set d 'my work'; rm -rf $d",
    "set -l n d; set d uploads; rm -rf $$n",
    "true; and rm -rf uploads",
    "false; or rm -rf uploads",
    "not rm -rf uploads",
    "command rm -rf uploads",
    "\\x72m -rf uploads",
    "r\\m -rf uploads",
    "rm -rf \\u0075ploads",
    "rm -rf up'loads'",
    "function f; rm -rf uploads; end; f",
    "function f -a d; rm -rf $d; end; f uploads",
    "function f; rm -rf $argv; end; f uploads",
    "function f; rm -rf $argv[1]; end; f uploads",
    "switch x; case x; rm -rf uploads; end",
    "echo (rm -rf uploads)",
    "echo \"a $(rm -rf uploads)\"",
    "ls | begin; rm -rf uploads; end",
    "echo uploads | xargs rm -rf",
    "rm -rf {uploads,src}",
    "git reset --hard",
    "git checkout -- .; and echo done",
    "git clean -fdx &",
    "echo a >?x; rm -rf uploads",
    "set -e x; rm -rf uploads",
    "set x (rm -rf uploads)",
    "eval rm -rf uploads",
    "bind \\r execute",
    "functions -e __guarded_enter",
    "fish --no-config",
    "bash",
];

#[test]
fn everyday_lines_of_fish_are_let_go() {
    all("fish", FISH_QUIET, &[], &[0]);
}

#[test]
fn what_a_line_of_fish_would_destroy_is_seen() {
    all("fish", FISH_STOPPED, &[], STOPPED);
}

#[test]
fn what_a_fish_holds_is_counted_in() {
    let held = [
        ["variable", "list", "src uploads"],
        ["variable", "odd", "'my work'"],
        ["function", "wipe", "function wipe --argument-names d\n    rm -rf $d\nend"],
        ["function", "k", "function k --wraps='rm -rf' --description 'alias k=rm -rf'\n  rm -rf $argv\n        \nend"],
    ];
    all("fish", &["rm -rf $list", "wipe uploads", "k uploads", "rm -rf $odd", "k $list[2]"], &held, STOPPED);
    all("fish", &["echo $list", "ls $odd"], &held, &[0]);
}
