//! Where the guard stands: an agent's settings, launchers and start-up files changed so that its commands pass here, and
//! changed back. The order of a placement: a row of the `table` → what is `wanted` → a plan (`place`) → new files and a
//! record. Edge: reads and writes those files; `found` starts probes.

pub mod table;
pub mod switches;
pub mod means;
pub mod texts;
pub mod json;
pub mod block;
pub mod wanted;
pub mod files;
pub mod record;
pub mod place;
pub mod found;
pub mod bypasses;
pub mod snippets;
pub mod shells;
pub mod login;
pub mod system;
mod trouble;

pub use means::Means;
pub use place::{Plan, Step, carry_out, plan, plan_back, standing};
pub use table::{AGENTS, Agent, OTHERS, Scope};
pub use trouble::{Trouble, option};
pub use wanted::{Want, Wanted};
