//! Words that bash reads in two ways, one for what is quoted and one for what closes: what becomes of them is not known.

use bstr::ByteSlice;

use crate::parse::syntax::{Index, Part, Word};

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
pub(super) fn braces_in_operand(part: &Part, alone: bool) -> bool {
    fn braced(part: &Part) -> bool {
        match part {
            Part::Literal(text) | Part::Quoted(text) => text.contains(&b'{'),
            Part::Double(inner) => inner.iter().any(braced),
            _ => false,
        }
    }
    let turned = |part: &Part| match part {
        Part::Parameter(parameter) => parameter
            .operand()
            .is_some_and(|word| word.parts.iter().any(|part| matches!(part, Part::Double(_)) && braced(part))),
        _ => false,
    };
    match part {
        Part::Parameter(parameter) => !alone && parameter.operand().is_some_and(|word| word.parts.iter().any(braced)),
        Part::Double(inner) => inner.iter().any(turned),
        _ => false,
    }
}

/// `{a}\{a,b}`: which brace closes which bash sees otherwise where some are quoted.
pub(super) fn quoted_braces(word: &Word) -> bool {
    let has = |byte: u8| move |part: &Part| matches!(part, Part::Literal(text) if text.contains(&byte));
    let quoted = |part: &Part| matches!(part, Part::Quoted(text) if text.find_byteset(b"{}").is_some());
    word.parts.iter().any(quoted) && word.parts.iter().any(has(b'{')) && word.parts.iter().any(has(b','))
}

/// `~:a`
pub(super) fn colon_after_tilde(text: &[u8]) -> bool {
    text.strip_prefix(b"~").is_some_and(|rest| rest.find_byteset(b"/:").is_some_and(|at| rest[at] == b':'))
}
