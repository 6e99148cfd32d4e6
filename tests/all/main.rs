//! The specification: one binary, a module for each promise.

mod layers;
mod rules;
mod decide;
mod policy;
mod store;
mod people;
mod audit;
