//! Becoming another program, with the words and the environment that we were given.

use std::ffi::{CStr, CString, c_char};
use std::io;

unsafe extern "C" {
    static environ: *const *const c_char;
}

/// Replaces this process by `path`. The environment is the block that we inherited, byte for byte, doubles and entries
/// without `=` included, but for what was taken out of it (`start::forget`). Returns only to say why it failed.
#[must_use]
pub fn become_program(path: &CStr, argv: &[CString]) -> io::Error {
    // SAFETY: `environ` is the C library's own, and we have one thread.
    become_with(path, argv, unsafe { environ })
}

/// The same with another environment.
#[must_use]
pub fn become_program_in(path: &CStr, argv: &[CString], environment: &[CString]) -> io::Error {
    let block = pointers(environment);
    become_with(path, argv, block.as_ptr())
}

fn pointers(words: &[CString]) -> Vec<*const c_char> {
    words.iter().map(|word| word.as_ptr()).chain([std::ptr::null()]).collect()
}

fn become_with(path: &CStr, argv: &[CString], environment: *const *const c_char) -> io::Error {
    let words = pointers(argv);
    // SAFETY: both lists end in a null pointer and their strings live until the call returns, if it does.
    unsafe { libc::execve(path.as_ptr(), words.as_ptr(), environment) };
    io::Error::last_os_error()
}

/// Ends this process at once, without what is registered for exit.
pub fn end(code: u8) -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(i32::from(code)) }
}
