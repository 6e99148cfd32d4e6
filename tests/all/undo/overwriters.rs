//! What each tool that replaces or removes files has destroyed comes back: byte for byte, with modes, dates and attributes.

use super::trees::{listed, same};
use super::yard::Yard;

/// In `t`: files with other modes, old dates and attributes, a link, a file of two names.
const FILES: &str = "mkdir -p t/d/e new/d/e; for f in a b.txt d/c d/e/f; do echo old $f >t/$f; echo new $f >new/$f; done
     echo only here >t/d/only; ln t/a t/second; ln -s a t/link; ln -s d t/way; chmod 640 t/a; chmod 4755 t/d/c; chmod 644 t/d/e/f
     python3 -c 'import os; os.setxattr(\"t/b.txt\", \"user.note\", b\"kept\")' 2>/dev/null || :
     touch -d '2001-02-03 04:05:06.789' t/a t/b.txt t/d/c t/d/e/f; touch -h -d '2002-02-02' t/link";

/// What is run, with the tool that it needs, and what is prepared besides.
const LINES: &[(&str, &str, &str)] = &[
    ("rm", "", "rm -rf t/d t/a t/link"),
    ("rmdir", "mkdir -m 700 t/empty; touch -d 2001-01-01 t/empty", "rmdir t/empty"),
    ("unlink", "", "unlink t/d/c; unlink t/link"),
    ("find", "", "find t -type f -delete"),
    ("mv", "", "mv -f new/a t/a; mv -f new/d/c t/d/"),
    ("mv", "", "mv -f new/a t/link"),
    ("mv", "", "mv -fT new/a t/link"),
    ("cp", "", "cp new/a new/b.txt t/"),
    ("cp", "", "cp new/a t/link"),
    ("cp", "", "cp -r new/. t/"),
    ("cp", "", "cp -rT new t"),
    ("cp", "", "cp -rf --remove-destination new/d t/"),
    ("ln", "", "ln -sf elsewhere t/a"),
    ("ln", "", "ln -sf elsewhere t/link"),
    ("ln", "", "ln -sfn elsewhere t/way"),
    ("ln", "", "ln -f new/a t/d/c"),
    ("install", "", "install -m 755 new/a t/a; install new/d/c t/d"),
    ("install", "", "install new/a t/link"),
    ("tee", "", "echo new | tee t/a t/link >/dev/null"),
    ("sed", "", "sed -i s/old/new/ t/a t/d/c"),
    ("sed", "", "sed -i s/old/new/ t/link"),
    ("perl", "", "perl -pi -e s/old/new/ t/b.txt t/d/c"),
    ("truncate", "", "truncate -s 2 t/a t/d/c"),
    ("dd", "", "dd if=/etc/passwd of=t/b.txt bs=5 count=1 status=none"),
    ("dd", "", "dd if=/etc/passwd of=t/b.txt bs=5 count=1 conv=notrunc status=none"),
    ("bash", "", "echo new >t/a; : >t/d/c; echo new >|t/link"),
    ("sqlite3", "sqlite3 t/db 'create table x(a); insert into x values(1)'", "sqlite3 t/db 'DROP TABLE x'"),
    ("sqlite3", "sqlite3 t/db 'create table x(a); insert into x values(1)'", "sqlite3 t/db 'DELETE FROM x'"),
    ("rsync", "", "rsync -a --delete new/ t/"),
    ("rsync", "", "rsync -a new/ t"),
    ("rsync", "", "rsync -a --inplace new/a new/b.txt t/"),
    ("tar", "tar -C new -cf x.tar .", "tar -xf x.tar -C t"),
    ("tar", "tar -C new -czf x.tgz a d/c d", "cd t && tar xzf ../x.tgz"),
    ("tar", "tar -C new -cf x.tar .", "tar --overwrite -xf x.tar -C t"),
    ("tar", "tar -cf x.tar new", "tar -x --strip-components=1 -f x.tar --directory=t"),
    ("tar", "tar -C new -cf - . >x.tar", "tar -C t -x <x.tar"),
    ("tar", "mkdir n; echo new >n/way; echo new >n/link; tar -C n -cf x.tar way link", "tar -C t -xf x.tar"),
    (
        "tar",
        "n=$(printf 'n%.0s' {1..150}); echo old >t/$n; cp t/$n new; tar -C new -H gnu -cf x.tar $n; tar -C new -H pax -cf y.tar a $n",
        "tar -C t -xf x.tar; tar -C t -xf y.tar",
    ),
    ("xz", "tar -C new -cJf x.txz .", "tar -xJf x.txz -C t"),
    ("unzip", "cd new; python3 -m zipfile -c ../x.zip b.txt d", "unzip -qo x.zip -d t"),
    ("unzip", "mkdir n; cp new/b.txt n; python3 -m zipfile -c x.zip n", "cd t; unzip -qoj ../x"),
];

pub fn is_there(tool: &str) -> bool {
    std::process::Command::new("bash")
        .args(["-c", &format!("type -P {tool}")])
        .output()
        .is_ok_and(|one| one.status.success())
}

fn comes_back(policy: &str) {
    let mut wrong = Vec::new();
    for (tool, more, line) in LINES {
        if !is_there(tool) {
            eprintln!("skipped: no {tool}");
            continue;
        }
        let yard = Yard::new();
        yard.policy(policy);
        yard.bash(FILES);
        yard.bash(more);
        let before = listed(&yard);
        yard.runs(line);
        let after = listed(&yard);
        assert_ne!(before, after, "{line}");
        yard.settled();
        let undone = yard.undo(&["--last"]);
        let now = listed(&yard);
        if !same(&before, &after, &now) {
            let told = String::from_utf8_lossy(&undone.stdout).into_owned() + &String::from_utf8_lossy(&undone.stderr);
            let lost: Vec<_> = before.iter().filter(|(path, about)| now.get(*path) != Some(about)).collect();
            let more: Vec<_> = now.iter().filter(|(path, _)| !before.contains_key(*path)).collect();
            wrong.push(format!("{line}\n{told}{lost:#?}\nnew: {more:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
pub fn what_each_tool_replaces_comes_back() {
    comes_back("supervise = \"off\"");
}

#[test]
pub fn the_same_where_each_exec_is_kept_for() {
    comes_back("supervise = \"always\"");
}
