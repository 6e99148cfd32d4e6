//! How much may be looked at: counted in files, bytes and directory entries, never timed, so that the same tree gives
//! the same answer on every machine.

/// What is left. Spending fails, and takes nothing, where it would go below zero.
#[derive(Clone, Debug)]
pub struct Budget {
    pub files: usize,
    pub bytes: u64,
    pub entries: usize,
}

impl Default for Budget {
    /// What a command's scripts and programs may cost.
    fn default() -> Self {
        Budget { files: 256, bytes: 8 << 20, entries: 20_000 }
    }
}

impl Budget {
    /// What one finding may cost: a walk, and the contents of files whose dates do not settle whether they changed.
    #[must_use]
    pub fn for_stakes() -> Self {
        Budget { files: 2_000, bytes: 64 << 20, entries: 20_000 }
    }

    pub(super) fn file(&mut self, bytes: u64) -> bool {
        if self.files == 0 || self.bytes < bytes {
            return false;
        }
        self.files -= 1;
        self.bytes -= bytes;
        true
    }

    pub(super) fn entry(&mut self) -> bool {
        let left = self.entries > 0;
        self.entries = self.entries.saturating_sub(1);
        left
    }
}
