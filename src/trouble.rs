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
}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::Policy(trouble) => trouble.what(),
            Trouble::Audit(trouble) => trouble.to_string(),
            Trouble::Supervise(trouble) => trouble.to_string(),
            Trouble::Pack(trouble) => trouble.clone(),
        }
    }

    fn cited(&self) -> Option<Cited<'_>> {
        match self {
            Trouble::Policy(trouble) => trouble.cited(),
            Trouble::Audit(_) | Trouble::Supervise(_) | Trouble::Pack(_) => None,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::Policy(trouble) => trouble.hints(),
            Trouble::Pack(_) => vec!["guarded rules test FILE".to_owned()],
            Trouble::Audit(_) | Trouble::Supervise(_) => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
