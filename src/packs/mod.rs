//! Rule packs as data: what each tool's command line means and which of its acts destroy. Embedded at build time and
//! indexed by command name; users' packs are read by the edge and handed in.

pub mod schema;

pub use schema::{Effect, Severity, Target};
