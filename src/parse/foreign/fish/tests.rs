use super::*;

fn told(text: &str) -> String {
    String::from_utf8_lossy(&lowered(text.as_bytes())).into_owned()
}

/// However many blanks stand between words.
fn bare(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").replace(" ;", ";").replace(" \n", "\n")
}

#[test]
fn what_fish_alone_has_is_told_in_bashs_words() {
    let wrong: Vec<String> = CASES
        .iter()
        .filter(|(fish, bash)| bare(&told(fish)) != bare(bash))
        .map(|(fish, bash)| format!("{fish}\n  told:   {}\n  wanted: {bash}", told(fish)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CASES: &[(&str, &str)] = &[
    ("ls -l", "ls -l"),
    ("c1; c2", "c1\nc2"),
    ("c1 && c2 || c3", "c1 && c2 || c3"),
    ("c1; and c2; or c3", "c1 && c2 || c3"),
    ("not c1", "! c1"),
    ("c1 & c2", "c1 &\nc2"),
    ("c1 | c2 2>| c3 &| c4", "c1 | c2 2>&1 | c3 2>&1 | c4"),
    ("c1 > f 2>&1 >> g <h &> i", "c1 >f 2>&1 >>g <h &>i"),
    ("rm (c1 a)", "rm $(c1 a)"),
    ("rm $x \"$x/y\" $x[1] $x[2..3]", "rm \"${x[@]}\" \"${x[*]}/y\" \"${x[0]}\" \"${x[@]}\""),
    ("rm $$x", "rm \"$guarded_any\""),
    ("echo 'a\\'b' \"c\\\"\\$d\" e\\ f", "echo 'a'\\''b' \"c\\\"\\$d\" e' 'f"),
    ("\\x72m -rf a", "'r'm -rf a"),
    ("begin; c1; end", "{ c1\n}"),
    ("begin; c1; end | c2 > f", "{ c1\n} | c2 >f"),
    ("if c1; c2; else if c3; c4; else; c5; end", "if c1\nthen c2\nelif c3\nthen c4\nelse c5\nfi"),
    ("if c1; and c2; c3; end", "if c1 && c2\nthen c3\nfi"),
    ("while c1; c2; end", "while c1\ndo c2\ndone"),
    ("for x in a b; c1 $x; end", "for x in a b; do c1 \"${x[@]}\"\ndone"),
    ("switch $x; case 'a*' b; c1; case '*'; c2; end", "case \"$guarded_any\" in (\"1\") c1\n;; (\"2\") c2\n;; esac"),
    ("function f -a x; c1 $x; end", "f() { local x=\"${1}\"\nc1 \"${x[@]}\"\n}"),
    ("function f --wraps ls -d 'a b'; c1 $argv $argv[2]; end", "f() { c1 \"$@\" \"${2}\"\n}"),
    ("set d ~; rm -rf $d", "d=~\nrm -rf \"${d[@]}\""),
    ("set -gx A b", "export A=b"),
    ("set x a b", "x=( a b )"),
    ("set -a x c", "x+=( c )"),
    ("set -p x c", "x=( c \"${x[@]}\" )"),
    ("set -gx PATH /a $PATH", "export PATH=/a:\"${PATH[@]}\""),
    ("set -e x", "unset x"),
    ("set -q x; or c1", ": x || c1"),
    ("set x (c1)", "x=( $(c1) )"),
    ("set x[1] a", "read -r x; : a"),
    ("A=1 c1", "A=1 c1"),
    ("alias g 'rm -rf'", "alias g='rm -rf'"),
    ("c1 # c2", "c1 "),
    ("c1 a#b", "c1 a'#'b"),
    ("c1 | source", "eval \"$(c1)\""),
    ("source a.fish", "fish a.fish"),
    ("echo $status", "echo \"${?}\""),
    ("ls **.rs {a,b}.c", "ls **.rs {a,b}.c"),
    ("if true; end", "if true\nthen :\nfi"),
    ("echo \"a $(c1 b) c\"", "echo \"a $(c1 b) c\""),
];

#[test]
fn what_is_not_understood_is_not_taken_for_something_else() {
    for text in [
        "end", "begin", "for", "if", "c1 (", "c1 '", "c1 \"", "}", "switch", "set", "function", "c1 ) c2", "$(",
        "c1 \\",
    ] {
        assert!(told(text).starts_with(") ") || ["set", "}"].contains(&text), "{text}: {}", told(text));
    }
}
