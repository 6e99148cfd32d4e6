//! What the quick reader reads, and what it leaves.

use super::line;
use crate::parse::second::marks::in_order;

/// The words of the line, those that name a program in brackets.
fn words(text: &str) -> Option<String> {
    let line = line(text.as_bytes(), 0)?;
    let marks = in_order(line.marks, text.as_bytes());
    let shown = marks.iter().map(|mark| {
        let word = String::from_utf8_lossy(mark.span.of(text.as_bytes())).into_owned();
        if mark.command.is_some() { format!("[{word}]") } else { word }
    });
    Some(shown.collect::<Vec<_>>().join(" "))
}

#[test]
fn plain_text_is_read_as_it_runs() {
    for (text, expected) in [
        (
            "c1 a-b 'c $(d)' \"$e f\" >g 2>&1 | c2 --x=$y; c3 && c4 &",
            "[c1] a-b 'c $(d)' \"$e f\" g 1 [c2] --x=$y [c3] [c4]",
        ),
        ("a=1 b=2 c1 c=3", "a=1 b=2 [c1] c=3"),
        ("if c1; then c2; elif ! c3; then { c4; }; else c5; fi > f", "[c1] [c2] [c3] [c4] [c5] f"),
        ("while read x; do c1 $x; done < f", "[read] x [c1] $x f"),
        ("for x in a 'b c'\ndo c1\ndone", "a 'b c' [c1]"),
        ("f() { c1; }; function g { c2; }; f", "[c1] [c2] [f]"),
        ("( c1; c2 ) | c3", "[c1] [c2] [c3]"),
        ("c1 $(c2 \"$(c3 a)\") b", "[c1] $(c2 \"$(c3 a)\") [c2] \"$(c3 a)\" [c3] a b"),
        ("[ -n $x ] && [[ $(c1) == a && ! ( b < c ) ]]", "[[] [c1]"),
        ("case $x in a|b) c1 ;; (*) c2;; esac", "[c1] [c2]"),
        ("c1 <<'A' >f && c2\n$(c3)\nA\nc4", "[c1] f [c2]"),
        ("c1 \\\n  a # c2\nc3", "[c1] a"),
        ("c1 ${x:-a b} $((1+x)) \\* \"\\\"\"", "[c1] ${x:-a b} $((1+x)) \\* \"\\\"\""),
        ("> if c1", "if [c1]"),
        ("((a<(b+1))) && c1 $(( (a) ))", "[c1] $(( (a) ))"),
        ("for ((i = 0; i < 3; i++)); do c1; done", "[c1]"),
        ("a=(b 'c d' # e\n$(c2)) b+=() c1 c", "a=(b 'c d' # e\n$(c2)) [c2] b+=() [c1] c"),
        ("declare -a a=(b c) d", "[declare] -a a=(b c) d"),
        ("c1 <<A\n\\$x `c2 a`\nA", "[c1] [c2] a"),
        ("c1 `c2 a; c3` \"b `c4`\"", "[c1] `c2 a; c3` [c2] a [c3] \"b `c4`\" [c4]"),
        ("c1 <<A\n$(c2\n\"b\")'\nA\nc3", "[c1] [c2] [\"b\"]"),
        ("c1 $'a\\'b' c", "[c1] $'a\\'b' c"),
        ("c1 $\"a $(c2)\"", "[c1] $\"a $(c2)\" [c2]"),
        ("c1 ${x:-$(c2 \"}\")} ${y~} d", "[c1] ${x:-$(c2 \"}\")} [c2] \"}\" ${y~} d"),
        ("c1 $((1+$(c2))) b", "[c1] $((1+$(c2))) [c2] b"),
        ("c1 |\n\nc2", "[c1] [c2]"),
    ] {
        assert_eq!(words(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn what_has_more_than_one_reading_is_left_to_the_other_reader() {
    for text in [
        "c1 'a",
        "c1 \"$(c2\"",
        "c1 <<A\nb",
        "((a) || c1)",
        "a=([b]=c)",
        "a=(b)c",
        "c1 a=(b",
        "c1 <<A\n`c2\nA\n`",
        "c1 <<A\nb\\\nA\nA",
        "c1 <<A\n${x-\"b\"}\nA",
        "c1 `c2 \\`c3\\``",
        "c1 \"`c2 \"a\"`\"",
        "c1 \"${x#'a}\"",
        "c1 ${x-<(c2)}",
        "c1 $'a",
        "c1 <<$A\n$A",
        "c1 a\r",
        "c1 @(a|b)",
        "a[1]=2",
        "time c1",
        "coproc c1",
        "select x in a; do c1; done",
        "[[ a =~ (b) ]]",
        "c1 <(c2)",
        "if c1; then c2; done",
        "c1; }",
        "c1 \u{e9}",
        "f() c1 (",
        "{ c1; } c2",
        "c1 <<A $(c2\n)\nA",
        "c1 &&",
    ] {
        assert_eq!(words(text), None, "{text}");
    }
}
