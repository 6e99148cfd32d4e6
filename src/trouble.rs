//! Why the guard itself can't do its work, from whichever stage. Nothing runs then.

use crate::show::{Cited, Exit, Explain};
use crate::{audit, policy, supervise};

#[derive(Debug)]
pub enum Trouble {
    Policy(policy::Trouble),
    Audit(audit::Trouble),
    Supervise(supervise::Trouble),
    /// A user's rule pack, with file and line.
    Pack(String),
    /// The policy wants programs judged as they start.
    NoExecLayer,
}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::Policy(trouble) => trouble.what(),
            Trouble::Audit(trouble) => trouble.to_string(),
            Trouble::Supervise(trouble) => trouble.to_string(),
            Trouble::Pack(trouble) => trouble.clone(),
            Trouble::NoExecLayer => {
                "the policy has require.layer = \"exec\", and this version can't judge programs as they start"
                    .to_owned()
            }
        }
    }

    fn cited(&self) -> Option<Cited<'_>> {
        match self {
            Trouble::Policy(trouble) => trouble.cited(),
            Trouble::Audit(_) | Trouble::Supervise(_) | Trouble::Pack(_) | Trouble::NoExecLayer => None,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::Policy(trouble) => trouble.hints(),
            Trouble::Pack(_) => vec!["guarded rules test FILE".to_owned()],
            Trouble::NoExecLayer => vec!["guarded policy show".to_owned()],
            Trouble::Audit(_) | Trouble::Supervise(_) => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
