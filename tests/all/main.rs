//! The specification: one binary, a module for each promise.

mod layers;
mod model;
mod examples;
mod rules;
