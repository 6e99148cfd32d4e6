//! What is written from tables says what the tables say: reference pages, man pages, completions. `BLESS=1 cargo test docs`
//! writes them.

#![expect(clippy::disallowed_methods, reason = "tests read and write the files")]

use std::fs;
use std::path::Path;

use clap_complete::Shell;
use guarded_sh::cli;
use guarded_sh::policy::settings::Scope;
use guarded_sh::show::{exit, manual, policy, schema, shell_manual};

fn compare(path: &str, text: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, text).expect("written");
    }
    let found = fs::read(&file).unwrap_or_default();
    assert!(found == text, "{path} is not what its table says; BLESS=1 cargo test docs writes it");
}

#[test]
fn reference_pages_say_what_the_tables_say() {
    compare("docs/cli.md", manual::page().as_bytes());
    compare("docs/policy.md", policy::page().as_bytes());
    compare("docs/exit-codes.md", exit::page().as_bytes());
    compare("docs/schemas/policy.schema.json", schema::policy(Scope::System).as_bytes());
    compare("docs/schemas/project.schema.json", schema::policy(Scope::Project).as_bytes());
    compare("docs/schemas/pack.schema.json", schema::pack().as_bytes());
}

#[test]
fn man_pages_say_what_the_verbs_say() {
    let mut command = cli::command();
    command.build();
    page(&command, "guarded");
    compare("man/guarded-sh.1", shell_manual::page().as_bytes());
}

#[test]
fn the_shells_page_is_roff_that_man_can_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("man/guarded-sh.1");
    let Ok(read) = std::process::Command::new("groff").args(["-man", "-Tutf8", "-ww"]).arg(file).output() else {
        eprintln!("skipped: there is no groff here");
        return;
    };
    assert!(read.status.success() && read.stderr.is_empty(), "{}", String::from_utf8_lossy(&read.stderr));
}

fn page(command: &clap::Command, name: &str) {
    let mut text = Vec::new();
    // clap keeps names for ever.
    let named = command.clone().name(&*name.to_owned().leak());
    clap_mangen::Man::new(named).title(name.to_uppercase()).render(&mut text).expect("rendered");
    compare(&format!("man/{name}.1"), &text);
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        page(below, &format!("{name}-{}", below.get_name()));
    }
}

#[test]
fn completions_know_every_verb() {
    for (shell, file) in [(Shell::Bash, "guarded.bash"), (Shell::Zsh, "_guarded"), (Shell::Fish, "guarded.fish")] {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut cli::command(), "guarded", &mut text);
        compare(&format!("completions/{file}"), &text);
    }
}

#[test]
fn the_policy_page_has_every_key_and_its_example_is_read() {
    let page = policy::page();
    for setting in guarded_sh::policy::settings::SETTINGS {
        assert!(page.contains(&format!("| `{}` |", setting.key)), "{}", setting.key);
    }
    let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let scope = Scope::User;
    let early = || jiff::civil::date(2026, 11, 1);
    let layer = guarded_sh::policy::Layer::read("example", example, scope, None, early).expect("a policy");
    assert_eq!((layer.waivers.len(), layer.contexts.len(), layer.overrides.len()), (1, 1, 1));
}

#[test]
fn every_dependency_has_its_reason_and_no_reason_is_left_over() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table =
        fs::read_to_string(root.join("Cargo.toml")).expect("the manifest").parse().expect("TOML");
    let mut taken: Vec<String> = ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(toml::Table::keys)
        .cloned()
        .collect();
    taken.sort_unstable();
    taken.dedup();
    let page = fs::read_to_string(root.join("docs/dependencies.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split('|').nth(1));
    let mut told: Vec<String> = rows
        .flat_map(|names| names.split(','))
        .map(|name| name.replace("(bundled)", "").trim().to_owned())
        .filter(|name| name != "crate")
        .collect();
    told.sort_unstable();
    assert_eq!(taken, told);
}
