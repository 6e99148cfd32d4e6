//! Programs inside words: SQL, HTTP requests, GraphQL documents. Each turns text into what it would do.
