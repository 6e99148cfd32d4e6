//! What people do when a command did harm or tried to: one page each, in the order in which they are needed.

pub const PLAYBOOKS: &[(&str, &str)] = &[
    ("lock", include_str!("../../docs/playbooks/lock.md")),
    ("verify", include_str!("../../docs/playbooks/verify.md")),
    ("undo", include_str!("../../docs/playbooks/undo.md")),
    ("rotate", include_str!("../../docs/playbooks/rotate.md")),
    ("report", include_str!("../../docs/playbooks/report.md")),
];

#[must_use]
pub fn named(name: &str) -> Option<&'static str> {
    PLAYBOOKS.iter().find(|(known, _)| *known == name).map(|(_, page)| *page)
}

/// The page's first line.
#[must_use]
pub fn title(page: &str) -> &str {
    page.lines().next().unwrap_or_default().trim_start_matches("# ")
}
