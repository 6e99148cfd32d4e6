//! What the verbs need to know of this machine, and how they have a command judged.

use std::path::{Path, PathBuf};

use bstr::{BStr, BString};

use super::Trouble;
use crate::guard::{self, Judgement};
use crate::invocation::{self, ShKind, StdinKind, Surroundings};
use crate::policy::Places;
use crate::show::Explain;
use crate::world;

/// Everything that comes from outside.
pub struct World {
    around: world::World,
    pub directory: PathBuf,
    environment: Vec<(BString, BString)>,
}

impl World {
    /// By the environment of this process.
    pub fn here() -> Result<World, guard::Trouble> {
        let bytes = |text: std::ffi::OsString| BString::from(std::os::unix::ffi::OsStringExt::into_vec(text));
        let environment: Vec<_> = std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value))).collect();
        let directory = std::env::current_dir().unwrap_or_default();
        Ok(World { around: world::World::of(&environment)?, directory, environment })
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
        let call = invocation::read(argv, self.environment.clone(), directory, around);
        guard::judge(&call, &self.around).map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)
    }

    #[must_use]
    pub fn places(&self) -> &Places {
        &self.around.places
    }

    /// Where requests and the trail are.
    pub fn state(&self) -> Result<&Path, Trouble> {
        self.around.state.as_deref().ok_or(Trouble::NoHome)
    }
}
