//! What the policy wants read-only is so for all that a call starts, whatever that does: by mounts in a namespace of its
//! own. Edge: through sys.

use std::ffi::{CStr, CString};
use std::io;

use crate::guard::Judgement;
use crate::policy::Policy;
use crate::sys::{aside, namespace};
use crate::trouble::Trouble;

/// Before anything is started. Where it can't be had, a policy that requires it lets nothing run; else the decision says
/// so.
pub fn raise(judged: &mut Judgement) -> Result<(), Trouble> {
    match held(&judged.policy) {
        Ok(()) => Ok(()),
        Err(error) if judged.policy.require_fence => Err(Trouble::NoFence(error)),
        Err(error) => {
            judged.decision.reasons.push(format!("paths are not held read-only: {}", plainly(&error)));
            Ok(())
        }
    }
}

/// The same for a program that no text starts.
pub fn raise_for_program(policy: &Policy) -> Result<(), Trouble> {
    match held(policy) {
        Err(error) if policy.require_fence => Err(Trouble::NoFence(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// In this process, from now on.
fn held(policy: &Policy) -> io::Result<()> {
    let there = |path: &&CString| nix::unistd::access(path.as_c_str(), nix::unistd::AccessFlags::F_OK).is_ok();
    let named: Vec<CString> = policy.read_only.iter().filter_map(|path| CString::new(path.as_str()).ok()).collect();
    let named: Vec<&CString> = named.iter().filter(there).collect();
    // A guard above has done it, or root.
    let left: Vec<&CStr> =
        named.iter().map(|path| path.as_c_str()).filter(|path| !namespace::is_read_only(path)).collect();
    if left.is_empty() {
        return Ok(());
    }
    namespace::hold_read_only(&left)?;
    if left.iter().all(|path| namespace::is_read_only(path)) {
        Ok(())
    } else {
        Err(io::Error::other("they can still be written"))
    }
}

/// Tries in a child, which ends with it, whether paths can be held here.
pub fn can_be_raised() -> io::Result<()> {
    let errno = |error: io::Error| u8::try_from(error.raw_os_error().unwrap_or(libc::EINVAL)).unwrap_or(u8::MAX);
    let tried = || namespace::hold_read_only(&[c"/usr"]).map_or_else(errno, |()| 0);
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
