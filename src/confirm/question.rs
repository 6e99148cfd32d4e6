//! What is asked, and the digest that binds the answer to it.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use super::encoding::Encoding;
use crate::agents::{Inner, inner};
use crate::answer::Answer;
use crate::audit::redact;
use crate::command::{Model, Seen};
use crate::decide::{Decision, Judged};
use crate::invocation::{Invocation, Shell, Text};
use crate::packs::Severity;
use crate::policy::{Verdict, severity_word};
use crate::show::hostile::{Hostile, elided};

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// Variables that choose what a command hits: facts are read by them, so a grant holds for their values.
pub const BOUND_VARIABLES: &[&str] = &[
    "HOME",
    "KUBECONFIG",
    "KUBE_CONTEXT",
    "HELM_KUBECONTEXT",
    "HELM_NAMESPACE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ACCESS_KEY_ID",
    "CLOUDSDK_CORE_PROJECT",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "CLOUDSDK_CONFIG",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AZURE_CONFIG_DIR",
    "ARM_SUBSCRIPTION_ID",
    "TF_WORKSPACE",
    "TF_DATA_DIR",
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_destroy",
    "TF_CLI_ARGS_apply",
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "COMPOSE_FILE",
    "COMPOSE_PROJECT_NAME",
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGSERVICE",
    "PGSERVICEFILE",
    "DATABASE_URL",
    "MYSQL_HOST",
    "MYSQL_TCP_PORT",
    "MYSQL_HOME",
    "REDIS_URL",
    "MONGODB_URI",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_CONFIG_GLOBAL",
    "GIT_SSH_COMMAND",
    "RESTIC_REPOSITORY",
    "RESTIC_REPOSITORY_FILE",
    "BORG_REPO",
    "VAULT_ADDR",
    "CONSUL_HTTP_ADDR",
    "NOMAD_ADDR",
    "ETCDCTL_ENDPOINTS",
    "RAILWAY_ENVIRONMENT",
    "RAILWAY_PROJECT_ID",
    "VERCEL_ORG_ID",
    "VERCEL_PROJECT_ID",
    "FLY_APP",
    "HEROKU_APP",
    "GH_HOST",
    "GH_REPO",
    "RAILS_ENV",
    "NODE_ENV",
    "APP_ENV",
    "DJANGO_SETTINGS_MODULE",
    "BASH_ENV",
    "ENV",
];

/// No screen shows more of one text; the digest is over all of it.
const LONGEST: usize = 64 * 1024;

/// What a person is asked: built once, shown, filed and bound.
#[derive(Clone, Debug)]
pub struct Question {
    /// Over everything that was shown or looked at.
    pub binding: Digest,
    /// Over the model's text, directory and user alone: what an exec from within a wrapper is known by.
    pub text: Digest,
    /// The wrapper starts the text by an exec of the shell: its grant comes down to that one.
    pub hands_down: bool,
    pub shown: Shown,
}

/// The question as a person reads it, on whatever screen. Every string in it is safe to print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub agent: Option<String>,
    pub command: String,
    pub directory: String,
    pub user: u32,
    pub understood: bool,
    pub severity: String,
    /// What must be typed where a plain yes is too little.
    pub type_to_confirm: Option<String>,
    pub findings: Vec<ShownFinding>,
    pub reasons: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFinding {
    pub rule: String,
    pub says: String,
    pub why: String,
    pub instead: Vec<String>,
    pub severity: String,
    pub sure: bool,
    /// `command:1`, `x.sh:12`
    pub place: String,
    pub hits: Vec<String>,
    pub stakes: Vec<String>,
    pub moved: Vec<String>,
}

/// Everything that a question is made of, beside the call.
#[derive(Clone, Copy, Debug)]
pub struct Grounds<'a> {
    pub decision: &'a Decision,
    pub model: &'a Model,
    pub seen: &'a Seen,
    pub policy_digest: &'a str,
}

impl Question {
    #[must_use]
    pub fn new(call: &Invocation, grounds: &Grounds<'_>) -> Question {
        let wrapped = wrapped(call);
        let text = text_of(call, wrapped.as_ref());
        let mut all = text.clone();
        all.field("guarded question", b"1");
        grounds_of(&mut all, call, grounds, wrapped.as_ref());
        Question {
            binding: all.digest(),
            text: text.digest(),
            hands_down: wrapped.as_ref().is_some_and(|wrapped| wrapped.execs),
            shown: shown(call, grounds.decision, wrapped.as_ref()),
        }
    }
}

/// What the model wrote, where it runs and as whom: the same however an agent's wrapper puts it.
#[must_use]
pub fn text_digest(call: &Invocation) -> Digest {
    text_of(call, wrapped(call).as_ref()).digest()
}

fn wrapped(call: &Invocation) -> Option<Inner> {
    let Text::Command(whole) = &call.text else { return None };
    // With operands, the text is not the whole command.
    inner(whole).filter(|_| call.argv.last() == Some(whole))
}

fn text_of(call: &Invocation, wrapped: Option<&Inner>) -> Encoding {
    let mut text = Encoding::new("guarded text 1");
    asked(&mut text, call, wrapped);
    place(&mut text, call);
    text
}

/// The model's own text where the wrapper is exactly known, and all the rest of argv but the name.
fn asked(encoding: &mut Encoding, call: &Invocation, wrapped: Option<&Inner>) {
    let shell: &[u8] = match call.shell {
        Shell::Bash => b"bash",
        Shell::Restricted => b"rbash",
        Shell::Sh => b"sh",
    };
    encoding.field("shell", shell);
    let whole = match &call.text {
        Text::Command(text) => Some(text),
        Text::File(_) | Text::Stdin | Text::Nothing => None,
    };
    let at = whole.and_then(|text| call.argv.iter().skip(1).position(|word| word == text).map(|at| at + 1));
    let words = call.argv.iter().enumerate().skip(1).map(|(index, word)| match wrapped {
        Some(wrapped) if Some(index) == at => &wrapped.command,
        Some(_) | None => word,
    });
    encoding.list("argv", words.collect::<Vec<_>>().into_iter());
}

fn place(encoding: &mut Encoding, call: &Invocation) {
    encoding.field("directory", &call.directory);
    // The directory itself, not its name: another one may be mounted or moved there meanwhile.
    if let Ok(about) = std::fs::metadata(std::ffi::OsStr::from_bytes(&call.directory)) {
        encoding.number("device", about.dev());
        encoding.number("inode", about.ino());
    }
    encoding.number("uid", u64::from(nix::unistd::getuid().as_raw()));
    encoding.number("euid", u64::from(nix::unistd::geteuid().as_raw()));
}

fn grounds_of(encoding: &mut Encoding, call: &Invocation, grounds: &Grounds<'_>, wrapped: Option<&Inner>) {
    // What was allowed to one text's programs is not allowed to another's.
    encoding.field("under", &call.under);
    encoding.commands(grounds.model, wrapped);
    encoding.seen(grounds.seen, wrapped);
    for judged in &grounds.decision.judged {
        encoding.field("rule", judged.finding.rule.id.as_bytes());
        encoding.field("severity", severity_word(judged.severity).as_bytes());
        for (fact, truth) in &judged.stakes.truths {
            encoding.field(fact, if *truth { b"yes" } else { b"no" });
        }
        // Counts are facts too: a folder that has grown since is not what was shown.
        if is_wrappers_own(judged, wrapped) {
            encoding.field("hits", b"slot");
        } else {
            encoding.list("stakes", judged.stakes.says.iter());
            encoding.list("read of", judged.stakes.read_of.iter());
            encoding.list("hits", judged.finding.hits().iter());
        }
    }
    encoding.list("reasons", grounds.decision.reasons.iter());
    for name in BOUND_VARIABLES {
        for (_, value) in call.environment.iter().filter(|(set, _)| set == name.as_bytes()) {
            encoding.field(name, value);
        }
    }
    encoding.field("policy", grounds.policy_digest.as_bytes());
}

/// It hits the wrapper's own files alone, which have another name at each call.
fn is_wrappers_own(judged: &Judged, wrapped: Option<&Inner>) -> bool {
    let hits = judged.finding.hits();
    !hits.is_empty() && wrapped.is_some_and(|wrapped| hits.iter().all(|hit| wrapped.slots.contains(hit)))
}

/// Without secrets and with nothing unseen.
fn safe(text: &[u8]) -> String {
    Hostile(&redact(text)).to_string()
}

fn safe_all<T: AsRef<[u8]>>(texts: &[T]) -> Vec<String> {
    texts.iter().map(|text| elided(safe(text.as_ref()).as_bytes(), LONGEST / 8)).collect()
}

fn shown(call: &Invocation, decision: &Decision, wrapped: Option<&Inner>) -> Shown {
    let worst = decision.judged.iter().max_by_key(|judged| (judged.severity, judged.verdict));
    let command = match (wrapped, &call.text) {
        (Some(wrapped), _) => wrapped.command.clone(),
        (None, Text::Command(text)) => text.clone(),
        (None, Text::File(_) | Text::Stdin | Text::Nothing) => bstr::join(" ", &call.argv).into(),
    };
    // What the policy only records would bury what is asked about.
    let asking = decision.judged.iter().filter(|judged| judged.verdict > Verdict::Log);
    let findings: Vec<ShownFinding> = asking.map(finding).collect();
    Shown {
        agent: wrapped.map(|wrapped| wrapped.agent.to_owned()),
        command: elided(safe(&command).as_bytes(), LONGEST),
        directory: safe(&call.directory),
        user: nix::unistd::getuid().as_raw(),
        understood: decision.understood,
        severity: worst.map_or("low", |judged| severity_word(judged.severity)).to_owned(),
        type_to_confirm: worst.and_then(type_to_confirm),
        findings,
        reasons: safe_all(&decision.reasons),
    }
}

/// A target's name, for what can't be undone. What a person can't type (odd or long) is replaced by the rule's id.
fn type_to_confirm(judged: &Judged) -> Option<String> {
    if judged.severity < Severity::Critical {
        return None;
    }
    let name = judged.finding.hits().first().map(|hit| safe(hit.trim_end_with(|one| one == '/')));
    let typed = name.map(|name| name.rsplit('/').next().unwrap_or(&name).to_owned());
    let fits =
        |name: &String| !name.is_empty() && name.len() <= 40 && name.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    typed.filter(fits).or_else(|| Some(judged.finding.rule.id.to_string()))
}

fn finding(judged: &Judged) -> ShownFinding {
    let rule = &judged.finding.rule;
    ShownFinding {
        rule: rule.id.to_string(),
        says: crate::show::words::says(judged),
        why: safe(rule.why.as_bytes()),
        instead: safe_all(&rule.instead),
        severity: severity_word(judged.severity).to_owned(),
        sure: judged.finding.answer == Answer::Yes,
        place: safe(format!("{}:{}", judged.finding.at.source, judged.finding.at.line).as_bytes()),
        hits: safe_all(&judged.finding.hits()),
        stakes: safe_all(&judged.stakes.says),
        moved: safe_all(&judged.moved),
    }
}
