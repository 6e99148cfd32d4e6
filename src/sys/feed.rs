//! What a held shell needs of the system: a feeder that is no child of bash, a pipe, and a look at who waits on it.

use std::ffi::CStr;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Which of the two processes this is after `split`.
pub enum Side {
    /// The process that was called: it becomes the shell, so that pid, group, signals and status are the shell's.
    Shell,
    /// Neither child nor member of the shell's process group.
    Feeder,
}

/// Forks twice, so that the shell gets no child that it does not know.
pub fn split() -> io::Result<Side> {
    // SAFETY: we have one thread, and the child goes on like the parent does.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            // SAFETY: as above.
            match unsafe { libc::fork() } {
                0 => {
                    stand_aside();
                    Ok(Side::Feeder)
                }
                second => {
                    // SAFETY: ends the process between, without running anything registered for exit.
                    unsafe { libc::_exit(i32::from(second < 0)) }
                }
            }
        }
        between => reap(between),
    }
}

/// A signal to the shell's group is not for the feeder; it ends with the shell. On a terminal it must stay in the group,
/// or it could not read.
fn stand_aside() {
    // SAFETY: touch no memory.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        if libc::isatty(0) == 1 {
            for signal in [libc::SIGINT, libc::SIGQUIT, libc::SIGTSTP, libc::SIGHUP, libc::SIGTERM] {
                libc::signal(signal, libc::SIG_IGN);
            }
        } else {
            libc::setpgid(0, 0);
        }
    }
}

fn reap(between: libc::pid_t) -> io::Result<Side> {
    let mut status = 0;
    loop {
        // SAFETY: `status` outlives the call.
        if unsafe { libc::waitpid(between, &raw mut status, 0) } == between {
            let forked = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
            return if forked { Ok(Side::Shell) } else { Err(io::Error::other("no process for the feeder")) };
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            // SIGCHLD is ignored: the kernel has reaped it.
            Some(libc::ECHILD) => return Ok(Side::Shell),
            _ => return Err(error),
        }
    }
}

/// (read end, write end); both close at exec, the write end does not block.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends: [RawFd; 2] = [-1; 2];
    // SAFETY: room for two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } == -1 {
        return Err(io::Error::last_os_error());
    }
    let [read, write] = ends;
    // SAFETY: F_SETFL touches no memory; the two numbers are fresh and ours.
    unsafe {
        libc::fcntl(write, libc::F_SETFL, libc::O_NONBLOCK);
        Ok((OwnedFd::from_raw_fd(read), OwnedFd::from_raw_fd(write)))
    }
}

/// Makes `source` the standard input of what is executed next.
pub fn take_as_stdin(source: &OwnedFd) -> io::Result<()> {
    // SAFETY: dup2 touches no memory.
    if unsafe { libc::dup2(source.as_raw_fd(), 0) } == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Readable once the process has ended.
pub fn watch(process: libc::pid_t) -> io::Result<OwnedFd> {
    // SAFETY: two numbers.
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
    match RawFd::try_from(descriptor) {
        // SAFETY: fresh and ours.
        Ok(descriptor) if descriptor >= 0 => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Bytes that wait in a pipe or socket, by either end of a pipe.
#[must_use]
pub fn waiting_in(descriptor: RawFd) -> usize {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int.
    if unsafe { libc::ioctl(descriptor, libc::FIONREAD, &raw mut count) } == -1 {
        return 0;
    }
    usize::try_from(count).unwrap_or(0)
}

/// Whether the other end of a pipe or socket is closed, within so many milliseconds.
#[must_use]
pub fn peer_is_gone(descriptor: RawFd, milliseconds: i32) -> bool {
    let mut wanted = libc::pollfd { fd: descriptor, events: libc::POLLRDHUP, revents: 0 };
    // SAFETY: one structure that outlives the call.
    let ready = unsafe { libc::poll(&raw mut wanted, 1, milliseconds) };
    ready > 0 && wanted.revents & (libc::POLLHUP | libc::POLLRDHUP | libc::POLLERR) != 0
}

/// Lets go of what the shell inherits and the feeder must not hold open: a caller waits for the end of its pipes.
/// What closes at exec is ours and stays.
#[expect(clippy::disallowed_methods, reason = "edge: lists our own descriptors")]
pub fn let_go_of_inherited() {
    let Ok(listing) = std::fs::read_dir("/proc/self/fd") else { return };
    let numbers: Vec<RawFd> = listing
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&number| number > 2)
        .collect();
    for number in numbers {
        // SAFETY: F_GETFD touches no memory.
        let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
        if flags != -1 && flags & libc::FD_CLOEXEC == 0 {
            // SAFETY: inherited, so no object of ours owns it.
            unsafe { libc::close(number) };
        }
    }
    // SAFETY: a constant string; dup2 and close touch no memory.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if null > 2 {
            libc::dup2(null, 1);
            libc::close(null);
        }
    }
}

/// A file in memory that what is executed next inherits, under a number that programs rarely use. `text` is told the
/// number.
pub fn text_file(name: &CStr, text: impl FnOnce(RawFd) -> Vec<u8>) -> io::Result<RawFd> {
    // SAFETY: a string that ends in NUL.
    let low = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC) };
    if low < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: fresh and ours.
    let low = unsafe { OwnedFd::from_raw_fd(low) };
    // Without F_DUPFD_CLOEXEC: this one is to be inherited.
    // SAFETY: touches no memory.
    let high = unsafe { libc::fcntl(low.as_raw_fd(), libc::F_DUPFD, 63) };
    if high < 0 {
        return Err(io::Error::last_os_error());
    }
    std::fs::File::from(low).write_all(&text(high))?;
    Ok(high)
}
