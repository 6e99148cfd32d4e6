//! Programs inside words: SQL, HTTP requests, command lines of data stores. Each reader turns text into what it would do,
//! and says so where it cannot tell.

pub mod sql;
pub mod http;
pub mod lines;
