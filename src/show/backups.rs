//! `guarded backups verify`: each place with what is found of it.

use std::fmt::Write;

use serde_json::json;

use super::hostile::Hostile;
use crate::audit::redact;
use crate::backups::{Deletable, Location, Place};

#[must_use]
pub fn text(found: &[(Location, Deletable)]) -> String {
    if found.is_empty() {
        return "no configuration of restic, borg, borgmatic or pgbackrest is found here\n".to_owned();
    }
    let mut out = String::new();
    for (location, deletable) in found {
        let (mark, says, why) = match deletable {
            Deletable::Yes(why) => ("!", "could be deleted from here", why),
            Deletable::No(why) => (" ", "can't be deleted from here", why),
            Deletable::Unknown(why) => ("?", "nobody can tell from here", why),
        };
        let from = Hostile(location.from.as_bytes());
        let _ = writeln!(out, "{mark} {} ({}, {from}): {says}", place(&location.place), location.tool);
        let _ = writeln!(out, "    {}", Hostile(&redact(why.as_bytes())));
    }
    out
}

#[must_use]
pub fn json(found: &[(Location, Deletable)]) -> String {
    let one = |(location, deletable): &(Location, Deletable)| {
        let mut line = json!({"tool": location.tool, "place": place(&location.place), "from": location.from});
        if let (Some(line), Ok(serde_json::Value::Object(more))) =
            (line.as_object_mut(), serde_json::to_value(deletable))
        {
            line.extend(more);
        }
        line
    };
    format!("{}\n", serde_json::Value::from(found.iter().map(one).collect::<Vec<_>>()))
}

fn place(place: &Place) -> String {
    let text = match place {
        Place::Folder(folder) => folder.display().to_string(),
        Place::Bucket { name, endpoint: None } => format!("s3 bucket {name}"),
        Place::Bucket { name, endpoint: Some(endpoint) } => format!("bucket {name} at {endpoint}"),
        Place::Remote(address) => address.clone(),
    };
    Hostile(&redact(text.as_bytes())).to_string()
}
