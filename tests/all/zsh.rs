//! A zsh at a terminal (tmux) whose start-up file was set up by `guarded init zsh`.

use std::path::Path;

use guarded_sh::placement::{Scope, carry_out, plan, plan_back, shells};

use crate::placement::{Ground, means};
use crate::programs::guarded_sh;
use crate::terminal::{DROP, Terminal, calls, home_with_client};

/// What `guarded init SHELL` writes into a home.
pub fn set_up(shell: &str, home: &Path) {
    let means = means(home, home, &guarded_sh().with_file_name("guarded"), Scope::User);
    let wanted = shells::of(shell, &means).expect("a user's files");
    let plan = plan(shell, &wanted, &means).expect("a plan");
    carry_out(&plan, &means).expect("set up");
}

pub fn is_there(program: &str) -> bool {
    let there = ["/usr/bin", "/bin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !there {
        eprintln!("skipped: no {program}");
    }
    there
}

fn home(rc: &str) -> tempfile::TempDir {
    let home = home_with_client();
    let text = format!("PS1='own> '\nHISTFILE=~/.history SAVEHIST=100 HISTSIZE=100\n{rc}");
    std::fs::write(home.path().join(".zshrc"), text).expect("a file");
    set_up("zsh", home.path());
    home
}

fn zsh(rc: &str) -> Option<(tempfile::TempDir, Terminal)> {
    if !is_there("zsh") {
        return None;
    }
    let home = home(rc);
    let terminal = Terminal::closed();
    terminal.open(home.path(), "zsh")?;
    assert!(terminal.shows("own>"), "{}", terminal.screen());
    Some((home, terminal))
}

#[test]
fn init_and_uninit_leave_every_byte() {
    for (shell, file) in [("zsh", ".zshrc"), ("fish", ".config/fish/config.fish")] {
        let ground = Ground::new();
        ground.write(file, b"# mine\nset x 1");
        ground.write("project/x", b"");
        let before = ground.snapshot();
        let means = ground.means(Scope::User);
        let wanted = shells::of(shell, &means).expect("a user's files");
        for _ in 0..2 {
            carry_out(&plan(shell, &wanted, &means).expect("a plan"), &means).expect("set up");
        }
        assert_ne!(ground.snapshot(), before);
        assert!(!plan(shell, &wanted, &means).expect("a plan").changes(), "once is enough");
        carry_out(&plan_back(shell, &means).expect("a plan"), &means).expect("taken back");
        assert_eq!(ground.snapshot(), before, "{shell}");
    }
}

#[test]
fn a_line_of_zsh_is_asked_about_and_others_run() {
    let Some((home, terminal)) = zsh("") else { return };
    terminal.enters("echo one $((1 + 1))");
    assert!(terminal.shows("one 2"), "{}", terminal.screen());
    terminal.enters(DROP);
    assert!(
        terminal.shows("> no, do not run it") && terminal.screen().contains("psql.drop-table"),
        "{}",
        terminal.screen()
    );
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    assert_eq!(calls(&home), 0);
    // It stands in the history, and can be allowed.
    terminal.key("C-l");
    terminal.key("Up");
    terminal.key("Enter");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Down");
    terminal.key("Enter");
    terminal.enters("echo went on with $?");
    assert!(terminal.shows("went on with 0"), "{}", terminal.screen());
    assert_eq!(calls(&home), 1, "{}", terminal.screen());
}

#[test]
fn a_command_of_several_lines_a_paste_and_history_are_judged_whole_in_zsh() {
    let Some((home, terminal)) = zsh("") else { return };
    for line in ["for i in 1 2", "do", DROP, "done"] {
        terminal.enters(line);
    }
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    terminal.enters("echo a new $((6 * 7))");
    assert!(terminal.shows("a new 42"), "nothing of it is left open: {}", terminal.screen());
    // `!!` is judged as what it stands for.
    terminal.key("C-l");
    terminal.enters(&format!("true {DROP}"));
    terminal.enters("!:1-$");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    terminal.key("C-l");
    terminal.tmux(&["set-buffer", &format!("touch before\n{DROP}\ntouch after\n")]);
    terminal.tmux(&["paste-buffer", "-p"]);
    terminal.settle();
    terminal.key("Enter");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("C-c");
    terminal.enters("echo still $((40 + 2))");
    assert!(terminal.shows("still 42"), "{}", terminal.screen());
    let left: Vec<bool> = ["called", "before", "after"].map(|name| home.path().join(name).exists()).into();
    assert_eq!(left, [false; 3], "{}", terminal.screen());
}

#[test]
fn comments_aliases_and_functions_hide_nothing_in_zsh() {
    let rc = "alias -g NOW=';'\nalias drop='noglob psql -c'\nwipe() { psql -c \"DROP TABLE $1\" }\n";
    let Some((home, terminal)) = zsh(rc) else { return };
    let lines = [
        "echo hi #; psql -c 'DROP TABLE users'",
        "true NOW psql -c 'DROP TABLE users'",
        "drop 'DROP TABLE users'",
        "wipe users",
    ];
    for line in lines {
        terminal.key("C-l");
        terminal.enters(line);
        assert!(terminal.shows("> no, do not run it"), "{line}: {}", terminal.screen());
        terminal.key("Enter");
        assert!(terminal.shows("Nothing was run"), "{line}: {}", terminal.screen());
    }
    assert_eq!(calls(&home), 0);
}

#[test]
fn an_unfinished_line_that_a_comment_would_complete_is_judged_in_zsh() {
    let Some((home, terminal)) = zsh("") else { return };
    terminal.enters("if true; then psql -c 'DROP TABLE users' # ; fi");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    assert_eq!(calls(&home), 0);
}

#[test]
fn a_prompt_of_ones_own_vi_mode_and_other_hooks_stay_in_zsh() {
    let rc = "bindkey -v\nRPROMPT='right'\nzle-line-finish() { echo finished > ~/hooked }\nzle -N zle-line-finish\n\
              magic() { zle .accept-line }\nzle -N magic\nbindkey '^X^X' magic\nprecmd() { print -n }\n";
    let Some((home, terminal)) = zsh(rc) else { return };
    terminal.enters("echo $PS1 $((20 + 2))");
    assert!(terminal.shows("own>  22") && terminal.screen().contains("right"), "{}", terminal.screen());
    assert!(home.path().join("hooked").exists());
    // A widget that accepts the line by itself, from vi's command mode.
    terminal.tmux(&["send-keys", "-l", DROP]);
    terminal.key("Escape");
    std::thread::sleep(std::time::Duration::from_millis(600));
    terminal.key("Enter");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    terminal.tmux(&["send-keys", "-l", DROP]);
    terminal.tmux(&["send-keys", "C-x", "C-x"]);
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    terminal.settle();
    assert_eq!(calls(&home), 0);
}

#[test]
fn without_the_judge_zsh_runs_nothing_but_at_a_persons_word() {
    let Some((home, terminal)) = zsh("") else { return };
    std::fs::remove_file(home.path().join(".local/share/guarded/bin/guarded-line-zsh")).expect("removed");
    terminal.enters("touch ran");
    assert!(terminal.shows("this line was not run"), "{}", terminal.screen());
    assert!(!home.path().join("ran").exists());
    terminal.enters("guarded-plain");
    assert!(terminal.shows("NOT JUDGED"), "{}", terminal.screen());
    terminal.enters("touch ran; echo it $((1 + 1)) did");
    assert!(terminal.shows("it 2 did"), "{}", terminal.screen());
    assert!(home.path().join("ran").exists());
    let said = std::fs::read_to_string(home.path().join(".local/state/guarded/rescues")).expect("a record");
    assert!(said.contains("guarded-plain zsh"), "{said}");
}

#[test]
fn plugins_that_wrap_widgets_are_no_way_round_in_zsh() {
    let folders = ["/usr/share/zsh-autosuggestions", "/usr/share/zsh-syntax-highlighting"];
    if !folders.iter().all(|folder| Path::new(folder).exists()) {
        eprintln!("skipped: no plugins of zsh");
        return;
    }
    let rc =
        folders.map(|folder| format!("source {folder}/{}.zsh\n", folder.rsplit('/').next().expect("a name"))).concat();
    let Some((home, terminal)) = zsh(&rc) else { return };
    for _ in 0..2 {
        terminal.key("C-l");
        terminal.enters(DROP);
        assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
        terminal.key("Enter");
        assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    }
    terminal.enters("echo on $((1 + 2))");
    assert!(terminal.shows("on 3"), "{}", terminal.screen());
    assert_eq!(calls(&home), 0);
}
