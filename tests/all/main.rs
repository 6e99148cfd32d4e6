//! The specification: one binary, a module for each promise.

#![allow(clippy::disallowed_methods, reason = "tests start programs and look at files")]

mod layers;
mod programs;
mod invocation;
mod differential;
mod held;
mod interactive;
