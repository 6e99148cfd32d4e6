//! A start without Rust's own: its runtime ignores SIGPIPE and opens /dev/null on closed descriptors, and bash would
//! inherit both.

use std::ffi::{CStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU8, Ordering};

use bstr::BString;

/// Bit `n`: descriptor `n` was closed when we were called.
static CLOSED: AtomicU8 = AtomicU8::new(0);

/// Makes the C `main` of a program that says `#![no_main]`, from a function `fn(Vec<BString>) -> u8`.
#[macro_export]
macro_rules! start_without_runtime {
    ($run:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn main(count: ::std::ffi::c_int, words: *const *const ::std::ffi::c_char) -> ::std::ffi::c_int {
            // SAFETY: the C library calls `main` with `count` strings, once, before any thread is started.
            let argv = unsafe { $crate::sys::start::begin(count, words) };
            ::std::ffi::c_int::from($run(argv))
        }
    };
}

/// Notes which of the first three descriptors are closed, and keeps their numbers from being taken by a file of ours:
/// a message on descriptor 2 must not land in a database. The placeholder closes itself at exec, so that bash finds
/// them closed again.
///
/// # Safety
/// `words` holds `count` pointers to strings that end in NUL, and no other thread runs.
#[must_use]
pub unsafe fn begin(count: c_int, words: *const *const c_char) -> Vec<BString> {
    for descriptor in 0..3 {
        // SAFETY: F_GETFD touches no memory.
        if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } == -1 {
            CLOSED.fetch_or(1 << descriptor, Ordering::Relaxed);
            // The lowest free number is `descriptor`, as those below it are open by now.
            // SAFETY: a constant string that ends in NUL.
            unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) };
        }
    }
    // SAFETY: no other thread runs.
    unsafe { end_on_overflow() };
    let mut argv = Vec::new();
    for index in 0..usize::try_from(count).unwrap_or(0) {
        // SAFETY: `index` is below `count`, and the caller vouches for the strings.
        let word = unsafe { CStr::from_ptr(*words.add(index)) };
        argv.push(BString::from(word.to_bytes()));
    }
    argv
}

/// A text that nests deeper than our stack must not look like a crash of bash: 125 and one line. The exec resets this,
/// and a signal that is ignored stays so.
///
/// # Safety
/// No other thread runs.
unsafe fn end_on_overflow() {
    extern "C" fn ends(_signal: c_int) {
        complain(b"guarded: this text nests too deep to be read; nothing was run\n");
        // SAFETY: ends the process.
        unsafe { libc::_exit(125) }
    }
    const SIZE: usize = 16 * 1024;
    static mut STACK: [u8; SIZE] = [0; SIZE];
    // SAFETY: the stack is ours for ever; the structures outlive the calls.
    unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(libc::SIGSEGV, std::ptr::null(), &raw mut before) != 0
            || before.sa_sigaction == libc::SIG_IGN
        {
            return;
        }
        let stack = libc::stack_t { ss_sp: (&raw mut STACK).cast(), ss_flags: 0, ss_size: SIZE };
        libc::sigaltstack(&raw const stack, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = ends as extern "C" fn(c_int) as usize;
        action.sa_flags = libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &raw const action, std::ptr::null_mut());
    }
}

#[must_use]
pub fn was_closed(descriptor: u8) -> bool {
    descriptor < 3 && CLOSED.load(Ordering::Relaxed) & (1 << descriptor) != 0
}

/// The environment as name and value. An entry without `=` is not named here; the real shell still inherits it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "edge: the one place that reads the environment for an invocation")]
pub fn environment() -> Vec<(BString, BString)> {
    std::env::vars_os().map(|(name, value)| (name.as_bytes().into(), value.as_bytes().into())).collect()
}

unsafe extern "C" {
    static mut environ: *mut *mut c_char;
}

/// Takes variables out of what the next program inherits, and overwrites them where they stand, so that /proc shows
/// them of this process no more.
pub fn forget(names: &[BString]) {
    let is_named = |entry: &[u8]| {
        names.iter().any(|name| entry.strip_prefix(name.as_slice()).is_some_and(|rest| rest.starts_with(b"=")))
    };
    // SAFETY: the list is the C library's own, ends in a null pointer and holds strings that end in NUL, all of them in
    // memory of this process that may be written; we have one thread.
    unsafe {
        let mut read = environ;
        let mut write = environ;
        while !read.is_null() && !(*read).is_null() {
            let length = CStr::from_ptr(*read).to_bytes().len();
            if is_named(std::slice::from_raw_parts((*read).cast::<u8>(), length)) {
                std::ptr::write_bytes(*read, 0, length);
            } else {
                *write = *read;
                write = write.add(1);
            }
            read = read.add(1);
        }
        if !write.is_null() {
            *write = std::ptr::null_mut();
        }
    }
}

/// Sets a variable that the next program inherits.
pub fn set_variable(name: &CStr, value: &CStr) {
    // SAFETY: both end in NUL, and the C library copies them; we have one thread.
    unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) };
}

/// Empty where the current directory is gone.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "edge: the one place that asks where an invocation stands")]
pub fn directory() -> BString {
    std::env::current_dir().map(|path| path.as_os_str().as_bytes().into()).unwrap_or_default()
}

/// A panic ends us with 125 after one line on standard error, and without unwinding: what was to be judged does not
/// run. `report` writes the line.
pub fn end_on_panic(report: fn(&std::panic::PanicHookInfo<'_>)) {
    std::panic::set_hook(Box::new(move |info| {
        report(info);
        // SAFETY: ends the process; nothing of ours need be run at exit.
        unsafe { libc::_exit(125) }
    }));
}

/// Writes to descriptor 2, as far as it goes: there is nobody to tell that it did not.
pub fn complain(line: &[u8]) {
    // SAFETY: the pointer and the length are those of one slice.
    unsafe { libc::write(2, line.as_ptr().cast(), line.len()) };
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    const FAILS: &str = "GUARDED_TEST_FAILS_AT_START";

    fn nests(depth: usize) -> usize {
        let room = [depth; 64];
        if depth == usize::MAX { 0 } else { nests(depth + 1) + std::hint::black_box(room)[depth % 64] }
    }

    /// Not a test of its own: the process that the others start.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "told by its parent what to do")]
    fn fails_when_told_to() {
        let Some(how) = std::env::var_os(FAILS) else { return };
        super::end_on_panic(|_| super::complain(b"a fault\n"));
        assert!(how != "panic", "as told");
        // SAFETY: with one test thread this is the only one.
        unsafe { super::end_on_overflow() };
        nests(0);
    }

    #[expect(clippy::disallowed_methods, reason = "starts itself again")]
    fn failed(how: &str) -> (Option<i32>, String) {
        let done = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "sys::start::tests::fails_when_told_to", "--nocapture", "--test-threads=1"])
            .env(FAILS, how)
            .output()
            .expect("a process");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    }

    #[test]
    fn a_fault_of_ours_ends_with_125() {
        assert_eq!(failed("panic"), (Some(125), "a fault\n".to_owned()));
        let (code, text) = failed("overflow");
        assert_eq!(code, Some(125), "{text}");
        assert!(text.contains("nests too deep"), "{text}");
    }
}
