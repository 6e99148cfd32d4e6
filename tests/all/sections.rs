//! Parts of a policy for one agent or one folder: they loosen where nothing speaks against it, and tighten where anything
//! speaks for it.

#![expect(clippy::disallowed_methods, reason = "tests write the files that they read")]

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;

use guarded_sh::packs::Severity;
use guarded_sh::policy::{Agents, Places, Policy, Trouble, Verdict, Versions, load_for};
use guarded_sh::show::trouble::lay_out;
use tempfile::TempDir;

struct Ground {
    root: TempDir,
    places: Places,
}

impl Ground {
    fn new(user: &str) -> Ground {
        let root = tempfile::tempdir().expect("a folder");
        // The real path, so that a link on the way to the temporary folder does not count as one.
        let path = fs::canonicalize(root.path()).expect("a path");
        for folder in ["etc", "home/.config/guarded", "home/scratch/deep", "home/prod"] {
            fs::create_dir_all(path.join(folder)).expect("a folder");
        }
        let uid = fs::metadata(&path).expect("metadata").uid();
        let home = path.join("home");
        let places =
            Places { system: path.join("etc/policy.toml"), system_owner: uid, ..Places::of(Some(&home), None, uid) };
        fs::write(home.join(".config/guarded/policy.toml"), user).expect("written");
        Ground { root, places }
    }

    fn path(&self, below: &str) -> PathBuf {
        fs::canonicalize(self.root.path()).expect("a path").join(below)
    }

    fn load(&self, agents: &Agents, directory: &str, targets: &[&str]) -> Result<Policy, Trouble> {
        let targets: Vec<PathBuf> = targets.iter().map(|target| self.path(target)).collect();
        load_for(&self.places, &self.path(directory), &targets, Versions::Written, &|| agents.clone())
    }

    fn medium(&self, agents: &Agents, directory: &str, targets: &[&str]) -> Verdict {
        self.load(agents, directory, targets).expect("a policy").verdict_of(Severity::Medium)
    }

    fn said(&self) -> String {
        let trouble = self.load(&Agents::default(), "home", &[]).expect_err("trouble");
        lay_out("guarded-sh", &trouble)
    }
}

fn above(name: &'static str) -> Agents {
    Agents { above: Some(name), marked: None }
}

fn marked(name: &'static str) -> Agents {
    Agents { above: None, marked: Some(name) }
}

const LOOSE: &str = "[[agent]]\nname = \"claude\"\n[agent.decide]\nmedium = \"log\"\n";
const STRICT: &str = "[[agent]]\nname = [\"claude\", \"codex\"]\ndecide = { medium = \"deny\" }\n";

#[test]
fn a_section_holds_for_its_agent() {
    let ground = Ground::new(LOOSE);
    assert_eq!(ground.medium(&above("claude"), "home", &[]), Verdict::Log);
    assert_eq!(ground.medium(&above("codex"), "home", &[]), Verdict::Ask);
    assert_eq!(ground.medium(&Agents::default(), "home", &[]), Verdict::Ask);
    let ground = Ground::new("[[agent]]\nname = \"*\"\ndecide = { medium = \"deny\" }\n");
    assert_eq!(ground.medium(&above("goose"), "home", &[]), Verdict::Deny);
    assert_eq!(ground.medium(&Agents::default(), "home", &[]), Verdict::Ask);
}

/// A command can set a variable; it can't change who is above it.
#[test]
fn a_variable_only_tightens() {
    assert_eq!(Ground::new(LOOSE).medium(&marked("claude"), "home", &[]), Verdict::Ask);
    assert_eq!(Ground::new(STRICT).medium(&marked("codex"), "home", &[]), Verdict::Deny);
    let both = Agents { above: Some("claude"), marked: Some("gemini") };
    assert_eq!(Ground::new(LOOSE).medium(&both, "home", &[]), Verdict::Log);
}

const SCRATCH: &str = "[[directory]]\npath = \"~/scratch/**\"\ndecide = { medium = \"log\" }\n";
const GUARDED: &str = "[[directory]]\npath = [\"~/prod/**\"]\ndecide = { medium = \"deny\" }\n";

#[test]
fn a_folder_loosens_where_all_lies_in_it() {
    let ground = Ground::new(SCRATCH);
    let nobody = Agents::default();
    let medium = |directory, targets: &[&str]| ground.medium(&nobody, directory, targets);
    assert_eq!(medium("home/scratch/deep", &[]), Verdict::Log);
    assert_eq!(medium("home/scratch", &["home/scratch/x"]), Verdict::Log);
    assert_eq!(medium("home", &["home/scratch/x"]), Verdict::Ask, "started elsewhere");
    assert_eq!(medium("home/scratch", &["home/scratch/x", "home/y"]), Verdict::Ask);
    assert_eq!(medium("home/scratch", &["home/scratch/../y"]), Verdict::Ask);
    assert_eq!(medium("home/scratch", &[""]), Verdict::Ask);
    symlink(ground.path("home/prod"), ground.path("home/scratch/link")).expect("a link");
    assert_eq!(medium("home/scratch", &["home/scratch/link/x"]), Verdict::Ask, "through a link");
    assert_eq!(medium("home/scratch/link", &[]), Verdict::Ask, "standing behind a link");
}

#[test]
fn a_folder_tightens_where_anything_lies_in_it() {
    let ground = Ground::new(GUARDED);
    let nobody = Agents::default();
    let medium = |directory, targets: &[&str]| ground.medium(&nobody, directory, targets);
    assert_eq!(medium("home/prod", &[]), Verdict::Deny);
    assert_eq!(medium("home", &["home/x", "home/prod/x"]), Verdict::Deny);
    assert_eq!(medium("home", &["home/scratch/../prod/x"]), Verdict::Deny);
    symlink(ground.path("home/prod"), ground.path("home/scratch/link")).expect("a link");
    assert_eq!(medium("home", &["home/scratch/link/x"]), Verdict::Deny, "through a link");
    assert_eq!(medium("home", &["home/x"]), Verdict::Ask);
}

#[test]
fn what_root_locked_no_section_of_a_user_loosens() {
    let ground = Ground::new(LOOSE);
    fs::write(ground.path("etc/policy.toml"), "locked = [\"decide\", \"context\", \"allow\", \"mode\"]\n")
        .expect("written");
    assert_eq!(ground.medium(&above("claude"), "home", &[]), Verdict::Ask);
    let roots = "locked = [\"allow\"]\nmode = \"allowlist\"\n[[allow]]\ncommand = \"ls\"\n";
    fs::write(ground.path("etc/policy.toml"), roots).expect("written");
    let user = ground.path("home/.config/guarded/policy.toml");
    fs::write(&user, "[[allow]]\ncommand = \"rm\"\n[[context]]\nname = \"x\"\nlower = 1\n").expect("written");
    let policy = ground.load(&Agents::default(), "home", &[]).expect("a policy");
    assert_eq!((policy.contracts.len(), policy.contracts[0].entries.len()), (1, 1), "the user's entry is left out");
    fs::write(&user, "mode = \"allowlist\"\n[[allow]]\ncommand = \"rm\"\n").expect("written");
    let policy = ground.load(&Agents::default(), "home", &[]).expect("a policy");
    assert_eq!(policy.contracts.len(), 2, "both must list a command");
    fs::write(ground.path("etc/policy.toml"), roots.replace("allow\"]", "mode\"]")).expect("written");
    fs::write(&user, "mode = \"enforce\"\n").expect("written");
    assert_eq!(ground.load(&Agents::default(), "home", &[]).expect("a policy").contracts.len(), 1, "still in force");
    fs::write(ground.path("etc/policy.toml"), roots.replace("locked = [\"allow\"]", "")).expect("written");
    assert_eq!(ground.load(&Agents::default(), "home", &[]).expect("a policy").contracts.len(), 0, "not locked");
}

#[test]
fn a_users_lowering_context_needs_roots_leave() {
    let ground = Ground::new("[[context]]\nname = \"play\"\nhosts = [\"play\"]\nlower = 2\n");
    assert_eq!(ground.load(&Agents::default(), "home", &[]).expect("a policy").contexts[0].raise, -2);
    fs::write(ground.path("etc/policy.toml"), "locked = [\"context\"]\n").expect("written");
    assert!(ground.load(&Agents::default(), "home", &[]).expect("a policy").contexts.is_empty());
}

#[test]
fn a_wrong_section_points_at_itself() {
    for (text, says, tries) in [
        ("[[agent]]\nname = \"cluade\"\n", "no agent is called \"cluade\"", "\"claude\""),
        ("[[agent]]\ndecide = { medium = \"deny\" }\n", "agent.name must be given", "name = "),
        ("[[directory]]\npath = \"scratch\"\n", "directory.path takes absolute paths", "begins with /"),
        ("[[agent]]\nname = \"claude\"\nlocked = []\n", "there is no setting agent.locked", "try: "),
        ("[[agent]]\nname = \"claude\"\ndecide = { hihg = \"ask\" }\n", "there is no setting decide.hihg", "high"),
        ("[[allow]]\nverb = \"x\"\n", "allow.command must be given", "command = \"git\""),
        ("[[allow]]\ncommand = \"x\"\nflag = \"y\"\n", "there is no setting allow.flag", "try: flags"),
        ("[[example]]\ncommand = \"x\"\n", "example.decision must be given", "decision = \"ask\""),
        ("[[context]]\nname = \"x\"\nraise = 1\nlower = 1\n", "exclude each other", "drop one"),
        ("[[decide.override]]\ntools = \"x\"\ndecision = \"ask\"\n", "no setting decide.override.tools", "try: tool"),
    ] {
        let said = Ground::new(text).said();
        assert!(said.contains(says) && said.contains('^') && said.contains(tries), "{text}: {said}");
    }
}
