//! A shell for AI agents that stops destructive commands before any of them runs.
//!
//! The modules stand in the order in which a call flows through them; `guard` is the only one that knows the order.
//! Core modules are pure: they take values and return values. An edge does I/O and says which kind.

#![deny(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr, unsafe_code)]

pub mod span;
pub mod answer;
pub mod invocation;
pub mod parse;
pub mod packs;
pub mod command;
pub mod rules;
#[expect(clippy::disallowed_methods, reason = "edge: reads files, executes nothing")]
pub mod look;
#[expect(clippy::disallowed_methods, reason = "edge: reads policy files")]
pub mod policy;
pub mod decide;
pub mod elevated;
#[expect(clippy::disallowed_methods, reason = "edge: asks people, reads the clock")]
pub mod confirm;
#[expect(clippy::disallowed_methods, reason = "edge: starts processes")]
pub mod supervise;
#[expect(clippy::disallowed_methods, reason = "edge: links, copies and moves files, runs git")]
pub mod vault;
#[expect(clippy::disallowed_methods, reason = "edge: writes the trail")]
pub mod audit;
#[expect(clippy::disallowed_methods, reason = "edge: keeps requests on disk")]
pub mod store;
#[expect(clippy::disallowed_methods, reason = "edge: reads /proc")]
pub mod agents;
#[expect(clippy::disallowed_methods, reason = "edge: reads configurations, asks aws")]
pub mod backups;
#[expect(clippy::disallowed_methods, reason = "edge: reads and writes agents' settings, starts probes")]
pub mod placement;
#[expect(clippy::disallowed_methods, reason = "edge: makes a throw-away folder, starts the shell")]
pub mod drill;
pub mod hook;
pub mod show;
#[expect(clippy::disallowed_methods, reason = "edge: reads the surroundings of a call")]
pub mod world;
#[expect(clippy::disallowed_methods, reason = "edge: looks at files, asks the kernel")]
pub mod doctor;
mod given;
mod allowed;
mod exec_line;
mod execs;
#[expect(clippy::disallowed_methods, reason = "edge: asks where it is and what time it is")]
mod emptied;
mod keeping;
mod plain;
mod leaves;
mod credentials;
mod fence;
pub mod trouble;
pub mod guard;
pub mod lines;
pub mod rescue;
#[expect(clippy::disallowed_methods, reason = "edge: reads the environment and the state directory")]
pub mod cli;
#[allow(unsafe_code)]
pub mod sys;
