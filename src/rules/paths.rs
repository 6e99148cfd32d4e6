//! Kinds of paths, told from the path alone: the root, a home, a disk, a secret. What is on disk is `look`'s to find.

use bstr::{BString, ByteSlice};

use crate::answer::Answer;
use crate::command::{Piece, REQUIRED, Shape, Value, Word};
use crate::packs::glob;
use crate::packs::schema::Place;

/// Where a command runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting<'a> {
    /// Absolute, where known.
    pub directory: Option<&'a [u8]>,
    pub home: Option<&'a [u8]>,
}

/// The components of a path after `.`, `..` and `//`; relative where the directory is unknown.
#[derive(Debug)]
struct Path<'a> {
    absolute: bool,
    /// It leads above a directory that is not known.
    above: bool,
    parts: Vec<&'a [u8]>,
}

impl<'a> Path<'a> {
    fn of(text: &'a [u8], setting: Setting<'a>) -> Self {
        let rooted = text.starts_with(b"/");
        let mut path = Path { absolute: rooted || setting.directory.is_some(), above: false, parts: Vec::new() };
        let directory = setting.directory.filter(|_| !rooted).unwrap_or_default();
        for part in directory.split(|byte| *byte == b'/').chain(text.split(|byte| *byte == b'/')) {
            match part {
                b"" | b"." => {}
                b".." => {
                    if path.parts.pop().is_none() && !path.absolute {
                        path.above = true;
                    }
                }
                _ => path.parts.push(part),
            }
        }
        path
    }

    /// Without the components at the end that stand for everything (`/etc/*`).
    fn base(&self) -> &[&'a [u8]] {
        let end = self.parts.iter().rposition(|part| !wide(part)).map_or(0, |last| last + 1);
        self.parts.get(..end).unwrap_or_default()
    }
}

/// A pattern that leaves nothing out, or next to nothing: `*`, `.*`, `?*`, `[!.]*`.
fn wide(part: &[u8]) -> bool {
    let mut rest = part;
    let mut globs = false;
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'*' | b'?' => {
                globs |= *first == b'*';
                after
            }
            b'.' => after,
            b'[' => match after.iter().position(|byte| *byte == b']') {
                Some(end) => after.get(end + 1..).unwrap_or_default(),
                None => return false,
            },
            _ => return false,
        };
    }
    globs
}

/// The text as an absolute path, where that is known.
pub fn absolute(text: &[u8], setting: Setting<'_>) -> Option<BString> {
    let path = Path::of(text, setting);
    path.absolute.then(|| {
        let mut whole = BString::from("/");
        whole.extend_from_slice(&bstr::join("/", &path.parts));
        whole
    })
}

/// `~/x` of a rule, for the home of this command.
pub fn with_home(text: &str, setting: Setting<'_>) -> BString {
    match (text.strip_prefix('~'), setting.home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            let mut whole = BString::from(home);
            whole.extend_from_slice(rest.as_bytes());
            whole
        }
        _ => text.into(),
    }
}

/// Whether a path is of this kind. `firm`: a `Yes` must hold whatever stands in the holes.
pub fn is(place: Place, word: &Word, setting: Setting<'_>, firm: bool) -> Answer {
    match (&word.value, word.value.choices()) {
        (Value::Unknown(shape), _) => match word.value.filled() {
            Some(filled) => known(place, &filled, setting),
            None => holed(place, shape, setting, firm),
        },
        (_, Some(all)) => all.iter().fold(Answer::No, |so_far, one| so_far.or(known(place, one, setting))),
        (_, None) => Answer::CannotTell,
    }
}

fn known(place: Place, text: &[u8], setting: Setting<'_>) -> Answer {
    if text.is_empty() {
        return Answer::No;
    }
    let path = Path::of(text, setting);
    let base = path.base();
    let by_name = match place {
        Place::GitDir => Some(path.parts.iter().any(|part| *part == b".git")),
        Place::Backup => Some(path.parts.iter().any(|part| super::names::backup(part))),
        Place::Secret => Some(crate::command::secrets::named(&path.parts)),
        Place::Startup => Some(super::names::startup(&path.parts, path.absolute)),
        Place::Everything => return everything(text, &path, setting),
        Place::Root | Place::Home | Place::Device | Place::TopLevel | Place::System => None,
    };
    if let Some(yes) = by_name {
        return yes.into();
    }
    if !path.absolute {
        // A plain name in an unknown folder is judged as a name; `*` and `..` may be anything there.
        return if path.above || base.is_empty() { Answer::CannotTell } else { Answer::No };
    }
    match place {
        Place::Root => base.is_empty(),
        Place::Home => is_home(base, setting),
        Place::TopLevel => top_level(base),
        Place::Device => device(&path.parts),
        _ => system(base),
    }
    .into()
}

fn everything(text: &[u8], path: &Path<'_>, setting: Setting<'_>) -> Answer {
    let spelled = !text.starts_with(b"/")
        && text.split(|byte| *byte == b'/').all(|part| matches!(part, b"" | b"." | b"..") || wide(part));
    if spelled {
        return Answer::Yes;
    }
    let Some(directory) = setting.directory else {
        return if path.above { Answer::CannotTell } else { Answer::No };
    };
    let here = Path::of(directory, Setting::default());
    here.parts.starts_with(path.base()).into()
}

fn is_home(base: &[&[u8]], setting: Setting<'_>) -> bool {
    let own = setting.home.is_some_and(|home| {
        let home = Path::of(home, Setting::default());
        home.absolute && !home.parts.is_empty() && home.parts == base
    });
    own || matches!(base, [b"root" | b"home" | b"Users"] | [b"home" | b"Users", _])
}

/// What stands directly below the root, and the folders of the system one level below.
fn top_level(base: &[&[u8]]) -> bool {
    match base {
        [b"tmp"] => false,
        [_]
        | [b"usr", b"bin" | b"sbin" | b"lib" | b"lib32" | b"lib64" | b"libexec" | b"share" | b"local" | b"include"]
        | [b"var", b"lib" | b"spool" | b"mail" | b"db"] => true,
        _ => false,
    }
}

fn system(base: &[&[u8]]) -> bool {
    match base {
        [] | [b"usr", b"local" | b"src", ..] | [b"var", b"lib", b"apt", b"lists", ..] => false,
        [b"bin" | b"sbin" | b"boot" | b"etc" | b"usr" | b"sys" | b"proc" | b"System" | b"Library", ..]
        | [b"var", b"lib" | b"spool", ..] => true,
        [first, ..] => first.starts_with(b"lib"),
    }
}

/// Disks and what is made of them; loop devices are files.
fn device(parts: &[&[u8]]) -> bool {
    const NAMES: [&str; 15] = [
        "sd[a-z]*",
        "hd[a-z]*",
        "vd[a-z]*",
        "xvd[a-z]*",
        "nvme[0-9]*",
        "mmcblk[0-9]*",
        "md[0-9]*",
        "dm-*",
        "nbd[0-9]*",
        "disk[0-9]*",
        "rdisk[0-9]*",
        "sd[?*]*",
        "nvme[?*]*",
        "vd[?*]*",
        "zd[0-9]*",
    ];
    match parts {
        [b"dev", b"mapper" | b"disk" | b"md", rest @ ..] => !rest.is_empty() && *rest != [b"control"],
        [b"dev", name] => NAMES.iter().any(|one| glob::matches(one.as_bytes(), name)),
        _ => false,
    }
}

/// A path with holes: by what is known of it.
fn holed(place: Place, shape: &Shape, setting: Setting<'_>, firm: bool) -> Answer {
    let value = Value::Unknown(shape.clone());
    let hollow = value.hollow().unwrap_or_default();
    let start = value.starts_with();
    // An unset variable leaves the rest alone: `"$X"/`, `/$X`, `~/$X`.
    let strikes = match place {
        _ if shape.because == REQUIRED => false,
        Place::Root => hollow.starts_with(b"/") && known(place, &hollow, setting) == Answer::Yes,
        Place::Home => {
            start.starts_with(b"/") && [start, &hollow].iter().all(|text| known(place, text, setting) == Answer::Yes)
        }
        _ => false,
    };
    if strikes && !firm {
        return Answer::Yes;
    }
    let answer = match place {
        Place::GitDir | Place::Backup | Place::Secret | Place::Startup => by_known_names(place, &value, setting),
        Place::Root | Place::Home | Place::TopLevel | Place::Everything => below(place, &value, setting),
        Place::Device => on_device(start, value.ends_with()),
        Place::System => in_system(start, value.ends_with(), setting),
    };
    if firm && answer == Answer::Yes { Answer::CannotTell } else { answer }
}

/// Kinds that only few paths have near the root: anything deeper is none of them. A hole that holds `..` is left to the
/// exec: taking every path with a hole for the root would ask about all of them.
fn below(place: Place, value: &Value, setting: Setting<'_>) -> Answer {
    let start = value.starts_with();
    if start.is_empty() {
        let end = value.ends_with().rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let named = place == Place::Root && !end.is_empty() && !wide(end) && end != b".." && end != b".";
        return if named { Answer::No } else { Answer::CannotTell };
    }
    let whole = start.get(..start.rfind_byte(b'/').map_or(0, |slash| slash + 1)).unwrap_or_default();
    let path = Path::of(start, setting);
    let complete = Path::of(whole, setting);
    if !start.starts_with(b"/") && (!path.above && place != Place::Everything) {
        return Answer::No;
    }
    let depth = complete.parts.len();
    let may = match place {
        Place::Root => depth == 0,
        Place::Home => {
            depth == 0 || (depth == 1 && is_home(&complete.parts, setting)) || home_is_below(&complete, setting)
        }
        Place::TopLevel => depth == 0 || (depth == 1 && path.parts.len() == 1 && top_level(&complete.parts)),
        _ => setting.directory.is_none_or(|here| Path::of(here, Setting::default()).parts.starts_with(&complete.parts)),
    };
    if may { Answer::CannotTell } else { Answer::No }
}

fn home_is_below(complete: &Path<'_>, setting: Setting<'_>) -> bool {
    setting.home.is_some_and(|home| {
        let home = Path::of(home, Setting::default());
        home.parts.len() > complete.parts.len() && home.parts.starts_with(&complete.parts)
    })
}

fn on_device(start: &[u8], end: &[u8]) -> Answer {
    match start.strip_prefix(b"/dev/") {
        Some(b"") => Answer::CannotTell,
        Some(name) => {
            let stems: [&[u8]; 8] = [b"sd", b"hd", b"vd", b"xvd", b"nvme", b"mapper/", b"disk/", b"md"];
            stems.iter().any(|stem| name.starts_with(stem)).into()
        }
        None if start.is_empty() => {
            // A known last component that is no disk's name.
            let last = end.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            let other = end.contains(&b'/') && !device(&[b"dev", last]) || last.contains(&b'.');
            if other { Answer::No } else { Answer::CannotTell }
        }
        None => {
            if b"/dev/".starts_with(start) && start.starts_with(b"/") {
                Answer::CannotTell
            } else {
                Answer::No
            }
        }
    }
}

fn in_system(start: &[u8], end: &[u8], setting: Setting<'_>) -> Answer {
    if start.is_empty() {
        let last = end.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let ordinary =
            last.contains(&b'.') && ![&b".conf"[..], b".service", b".so"].iter().any(|known| last.ends_with(known));
        return if ordinary { Answer::No } else { Answer::CannotTell };
    }
    let path = Path::of(start, setting);
    if start.starts_with(b"/") && path.parts.is_empty() {
        return Answer::CannotTell;
    }
    (path.absolute && system(&path.parts)).into()
}

/// By the components that are known, a placeholder in the holes.
fn by_known_names(place: Place, value: &Value, setting: Setting<'_>) -> Answer {
    let Value::Unknown(shape) = value else { return Answer::CannotTell };
    let mut text = BString::default();
    for piece in &shape.pieces {
        match piece {
            Piece::Text(known) => text.extend_from_slice(known),
            Piece::Hole => text.push(b'x'),
        }
    }
    if known(place, &text, setting) == Answer::Yes {
        return Answer::Yes;
    }
    // Some part of the last component is known, and it is none of those names.
    let end = value.ends_with();
    if !end.is_empty() && !end.ends_with(b"/") { Answer::No } else { Answer::CannotTell }
}
