use super::{SETTINGS, keys_below, scope_of};

#[test]
fn no_key_stands_twice_and_each_is_explained() {
    for (at, setting) in SETTINGS.iter().enumerate() {
        assert!(SETTINGS[at + 1..].iter().all(|other| other.key != setting.key), "{}", setting.key);
        assert!(!setting.meaning.ends_with('.') && !setting.meaning.is_empty());
    }
}

#[test]
fn keys_are_listed_by_table() {
    assert_eq!(keys_below("waiver[]"), ["rule", "path", "until", "reason"]);
    assert_eq!(
        keys_below(""),
        [
            "mode",
            "audit",
            "ask",
            "decide",
            "context",
            "waiver",
            "allow",
            "agent",
            "directory",
            "example",
            "git",
            "limits",
            "undo",
            "protect",
            "credentials",
            "require",
            "supervise",
            "shell",
            "locked"
        ]
    );
    assert_eq!(keys_below("decide"), ["low", "medium", "high", "critical", "catastrophic", "override"]);
}

#[test]
fn no_loosening_key_is_a_projects() {
    use super::Scope;
    assert_eq!(scope_of("waiver"), Some(Scope::User));
    assert_eq!(scope_of("shell"), Some(Scope::System));
    assert_eq!(scope_of("locked"), Some(Scope::System));
    assert_eq!(scope_of("context[].lower"), Some(Scope::User));
    assert_eq!(scope_of("directory"), Some(Scope::User));
    assert_eq!(scope_of("credentials.keep"), Some(Scope::User));
    assert_eq!(scope_of("credentials.grant"), Some(Scope::User));
    assert_eq!(scope_of("nothing"), None);
}
