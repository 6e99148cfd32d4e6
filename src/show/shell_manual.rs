//! man/guarded-sh.1: what the shell adds to bash(1), from the table of exit codes.

use std::fmt::Write;

use super::exit::{EXITS, Exit};

const BEFORE: &str = r#".\" made from src/show/shell_manual.rs; BLESS=1 cargo test writes it
.ie \n(.g .ds Aq \(aq
.el .ds Aq '
.TH guarded-sh 1
.SH NAME
guarded\-sh \- bash that asks before something is destroyed for good
.SH SYNOPSIS
\fBguarded\-sh\fR [\fIbash option\fR]... [\fB\-c\fR \fIcommand\fR | \fIfile\fR] [\fIargument\fR]...
.SH DESCRIPTION
Takes exactly the command line of \fBbash\fR(1), and has no option of its own: \fB\-\-help\fR and \fB\-\-version\fR are
bash\*(Aqs. Each command is read before its first word runs. One that would destroy what can\*(Aqt be brought back is
refused, or waits for a person; every other one runs in the real bash, with the same arguments, environment, descriptors
and exit status.
.PP
Called as \fBsh\fR or \fBrbash\fR it is that shell. What a command would do without running it: \fBguarded check\fR.
.SH EXIT STATUS
That of bash, and for the guard\*(Aqs own answers:
"#;

const AFTER: &str = r".PP
What the guard says goes to standard error and begins with \fBguarded:\fR.
.SH FILES
.TP
\fI/etc/guarded/policy.toml\fR
The system\*(Aqs policy, root\*(Aqs.
.TP
\fI~/.config/guarded/policy.toml\fR
The user\*(Aqs policy ($XDG_CONFIG_HOME).
.TP
\fI.guarded.toml\fR
A project\*(Aqs policy; it can only make things stricter.
.TP
\fI~/.local/state/guarded/\fR
Requests that wait for a person, and the audit trail ($XDG_STATE_HOME).
.SH SEE ALSO
\fBguarded\fR(1), \fBguarded\-check\fR(1), \fBguarded\-pending\fR(1), \fBguarded\-approve\fR(1), \fBbash\fR(1)
";

/// The page in roff.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(BEFORE);
    for row in EXITS.iter().filter(|row| is_the_shells(row.exit)) {
        let (meaning, then) = (roff(row.meaning), roff(row.then));
        let _ = write!(page, ".TP\n\\fB{}\\fR\n{meaning}. To do: {then}.\n", row.code);
    }
    page + AFTER
}

fn is_the_shells(exit: Exit) -> bool {
    match exit {
        Exit::Waiting | Exit::Failed | Exit::Refused => true,
        Exit::Fine | Exit::Unmet | Exit::Usage => false,
    }
}

/// Code in bold, hyphens as they are typed.
fn roff(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split('`').enumerate() {
        let part = part.replace('\\', "\\e").replace('-', "\\-");
        let (bold, plain) = if at % 2 == 1 { ("\\fB", "\\fR") } else { ("", "") };
        out.extend([bold, &part, plain]);
    }
    out
}
