//! What is known of the agents that call us: who is above this process, how long its tool call may wait, and which text
//! it puts around the command that its model wrote. Reads /proc; decides nothing.

mod known;
mod keys;
mod settings;
mod process;
mod ancestry;
mod wrapper;

pub use ancestry::{Ancestry, Standing, all_marked, ancestry, is_within_a_text, marked};
pub use keys::{KEYS, is_key, is_key_of};
pub use known::{AGENTS, Agent, UNKNOWN_WAIT};
pub use process::{Process, ProcessId};
pub use settings::SETTINGS;
pub use wrapper::{Inner, inner};
