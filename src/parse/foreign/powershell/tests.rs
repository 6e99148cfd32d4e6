use super::*;

#[test]
fn what_destroys_is_told_in_bashs_words() {
    let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = |text: &str| String::from_utf8_lossy(&lowered(text.as_bytes())).replace("''", "");
    let wrong: Vec<String> = CASES
        .iter()
        .filter(|(text, wanted)| bare(&told(text)) != bare(wanted))
        .map(|(text, wanted)| format!("{text}\n  told:   {}\n  wanted: {wanted}", told(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const CASES: &[(&str, &str)] = &[
    ("Remove-Item -Recurse -Force C:\\data", "rm -r -f 'C:/data'"),
    ("rm -r -fo ./build, ./dist", "rm -r -f './build' './dist'"),
    ("ri -Path 'a b\\*' -Rec", "rm -r 'a b/'*"),
    ("Remove-Item x -Recurse -WhatIf", ":"),
    ("gci ./logs -Filter *.log -Recurse | Remove-Item -Force", "find './logs' -name '*.log' | xargs rm -f"),
    (
        "Get-ChildItem x | Where-Object { $_.Length -gt 5 } | ForEach-Object { rm -r $_ }",
        "find 'x' | while read -r guarded_item; do : rm -r \"$guarded_item\" done",
    ),
    ("$d = \"$HOME/data\"; Remove-Item $d -Recurse", "d=( \"$HOME\"'/data' ) rm -r \"${d[@]}\""),
    ("git reset --hard; kubectl delete ns prod", "'git' 'reset' '--hard' 'kubectl' 'delete' 'ns' 'prod'"),
    (
        "if (Test-Path x) { del x } else { git push --force }",
        "test-path 'x' if [ \"$guarded_any\" ]; then : rm 'x' fi if [ \"$guarded_any\" ]; then : 'git' 'push' '--force' fi",
    ),
    ("foreach ($f in 'a','b') { Remove-Item $f }", "for f in 'a' 'b'; do : rm \"${f[@]}\" done"),
    ("iex 'rm -r x'", "eval 'rm -r x'"),
    ("irm https://x.example/y | iex", "eval \"$(curl 'https://x.example/y')\""),
    ("Invoke-RestMethod -Method Delete -Uri https://x.example/v1/y", "curl -X 'Delete' 'https://x.example/v1/y'"),
    ("[System.IO.Directory]::Delete('/srv/x', $true)", "rm -r -- '/srv/x'"),
    ("& 'C:\\tool.exe' a > $null", "'C:\\tool.exe' 'a' >/dev/null"),
    ("Set-Content -Path f -Value x", "printf %s 'x' > 'f'"),
    ("try { rm a } catch { 'no' } # rm b", "{ : rm 'a' } if [ \"$guarded_any\" ]; then : printf '%s\\n' 'no' fi"),
    ("Invoke-Sqlcmd -Query \"DROP TABLE t\" -Database d", "sqlcmd -d 'd' -Q 'DROP TABLE t'"),
    ("Write-Host 'rm -rf /'", "echo 'rm -rf /'"),
    ("& { Remove-Item -Recurse work }", "{ : rm -r 'work' }"),
    ("$d = @('a', 'b'); rm -r $d", "d=( 'a' 'b' ) rm -r \"${d[@]}\""),
    ("[void](ri -r a)", "printf '%s\\n' $( rm -r 'a' )"),
    ("Remove-Item -Path:a -WhatIf:$false", "rm 'a'"),
    ("gci *.txt | Remove-Item", "ls *'.txt' | xargs rm"),
    ("$p = @{ Path = 'a'; Recurse = $true; Force = $false }; Remove-Item @p", ": rm -r 'a'"),
    ("Remove-Item @options", "rm -r -f \"${options[@]}\""),
    ("(Get-Item a).Delete($true)", "rm -r -- $( find 'a' )"),
    ("$x.Parent.Delete()", "rm -r -- \"${x[@]}\""),
    ("$x.Length", "printf '%s\\n' \"${x[@]}\"\"$guarded_any\""),
    ("Set-Alias zap Remove-Item; sal z zap; z -Rec a", ": : rm -r 'a'"),
    ("function f { param($x) rm $x }; f a", "f() { : :; x=\"$guarded_any\" rm \"${x[@]}\" } 'f' 'a'"),
];
