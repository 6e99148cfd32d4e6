//! Programs that start other programs: where the inner command is, and what changes on the way.

use bstr::{BString, ByteSlice};

use super::options::{Split, Style, Table, split};
use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Secret, Value, Word};
use super::wrapper_table::{Changes, Inner, WRAPPERS, Wrapper};
use super::{Change, Via, environment, follow, git, images, packages, parameters, rc_files, secrets, xargs};

/// Walks what a wrapper starts. False where the tool is no wrapper (or starts nothing this time).
pub(super) fn unwrap(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) -> bool {
    environment::carried(walker, tool, call, scope);
    rc_files::read(walker, tool, call, scope);
    let mut found = super::languages::inline(walker, tool, call, scope);
    found |= git::run(walker, tool, call, scope);
    git::unmade::run(walker, tool, call, scope);
    for wrapper in WRAPPERS.iter().filter(|wrapper| wrapper.names.iter().any(|name| name.as_bytes() == tool.as_slice()))
    {
        if let Some(after) = after_verb(wrapper, call) {
            found |= open(walker, tool, wrapper, after, call, scope);
            if !wrapper.verb.is_empty() {
                break;
            }
        }
    }
    found
}

pub(super) fn is_wrapper(tool: &[u8]) -> bool {
    WRAPPERS.iter().any(|wrapper| wrapper.names.iter().any(|name| name.as_bytes() == tool))
}

/// The words behind the verb; all but the name where the wrapper has none.
fn after_verb<'c>(wrapper: &Wrapper, call: &'c Call) -> Option<&'c [Word]> {
    let words = call.words.get(1..)?;
    if wrapper.verb.is_empty() {
        return Some(words);
    }
    let table = Table {
        style: Style::Gnu,
        value: wrapper.value,
        flag: wrapper.flag,
        optional: wrapper.optional,
        stop_at_operand: true,
    };
    wrapper.verb.iter().find_map(|verb| {
        let mut rest = words;
        for part in verb.split(' ') {
            let skipped = if part.starts_with('-') { 0 } else { split(rest, &table).end };
            rest = rest.get(skipped..)?;
            let (first, after) = rest.split_first()?;
            if first.text() != Some(part.as_bytes()) {
                return None;
            }
            rest = after;
        }
        Some(rest)
    })
}

fn open(
    walker: &mut Walker<'_>,
    tool: &BString,
    wrapper: &Wrapper,
    words: &[Word],
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let table = Table {
        style: Style::Gnu,
        value: wrapper.value,
        flag: wrapper.flag,
        optional: wrapper.optional,
        stop_at_operand: true,
    };
    let paired = without_pairs(words, wrapper.pair);
    let words = paired.as_deref().unwrap_or(words);
    let mut options = split(words, &table);
    // Tools that take options after operands (tar, rsync, su) carry their commands there too.
    if wrapper.inner.iter().any(|inner| matches!(inner, Inner::Option(_) | Inner::Prefixed(..) | Inner::Parameter(..)))
        && !wrapper
            .inner
            .iter()
            .any(|inner| matches!(inner, Inner::Words(_) | Inner::Package | Inner::Like(_) | Inner::Text(_)))
    {
        options = split(words, &Table { stop_at_operand: false, ..table });
        options.end = words.len();
    }
    let mut operands = words.get(options.end..).unwrap_or_default();
    let mut call = call.clone();
    let is_env = wrapper.names.contains(&"env");
    // `env - cmd` is an old spelling of `env -i cmd`.
    let dash = is_env && operands.first().is_some_and(|word| word.text() == Some(b"-"));
    operands = &operands[usize::from(dash)..];
    if wrapper.assigns {
        while let Some((name, value)) = operands.first().and_then(assignment) {
            call.assignments.push((name, value));
            operands = &operands[1..];
        }
    }
    if matches!(wrapper.changes, Changes::Host(_) | Changes::Container(_)) {
        call.input = walker.opened_here(call.input, scope);
    }
    walker.via.push(Via { name: tool.clone(), change: change(wrapper.changes, &options, operands) });
    let mut elsewhere = scope.clone();
    let bare = is_env && (dash || options.has("-i") || options.has("--ignore-environment"));
    if bare {
        let path = elsewhere.value(b"PATH");
        elsewhere.clear_environment();
        if let Some(path) = path {
            elsewhere.assign(b"PATH", path);
        }
    }
    let inside = match wrapper.changes {
        Changes::Host(_) | Changes::Container(_) => {
            elsewhere.leave_this_machine();
            &mut elsewhere
        }
        Changes::Nothing if bare => &mut elsewhere,
        Changes::Nothing | Changes::User(_) | Changes::Later => scope,
    };
    let mut found = false;
    for inner in wrapper.inner {
        // What ssh's options start runs here, not there.
        let opened = open_one(walker, *inner, words, &options, &table, operands, &call, inside);
        found |= opened;
        if opened && !matches!(inner, Inner::Option(_) | Inner::Prefixed(..) | Inner::Parameter(..)) {
            break;
        }
    }
    walker.via.pop();
    found
}

/// The words without the options that take two values.
fn without_pairs(words: &[Word], pair: &[&str]) -> Option<Vec<Word>> {
    let takes_two = |word: &Word| word.text().is_some_and(|text| pair.iter().any(|name| name.as_bytes() == text));
    if !words.iter().any(takes_two) {
        return None;
    }
    let mut kept = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word.text() == Some(b"--") {
            kept.push(word.clone());
            kept.extend(rest.by_ref().cloned());
        } else if takes_two(word) {
            rest.nth(1);
        } else {
            kept.push(word.clone());
        }
    }
    Some(kept)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one command line")]
fn open_one(
    walker: &mut Walker<'_>,
    inner: Inner,
    words: &[Word],
    options: &Split,
    table: &Table<'_, &str>,
    operands: &[Word],
    call: &Call,
    scope: &mut Scope,
) -> bool {
    match inner {
        Inner::StdinAt(index) if operands.len() <= index => false,
        Inner::Words(skip) => {
            let Some(rest) = behind(operands, skip, table) else { return false };
            // `flock FILE -c TEXT`, `script FILE -c TEXT`: an option after the operands carries shell text.
            if skip > 0 && rest.len() == 2 && rest[0].text() == Some(b"-c") {
                let mut inner = scope.clone();
                follow::text(walker, rest[1].value.clone(), "-c", call, &mut inner);
                scope.files = inner.files;
                return true;
            }
            start(walker, call.with(rest.to_vec()), scope)
        }
        Inner::Package => {
            let Some(rest) = behind(operands, 0, table) else { return false };
            start(walker, call.with(packages::as_program(rest)), scope)
        }
        Inner::Like(words) => {
            let Some(rest) = behind(operands, 0, table) else { return false };
            let words = words.iter().map(|word| Word::known(*word)).chain(rest.iter().cloned()).collect();
            start(walker, call.with(words), scope)
        }
        Inner::Image(option) => {
            let Some((first, rest)) = operands.split_first() else { return false };
            // Behind the name of what is started.
            let later = split(if option.is_empty() { &[] } else { rest }, table);
            let image = if option.is_empty() { Some(first) } else { later.value_of(option) };
            let given = options.value_of("--entrypoint").and_then(Word::text);
            let known = || image.and_then(Word::text).and_then(images::tool).map(str::as_bytes);
            let Some(tool) = given.or_else(known).filter(|tool| !tool.is_empty()) else { return false };
            let arguments = rest.get(later.end..).unwrap_or_default().iter().cloned();
            start(walker, call.with([Word::known(tool)].into_iter().chain(arguments).collect()), scope)
        }
        Inner::Text(skip) => {
            let Some(rest) = behind(operands, skip, table) else { return false };
            let dash = usize::from(skip > 0 && rest.len() == 2 && rest[0].text() == Some(b"-c"));
            let mut inner = scope.clone();
            follow::text(walker, follow::joined(&rest[dash..]), "its words", call, &mut inner);
            scope.files = inner.files;
            true
        }
        Inner::Shell => {
            let words = [Word::known("bash")].into_iter().chain(operands.iter().cloned()).collect();
            !operands.is_empty() && start(walker, call.with(words), scope)
        }
        Inner::Option(names) => texts(walker, names, "", options, call, scope),
        Inner::Prefixed(names, prefix) => texts(walker, names, prefix, options, call, scope),
        Inner::Parameter(names, key) => parameters::follow(walker, names, key, options, call, scope),
        Inner::Stdin | Inner::StdinAt(_) => {
            let given = matches!(call.input, Input::Text(_) | Input::File(_));
            if given {
                let mut inner = scope.clone();
                follow::from_input(walker, call, &mut inner);
            }
            given
        }
        Inner::Until(markers) => until(walker, markers, words, call, scope),
        Inner::Dashed(flags) => {
            let flag = words.iter().position(|word| is_among(word, flags));
            let dashes = words.iter().position(|word| word.text() == Some(b"--"));
            let inner = flag.and_then(|flag| words.get(dashes.unwrap_or(flag) + 1..)).unwrap_or_default();
            !inner.is_empty() && start(walker, call.with(inner.to_vec()), scope)
        }
        Inner::Arguments => xargs::arguments(walker, options, operands, call, scope),
        Inner::Parallel => xargs::parallel(walker, options, operands, call, scope),
    }
}

/// The words behind the first operands. Tools that name a place first (`kubectl exec POD -n NS -- cmd`) take options after
/// it too, and `--` before the command.
fn behind<'w>(operands: &'w [Word], skip: usize, table: &Table<'_, &str>) -> Option<&'w [Word]> {
    let rest = operands.get(skip..)?;
    if skip == 0 {
        let dashes = usize::from(rest.first().is_some_and(|word| word.text() == Some(b"--")));
        return rest.get(dashes..).filter(|rest| !rest.is_empty());
    }
    let text = rest.len() == 2 && rest[0].text() == Some(b"-c");
    let end = if text { 0 } else { split(rest, table).end };
    rest.get(end..).filter(|rest| !rest.is_empty())
}

pub(super) fn start(walker: &mut Walker<'_>, call: Call, scope: &mut Scope) -> bool {
    let mut inner = scope.clone();
    // Functions, aliases and builtins are the shell's: a wrapper starts programs.
    inner.functions.clear();
    walker.deeper(|walker| match call.words.first().and_then(Word::text).map(BString::from) {
        // Systems have a program of this name that starts the builtin.
        Some(name) if name != "command" => walker.program(&name, call, &mut inner),
        Some(_) | None => walker.run(call, &mut inner),
    });
    scope.files = inner.files;
    scope.created = inner.created;
    true
}

fn texts(
    walker: &mut Walker<'_>,
    names: &[&str],
    prefix: &str,
    options: &Split,
    call: &Call,
    scope: &mut Scope,
) -> bool {
    let mut found = false;
    for given in options.given.iter().filter(|given| names.iter().any(|name| given.name == name.as_bytes())) {
        let Some(value) = &given.value else { continue };
        let text = match &value.value {
            Value::Known(text) => match text.find(prefix.as_bytes()) {
                Some(at) => Value::known(within_quote(prefix, &text[at + prefix.len()..])),
                None => continue,
            },
            other if prefix.is_empty() => other.clone(),
            Value::OneOf(_) | Value::Unknown(_) => continue,
        };
        let mut inner = scope.clone();
        follow::text(walker, text, "an option's value", call, &mut inner);
        found = true;
    }
    found
}

/// A text whose prefix opened a quote ends with it; a key at its end is no part of it.
fn within_quote<'t>(prefix: &str, text: &'t [u8]) -> &'t [u8] {
    let text = text.strip_suffix(b"<CR>").or_else(|| text.strip_suffix(b"<cr>")).unwrap_or(text);
    match prefix.as_bytes().last() {
        Some(quote @ (b'"' | b'\'')) => text.rfind_byte(*quote).map_or(text, |end| &text[..end]),
        Some(_) | None => text,
    }
}

fn is_among(word: &Word, markers: &[&str]) -> bool {
    word.text().is_some_and(|text| markers.iter().any(|marker| marker.as_bytes() == text))
}

/// `find … -exec cmd {} \;`: each placeholder is something below where the search starts.
fn until(walker: &mut Walker<'_>, markers: &[&str], words: &[Word], call: &Call, scope: &mut Scope) -> bool {
    let mut found = false;
    let mut at = 0;
    while let Some(offset) = words[at..].iter().position(|word| is_among(word, markers)) {
        let begin = at + offset + 1;
        let end = words[begin..]
            .iter()
            .position(|word| matches!(word.text(), Some(b";" | b"+")))
            .map_or(words.len(), |end| begin + end);
        let hit = searched(&words[..begin - 1]);
        let inner: Vec<Word> = words[begin..end].iter().map(|word| replaced(word, b"{}", &hit)).collect();
        // fd appends the path where no placeholder says where.
        if !inner.is_empty() {
            found |= start(walker, call.with(inner), scope);
        }
        at = end.min(words.len());
    }
    found
}

/// What a search finds: everything below its roots where nothing filters, else something unknown.
pub(super) fn searched(words: &[Word]) -> Value {
    let filters = words.iter().any(|word| {
        word.text().is_none_or(|text| {
            text.starts_with(b"-")
                && !matches!(
                    text,
                    b"-type"
                        | b"-print"
                        | b"-depth"
                        | b"-maxdepth"
                        | b"-mindepth"
                        | b"-xdev"
                        | b"-mount"
                        | b"-L"
                        | b"-H"
                        | b"-P"
                        | b"-print0"
                )
        })
    });
    let roots: Vec<&Word> = words
        .iter()
        .take_while(|word| word.text().is_none_or(|text| !text.starts_with(b"-") && text != b"!" && text != b"("))
        .collect();
    if let Some(secret) = sought(words, &roots).filter(|_| filters) {
        return Value::of_secret(secret);
    }
    let root = if roots.is_empty() { Some(&b"."[..]) } else { roots[0].text() };
    match root {
        Some(root) if !filters => {
            let mut everything = BString::from(root.trim_end_with(|c| c == '/'));
            everything.extend_from_slice(b"/*");
            Value::Known(everything)
        }
        Some(_) | None => Value::unknown(Cause::Input),
    }
}

/// The secrets that a search is for: by the names that it asks for, or by where it begins.
fn sought(words: &[Word], roots: &[&Word]) -> Option<Secret> {
    let named = |pair: &[Word]| {
        let asks = matches!(pair[0].text(), Some(b"-name" | b"-iname" | b"-path" | b"-ipath" | b"-wholename"));
        pair[1].text().filter(|_| asks).map(BString::from)
    };
    let from = roots.iter().filter_map(|root| root.text().map(BString::from));
    let what = words.windows(2).filter_map(named).chain(from).find(|path| secrets::private(path))?;
    Some(Secret { what, whole: true })
}

/// The word with its placeholder replaced.
pub(super) fn replaced(word: &Word, placeholder: &[u8], by: &Value) -> Word {
    let Some(text) = word.text().filter(|text| text.find(placeholder).is_some()) else { return word.clone() };
    let mut value = Value::known("");
    for (index, piece) in text.split_str(placeholder).enumerate() {
        if index > 0 {
            value = value.then(by.clone());
        }
        value = value.then(Value::known(piece));
    }
    if let Some(pattern) = value.pattern() {
        return Word { value: Value::Known(pattern), glob: true, written: word.written.clone() };
    }
    let glob = matches!(&value, Value::Known(text) if text.ends_with(b"/*"));
    Word { value, glob, written: word.written.clone() }
}

fn assignment(word: &Word) -> Option<(BString, Value)> {
    let start = word.value.starts_with();
    let equals = start.find_byte(b'=')?;
    // env and sudo take any name, also those that export functions (`BASH_FUNC_x%%`).
    if equals == 0 || start[..equals].contains(&b'/') {
        return None;
    }
    Some((start[..equals].into(), word.value.behind(equals + 1)))
}

fn change(changes: Changes, options: &Split, operands: &[Word]) -> Change {
    let operand = |index: usize| operands.get(index).map_or_else(|| Value::known(""), |word| word.value.clone());
    match changes {
        Changes::Nothing => Change::None,
        Changes::User(option) => {
            Change::User(options.value_of(option).map_or_else(|| Value::known("root"), |word| word.value.clone()))
        }
        Changes::Host(index) => Change::Host(operand(index)),
        Changes::Container(index) => Change::Container(operand(index)),
        Changes::Later => Change::Later,
    }
}
