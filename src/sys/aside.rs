//! A supervisor beside the shell: how the listener reaches it, how it stands out of the tree's way, how it waits.

use std::ffi::{CStr, CString};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::socket::{AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType};
use nix::sys::socket::{recvmsg, sendmsg, socketpair};

use super::seccomp::Listener;

/// Blocks every signal, and gives back what was blocked before.
pub fn hold_signals() -> io::Result<SigSet> {
    let mut before = SigSet::empty();
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::all()), Some(&mut before))?;
    Ok(before)
}

pub fn let_signals(before: &SigSet) {
    // Fails for no valid set.
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(before), None);
}

/// A program that writes into a pipe without a reader ends by a signal, as by default.
pub fn let_pipes_end() {
    // SAFETY: numbers only.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
}

/// Two ends that close at exec.
pub fn channel() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?)
}

/// Tells the other end a number: of a process, or an errno.
pub fn send_number(channel: &OwnedFd, number: i32) -> io::Result<()> {
    let number = number.to_ne_bytes();
    sendmsg::<()>(channel.as_raw_fd(), &[IoSlice::new(&number)], &[], MsgFlags::MSG_NOSIGNAL, None)?;
    Ok(())
}

pub fn receive_number(channel: &OwnedFd) -> io::Result<i32> {
    let mut number = [0_u8; 4];
    let count = nix::unistd::read(channel, &mut number)?;
    if count == number.len() { Ok(i32::from_ne_bytes(number)) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Hands the listener over, or says with an errno why there is none.
pub fn send_listener(channel: &OwnedFd, listener: Result<&Listener, i32>) -> io::Result<()> {
    let (message, descriptors) = match listener {
        Ok(listener) => ([0, i32::from(listener.holds)], vec![listener.descriptor.as_raw_fd()]),
        Err(errno) => ([errno, 0], Vec::new()),
    };
    let bytes: Vec<u8> = message.iter().flat_map(|number| number.to_ne_bytes()).collect();
    let rights = [ControlMessage::ScmRights(&descriptors)];
    let with = if descriptors.is_empty() { &rights[..0] } else { &rights[..] };
    sendmsg::<()>(channel.as_raw_fd(), &[IoSlice::new(&bytes)], with, MsgFlags::MSG_NOSIGNAL, None)?;
    Ok(())
}

pub fn receive_listener(channel: &OwnedFd) -> io::Result<Listener> {
    let mut bytes = [0_u8; 8];
    let mut room = nix::cmsg_space!(RawFd);
    let mut buffers = [IoSliceMut::new(&mut bytes)];
    let message = recvmsg::<()>(channel.as_raw_fd(), &mut buffers, Some(&mut room), MsgFlags::MSG_CMSG_CLOEXEC)?;
    let descriptor = message.cmsgs()?.find_map(|one| match one {
        ControlMessageOwned::ScmRights(descriptors) => descriptors.first().copied(),
        _ => None,
    });
    let number = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, i32::from_ne_bytes);
    match descriptor {
        Some(descriptor) => {
            // SAFETY: fresh and ours.
            let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor) };
            Ok(Listener { descriptor, holds: number(4) != 0 })
        }
        None if number(0) != 0 => Err(io::Error::from_raw_os_error(number(0))),
        None => Err(io::Error::other("the shell ended before it was supervised")),
    }
}

/// Only to end a sleep.
extern "C" fn note_child(_signal: libc::c_int) {}

static TOLD_TO_END: AtomicBool = AtomicBool::new(false);

extern "C" fn note_end(_signal: libc::c_int) {
    TOLD_TO_END.store(true, Ordering::Relaxed);
}

/// By which a supervisor is told to end its tree.
const END: Signal = Signal::SIGUSR1;

/// It may be gone.
pub fn tell_to_end(supervisor: i32) {
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(supervisor), END);
}

pub fn kill(process: i32) {
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), Signal::SIGKILL);
}

/// Out of reach of a signal for the shell's group, but in its session, or the group would be orphaned and Ctrl-Z
/// ignored. Not dumpable, so that nothing of the tree traces us or takes the listener.
pub fn stand_out(name: &CStr) {
    // SAFETY: numbers, constant strings and a handler that does nothing.
    unsafe {
        libc::setpgid(0, 0);
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
        libc::prctl(libc::PR_SET_NAME, name.as_ptr());
        libc::chdir(c"/".as_ptr());
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if null >= 0 {
            for number in 0..3 {
                libc::dup2(null, number);
            }
            if null > 2 {
                libc::close(null);
            }
        }
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        // Without SA_NOCLDSTOP: stops of traced tasks wake us too.
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = note_child as extern "C" fn(libc::c_int) as usize;
        libc::sigaction(libc::SIGCHLD, &raw const action, std::ptr::null_mut());
        action.sa_sigaction = note_end as extern "C" fn(libc::c_int) as usize;
        libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut());
    }
}

/// As sched_setattr(2) takes it.
#[repr(C)]
struct Scheduling {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

/// Runs soon after it was woken, for short, where every processor is busy: a whole build waits for us at each exec. An
/// ordinary task may ask for a shorter slice (6.12); older kernels take the call and change nothing.
pub fn run_promptly() {
    ask_for_slice(100_000);
}

/// With the slice that all others have.
pub fn run_as_usual() {
    ask_for_slice(0);
}

/// In nanoseconds.
fn ask_for_slice(runtime: u64) {
    let size = u32::try_from(size_of::<Scheduling>()).unwrap_or(0);
    // SAFETY: numbers, and one structure that outlives the call.
    unsafe {
        let nice = libc::getpriority(libc::PRIO_PROCESS, 0);
        let wanted = Scheduling { size, policy: 0, flags: 0, nice, priority: 0, runtime, deadline: 0, period: 0 };
        libc::syscall(libc::SYS_sched_setattr, 0, &raw const wanted, 0);
    }
}

/// What woke the supervisor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// A child or a traced task may have changed.
    Child,
    /// A call waits at the listener.
    Call,
    /// Nothing runs under the filter any more (5.9).
    Alone,
    /// A person wants all of the tree ended.
    Told,
}

/// Sleeps until something happens, or for so long. SIGCHLD is let through only here, and only where no descriptor is
/// ready: it is no count of children, so look for them after every waking.
pub fn wait(listener: Option<&Listener>, patience: Option<Duration>) -> Woken {
    let patience = patience.map(|time| libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: time.subsec_nanos().into(),
    });
    let patience = patience.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut but_child = SigSet::all();
    but_child.remove(Signal::SIGCHLD);
    but_child.remove(END);
    // A negative number is not looked at.
    let fd = listener.map_or(-1, |listener| listener.descriptor.as_raw_fd());
    let mut wanted = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // SAFETY: one structure and one set that outlive the call.
    let ready = unsafe { libc::ppoll(&raw mut wanted, 1, patience, but_child.as_ref()) };
    match wanted.revents {
        _ if TOLD_TO_END.load(Ordering::Relaxed) => Woken::Told,
        events if ready > 0 && events & libc::POLLIN != 0 => Woken::Call,
        events if ready > 0 && events & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) != 0 => Woken::Alone,
        _ => Woken::Child,
    }
}

/// Whether nothing runs under the filter any more.
#[must_use]
pub fn is_alone(listener: &Listener) -> bool {
    let mut wanted = libc::pollfd { fd: listener.descriptor.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: one structure that outlives the call.
    let ready = unsafe { libc::poll(&raw mut wanted, 1, 0) };
    ready > 0 && wanted.revents & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) != 0
}

/// Writes to standard error of another process, whatever that is, and only if it takes it at once: a supervisor that
/// waits for its tasks can wait for ever.
pub fn complain_as(process: i32, text: &[u8]) {
    // SAFETY: numbers; the two descriptors are closed here; the pointer and the length are those of one slice.
    unsafe {
        let held = libc::syscall(libc::SYS_pidfd_open, process, 0);
        let Ok(held) = RawFd::try_from(held) else { return };
        if held < 0 {
            return;
        }
        let held = OwnedFd::from_raw_fd(held);
        let standard_error = libc::syscall(libc::SYS_pidfd_getfd, held.as_raw_fd(), 2, 0);
        let Ok(number) = RawFd::try_from(standard_error) else { return };
        if number < 0 {
            return;
        }
        let standard_error = OwnedFd::from_raw_fd(number);
        let mut ready = libc::pollfd { fd: number, events: libc::POLLOUT, revents: 0 };
        if libc::poll(&raw mut ready, 1, 0) == 1 && ready.revents & libc::POLLOUT != 0 {
            libc::write(standard_error.as_raw_fd(), text.as_ptr().cast(), text.len());
        }
    }
}

/// A child that lets this process go on whenever something of its tree has stopped it, and ends with it: the tree is its
/// user's, so its signals reach us.
#[expect(clippy::disallowed_methods, reason = "edge: a process of its own, which only sleeps")]
pub fn keep_going(listener: Option<&Listener>) {
    const EVERY: Duration = Duration::from_secs(1);
    let supervisor = nix::unistd::getpid();
    // Without one the tree only waits where it has stopped us.
    let _ = child(|| {
        // SAFETY: numbers. Were the listener open here an exec would wait for ever behind a supervisor that has ended.
        unsafe {
            if let Some(listener) = listener {
                libc::close(listener.descriptor.as_raw_fd());
            }
            libc::prctl(libc::PR_SET_NAME, c"guarded-sh: wakes".as_ptr());
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
        }
        while nix::unistd::getppid() == supervisor {
            std::thread::sleep(EVERY);
            // Nothing to one that is not stopped.
            let _ = nix::sys::signal::kill(supervisor, Signal::SIGCONT);
        }
        0
    });
}

/// A signal, by any number, for a process that is ours to wait for; one that may not be sent is not.
pub fn send(process: i32, signal: i32) {
    // SAFETY: numbers.
    unsafe { libc::kill(process, signal) };
}

/// A child that does `work` and ends with the code that it returns; the parent gets its number.
pub fn child(work: impl FnOnce() -> u8) -> io::Result<i32> {
    // SAFETY: we have one thread, and the child goes on like the parent does.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let code = work();
            // SAFETY: ends the process, without running what the parent has registered for exit.
            unsafe { libc::_exit(i32::from(code)) }
        }
        number => Ok(number),
    }
}

/// What a child that does `work` ended with.
pub fn ends_with(work: impl FnOnce() -> u8) -> io::Result<u8> {
    let number = child(work)?;
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    while unsafe { libc::waitpid(number, &raw mut status, 0) } == -1 {
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::EINTR) {
            return Err(error);
        }
    }
    if libc::WIFEXITED(status) {
        return Ok(u8::try_from(libc::WEXITSTATUS(status)).unwrap_or(u8::MAX));
    }
    Err(io::Error::other("the child was ended by a signal"))
}

/// Asks whether a supervisor is above: it answers this path with an errno that the kernel has no use for here.
#[must_use]
pub fn is_supervised() -> bool {
    answers(PROBE, &[c""])
}

/// Tells the supervisor above, if there is one and it trusts this process. It reads the words out of our memory.
pub fn tell(words: &[CString]) -> bool {
    answers(TOLD, &words.iter().map(CString::as_c_str).collect::<Vec<&CStr>>())
}

fn answers(path: &CStr, words: &[&CStr]) -> bool {
    let mut list: Vec<*const libc::c_char> = words.iter().map(|word| word.as_ptr()).collect();
    list.push(std::ptr::null());
    // SAFETY: lists that end in a null pointer; the path does not exist, so that the call returns.
    unsafe { libc::execve(path.as_ptr(), list.as_ptr(), list[words.len()..].as_ptr()) };
    io::Error::last_os_error().raw_os_error() == Some(PROBE_ANSWER)
}

pub const PROBE: &CStr = c"/.guarded-sh/supervised?";
/// What a person has let go at a terminal.
pub const TOLD: &CStr = c"/.guarded-sh/let-go";
pub const PROBE_ANSWER: i32 = libc::EKEYREVOKED;

/// Returns when the process that a descriptor stands for has ended.
pub fn wait_for_end(process: &OwnedFd) {
    let mut wanted = libc::pollfd { fd: process.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one structure that outlives the call.
    while unsafe { libc::poll(&raw mut wanted, 1, -1) } == -1 {
        if io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
            return;
        }
    }
}

/// From now on this process takes only what processors and disks have left over.
pub fn run_idly() {
    /// The class of idle input and output (linux/ioprio.h).
    const IDLE: libc::c_int = 3 << 13;
    // SAFETY: numbers only.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, 19);
        libc::syscall(libc::SYS_ioprio_set, 1, 0, IDLE);
    }
}
