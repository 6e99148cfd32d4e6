//! What a placement leads to, and whose files it is about: paths, all absolute and all text.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::table::{Agent, Scope};
use super::trouble::Trouble;

/// The guard's programs and folders, and the places that `~/` and `./` stand for.
#[derive(Clone, Debug)]
pub struct Means {
    /// The program `guarded`.
    pub guarded: String,
    /// The program `guarded-sh`, to which the links lead.
    pub shell: String,
    /// The folder with the links `bash` and `sh`.
    pub links: String,
    /// The folder that is to stand first on PATH.
    pub launchers: String,
    pub home: PathBuf,
    pub project: PathBuf,
    /// Records and the bytes of files as they were.
    pub record: PathBuf,
    pub environment: Vec<(String, String)>,
    pub scope: Scope,
    /// Before the paths of all users: `/`, or the root of an image that is being made.
    pub root: PathBuf,
}

/// What belongs to all users.
const SYSTEM: &str = "/usr/local/share/guarded";

/// The folder with the links for all users.
#[must_use]
pub fn managed_links() -> String {
    format!("{SYSTEM}/bin")
}

impl Means {
    /// `program`: where `guarded` itself is; `guarded-sh` is its neighbour.
    pub fn of(
        program: &Path,
        home: Option<&Path>,
        state: Option<&Path>,
        project: &Path,
        scope: Scope,
        environment: Vec<(String, String)>,
    ) -> Result<Means, Trouble> {
        let home = home.filter(|home| home.is_absolute()).ok_or(Trouble::NoHome)?;
        let state = state.ok_or(Trouble::NoHome)?;
        // What root writes into another one's home stays root's.
        if let Ok(about) = home.metadata()
            && about.uid() != nix::unistd::geteuid().as_raw()
        {
            return Err(Trouble::Foreign { path: home.to_owned(), owner: about.uid() });
        }
        let shell = program.with_file_name("guarded-sh");
        if !shell.is_file() {
            return Err(Trouble::NoShell(shell));
        }
        if scope == Scope::Managed {
            for file in [program, &shell] {
                serves_all(file)?;
            }
        }
        let data = match scope {
            Scope::Managed => PathBuf::from(SYSTEM),
            Scope::User | Scope::Project => home.join(".local/share/guarded"),
        };
        Ok(Means {
            guarded: text(program)?,
            shell: text(&shell)?,
            links: text(&data.join("bin"))?,
            launchers: text(&data.join("launchers"))?,
            home: home.to_owned(),
            project: project.to_owned(),
            record: state.join("placement"),
            environment,
            scope,
            root: PathBuf::from("/"),
        })
    }

    /// The same for all users of a system that lies below a folder.
    pub fn under(self, root: &Path) -> Result<Means, Trouble> {
        let data = root.join(SYSTEM.trim_start_matches('/'));
        Ok(Means {
            links: text(&data.join("bin"))?,
            launchers: text(&data.join("launchers"))?,
            scope: Scope::Managed,
            root: root.to_owned(),
            ..self
        })
    }

    /// Under which name the record has a placement.
    #[must_use]
    pub fn by(&self, name: &str, scope: Scope) -> String {
        match scope {
            Scope::User => name.to_owned(),
            Scope::Project => format!("{name} --project, in {}", self.project.display()),
            Scope::Managed => format!("{name} --managed"),
        }
    }

    /// A link to the shell: `bash` or `sh`.
    #[must_use]
    pub fn link(&self, name: &str) -> String {
        format!("{}/{name}", self.links)
    }

    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Where a file of the table lies.
    #[must_use]
    pub fn path(&self, file: &str, agent: Option<&Agent>) -> PathBuf {
        let moved = agent.and_then(|agent| agent.moved).into_iter().chain([("XDG_CONFIG_HOME", "~/.config")]);
        for (variable, folder) in moved {
            let rest = file.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
            let there = self.variable(variable).filter(|value| value.starts_with('/'));
            if let Some((there, rest)) = there.zip(rest) {
                return Path::new(there).join(rest);
            }
        }
        match (file.strip_prefix("~/"), file.strip_prefix("./")) {
            (Some(rest), _) => self.home.join(rest),
            (None, Some(rest)) => self.project.join(rest),
            (None, None) => self.root.join(file.trim_start_matches('/')),
        }
    }

    /// Whether a path of a setting leads to our shell.
    #[must_use]
    pub fn is_ours(&self, path: &str) -> bool {
        let path = match path.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None => PathBuf::from(path),
        };
        is_guarded_sh(&path)
    }

    /// Whether a file lies in the folder of the launchers, whatever that is called.
    #[must_use]
    pub fn is_launcher(&self, file: &Path) -> bool {
        let folders = file.parent().map(std::fs::canonicalize).zip(Some(std::fs::canonicalize(&self.launchers)));
        matches!(folders, Some((Ok(folder), Ok(launchers))) if folder == launchers)
    }

    /// The start-up files of the user's shell that set PATH, and whether they are fish's.
    #[must_use]
    pub fn start_up_files(&self) -> (Vec<PathBuf>, bool) {
        let shell = self.variable("SHELL").and_then(|shell| shell.rsplit('/').next()).unwrap_or("bash");
        match shell {
            "fish" => (vec![self.path("~/.config/fish/config.fish", None)], true),
            "zsh" => {
                let folder = self.variable("ZDOTDIR").map_or_else(|| self.home.clone(), PathBuf::from);
                (vec![folder.join(".zshrc")], false)
            }
            _ => {
                // A login shell reads the first of these, and not .bashrc; often they call it and then set PATH again.
                let login = [".bash_profile", ".bash_login", ".profile"].map(|name| self.home.join(name));
                let login = login.into_iter().find(|file| file.exists());
                (std::iter::once(self.home.join(".bashrc")).chain(login).collect(), false)
            }
        }
    }
}

/// What the settings of all users lead to must be there for all of them, and be nobody's to replace but ours.
fn serves_all(program: &Path) -> Result<(), Trouble> {
    let unfit = |path: &Path| Trouble::NotForAll(path.to_owned());
    let real = std::fs::canonicalize(program).map_err(|_| unfit(program))?;
    for (at, path) in real.ancestors().enumerate() {
        let about = path.metadata().map_err(|_| unfit(path))?;
        let sticky = at > 0 && about.mode() & 0o1000 != 0;
        let owner = [0, nix::unistd::geteuid().as_raw()].contains(&about.uid());
        // A folder must let pass, the file be read and run.
        let needs = if at == 0 { 0o005 } else { 0o001 };
        if about.mode() & needs != needs || !owner || about.mode() & 0o022 != 0 && !sticky {
            return Err(unfit(path));
        }
    }
    Ok(())
}

/// Settings and scripts hold text.
pub(super) fn text(path: &Path) -> Result<String, Trouble> {
    let plain = |text: &&str| !text.chars().any(char::is_control);
    path.to_str().filter(plain).map(str::to_owned).ok_or_else(|| Trouble::NotText(path.to_owned()))
}

/// Whether a path leads to the guarded shell: by its name, or to the file that lies beside this program, which may be
/// mounted or linked under any name.
#[must_use]
pub fn is_guarded_sh(path: &Path) -> bool {
    let Ok(target) = std::fs::canonicalize(path) else { return false };
    let Ok(about) = target.metadata() else { return false };
    let beside = std::env::current_exe().and_then(|program| program.with_file_name("guarded-sh").metadata());
    let is_beside = beside.is_ok_and(|beside| (beside.dev(), beside.ino()) == (about.dev(), about.ino()));
    about.is_file() && (is_beside || target.file_name().is_some_and(|name| name == "guarded-sh"))
}
