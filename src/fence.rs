//! What the policy wants read-only is so for all that a call starts, and what it hides is not there, whatever that does: by
//! mounts in a namespace of its own. Edge: through sys.

use std::ffi::{CStr, CString};
use std::io;

use bstr::BString;

use crate::guard::Judgement;
use crate::policy::Policy;
use crate::sys::{aside, landlock, namespace, seccomp};
use crate::trouble::Trouble;

/// Before anything is started. Where it can't be had, a policy that requires it lets nothing run; else the decision says
/// so.
pub fn raise(judged: &mut Judgement, hidden: &[BString]) -> Result<(), Trouble> {
    match held(&judged.policy, hidden) {
        Ok(()) => Ok(()),
        Err(error) if judged.policy.require_fence => Err(Trouble::NoFence(error)),
        Err(error) => {
            let what = if hidden.is_empty() { "held read-only" } else { "held read-only and hidden" };
            judged.decision.reasons.push(format!("paths are not {what}: {}", plainly(&error)));
            Ok(())
        }
    }
}

/// The same for a program that no text starts.
pub fn raise_for_program(policy: &Policy) -> Result<(), Trouble> {
    let hidden: Vec<BString> = policy.credentials.files.iter().map(|path| path.as_str().into()).collect();
    match held(policy, &hidden) {
        Err(error) if policy.require_fence => Err(Trouble::NoFence(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// In this process, from now on.
fn held(policy: &Policy, hidden: &[BString]) -> io::Result<()> {
    let read_only = there(policy.read_only.iter().map(String::as_bytes));
    let hidden = there(hidden.iter().map(|path| path.as_slice()));
    // A guard above has done it, or root.
    let left: Vec<&CStr> =
        read_only.iter().map(CString::as_c_str).filter(|path| !namespace::is_read_only(path)).collect();
    let bare: Vec<&CStr> = hidden.iter().map(CString::as_c_str).filter(|path| !namespace::is_covered(path)).collect();
    if left.is_empty() && bare.is_empty() {
        return Ok(());
    }
    // By another name it can be read all the same.
    let shared =
        bare.iter().any(|path| nix::sys::stat::stat(*path).is_ok_and(|about| is_file(&about) && about.st_nlink > 1));
    namespace::enter()?;
    namespace::hold_read_only(&left)?;
    if !bare.is_empty() {
        namespace::cover(&bare)?;
        shut_in()?;
    }
    let holds =
        left.iter().all(|path| namespace::is_read_only(path)) && bare.iter().all(|path| namespace::is_covered(path));
    if shared {
        Err(io::Error::other("a file that is to be hidden has another name"))
    } else if holds {
        Ok(())
    } else {
        Err(io::Error::other("they can still be reached"))
    }
}

fn there<'p>(paths: impl Iterator<Item = &'p [u8]>) -> Vec<CString> {
    let is_there = |path: &CString| nix::unistd::access(path.as_c_str(), nix::unistd::AccessFlags::F_OK).is_ok();
    paths.filter_map(|path| CString::new(path).ok()).filter(is_there).collect()
}

fn is_file(about: &nix::sys::stat::FileStat) -> bool {
    about.st_mode & libc::S_IFMT == libc::S_IFREG
}

/// An ordinary user's tree can't take off what was mounted before its namespace; root's can, and can look through the
/// processes outside, where nothing else forbids it.
fn shut_in() -> io::Result<()> {
    let shut = landlock::shut_in();
    if nix::unistd::geteuid().is_root() { shut.and_then(|()| seccomp::keep_to_paths()) } else { Ok(()) }
}

/// Tries in a child, which ends with it, whether paths can be held here.
pub fn can_be_raised() -> io::Result<()> {
    let errno = |error: io::Error| u8::try_from(error.raw_os_error().unwrap_or(libc::EINVAL)).unwrap_or(u8::MAX);
    let raised = || namespace::enter().and_then(|()| namespace::hold_read_only(&[c"/usr"]));
    let tried = || raised().map_or_else(errno, |()| 0);
    match aside::ends_with(tried)? {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno.into())),
    }
}

/// Not in the system's words, by which agents recognise limits of their own.
pub fn plainly(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EPERM | libc::EACCES) => "this user may make no namespace here".to_owned(),
        Some(libc::ENOSYS | libc::EINVAL) => "the kernel is too old for it, or has it switched off".to_owned(),
        Some(libc::ENOSPC | libc::EUSERS) => "no more namespaces are to be had".to_owned(),
        Some(number) => format!("error {number} of the kernel"),
        None => error.to_string(),
    }
}
