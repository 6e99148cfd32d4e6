//! Variables that carry options, code or commands for a tool, and the files of the user that do. What the text itself
//! sets is judged; what the environment held before is the user's own.

use bstr::{BString, ByteSlice};

use super::program::is_system;
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Cause, Value, Word};
use super::{Change, UnreadKind, Via, follow, languages, scripts};

/// What the value of a variable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// A command line that is handed to a shell, or split at blanks and started.
    Command,
    /// The same behind a `|` (`LESSOPEN=|lesspipe %s`); without one it is a format of names.
    Piped,
    /// Options that the tool reads before those of its command line.
    Options,
    /// Options for after the verb of a command line.
    VerbOptions,
    /// Letters or options, as make hands them down (`rR`, `-j8 --eval=…`).
    MakeOptions,
    /// A file with code for the interpreter itself.
    CodeFile,
    /// Code for the interpreter, by the option that takes it.
    Code(&'static str),
    /// Libraries that are loaded into the program.
    Libraries,
    /// A file of shell text.
    ShellFile,
}

struct Carrier {
    /// `*`: every program.
    tools: &'static [&'static str],
    variables: &'static [&'static str],
    holds: Holds,
}

#[rustfmt::skip]
const CARRIERS: &[Carrier] = &[
    Carrier { tools: &["*"], variables: &["LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES"], holds: Holds::Libraries },
    Carrier { tools: &["git"], variables: &["GIT_SSH_COMMAND", "GIT_SSH", "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER", "GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "GIT_PROXY_COMMAND", "SSH_ASKPASS", "PAGER", "EDITOR", "VISUAL"], holds: Holds::Command },
    Carrier { tools: &["man"], variables: &["PAGER", "MANPAGER", "BROWSER"], holds: Holds::Command },
    Carrier { tools: &["rsync"], variables: &["RSYNC_RSH", "RSYNC_CONNECT_PROG"], holds: Holds::Command },
    Carrier { tools: &["less", "zless", "man"], variables: &["LESSOPEN", "LESSCLOSE"], holds: Holds::Piped },
    Carrier { tools: &["crontab", "visudo", "sudoedit", "vipw", "vigr", "edquota", "fc", "virsh", "less"], variables: &["EDITOR", "VISUAL", "SUDO_EDITOR"], holds: Holds::Command },
    Carrier { tools: &["kubectl", "oc"], variables: &["KUBE_EDITOR", "EDITOR", "KUBECTL_EXTERNAL_DIFF"], holds: Holds::Command },
    Carrier { tools: &["systemctl"], variables: &["SYSTEMD_EDITOR", "SYSTEMD_PAGER", "PAGER", "EDITOR", "VISUAL"], holds: Holds::Command },
    Carrier { tools: &["journalctl", "loginctl", "machinectl"], variables: &["SYSTEMD_PAGER", "PAGER"], holds: Holds::Command },
    Carrier { tools: &["psql"], variables: &["PAGER", "PSQL_PAGER", "PSQL_EDITOR", "EDITOR", "VISUAL"], holds: Holds::Command },
    Carrier { tools: &["mysql", "sqlite3"], variables: &["PAGER", "EDITOR", "VISUAL"], holds: Holds::Command },
    Carrier { tools: &["gh", "glab"], variables: &["GH_PAGER", "GH_EDITOR", "GH_BROWSER", "GLAB_PAGER", "PAGER", "EDITOR", "VISUAL", "BROWSER"], holds: Holds::Command },
    Carrier { tools: &["aws"], variables: &["AWS_PAGER", "PAGER"], holds: Holds::Command },
    Carrier { tools: &["bat", "batcat"], variables: &["BAT_PAGER", "PAGER"], holds: Holds::Command },
    Carrier { tools: &["delta"], variables: &["DELTA_PAGER", "PAGER"], holds: Holds::Command },
    Carrier { tools: &["svn"], variables: &["SVN_SSH", "SVN_EDITOR", "EDITOR", "VISUAL"], holds: Holds::Command },
    Carrier { tools: &["hg"], variables: &["HGEDITOR", "EDITOR", "VISUAL", "PAGER"], holds: Holds::Command },
    Carrier { tools: &["cvs"], variables: &["CVS_RSH", "CVSEDITOR", "EDITOR"], holds: Holds::Command },
    Carrier { tools: &["sudo"], variables: &["SUDO_ASKPASS", "SUDO_EDITOR"], holds: Holds::Command },
    Carrier { tools: &["ssh", "scp", "sftp", "ssh-add"], variables: &["SSH_ASKPASS"], holds: Holds::Command },
    Carrier { tools: &["fzf"], variables: &["FZF_DEFAULT_COMMAND"], holds: Holds::Command },
    Carrier { tools: &["cargo"], variables: &["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTC", "CARGO_BUILD_RUSTC_WRAPPER", "CARGO_BUILD_RUSTC"], holds: Holds::Command },
    Carrier { tools: &["tar", "gtar"], variables: &["TAR_OPTIONS"], holds: Holds::Options },
    Carrier { tools: &["grep", "egrep", "fgrep"], variables: &["GREP_OPTIONS"], holds: Holds::Options },
    Carrier { tools: &["gzip", "gunzip"], variables: &["GZIP"], holds: Holds::Options },
    Carrier { tools: &["zip"], variables: &["ZIPOPT"], holds: Holds::Options },
    Carrier { tools: &["unzip"], variables: &["UNZIP"], holds: Holds::Options },
    Carrier { tools: &["ruby", "irb", "rake", "bundle", "rails"], variables: &["RUBYOPT"], holds: Holds::Options },
    Carrier { tools: &["perl"], variables: &["PERL5OPT"], holds: Holds::Options },
    Carrier { tools: &["node", "nodejs", "npm", "npx", "yarn", "pnpm"], variables: &["NODE_OPTIONS"], holds: Holds::Options },
    Carrier { tools: &["go"], variables: &["GOFLAGS"], holds: Holds::VerbOptions },
    Carrier { tools: &["terraform", "tofu", "terragrunt"], variables: &["TF_CLI_ARGS"], holds: Holds::VerbOptions },
    Carrier { tools: &["make", "gmake"], variables: &["MAKEFLAGS", "GNUMAKEFLAGS"], holds: Holds::MakeOptions },
    Carrier { tools: &["python", "python3", "ipython"], variables: &["PYTHONSTARTUP"], holds: Holds::CodeFile },
    Carrier { tools: &["perl"], variables: &["PERL5DB"], holds: Holds::Code("-e") },
    Carrier { tools: &["make", "gmake", "npm", "yarn", "pnpm", "python", "python3", "node", "perl", "ruby", "git", "cargo", "go"], variables: &["BASH_ENV"], holds: Holds::ShellFile },
];

/// Modules that perl is often told to load and that only change how it checks, prints or counts.
const PRAGMAS: [&str; 12] = [
    "strict",
    "warnings",
    "utf8",
    "lib",
    "open",
    "feature",
    "integer",
    "bytes",
    "locale",
    "autodie",
    "diagnostics",
    "v5",
];

/// Walks what the text put into such variables of a tool, and what the user's own file for the tool adds.
pub(super) fn carried(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &mut Scope) {
    let base = if tool.starts_with(b"python3.") { b"python3".as_bstr() } else { tool.as_bstr() };
    for carrier in CARRIERS {
        if !carrier.tools.iter().any(|name| *name == "*" || name.as_bytes() == base.as_bytes()) {
            continue;
        }
        for name in carrier.variables {
            if let Some(value) = given(name, call, scope) {
                one(walker, tool, name, carrier.holds, value, call, scope);
            }
        }
    }
    if matches!(base.as_bytes(), b"terraform" | b"tofu" | b"terragrunt")
        && let Some(verb) = call.words.iter().skip(1).filter_map(Word::text).find(|word| !word.starts_with(b"-"))
    {
        let name = format!("TF_CLI_ARGS_{}", verb.to_str_lossy());
        if let Some(value) = given(&name, call, scope) {
            one(walker, tool, &name, Holds::VerbOptions, value, call, scope);
        }
    }
}

/// What bash runs or expands by itself when it prompts or traces, where the text hands it to another shell.
pub(super) fn prompts(walker: &mut Walker<'_>, interactive: bool, call: &Call, scope: &Scope) {
    for name in ["PROMPT_COMMAND", "PS0", "PS1", "PS2", "PS4"] {
        let runs = name == "PROMPT_COMMAND";
        // Tracing needs no prompt.
        if !interactive && name != "PS4" {
            continue;
        }
        let given = call.assignments.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value);
        let Some(Value::Known(text)) = given else { continue };
        if runs || text.find(b"$(").is_some() || text.contains(&b'`') {
            let text = if runs { text.clone() } else { [&b": \""[..], text, b"\""].concat().into() };
            let mut inner = scope.clone();
            follow::text(walker, Value::Known(text), name, call, &mut inner);
        }
    }
}

/// What the text itself gives a variable, for this call or from here on.
pub(super) fn given(name: &str, call: &Call, scope: &Scope) -> Option<Value> {
    let assigned = call.assignments.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assigned.or_else(|| scope.set_by_text(name.as_bytes()))
}

fn one(
    walker: &mut Walker<'_>,
    tool: &BString,
    name: &str,
    holds: Holds,
    value: Value,
    call: &Call,
    scope: &mut Scope,
) {
    if value == Value::known("") {
        return;
    }
    let mut inner = scope.clone();
    // It was read: the commands that it leads to do not read it again.
    inner.unset(name.as_bytes());
    let mut call = call.clone();
    call.assignments.retain(|(known, _)| known != name);
    walker.via.push(Via { name: name.into(), change: Change::None });
    match holds {
        Holds::Command => command(walker, name, value, &call, &mut inner),
        Holds::Piped => {
            if let Some(rest) = value.starts_with().strip_prefix(b"|") {
                let rest = rest.trim_start_with(|c| c == '|' || c == '-');
                let known = Value::known(rest);
                command(walker, name, if let Value::Known(_) = value { known } else { value }, &call, &mut inner);
            }
        }
        Holds::Options | Holds::VerbOptions | Holds::MakeOptions => {
            options(walker, tool, name, holds, &value, &call, &mut inner);
        }
        Holds::CodeFile => {
            if let Value::Known(path) = value {
                languages::start(walker, call.with(vec![Word::known(tool.clone()), Word::known(path)]), &mut inner);
            }
        }
        Holds::Code(option) => {
            let code = Word { value, glob: false, written: BString::default() };
            let words = vec![Word::known(tool.clone()), Word::known(option), code];
            languages::start(walker, call.with(words), &mut inner);
        }
        Holds::Libraries => libraries(walker, &value, &call, &inner),
        Holds::ShellFile => {
            if let Value::Known(path) = value {
                scripts::sourced(walker, &path, &call, &mut inner);
            }
        }
    }
    walker.via.pop();
}

/// A command that a tool will start: where nothing of it is known, the exec will tell.
fn command(walker: &mut Walker<'_>, name: &str, value: Value, call: &Call, scope: &mut Scope) {
    let quiet = walker.quiet;
    walker.quiet |= match &value {
        Value::Unknown(shape) => !matches!(&shape.because, Cause::Output(from) if follow::is_remote(from)),
        Value::Known(_) | Value::OneOf(_) => false,
    };
    follow::text(walker, value, name, call, scope);
    walker.quiet = quiet;
}

/// The same call with the options in their place.
fn options(
    walker: &mut Walker<'_>,
    tool: &BString,
    name: &str,
    holds: Holds,
    value: &Value,
    call: &Call,
    scope: &mut Scope,
) {
    let Value::Known(text) = value else { return };
    let mut given = fields(text);
    if holds == Holds::MakeOptions
        && let Some(first) = given.first_mut()
        && !first.starts_with(b"-")
        && !first.contains(&b'=')
    {
        first.insert(0, b'-');
    }
    if name == "PERL5OPT" && given.iter().any(|option| loads_code(option)) {
        walker.unread(UnreadKind::Text, name, &call.at);
    }
    if matches!(name, "NODE_OPTIONS" | "RUBYOPT") {
        preloads(walker, &given, if name == "RUBYOPT" { "ruby" } else { "node" }, call, scope);
    }
    // A tool that only hands them to an interpreter has no such options itself.
    let hands_on = name == "NODE_OPTIONS" && !tool.starts_with(b"node") || name == "RUBYOPT" && *tool != "ruby";
    if hands_on {
        return;
    }
    let behind = match holds {
        Holds::VerbOptions => {
            let verb = call.words.iter().skip(1).position(|word| !word.is_option());
            verb.map_or(call.words.len(), |at| at + 2)
        }
        _ => 1,
    };
    let mut words = call.words.clone();
    let at = behind.min(words.len());
    words.splice(at..at, given.into_iter().map(Word::known));
    let call = Call { words, ..call.clone() };
    walker.deeper(|walker| walker.program(tool, call, scope));
}

/// Blanks part options; a backslash keeps one (tar), quotes keep them (node, make).
fn fields(text: &[u8]) -> Vec<BString> {
    let mut all = Vec::new();
    let mut one: Option<BString> = None;
    let mut quote = None;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', None | Some(b'"')) => one.get_or_insert_default().extend(bytes.next()),
            (b'\'' | b'"', None) => {
                quote = Some(*byte);
                one.get_or_insert_default();
            }
            (byte, Some(open)) if *byte == open => quote = None,
            (b' ' | b'\t' | b'\n', None) => all.extend(one.take()),
            (byte, _) => one.get_or_insert_default().push(*byte),
        }
    }
    all.extend(one);
    all
}

/// `-Mname` of a module that only the search path tells, `-d`, code behind a `;`.
fn loads_code(option: &[u8]) -> bool {
    let Some(module) = option.strip_prefix(b"-M").or_else(|| option.strip_prefix(b"-m")) else {
        return option.starts_with(b"-d");
    };
    let module = module.strip_prefix(b"-").unwrap_or(module);
    let name = module.split(|byte| *byte == b'=').next().unwrap_or_default();
    let plain = module.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_:=,./-+".contains(byte));
    let installed =
        name.first().is_some_and(u8::is_ascii_uppercase) || PRAGMAS.iter().any(|one| name.starts_with(one.as_bytes()));
    !plain || !installed
}

/// `--require ./x.js`, `-r./x`: a file of the project that runs first.
fn preloads(walker: &mut Walker<'_>, options: &[BString], interpreter: &str, call: &Call, scope: &mut Scope) {
    const NAMES: [&str; 4] = ["--require", "--import", "--loader", "-r"];
    let mut words = options.iter();
    while let Some(option) = words.next() {
        let named = NAMES.iter().find_map(|name| option.strip_prefix(name.as_bytes()));
        let path = match named {
            Some(b"") => words.next().cloned(),
            Some(attached) => Some(attached.strip_prefix(b"=").unwrap_or(attached).into()),
            None => None,
        };
        let Some(path) = path.filter(|path| path.starts_with(b".") || path.starts_with(b"/")) else { continue };
        let ending = if interpreter == "ruby" { ".rb" } else { ".js" };
        for path in [path.clone(), [path.as_slice(), ending.as_bytes()].concat().into()] {
            languages::start(walker, call.with(vec![Word::known(interpreter), Word::known(path)]), scope);
        }
    }
}

/// A library of the system's own folders is the system's; any other is code that can't be read.
fn libraries(walker: &mut Walker<'_>, value: &Value, call: &Call, scope: &Scope) {
    // Into a program of the project's own it is no more than that program is.
    let own = call
        .words
        .first()
        .and_then(Word::text)
        .is_some_and(|name| name.contains(&b'/') && !scope.absolute(name).is_some_and(|path| is_system(&path)));
    let kind = if own { UnreadKind::Code } else { UnreadKind::File };
    let list: &[u8] = match value {
        Value::Known(list) => list,
        Value::OneOf(_) | Value::Unknown(_) => return,
    };
    for library in list.split(|byte| matches!(byte, b':' | b' ')).filter(|one| !one.is_empty()) {
        let Some(path) = scope.absolute(library).filter(|_| library.contains(&b'/')) else { continue };
        let system = [&b"/usr/"[..], b"/lib/", b"/lib64/", b"/opt/", b"/nix/store/"];
        if !is_system(&path) && !system.iter().any(|folder| path.starts_with(folder)) {
            walker.unread(kind, library, &call.at);
        }
    }
}
