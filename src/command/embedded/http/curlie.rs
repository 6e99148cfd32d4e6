//! curlie: curl's options, and the method and items of httpie behind them.

use super::{Draft, Inputs, curl, httpie, operands};
use crate::command::options::split;
use crate::command::words::{Value, Word};

/// What curlie would send: what curl would with its words.
pub fn drafts(arguments: &[Word], inputs: &Inputs<'_>) -> Vec<Draft> {
    let split = split(arguments, &curl::TABLE);
    let (found, _) = operands(arguments, &split);
    let mut own: Vec<(usize, &Word)> = found;
    let method = match own.first() {
        Some((_, word)) if own.len() > 1 && httpie::is_method(word) => Some(own.remove(0)),
        Some(_) | None => None,
    };
    let items: Vec<(usize, &Word)> = own.split_off(own.len().min(1));
    let taken = |at: usize| items.iter().chain(&method).any(|(one, _)| *one == at);
    let mut words: Vec<Word> =
        arguments.iter().enumerate().filter(|(at, _)| !taken(*at)).map(|(_, word)| word.clone()).collect();
    if let Some((_, method)) = method {
        words.extend([Word::known("-X"), method.clone()]);
    }
    let items: Vec<&Word> = items.into_iter().map(|(_, word)| word).collect();
    let body = httpie::made_of(&items, false, inputs);
    if body != Value::known("") {
        words.extend([Word::known("-d"), Word { value: body, ..Word::known("") }]);
    }
    curl::drafts(&words, inputs)
}
