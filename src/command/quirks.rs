//! Words that bash reads in two ways, one for what is quoted and one for what closes: what becomes of them is not known.

use bstr::ByteSlice;

use super::arithmetic;

use crate::parse::syntax::{Index, Operation, Parameter, Part, Word};

/// Inside quotes, quotes end them again: what a backslash is there is not followed.
pub(super) fn turns(word: &Word) -> bool {
    let turned = |part: &Part| match part {
        Part::Quoted(text) => text.contains(&b'\\'),
        // A list there is split, as it would be without quotes.
        Part::Parameter(parameter) => {
            matches!(parameter.name.as_slice(), b"@" | b"*")
                || matches!(parameter.index, Some(Index::Each | Index::Joined))
        }
        _ => false,
    };
    word.parts.iter().any(|part| matches!(part, Part::Double(inner) if inner.iter().any(turned))) || runs_together(word)
}

/// `"$x"abc`: without the quotes between them it is another name.
fn runs_together(word: &Word) -> bool {
    let end = |part: &Part| matches!(part, Part::Parameter(parameter) if parameter.bare);
    let open = |part: &Part| match part {
        Part::Double(inner) => inner.last().is_some_and(end),
        other => end(other),
    };
    let goes_on = |part: &Part| match part {
        Part::Double(inner) => inner.first().is_some_and(begins_a_name),
        other => begins_a_name(other),
    };
    word.parts.windows(2).any(|pair| matches!(pair, [one, next] if open(one) && goes_on(next)))
}

fn begins_a_name(part: &Part) -> bool {
    match part {
        Part::Quoted(text) | Part::Literal(text) => {
            text.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'['))
        }
        _ => false,
    }
}

/// `"${x-"{a,b}"}"`, `${x-a{b}c{d,e}`: braces in the word of an expansion, where what is quoted and what closes for the
/// braces is not what it is for the expansion.
pub(super) fn braces_in_operand(part: &Part, alone: bool, source: &[u8]) -> bool {
    fn braced(part: &Part) -> bool {
        match part {
            Part::Literal(text) | Part::Quoted(text) => text.contains(&b'{'),
            Part::Double(inner) => inner.iter().any(braced),
            _ => false,
        }
    }
    // Behind quotes inside quotes also those of a substitution, which is text to the braces.
    let opens = |text: &[u8]| (0..text.len()).any(|at| text[at] == b'{' && (at == 0 || text[at - 1] != b'$'));
    let turned = |part: &Part| match part {
        Part::Parameter(parameter) => parameter.operand().is_some_and(|word| {
            word.parts.iter().any(|part| matches!(part, Part::Double(_)))
                && (!alone || word.parts.iter().any(braced) || opens(word.span.of(source)))
        }),
        _ => false,
    };
    match part {
        Part::Parameter(parameter) => !alone && parameter.operand().is_some_and(|word| word.parts.iter().any(braced)),
        Part::Double(inner) => inner.iter().any(turned),
        _ => false,
    }
}

/// `"${x+"a'"}'{a,b}"`: with quotes inside quotes, braces that are quoted stand outside of all quotes for those who
/// expand braces, and go by one quote after the other.
pub(super) fn braces_by_quotes(word: &Word, source: &[u8]) -> bool {
    let quoted_operand = |part: &Part| match part {
        Part::Parameter(parameter) => {
            parameter.operand().is_some_and(|word| word.parts.iter().any(|part| matches!(part, Part::Double(_))))
        }
        _ => false,
    };
    let nests = |part: &Part| matches!(part, Part::Double(inner) if inner.iter().any(quoted_operand));
    if !word.parts.iter().any(nests) {
        return false;
    }
    let (mut quote, mut before) = (None, 0);
    let mut bytes = word.span.of(source).iter();
    while let Some(&byte) = bytes.next() {
        match (quote, byte) {
            (None | Some(b'"'), b'\\') => drop(bytes.next()),
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'{') if before != b'$' => return true,
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        before = byte;
    }
    false
}

/// The variables that words in these parts give a value (`${x:=a}`, `$((x++))`).
pub(super) fn assigned_in(parts: &[Part]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    for part in parts {
        match part {
            Part::Double(inner) => names.extend(assigned_in(inner)),
            Part::Parameter(parameter) => {
                if matches!(parameter.operation, Some(Operation::Assign { .. })) {
                    names.push(parameter.name.clone());
                }
                names.extend(words(parameter).flat_map(|word| assigned_in(&word.parts)));
            }
            Part::Arithmetic(inner) => names.extend(arithmetic::names(inner).into_iter().map(Into::into)),
            _ => {}
        }
    }
    names
}

/// `$x$`, `$x$\q`: a dollar that begins nothing keeps what stands beside it from being split, or does not.
pub(super) fn bare_dollar(word: &Word) -> bool {
    let bare = |part: &Part| matches!(part, Part::Literal(text) if text.contains(&b'$'));
    let expands = |part: &Part| matches!(part, Part::Parameter(_) | Part::Command(_));
    word.parts.iter().any(bare) && word.parts.iter().any(expands)
}

/// `{a}\{a,b}`: which brace closes which bash sees otherwise where some are quoted.
pub(super) fn quoted_braces(word: &Word) -> bool {
    let has = |byte: u8| move |part: &Part| matches!(part, Part::Literal(text) if text.contains(&byte));
    let quoted = |part: &Part| matches!(part, Part::Quoted(text) if text.find_byteset(b"{}").is_some());
    word.parts.iter().any(quoted) && word.parts.iter().any(has(b'{')) && word.parts.iter().any(has(b','))
}

/// `"$@"$x` in dash: what stands behind the list is split by other rules than the rest.
pub(super) fn splits_behind_a_list(word: &Word) -> bool {
    let expands = |part: &Part| matches!(part, Part::Parameter(_) | Part::Command(_));
    let behind = |parts: &[Part]| parts.first().is_some_and(lists) && parts.iter().skip(1).any(expands);
    let within = |part: &Part| matches!(part, Part::Parameter(parameter) if parameter.operand().is_some_and(splits_behind_a_list));
    // `${x:="$@"}`: its elements are joined for the variable, and are a list all the same.
    let joined = |part: &Part| match part {
        Part::Parameter(parameter) => {
            matches!(parameter.operation, Some(Operation::Assign { .. }))
                && parameter.operand().is_some_and(|word| word.parts.iter().any(lists))
        }
        _ => false,
    };
    (0..word.parts.len()).any(|from| behind(&word.parts[from..]))
        || word.parts.iter().any(|part| within(part) || joined(part))
}

/// `"$@"`, and the like of an array.
pub(super) fn lists(part: &Part) -> bool {
    matches!(part, Part::Double(inner) if inner.iter().any(is_list))
}

/// `$@`, `$*` and the like of an array.
pub(super) fn spreads(part: &Part) -> bool {
    match part {
        Part::Double(inner) => inner.iter().any(spreads),
        Part::Parameter(one) => matches!(one.name.as_slice(), b"@" | b"*") || one.index.is_some(),
        _ => false,
    }
}

fn is_list(part: &Part) -> bool {
    matches!(part, Part::Parameter(one) if one.name == b"@" || one.index == Some(Index::Each))
}

/// `${x/a/$( … )}` in a here-document of a command substitution: bash 5.2 does not find where it ends.
pub(super) fn substitutes_in_a_change(parts: &[Part]) -> bool {
    fn substitutes(part: &Part) -> bool {
        match part {
            Part::Command(_) | Part::Process { .. } => true,
            Part::Double(inner) => inner.iter().any(substitutes),
            Part::Parameter(parameter) => words(parameter).any(|word| word.parts.iter().any(substitutes)),
            _ => false,
        }
    }
    parts.iter().any(|part| match part {
        Part::Double(inner) => substitutes_in_a_change(inner),
        Part::Parameter(parameter) if parameter.operand().is_none() => substitutes(part),
        Part::Parameter(parameter) => words(parameter).any(|word| substitutes_in_a_change(&word.parts)),
        _ => false,
    })
}

fn words(parameter: &Parameter) -> impl Iterator<Item = &Word> {
    parameter.operation.iter().flat_map(Operation::words)
}

/// `${x-~${y-a}b}` in dash: with a tilde before it, what is left out is not found to end.
pub(super) fn tilde_before_operation(parameter: &Parameter) -> bool {
    let turned = |word: &Word| match word.parts.as_slice() {
        [Part::Literal(text), Part::Parameter(inner), ..] => text.starts_with(b"~") && inner.operation.is_some(),
        _ => false,
    };
    parameter.operand().is_some_and(turned)
}

/// `a=~root$1x=~`: bash takes all up to the second tilde for the name of a user.
pub(super) fn tilde_runs_on(parts: &[Part]) -> bool {
    let opens =
        |text: &[u8]| text.find_byte(b'=').is_some_and(|at| text[at + 1..].starts_with(b"~")) && !text.contains(&b'/');
    let again = |part: &Part| matches!(part, Part::Literal(text) if text.contains_str("=~"));
    matches!(parts, [Part::Literal(text), rest @ ..] if opens(text) && rest.iter().any(again))
}

/// `${x-$@}`: how the list comes apart turns on what IFS begins with.
pub(super) fn bare_list(word: &Word) -> bool {
    word.parts.iter().any(is_list)
}

/// `${x-$"a"}` in a here-document: bash drops more than the dollar.
pub(super) fn translated_in_a_document(parts: &[Part], text: &[u8]) -> bool {
    parts.iter().any(|part| match part {
        Part::Double(inner) => translated_in_a_document(inner, text),
        Part::Parameter(parameter) => words(parameter).any(|word| word.span.of(text).contains_str("$\"")),
        _ => false,
    })
}

/// `~:a`
pub(super) fn colon_after_tilde(text: &[u8]) -> bool {
    text.strip_prefix(b"~").is_some_and(|rest| rest.find_byteset(b"/:").is_some_and(|at| rest[at] == b':'))
}
