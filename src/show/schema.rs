//! JSON schemas for editors, from the tables that the readers go by: policies, projects' policies, rule packs.

use serde_json::{Map, Value, json};

use crate::look::facts::FACTS;
use crate::packs::{conditions, grammar, read};
use crate::policy::settings::{DECISIONS, IN_SECTIONS, SETTINGS, Scope, Setting, Takes};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

fn pretty(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).unwrap_or_default() + "\n"
}

/// Of root's and the user's files, or of a project's.
#[must_use]
pub fn policy(scope: Scope) -> String {
    let fits = |setting: &&Setting| scope <= setting.scope;
    let mut root = table();
    for setting in SETTINGS.iter().filter(fits) {
        let path: Vec<&str> = setting.key.split('.').collect();
        insert(&mut root, &path, setting);
    }
    for section in ["agent", "directory"] {
        let shared: Vec<(String, Value)> = IN_SECTIONS
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), root["properties"].get(key)?.clone())))
            .collect();
        if let Some(items) =
            root["properties"].get_mut(section).and_then(|list| list["items"]["properties"].as_object_mut())
        {
            items.extend(shared);
        }
    }
    if scope == Scope::Project
        && let Some(mode) = root["properties"].get_mut("mode")
    {
        mode["enum"] = json!(["allowlist"]);
    }
    root["$schema"] = json!(DRAFT);
    root["title"] = json!(match scope {
        Scope::Project => "guarded-sh: a project's policy, .guarded.toml",
        Scope::User | Scope::System => "guarded-sh: a policy",
    });
    pretty(&root)
}

fn table() -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": {} })
}

fn insert(parent: &mut Value, path: &[&str], setting: &Setting) {
    let Some((first, rest)) = path.split_first() else { return };
    let (name, many) = first.strip_suffix("[]").map_or((*first, false), |name| (name, true));
    if rest.is_empty() {
        if setting.default == "must be given" {
            let required = parent.as_object_mut().map(|parent| parent.entry("required").or_insert_with(|| json!([])));
            if let Some(list) = required.and_then(Value::as_array_mut) {
                list.push(json!(name));
            }
        }
        parent["properties"][name] = value(setting);
        return;
    }
    let Some(properties) = parent["properties"].as_object_mut() else { return };
    let fresh = || if many { json!({ "type": "array", "items": table() }) } else { table() };
    let entry = properties.entry(name).or_insert_with(fresh);
    insert(if many { &mut entry["items"] } else { entry }, rest, setting);
}

fn value(setting: &Setting) -> Value {
    let one_or_list = |one: Value| json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] });
    let mut schema = match setting.takes {
        Takes::Word(words) => json!({ "enum": words }),
        Takes::Words(words) => one_or_list(json!({ "enum": words })),
        Takes::Decision => {
            json!({ "anyOf": [{ "enum": DECISIONS }, { "type": "string", "pattern": "^approve [1-9]$" }] })
        }
        Takes::Text => json!({ "type": "string", "minLength": 1 }),
        Takes::Texts => one_or_list(json!({ "type": "string" })),
        Takes::Number(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Takes::Switch => json!({ "type": "boolean" }),
        Takes::Date => json!({ "type": "string", "format": "date" }),
    };
    schema["description"] = json!(format!("{}; default: {}", setting.meaning, setting.default));
    schema
}

fn closed(properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

fn any_of_keys(keys: &[&str], known: &[(&str, Value)]) -> Map<String, Value> {
    let of =
        |key: &str| known.iter().find(|(name, _)| *name == key).map_or_else(|| json!({}), |(_, value)| value.clone());
    keys.iter().map(|key| ((*key).to_owned(), of(key))).collect()
}

/// Of a rule pack.
#[must_use]
pub fn pack() -> String {
    let text = json!({ "type": "string", "minLength": 1 });
    let texts = json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] });
    let yes = json!({ "type": "boolean" });
    let reference = |name: &str| json!({ "$ref": format!("#/definitions/{name}") });
    let table_of = |one: Value| json!({ "type": "object", "additionalProperties": one });
    let tool = any_of_keys(
        &read::TOOL,
        &[
            ("name", text.clone()),
            ("about", text.clone()),
            ("commands", texts.clone()),
            ("any_command", yes.clone()),
            ("speaks", json!({ "enum": read::SPEAKS })),
            ("env_code", texts.clone()),
            ("config_files", texts.clone()),
        ],
    );
    let grammar_keys = any_of_keys(
        &grammar::KEYS,
        &[
            ("style", json!({ "enum": grammar::STYLES })),
            ("global", reference("options")),
            ("verbs", table_of(json!({ "anyOf": [{ "enum": grammar::NATURES }, { "type": "object" }] }))),
            ("default", json!({ "enum": ["safe", "unknown"] })),
            ("options", table_of(reference("options"))),
            ("verb_options", table_of(reference("options"))),
            ("verb_aliases", table_of(text.clone())),
            ("operands", table_of(text.clone())),
            ("carries", table_of(text.clone())),
            ("same", json!({ "type": "array", "items": texts })),
            ("leaf", json!({ "type": "array", "items": reference("when") })),
            ("abbreviates", yes.clone()),
            ("ignores_case", yes.clone()),
            ("ignores_help", yes.clone()),
            ("global_first", yes.clone()),
            ("first_bundles", yes.clone()),
            ("output_last", yes),
        ],
    );
    let shifts = json!({ "anyOf": [reference("shift"), { "type": "array", "items": reference("shift") }] });
    let rule = any_of_keys(
        &read::RULE,
        &[
            ("id", json!({ "type": "string", "pattern": "^[a-z0-9-]+\\.[a-z0-9-]+$" })),
            ("says", text.clone()),
            ("why", text.clone()),
            ("instead", texts.clone()),
            ("effect", json!({ "enum": read::EFFECTS })),
            ("target", json!({ "enum": read::TARGETS })),
            ("severity", json!({ "enum": read::SEVERITIES })),
            ("undo", json!({ "enum": read::UNDOS })),
            ("when", reference("when")),
            ("lower", shifts.clone()),
            ("raise", shifts),
            ("stops", json!({ "type": "array", "items": { "type": "string" }, "minItems": 2 })),
            ("unsure", texts.clone()),
            ("passes", texts.clone()),
            ("words", json!({ "enum": ["fixed"] })),
            ("hits", texts.clone()),
            ("setup", json!({ "type": "object" })),
        ],
    );
    let options = any_of_keys(
        &["value", "flag", "optional"],
        &[("value", texts.clone()), ("flag", texts.clone()), ("optional", texts.clone())],
    );
    let facts: Vec<&str> = FACTS.iter().map(|(name, _)| *name).collect();
    let shift = any_of_keys(
        &["when", "by", "to"],
        &[
            ("when", json!({ "enum": facts })),
            ("by", json!({ "type": "integer", "minimum": 1 })),
            ("to", json!({ "enum": read::SEVERITIES })),
        ],
    );
    let conditions_list = json!({ "type": "array", "items": reference("when"), "minItems": 1 });
    let when = any_of_keys(
        &conditions::KEYS,
        &[
            ("verb", texts.clone()),
            ("command", texts.clone()),
            ("has", texts.clone()),
            ("has_any", texts.clone()),
            ("without", texts),
            ("count_over", json!({ "type": "integer", "minimum": 0 })),
            ("remote", json!({ "type": "boolean" })),
            ("stdin_from", json!({ "enum": ["remote"] })),
            ("any", conditions_list.clone()),
            ("all", conditions_list),
            ("not", reference("when")),
        ],
    );
    pretty(&json!({
        "$schema": DRAFT,
        "title": "guarded-sh: a rule pack",
        "type": "object",
        "additionalProperties": false,
        "required": ["tool"],
        "properties": {
            "tool": closed(tool, &["name", "about"]),
            "grammar": closed(grammar_keys, &[]),
            "rule": { "type": "array", "items": closed(rule, &["id", "says", "why", "effect", "target", "severity", "when", "stops", "passes"]) },
        },
        "definitions": {
            "options": closed(options, &[]),
            "shift": closed(shift, &["when"]),
            "when": closed(when, &[]),
        },
    }))
}
