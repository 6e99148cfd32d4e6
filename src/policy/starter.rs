//! The policy that `guarded policy init` writes: everything in it is a comment but what holds anyway, so that it can be
//! read before anything is decided.

use crate::agents::AGENTS;

/// The user's. `until`: a date on which a waiver that is written today may end.
#[must_use]
pub fn user(until: jiff::civil::Date) -> String {
    let agents: Vec<&str> = AGENTS.iter().map(|agent| agent.name).collect();
    USER.replace("UNTIL", &until.to_string()).replace("AGENTS", &agents.join(", "))
}

/// A project's.
#[must_use]
pub fn project() -> String {
    PROJECT.to_owned()
}

const USER: &str = r#"# The policy of guarded-sh for this user. `guarded policy show` tells what holds, `guarded policy test` whether all of it
# makes sense, `guarded policy explain COMMAND` which lines lead to a decision. Every key: docs/policy.md.
# For editors: guarded policy schema > policy.schema.json, and as the first line of this file
#:schema ./policy.schema.json

# "observe" judges and records, and stops nothing: a way to try it for a week.
mode = "enforce"

# What is made of a finding: "allow", "log", "ask", "approve 1", "deny".
[decide]
low = "log"
medium = "ask"
high = "ask"
critical = "approve 1"

# Another decision for some rules, tools, effects or targets. The last that fits holds.
# [[decide.override]]
# target = ["backup", "snapshot"]
# decision = "deny"

# [[decide.override]]
# tool = "terraform"
# effect = "delete"
# decision = "approve 1"

# What production is here. What is aimed there weighs more.
# [[context]]
# name = "production"
# hosts = ["*.prod.example.com"]
# databases = ["shop", "billing"]
# kube_contexts = ["prod-*"]
# aws_profiles = ["prod"]
# raise = 1

# What nobody would miss. What is aimed there, and nowhere else, weighs less.
# [[context]]
# name = "playground"
# kube_contexts = ["kind-*"]
# namespaces = ["scratch-*"]
# lower = 1

# One rule left alone in one place, for a while.
# [[waiver]]
# rule = "rm.files"
# path = "~/scratch/**"
# until = UNTIL
# reason = "load tests leave files here"

# What no command is to delete, overwrite or move away; and where nothing that it starts can write at all.
# [protect]
# paths = ["~/backups"]
# read_only = ["~/archive"]

# Variables that commands do not get. An agent's own keys are always kept from its commands.
# [credentials]
# hide = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "*_TOKEN"]
# hide_production = ["DATABASE_URL"]
# files = ["~/.aws/credentials", "~/.kube/config"]

# [[credentials.grant]]
# names = ["AWS_*"]
# command = "aws"
# verb = ["s3 ls", "sts get-caller-identity"]

# Branches that are protected besides main, master, production and release/*.
# [git]
# protected_branches = ["stable"]

# Something else for one agent: AGENTS, or "*" for any.
# [[agent]]
# name = "claude"
# decide = { medium = "ask", high = "deny" }

# Something else below one folder.
# [[directory]]
# path = "~/work/shop/**"
# decide = { medium = "approve 1" }

# The other way round: with mode = "allowlist", whatever is not listed here asks.
# [[allow]]
# command = "git"
# verb = ["status", "diff", "log"]

# [[allow]]
# command = ["ls", "cat", "grep"]
# paths = ["~/work/**"]

# What must come of a command; `guarded policy test` tries it.
[[example]]
command = "git status"
decision = "allow"

[[example]]
command = "rm -rf /"
decision = "deny"
"#;

const PROJECT: &str = r#"# What guarded-sh minds in this project. This file only makes things stricter, for everyone who works here.
# `guarded policy show` tells what holds, `guarded policy test` whether all of it makes sense.

# [decide]
# medium = "approve 1"

# [[decide.override]]
# target = ["backup", "database"]
# decision = "deny"

# [[context]]
# name = "production"
# hosts = ["*.prod.example.com"]
# kube_contexts = ["prod-*"]

# [git]
# protected_branches = ["stable"]

# What must come of a command; `guarded policy test` tries it.
[[example]]
command = "rm -rf /"
decision = "deny"
"#;
