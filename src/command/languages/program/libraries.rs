//! Calls of libraries whose names tell what they do: by a table of whole names, and by rules where the names of methods
//! are made from those of verbs.

use bstr::{BString, ByteSlice};

use super::super::calls::{Caller, option_name};
use super::super::functions::{DEEDS, Deed, ROOTS, Runs};
use super::super::item::{Given, Item};
use super::calling::Passed;
use super::evaluate::Evaluator;
use super::things::{Thing, unknown_text};
use crate::command::words::Value;
use crate::packs::glob;

impl Evaluator<'_> {
    pub fn by_library(&mut self, name: &BString, passed: &Passed) {
        let last: BString = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default().into();
        if is_program(name) {
            for given in self.given(passed) {
                let words = std::iter::once(Value::Known(last.clone())).chain(given.items.iter().map(Item::value));
                self.run(words.collect());
            }
        } else if let Some(kind) = kubernetes(name, &last) {
            for given in self.given(passed) {
                self.deletes_objects(&kind, &given);
            }
        } else if let Some((service, verb)) = amazon(name, &last) {
            for given in self.given(passed) {
                self.asks_amazon(&service, &verb, &given);
            }
        } else if let Some(deed) = DEEDS.iter().find(|one| glob::matches(one.name.as_bytes(), name)) {
            for given in self.given(passed) {
                if deed.only.is_none_or(|only| given.on(only) || names(&given, only)) {
                    self.does(deed, &last, &given);
                }
            }
        }
    }

    fn does(&mut self, deed: &Deed, method: &BString, given: &Given) {
        let known = |words: &[&str]| words.iter().map(|word| partly(word)).collect::<Vec<_>>();
        let first = || given.first().map_or_else(|| unknown_text(None), Item::value);
        match deed.runs {
            Runs::Words(words) => self.run(known(words)),
            Runs::Command(words) => self.run([known(words), vec![first()]].concat()),
            Runs::DeleteAt(address) => self.run(known(&["curl", "-X", "DELETE", address])),
            Runs::Request(host) => {
                if let Some((verb, path)) = given.first().and_then(Item::text).and_then(|text| text.split_once_str(" "))
                {
                    let address = Value::known([host.as_bytes(), path].concat());
                    self.run([known(&["curl", "-X"]), vec![Value::known(verb), address]].concat());
                }
            }
            Runs::Sql => {
                let all: Vec<Item> = given.items.iter().take(1).cloned().collect();
                self.sql(&all);
            }
            Runs::Statement(text) => self.sql(&[Item::known(text)]),
            Runs::Git => {
                let verb = Value::known(method.replace("_", "-"));
                self.run([known(&["git"]), vec![verb], git_words(given)].concat());
            }
            Runs::GitFlags(words) => self.run([known(&["git"]), known(words), git_words(given)].concat()),
        }
    }

    fn deletes_objects(&mut self, kind: &[u8], given: &Given) {
        let all = kind.strip_prefix(b"collection_");
        let kind = all.unwrap_or(kind);
        let kind = kind.strip_prefix(b"namespaced_").unwrap_or(kind).replace("_", "");
        let mut words: Vec<Value> = ["kubectl", "delete"].into_iter().map(Value::known).collect();
        words.push(Value::known(kind));
        words.push(match (all, given.first().or_else(|| given.option("name"))) {
            (Some(_), _) => Value::known("--all"),
            (None, Some(name)) => name.value(),
            (None, None) => unknown_text(None),
        });
        self.run(words);
    }

    /// `{ DBInstanceIdentifier: "x" }` as `--db-instance-identifier x`.
    fn asks_amazon(&mut self, service: &[u8], verb: &[u8], given: &Given) {
        let mut words = vec![Value::known("aws"), Value::known(service), Value::known(verb)];
        if let Some(Item::Map(pairs)) = given.first() {
            for (name, item) in pairs {
                words.push(Value::Known(option_name(name)));
                match item {
                    Item::Name(flag) if flag == "True" => {}
                    item => words.push(item.json_or_text()),
                }
            }
        }
        self.run(words);
    }
}

/// A word of the table: `…` at its end is what only the program knows.
fn partly(word: &str) -> Value {
    match word.strip_suffix('…') {
        Some(start) => Value::known(start).then(unknown_text(None)),
        None => Value::known(word),
    }
}

/// Libraries whose functions are programs: `sh.git(…)`.
fn is_program(name: &[u8]) -> bool {
    let programs: [&[u8]; 3] = [b"sh.", b"plumbum.cmd.", b"shelljs."];
    programs
        .iter()
        .any(|prefix| name.strip_prefix(*prefix).is_some_and(|rest| !rest.contains(&b'.') && !rest.contains(&b'(')))
}

/// `kubernetes.client.CoreV1Api().delete_namespace`, JavaScript's `k8s.deleteNamespacedPod`: the kind of the objects.
fn kubernetes(name: &[u8], method: &[u8]) -> Option<Vec<u8>> {
    if let Some(kind) = method.strip_prefix(b"delete_") {
        let known = kind.starts_with(b"namespaced_") || kind == b"namespace" || kind.starts_with(b"persistent_volume");
        return (known || name.starts_with(b"kubernetes.")).then(|| kind.to_vec());
    }
    let kind = method.strip_prefix(b"delete")?;
    let kind = match kind.strip_prefix(b"CollectionNamespaced") {
        Some(kind) => [b"collection_", kind].concat(),
        None => kind
            .strip_prefix(b"Namespaced")
            .filter(|rest| !rest.is_empty())
            .or_else(|| {
                let known = kind == b"Namespace" || kind == b"PersistentVolume" || name.starts_with(b"@kubernetes/");
                known.then_some(kind)
            })?
            .to_vec(),
    };
    Some(kind.to_ascii_lowercase())
}

/// `@aws-sdk/client-rds.DeleteDBInstanceCommand` and `aws-sdk.RDS().deleteDBInstance`: the service, and the verb as the
/// command line spells it.
fn amazon(name: &[u8], method: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (service, verb) = if let Some(rest) = name.strip_prefix(b"@aws-sdk/client-") {
        (rest.split(|byte| *byte == b'.').next()?.to_vec(), method.strip_suffix(b"Command")?)
    } else {
        let rest = name.strip_prefix(b"aws-sdk.")?;
        (rest.split_once_str("()")?.0.to_ascii_lowercase(), method)
    };
    let service = if service == b"s3" { b"s3api".to_vec() } else { service };
    let verb = option_name(verb);
    (!verb.is_empty()).then(|| (service, verb.trim_start_with(|byte| byte == '-').to_vec()))
}

/// One of the arguments is a name that ends so (`pygit2.GIT_RESET_HARD`).
fn names(given: &Given, end: &str) -> bool {
    given.items.iter().any(|item| matches!(item, Item::Name(name) if name.ends_with(end.as_bytes())))
}

/// Arguments of a call of git: texts, lists of them, `force=True`, `{ "--force": null }`.
fn git_words(given: &Given) -> Vec<Value> {
    let mut words = Vec::new();
    for item in &given.items {
        match item {
            Item::List(items) => words.extend(items.iter().map(Item::value)),
            Item::Map(pairs) => pairs.iter().for_each(|(name, item)| flag(name, item, &mut words)),
            // simple-git's modes: `clean("f")`, `reset("hard")`, `ResetMode.HARD`.
            Item::Name(name) => match name.rsplit(|byte| *byte == b'.').next() {
                Some(mode @ (b"HARD" | b"FORCE" | b"RECURSIVE")) if mode == b"HARD" => {
                    words.push(Value::known("--hard"));
                }
                Some(b"FORCE") => words.push(Value::known("-f")),
                Some(b"True" | b"False" | b"None") => {}
                Some(_) | None => words.push(item.value()),
            },
            Item::Text(Value::Known(text)) if text == "hard" => words.push(Value::known("--hard")),
            Item::Text(Value::Known(text)) if text == "f" || text == "fd" || text == "fdx" || text == "fx" => {
                words.push(Value::known([b"-", text.as_slice()].concat()));
            }
            Item::Text(_) | Item::Client(_) | Item::Unknown => words.push(item.value()),
        }
    }
    given.named.iter().for_each(|(name, item)| flag(name, item, &mut words));
    words
}

fn flag(name: &BString, item: &Item, words: &mut Vec<Value>) {
    // `{ "--force": null }` is a flag of simple-git's, `force=None` none of GitPython's.
    let written = name.starts_with(b"-");
    if matches!(item, Item::Name(off) if off == "False" || off == "None" && !written) {
        return;
    }
    let dashes: &[u8] = match name.len() {
        _ if written => b"",
        1 => b"-",
        _ => b"--",
    };
    words.push(Value::known([dashes, &name.replace("_", "-")].concat()));
    match item {
        Item::Name(on) if on == "True" || on == "None" => {}
        item => words.push(item.value()),
    }
}

/// What a list of such a library holds: a thing of the library, which its name is carried along for.
pub(super) fn element_of(list: &Thing) -> Option<Thing> {
    match list {
        Thing::Name(name) if ROOTS.iter().any(|root| name.starts_with(root.as_bytes())) => {
            Some(Thing::Name([name.as_slice(), b"[]"].concat().into()))
        }
        _ => None,
    }
}
