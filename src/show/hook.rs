//! What an agent's hook says beyond a stop of the shell.

use super::hostile::Hostile;
use super::words::without_misleading;

/// The hook itself can't tell.
#[must_use]
pub fn failed(why: &str) -> String {
    format!("guarded: {}\n  Nothing was run.\n", Hostile(without_misleading(why).as_bytes()))
}

/// A tool would write a file that init has written.
#[must_use]
pub fn placed(file: &str) -> String {
    format!(
        "guarded: stopped before running: `{}` holds what `guarded init` wrote; changing it is for a person\n  \
         Nothing was written. Tell the user what you wanted to do and stop.\n",
        Hostile(file.as_bytes())
    )
}
