//! What the verbs need to know of this machine, and how they have a command judged.

use std::path::{Path, PathBuf};

use bstr::{BStr, BString};

use super::Trouble;
use crate::command::Model;
use crate::decide::Decision;
use crate::invocation::{self, Invocation, ShKind, StdinKind, Surroundings};
use crate::parse::Reading;
use crate::policy::Places;
use crate::show::Explain;

/// What became of a command that was read and not run.
#[derive(Clone, Debug)]
pub struct Judgement {
    pub reading: Reading,
    pub model: Model,
    pub decision: Decision,
}

/// The spine, without its last steps.
pub type Judge<'a> = &'a dyn Fn(&Invocation) -> Result<Judgement, Box<dyn Explain>>;

/// Everything that comes from outside.
pub struct World<'a> {
    pub judge: Judge<'a>,
    pub places: Places,
    /// Where requests and the trail are; `None` where there is no home.
    pub state: Option<PathBuf>,
    pub directory: PathBuf,
    pub environment: Vec<(BString, BString)>,
}

impl<'a> World<'a> {
    /// By the environment of this process.
    #[must_use]
    pub fn here(judge: Judge<'a>) -> World<'a> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = folder("HOME");
        let uid = nix::unistd::geteuid().as_raw();
        let places = Places::of(home.as_deref(), folder("XDG_CONFIG_HOME").as_deref(), uid);
        let below_home = |below: &str| home.as_ref().map(|home| home.join(below));
        let bytes = |text: std::ffi::OsString| BString::from(std::os::unix::ffi::OsStringExt::into_vec(text));
        World {
            judge,
            places,
            state: folder("XDG_STATE_HOME").or_else(|| below_home(".local/state")).map(|state| state.join("guarded")),
            directory: std::env::current_dir().unwrap_or_default(),
            environment: std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value))).collect(),
        }
    }

    /// `bash -c TEXT` in a directory, as `guarded-sh` would get it.
    pub fn judge(&self, text: &BStr, directory: &Path) -> Result<Judgement, Box<dyn Explain>> {
        let argv = vec![BString::from("bash"), BString::from("-c"), text.to_owned()];
        let around = Surroundings {
            stdin: StdinKind::Null,
            stdout_terminal: false,
            stderr_terminal: false,
            sh: ShKind::Dash,
            setuid: false,
        };
        let directory = BString::from(std::os::unix::ffi::OsStrExt::as_bytes(directory.as_os_str()));
        (self.judge)(&invocation::read(argv, self.environment.clone(), directory, &around))
    }

    pub fn state(&self) -> Result<&Path, Trouble> {
        self.state.as_deref().ok_or(Trouble::NoHome)
    }
}
