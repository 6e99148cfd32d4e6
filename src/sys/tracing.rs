//! Holding a task at the end of its exec (ptrace(2)), and what becomes of children and traced tasks.
//!
//! Where only a task's ancestors may look at it (Yama), a whole tree is traced from its first task on: who traces may
//! look, and what a traced task forks is traced as well.

use std::io;

use super::seccomp::Notification;
#[cfg(target_arch = "x86_64")]
use super::seccomp::{COMPAT_CALL, exec_call};
use libc::{c_int, c_uint, c_ulong, c_void, pid_t};

fn trace(request: c_uint, task: pid_t, data: usize) -> io::Result<()> {
    // SAFETY: none of the requests made here reads or writes memory of ours.
    let done = unsafe { libc::ptrace(request, task, std::ptr::null_mut::<c_void>(), data as *mut c_void) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Which tasks are traced, and for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Each for the time of its exec.
    Execs,
    /// All of a tree, for as long as they live.
    Tree,
}

impl Reach {
    /// Begins to trace: the task stops at the end of its next exec, and dies if we do. It runs on until then.
    pub fn seize(self, task: pid_t) -> io::Result<()> {
        seize_with(task, if self == Reach::Tree { FORKS } else { 0 })
    }

    /// Lets a stopped task run on, with the signal that stopped it, if any.
    pub fn go_on(self, task: pid_t, signal: c_int) {
        let request = if self == Reach::Tree { libc::PTRACE_CONT } else { libc::PTRACE_DETACH };
        // It may be gone.
        let _ = trace(request, task, usize::try_from(signal).unwrap_or(0));
    }
}

/// What a task starts is traced as well.
const FORKS: c_int = libc::PTRACE_O_TRACEFORK | libc::PTRACE_O_TRACEVFORK | libc::PTRACE_O_TRACECLONE;

fn seize_with(task: pid_t, more: c_int) -> io::Result<()> {
    let options = libc::PTRACE_O_TRACEEXEC | libc::PTRACE_O_EXITKILL | more;
    trace(libc::PTRACE_SEIZE, task, usize::try_from(options).map_err(io::Error::other)?)
}

/// The task stops when it leaves the call that it is in, if no exec stops it before. An error: it is not traced.
pub fn interrupt(task: pid_t) -> io::Result<()> {
    trace(libc::PTRACE_INTERRUPT, task, 0)
}

/// Lets a stopped task run on and keeps it traced, with the signal that stopped it, if any.
pub fn keep(task: pid_t, signal: c_int) {
    let _ = trace(libc::PTRACE_CONT, task, usize::try_from(signal).unwrap_or(0));
}

/// Leaves a task stopped, as its own job control has it, until that lets it go on.
pub fn leave_stopped(task: pid_t) {
    let _ = trace(libc::PTRACE_LISTEN, task, 0);
}

/// Begins to trace a task and all that it will start; each of their execs stops at its call, as a filter that tells its
/// tracer has it. An error on machines whose registers are not read here.
pub fn seize_calls(task: pid_t) -> io::Result<()> {
    if !cfg!(target_arch = "x86_64") {
        return Err(io::ErrorKind::Unsupported.into());
    }
    seize_with(task, FORKS | libc::PTRACE_O_TRACESECCOMP)
}

/// Ends the tracing of a task that runs.
pub fn let_go(task: pid_t) {
    if interrupt(task).is_ok() {
        // SAFETY: no status is asked for.
        unsafe { libc::waitpid(task, std::ptr::null_mut(), libc::__WALL) };
        Reach::Execs.go_on(task, 0);
    }
}

/// Lets a process look at us and trace us that the kernel would not let (Yama).
pub fn allow(tracer: pid_t) {
    // SAFETY: numbers. It fails where nothing forbids it.
    unsafe { libc::prctl(libc::PR_SET_PTRACER, tracer, 0, 0, 0) };
}

/// The number that the thread had before its exec made it the first of its process.
#[must_use]
pub fn former(task: pid_t) -> pid_t {
    message(task).and_then(|former| pid_t::try_from(former).ok()).unwrap_or(task)
}

/// What the event of a stopped task says beside its kind; `None` where the task is not stopped.
#[must_use]
pub fn message(task: pid_t) -> Option<c_ulong> {
    let mut message: c_ulong = 0;
    // SAFETY: PTRACE_GETEVENTMSG writes one unsigned long.
    let done = unsafe {
        libc::ptrace(
            libc::PTRACE_GETEVENTMSG,
            task,
            std::ptr::null_mut::<c_void>(),
            std::ptr::from_mut(&mut message).cast::<c_void>(),
        )
    };
    (done != -1).then_some(message)
}

/// What a task at the start or at a call has in its registers.
#[cfg(target_arch = "x86_64")]
pub(super) fn registers(task: pid_t) -> Option<libc::user_regs_struct> {
    let mut registers = std::mem::MaybeUninit::<libc::user_regs_struct>::uninit();
    // SAFETY: PTRACE_GETREGS fills the structure where it does not return -1.
    unsafe {
        let done = libc::ptrace(libc::PTRACE_GETREGS, task, std::ptr::null_mut::<c_void>(), registers.as_mut_ptr());
        (done != -1).then(|| registers.assume_init())
    }
}

/// The call at which a task was stopped by its filter, which says on which machine it counts.
#[cfg(target_arch = "x86_64")]
#[must_use]
pub fn call(task: pid_t) -> Option<Notification> {
    let compat = message(task)? == c_ulong::from(COMPAT_CALL);
    let registers = registers(task)?;
    let native = [registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9];
    let old = [registers.rbx, registers.rcx, registers.rdx, registers.rsi, registers.rdi, registers.rbp];
    let id = u64::try_from(task).ok()?;
    let number = registers.orig_rax.cast_signed();
    Some(Notification { id, thread: task, exec: exec_call(compat, number, &if compat { old } else { native }) })
}

#[cfg(not(target_arch = "x86_64"))]
pub fn call(_task: pid_t) -> Option<Notification> {
    None
}

/// Ends the call at which a task was stopped by its filter, with an errno.
#[cfg(target_arch = "x86_64")]
pub fn fail_call(task: pid_t, errno: c_int) {
    if let Some(mut changed) = registers(task) {
        // A call of no number does nothing and leaves the answer as it stands here.
        changed.orig_rax = u64::MAX;
        changed.rax = i64::from(-errno).cast_unsigned();
        // SAFETY: reads the structure, which outlives the call.
        let done = unsafe {
            libc::ptrace(libc::PTRACE_SETREGS, task, std::ptr::null_mut::<c_void>(), std::ptr::from_mut(&mut changed))
        };
        if done == 0 {
            return keep(task, 0);
        }
    }
    // It is gone, or it must not go on.
    super::aside::kill(task);
}

#[cfg(not(target_arch = "x86_64"))]
pub fn fail_call(task: pid_t, _errno: c_int) {
    super::aside::kill(task);
}

/// The code segment of a 32-bit program.
#[cfg(target_arch = "x86_64")]
const USER_CODE_32: u64 = 0x23;

/// Makes a task that stands at the start of its image end with a status instead, without running any of it: the entry is
/// overwritten, in this process only, by a call of exit_group. `false` where that can't be done.
#[cfg(target_arch = "x86_64")]
pub fn end_at_entry(task: pid_t, status: u8) -> bool {
    // mov edi, status; mov eax, 231; syscall
    let native = [0xbf, status, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05, 0xf4, 0xf4, 0xf4, 0xf4];
    // mov ebx, status; mov eax, 252; int 0x80
    let compat = [0xbb, status, 0, 0, 0, 0xb8, 252, 0, 0, 0, 0xcd, 0x80, 0xf4, 0xf4, 0xf4, 0xf4];
    let Some(registers) = registers(task) else { return false };
    let code = if registers.cs == USER_CODE_32 { compat } else { native };
    code.chunks_exact(8).zip([0, 8]).all(|(word, offset)| {
        let word = word.try_into().map_or(0, i64::from_ne_bytes);
        let place = registers.rip.wrapping_add(offset) as *mut c_void;
        // SAFETY: writes the other task's memory, at an address that is only a number here.
        unsafe { libc::ptrace(libc::PTRACE_POKETEXT, task, place, word as *mut c_void) != -1 }
    })
}

#[cfg(not(target_arch = "x86_64"))]
pub fn end_at_entry(_task: pid_t, _status: u8) -> bool {
    false
}

/// Whether `end_at_entry` is known for this machine.
pub const ENDS_AT_ENTRY: bool = cfg!(target_arch = "x86_64");

/// What happened to a child or a traced task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Ended, with the status of wait(2).
    Ended {
        status: c_int,
    },
    /// The new image stands, and nothing of it has run.
    Loaded,
    /// The exec failed, or a stop that belongs to no signal.
    Trap,
    /// It has forked, or it is the child.
    Forked,
    /// Its filter has stopped it at a call.
    Call,
    /// Job control has stopped it.
    Stopped,
    /// A signal is about to reach it.
    Signal(c_int),
    Continued,
}

/// A child or a traced task whose end was not waited for yet.
#[must_use]
pub fn is_ours(task: pid_t) -> bool {
    let Ok(task) = libc::id_t::try_from(task) else { return false };
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL;
    let mut found = std::mem::MaybeUninit::<libc::siginfo_t>::uninit();
    // SAFETY: room for the answer, which nobody reads.
    unsafe { libc::waitid(libc::P_PID, task, found.as_mut_ptr(), flags) == 0 }
}

/// The next event, if there is one.
#[must_use]
pub fn next_event() -> Option<(pid_t, Event)> {
    event(-1, libc::WNOHANG)
}

/// The next event of one task, when it comes; `None` where it is not ours to wait for.
#[must_use]
pub fn next_event_of(task: pid_t) -> Option<Event> {
    event(task, 0).map(|(_, event)| event)
}

fn event(of: pid_t, more: c_int) -> Option<(pid_t, Event)> {
    let mut status: c_int = 0;
    let flags = libc::__WALL | libc::WUNTRACED | libc::WCONTINUED | more;
    // SAFETY: `status` outlives the call.
    let task = unsafe { libc::waitpid(of, &raw mut status, flags) };
    if task <= 0 {
        return None;
    }
    let event = if libc::WIFSTOPPED(status) {
        match status >> 16 {
            libc::PTRACE_EVENT_EXEC => Event::Loaded,
            libc::PTRACE_EVENT_SECCOMP => Event::Call,
            libc::PTRACE_EVENT_STOP if libc::WSTOPSIG(status) != libc::SIGTRAP => Event::Stopped,
            libc::PTRACE_EVENT_STOP => Event::Trap,
            libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => Event::Forked,
            _ => Event::Signal(libc::WSTOPSIG(status)),
        }
    } else if libc::WIFCONTINUED(status) {
        Event::Continued
    } else {
        Event::Ended { status }
    };
    Some((task, event))
}
