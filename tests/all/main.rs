//! The specification: one binary, a module for each promise.

mod embedded;
mod layers;
