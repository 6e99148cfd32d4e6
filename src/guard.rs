//! From a call to an exit status: the only module that knows the order.
//!
//! A `?` here always means that nothing runs. Whatever is doubt rather than damage is a value that `decide` weighs.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::BString;

use crate::agents::Standing;
use crate::audit::Circumstances;
use crate::command::{self, Known, Model, Seen};
use crate::confirm::{self, Channels, Leave, Permit, Refusal, Settled};
use crate::decide::{self, Decision, Toll};
use crate::execs::Execs;
use crate::invocation::{Invocation, ShKind};
use crate::keeping::{self, Keeping, Part};
use crate::look::{self, Budget};
use crate::parse::{self, Doubt, Reading};
use crate::policy::{self, Policy, Supervise, Verdict, Versions};
use crate::rules::{self, OperandKind};
use crate::show::{self, Exit, Stage};
use crate::store::By;
use crate::supervise::exec::{self, Exec, Judge, Lacking, Verdict as Answer, Watch, Without};
use crate::supervise::{self, Given, held, interactive};
use crate::sys::start;
use crate::trouble::Trouble;
use crate::world::{self, World};
use crate::{agents, credentials, fence, given, leaves, lines};

/// A call that was read, weighed and not yet answered.
pub struct Judgement {
    pub reading: Reading,
    pub model: Model,
    pub seen: Seen,
    pub policy: Policy,
    pub decision: Decision,
}

/// Judges the call and lets it go or refuses it. Where it is let go this returns only when the real shell can't be had.
pub fn guard(call: Invocation, sh: ShKind, world: &World) -> Result<Exit, Trouble> {
    let (call, mut judged) = credentials::judged(call, world)?;
    let call = credentials::let_go(call);
    let watching = watched(&mut judged, &call, world)?;
    fence::raise(&mut judged, &call.hidden)?;
    let watch = watching != Watching::No;
    let real = world::real_shells(&judged.policy);
    let again = call.clone();
    let journal = world.journal(&judged.policy);
    // What was decided outlives its answer only where it is used: a model can be large.
    let kept =
        (watch || judged.decision.verdict > Verdict::Log).then(|| (judged.decision.clone(), judged.model.clone()));
    count(&judged, &call, world);
    if Given::to(&call) == Given::Whole {
        world.is_one_call();
    }
    let part = if watch { Part::WithoutExecs } else { Part::All };
    let keeping = Keeping::of(&judged, &call, part);
    let unseen = if watch { Keeping::of(&judged, &call, Part::All) } else { None };
    let answered = answer(judged, call, world)?;
    policy::remember(&world.places, world.state.as_deref());
    match answered {
        Answered::Refused(refusal) => Ok(refused(&refusal, &kept.map(|(_, model)| model).unwrap_or_default())),
        Answered::Permitted(permit) => {
            if let Some(keeping) = &keeping {
                keeping.keep(permit.call(), becomes(permit.call()), world, &journal)?;
            }
            let mut execs = watch.then(|| {
                Execs::of(
                    world,
                    sh,
                    Some(permit.call()),
                    kept.as_ref().map(|(one, other)| (one, other)),
                    permit.leave(),
                )
            });
            let told = execs.as_ref().map(Execs::told);
            let mut unwatched = |error: &std::io::Error| {
                let kept = unseen.as_ref().is_none_or(|one| one.keep(&again, None, world, &journal).is_ok());
                kept && journal.unwatched(&again, error).is_ok()
            };
            let without = match watching {
                Watching::Wanted => Without::Runs(&mut unwatched),
                Watching::No | Watching::Required => Without::Nothing,
            };
            let watch = execs.as_mut().map(|judge| Watch { judge, without });
            let never = match Given::to(permit.call()) {
                Given::Whole => supervise::run(permit, &real, watch),
                Given::Held => {
                    held::run(permit, &real, watch, &mut |asked| lines::given(&again, asked, world, told.as_ref()))
                }
                Given::Lines => interactive::run(permit, &real, sh, watch),
            };
            match never.map_err(Trouble::Supervise)? {}
        }
    }
}

/// The process that ends with the text of a call, where that is told by one.
fn becomes(call: &Invocation) -> Option<i32> {
    (Given::to(call) == Given::Whole).then(|| nix::unistd::getpid().as_raw())
}

/// Becomes a program with all of whose tree each exec is judged; the program itself is judged as one of them.
pub fn run(program: Exec, world: &World, sh: ShKind) -> Result<Exit, Trouble> {
    let program = &credentials::let_go_of_program(program, world)?;
    let mut execs = Execs::of(world, sh, None, None, &Leave::Policy);
    let policy = world.policy_of(&program.directory)?;
    execs.hide(policy.credentials.files.iter().map(|file| BString::from(file.as_str())).collect());
    let told = match execs.judge(program) {
        Answer::Run => None,
        Answer::Keep | Answer::Ask => execs.ask(program),
        Answer::Refuse(told) => Some(told),
    };
    if let Some(told) = told {
        start::complain(told.as_bytes());
        return Ok(Exit::Refused);
    }
    fence::raise_for_program(&policy)?;
    let watch = match exec::lacking() {
        // The guard above judges them.
        Some(Lacking::Above) => None,
        Some(Lacking::Tracing) => return Err(Trouble::NoExecLayer),
        None => {
            world.becomes_a_tree();
            let execs: &mut dyn Judge = &mut execs;
            Some(Watch { judge: execs, without: Without::Nothing })
        }
    };
    match exec::become_watched(program, watch).map_err(Trouble::Supervise)? {}
}

/// Whether the programs that a call starts are judged at their execs too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watching {
    No,
    /// Where it can be had.
    Wanted,
    Required,
}

fn watched(judged: &mut Judgement, call: &Invocation, world: &World) -> Result<Watching, Trouble> {
    let required = judged.policy.require_exec;
    let wanted = required
        || match judged.policy.supervise {
            Supervise::Off => false,
            Supervise::Always => true,
            Supervise::Auto => !leaves::only_leaves(judged, call, &world.packs),
        };
    if !wanted {
        return Ok(Watching::No);
    }
    let why = match exec::lacking() {
        // The guard above judges them.
        Some(Lacking::Above) => return Ok(Watching::No),
        None => return Ok(if required { Watching::Required } else { Watching::Wanted }),
        Some(Lacking::Tracing) => "the kernel lets only root look at a task",
    };
    if required {
        return Err(Trouble::NoExecLayer);
    }
    judged.decision.reasons.push(format!("programs are not judged as they start: {why}"));
    Ok(Watching::No)
}

pub enum Answered {
    Permitted(Permit),
    Refused(Refusal),
}

/// Tells the caller.
pub(crate) fn refused(refusal: &Refusal, model: &Model) -> Exit {
    start::complain(show::refusal(refusal, model, &Stage::BeforeFirst).as_bytes());
    show::refusal_exit(refusal)
}

/// Records the decision and asks whom there is to ask.
pub fn answer(judged: Judgement, call: Invocation, world: &World) -> Result<Answered, Trouble> {
    let patience = world.wait(&judged.policy);
    answer_within(judged, call, world, patience)
}

/// The same, waiting so long for somebody elsewhere; `None`: as long as the agent allows.
pub fn answer_within(
    judged: Judgement,
    call: Invocation,
    world: &World,
    patience: Option<Duration>,
) -> Result<Answered, Trouble> {
    let Judgement { model, seen, policy, decision, .. } = judged;
    let agent = agents::marked(&call.environment).map(|agent| agent.name);
    let about = Circumstances { model: &model, policy_digest: &policy.digest, agent };
    let entry = world.journal(&policy).intend(&call, &decision, &about).map_err(Trouble::Audit)?;
    let channels = Channels {
        model: &model,
        seen: &seen,
        policy_digest: &policy.digest,
        state: world.state.as_deref(),
        locked: world.locked(),
        ancestry: &|| world.ancestry().clone(),
        screen: world.screen.as_ref(),
        wait: patience,
    };
    match confirm::settle(decision, call, &channels) {
        Settled::Permitted(permit) => {
            // Where the policy alone lets it go, the decision's own record says so.
            if *permit.leave() != Leave::Policy {
                entry.permitted(&permit).map_err(Trouble::Audit)?;
            }
            Ok(Answered::Permitted(permit))
        }
        Settled::Refused(refusal) => {
            entry.refused(&refusal).map_err(Trouble::Audit)?;
            Ok(Answered::Refused(refusal))
        }
    }
}

/// Counts what would be destroyed against the policy's limits, and locks where one is passed. What can't be counted
/// passes it.
pub fn count(judged: &Judgement, call: &Invocation, world: &World) {
    let Judgement { decision, policy, .. } = judged;
    let toll = Toll::of(decision);
    if toll.acts == 0 || !policy.limits.count() || world.ancestry().standing(call.interactive) == Standing::Person {
        return;
    }
    // What is refused anyway deletes nothing.
    let refused = decision.verdict == Verdict::Deny;
    let toll = if refused { Toll { acts: toll.acts, ..Toll::default() } } else { toll };
    let why = match world.count(toll) {
        Ok((minute, hour)) => decide::passed(&policy.limits, minute, hour),
        Err(error) => Some(format!("what is destroyed can't be counted: {error}")),
    };
    if let Some(why) = why {
        // Where the state can't be written nothing is locked, and nobody can be asked.
        let _ = world.lock(&world.journal(policy), &By("the policy's limits".to_owned()), &why);
    }
}

/// Reads and weighs a call; runs nothing, records nothing.
pub fn judge(call: &Invocation, world: &World) -> Result<Judgement, Trouble> {
    let judged = judge_exec(call, Reads::All, world)?;
    if judged.policy.contracts.is_empty() {
        return Ok(judged);
    }
    let Judgement { reading, model, seen, policy, decision } = judged;
    let trusted = reading.trusted() && !model.doubted;
    let start = world::known(call).environment;
    let decision = decision.by_contract(&model, trusted, &policy, &world.packs, &start);
    Ok(Judgement { reading, model, seen, policy, decision })
}

/// What of a call is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// With all that its programs would do.
    All,
    /// What its own process does: each program that it starts is judged when it starts.
    Itself,
}

/// The same for a program that a judged text starts: what an allowlist lists may start what it needs.
pub fn judge_exec(call: &Invocation, reads: Reads, world: &World) -> Result<Judgement, Trouble> {
    let mut budget = Budget::default();
    let given = given::text_of(call, &mut budget);
    let reading = parse::read(&given.text, &call.mode);
    let known = Known { alone: reads == Reads::Itself, ..world::known(call) };
    let (mut model, seen) = look::read_until_settled(
        |seen| {
            let mut model = command::commands(&given.source, &reading, &call.mode, &known, seen);
            model.wants.extend(rules::wants(&model, &world.packs));
            model
        },
        &call.hidden,
        &mut budget,
    );
    model.unread.extend(given.unread);
    model.limits.extend(reading.doubts.iter().filter_map(|doubt| match doubt {
        Doubt::Limit { what, .. } => Some(*what),
        Doubt::Syntax { .. } | Doubt::Disagreement { .. } => None,
    }));
    let mut findings = rules::folded(rules::matching(&model, &world.packs, &seen));
    look::laid_over(&mut findings, &model);
    let targets = targets(&findings, &model);
    let versions = if findings.is_empty() { Versions::Written } else { Versions::AndCommitted };
    let policy = world.policy(as_path(&call.directory), &targets, versions)?;
    findings.extend(world.protected(&findings, &model, &policy));
    let agent_since = || world.ancestry().born();
    let mut stakes = look::stakes(&findings, &model, &world.ground(call, &policy, &agent_since));
    keeping::foresee(&findings, &model, policy.undo, world.state.as_deref(), &mut stakes);
    let trusted = reading.trusted() && !model.doubted;
    let mut decision = decide::decide(&model, trusted, findings, stakes, &policy, policy::today());
    if decision.counts_on_execs(&model) && exec::lacking() == Some(Lacking::Tracing) {
        decision.ask_for("not all of it can be told from its text, and no exec will tell here", &policy);
    }
    let decision = decision.with_unlisted(&rules::unlisted(&model, &world.packs), policy.mode);
    Ok(Judgement { reading, model, seen, policy, decision })
}

/// Where the policies of the things that would be hit are looked for. What is not known may be anything: the root
/// stands for it.
fn targets(findings: &[rules::Finding], model: &Model) -> Vec<PathBuf> {
    let mut targets = Vec::new();
    for finding in findings {
        let directory = model.commands.get(finding.command).and_then(|command| command.directory.choices());
        for operand in finding.operands.iter().filter(|operand| operand.kind == OperandKind::Path) {
            let Some(paths) = operand.word.value.choices() else {
                targets.push(PathBuf::from("/"));
                continue;
            };
            for path in paths {
                match directory {
                    _ if path.starts_with(b"/") => targets.push(as_path(path).to_owned()),
                    Some([folder]) if folder.starts_with(b"/") => targets.push(as_path(folder).join(as_path(path))),
                    Some(_) | None => targets.push(PathBuf::from("/")),
                }
            }
        }
    }
    targets
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}
