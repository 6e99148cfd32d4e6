//! Commands of the clients themselves: psql's backslashes, sqlite's dots, mysql's words, sqlcmd's colons.

use bstr::{BString, ByteSlice};

use super::{Act, Acts, Dialect, read_text};
use crate::command::embedded::holes;

/// What one command does; `strings` are those of the statement before it (for psql's `\gexec`).
pub fn read(line: &[u8], strings: Vec<BString>, dialect: Dialect, depth: usize, acts: &mut Acts) {
    match dialect {
        Dialect::Postgres => psql(line, strings, depth, acts),
        Dialect::Mysql => mysql(line, acts),
        Dialect::Sqlite | Dialect::Duckdb => dot(line, acts),
        Dialect::Mssql => {
            if let Some(at) = line.find("!!") {
                acts.yes(Act::Shell, line.get(at + 2..).unwrap_or_default().trim());
            } else if line.starts_with(b":r") {
                acts.unread(argument(line));
            }
        }
        Dialect::Oracle => sqlplus(line, acts),
        Dialect::Generic | Dialect::Clickhouse => {
            acts.yes(Act::Shell, line.trim_start_with(|letter| matches!(letter, '\\' | '!')).trim());
        }
    }
}

/// `HOST command`, `! command`, `@file`, `START file`.
fn sqlplus(line: &[u8], acts: &mut Acts) {
    let name = line.fields().next().unwrap_or_default().to_ascii_lowercase();
    match name.as_slice() {
        b"host" | b"ho" => acts.yes(Act::Shell, argument(line)),
        b"start" | b"sta" => acts.unread(argument(line)),
        b"spool" | b"spo" if is_far(argument(line)) => acts.yes(Act::ServerFile, argument(line)),
        b"spool" | b"spo" => {}
        _ if line.starts_with(b"!") => acts.yes(Act::Shell, line.get(1..).unwrap_or_default().trim()),
        _ => acts.unread(line.trim_start_with(|letter| letter == '@')),
    }
}

/// A file that is the system's, or one that a person's programs start with.
pub fn is_far(path: &[u8]) -> bool {
    let starts =
        ["/etc/", "/usr/", "/bin/", "/sbin/", "/lib", "/boot/", "/var/lib/", "/var/spool/", "/dev/sd", "/root/."];
    starts.iter().any(|one| path.starts_with(one.as_bytes())) || path.contains_str("/.ssh/") || path.starts_with(b"~/.")
}

/// A place for what is thrown away.
pub fn is_scratch(path: &[u8]) -> bool {
    let climbs = path.contains_str("..");
    !climbs
        && ["/tmp/", "/var/tmp/", "/dev/std", "/var/lib/mysql-files/"]
            .iter()
            .any(|one| path.starts_with(one.as_bytes()))
}

/// A copy by its name: to write it again loses nothing else.
fn is_copy(path: &[u8]) -> bool {
    let name = path.to_ascii_lowercase();
    ["backup", "bak", "copy", "dump", "snapshot", "tmp", "temp", "20", "guarded_hole"]
        .iter()
        .any(|one| name.contains_str(one))
}

/// What stands behind the command's name.
fn argument(line: &[u8]) -> &[u8] {
    let end = line.find_byteset(b" \t").unwrap_or(line.len());
    line.get(end..).unwrap_or_default().trim()
}

fn psql(line: &[u8], strings: Vec<BString>, depth: usize, acts: &mut Acts) {
    let name = line.split_str(" ").next().unwrap_or_default().trim();
    let rest = argument(line);
    if name.starts_with(b"\\!") {
        acts.yes(Act::Shell, line.get(2..).unwrap_or_default().trim());
        return;
    }
    // A back-quoted argument is the output of a command.
    if let Some(command) = rest.split_str("`").nth(1) {
        acts.yes(Act::Shell, command);
    }
    match name {
        b"\\copy" if rest.split_str(" ").any(|word| word.eq_ignore_ascii_case(b"program")) => {
            let start = rest.find_byteset(b"'").map_or(0, |at| at + 1);
            let program = rest.get(start..).unwrap_or_default();
            acts.yes(Act::CopyProgram, program.split_str("'").next().unwrap_or_default());
        }
        b"\\i" | b"\\ir" | b"\\include" | b"\\include_relative" => acts.unread(rest),
        b"\\o" | b"\\g" | b"\\gx" | b"\\out" | b"\\w" | b"\\write" if rest.starts_with(b"|") => {
            acts.yes(Act::Shell, rest.get(1..).unwrap_or_default().trim());
        }
        b"\\o" | b"\\out" | b"\\w" | b"\\write" | b"\\s" | b"\\g" if is_far(rest) => {
            acts.yes(Act::ServerFile, rest);
        }
        // What these start shows every longer result, and every text that is edited.
        b"\\setenv" => {
            let (name, command) = rest.split_once_str(" ").unwrap_or((rest, b""));
            if matches!(name, b"PAGER" | b"PSQL_PAGER" | b"EDITOR" | b"VISUAL" | b"PSQL_EDITOR") {
                acts.yes(Act::Shell, command.trim_with(|c| matches!(c, ' ' | '\'')));
            }
        }
        b"\\lo_unlink" => acts.yes(Act::Truncate, rest),
        b"\\gexec" => {
            if strings.is_empty() {
                acts.unread(b"");
            }
            // The statement's strings are pieces of the text that it makes; columns stand between them.
            let made = holes::joined(&[bstr::join(holes::MARK, &strings).as_slice(), holes::MARK.as_bytes()]);
            read_text(&made, Dialect::Postgres, depth + 1, acts);
            if strings.len() > 1 {
                read_text(&bstr::concat(&strings), Dialect::Postgres, depth + 1, acts);
            }
        }
        _ => {}
    }
}

fn mysql(line: &[u8], acts: &mut Acts) {
    let lower = line.to_ascii_lowercase();
    let rest = argument(line);
    if lower.starts_with(b"\\!") {
        acts.yes(Act::Shell, line.get(2..).unwrap_or_default().trim());
    } else if lower.starts_with(b"system") {
        acts.yes(Act::Shell, rest.trim_end_with(|letter| letter == ';'));
    } else if lower.starts_with(b"source") || lower.starts_with(b"\\.") {
        acts.unread(rest);
    } else if lower.starts_with(b"pager") || line.starts_with(b"\\P") {
        acts.yes(Act::Shell, rest);
    }
}

/// sqlite's and duckdb's; unambiguous abbreviations count.
fn dot(line: &[u8], acts: &mut Acts) {
    let name = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let rest = argument(line);
    let is =
        |full: &str, least: usize| name.len() > least && full.as_bytes().starts_with(name.get(1..).unwrap_or_default());
    let written = rest.fields().last().unwrap_or_default();
    if is("shell", 2) || is("system", 2) {
        acts.yes(Act::Shell, rest);
    } else if (is("backup", 1) || is("save", 2)) && is_copy(written) {
    } else if (is("output", 1) || is("once", 1) || is("log", 2)) && is_far(rest) {
        acts.yes(Act::ServerFile, rest);
    } else if is("restore", 3)
        || is("save", 2)
        || is("backup", 1)
        || is("clone", 2)
        || is("recover", 4) && rest.is_empty()
    {
        acts.yes(Act::AttachOverwrite, rest);
    } else if is("read", 3) {
        match rest.strip_prefix(b"|") {
            Some(command) => acts.yes(Act::Shell, command.trim()),
            None => acts.unread(rest),
        }
    } else if is("open", 1) && rest.contains_str("--new") {
        acts.yes(Act::AttachOverwrite, rest);
    } else if is("open", 1) && !is_memory(rest.fields().last().unwrap_or_default()) {
        acts.yes(Act::Attach, rest);
    } else if (is("output", 1) || is("once", 1) || is("import", 2) || is("log", 2)) && rest.contains_str("|") {
        acts.yes(Act::Shell, rest.get(rest.find_byte(b'|').map_or(0, |at| at + 1)..).unwrap_or_default().trim());
    } else if is("load", 2) {
        acts.unread(rest);
    }
}

/// A database that no file holds.
pub fn is_memory(name: &[u8]) -> bool {
    name.is_empty() || name == b":memory:" || name.starts_with(b"file::memory:")
}
