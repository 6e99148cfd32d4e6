//! Lines of a shell that is given more text later: from call to answer for each of them, as `guard` does it for a whole text.

use bstr::BString;

use crate::allowed::{self, Told};
use crate::command;
use crate::guard::{Answered, answer, count, judge, refused};
use crate::invocation::{Invocation, Text};
use crate::keeping::{Keeping, Part};
use crate::parse::{self, Mode};
use crate::policy::Verdict;
use crate::show::{self, Exit};
use crate::supervise::foreign::{Foreign, Typed};
use crate::supervise::{held, interactive, line_editor};
use crate::sys::{self, start};
use crate::trouble::Trouble;
use crate::world::{self, World};

/// A line that is about to be given to a shell that is held open.
pub fn given(call: &Invocation, asked: &held::Asked<'_>, world: &World, told: Option<&Told>) -> held::Verdict {
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
        let typed = Typed { line, text, prelude: BString::clone(&prelude) };
        let exit = judged(None, typed, &mode, &call, world)?;
        if exit != Exit::Fine {
            return Ok(exit);
        }
    }
    Ok(Exit::Fine)
}

/// A line that was typed into a zsh or fish. Whether it is complete its shell knows.
pub fn typed(shell: Foreign, call: Invocation, world: &World) -> Result<Exit, Trouble> {
    let typed = Typed::read(shell, &sys::descriptors::all_of_stdin());
    let mode = command::mode_after(&typed.prelude, &call.mode, &world::known(&call));
    judged(Some(shell), typed, &mode, &call, world)
}

/// `shell`: one that is not bash and has no supervisor of ours.
fn judged(
    shell: Option<Foreign>,
    typed: Typed,
    mode: &Mode,
    call: &Invocation,
    world: &World,
) -> Result<Exit, Trouble> {
    let call = Invocation {
        text: Text::Command(typed.text),
        mode: mode.clone(),
        prelude: typed.prelude,
        interactive: true,
        ..call.clone()
    };
    let mut judged = judge(&call, world)?;
    let off = match shell {
        Some(_) => line_editor::foreign_switched_off(&typed.line, &judged.model),
        None => line_editor::switched_off(&typed.line, &judged.model),
    };
    if let Some(reason) = off {
        judged.decision.ask_for(reason, &judged.policy);
    }
    if shell.is_some() && !sys::aside::is_supervised() {
        judged.decision.without_execs(&judged.model, &judged.policy);
    }
    if shell == Some(Foreign::Fish) && judged.decision.verdict > Verdict::Log {
        // What is said begins below fish's line; zsh has made room itself.
        start::complain(b"\n");
    }
    let (model, decision) = (judged.model.clone(), judged.decision.clone());
    let part = if sys::aside::is_supervised() { Part::WithoutExecs } else { Part::All };
    let keeping = Keeping::of(&judged, &call, part);
    let journal = world.journal(&judged.policy);
    count(&judged, &call, world);
    match answer(judged, call, world)? {
        Answered::Refused(refusal) => Ok(refused(&refusal, &model)),
        // It is the shell above that runs the line.
        Answered::Permitted(permit) => {
            if let Some(keeping) = keeping {
                keeping.keep(permit.call(), None, world, &journal)?;
            }
            allowed::tell(&decision, &model, permit.leave());
            Ok(Exit::Fine)
        }
    }
}
