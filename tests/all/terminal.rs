//! A terminal of tmux's, and a home with a stub in it that notes that it was called.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::programs::guarded_sh;

pub struct Terminal {
    place: tempfile::TempDir,
}

impl Terminal {
    /// Nothing runs in it yet.
    pub fn closed() -> Terminal {
        Terminal { place: tempfile::tempdir().expect("a directory") }
    }

    /// `None` where tmux is not installed.
    pub fn new(home: &Path, shell: &str) -> Option<Terminal> {
        let terminal = Terminal::closed();
        terminal.open(home, &format!("bash -c '{shell}; echo ended $?; exec sleep 9'"))?;
        Some(terminal)
    }

    /// The shell is the terminal's own, as a person's is.
    pub fn of_person(home: &Path) -> Option<Terminal> {
        let terminal = Terminal::closed();
        terminal.open(home, &guarded_sh().display().to_string())?;
        Some(terminal)
    }

    pub fn open(&self, home: &Path, program: &str) -> Option<()> {
        let script = format!(
            "cd {0}; exec env -i HOME={0} PATH={0}/bin:/usr/bin:/bin TERM=screen INPUTRC=/dev/null {program}",
            home.display()
        );
        self.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "70", &script])?;
        self.settle();
        Some(())
    }

    pub fn tmux(&self, words: &[&str]) -> Option<String> {
        // Whoever runs the tests may be an agent, whose marks stand in the environment.
        let environment = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LC_ALL", "C.UTF-8")];
        let mut tmux = Command::new("tmux");
        tmux.env_clear().envs(environment).arg("-S").arg(self.place.path().join("socket"));
        let done = tmux.args(words).output().ok()?;
        Some(String::from_utf8_lossy(&done.stdout).trim_end().to_owned())
    }

    pub fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"]).expect("tmux")
    }

    pub fn settle(&self) {
        let began = Instant::now();
        let (mut last, mut same) = (String::new(), 0);
        while same < 3 && began.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(60));
            let now = self.screen();
            same = if now == last && !now.is_empty() { same + 1 } else { 0 };
            last = now;
        }
    }

    pub fn enters(&self, line: &str) {
        self.tmux(&["send-keys", "-l", line]);
        self.tmux(&["send-keys", "Enter"]);
        self.settle();
    }
}

impl Terminal {
    pub fn key(&self, key: &str) {
        self.tmux(&["send-keys", key]);
        self.settle();
    }

    /// Until it is shown: a question takes longer than a prompt on a busy machine.
    pub fn shows(&self, text: &str) -> bool {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            if self.screen().contains(text) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(60));
        }
        false
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// A home with a stub in place of a database client, which notes that it was called.
pub fn home_with_client() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("a directory");
    let stub = home.path().join("bin/psql");
    std::fs::create_dir(home.path().join("bin")).expect("a directory");
    std::fs::write(&stub, "#!/bin/sh\necho called >> \"$HOME/called\"\n").expect("a file");
    std::fs::set_permissions(&stub, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    std::fs::write(home.path().join(".bashrc"), "PS1='own> '\n").expect("a file");
    home
}

pub fn calls(home: &tempfile::TempDir) -> usize {
    std::fs::read_to_string(home.path().join("called")).map_or(0, |text| text.lines().count())
}

pub const DROP: &str = "psql -c 'DROP TABLE users'";
