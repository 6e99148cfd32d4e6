//! From a call to an exit status: the only module that knows the order.
//!
//! A `?` here always means that nothing runs. Whatever is doubt rather than damage is a value that `decide` weighs.

use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};
use std::os::unix::ffi::OsStrExt;

use crate::audit::Circumstances;
use crate::command::{self, Model, Seen, Unread, UnreadKind};
use crate::confirm::{self, Channels, Permit, Settled};
use crate::decide::{self, Decision};
use crate::invocation::{Invocation, ShKind, Text};
use crate::look::{self, Budget};
use crate::parse::{self, Reading};
use crate::policy::{self, Policy};
use crate::rules::{self, OperandKind};
use crate::show::{self, Cited, Exit, Explain, Stage};
use crate::span::{Place, Span};
use crate::supervise::{self, Given, held, interactive};
use crate::sys::start;
use crate::world::{self, World};
use crate::{audit, sys};

/// Why the guard itself can't do its work. Nothing runs then.
#[derive(Debug)]
pub enum Trouble {
    Policy(policy::Trouble),
    Audit(audit::Trouble),
    Supervise(supervise::Trouble),
    /// A user's rule pack, with file and line.
    Pack(String),
    /// The policy wants programs judged as they start.
    NoExecLayer,
}

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
    let judged = judge(&call, world)?;
    let real = world::real_shells(&judged.policy);
    let again = call.clone();
    match answer(judged, call, world)? {
        Answered::Refused(exit) => Ok(exit),
        Answered::Permitted(permit) => {
            let never = match Given::to(permit.call()) {
                Given::Whole => supervise::run(permit, &real),
                Given::Held => held::run(permit, &real, &mut |asked| line(&again, asked, world)),
                Given::Lines => interactive::run(permit, &real, sh),
            };
            match never.map_err(Trouble::Supervise)? {}
        }
    }
}

enum Answered {
    Permitted(Permit),
    Refused(Exit),
}

/// Records the decision, asks whom there is to ask, tells the caller of a refusal.
fn answer(judged: Judgement, call: Invocation, world: &World) -> Result<Answered, Trouble> {
    let Judgement { model, seen, policy, decision, .. } = judged;
    if policy.require_exec {
        return Err(Trouble::NoExecLayer);
    }
    let agent = if decision.judged.is_empty() { None } else { world.ancestry().agent().map(|agent| agent.name) };
    let about = Circumstances { model: &model, policy_digest: &policy.digest, agent };
    let entry = world.journal(&policy).intend(&call, &decision, &about).map_err(Trouble::Audit)?;
    let channels = Channels {
        model: &model,
        seen: &seen,
        policy_digest: &policy.digest,
        state: world.state.as_deref(),
        ancestry: &|| world.ancestry(),
        screen: world.screen.as_ref(),
        wait: world.wait(&policy),
    };
    match confirm::settle(decision, call, &channels) {
        Settled::Permitted(permit) => {
            entry.permitted(&permit).map_err(Trouble::Audit)?;
            Ok(Answered::Permitted(permit))
        }
        Settled::Refused(refusal) => {
            entry.refused(&refusal).map_err(Trouble::Audit)?;
            start::complain(show::refusal(&refusal, &model, &Stage::BeforeFirst).as_bytes());
            Ok(Answered::Refused(show::refusal_exit(&refusal)))
        }
    }
}

/// Reads and weighs a call; runs nothing, records nothing.
pub fn judge(call: &Invocation, world: &World) -> Result<Judgement, Trouble> {
    let mut budget = Budget::default();
    let given = text_of(call, &mut budget);
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
    let findings = rules::matching(&model, &world.packs, &seen);
    let targets = targets(&findings);
    let policy = policy::load(&world.places, as_path(&call.directory), &targets).map_err(Trouble::Policy)?;
    let stakes = look::stakes(&findings, &model, &world.ground(call, &policy, !findings.is_empty()));
    let trusted = reading.trusted() && !model.doubted;
    let decision = decide::decide(&model, trusted, findings, stakes, &policy, policy::today());
    Ok(Judgement { reading, model, seen, policy, decision })
}

/// A line that is about to be given to a shell that is held open.
fn line(call: &Invocation, asked: &held::Asked<'_>, world: &World) -> held::Verdict {
    let text = BString::from(asked.text);
    if !asked.at_once && !asked.ends && parse::read(&text, &call.mode).unfinished {
        return held::Verdict::Unfinished;
    }
    let call = Invocation { text: Text::Command(text), directory: asked.directory.clone(), ..call.clone() };
    match judge(&call, world).and_then(|judged| answer(judged, call, world)) {
        Ok(Answered::Permitted(permit)) => {
            // The text goes down the pipe that its shell already reads.
            drop(permit);
            held::Verdict::Run
        }
        Ok(Answered::Refused(_)) => held::Verdict::Refused,
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
        let call = Invocation {
            text: Text::Command(text),
            mode: mode.clone(),
            prelude: prelude.clone(),
            interactive: true,
            ..call.clone()
        };
        let judged = judge(&call, world)?;
        if let Answered::Refused(exit) = answer(judged, call, world)? {
            return Ok(exit);
        }
    }
    Ok(Exit::Fine)
}

/// The text of a call, as far as it is there to be read before anything runs.
struct GivenText {
    source: BString,
    text: Vec<u8>,
    unread: Option<Unread>,
}

fn text_of(call: &Invocation, budget: &mut Budget) -> GivenText {
    let whole = |source: &str, text: Vec<u8>| GivenText { source: source.into(), text, unread: None };
    if call.reads_only {
        return whole("command", Vec::new());
    }
    match &call.text {
        Text::Command(text) => whole("command", text.to_vec()),
        Text::Nothing => whole("command", Vec::new()),
        // Through a pipe or a terminal it comes later, and is judged as it comes.
        Text::Stdin if Given::to(call) != Given::Whole => whole("standard input", Vec::new()),
        Text::Stdin => match sys::descriptors::rest_of_stdin(parse::MAX_BYTES) {
            Ok(Some(text)) => whole("standard input", text),
            Ok(None) | Err(_) => unread_text("standard input".into()),
        },
        Text::File(operand) => script(call, operand, budget),
    }
}

/// A script, found as bash finds it. A missing one is bash's to report.
fn script(call: &Invocation, operand: &BString, budget: &mut Budget) -> GivenText {
    for candidate in crate::invocation::script_candidates(call, operand) {
        let absolute = command::plain(&[call.directory.as_bytes(), b"/", &candidate].concat());
        let path = if candidate.starts_with(b"/") { candidate.clone() } else { absolute };
        match look::sight(&command::Want::File(path), budget) {
            command::Sight::Bytes(text) => return GivenText { source: candidate, text: text.to_vec(), unread: None },
            command::Sight::Missing => {}
            command::Sight::Program(_)
            | command::Sight::NotRegular
            | command::Sight::TooBig
            | command::Sight::Unreadable => {
                return unread_text(candidate);
            }
        }
    }
    GivenText { source: operand.clone(), text: Vec::new(), unread: None }
}

fn unread_text(what: BString) -> GivenText {
    let at = Place { source: "command".into(), line: 1, span: Span::default() };
    let unread = Some(Unread { kind: UnreadKind::File, what, at });
    GivenText { source: "command".into(), text: Vec::new(), unread }
}

/// Where the policies of the things that would be hit are looked for.
fn targets(findings: &[rules::Finding]) -> Vec<PathBuf> {
    let paths =
        findings.iter().flat_map(|finding| &finding.operands).filter(|operand| operand.kind == OperandKind::Path);
    paths
        .filter_map(|operand| operand.word.text())
        .filter(|path| path.starts_with(b"/"))
        .map(|path| as_path(path).to_owned())
        .collect()
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

impl Explain for Trouble {
    fn what(&self) -> String {
        match self {
            Trouble::Policy(trouble) => trouble.what(),
            Trouble::Audit(trouble) => trouble.to_string(),
            Trouble::Supervise(trouble) => trouble.to_string(),
            Trouble::Pack(trouble) => trouble.clone(),
            Trouble::NoExecLayer => {
                "the policy has require.layer = \"exec\", and this version can't judge programs as they start"
                    .to_owned()
            }
        }
    }

    fn cited(&self) -> Option<Cited<'_>> {
        match self {
            Trouble::Policy(trouble) => trouble.cited(),
            Trouble::Audit(_) | Trouble::Supervise(_) | Trouble::Pack(_) | Trouble::NoExecLayer => None,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Trouble::Policy(trouble) => trouble.hints(),
            Trouble::Pack(_) => vec!["guarded rules test FILE".to_owned()],
            Trouble::NoExecLayer => {
                vec!["guarded policy show".to_owned()]
            }
            Trouble::Audit(_) | Trouble::Supervise(_) => Vec::new(),
        }
    }

    fn exit(&self) -> Exit {
        Exit::Failed
    }
}
