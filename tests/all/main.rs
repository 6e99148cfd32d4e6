//! The specification: one binary, a module for each promise.

#![allow(clippy::disallowed_methods, reason = "tests start programs and look at files")]

mod embedded;
mod languages;
mod interpreters;
mod follow;
mod text;
mod entry_points;
mod fuzz;
mod layers;
mod parse;
mod look;
mod store;
mod people;
mod grants;
mod audit;
mod decide;
mod policy;
mod sections;
mod allowlist;
mod authoring;
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
mod wrappers;
mod interactive;
mod driven;
mod generated;
mod values;
mod cases;
mod verdicts;
mod escapes;
mod bypasses;
mod bad_input;
mod readme;
mod picture;
mod drill;
mod install;
mod supervised;
