use super::*;

fn told(text: &str) -> String {
    String::from_utf8_lossy(&lowered(text.as_bytes(), &Settings::default())).into_owned()
}

/// However many blanks stand between words.
fn bare(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").replace(" ;", ";").replace(" \n", "\n")
}

#[test]
fn what_zsh_alone_has_is_told_in_bashs_words() {
    let wrong: Vec<String> = CASES
        .iter()
        .filter(|(zsh, bash)| bare(&told(zsh)) != bare(bash))
        .map(|(zsh, bash)| format!("{zsh}\n  told:   {}\n  wanted: {bash}", told(zsh)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CASES: &[(&str, &str)] = &[
    ("ls -l", "ls -l"),
    ("echo 'a b' \"c d\" e\\ f", "echo 'a b' \"c d\" e\\ f"),
    ("rm $x", "rm \"${x[@]}\""),
    ("rm \"$x/y\"", "rm \"${x[*]}/y\""),
    ("rm ${x:-/a}", "rm \"${x:-/a}\""),
    ("rm ${(f)$(c1 a)}", "rm \"$guarded_any\"$(c1 a)"),
    ("rm $x[1] $y:h", "rm \"$guarded_any\" \"$guarded_any\""),
    ("rm $=x", "rm ${x}"),
    ("x=(a $y)", "x=(a \"${y[@]}\")"),
    ("ls **/*.rs(.om[1,5])", "ls **/*.rs"),
    ("rm /x(N)", "rm /x"),
    ("ls *(e:'rm /x':)", "ls *$(rm /x)"),
    ("ls (a|b).c", "ls @(a|b).c"),
    ("ls f<1-9>", "ls f*"),
    ("=rm a =ls", "rm a /usr/bin/ls"),
    ("vi =(c1)", "vi <(c1)"),
    ("noglob rm a", " rm a"),
    ("a & b &! c", "a & b & c"),
    ("a >! f 2>>| g", "a >| f 2>> g"),
    ("echo a # b; c1", "echo a \\# b; c1"),
    ("repeat 3 c1 a", "for guarded_i in 3; do c1 a; done"),
    ("repeat 2 { c1 }", "for guarded_i in 2; do  c1 ; done"),
    ("repeat 2; do c1; done", "for guarded_i in 2; do  c1;  done"),
    ("for x in a b; { c1 $x }", "for x in  a b;  do  c1 \"${x[@]}\" ; done"),
    ("for x in a b; do c1; done", "for x in  a b;  do  c1;  done"),
    ("for x (a b) c1 $x; c2", "for x in a b; do c1 \"${x[@]}\"; done; c2"),
    ("for x in *; c1 $x", "for x in  *;  do c1 \"${x[@]}\"; done"),
    ("foreach x (a b); c1; end", "for x in a b; do  c1;  done"),
    ("if [[ -n a ]] { c1 } else { c2 }", "if  [[ -n a ]] ; then  c1 ; else  c2 ; fi"),
    ("if [[ -n a ]] c1; c2", "if  [[ -n a ]] ; then c1; fi; c2"),
    ("if c1; then c2; elif c3; then c4; else c5; fi", "if  c1;  then  c2;  elif  c3;  then  c4;  else  c5;  fi"),
    ("while (( 1 )) { c1 }", "while  (( 1 )) ; do  c1 ; done"),
    ("{ c1 } always { c2 }", "{  c1 ; } ; {  c2 ; }"),
    ("{ c1 a }", "{  c1 a ; }"),
    ("f() c1 a", "f() { c1 a; }"),
    ("function f { c1 }", "f() {  c1 ; }"),
    ("f () { c1 $1 }", "f() {  c1 \"${1}\" ; }"),
    ("() { c1 $1 } a", "guarded_anonymous() {  c1 \"${1}\" ; }\nguarded_anonymous  a"),
    ("case $x in (a|b) c1 ;; c*) c2 ;| esac", "case \"${x[@]}\" in  (a|b)  c1 ;; (c*)  c2 ;;&  esac"),
    ("[[ $x == (a|b)* ]] && c1", "[[ \"${x[@]}\" == \"$guarded_any\" ]] && c1"),
    ("cat <<E\n$x (a\nE\nc1", "cat <<E\n$x (a\nE\nc1"),
    ("echo $(c1 $x)", "echo $(c1 \"${x[@]}\")"),
    ("(c1; c2) | c3", "(c1; c2) | c3"),
    ("print -P '%F{red}x'", "print -P '%F{red}x'"),
    ("a=1 c1", "a=1 c1"),
    ("(( x++ ))", "(( x++ ))"),
    ("echo $((1 + 2)) $# $?", "echo $((1 + 2)) $# $?"),
];

#[test]
fn what_aliases_and_options_change_is_followed() {
    let mut settings = Settings { extended_glob: true, comments: true, ..Settings::default() };
    settings.globals.insert(b"G".to_vec(), b"| grep".to_vec());
    settings.suffixes.insert(b"log".to_vec(), b"less".to_vec());
    let told = |text: &str| String::from_utf8_lossy(&lowered(text.as_bytes(), &settings)).into_owned();
    assert_eq!(told("c1 G a"), "c1 | grep a");
    assert_eq!(told("a.log"), "less ./a.log");
    assert_eq!(told("rm ^keep *.c~a.c"), "rm * *.c");
    assert_eq!(told("c1 # not this"), "c1 ");
    let settings = Settings { splits: true, ..Settings::default() };
    assert_eq!(lowered(b"rm $x ${x}", &settings), b"rm ${x[@]} ${x[@]}");
}

#[test]
fn any_bytes_end_in_text() {
    for text in ["}", ")", "${", "$(", "'", "for", "case x in", "f() ", "[[ a", "(((", "a=(", "<<", "x(", "{ } }"] {
        let _ = told(text);
    }
}
