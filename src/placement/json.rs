//! Settings files of agents: values put into a JSON text, and taken out of it again. Comments, order and indentation of
//! all else stay. Pure: text in, text out.

use jsonc_parser::cst::{CstArray, CstContainerNode, CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};
use jsonc_parser::{ParseOptions, errors::ParseError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing to be there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Keys from the root.
    pub path: Vec<String>,
    pub put: Put,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Put {
    /// The value of the last key.
    Value(Value),
    /// An element of the array under the last key; others may stand beside it.
    Element(Value),
}

/// Why a text can't take an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Byte offset.
    pub at: usize,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    NotText,
    Syntax(String),
    /// Something else stands where we would write.
    Taken {
        key: String,
    },
    /// A key on the way has a value that holds no others.
    NoContainer {
        key: String,
        wanted: &'static str,
    },
    Twice {
        key: String,
    },
    /// The text could not be changed without changing something else too.
    Unfaithful,
}

const BOM: &str = "\u{feff}";

const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Puts each edit in and says which of them changed something. `serves`: a value that is there already does what ours
/// would.
pub fn put(text: &[u8], edits: &[Edit], serves: &dyn Fn(&Value) -> bool) -> Result<(Vec<u8>, Vec<Edit>), Wrong> {
    let (bom, root) = parsed(text)?;
    let before = root.to_serde_value().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let mut wanted = before.clone();
    let mut made = Vec::new();
    for edit in edits {
        if put_one(&root, edit, serves)? {
            put_into(&mut wanted, edit);
            made.push(edit.clone());
        }
    }
    if made.is_empty() {
        return Ok((text.to_vec(), made));
    }
    Ok((faithful(bom, &root, &wanted)?, made))
}

/// Takes out what is still as we put it. A container that is left empty goes too, unless `was_there` says that it is not
/// ours.
pub fn take(text: &[u8], edits: &[Edit], was_there: &dyn Fn(&[String]) -> bool) -> Result<Vec<u8>, Wrong> {
    let (bom, root) = parsed(text)?;
    let mut wanted = root.to_serde_value().unwrap_or(Value::Null);
    let mut changed = false;
    for edit in edits {
        if let Some(kept) = take_one(&root, edit, was_there) {
            take_from(&mut wanted, edit, kept);
            changed = true;
        }
    }
    if changed { faithful(bom, &root, &wanted) } else { Ok(text.to_vec()) }
}

/// Whether all of an edit is in the text.
#[must_use]
pub fn holds(text: &[u8], edit: &Edit, serves: &dyn Fn(&Value) -> bool) -> bool {
    put(text, std::slice::from_ref(edit), serves).is_ok_and(|(_, made)| made.is_empty())
}

/// The value under some keys.
#[must_use]
pub fn value(text: &[u8], path: &[String]) -> Option<Value> {
    let (_, root) = parsed(text).ok()?;
    path.iter().try_fold(root.to_serde_value()?, |value, key| value.get(key).cloned())
}

fn parsed(text: &[u8]) -> Result<(&'static str, CstRootNode), Wrong> {
    let not_text = |error: std::str::Utf8Error| Wrong { at: error.valid_up_to(), fault: Fault::NotText };
    let text = std::str::from_utf8(text).map_err(not_text)?;
    let (bom, rest) = text.strip_prefix(BOM).map_or(("", text), |rest| (BOM, rest));
    let syntax = |error: ParseError| Wrong {
        at: bom.len() + error.range().start,
        fault: Fault::Syntax(error.kind().to_string()),
    };
    let root = CstRootNode::parse(rest, &OPTIONS).map_err(syntax)?;
    if root.value().is_some_and(|value| value.as_object().is_none()) {
        let fault = Fault::NoContainer { key: "the whole".to_owned(), wanted: "object" };
        return Err(Wrong { at: bom.len(), fault });
    }
    Ok((bom, root))
}

/// The new text, which must mean what is wanted and nothing else.
fn faithful(bom: &str, root: &CstRootNode, wanted: &Value) -> Result<Vec<u8>, Wrong> {
    let text = format!("{bom}{root}");
    let unfaithful = Wrong { at: 0, fault: Fault::Unfaithful };
    let (_, again) = parsed(text.as_bytes()).map_err(|_| unfaithful.clone())?;
    let means = again.to_serde_value().unwrap_or(Value::Null);
    if means == *wanted { Ok(text.into_bytes()) } else { Err(unfaithful) }
}

fn put_one(root: &CstRootNode, edit: &Edit, serves: &dyn Fn(&Value) -> bool) -> Result<bool, Wrong> {
    let Some((last, above)) = edit.path.split_last() else { return Ok(false) };
    let mut object = root.object_value_or_set();
    for key in above {
        object = match only(root, &object, key)? {
            None => object.append(key, CstInputValue::Object(Vec::new())).object_value_or_set(),
            Some(found) => found.object_value().ok_or_else(|| no_container(root, &found, key, "object"))?,
        };
    }
    let found = only(root, &object, last)?;
    match &edit.put {
        Put::Value(value) => {
            let Some(found) = found else {
                object.append(last, input(value));
                return Ok(true);
            };
            match found.value().and_then(|there| there.to_serde_value()) {
                Some(there) if there == *value || serves(&there) => Ok(false),
                _ => {
                    let key = edit.path.join(".");
                    Err(Wrong { at: offset(root, &found), fault: Fault::Taken { key } })
                }
            }
        }
        Put::Element(value) => {
            let array = match &found {
                None => object.append(last, CstInputValue::Array(Vec::new())).array_value_or_set(),
                Some(found) => found.array_value().ok_or_else(|| no_container(root, found, last, "array"))?,
            };
            let there = element(&array, value).is_some();
            if !there {
                array.append(input(value));
            }
            Ok(!there)
        }
    }
}

fn no_container(root: &CstRootNode, found: &CstObjectProp, key: &str, wanted: &'static str) -> Wrong {
    Wrong { at: offset(root, found), fault: Fault::NoContainer { key: key.to_owned(), wanted } }
}

/// Readers differ in which of two counts.
fn only(root: &CstRootNode, object: &CstObject, key: &str) -> Result<Option<CstObjectProp>, Wrong> {
    let named = |one: &CstObjectProp| one.decoded_name().is_some_and(|name| name == key);
    let mut found = object.properties().into_iter().filter(named);
    let first = found.next();
    match found.next() {
        Some(second) => Err(Wrong { at: offset(root, &second), fault: Fault::Twice { key: key.to_owned() } }),
        None => Ok(first),
    }
}

fn element(array: &CstArray, value: &Value) -> Option<CstNode> {
    array.elements().into_iter().find(|one| one.to_serde_value().as_ref() == Some(value))
}

/// How many keys of the path are still there; `None` where there was nothing of ours.
fn take_one(root: &CstRootNode, edit: &Edit, was_there: &dyn Fn(&[String]) -> bool) -> Option<usize> {
    let mut object = root.object_value()?;
    let (last, above) = edit.path.split_last()?;
    let mut way = Vec::new();
    for key in above {
        let found = object.get(key)?;
        object = found.object_value()?;
        way.push(found);
    }
    let found = object.get(last)?;
    match &edit.put {
        Put::Value(value) => {
            found.value()?.to_serde_value().filter(|there| there == value)?;
            found.remove();
        }
        Put::Element(value) => {
            element(&found.array_value()?, value)?.remove();
            way.push(found);
        }
    }
    while let Some(container) = way.last() {
        let is_hollow = container.value().is_some_and(|value| is_hollow(&value));
        if !is_hollow || edit.path.get(..way.len()).is_none_or(was_there) {
            break;
        }
        way.pop()?.remove();
    }
    Some(way.len())
}

/// Neither a value nor a comment inside.
fn is_hollow(node: &CstNode) -> bool {
    let CstNode::Container(container) = node else { return false };
    matches!(container, CstContainerNode::Object(_) | CstContainerNode::Array(_))
        && container.children().iter().all(|child| child.is_token() || child.is_whitespace() || child.is_newline())
}

/// Where a property begins in the text.
fn offset(root: &CstRootNode, property: &CstObjectProp) -> usize {
    fn before(node: &CstNode, wanted: &CstObjectProp, so_far: &mut usize) -> bool {
        let CstNode::Container(container) = node else {
            *so_far += node.to_string().len();
            return false;
        };
        if let CstContainerNode::ObjectProp(one) = container
            && one.child_index() == wanted.child_index()
            && same_parent(one, wanted)
        {
            return true;
        }
        container.children().iter().any(|child| before(child, wanted, so_far))
    }
    let mut so_far = 0;
    root.children().iter().any(|child| before(child, property, &mut so_far));
    so_far
}

fn same_parent(one: &CstObjectProp, other: &CstObjectProp) -> bool {
    let way = |property: &CstObjectProp| property.ancestors().map(|node| node.child_index()).collect::<Vec<_>>();
    way(one) == way(other)
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(yes) => CstInputValue::Bool(*yes),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(entries) => {
            CstInputValue::Object(entries.iter().map(|(key, value)| (key.clone(), input(value))).collect())
        }
    }
}

/// The same on what the text means.
fn put_into(value: &mut Value, edit: &Edit) {
    let Some((last, above)) = edit.path.split_last() else { return };
    let mut here = value;
    for key in above {
        let Some(entries) = here.as_object_mut() else { return };
        here = entries.entry(key.clone()).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    let Some(entries) = here.as_object_mut() else { return };
    match &edit.put {
        Put::Value(put) => {
            entries.insert(last.clone(), put.clone());
        }
        Put::Element(put) => {
            let array = entries.entry(last.clone()).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(array) = array.as_array_mut() {
                array.push(put.clone());
            }
        }
    }
}

fn take_from(value: &mut Value, edit: &Edit, kept: usize) {
    let mut here = value;
    for key in edit.path.iter().take(kept) {
        let Some(next) = here.get_mut(key) else { return };
        here = next;
    }
    match (edit.path.get(kept), &edit.put, here) {
        (Some(key), _, Value::Object(entries)) => {
            entries.remove(key);
        }
        (None, Put::Element(ours), Value::Array(items)) => {
            if let Some(at) = items.iter().position(|one| one == ours) {
                items.remove(at);
            }
        }
        _ => {}
    }
}
