//! The specification: one binary, a module for each promise.

mod embedded;
mod layers;
mod model;
mod examples;
mod rules;
