//! The specification: one binary, a module for each promise.

mod layers;
mod parse;
mod look;
mod store;
mod people;
mod audit;
mod decide;
mod policy;
mod show;
mod cli;
mod docs;
mod programs;
mod invocation;
mod differential;
mod held;
mod model;
mod examples;
mod rules;
