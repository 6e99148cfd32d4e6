//! How the verbs have a command judged: by the spine, without its last steps.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString};

use super::Trouble;
use crate::audit::Journal;
use crate::credentials;
use crate::guard::{self, Judgement, Reads};
use crate::invocation::{self, Invocation, ShKind, StdinKind, Surroundings};
use crate::show::{Explain, lay_out, print};
use crate::world::World;

/// This process, as far as verbs ask about it.
pub struct Here {
    pub world: World,
    pub directory: PathBuf,
    environment: Vec<(BString, BString)>,
    around: Surroundings,
}

impl Here {
    /// `repairs`: the verb looks after rules and policies, and works where these are broken too.
    pub fn new(repairs: bool) -> Result<Here, Box<dyn Explain>> {
        let bytes = |text: std::ffi::OsString| BString::from(std::os::unix::ffi::OsStringExt::into_vec(text));
        let environment: Vec<_> = std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value))).collect();
        let world = if repairs {
            let (world, trouble) = World::for_repair(&environment);
            if let Some(trouble) = trouble {
                print::err(&lay_out("guarded: going by the built-in rules alone", &trouble));
            }
            world
        } else {
            World::of(&environment).map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?
        };
        let around = crate::sys::descriptors::surroundings(&[]);
        // Under an agent a command's standard input is no terminal; ours may be the batch.
        let around = Surroundings { stdin: StdinKind::Null, ..around };
        Ok(Here { world, directory: std::env::current_dir().unwrap_or_default(), environment, around })
    }

    /// `bash -c TEXT` in a directory, as `guarded-sh` would get it.
    pub fn judge(&self, text: &BStr, directory: &Path) -> Result<Judgement, Box<dyn Explain>> {
        self.judge_call(text, directory).map(|(_, judged)| judged)
    }

    /// With the call as its tree would have it.
    pub fn judge_call(&self, text: &BStr, directory: &Path) -> Result<(Invocation, Judgement), Box<dyn Explain>> {
        let call = self.call(text, directory);
        credentials::judged(call, &self.world).map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)
    }

    /// A line that stands for a tool of the agent's: no program starts, so that no list of programs names it.
    pub fn judge_tool(&self, text: &BStr, directory: &Path) -> Result<(Invocation, Judgement), Box<dyn Explain>> {
        let call = self.call(text, directory);
        let judged = guard::judge_exec(&call, Reads::All, &self.world)
            .map_err(|trouble| Box::new(trouble) as Box<dyn Explain>)?;
        Ok((call, judged))
    }

    fn call(&self, text: &BStr, directory: &Path) -> Invocation {
        let argv = vec![BString::from("bash"), BString::from("-c"), text.to_owned()];
        let directory = BString::from(directory.as_os_str().as_bytes());
        invocation::read(argv, self.environment.clone(), directory, self.around)
    }

    pub fn environment(&self) -> &[(BString, BString)] {
        &self.environment
    }

    pub fn sh(&self) -> ShKind {
        self.around.sh
    }

    /// The trail, where no policy is asked.
    pub fn journal(&self) -> Journal {
        Journal::new(self.world.state.as_deref(), &self.world.temporary, false)
    }

    pub fn state(&self) -> Result<&Path, Trouble> {
        self.world.state.as_deref().ok_or(Trouble::NoHome)
    }
}
