//! What a person reads whose login the guard can't take.

/// After what went wrong.
#[must_use]
pub fn offer(word: &str) -> String {
    format!(
        "This login can't be guarded. Type {word} and Enter to go on in plain bash, which is recorded; anything else ends it.\n"
    )
}

#[must_use]
pub fn plain(recorded: bool) -> String {
    let trail = if recorded { "it stands in the trail (guarded log --kind plain)" } else { "IT COULD NOT BE RECORDED" };
    format!("guarded: THIS IS PLAIN BASH, and nothing in it is judged; {trail}\n  to mend it: guarded doctor\n")
}
