//! bash's multi-character options. They come first, and one dash does for them as well as two.

use bstr::BString;

/// What the long options set.
#[derive(Default)]
pub(super) struct Long {
    pub login: bool,
    pub posix: bool,
    pub no_rc: bool,
    pub no_profile: bool,
    pub restricted: bool,
    pub debugger: bool,
    pub reads_only: bool,
    pub rc_file: Option<BString>,
    /// `--help` or `--version`
    pub says: bool,
    /// How many words they took.
    pub taken: usize,
}

/// `None` where bash complains.
pub(super) fn read(arguments: &[BString]) -> Option<Long> {
    let mut long = Long::default();
    while let Some(word) = arguments.get(long.taken) {
        let Some(rest) = word.strip_prefix(b"-") else { break };
        if word.as_slice() == b"--" {
            break;
        }
        let (name, two) = rest.strip_prefix(b"-").map_or((rest, false), |name| (name, true));
        match name {
            b"login" => long.login = true,
            b"posix" => long.posix = true,
            b"norc" => long.no_rc = true,
            b"noprofile" => long.no_profile = true,
            b"restricted" => long.restricted = true,
            b"debugger" => long.debugger = true,
            b"dump-strings" | b"dump-po-strings" | b"pretty-print" => long.reads_only = true,
            b"help" | b"version" => long.says = true,
            b"debug" | b"noediting" | b"verbose" => {}
            b"rcfile" | b"init-file" => {
                long.taken += 1;
                long.rc_file = Some(arguments.get(long.taken)?.clone());
            }
            _ if two => return None,
            _ => break,
        }
        long.taken += 1;
    }
    Some(long)
}
