//! Everything → text for people. The only module that words messages; nothing here decides.

pub mod hostile;
pub mod words;
pub mod exit;
pub mod trouble;
pub mod refusal;
pub mod check;
pub mod doctor;
pub mod policy;
pub mod why;
pub mod schema;
pub mod rules;
pub mod explain;
pub mod requests;
pub mod lock;
pub mod trail;
pub mod undo;
pub mod backups;
pub mod placement;
pub mod login;
pub mod hook;
pub mod drill;
pub mod rule;
pub mod manual;
pub mod shell_manual;
pub mod print;

pub use exit::Exit;
pub use hostile::Hostile;
pub use refusal::{Stage, exit as refusal_exit, held, locked, refusal};
pub use trouble::lay_out;
pub use trouble::{Cited, Explain};
