//! `declare`, `export`, `local`, `readonly`, `unset`: what becomes of variables and functions.

use bstr::{BString, ByteSlice};

use super::leave::How;
use super::scope::{Attributes, Content, Scope};
use super::simple::is_name;
use super::walk::Walker;
use super::words::{Cause, Value, Word};
use crate::span::Span;

pub(super) fn declare(walker: &mut Walker<'_>, builtin: &BString, words: &[Word], scope: &mut Scope) {
    let (mut letters, mut without): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
    for word in words {
        let Some(text) =
            word.text().or_else(|| word.value.starts_with().contains(&b'=').then(|| word.value.starts_with()))
        else {
            continue;
        };
        if text.starts_with(b"-") {
            letters.extend_from_slice(text);
            continue;
        }
        if let Some(withdrawn) = text.strip_prefix(b"+") {
            without.extend_from_slice(withdrawn);
            continue;
        }
        let (name, value) = match text.find_byte(b'=') {
            None => (text, None),
            Some(equals) => (&text[..equals], Some(word.value.behind(equals + 1))),
        };
        if letters.contains(&b'f') {
            // `export -f name`: functions, not variables.
            scope.shared_functions.insert(name.into());
            continue;
        }
        // It prints them.
        if letters.contains(&b'p') {
            continue;
        }
        let (name, append) = name.strip_suffix(b"+").map_or((name, false), |name| (name, true));
        if !is_name(name) {
            continue;
        }
        if scope.is_readonly(name) && (value.is_some() || scope.in_function()) {
            walker.fail(scope);
            continue;
        }
        let declares = matches!(builtin.as_slice(), b"declare" | b"typeset");
        if declares && letters.contains(&b'g') && scope.pass_over(name) {
            continue;
        }
        if matches!(builtin.as_slice(), b"export" | b"readonly") || declares && !letters.is_empty() {
            scope.outlive(name);
        }
        if *builtin == "local" || (declares && scope.in_function() && !letters.contains(&b'g')) {
            scope.hide(name);
        }
        if letters.contains(&b'n') && *builtin != "export" {
            match value {
                Some(Value::Known(target)) if is_name(&target) => scope.refer(name, target),
                // An element, or what is not known: what goes by either name is not followed.
                Some(value) => {
                    walker.evaluated(&value, Span::default(), scope);
                    let known = value.starts_with();
                    let array = &known[..known.find_byte(b'[').unwrap_or(0)];
                    for name in [name, array].into_iter().filter(|name| is_name(name)) {
                        scope.leave_unfollowed(name);
                    }
                }
                None => {}
            }
            continue;
        }
        let before = scope.attributes(name);
        let mut attributes = before;
        for (letter, flag) in
            [(b'i', &mut attributes.integer), (b'u', &mut attributes.upper), (b'l', &mut attributes.lower)]
        {
            *flag |= letters.contains(&letter);
            *flag &= !without.contains(&letter);
        }
        if letters.contains(&b'u') {
            attributes.lower = false;
        } else if letters.contains(&b'l') {
            attributes.upper = false;
        }
        let value = value.map(|value| if append { super::assign::appended(scope, name, value) } else { value });
        let content = scope.content(name);
        if attributes != before {
            scope.mark(name, attributes);
        }
        if letters.contains(&b'A') && !matches!(content, Content::Keyed(_)) {
            begin_by_name(name, content, scope);
        } else if value.is_none() && content == Content::Unset && attributes == Attributes::default() {
            // Its name is there from now on.
            scope.set(name, Content::Unset);
        } else if let Some(value) = value {
            walker.summed(name, &value, Span::default(), scope);
            scope.assign(name, value);
        }
        if *builtin == "readonly" || letters.contains(&b'r') {
            scope.protect(name);
        }
        if *builtin == "export" || letters.contains(&b'x') {
            scope.export(name, !(*builtin == "export" && letters.contains(&b'n')));
        } else if without.contains(&b'x') {
            scope.export(name, false);
        }
    }
}

/// `declare -A`: a text becomes the array's first element, an array by numbers stays one.
fn begin_by_name(name: &[u8], old: Content, scope: &mut Scope) {
    match old {
        Content::Scalar(value) if scope.perhaps_array(name) || matches!(value, Value::Unknown(_)) => {
            scope.blur(name, Cause::Construct("an array that differs by branch"));
        }
        Content::Scalar(value) => scope.set(name, Content::Keyed([("0".into(), value)].into())),
        Content::Unset => scope.set(name, Content::Keyed([].into())),
        Content::Indexed(_) | Content::Keyed(_) => {}
    }
}

pub(super) fn unset(walker: &mut Walker<'_>, words: &[Word], scope: &mut Scope) {
    let mut flags: &[u8] = b"";
    for (index, word) in words.iter().enumerate() {
        match word.text() {
            Some(text) if text.starts_with(b"-") && index == 0 => flags = text,
            Some(name) if flags.contains(&b'f') => {
                scope.functions.remove(name.as_bstr());
            }
            Some(name) if flags.contains(&b'n') => scope.unset_reference(name),
            Some(name) => {
                if let Some((array, index)) = name.strip_suffix(b"]").and_then(|name| name.split_once_str(b"[")) {
                    unset_element(walker, array, index, scope);
                    continue;
                }
                if !flags.contains(&b'v') && scope.content(name) == Content::Unset {
                    scope.functions.remove(name.as_bstr());
                }
                scope.unset(name);
            }
            None => {}
        }
    }
}

fn perhaps_unset(name: &[u8], scope: &mut Scope) {
    let mut without = scope.clone();
    without.unset(name);
    scope.join(without);
}

/// `unset 'a[1]'`
fn unset_element(walker: &mut Walker<'_>, array: &[u8], index: &[u8], scope: &mut Scope) {
    // `unset 'x[0]'` of what is no array is `unset x`.
    let single = matches!(scope.content(array), Content::Scalar(_) | Content::Unset) && !scope.perhaps_array(array);
    match super::arithmetic::evaluate(index, scope) {
        Some(0) if single => return scope.unset(array),
        // Its name and its attributes may be gone as well.
        None if scope.content(array) == Content::Unset => return perhaps_unset(array, scope),
        Some(_) | None => {}
    }
    let unknown = || Content::Scalar(Value::unknown(Cause::Construct("an unset element")));
    let content = match scope.content(array) {
        Content::Indexed(mut values) => {
            let last = values.keys().next_back().copied().unwrap_or(-1);
            let at = super::arithmetic::evaluate(index, scope).map(|at| if at < 0 { at + (last + 1) } else { at });
            match at.filter(|at| *at >= 0 || index != b"@") {
                Some(at) => {
                    values.remove(&at);
                    Content::Indexed(values)
                }
                None => unknown(),
            }
        }
        Content::Keyed(mut values) if index.find_byteset(b"$`\"'\\@*").is_none() => {
            values.remove(index.as_bstr());
            Content::Keyed(values)
        }
        Content::Unset => return,
        Content::Keyed(_) | Content::Scalar(_) => unknown(),
    };
    if content == unknown() {
        walker.leave(How::Abandon, scope);
        // Of what is perhaps no array its first element is all there is.
        perhaps_unset(array, scope);
        return scope.blur(array, Cause::Construct("an unset element"));
    }
    scope.set(array, content);
}
