//! Policy files: which are read, which are trusted, what a wrong one says, and who may loosen what.

#![expect(clippy::disallowed_methods, reason = "tests write the files that they read")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use guarded_sh::packs::{Effect, Severity, Target};
use guarded_sh::policy::{Fault, Mode, Places, Policy, Trouble, Verdict, Versions, load, today};
use guarded_sh::show::trouble::lay_out;
use tempfile::TempDir;

struct Ground {
    root: TempDir,
    places: Places,
}

impl Ground {
    fn new() -> Ground {
        let root = tempfile::tempdir().expect("a folder");
        let path = root.path();
        for folder in ["etc", "home/.config/guarded", "work/app/src", "work/other"] {
            fs::create_dir_all(path.join(folder)).expect("a folder");
        }
        let uid = fs::metadata(path).expect("metadata").uid();
        let home = path.join("home");
        let places =
            Places { system: path.join("etc/policy.toml"), system_owner: uid, ..Places::of(Some(&home), None, uid) };
        Ground { root, places }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    fn write(&self, below: &str, text: &str) -> &Ground {
        fs::write(self.path(below), text).expect("written");
        self
    }

    fn system(&self, text: &str) -> &Ground {
        self.write("etc/policy.toml", text)
    }

    fn user(&self, text: &str) -> &Ground {
        self.write("home/.config/guarded/policy.toml", text)
    }

    fn project(&self, text: &str) -> &Ground {
        self.write("work/app/.guarded.toml", text)
    }

    fn load(&self) -> Result<Policy, Trouble> {
        load(&self.places, &self.path("work/app/src"), &[], Versions::AndCommitted)
    }

    fn policy(&self) -> Policy {
        self.load().expect("a policy")
    }

    fn trouble(&self) -> Trouble {
        self.load().expect_err("trouble")
    }

    /// What people read, without the folder of this test.
    fn said(&self) -> String {
        lay_out("guarded-sh", &self.trouble()).replace(&self.root.path().display().to_string(), "")
    }
}

#[test]
fn with_no_file_the_defaults_hold() {
    let policy = Ground::new().policy();
    let table: Vec<Verdict> = policy.table.values().copied().collect();
    assert_eq!(table, [Verdict::Log, Verdict::Ask, Verdict::Ask, Verdict::Approve(1), Verdict::Deny]);
    assert_eq!(policy.mode, Mode::Enforce);
    assert!(policy.warnings.is_empty() && policy.origins.is_empty());
    assert_eq!(policy.digest.len(), 64);
}

#[test]
fn every_key_is_read() {
    let ground = Ground::new();
    ground.system(
        r#"
        mode = "observe"
        audit = "required"
        locked = ["waiver"]
        [decide]
        low = "allow"
        critical = "approve 2"
        [[decide.override]]
        rule = "git.*"
        effect = ["delete", "overwrite"]
        target = "backup"
        decision = "deny"
        [[context]]
        name = "production"
        hosts = ["*.prod.example.com"]
        kube_contexts = ["prod-*"]
        aws_profiles = ["prod"]
        raise = 2
        [git]
        protected_branches = ["stable"]
        [limits]
        files_per_minute = 5000
        destructive_per_hour = 20
        canary = 1
        [require]
        layer = "exec"
        [shell]
        bash = ["/opt/bash"]
        sh = ["/opt/sh"]
        "#,
    );
    let policy = ground.policy();
    assert_eq!((policy.mode, policy.audit_required, policy.require_exec), (Mode::Observe, true, true));
    assert_eq!(policy.table.get(&Severity::Low), Some(&Verdict::Allow));
    assert_eq!(policy.table.get(&Severity::Critical), Some(&Verdict::Approve(2)));
    let one = &policy.overrides[0];
    assert_eq!(one.rule.as_deref(), Some("git.*"));
    assert_eq!(
        (one.effect.as_slice(), one.target.as_slice()),
        (&[Effect::Delete, Effect::Overwrite][..], &[Target::Backup][..])
    );
    assert_eq!((one.decision, one.only_raises), (Verdict::Deny, false));
    assert_eq!((policy.contexts[0].name.as_str(), policy.contexts[0].raise), ("production", 2));
    assert_eq!(policy.protected_branches, ["stable"]);
    assert_eq!(policy.limits.files_per_minute, Some(5000));
    assert_eq!(
        (policy.real_bash.as_slice(), policy.real_sh.as_slice()),
        (&["/opt/bash".to_owned()][..], &["/opt/sh".to_owned()][..])
    );
}

#[test]
fn a_later_file_overrides_an_earlier_one_unless_root_locked_it() {
    let ground = Ground::new();
    ground.system("[decide]\nhigh = \"deny\"\n").user("mode = \"observe\"\n[decide]\nhigh = \"log\"\n");
    let policy = ground.policy();
    assert_eq!((policy.mode, policy.table[&Severity::High]), (Mode::Observe, Verdict::Log));

    ground.system("locked = [\"mode\", \"decide\", \"waiver\"]\n[decide]\nhigh = \"deny\"\n");
    ground.user(&format!(
        "mode = \"observe\"\n[decide]\nhigh = \"log\"\nlow = \"ask\"\n[[decide.override]]\ndecision = \"allow\"\n\
         [[waiver]]\nrule = \"a.b\"\nuntil = {}\nreason = \"x\"\n",
        today()
    ));
    let policy = ground.policy();
    assert_eq!((policy.mode, policy.table[&Severity::High]), (Mode::Enforce, Verdict::Deny));
    assert_eq!(policy.table[&Severity::Low], Verdict::Ask, "stricter is always open");
    assert!(policy.overrides[0].only_raises && policy.waivers.is_empty());
    assert!(policy.origins.iter().any(|(key, origin)| key == "mode" && origin.contains("locked")));
}

#[test]
fn what_is_kept_for_undo_can_be_set_and_where_it_is_locked_only_raised() {
    let ground = Ground::new();
    assert!(ground.policy().undo.enabled);
    ground.user("[undo]\nenabled = false\nbytes = 5\nfiles = 1000000\ndays = 30\n");
    let undo = ground.policy().undo;
    assert_eq!((undo.enabled, undo.bytes, undo.files, undo.days), (false, 5, 1_000_000, 30));
    ground.system("locked = [\"undo\"]\n");
    let undo = ground.policy().undo;
    assert_eq!((undo.enabled, undo.bytes, undo.files, undo.days), (true, 2 << 30, 1_000_000, 30));
}

#[test]
fn where_root_locks_credentials_a_user_only_hides_more() {
    use guarded_sh::policy::Hides;
    let hides = |policy: &Policy, name: &str| policy.credentials.hides(name.as_bytes(), || false);
    let ground = Ground::new();
    ground.system("[credentials]\nhide = [\"AWS_*\"]\n");
    let user =
        "[credentials]\nhide = [\"GH_*\"]\nkeep = [\"*\"]\n[[credentials.grant]]\nnames = \"*\"\ncommand = \"aws\"\n";
    ground.user(user);
    let policy = ground.policy();
    assert_eq!((hides(&policy, "AWS_KEY"), hides(&policy, "GH_TOKEN")), (Hides::Yes, Hides::Yes));
    assert!(policy.credentials.keeps(b"AWS_KEY") && policy.credentials.grants.len() == 1);
    ground.system("locked = [\"credentials\"]\n[credentials]\nhide = [\"AWS_*\"]\n");
    let policy = ground.policy();
    assert_eq!((hides(&policy, "AWS_KEY"), hides(&policy, "GH_TOKEN")), (Hides::Yes, Hides::Firmly));
    assert!(!policy.credentials.keeps(b"AWS_KEY") && policy.credentials.grants.is_empty());
    assert_eq!(hides(&policy, "OTHER"), Hides::No);
}

#[test]
fn every_file_protects_more() {
    let ground = Ground::new();
    ground.system("[protect]\npaths = [\"/srv/db\"]\n");
    ground.user("[protect]\npaths = []\nread_only = [\"/srv/old\"]\n");
    ground.project("[protect]\npaths = [\"data\"]\n");
    let policy = ground.policy();
    assert_eq!((policy.protected.len(), policy.read_only), (2, vec!["/srv/old".to_owned()]));
    assert!(policy.protected[0] == "/srv/db" && policy.protected[1].ends_with("/data"), "{:?}", policy.protected);
    ground.user("[require]\nlayer = \"fence\"\n");
    let policy = ground.policy();
    assert!(policy.require_exec && policy.require_fence);
}

#[test]
fn a_project_only_makes_things_stricter() {
    let ground = Ground::new();
    ground.project(
        "audit = \"when-possible\"\n[decide]\nlow = \"ask\"\nhigh = \"allow\"\n[[decide.override]]\ndecision = \"allow\"\n\
         [git]\nprotected_branches = [\"stable\"]\n",
    );
    ground.user("audit = \"required\"\n");
    let policy = ground.policy();
    assert_eq!((policy.table[&Severity::Low], policy.table[&Severity::High]), (Verdict::Ask, Verdict::Ask));
    assert!(policy.overrides[0].only_raises && policy.audit_required);
    assert_eq!(policy.protected_branches, ["stable"]);
}

#[test]
fn a_project_has_no_loosening_key() {
    for text in [
        "mode = \"observe\"",
        "locked = []",
        "[shell]\nbash = [\"/tmp/bash\"]",
        "[undo]\nenabled = false",
        "[[waiver]]\nrule = \"a.b\"\nuntil = 2026-12-01\nreason = \"x\"",
        "[[context]]\nname = \"x\"\nraise = -1",
        "[decide]\ncatastrophic = \"ask\"",
        "not toml at all",
    ] {
        let ground = Ground::new();
        ground.project(text);
        let policy = ground.policy();
        assert_eq!(policy.warnings.len(), 1, "{text}");
        assert!(policy.warnings[0].contains(".guarded.toml:"), "{:?}", policy.warnings);
        assert_eq!(policy.mode, Mode::Enforce);
        assert!(policy.waivers.is_empty() && policy.real_bash.is_empty());
    }
}

#[test]
fn projects_are_found_above_the_directory_and_above_each_target() {
    let ground = Ground::new();
    ground.write("work/other/.guarded.toml", "[decide]\nlow = \"deny\"\n");
    assert_eq!(ground.policy().table[&Severity::Low], Verdict::Log);
    let target = ground.path("work/other/deep/file");
    let policy = load(&ground.places, &ground.path("work/app"), &[target], Versions::Written).expect("a policy");
    assert_eq!(policy.table[&Severity::Low], Verdict::Deny);
    ground.write("work/.guarded.toml", "[decide]\nlow = \"ask\"\n");
    assert_eq!(ground.policy().table[&Severity::Low], Verdict::Ask);
}

#[test]
fn unknown_keys_and_words_point_at_themselves_and_suggest() {
    let ground = Ground::new();
    ground.user("[decide]\nhihg = \"ask\"\n");
    let expected =
        "guarded-sh: there is no setting decide.hihg\n  /home/.config/guarded/policy.toml:2:1  hihg = \"ask\"\n";
    assert!(ground.said().starts_with(expected), "{}", ground.said());
    assert!(ground.said().ends_with("^^^^\n  try: high\n"), "{}", ground.said());

    let ground = Ground::new();
    ground.user("mode = \"observ\"\n");
    assert!(ground.said().ends_with("^^^^^^^^\n  try: observe\n"), "{}", ground.said());

    let ground = Ground::new();
    ground.user("[[decide.override]]\ntarget = [\"files\", \"backups\"]\ndecision = \"ask\"\n");
    assert!(ground.said().contains(":2:20  "), "{}", ground.said());
    assert!(ground.said().ends_with("try: backup\n"), "{}", ground.said());
}

#[test]
fn each_fault_is_named() {
    let far = today().checked_add(jiff::Span::new().days(400)).expect("a date");
    let waiver = |until: &str| format!("[[waiver]]\nrule = \"a.b\"\nuntil = {until}\nreason = \"x\"\n");
    for (text, says) in [
        ("mode = ".to_owned(), "is not TOML"),
        ("[decide]\ncatastrophic = \"ask\"".to_owned(), "always \"deny\""),
        ("[decide]\nhigh = \"approve 0\"".to_owned(), "does not know \"approve 0\""),
        ("[decide]\nhigh = 3".to_owned(), "takes text in quotes"),
        ("decide = 3".to_owned(), "decide takes a table"),
        ("[[waiver]]\nrule = \"a.b\"\n".to_owned(), "waiver.until must be given"),
        (waiver(&far.to_string()), "lasts at most 366 days"),
        (waiver("soon"), "is not TOML"),
        (waiver("12"), "takes a date"),
        ("[shell]\nbash = \"/bin/bash\"".to_owned(), "only be set in root's policy"),
        ("[[context]]\nname = \"x\"\nraise = 9".to_owned(), "a number from 0 to 4"),
        ("[require]\nlayer = \"all\"".to_owned(), "does not know \"all\""),
    ] {
        let ground = Ground::new();
        ground.user(&text);
        let said = ground.said();
        assert!(said.contains(says), "{text}: {said}");
        assert!(said.contains('^'), "{said}");
    }
    let ground = Ground::new();
    ground.system("[shell]\nbash = [\"bin/bash\"]");
    assert!(ground.said().contains("takes absolute paths"));
}

#[test]
fn messages_are_one_line_lower_case_and_without_full_stop() {
    for text in ["mode = ", "x = 1", "[decide]\nhigh = 3", "mode = \"x\"", "[[waiver]]\n"] {
        let ground = Ground::new();
        ground.user(text);
        let said = ground.said();
        let first = said.lines().next().expect("a line").trim_start_matches("guarded-sh: ");
        assert!(first.starts_with(char::is_lowercase) && !first.ends_with('.'), "{first}");
    }
}

#[test]
fn a_file_that_others_can_write_is_not_trusted() {
    let ground = Ground::new();
    ground.user("mode = \"observe\"\n");
    let path = ground.path("home/.config/guarded/policy.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("chmod");
    assert!(matches!(ground.trouble(), Trouble::Writable { mode: 0o666, .. }));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
    assert_eq!(ground.policy().mode, Mode::Observe);
    let folder = ground.path("home/.config/guarded");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("chmod");
    assert!(matches!(ground.trouble(), Trouble::Writable { .. }), "the file could be replaced");
}

#[test]
fn the_target_of_a_symlink_is_what_must_be_trusted() {
    let ground = Ground::new();
    let real = ground.path("work/real.toml");
    fs::write(&real, "mode = \"observe\"\n").expect("written");
    let link = ground.path("home/.config/guarded/policy.toml");
    symlink(&real, &link).expect("a link");
    assert_eq!(ground.policy().mode, Mode::Observe);
    fs::set_permissions(&real, fs::Permissions::from_mode(0o646)).expect("chmod");
    assert!(matches!(ground.trouble(), Trouble::Writable { .. }));
    fs::remove_file(&real).expect("removed");
    assert!(matches!(ground.trouble(), Trouble::Unreadable { .. }), "a policy that got lost is not no policy");
}

#[test]
fn a_file_of_a_stranger_is_not_trusted() {
    let ground = Ground::new();
    ground.system("mode = \"observe\"\n");
    let places = Places { system_owner: ground.places.uid + 1, ..ground.places.clone() };
    let trouble = load(&places, &ground.path("work"), &[], Versions::Written).expect_err("trouble");
    assert!(matches!(trouble, Trouble::Foreign { .. }));
}

#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let ground = Ground::new();
    let path = ground.path("home/.config/guarded/policy.toml");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a fifo");
    assert!(matches!(ground.trouble(), Trouble::NotAFile { .. }));

    let ground = Ground::new();
    fs::create_dir(ground.path("work/app/.guarded.toml")).expect("a folder");
    assert_eq!(ground.policy().warnings.len(), 1);

    let ground = Ground::new();
    ground.user(&"#".repeat((1 << 20) + 1));
    assert!(matches!(ground.trouble(), Trouble::TooBig { .. }));

    let ground = Ground::new();
    fs::write(ground.path("home/.config/guarded/policy.toml"), b"\xff").expect("written");
    assert!(matches!(ground.trouble(), Trouble::Wrong(wrong) if wrong.fault == Fault::NotText));
}

#[test]
fn the_digest_follows_every_file() {
    let ground = Ground::new();
    let mut digests = vec![ground.policy().digest];
    ground.system("mode = \"enforce\"\n");
    digests.push(ground.policy().digest);
    ground.user("mode = \"enforce\"\n");
    digests.push(ground.policy().digest);
    ground.project("# nothing\n");
    digests.push(ground.policy().digest);
    ground.project("broken");
    digests.push(ground.policy().digest);
    let once = digests.clone();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 5);
    assert_eq!(ground.policy().digest, once[4], "the same files give the same digest");
}

#[test]
fn a_waived_path_below_home_is_made_absolute() {
    let ground = Ground::new();
    let text =
        |path: &str| format!("[[waiver]]\nrule = \"a.b\"\npath = \"{path}\"\nuntil = {}\nreason = \"x\"\n", today());
    ground.user(&text("~/scratch/**"));
    let expected = format!("{}/scratch/**", ground.path("home").display());
    assert_eq!(ground.policy().waivers[0].path.as_deref(), Some(expected.as_str()));
    ground.user(&text("scratch/**"));
    assert!(ground.said().contains("takes absolute paths"));
}

#[test]
fn places_follow_absolute_variables_only() {
    let at = |home: Option<&str>, config: Option<&str>| Places::of(home.map(Path::new), config.map(Path::new), 1).user;
    assert_eq!(at(Some("/h"), None), Some("/h/.config/guarded/policy.toml".into()));
    assert_eq!(at(Some("/h"), Some("/c")), Some("/c/guarded/policy.toml".into()));
    assert_eq!(at(Some("/h"), Some("c")), Some("/h/.config/guarded/policy.toml".into()));
    assert_eq!(at(Some("h"), None), None);
    assert_eq!(at(None, None), None);
}

impl Ground {
    fn git(&self, line: &str) {
        let mut git = std::process::Command::new("git");
        git.current_dir(self.path("work/app")).args(["-c", "user.name=x", "-c", "user.email=x@example.com"]);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(git.args(line.split(' ')).output().expect("git").status.success(), "{line}");
    }
}

const STRICT: &str = "[decide]\nmedium = \"deny\"\n";
const MILD: &str = "[decide]\nmedium = \"ask\"\n";

#[test]
fn an_edit_that_is_not_committed_does_not_loosen_a_projects_policy() {
    let ground = Ground::new();
    ground.git("init -q");
    ground.project(STRICT).git("add .");
    ground.git("commit -q -m strict");
    let medium = || ground.policy().verdict_of(Severity::Medium);
    assert_eq!(medium(), Verdict::Deny);
    ground.project(MILD);
    assert_eq!(medium(), Verdict::Deny, "edited");
    fs::remove_file(ground.path("work/app/.guarded.toml")).expect("removed");
    assert_eq!(medium(), Verdict::Deny, "removed");
    ground.git("rm -q --cached .guarded.toml");
    assert_eq!(medium(), Verdict::Deny, "and no longer in the index");
    assert!(ground.policy().origins.iter().any(|(_, origin)| origin.contains(".guarded.toml in HEAD:")));
    let written = load(&ground.places, &ground.path("work/app/src"), &[], Versions::Written).expect("a policy");
    assert_eq!(written.verdict_of(Severity::Medium), Verdict::Ask, "not looked for where nothing was found");
    ground.git("commit -q -m gone");
    assert_eq!(medium(), Verdict::Ask, "what is committed counts");
}

#[test]
fn a_stricter_edit_counts_at_once_and_a_broken_commit_can_be_repaired() {
    let ground = Ground::new();
    ground.git("init -q");
    ground.project(MILD).git("add .");
    ground.git("commit -q -m mild");
    ground.project(STRICT);
    assert_eq!(ground.policy().verdict_of(Severity::Medium), Verdict::Deny);
    ground.project("nonsense = \n").git("commit -q -a -m broken");
    assert_eq!(ground.policy().warnings.len(), 1, "said once");
    ground.project(STRICT);
    let policy = ground.policy();
    assert!(policy.warnings.is_empty() && policy.verdict_of(Severity::Medium) == Verdict::Deny);
    fs::remove_file(ground.path("work/app/.guarded.toml")).expect("removed");
    assert_eq!(ground.policy().warnings.len(), 1);
}

#[test]
fn a_repository_that_can_not_be_read_has_no_version_of_its_own() {
    let ground = Ground::new();
    ground.git("init -q");
    ground.project(STRICT);
    assert_eq!(ground.policy().verdict_of(Severity::Medium), Verdict::Deny, "before the first commit");
    fs::write(ground.path("work/app/.git/HEAD"), "ref: refs/heads/none\n").expect("written");
    ground.project(MILD);
    assert_eq!(ground.policy().verdict_of(Severity::Medium), Verdict::Ask);
}
