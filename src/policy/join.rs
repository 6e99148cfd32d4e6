//! Layers → `Policy`. A later layer overrides an earlier one, except: floors are fixed, what root locked gets only
//! stricter, and a project's file only makes things stricter.

use super::document::severity_word;
use super::{Layer, Limits, Mode, Override, Policy, SEVERITIES, Verdict};

/// The files in force, already read.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub system: Option<Layer>,
    pub user: Option<Layer>,
    pub projects: Vec<Layer>,
}

pub fn join(layers: Layers) -> Policy {
    let mut policy = Policy::default();
    let locked = layers.system.as_ref().map(|layer| layer.locked.clone()).unwrap_or_default();
    if let Some(system) = layers.system {
        policy.real_bash.clone_from(&system.real_bash);
        policy.real_sh.clone_from(&system.real_sh);
        loosen_or_tighten(&mut policy, system, &[]);
    }
    if let Some(user) = layers.user {
        loosen_or_tighten(&mut policy, user, &locked);
    }
    for project in layers.projects {
        tighten(&mut policy, project);
    }
    policy
}

/// A layer that may do both, except for what is locked.
fn loosen_or_tighten(policy: &mut Policy, layer: Layer, locked: &[String]) {
    let is_locked = |key: &str| locked.iter().any(|lock| lock == key);
    let source = layer.source;
    let mut note = |key: &str, ignored: bool| {
        let origin = if ignored { format!("{source}, ignored: locked by root's policy") } else { source.clone() };
        policy.origins.push((key.to_owned(), origin));
    };
    if let Some(mode) = layer.mode {
        let ignored = is_locked("mode") && mode == Mode::Observe && policy.mode == Mode::Enforce;
        note("mode", ignored);
        policy.mode = if ignored { policy.mode } else { mode };
    }
    if let Some(required) = layer.audit_required {
        let ignored = is_locked("audit") && !required && policy.audit_required;
        note("audit", ignored);
        policy.audit_required = required || (ignored && policy.audit_required);
    }
    for (severity, verdict) in layer.table {
        let ignored = is_locked("decide") && verdict < policy.table.get(&severity).copied().unwrap_or(Verdict::Allow);
        note(&format!("decide.{}", severity_word(severity)), ignored);
        if !ignored {
            policy.table.insert(severity, verdict);
        }
    }
    let raises = is_locked("decide") || is_locked("decide.override");
    for one in layer.overrides {
        note("decide.override", false);
        policy.overrides.push(Override { only_raises: one.only_raises || raises, ..one });
    }
    for waiver in layer.waivers {
        note(&format!("waiver {}", waiver.rule), is_locked("waiver"));
        if !is_locked("waiver") {
            policy.waivers.push(waiver);
        }
    }
    for context in layer.contexts {
        // A user's context of the same name stands beside root's: contexts only raise.
        note(&format!("context {}", context.name), false);
        policy.contexts.push(context);
    }
    if let Some(required) = layer.require_exec {
        note("require.layer", false);
        policy.require_exec |= required;
    }
    if !layer.protected_branches.is_empty() {
        note("git.protected_branches", false);
        policy.protected_branches.extend(layer.protected_branches);
    }
    if layer.wait.is_some() {
        note("ask.wait", false);
        policy.wait = layer.wait;
    }
    policy.limits = overlay(policy.limits, layer.limits);
}

/// A project's layer: the stricter of both, whatever it says.
fn tighten(policy: &mut Policy, layer: Layer) {
    for severity in SEVERITIES {
        let now = policy.verdict_of(severity);
        if let Some(verdict) = layer.table.get(&severity).copied()
            && verdict > now
        {
            policy.table.insert(severity, verdict);
            policy.origins.push((format!("decide.{}", severity_word(severity)), layer.source.clone()));
        }
    }
    let mut note = |key: String| policy.origins.push((key, layer.source.clone()));
    for one in layer.overrides {
        note("decide.override".to_owned());
        policy.overrides.push(Override { only_raises: true, ..one });
    }
    for context in layer.contexts {
        note(format!("context {}", context.name));
        policy.contexts.push(context);
    }
    if !layer.protected_branches.is_empty() {
        note("git.protected_branches".to_owned());
        policy.protected_branches.extend(layer.protected_branches);
    }
    if layer.require_exec == Some(true) {
        note("require.layer".to_owned());
        policy.require_exec = true;
    }
    if layer.audit_required == Some(true) {
        note("audit".to_owned());
        policy.audit_required = true;
    }
    policy.limits = lowest(policy.limits, layer.limits);
}

fn overlay(under: Limits, over: Limits) -> Limits {
    Limits {
        files_per_minute: over.files_per_minute.or(under.files_per_minute),
        destructive_per_hour: over.destructive_per_hour.or(under.destructive_per_hour),
        canary: over.canary.or(under.canary),
    }
}

fn lowest(a: Limits, b: Limits) -> Limits {
    let low = |a: Option<u32>, b: Option<u32>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    };
    Limits {
        files_per_minute: low(a.files_per_minute, b.files_per_minute),
        destructive_per_hour: low(a.destructive_per_hour, b.destructive_per_hour),
        canary: low(a.canary, b.canary),
    }
}
