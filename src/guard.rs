//! From a call to an exit status: the only module that knows the order.
//!
//! A `?` here always means that nothing runs. Whatever is doubt rather than damage is a value that `decide` weighs.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::BString;

use crate::agents::Standing;
use crate::allowed::{self, Told};
use crate::audit::Circumstances;
use crate::command::{self, Model, Seen};
use crate::confirm::{self, Channels, Leave, Permit, Refusal, Settled};
use crate::decide::{self, Decision, Toll};
use crate::execs::Execs;
use crate::invocation::{Invocation, ShKind, Text};
use crate::keeping::{self, Keeping, Part};
use crate::look::{self, Budget};
use crate::parse::{self, Doubt, Reading};
use crate::policy::{self, Policy, Supervise, Verdict, Versions};
use crate::rules::{self, OperandKind};
use crate::show::{self, Exit, Stage};
use crate::store::By;
use crate::supervise::exec::{self, Exec, Judge, Lacking, Verdict as Answer, Watch, Without};
use crate::supervise::{self, Given, held, interactive, line_editor};
use crate::sys::{self, start};
use crate::trouble::Trouble;
use crate::world::{self, World};
use crate::{agents, credentials, fence, given, leaves};

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
                Given::Held => held::run(permit, &real, watch, &mut |asked| line(&again, asked, world, told.as_ref())),
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
    let told = match execs.judge(program) {
        Answer::Run => None,
        Answer::Keep | Answer::Ask => execs.ask(program),
        Answer::Refuse(told) => Some(told),
    };
    if let Some(told) = told {
        start::complain(told.as_bytes());
        return Ok(Exit::Refused);
    }
    fence::raise_for_program(&world.policy_of(&program.directory)?)?;
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
fn refused(refusal: &Refusal, model: &Model) -> Exit {
    start::complain(show::refusal(refusal, model, &Stage::BeforeFirst).as_bytes());
    show::refusal_exit(refusal)
}

/// Records the decision and asks whom there is to ask.
pub fn answer(judged: Judgement, call: Invocation, world: &World) -> Result<Answered, Trouble> {
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
        wait: world.wait(&policy),
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
    let judged = judge_exec(call, world)?;
    if judged.policy.contracts.is_empty() {
        return Ok(judged);
    }
    let Judgement { reading, model, seen, policy, decision } = judged;
    let trusted = reading.trusted() && !model.doubted;
    let start = world::known(call).environment;
    let decision = decision.by_contract(&model, trusted, &policy, &world.packs, &start);
    Ok(Judgement { reading, model, seen, policy, decision })
}

/// The same for a program that a judged text starts: what an allowlist lists may start what it needs.
pub fn judge_exec(call: &Invocation, world: &World) -> Result<Judgement, Trouble> {
    let mut budget = Budget::default();
    let given = given::text_of(call, &mut budget);
    let reading = parse::read(&given.text, &call.mode);
    let known = world::known(call);
    let (mut model, seen) = look::read_until_settled(
        |seen| {
            let mut model = command::commands(&given.source, &reading, &call.mode, &known, seen);
            model.wants.extend(rules::wants(&model, &world.packs));
            model
        },
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
    let decision = decide::decide(&model, trusted, findings, stakes, &policy, policy::today())
        .with_unlisted(&rules::unlisted(&model, &world.packs), policy.mode);
    Ok(Judgement { reading, model, seen, policy, decision })
}

/// A line that is about to be given to a shell that is held open.
fn line(call: &Invocation, asked: &held::Asked<'_>, world: &World, told: Option<&Told>) -> held::Verdict {
    let text = BString::from(asked.text);
    world.next_line();
    let prelude = held::prelude(asked.before, &asked.directory);
    let call = Invocation { directory: asked.directory.clone(), ..call.clone() };
    let mode = command::mode_after(&prelude, &call.mode, &world::known(&call));
    if !asked.at_once && !asked.ends && parse::read(&text, &mode).unfinished {
        return held::Verdict::Unfinished;
    }
    let call = Invocation { text: Text::Command(text), mode, prelude, ..call };
    let judged = judge(&call, world);
    let model = judged.as_ref().map(|judged| judged.model.clone()).unwrap_or_default();
    let decision = judged.as_ref().ok().filter(|_| told.is_some()).map(|judged| judged.decision.clone());
    let part = if told.is_some() { Part::WithoutExecs } else { Part::All };
    let keeping = judged.as_ref().ok().and_then(|judged| Keeping::of(judged, &call, part));
    let journal = judged.as_ref().ok().map(|judged| world.journal(&judged.policy));
    let counted = judged.inspect(|judged| count(judged, &call, world));
    match counted.and_then(|judged| answer(judged, call, world)) {
        Ok(Answered::Permitted(permit)) => {
            if let Some((keeping, journal)) = keeping.zip(journal)
                && let Err(trouble) = keeping.keep(permit.call(), None, world, &journal)
            {
                start::complain(show::lay_out("guarded", &trouble).as_bytes());
                return held::Verdict::Refused;
            }
            // The text goes down the pipe that its shell already reads.
            if let (Some(told), Some(decision)) = (told, decision) {
                told.allow(&decision, &model, permit.leave());
            }
            held::Verdict::Run
        }
        Ok(Answered::Refused(refusal)) => {
            refused(&refusal, &model);
            held::Verdict::Refused
        }
        Err(trouble) => {
            start::complain(show::lay_out("guarded", &trouble).as_bytes());
            held::Verdict::Refused
        }
    }
}

/// A line that was entered at a terminal, given to us by the bound key. Not recorded where it merely goes on.
pub fn entered(call: Invocation, world: &World) -> Result<Exit, Trouble> {
    let input = sys::descriptors::all_of_stdin();
    let entered = interactive::Entered::read(&input);
    let prelude = bstr::join("\n", [&entered.aliases, &entered.options, &entered.variables, &entered.functions]).into();
    let mode = command::mode_after(&prelude, &call.mode, &world::known(&call));
    if parse::read(&entered.text, &mode).unfinished {
        return Ok(Exit::Unmet);
    }
    for text in [entered.text, entered.alone].into_iter().filter(|text| !text.is_empty()) {
        let line = text.clone();
        let call = Invocation {
            text: Text::Command(text),
            mode: mode.clone(),
            prelude: prelude.clone(),
            interactive: true,
            ..call.clone()
        };
        let mut judged = judge(&call, world)?;
        if let Some(reason) = line_editor::switched_off(&line, &judged.model) {
            judged.decision.ask_for(reason, &judged.policy);
        }
        let (model, decision) = (judged.model.clone(), judged.decision.clone());
        let part = if sys::aside::is_supervised() { Part::WithoutExecs } else { Part::All };
        let keeping = Keeping::of(&judged, &call, part);
        let journal = world.journal(&judged.policy);
        count(&judged, &call, world);
        match answer(judged, call, world)? {
            Answered::Refused(refusal) => return Ok(refused(&refusal, &model)),
            // It is bash that runs the line.
            Answered::Permitted(permit) => {
                if let Some(keeping) = keeping {
                    keeping.keep(permit.call(), None, world, &journal)?;
                }
                allowed::tell(&decision, &model, permit.leave());
            }
        }
    }
    Ok(Exit::Fine)
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
