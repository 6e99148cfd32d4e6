//! What of its environment a call's tree does not get: an agent's own keys, and what the policy hides. A shell of that
//! tree takes nothing more away: what it was given the guard above has left there, or the tree has set.

use std::ffi::{CStr, CString};

use bstr::{BString, ByteSlice};

use crate::agents::{self, AGENTS, Process, ProcessId, Standing};
use crate::command::{Command, Program, RedirectMode, Word};
use crate::decide;
use crate::guard::{self, Judgement};
use crate::invocation::{Invocation, base_name};
use crate::leaves;
use crate::look;
use crate::parse;
use crate::policy::{Allow, Grant, Hides, Policy, is_needed, matches_name};
use crate::span::Place;
use crate::supervise::Given;
use crate::supervise::exec::{Environment, Exec};
use crate::sys::start;
use crate::trouble::Trouble;
use crate::world::{self, World};

/// Says which process began with what the guard left of its environment.
const MARK: &CStr = c"GUARDED_WITHHELD";

type Variables = Vec<(BString, BString)>;

/// The call with the environment and the files that its tree gets, and what was judged of it.
pub fn judged(call: Invocation, world: &World) -> Result<(Invocation, Judgement), Trouble> {
    let policy = world.policy_of(&call.directory)?;
    let files = &policy.credentials.files;
    // Nobody reads them to judge a text either: what it says would stand in the trail.
    let hidden = if files.is_empty() || is_persons(&call.environment, call.interactive, world) {
        Vec::new()
    } else {
        files.iter().map(|file| BString::from(file.as_str())).collect()
    };
    let (mut call, judged) = with_variables(Invocation { hidden, ..call }, &policy, world)?;
    let (granted, hidden): (Vec<BString>, Vec<BString>) =
        std::mem::take(&mut call.hidden).into_iter().partition(|file| lets_read(&call, &judged, file, world));
    call.granted.extend(granted);
    call.hidden = hidden;
    Ok((call, judged))
}

fn is_persons(environment: &[(BString, BString)], interactive: bool, world: &World) -> bool {
    agents::all_marked(environment).next().is_none() && world.ancestry().standing(interactive) == Standing::Person
}

fn with_variables(call: Invocation, policy: &Policy, world: &World) -> Result<(Invocation, Judgement), Trouble> {
    let (call, taken) = withheld(call, policy, world);
    let mut judged = guard::judge(&call, world)?;
    set_again(&call, &mut judged);
    let grantable: Vec<&(BString, BString)> = taken.iter().filter(|one| one.grantable).map(|one| &one.pair).collect();
    let names = granted(&call, &judged, &grantable, &policy.credentials.grants, world);
    if names.is_empty() {
        return Ok((call, judged));
    }
    let mut with = call.clone();
    with.withheld.retain(|name| !names.contains(name));
    with.environment.extend(grantable.iter().filter(|(name, _)| names.contains(name)).copied().cloned());
    with.granted.clone_from(&names);
    let again = guard::judge(&with, world)?;
    // With them it may be another text.
    let all = granted(&with, &again, &grantable, &policy.credentials.grants, world);
    Ok(if names.iter().all(|name| all.contains(name)) { (with, again) } else { (call, judged) })
}

/// What a start-up file or the text itself sets was not taken away from them.
fn set_again(call: &Invocation, judged: &mut Judgement) {
    let commands = &judged.model.commands;
    let is_set = |name: &&BString| commands.iter().any(|command| command.environment.values.contains_key(*name));
    let names: Vec<String> = call.withheld.iter().filter(is_set).map(ToString::to_string).collect();
    if !names.is_empty() {
        judged.decision.reasons.push(format!("withheld, and set again before a program starts: {}", names.join(", ")));
    }
}

/// From now on nothing that this process starts, or shows of itself, has what is withheld.
pub fn let_go(mut call: Invocation) -> Invocation {
    forget(&call.withheld);
    if !(call.withheld.is_empty() && call.granted.is_empty())
        && let Some(me) = Process::read(nix::unistd::getpid().as_raw()).map(|process| process.id)
        && let Ok(value) = CString::new(format!("{}.{}", me.pid, me.start))
    {
        start::set_variable(MARK, &value);
        call.environment.retain(|(name, _)| name.as_slice() != MARK.to_bytes());
        call.environment.push((MARK.to_bytes().into(), value.into_bytes().into()));
    }
    call
}

/// A program that is to be started with a tree of its own. An agent gets its own keys.
pub fn let_go_of_program(program: Exec, world: &World) -> Result<Exec, Trouble> {
    let policy = world.policy_of(&program.directory)?;
    let environment = program.environment.pairs();
    let name = base_name(program.program.as_os_str().as_encoded_bytes());
    let own = AGENTS.iter().find(|agent| agent.programs.iter().any(|one| one.as_bytes() == name));
    let taken = names(&environment, &policy, Caller::WantsItWatched, world);
    let is_own = |name: &[u8]| own.is_some_and(|agent| agents::is_key_of(agent.name, name));
    let taken: Vec<BString> =
        taken.into_iter().filter(|one| one.by_policy || !is_own(&one.pair.0)).map(|one| one.pair.0).collect();
    forget(&taken);
    let left: Variables = environment.into_iter().filter(|(name, _)| !taken.contains(name)).collect();
    Ok(Exec { environment: Environment::of(&left), ..program })
}

fn forget(names: &[BString]) {
    if !names.is_empty() {
        start::forget(names);
    }
}

/// A variable that is withheld.
struct Taken {
    pair: (BString, BString),
    by_policy: bool,
    grantable: bool,
}

fn withheld(mut call: Invocation, policy: &Policy, world: &World) -> (Invocation, Vec<Taken>) {
    let taken = names(&call.environment, policy, Caller::Of { interactive: call.interactive }, world);
    if !taken.is_empty() {
        let is_taken = |name: &BString| taken.iter().any(|one| one.pair.0 == *name);
        call.environment.retain(|(name, _)| !is_taken(name));
        call.withheld = taken.iter().map(|one| one.pair.0.clone()).collect();
        call.withheld.dedup();
    }
    (call, taken)
}

/// Who calls.
#[derive(Clone, Copy)]
enum Caller {
    /// A person's own shell gets everything.
    Of { interactive: bool },
    /// Whoever puts a program under watch means what it then does.
    WantsItWatched,
}

/// What of an environment is withheld from whoever calls. Costs a look at the processes above only where there is
/// something that may be.
fn names(environment: &[(BString, BString)], policy: &Policy, caller: Caller, world: &World) -> Vec<Taken> {
    let credentials = &policy.credentials;
    let hides = |name: &BString, value: &BString| {
        credentials.hides(name, || look::leads_to_production(value, &policy.contexts))
    };
    // Hardly any is, so what is needed is asked last.
    let may_be = |(name, value): &&(BString, BString)| {
        (agents::is_key(name) || hides(name, value) != Hides::No) && !is_needed(name)
    };
    let candidates: Variables = environment.iter().filter(may_be).cloned().collect();
    if candidates.is_empty() || is_left_already(environment, world) {
        return Vec::new();
    }
    let marked: Vec<&str> = agents::all_marked(environment).map(|agent| agent.name).collect();
    let is_person = match caller {
        Caller::Of { interactive } => is_persons(environment, interactive, world),
        Caller::WantsItWatched => false,
    };
    if is_person {
        return Vec::new();
    }
    let is_own = |name: &[u8]| {
        agents::is_key(name)
            && (marked.iter().any(|agent| agents::is_key_of(agent, name))
                || world.ancestry().agents_above().any(|agent| agents::is_key_of(agent.name, name)))
    };
    let one = |pair: (BString, BString)| {
        let hides = hides(&pair.0, &pair.1);
        let keeps = credentials.keeps(&pair.0);
        let taken = match hides {
            Hides::Firmly => true,
            Hides::Yes => !keeps,
            Hides::No => !keeps && is_own(&pair.0),
        };
        taken.then_some(Taken { pair, by_policy: hides != Hides::No, grantable: hides != Hides::Firmly })
    };
    candidates.into_iter().filter_map(one).collect()
}

/// Whether a guard above has taken away what was to be. The tree can't say so of what the agent calls: no process of the
/// tree stands above that.
fn is_left_already(environment: &[(BString, BString)], world: &World) -> bool {
    let mark = environment.iter().rev().find(|(name, _)| name.as_slice() == MARK.to_bytes());
    let id = mark.and_then(|(_, value)| {
        let (pid, start) = value.to_str().ok()?.split_once('.')?;
        Some(ProcessId { pid: pid.parse().ok()?, start: start.parse().ok()? })
    });
    id.is_some_and(|id| world.ancestry().is_below(id))
}

/// Which of the withheld variables a text gets: those of whose grants it starts nothing else than the programs. bash has
/// them itself then, so the text must not be able to show them either.
fn granted(
    call: &Invocation,
    judged: &Judgement,
    taken: &[&(BString, BString)],
    grants: &[Grant],
    world: &World,
) -> Vec<BString> {
    if taken.is_empty() {
        return Vec::new();
    }
    let lets = |name: &BString| {
        let fits = |grant: &&Grant| grant.names.iter().any(|glob| matches_name(glob.as_bytes(), name));
        let entries: Vec<&Allow> = grants.iter().filter(fits).map(|grant| &grant.entry).collect();
        starts_only(&entries, call, judged, world).is_some_and(|text| text.find(name.as_slice()).is_none())
    };
    let mut names: Vec<BString> = taken.iter().map(|(name, _)| name.clone()).filter(lets).collect();
    names.dedup();
    names
}

/// Whether a text finds a hidden file as it is. The shell itself reads none then.
fn lets_read(call: &Invocation, judged: &Judgement, file: &BString, world: &World) -> bool {
    let fits = |grant: &&Grant| grant.files.iter().any(|one| one.as_bytes() == file.as_slice());
    let grants = &judged.policy.credentials.grants;
    let entries: Vec<&Allow> = grants.iter().filter(fits).map(|grant| &grant.entry).collect();
    let reads = |command: &Command| command.redirections.iter().any(|one| one.mode == RedirectMode::Read);
    !judged.model.commands.iter().any(reads) && starts_only(&entries, call, judged, world).is_some()
}

/// The text of a call that is understood as a whole and starts nothing but the programs of these entries.
fn starts_only(entries: &[&Allow], call: &Invocation, judged: &Judgement, world: &World) -> Option<BString> {
    if entries.is_empty() || Given::to(call) != Given::Whole || call.interactive {
        return None;
    }
    let whole = crate::audit::whole(call);
    let wrapped = agents::inner(&whole).filter(|_| call.argv.last() == Some(&whole));
    let text = wrapped.as_ref().map_or(&whole, |wrapped| &wrapped.command);
    let model = &judged.model;
    let plain = judged.reading.trusted()
        && !model.doubted
        && !model.holed
        && model.limits.is_empty()
        && call.startup_text.is_empty()
        && leaves::is_plain(&parse::read(text, &call.mode).script);
    if !plain {
        return None;
    }
    let start = world::known(call).environment;
    // What a program of the grant does is its own affair, a script's too.
    let is_within = |at: &Place| {
        entries.iter().flat_map(|entry| &entry.commands).any(|one| **one == *at.source)
            || wrapped.as_ref().is_some_and(|wrapped| wrapped.is_own(at))
    };
    // The wrapper's own `eval`; what it evaluates are commands of their own.
    let takes_it = |command: &Command| {
        wrapped.as_ref().is_some_and(|wrapped| {
            command.tool() == Some(b"eval") && command.words.get(1).and_then(Word::text) == Some(&wrapped.command)
        })
    };
    let counts = |command: &&Command| !is_within(&command.at) && !takes_it(command);
    let commands: Vec<&Command> = model.commands.iter().filter(counts).collect();
    let only = model.unread.iter().all(|unread| is_within(&unread.at))
        && commands.iter().all(|command| shows_nothing(command))
        && decide::lists_all(&commands, entries, &world.packs, &start);
    only.then(|| text.clone())
}

/// No builtin that shows variables, no word that is not known or names what is told of a process.
fn shows_nothing(command: &Command) -> bool {
    match &command.program {
        Program::None => true,
        Program::Builtin(name) => leaves::INERT.contains(&name.as_slice()),
        Program::File(_) => {
            command.words.iter().all(|word| word.text().is_some_and(|text| text.find("/proc/").is_none()))
        }
        Program::Name(_) | Program::Unknown => false,
    }
}

/// Which of the withheld variables a text uses, as far as that is known: it names them, or starts a program that is known
/// to read them.
#[must_use]
pub fn used<'c>(call: &'c Invocation, judged: &Judgement) -> Vec<&'c BString> {
    let reads = |command: &Command, name: &[u8]| {
        let tool = command.tool().unwrap_or_default();
        let agent = AGENTS.iter().find(|agent| agent.programs.iter().any(|one| one.as_bytes() == tool));
        agent.is_some_and(|agent| agents::is_key_of(agent.name, name))
            || READERS.iter().any(|(tools, globs)| {
                tools.iter().any(|one| one.as_bytes() == tool)
                    && globs.iter().any(|glob| matches_name(glob.as_bytes(), name))
            })
    };
    let is_used = |name: &&BString| {
        names_it(&judged.reading.text, name) || judged.model.commands.iter().any(|command| reads(command, name))
    };
    call.withheld.iter().filter(is_used).collect()
}

/// As a word of its own.
fn names_it(text: &[u8], name: &[u8]) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let stands_alone = |at: usize| {
        !is_part(at.checked_sub(1).and_then(|before| text.get(before))) && !is_part(text.get(at + name.len()))
    };
    text.find_iter(name).any(stands_alone)
}

/// Programs that take credentials from variables, for those who ask what a command would lack.
const READERS: &[(&[&str], &[&str])] = &[
    (&["aws", "aws2", "eksctl", "sam", "s5cmd", "copilot"], &["AWS_*"]),
    (
        &["terraform", "tofu", "terragrunt", "pulumi", "packer"],
        &["AWS_*", "ARM_*", "GOOGLE_*", "TF_*", "PULUMI_*", "CLOUDFLARE_*"],
    ),
    (&["kubectl", "helm", "k9s", "kustomize"], &["KUBECONFIG", "KUBE*"]),
    (&["gcloud", "gsutil", "bq"], &["GOOGLE_*", "CLOUDSDK_*"]),
    (&["az"], &["AZURE_*", "ARM_*"]),
    (&["gh"], &["GH_*", "GITHUB_*"]),
    (&["glab"], &["GITLAB_*"]),
    (&["psql", "pg_dump", "pg_restore", "dropdb", "createdb"], &["PG*"]),
    (&["mysql", "mysqldump", "mariadb"], &["MYSQL_*"]),
    (&["docker", "podman"], &["DOCKER_*"]),
    (&["npm", "pnpm", "yarn"], &["NPM_*", "NODE_AUTH_TOKEN"]),
    (&["cargo"], &["CARGO_*"]),
    (&["twine"], &["TWINE_*"]),
    (&["vault"], &["VAULT_*"]),
    (&["restic"], &["RESTIC_*", "AWS_*", "B2_*"]),
    (&["borg"], &["BORG_*"]),
    (
        &["railway", "vercel", "netlify", "flyctl", "fly", "heroku", "doctl", "wrangler", "supabase", "stripe"],
        &[
            "RAILWAY_*",
            "VERCEL_*",
            "NETLIFY_*",
            "FLY_*",
            "HEROKU_*",
            "DIGITALOCEAN_*",
            "CLOUDFLARE_*",
            "SUPABASE_*",
            "STRIPE_*",
        ],
    ),
];
