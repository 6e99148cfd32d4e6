//! A task that stands for another process: its image never runs, it waits, and it ends as the other one does (ptrace(2)).

use std::io;

use libc::{c_int, c_long, c_uint, c_void, pid_t};

/// Whether this machine's calls are known here.
pub const KNOWN: bool = cfg!(target_arch = "x86_64");

/// A task that waits in a call at the entry of its image.
#[derive(Debug, Clone, Copy)]
pub struct StandIn {
    pub task: pid_t,
    /// Where the instruction lies that makes a call.
    call: u64,
    compat: bool,
}

/// Who sent the signal that is about to reach a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    Kernel,
    Process(pid_t),
}

fn trace(request: c_uint, task: pid_t, address: usize, data: usize) -> io::Result<c_long> {
    // SAFETY: the requests made here read or write no more than what `data` points to in their callers.
    let done = unsafe { libc::ptrace(request, task, address as *mut c_void, data as *mut c_void) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(done) }
}

#[must_use]
pub fn sender(task: pid_t) -> Sender {
    let mut about = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    if trace(libc::PTRACE_GETSIGINFO, task, 0, about.as_mut_ptr() as usize).is_err() {
        return Sender::Kernel;
    }
    // SAFETY: filled by the kernel, and zero before. What kill(2) and its like send names its sender.
    unsafe {
        let about = about.assume_init();
        if about.si_code <= 0 { Sender::Process(about.si_pid()) } else { Sender::Kernel }
    }
}

#[cfg(target_arch = "x86_64")]
mod machine {
    use super::{StandIn, c_int, io, pid_t, trace};

    const USER_CODE_32: u64 = 0x23;

    fn registers(task: pid_t) -> io::Result<libc::user_regs_struct> {
        let mut registers = std::mem::MaybeUninit::<libc::user_regs_struct>::uninit();
        trace(libc::PTRACE_GETREGS, task, 0, registers.as_mut_ptr() as usize)?;
        // SAFETY: filled where it succeeds.
        Ok(unsafe { registers.assume_init() })
    }

    fn set_registers(task: pid_t, registers: &libc::user_regs_struct) -> io::Result<()> {
        trace(libc::PTRACE_SETREGS, task, 0, std::ptr::from_ref(registers) as usize).map(drop)
    }

    fn write(task: pid_t, place: u64, code: &[u8; 9]) -> io::Result<()> {
        let mut words = [0xf4_u8; 16];
        words[..code.len()].copy_from_slice(code);
        for (word, offset) in words.chunks_exact(8).zip([0, 8]) {
            let word = word.try_into().map_or(0, usize::from_ne_bytes);
            let place = usize::try_from(place).map_err(io::Error::other)?.wrapping_add(offset);
            trace(libc::PTRACE_POKETEXT, task, place, word)?;
        }
        Ok(())
    }

    fn let_in_all_signals(task: pid_t) -> io::Result<()> {
        let none: u64 = 0;
        trace(PTRACE_SETSIGMASK, task, size_of::<u64>(), &raw const none as usize).map(drop)
    }

    /// ptrace(2); the C library has no name for it.
    const PTRACE_SETSIGMASK: u32 = 0x420b;

    impl StandIn {
        /// Of a task whose exec is done and whose image has not run: it will wait there for good, in a call that each
        /// signal may break off and that is then made again, and it blocks no signal. Written into its memory, or where
        /// that can't be read, done with what its loader has.
        pub fn make(task: pid_t) -> io::Result<StandIn> {
            let mut now = registers(task)?;
            let compat = now.cs == USER_CODE_32;
            // pause(2), again and again.
            let code = if compat { b"\xb8\x1d\0\0\0\xcd\x80\xeb\xf7" } else { b"\xb8\x22\0\0\0\x0f\x05\xeb\xf7" };
            match write(task, now.rip, code) {
                Ok(()) => {}
                Err(error) if compat => return Err(error),
                Err(error) => {
                    now.rip = super::loader::call_near(now.rip).ok_or(error)?;
                    now.rax = 34;
                    // Nothing is taken up again.
                    now.orig_rax = u64::MAX;
                    set_registers(task, &now)?;
                    let_in_all_signals(task)?;
                    return Ok(StandIn { task, call: now.rip, compat });
                }
            }
            let_in_all_signals(task)?;
            Ok(StandIn { task, call: now.rip + 5, compat })
        }

        /// At any of its stops: it will end with a status as soon as it runs.
        pub fn end_with(&self, status: c_int) -> io::Result<()> {
            let mut now = registers(self.task)?;
            let status = u64::from(status.cast_unsigned());
            now.rip = self.call;
            // Nothing is taken up again.
            now.orig_rax = u64::MAX;
            // exit_group(2)
            if self.compat {
                (now.rax, now.rbx) = (252, status);
            } else {
                (now.rax, now.rdi) = (231, status);
            }
            set_registers(self.task, &now)
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
impl StandIn {
    pub fn make(_task: pid_t) -> io::Result<StandIn> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub fn end_with(&self, _status: c_int) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The loader that a program without the right to read it was started with: where it lies is told by the entry.
#[cfg(target_arch = "x86_64")]
mod loader {
    use std::sync::OnceLock;

    const LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

    /// Its entry and an instruction that makes a call, as offsets in memory.
    fn offsets() -> Option<(u64, u64)> {
        static FOUND: OnceLock<Option<(u64, u64)>> = OnceLock::new();
        *FOUND.get_or_init(|| {
            #[expect(clippy::disallowed_methods, reason = "edge: the system's loader")]
            let file = std::fs::read(LOADER).ok()?;
            find(&file)
        })
    }

    /// elf(5), of the 64-bit class.
    fn find(file: &[u8]) -> Option<(u64, u64)> {
        let number = |at: usize, width: usize| -> Option<u64> {
            let bytes = file.get(at..at.checked_add(width)?)?;
            Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        };
        if !file.starts_with(b"\x7fELF\x02\x01") {
            return None;
        }
        let (entry, headers) = (number(24, 8)?, usize::try_from(number(32, 8)?).ok()?);
        let (width, count) = (usize::try_from(number(54, 2)?).ok()?, usize::try_from(number(56, 2)?).ok()?);
        (0..count).find_map(|index| {
            let at = headers.checked_add(index.checked_mul(width)?)?;
            let (kind, flags, offset, address, length) =
                (number(at, 4)?, number(at + 4, 4)?, number(at + 8, 8)?, number(at + 16, 8)?, number(at + 32, 8)?);
            // PT_LOAD, executable, with the entry in it.
            if kind != 1 || flags & 1 == 0 || !(address..address.checked_add(length)?).contains(&entry) {
                return None;
            }
            let start = usize::try_from(offset).ok()?;
            let text = file.get(start..start.checked_add(usize::try_from(length).ok()?)?)?;
            let call = text.windows(2).position(|two| two == b"\x0f\x05")?;
            Some((entry, address.checked_add(u64::try_from(call).ok()?)?))
        })
    }

    /// Where it lies in a task that stands at `entry`, if that is this loader's.
    pub fn call_near(entry: u64) -> Option<u64> {
        let (own_entry, call) = offsets()?;
        let base = entry.checked_sub(own_entry)?;
        base.is_multiple_of(0x1000).then(|| base.checked_add(call)).flatten()
    }
}
