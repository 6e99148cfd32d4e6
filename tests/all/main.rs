//! The specification: one binary, a module for each promise.

mod layers;
mod decide;
mod policy;
