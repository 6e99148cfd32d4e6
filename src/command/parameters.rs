//! Commands in the parameters of a cloud's run-command: the provider's shorthand (`commands=a,b`, `commands=["a","b"]`) or
//! JSON (`{"commands":["a"]}`).

use bstr::{BString, ByteSlice};
use serde_json::Value as Json;

use super::options::Split;
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Value, Word};

/// Commands in the parameters that a cloud's run-command takes.
pub(super) fn follow(
    walker: &mut Walker<'_>,
    names: &[&str],
    key: &str,
    options: &Split,
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let given = options.given.iter().filter(|given| names.iter().any(|name| given.name == name.as_bytes()));
    let values = given.filter_map(|given| given.value.as_ref().and_then(Word::text));
    let commands: Vec<BString> = values.flat_map(|value| texts(value, key)).collect();
    let mut inner = scope.clone();
    for command in &commands {
        super::follow::text(walker, Value::known(command.as_slice()), "an option's value", call, &mut inner);
    }
    !commands.is_empty()
}

/// The texts that `parameters` gives under `key`; none where it has no such key or could not be read.
fn texts(parameters: &[u8], key: &str) -> Vec<BString> {
    let parameters = parameters.trim();
    if parameters.starts_with(b"{") {
        let json = serde_json::from_slice::<Json>(parameters).ok();
        return json.as_ref().and_then(|json| json.get(key)).map(strings).unwrap_or_default();
    }
    let Some(given) = parameters.strip_prefix(key.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) else {
        return Vec::new();
    };
    let Some(list) = given.strip_prefix(b"[") else { return vec![given.into()] };
    if let Some(Ok(json)) = serde_json::Deserializer::from_slice(given).into_iter::<Json>().next() {
        return strings(&json);
    }
    // Shorthand needs no quotes in a list.
    let list = list.split_str("]").next().unwrap_or_default();
    list.split_str(",").map(|one| one.trim_with(|c| c.is_whitespace() || c == '"' || c == '\'').into()).collect()
}

fn strings(json: &Json) -> Vec<BString> {
    match json {
        Json::String(text) => vec![text.as_str().into()],
        Json::Array(list) => list.iter().filter_map(Json::as_str).map(BString::from).collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn shorthand_and_json_give_the_same_commands() {
        for parameters in [
            r#"commands=["cd /srv","rm -rf data"]"#,
            r#"{"commands":["cd /srv","rm -rf data"],"workingDirectory":["/"]}"#,
            "commands=[cd /srv,rm -rf data]",
        ] {
            assert_eq!(texts(parameters.as_bytes(), "commands"), ["cd /srv", "rm -rf data"], "{parameters}");
        }
        assert_eq!(texts(b"commands=rm -rf /srv", "commands"), ["rm -rf /srv"]);
        assert!(texts(b"workingDirectory=/", "commands").is_empty());
    }
}
