//! Layers → `Policy`. A later layer overrides an earlier one, except: floors are fixed, what root locked gets only
//! stricter, and a project's file only makes things stricter.

use super::credentials;
use super::document::severity_word;
use super::layer::{Section, SectionOf};
use super::site::{Holds, Site};
use super::{Allow, Contract, Layer, Limits, Mode, Override, Policy, SEVERITIES, Verdict};

/// The files in force, already read.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub system: Option<Layer>,
    pub user: Option<Layer>,
    pub projects: Vec<Layer>,
}

impl Layers {
    /// Whether it matters which agent asks.
    pub fn name_agents(&self) -> bool {
        self.sections().any(|one| matches!(one.of, SectionOf::Agents(_)))
    }

    /// Whether it matters where the command runs and what it would hit.
    pub fn have_sections(&self) -> bool {
        self.sections().next().is_some()
    }

    fn sections(&self) -> impl Iterator<Item = &Section> {
        self.system.iter().chain(&self.user).chain(&self.projects).flat_map(|layer| &layer.sections)
    }
}

pub fn join(layers: Layers, site: &Site) -> Policy {
    let mut joint = Joint::default();
    let locked = layers.system.as_ref().map(|layer| layer.locked.clone()).unwrap_or_default();
    if let Some(system) = layers.system {
        joint.policy.real_bash.clone_from(&system.real_bash);
        joint.policy.real_sh.clone_from(&system.real_sh);
        joint.whole(system, &[], site);
    }
    if let Some(user) = layers.user {
        joint.whole(user, &locked, site);
    }
    let mut policy = joint.finished();
    for mut project in layers.projects {
        let sections = std::mem::take(&mut project.sections);
        tighten(&mut policy, project);
        for section in sections.into_iter().filter(|section| site.holds(section) != Holds::No) {
            tighten(&mut policy, section.layer);
        }
    }
    policy
}

/// A policy with the contract that root's and the user's files share.
#[derive(Default)]
struct Joint {
    policy: Policy,
    /// Where the mode is set, while it is.
    contract: Option<String>,
    entries: Vec<Allow>,
}

impl Joint {
    /// A file, then its sections that hold here.
    fn whole(&mut self, mut layer: Layer, locked: &[String], site: &Site) {
        let sections = std::mem::take(&mut layer.sections);
        self.loosen_or_tighten(layer, locked);
        for section in sections {
            match site.holds(&section) {
                Holds::Whole => self.loosen_or_tighten(section.layer, locked),
                Holds::Tightens => tighten(&mut self.policy, section.layer),
                Holds::No => {}
            }
        }
    }

    fn finished(mut self) -> Policy {
        if let Some(from) = self.contract {
            self.policy.contracts.insert(0, Contract { from, entries: self.entries });
        }
        self.policy
    }

    /// A layer that may do both, except for what is locked.
    fn loosen_or_tighten(&mut self, layer: Layer, locked: &[String]) {
        let is_locked = |key: &str| locked.iter().any(|lock| lock == key);
        self.contract(&layer, is_locked("mode"), is_locked("allow"));
        let policy = &mut self.policy;
        let from = |key: &str| layer.from.get(key).unwrap_or(&layer.source).clone();
        if let Some(mode) = layer.mode {
            let ignored = is_locked("mode") && mode == Mode::Observe && policy.mode == Mode::Enforce;
            note(policy, "mode", from("mode"), ignored);
            policy.mode = if ignored { policy.mode } else { mode };
        }
        if let Some(required) = layer.audit_required {
            let ignored = is_locked("audit") && !required && policy.audit_required;
            note(policy, "audit", from("audit"), ignored);
            policy.audit_required = required || (ignored && policy.audit_required);
        }
        for (severity, verdict) in &layer.table {
            let now = policy.table.get(severity).copied().unwrap_or(Verdict::Allow);
            let ignored = is_locked("decide") && *verdict < now;
            let key = format!("decide.{}", severity_word(*severity));
            note(policy, &key, from(&key), ignored);
            if !ignored {
                policy.table.insert(*severity, *verdict);
            }
        }
        let raises = is_locked("decide") || is_locked("decide.override");
        for one in layer.overrides {
            note(policy, "decide.override", one.from.clone(), false);
            policy.overrides.push(Override { only_raises: one.only_raises || raises, ..one });
        }
        for waiver in layer.waivers {
            note(policy, &format!("waiver {}", waiver.rule), waiver.from.clone(), is_locked("waiver"));
            if !is_locked("waiver") {
                policy.waivers.push(waiver);
            }
        }
        for context in layer.contexts {
            // A user's context of the same name stands beside root's.
            let ignored = is_locked("context") && context.raise < 0;
            note(policy, &format!("context {}", context.name), context.from.clone(), ignored);
            if !ignored {
                policy.contexts.push(context);
            }
        }
        if let Some(required) = layer.require_exec {
            note(policy, "require.layer", from("require.layer"), false);
            policy.require_exec |= required;
        }
        if let Some(supervise) = layer.supervise {
            let ignored = is_locked("supervise") && supervise < policy.supervise;
            note(policy, "supervise", from("supervise"), ignored);
            if !ignored {
                policy.supervise = supervise;
            }
        }
        if !layer.protected_branches.is_empty() {
            note(policy, "git.protected_branches", from("git.protected_branches"), false);
            policy.protected_branches.extend(layer.protected_branches);
        }
        if layer.wait.is_some() {
            note(policy, "ask.wait", from("ask.wait"), false);
            policy.wait = layer.wait;
        }
        for key in layer.from.keys().filter(|key| key.starts_with("undo.")) {
            note(policy, key, from(key), false);
        }
        policy.undo.set(layer.undo, is_locked("undo"));
        protect(policy, layer.protected, from("protect.paths"), false);
        protect(policy, layer.read_only, from("protect.read_only"), true);
        policy.require_fence |= layer.require_fence;
        let ignored = is_locked("credentials");
        for key in layer.from.keys().filter(|key| key.starts_with("credentials.")) {
            let loosens = !credentials::only_hides(key);
            note(policy, key, from(key), ignored && loosens);
        }
        if ignored {
            policy.credentials.tighten(layer.credentials);
        } else {
            policy.credentials.extend(layer.credentials);
        }
        let limits = if is_locked("limits") { lowest } else { overlay };
        policy.limits = limits(policy.limits, layer.limits);
        policy.examples.extend(layer.examples);
    }

    /// What the layer does to the allowlist.
    fn contract(&mut self, layer: &Layer, mode_is_locked: bool, list_is_locked: bool) {
        let from = || layer.from.get("mode").unwrap_or(&layer.source).clone();
        let roots = list_is_locked && self.contract.is_some();
        if roots && layer.allowlist {
            self.policy.contracts.push(Contract { from: from(), entries: layer.allow.clone() });
            return;
        }
        for one in &layer.allow {
            note(&mut self.policy, "allow", one.from.clone(), roots);
        }
        if !roots {
            self.entries.extend(layer.allow.iter().cloned());
        }
        match layer.mode {
            Some(Mode::Enforce) if layer.allowlist => self.contract = Some(from()),
            Some(_) if self.contract.is_some() && mode_is_locked => {
                note(&mut self.policy, "mode", from(), true);
            }
            Some(_) => self.contract = None,
            None => {}
        }
    }
}

fn note(policy: &mut Policy, key: &str, from: String, ignored: bool) {
    let origin = if ignored { format!("{from}, ignored: locked by root's policy") } else { from };
    policy.origins.push((key.to_owned(), origin));
}

/// A layer that only makes things stricter, whatever it says.
fn tighten(policy: &mut Policy, layer: Layer) {
    let from = |key: &str| layer.from.get(key).unwrap_or(&layer.source).clone();
    for severity in SEVERITIES {
        let now = policy.verdict_of(severity);
        if let Some(verdict) = layer.table.get(&severity).copied()
            && verdict > now
        {
            policy.table.insert(severity, verdict);
            let key = format!("decide.{}", severity_word(severity));
            policy.origins.push((key.clone(), from(&key)));
        }
    }
    if layer.allowlist {
        note(policy, "mode", from("mode"), false);
        policy.contracts.push(Contract { from: from("mode"), entries: layer.allow.clone() });
    }
    for one in layer.overrides {
        note(policy, "decide.override", one.from.clone(), false);
        policy.overrides.push(Override { only_raises: true, ..one });
    }
    for context in layer.contexts.into_iter().filter(|context| context.raise >= 0) {
        note(policy, &format!("context {}", context.name), context.from.clone(), false);
        policy.contexts.push(context);
    }
    if !layer.protected_branches.is_empty() {
        let from = layer.from.get("git.protected_branches").unwrap_or(&layer.source).clone();
        note(policy, "git.protected_branches", from, false);
        policy.protected_branches.extend(layer.protected_branches);
    }
    if layer.require_exec == Some(true) {
        note(policy, "require.layer", layer.source.clone(), false);
        policy.require_exec = true;
    }
    if let Some(supervise) = layer.supervise.filter(|supervise| *supervise > policy.supervise) {
        note(policy, "supervise", from("supervise"), false);
        policy.supervise = supervise;
    }
    if layer.audit_required == Some(true) {
        note(policy, "audit", layer.source.clone(), false);
        policy.audit_required = true;
    }
    policy.undo.set(layer.undo, true);
    protect(policy, layer.protected, from("protect.paths"), false);
    protect(policy, layer.read_only, from("protect.read_only"), true);
    policy.require_fence |= layer.require_fence;
    for key in layer.from.keys().filter(|key| credentials::only_hides(key)) {
        note(policy, key, from(key), false);
    }
    policy.credentials.tighten(layer.credentials);
    policy.limits = lowest(policy.limits, layer.limits);
    policy.examples.extend(layer.examples);
}

/// Every file adds, and none takes away.
fn protect(policy: &mut Policy, paths: Vec<String>, from: String, read_only: bool) {
    if !paths.is_empty() {
        note(policy, if read_only { "protect.read_only" } else { "protect.paths" }, from, false);
        if read_only { &mut policy.read_only } else { &mut policy.protected }.extend(paths);
    }
}

fn overlay(under: Limits, over: Limits) -> Limits {
    Limits {
        files_per_minute: over.files_per_minute.or(under.files_per_minute),
        bytes_per_minute: over.bytes_per_minute.or(under.bytes_per_minute),
        destructive_per_hour: over.destructive_per_hour.or(under.destructive_per_hour),
        canary: over.canary.or(under.canary),
    }
}

fn lowest(a: Limits, b: Limits) -> Limits {
    fn low<N: Ord>(a: Option<N>, b: Option<N>) -> Option<N> {
        a.into_iter().chain(b).min()
    }
    Limits {
        files_per_minute: low(a.files_per_minute, b.files_per_minute),
        bytes_per_minute: low(a.bytes_per_minute, b.bytes_per_minute),
        destructive_per_hour: low(a.destructive_per_hour, b.destructive_per_hour),
        canary: low(a.canary, b.canary),
    }
}
