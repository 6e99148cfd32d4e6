//! The specification: one binary, a module for each promise.

mod layers;
mod programs;
mod invocation;
mod differential;
mod held;
