//! Where this machine's backups go, by what their tools are told, and whether whoever asks could delete them there. An
//! edge: reads files and variables, asks `aws` about a bucket.

mod locations;
mod locks;

use std::path::PathBuf;

use serde::Serialize;

pub use locations::{Surroundings, locations};

/// A place that backups go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    pub tool: &'static str,
    pub place: Place,
    /// The file or the variable that says so.
    pub from: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Folder(PathBuf),
    /// Of S3, or what speaks like it at another address.
    Bucket {
        name: String,
        endpoint: Option<String>,
    },
    /// Another machine or service.
    Remote(String),
}

/// Whether the credentials in reach could delete what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "deletable", content = "because", rename_all = "lowercase")]
pub enum Deletable {
    Yes(String),
    No(String),
    Unknown(String),
}

/// Looks at one of them. `read_only`: what the policy holds so.
#[must_use]
pub fn deletable(location: &Location, read_only: &[String]) -> Deletable {
    match &location.place {
        Place::Folder(folder) => locks::folder(folder, read_only),
        Place::Bucket { name, endpoint } => locks::bucket(name, endpoint.as_deref()),
        Place::Remote(_) => Deletable::Unknown(
            "only the other side can tell what it lets these credentials do (append-only keys, snapshots of its own)"
                .to_owned(),
        ),
    }
}
