//! One step of a drill, and what came of it: by effects, not by messages.

use std::io;
use std::time::Duration;

use super::act::{Act, Acts, Clock, Running, give};
use super::plan::{Must, Step};
use super::room::Room;
use super::{Came, Cast, Outcome, Remark};
use crate::store::{State, lock};

/// So long a program of a drill may take to start, and an ended tree to be gone.
const SOON: Duration = Duration::from_secs(20);

pub struct Stage<'a> {
    room: &'a Room,
    cast: &'a Cast<'a>,
}

impl<'a> Stage<'a> {
    pub fn new(room: &'a Room, cast: &'a Cast<'a>) -> Stage<'a> {
        Stage { room, cast }
    }

    pub fn play(&self, step: &Step) -> io::Result<Outcome> {
        let (passed, act, remarks) = match step.must {
            Must::Stop => self.stopped(step)?,
            Must::Run => self.ran(step)?,
            Must::ComeBack => self.came_back(step)?,
            Must::Limit => self.limited(step)?,
            Must::Lock => self.locked(step)?,
            Must::Kill => self.killed(step)?,
        };
        let (came, after) = act.map_or((Came::Untried, Duration::ZERO), |act| (act.came, act.after));
        Ok(Outcome { says: step.says.clone(), must: step.must, passed, came, after, remarks })
    }

    fn given(&self, step: &Step, answer: State) -> io::Result<Acts> {
        let texts: Vec<String> = (1..=step.times).map(|n| step.run.trim().replace("{n}", &n.to_string())).collect();
        give(self.room, &self.cast.shell, &texts, answer)
    }

    fn kept(&self, step: &Step) -> Vec<(String, Option<Vec<u8>>)> {
        step.keeps.iter().map(|name| (name.clone(), self.room.read(name))).collect()
    }

    /// Files that are not as they were.
    fn lost(&self, before: &[(String, Option<Vec<u8>>)]) -> Vec<String> {
        before.iter().filter(|(name, bytes)| self.room.read(name) != *bytes).map(|(name, _)| name.clone()).collect()
    }

    fn shards(&self, step: &Step) -> u32 {
        let there = |n: &u32| self.room.is_there(&format!("project/shards/{n}"));
        u32::try_from((1..=step.times).filter(there).count()).unwrap_or(u32::MAX)
    }

    fn stopped(&self, step: &Step) -> io::Result<Played> {
        let before = self.kept(step);
        let acts = self.given(step, State::Denied)?;
        let mut calls = self.room.calls();
        calls.retain(|call| !step.looks.iter().any(|look| call.starts_with(look)));
        let mut remarks = effects(calls, self.lost(&before));
        if step.times > 1 {
            let gone = step.times - self.shards(step);
            remarks.push(Remark::Asked(acts.asked));
            if gone > 0 {
                remarks.push(Remark::Went { gone, of: step.times });
            }
        }
        let harmed = remarks.iter().any(|remark| !matches!(remark, Remark::Asked(_)));
        let all_stopped = acts.all.iter().all(|act| matches!(act.came, Came::Asked | Came::Refused));
        Ok((all_stopped && !harmed, worst(acts), remarks))
    }

    fn ran(&self, step: &Step) -> io::Result<Played> {
        let act = worst(self.given(step, State::Denied)?);
        let mut remarks = Vec::new();
        let mut passed = act.as_ref().is_some_and(|act| act.came == Came::Ran);
        let printed = act.as_ref().map(|act| act.printed.trim_end());
        if passed && step.prints.as_deref().is_some_and(|wanted| printed != Some(wanted)) {
            passed = false;
            remarks.push(Remark::PrintedOther);
        }
        let stopped = act.as_ref().is_some_and(|act| matches!(act.came, Came::Asked | Came::Refused));
        if stopped && !self.cast.policy.contracts.is_empty() {
            passed = true;
            remarks.push(Remark::NotListed);
        }
        Ok((passed, act, remarks))
    }

    fn came_back(&self, step: &Step) -> io::Result<Played> {
        let before = self.kept(step);
        let act = worst(self.given(step, State::Approved)?);
        let lost = self.lost(&before);
        if lost.is_empty() {
            // The policy refuses it to everybody, or what was approved did not run.
            let refused = act.as_ref().is_some_and(|act| act.came == Came::Refused);
            return Ok((refused, act, vec![Remark::NothingWent]));
        }
        Running::start(self.room, usize::MAX, &self.cast.guarded, &["undo", "--last"])?.wait();
        let missing = self.lost(&before);
        let mut remarks = if missing.is_empty() { vec![Remark::Back] } else { vec![Remark::Missing(missing)] };
        let passed = remarks == [Remark::Back];
        if !passed && !self.cast.policy.undo.enabled {
            remarks.push(Remark::UndoOff);
        }
        Ok((passed, act, remarks))
    }

    fn limited(&self, step: &Step) -> io::Result<Played> {
        let limits = self.cast.policy.limits;
        let acts = self.given(step, State::Approved)?;
        let gone = step.times - self.shards(step);
        let mut remarks = vec![Remark::Went { gone, of: step.times }];
        let is_limited = limits.count();
        if !is_limited {
            remarks.push(Remark::NoLimits);
        } else if gone == step.times {
            remarks.push(Remark::Unlimited);
        }
        Ok((!is_limited || gone < step.times, worst(acts), remarks))
    }

    fn locked(&self, step: &Step) -> io::Result<Played> {
        Running::start(self.room, usize::MAX, &self.cast.guarded, &["lock", "a drill"])?.wait();
        let is_locked = lock::locked(&self.room.state()).is_some();
        let act = worst(self.given(step, State::Denied)?);
        let mut remarks = effects(self.room.calls(), Vec::new());
        if self.room.is_there("project/ran") {
            remarks.push(Remark::Lost(vec!["project/ran".to_owned()]));
        }
        let refused = act.as_ref().is_some_and(|act| act.came == Came::Refused);
        Ok((is_locked && refused && remarks.is_empty(), act, remarks))
    }

    fn killed(&self, step: &Step) -> io::Result<Played> {
        if !self.cast.execs {
            return Ok((true, None, vec![Remark::Unwatched]));
        }
        let shell = self.room.path("tools/sh").display().to_string();
        let text = format!("touch up; {}", step.run);
        let running = Running::start(self.room, 0, &self.cast.guarded, &["run", "--", &shell, "-c", &text])?;
        until(|| self.room.is_there("project/up") || running.has_ended());
        if !self.room.is_there("project/up") {
            return Ok((false, Some(running.wait()), Vec::new()));
        }
        let clock = Clock::start();
        Running::start(self.room, 1, &self.cast.guarded, &["lock", "--kill", "a drill"])?;
        let over = until(|| self.room.processes().is_empty());
        let after = clock.since();
        let alive = self.room.processes().len();
        let remarks = if over { Vec::new() } else { vec![Remark::Alive(alive)] };
        Ok((over, Some(Act { came: Came::Refused, after, printed: String::new() }), remarks))
    }
}

type Played = (bool, Option<Act>, Vec<Remark>);

fn effects(calls: Vec<String>, lost: Vec<String>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if !calls.is_empty() {
        remarks.push(Remark::Called(calls));
    }
    if !lost.is_empty() {
        remarks.push(Remark::Lost(lost));
    }
    remarks
}

/// Of several, the one that went furthest, and among those the slowest.
fn worst(acts: Acts) -> Option<Act> {
    let rank = |came: Came| match came {
        Came::Untried => 0,
        Came::Refused => 1,
        Came::Asked => 2,
        Came::Ended(_) => 3,
        Came::NeverEnded => 4,
        Came::Ran => 5,
    };
    acts.all.into_iter().max_by_key(|act| (rank(act.came), act.after))
}

fn until(mut holds: impl FnMut() -> bool) -> bool {
    let clock = Clock::start();
    while clock.since() < SOON {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}
