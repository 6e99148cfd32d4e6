//! Programs inside words: SQL, HTTP requests, GraphQL documents, command lines of data stores. Each reader turns text
//! into what it would do, and says so where it cannot tell.

pub mod holes;
pub mod graphql;
pub mod http;
pub mod sql;
pub mod lines;
