//! Another task that waits in an exec: its memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use bstr::BString;

use super::seccomp::ExecCall;

const PAGE: usize = 4096;
/// Pages that are read by one call.
const AT_ONCE: usize = 64;
/// The kernel's own ceiling for words and environment together (execve(2): three quarters of 8 MiB).
const MOST_BYTES: usize = 6 << 20;

/// Reads a waiting task page by page. The strings of one exec mostly share a few pages, so what was read is kept.
pub struct Memory {
    task: i32,
    pages: Vec<(usize, Box<[u8; PAGE]>)>,
    /// Opened where an outer filter refuses the direct way.
    file: Option<File>,
}

impl Memory {
    #[must_use]
    pub fn of(task: i32) -> Memory {
        Memory { task, pages: Vec::new(), file: None }
    }

    fn page(&mut self, base: usize) -> io::Result<&[u8; PAGE]> {
        // Newest first: the next string lies on the page read last.
        if let Some(at) = self.pages.iter().rposition(|(known, _)| *known == base) {
            return Ok(&self.pages[at].1);
        }
        let mut page = Box::new([0_u8; PAGE]);
        self.read(base, &mut page[..])?;
        self.pages.push((base, page));
        self.pages.last().map(|(_, page)| &**page).ok_or_else(|| io::Error::other("just pushed"))
    }

    /// Reads the pages that are not known yet in one go, as far as that works.
    fn fetch(&mut self, mut bases: Vec<usize>) {
        bases.sort_unstable();
        bases.dedup();
        bases.retain(|base| !self.pages.iter().any(|(known, _)| known == base));
        if bases.len() < 2 || self.file.is_some() {
            return;
        }
        bases.truncate(AT_ONCE);
        let mut pages: Vec<Box<[u8; PAGE]>> = bases.iter().map(|_| Box::new([0; PAGE])).collect();
        let read = read_pages(self.task, &bases, &mut pages);
        self.pages.extend(bases.into_iter().zip(pages).take(read));
    }

    #[expect(clippy::disallowed_methods, reason = "edge: another task's memory")]
    fn read(&mut self, base: usize, into: &mut [u8]) -> io::Result<()> {
        if self.file.is_none() {
            match read_direct(self.task, base, into) {
                Err(error) if error.raw_os_error() == Some(libc::EFAULT) => return Err(error),
                Err(_) => self.file = Some(File::open(format!("/proc/{}/mem", self.task))?),
                done => return done,
            }
        }
        let file = self.file.as_ref().ok_or_else(fault)?;
        file.read_exact_at(into, base as u64).map_err(|_| fault())
    }

    fn pointer(&mut self, address: usize, width: usize) -> io::Result<usize> {
        let mut value = 0;
        for byte in 0..width {
            let at = address.wrapping_add(byte);
            value |= usize::from(self.page(at & !(PAGE - 1))?[at & (PAGE - 1)]) << (8 * byte);
        }
        Ok(value)
    }

    /// The string at an address, without its NUL.
    pub fn text(&mut self, address: usize) -> io::Result<BString> {
        let mut text = BString::default();
        self.append(address, &mut text)?;
        Ok(text)
    }

    fn append(&mut self, mut address: usize, text: &mut BString) -> io::Result<()> {
        loop {
            let offset = address & (PAGE - 1);
            let page = &self.page(address & !(PAGE - 1))?[offset..];
            if let Some(end) = page.iter().position(|byte| *byte == 0) {
                text.extend_from_slice(&page[..end]);
                return Ok(());
            }
            text.extend_from_slice(page);
            if text.len() > MOST_BYTES {
                return Err(io::Error::from_raw_os_error(libc::E2BIG));
            }
            address = (address & !(PAGE - 1)).checked_add(PAGE).ok_or_else(fault)?;
        }
    }

    /// The strings of a list that ends in a null pointer, each with its NUL, as a new image has them one behind the
    /// other.
    pub fn block(&mut self, mut address: usize, width: usize) -> io::Result<BString> {
        let (mut block, mut texts) = (BString::default(), Vec::new());
        if address == 0 {
            return Ok(block);
        }
        let too_big = || io::Error::from_raw_os_error(libc::E2BIG);
        loop {
            match self.pointer(address, width)? {
                0 => break,
                text => texts.push(text),
            }
            if texts.len() * width > MOST_BYTES {
                return Err(too_big());
            }
            address = address.checked_add(width).ok_or_else(fault)?;
        }
        self.fetch(texts.iter().map(|text| text & !(PAGE - 1)).collect());
        for text in &texts {
            self.append(*text, &mut block)?;
            block.push(0);
            if block.len() + texts.len() * width > MOST_BYTES {
                return Err(too_big());
            }
        }
        Ok(block)
    }

    /// The words of an exec. Since 5.18 the kernel makes one empty word of none.
    pub fn words(&mut self, exec: &ExecCall) -> io::Result<Vec<BString>> {
        let mut words = strings(&self.block(exec.argv, exec.width)?);
        if words.is_empty() {
            words.push(BString::default());
        }
        Ok(words)
    }
}

/// The strings of a block.
#[must_use]
pub fn strings(block: &[u8]) -> Vec<BString> {
    let mut strings: Vec<BString> = block.split(|byte| *byte == 0).map(BString::from).collect();
    // Behind the last NUL.
    strings.pop_if(|last| last.is_empty());
    strings
}

fn fault() -> io::Error {
    io::Error::from_raw_os_error(libc::EFAULT)
}

/// How many of the pages were read.
fn read_pages(task: i32, bases: &[usize], pages: &mut [Box<[u8; PAGE]>]) -> usize {
    let local: Vec<_> =
        pages.iter_mut().map(|page| libc::iovec { iov_base: page.as_mut_ptr().cast(), iov_len: PAGE }).collect();
    let remote: Vec<_> =
        bases.iter().map(|base| libc::iovec { iov_base: *base as *mut libc::c_void, iov_len: PAGE }).collect();
    let (locals, remotes) = (local.len() as libc::c_ulong, remote.len() as libc::c_ulong);
    // SAFETY: `local` are the pages, each of them whole; `remote` is only read, in the other task.
    let count = unsafe { libc::process_vm_readv(task, local.as_ptr(), locals, remote.as_ptr(), remotes, 0) };
    usize::try_from(count).map_or(0, |count| count / PAGE)
}

pub(super) fn read_direct(task: i32, base: usize, into: &mut [u8]) -> io::Result<()> {
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let remote = libc::iovec { iov_base: base as *mut libc::c_void, iov_len: into.len() };
    // SAFETY: `local` is the slice; `remote` is only read, in the other task.
    let count = unsafe { libc::process_vm_readv(task, &raw const local, 1, &raw const remote, 1, 0) };
    match usize::try_from(count) {
        Ok(count) if count == into.len() => Ok(()),
        Ok(_) => Err(fault()),
        Err(_) => Err(io::Error::last_os_error()),
    }
}
