//! Makes a failing script smaller: leaves out runs of lines, then words, for as long as it still fails.

use super::grammar::Script;

/// Scripts that are tried for one that failed.
const TRIED: usize = 150;

/// `failing` gives the first of the tried scripts that still fails.
pub fn smallest(script: &Script, failing: impl Fn(&[Script]) -> Option<usize>) -> Script {
    let lines = script.text().split('\n').map(str::to_owned).collect();
    let mut best = Script { statements: lines, ..script.clone() };
    if best.startup.is_some() {
        let tried = [Script { startup: None, ..best.clone() }];
        if failing(&tried).is_some() {
            best.startup = None;
        }
    }
    let mut separator = '\n';
    let mut budget = TRIED;
    loop {
        let parts: Vec<String> = best.text().split(separator).map(str::to_owned).collect();
        let mut tried = Vec::new();
        for length in [parts.len() / 2, parts.len() / 4, 3, 2, 1] {
            for start in 0..parts.len() {
                if length > 0 && start + length <= parts.len() && length < parts.len() {
                    let kept: Vec<&str> =
                        parts[..start].iter().chain(&parts[start + length..]).map(String::as_str).collect();
                    tried.push(Script { statements: vec![kept.join(&separator.to_string())], ..best.clone() });
                }
            }
        }
        let found = tried.chunks(12).find_map(|some| {
            budget = budget.saturating_sub(some.len());
            if budget == 0 { None } else { failing(some).map(|at| some[at].clone()) }
        });
        match found {
            Some(smaller) => best = smaller,
            None if separator == '\n' && budget > 0 => separator = ' ',
            None => return best,
        }
    }
}
