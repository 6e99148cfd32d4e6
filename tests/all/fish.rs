//! A fish at a terminal (tmux) whose start-up file was set up by `guarded init fish`.

use crate::terminal::{DROP, Terminal, calls, home_with_client};
use crate::zsh::{is_there, set_up};

fn fish(config: &str) -> Option<(tempfile::TempDir, Terminal)> {
    if !is_there("fish") {
        return None;
    }
    let home = home_with_client();
    let folder = home.path().join(".config/fish");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!("set -g fish_greeting\nfunction fish_prompt; echo -n 'own> '; end\n{config}");
    std::fs::write(folder.join("config.fish"), text).expect("a file");
    set_up("fish", home.path());
    let terminal = Terminal::closed();
    terminal.open(home.path(), "fish")?;
    assert!(terminal.shows("own>"), "{}", terminal.screen());
    Some((home, terminal))
}

#[test]
fn a_line_of_fish_is_asked_about_and_others_run() {
    let Some((home, terminal)) = fish("") else { return };
    terminal.enters("echo one (math 1 + 1)");
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
    // It stays where it can be edited, and can be allowed.
    terminal.key("Enter");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Down");
    terminal.key("Enter");
    terminal.enters("echo went on with $status");
    assert!(terminal.shows("went on with 0"), "{}", terminal.screen());
    assert_eq!(calls(&home), 1, "{}", terminal.screen());
}

#[test]
fn a_block_and_a_paste_are_judged_whole_in_fish() {
    let Some((home, terminal)) = fish("") else { return };
    terminal.enters("for i in 1 2");
    terminal.enters(DROP);
    assert_eq!(calls(&home), 0);
    terminal.enters("end");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("Enter");
    assert!(terminal.shows("Nothing was run"), "{}", terminal.screen());
    terminal.key("C-c");
    terminal.key("C-l");
    terminal.tmux(&["set-buffer", &format!("touch before\n{DROP}\ntouch after\n")]);
    terminal.tmux(&["paste-buffer", "-p"]);
    terminal.settle();
    terminal.key("Enter");
    assert!(terminal.shows("> no, do not run it"), "{}", terminal.screen());
    terminal.key("C-c");
    terminal.settle();
    terminal.key("C-c");
    terminal.enters("echo still (math 40 + 2)");
    assert!(terminal.shows("still 42"), "{}", terminal.screen());
    let left: Vec<bool> = ["called", "before", "after"].map(|name| home.path().join(name).exists()).into();
    assert_eq!(left, [false; 3], "{}", terminal.screen());
}

#[test]
fn abbreviations_aliases_and_functions_hide_nothing_in_fish() {
    let config = "abbr -a drop \"psql -c 'DROP TABLE users'\"\nalias wipe \"psql -c 'DROP TABLE users'\"\n\
                  function gone; psql -c \"DROP TABLE $argv\"; end\nset -g what 'DROP TABLE users'\n";
    let Some((home, terminal)) = fish(config) else { return };
    for line in ["drop", "wipe", "gone users", "psql -c $what", "begin; wipe; end"] {
        terminal.key("C-l");
        terminal.enters(line);
        assert!(terminal.shows("> no, do not run it"), "{line}: {}", terminal.screen());
        terminal.key("Enter");
        assert!(terminal.shows("Nothing was run"), "{line}: {}", terminal.screen());
        terminal.key("C-c");
    }
    assert_eq!(calls(&home), 0);
}

#[test]
fn both_modes_of_vi_and_both_keys_ask_in_fish() {
    let Some((home, terminal)) = fish("fish_vi_key_bindings\n") else { return };
    for keys in [&["Enter"][..], &["C-j"], &["Escape", "Enter"]] {
        terminal.key("C-l");
        terminal.tmux(&["send-keys", "-l", DROP]);
        for key in keys {
            terminal.key(key);
            std::thread::sleep(std::time::Duration::from_millis(500));
        }
        assert!(terminal.shows("> no, do not run it"), "{keys:?}: {}", terminal.screen());
        terminal.key("Enter");
        assert!(terminal.shows("Nothing was run"), "{keys:?}: {}", terminal.screen());
        terminal.key("C-c");
    }
    assert_eq!(calls(&home), 0);
}

#[test]
fn without_the_judge_fish_runs_nothing_but_at_a_persons_word() {
    let Some((home, terminal)) = fish("") else { return };
    std::fs::remove_file(home.path().join(".local/share/guarded/bin/guarded-line-fish")).expect("removed");
    terminal.enters("touch ran");
    assert!(terminal.shows("this line was not run"), "{}", terminal.screen());
    assert!(!home.path().join("ran").exists());
    terminal.key("C-c");
    terminal.enters("guarded-plain");
    assert!(terminal.shows("NOT JUDGED"), "{}", terminal.screen());
    terminal.enters("touch ran; echo it (math 1 + 1) did");
    assert!(terminal.shows("it 2 did"), "{}", terminal.screen());
    assert!(home.path().join("ran").exists());
    let said = std::fs::read_to_string(home.path().join(".local/state/guarded/rescues")).expect("a record");
    assert!(said.contains("guarded-plain fish"), "{said}");
}
