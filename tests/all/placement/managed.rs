//! `guarded init --managed`: settings of all users, tried with /etc and /usr/local of its own in a namespace of mounts.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::programs::guarded_sh;

/// Runs text as root, where /etc and /usr/local are copies; what it printed. `None`: that can't be had here.
fn apart(text: &str) -> Option<String> {
    if !is_root() {
        eprintln!("skipped: only root sets up all users");
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let whole = format!(
        "mkdir -p {etc} {local}/bin {home} && cp -a /etc/passwd /etc/group {etc}/ && chmod 755 {etc} {local} {local}/bin\n\
         mount --bind {local} /usr/local && mount --bind {etc} /etc || exit 99\n\
         cp {programs}/guarded {programs}/guarded-sh /usr/local/bin/ && chmod 755 /usr/local/bin/*\n\
         HOME={home}; export HOME; G=/usr/local/bin/guarded\n{text}\n",
        etc = path("etc"),
        local = path("local"),
        home = path("home"),
        programs = guarded_sh().parent().expect("a folder").display(),
    );
    let script = folder.path().join("script");
    std::fs::write(&script, whole).expect("a script");
    // Away from whoever runs the tests: who is below an agent places nothing.
    let (said, ended) = (folder.path().join("said"), folder.path().join("ended"));
    let around = "/bin/sh \"$1\" > \"$2\" 2>&1; echo $? > \"$3.new\"; /bin/mv \"$3.new\" \"$3\"";
    let mut command = Command::new("/usr/bin/setsid");
    command.args(["-f", "unshare", "-m", "/bin/sh", "-c", around, "_"]).args([&script, &said, &ended]);
    command.env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().expect("setsid").success());
    let possible = Command::new("unshare").args(["-m", "/bin/true"]).stderr(Stdio::null()).status();
    if !possible.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no namespace of mounts can be had here");
        return None;
    }
    let began = Instant::now();
    while !ended.exists() {
        assert!(began.elapsed() < Duration::from_secs(90), "{:?}", std::fs::read_to_string(&said));
        std::thread::sleep(Duration::from_millis(5));
    }
    if std::fs::read_to_string(&ended).is_ok_and(|code| code.trim() == "99") {
        eprintln!("skipped: nothing can be mounted here: {:?}", std::fs::read_to_string(&said));
        return None;
    }
    Some(std::fs::read_to_string(&said).expect("what it said"))
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|text| text.contains("Uid:\t0\t0"))
}

#[test]
fn settings_of_all_users_come_and_go() {
    let text = "umask 077\n\
        \"$G\" init claude-code --managed; echo init $?\n\
        stat -c '%a %n' /etc/claude-code /etc/claude-code/managed-settings.json /usr/local/share/guarded/bin\n\
        readlink /usr/local/share/guarded/bin/bash; cat /etc/claude-code/managed-settings.json\n\
        /usr/local/share/guarded/bin/bash -c 'echo it runs'\n\
        cd \"$HOME\"; mkdir -p backups .config/guarded; echo x > backups/a.sql.gz\n\
        printf '[ask]\\nwait = 0\\n' > .config/guarded/policy.toml\n\
        /usr/local/share/guarded/bin/bash -c 'rm -rf backups'; echo rm $?; ls backups\n\
        \"$G\" init claude-code --managed; echo again $?\n\
        \"$G\" init codex --managed; echo codex $?\n\
        ls -A \"$HOME\"/.claude 2>&1\n";
    let Some(said) = apart(text) else { return };
    assert!(said.contains("init 0\n"), "{said}");
    for line in
        ["755 /etc/claude-code\n", "644 /etc/claude-code/managed-settings.json\n", "755 /usr/local/share/guarded/bin\n"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.contains("\n/usr/local/bin/guarded-sh\n"), "{said}");
    assert!(said.contains("\"CLAUDE_CODE_SHELL\": \"/usr/local/share/guarded/bin/bash\""), "{said}");
    assert!(said.contains("/usr/local/bin/guarded hook claude-code || exit 2"), "{said}");
    assert!(said.contains("it runs\n") && said.contains("rm 75\na.sql.gz\n"), "{said}");
    assert!(said.contains("nothing to change\n") && said.contains("again 0\n"), "{said}");
    assert!(said.contains("codex 2\n") && said.contains("no settings for all users"), "{said}");
    assert!(said.contains("No such file"), "the user's own are left alone: {said}");
    assert!(!Path::new("/etc/claude-code/managed-settings.json").exists(), "it stayed in the namespace");
}

/// The attack: what all users are led to lies where others may write, or can't be reached by them.
#[test]
fn what_is_not_for_all_users_is_not_set_for_them() {
    for (spoil, path) in [
        ("chmod 777 /usr/local/bin", "/usr/local/bin "),
        ("chmod 700 /usr/local/bin", "/usr/local/bin "),
        ("chmod 775 /usr/local/bin/guarded-sh", "/usr/local/bin/guarded-sh "),
        ("chmod 700 /usr/local/bin/guarded", "/usr/local/bin/guarded "),
    ] {
        let text = format!("{spoil}\n\"$G\" init gemini-cli --managed; echo init $?; ls -A /etc/gemini-cli\n");
        let Some(said) = apart(&text) else { return };
        assert!(said.contains("init 1\n") && said.contains("No such file"), "{spoil}: {said}");
        assert!(said.contains(path) && said.contains("--prefix /usr/local"), "{spoil}: {said}");
        // A user's own settings lead to it all the same.
        let text = format!("{spoil}\n\"$G\" init gemini-cli --no-path >/dev/null; echo init $?\n");
        assert!(apart(&text).is_some_and(|said| said.contains("init 0\n")), "{spoil}");
    }
}
