//! The stack of a new image as the kernel lays it out (System V ABI for AMD64, 3.4.1): the count of the words, where each
//! of them lies, where each entry of the environment lies, and the strings themselves one behind the other.

use bstr::BString;

/// Whether an image that stands and has not run has these words and this environment. `false`: it has others, or that
/// can't be told from here.
#[cfg(target_arch = "x86_64")]
#[must_use]
pub fn has(task: i32, words: &[BString], environment: &[u8]) -> bool {
    const POINTER: usize = size_of::<u64>();
    let strings: Vec<u8> =
        words.iter().flat_map(|word| [word, &b"\0"[..]]).chain([environment]).collect::<Vec<&[u8]>>().concat();
    // Each has a NUL behind it.
    let entries = environment.split(|byte| *byte == 0).count() - 1;
    let Some((count, start)) = super::tracing::registers(task).map(|now| (words.len(), now.rsp)) else { return false };
    let read = |from: u64, length: usize| {
        let mut bytes = vec![0; length];
        let from = usize::try_from(from).ok()?;
        super::task::read_direct(task, from, &mut bytes).ok().map(|()| bytes)
    };
    let Some(laid) = read(start, (count + entries + 3) * POINTER) else { return false };
    let laid: Vec<u64> =
        laid.chunks_exact(POINTER).filter_map(|eight| eight.try_into().ok().map(u64::from_ne_bytes)).collect();
    // Two lists, each with a null pointer behind it.
    let Some((said, lists)) = laid.split_first() else { return false };
    let ends = |at: usize| at == count || at == count + 1 + entries;
    let as_many = usize::try_from(*said) == Ok(count)
        && lists.iter().enumerate().all(|(at, pointer)| (*pointer == 0) == ends(at));
    as_many && lists.first().and_then(|first| read(*first, strings.len())).is_some_and(|bytes| bytes == strings)
}

#[cfg(not(target_arch = "x86_64"))]
pub fn has(_task: i32, _words: &[BString], _environment: &[u8]) -> bool {
    false
}
