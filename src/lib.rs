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
pub mod look;
pub mod policy;
pub mod decide;
pub mod confirm;
#[expect(clippy::disallowed_methods, reason = "edge: starts processes")]
pub mod supervise;
pub mod audit;
pub mod store;
pub mod agents;
pub mod cli;
pub mod show;
#[allow(unsafe_code)]
pub mod sys;
