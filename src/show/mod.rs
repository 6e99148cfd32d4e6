//! Everything → text for people.

pub mod rules;
