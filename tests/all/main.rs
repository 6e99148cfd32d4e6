//! The specification: one binary, a module for each promise.

mod layers;
mod store;
mod people;
mod audit;
