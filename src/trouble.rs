//! Why the guard itself can't do its work, from whichever stage. Nothing runs then.

use crate::packs::PackError;
use crate::show::{Cited, Exit, Explain};
use crate::{audit, fence, policy, supervise};

#[derive(Debug)]
pub enum Trouble {
    Policy(policy::Trouble),
    Audit(audit::Trouble),
    Supervise(supervise::Trouble),
    /// What is wrong with users' rule packs.
    Packs(Vec<PackError>),
    /// The policy wants programs judged as they start.
    NoExecLayer,
    /// … and paths held read-only.
    NoFence(std::io::Error),
}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::Policy(trouble) => trouble.what(),
            Trouble::Audit(trouble) => trouble.to_string(),
            Trouble::Supervise(trouble) => trouble.to_string(),
            Trouble::Packs(errors) => match errors.as_slice() {
                [] => "a rule pack is broken".to_owned(),
                [one] => one.to_string(),
                [one, more @ ..] => format!("{one} (and {} more)", more.len()),
            },
            Trouble::NoExecLayer => {
                "the policy has require.layer = \"exec\", and here programs can't be judged as they start: \
                 the kernel lets nobody but root look at a task (Yama)"
                    .to_owned()
            }
            Trouble::NoFence(error) => format!(
                "the policy has require.layer = \"fence\", and here paths can't be held read-only: {}",
                fence::plainly(error)
            ),
        }
    }

    fn cited(&self) -> Option<Cited<'_>> {
        match self {
            Trouble::Policy(trouble) => trouble.cited(),
            Trouble::Audit(_)
            | Trouble::Supervise(_)
            | Trouble::Packs(_)
            | Trouble::NoExecLayer
            | Trouble::NoFence(_) => None,
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Trouble::Packs(errors) => errors.first().map(|one| one.lines().split_off(1)).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::Policy(trouble) => trouble.hints(),
            Trouble::Packs(_) => vec!["guarded rules lint".to_owned()],
            Trouble::NoExecLayer | Trouble::NoFence(_) => vec!["guarded policy show".to_owned()],
            Trouble::Audit(_) | Trouble::Supervise(_) => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
