//! The throw-away folder: a home with the user's own policy, a project, stubs, and links to the few real programs that a
//! drill may use. Nothing else is on PATH, and nothing of the user's environment comes in.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::plan::Drill;
use super::{Cast, act};
use crate::placement::texts::word;

/// Real programs of a drill: none of them reaches another machine.
pub const TOOLS: &[&str] =
    &["bash", "cat", "cp", "echo", "env", "find", "ls", "mkdir", "mv", "rm", "rmdir", "sh", "sleep", "touch", "xargs"];

const FOLDERS: [&str; 2] = ["/usr/bin", "/bin"];
const BASH: [&str; 2] = ["/bin/bash", "/usr/bin/bash"];

#[derive(Debug)]
pub struct Room {
    folder: PathBuf,
}

/// Programs that a drill needs and that are not here.
pub fn missing(drill: &Drill) -> Vec<String> {
    drill.needs.iter().filter(|name| real(name).is_none()).cloned().collect()
}

fn real(name: &str) -> Option<PathBuf> {
    let local = Path::new("/usr/local/bin");
    FOLDERS.iter().map(Path::new).chain([local]).map(|folder| folder.join(name)).find(|path| path.is_file())
}

impl Room {
    pub fn make(drill: &Drill, cast: &Cast<'_>) -> io::Result<Room> {
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let folder = cast.base.join(format!("drill-{}-{:x}", std::process::id(), now.as_nanos()));
        fs::create_dir_all(&cast.base)?;
        fs::DirBuilder::new().mode(0o700).create(&folder)?;
        // Whatever fails from here on, what was made goes.
        let room = Room { folder };
        for name in ["home", "project", "stubs", "tools", "tmp", "acts"] {
            fs::create_dir(room.path(name))?;
        }
        room.hand_over_policy(cast)?;
        for name in TOOLS.iter().copied().chain(drill.needs.iter().map(String::as_str)) {
            if let Some(real) = real(name) {
                std::os::unix::fs::symlink(real, room.path("tools").join(name))?;
            }
        }
        for name in &drill.stubs {
            room.stub(name)?;
        }
        for (name, text) in &drill.files {
            room.write(name, text)?;
        }
        if let Some(each) = &drill.each {
            for folder in 1..=each.folders {
                for file in 0..each.files {
                    room.write(&format!("{}/{folder}/{file}.sqlite", each.of), "rows\n")?;
                }
            }
        }
        room.prepare(&drill.before)?;
        Ok(room)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The drill's own: requests, the trail, the lock, what undo keeps.
    pub fn state(&self) -> PathBuf {
        self.path("home/.local/state/guarded")
    }

    /// With an environment of the drill's own, in the project.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.path("project")).stdin(Stdio::null());
        let path = [self.path("stubs"), self.path("tools")].map(|folder| folder.display().to_string()).join(":");
        command.env("PATH", path).env("HOME", self.path("home")).env("TMPDIR", self.path("tmp"));
        command.env("LC_ALL", "C.UTF-8").env("TERM", "dumb");
        command
    }

    /// Command lines of the stubs that started.
    pub fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    pub fn is_there(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Processes that were started in here and live.
    pub fn processes(&self) -> Vec<i32> {
        let mark = self.folder.as_os_str().as_encoded_bytes();
        let listed = fs::read_dir("/proc").into_iter().flatten().flatten();
        let numbers = listed.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let ours = |pid: &i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            bstr::ByteSlice::find(&*environment, mark).is_some()
        };
        numbers.filter(ours).collect()
    }

    /// The policy and the rules by which this user's commands are judged; root's hold anyway.
    fn hand_over_policy(&self, cast: &Cast<'_>) -> io::Result<()> {
        let own = self.path("home/.config/guarded");
        fs::create_dir_all(own.join("rules"))?;
        let Some(policy) = &cast.places.user else { return Ok(()) };
        copy(policy, &own.join("policy.toml"))?;
        let rules = policy.with_file_name("rules");
        for entry in fs::read_dir(rules).into_iter().flatten().flatten() {
            copy(&entry.path(), &own.join("rules").join(entry.file_name()))?;
        }
        Ok(())
    }

    fn stub(&self, name: &str) -> io::Result<()> {
        let calls = word(&self.path("calls").display().to_string());
        let path = self.path("stubs").join(name);
        fs::write(&path, format!("#!/bin/sh\necho \"{name} $*\" >> {calls}\necho '{name} was started'\n"))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700))
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.path(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)
    }

    fn prepare(&self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let bash = BASH.iter().map(Path::new).find(|bash| bash.is_file()).ok_or(io::ErrorKind::NotFound)?;
        let done = self.command(bash).args(["-euc", text]).output()?;
        if done.status.success() {
            return Ok(());
        }
        Err(io::Error::other(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
    }
}

/// Of what is not there, nothing.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    match fs::read(from) {
        Ok(bytes) => {
            fs::write(to, bytes)?;
            fs::set_permissions(to, fs::Permissions::from_mode(0o600))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        for pid in self.processes() {
            act::end(pid);
        }
        let _ = fs::remove_dir_all(&self.folder);
        if let Some(base) = self.folder.parent() {
            // Unless another drill is in it.
            let _ = fs::remove_dir(base);
        }
    }
}
