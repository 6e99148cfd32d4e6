//! Which file a program's name means in the end: links and copies under another name, those on disk and those that the
//! text makes.

use bstr::{BString, ByteSlice};

use super::program::is_system;
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::Word;
use super::{Program, Sight, Want};

/// Links of links that are followed.
const LINKS: usize = 8;

/// The program behind links and copies. A link of the project to a program of the system is that program; a tool's own
/// links (`node_modules/.bin`, a folder of versions) keep the name by which the tool is known.
pub(super) fn behind(walker: &mut Walker<'_>, program: Program, scope: &Scope) -> Program {
    let Program::File(path) = &program else { return program };
    let mut at = path.clone();
    for _ in 0..LINKS {
        if scope.elsewhere || is_system(&at) {
            break;
        }
        if let Some(made) = walker.images.get(&at) {
            at = made.clone();
            continue;
        }
        // Both are asked at once, so that one look answers.
        let (link, copy) = (walker.sight(Want::Link(at.clone())), walker.sight(Want::Copy(at.clone())));
        match link.into_iter().chain(copy).find_map(|sight| match sight {
            Sight::Program(target) => Some(target),
            _ => None,
        }) {
            Some(target) => at = target,
            None => break,
        }
    }
    // The guard's own links are the shell.
    let itself =
        base(&at) == b"guarded-sh" || !walker.images.contains_key(path) && !is_system(&at) && base(&at) != b"guarded";
    if itself { program } else { Program::File(at) }
}

fn base(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// `ln -s /bin/rm zap`, `cp /bin/rm zap`, `install`, `mv`, and the same into a folder.
pub(super) fn remember(walker: &mut Walker<'_>, tool: &BString, call: &Call, scope: &Scope) {
    if scope.elsewhere || !matches!(tool.as_slice(), b"ln" | b"cp" | b"mv" | b"install") {
        return;
    }
    let operands: Vec<&[u8]> =
        call.words.iter().skip(1).filter_map(Word::text).filter(|text| !text.starts_with(b"-")).collect();
    let (from, to) = match operands.as_slice() {
        // `ln /bin/rm`: here, under its name.
        [from] if *tool == "ln" => (*from, base(from)),
        [from, to] => (*from, *to),
        _ => return,
    };
    let symbolic = *tool == "ln"
        && call.words.iter().filter_map(Word::text).any(|text| {
            text == b"--symbolic" || text.starts_with(b"-") && !text.starts_with(b"--") && text.contains(&b's')
        });
    let (Some(link), Some(here)) = (scope.absolute(to), scope.absolute(from)) else { return };
    // A symbolic link's own text counts from where the link lies.
    let image = match (symbolic && !from.starts_with(b"/"), link.rfind_byte(b'/')) {
        (true, Some(slash)) => super::plain(&[&link[..=slash], from].concat()),
        (true, None) | (false, _) => here,
    };
    let image = walker.images.get(&image).cloned().unwrap_or(image);
    if image == link || is_data(base(&image)) {
        return;
    }
    walker.images.insert(super::plain(&[link.as_slice(), b"/", base(from)].concat()), image.clone());
    walker.images.insert(link, image);
}

/// Programs of a system have no ending; what has one is read as the file that it is.
fn is_data(name: &[u8]) -> bool {
    name.contains(&b'.') && !name.starts_with(b"python") && !name.starts_with(b"perl") && !name.starts_with(b"ruby")
}
