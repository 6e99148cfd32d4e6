//! `kubectl delete -f x.yaml`, `kubectl replace --force -f -`: the objects that the manifests name are deleted, each as
//! if it stood on the command line.

use bstr::{BString, ByteSlice};

use super::super::options::{Style, Table, split};
use super::super::scope::Scope;
use super::super::simple::Call;
use super::super::walk::Walker;
use super::super::words::{Value, Word};
use super::words as run_words;
use super::yaml::{Yaml, read};

/// Objects of one command.
const OBJECTS: usize = 200;

#[rustfmt::skip]
const TABLE: Table<'static, &str> = Table {
    style: Style::Unabridged,
    value: &["-f", "--filename", "-k", "--kustomize", "-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "-s", "--server", "--token", "--as", "-l", "--selector", "--field-selector", "-o", "--output", "--timeout", "--grace-period", "--wait", "--cascade"],
    flag: &["-R", "--recursive", "--force", "--now", "--all", "-A", "--all-namespaces", "--ignore-not-found", "-i", "--interactive"],
    optional: &["--dry-run"],
    stop_at_operand: false,
};

/// Options that say where.
const PLACES: &[&str] =
    &["-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "-s", "--server", "--as"];

pub(super) fn run(walker: &mut Walker<'_>, call: &Call, scope: &mut Scope) {
    let words = call.words.get(1..).unwrap_or_default();
    let options = split(words, &TABLE);
    let verb = options.operands.first().and_then(|at| words.get(*at)).and_then(Word::text);
    let deletes = verb == Some(b"delete") || verb == Some(b"replace") && options.has("--force");
    let dry = options.given.iter().any(|given| {
        given.name == "--dry-run" && given.value.as_ref().is_none_or(|value| value.text() != Some(b"none"))
    });
    if !deletes || dry {
        return;
    }
    let option = |names: [&str; 2]| {
        let given = options.given.iter().filter(move |given| names.iter().any(|name| given.name == *name));
        given.filter_map(|given| given.value.as_ref()?.text().map(BString::from)).collect::<Vec<_>>()
    };
    let mut objects = Vec::new();
    for path in option(["-f", "--filename"]).iter().flat_map(|list| list.split_str(",").map(BString::from)) {
        let text = match path.as_slice() {
            b"-" => walker.input_value(&call.input, scope),
            _ => walker.file(&path, scope).and_then(Result::ok),
        };
        if let Some(Value::Known(text)) = text {
            named(&text, &path, &mut objects);
        }
    }
    for folder in option(["-k", "--kustomize"]) {
        kustomized(walker, &folder, scope, 0, &mut objects);
    }
    // A list that is long says its first ones.
    objects.truncate(OBJECTS);
    // Which cluster and which namespace it is stays.
    let mut head: Vec<Word> = call.words.first().cloned().into_iter().collect();
    for given in options.given.iter().filter(|given| PLACES.iter().any(|place| given.name == *place)) {
        head.push(Word::known(given.name.clone()));
        head.extend(given.value.clone());
    }
    for (file, number, kind, name, namespace) in objects {
        let mut line = head.clone();
        line.extend([Word::known("delete"), Word::known(kind), Word::known(name)]);
        if let Some(namespace) = namespace {
            line.extend([Word::known("-n"), Word::known(namespace)]);
        }
        run_words(walker, line, (&file, number), call, scope);
    }
}

type Object = (BString, usize, BString, BString, Option<BString>);

fn named(text: &[u8], file: &BString, objects: &mut Vec<Object>) {
    for document in read(text) {
        object(&document, file, objects);
    }
}

fn object(document: &Yaml, file: &BString, objects: &mut Vec<Object>) {
    if let Some(items) = document.get("items") {
        for item in items.items() {
            object(item, file, objects);
        }
        return;
    }
    let text = |yaml: Option<&Yaml>| yaml.and_then(Yaml::text).cloned();
    let metadata = document.get("metadata");
    let field = |key: &str| text(metadata.and_then(|metadata| metadata.get(key)));
    if let (Some(kind), Some(name)) = (text(document.get("kind")), field("name")) {
        let kind = kind.to_ascii_lowercase().into();
        objects.push((file.clone(), document.line, kind, name, field("namespace")));
    }
}

/// The resources of a kustomization, and those of the folders that it names.
fn kustomized(walker: &mut Walker<'_>, folder: &BString, scope: &Scope, depth: usize, objects: &mut Vec<Object>) {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let Some(found) = super::file_in(walker, &names, folder, scope).filter(|_| depth < 5) else { return };
    let Some(root) = read(&found.text).into_iter().next() else { return };
    let lists = ["resources", "bases", "components"].iter().filter_map(|key| root.get(key)).flat_map(Yaml::items);
    for entry in lists.filter_map(Yaml::text).filter(|entry| entry.find("://").is_none()).take(OBJECTS) {
        let path = BString::from([folder.as_slice(), b"/", entry].concat());
        match walker.file(&path, scope) {
            Some(Ok(Value::Known(text))) => named(&text, &path, objects),
            Some(Ok(_) | Err(_)) | None => kustomized(walker, &path, scope, depth + 1, objects),
        }
    }
}
