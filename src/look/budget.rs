//! How much may be looked at: counted in files, bytes and directory entries, never timed, so that the same tree gives
//! the same answer on every machine.

/// What is left. Spending fails, and takes nothing, where it would go below zero.
#[derive(Clone, Copy, Debug)]
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
    /// What one finding may cost, some tens of milliseconds: a walk, and the contents of files whose dates do not settle whether they changed.
    #[must_use]
    pub fn for_stakes() -> Self {
        Budget { files: 1_000, bytes: 16 << 20, entries: 12_000 }
    }

    /// What all findings of one text may cost together.
    #[must_use]
    pub fn for_text() -> Self {
        Budget { files: 2_000, bytes: 24 << 20, entries: 20_000 }
    }

    pub(super) fn file(&mut self, bytes: u64) -> bool {
        if self.files == 0 || self.bytes < bytes {
            return false;
        }
        self.files -= 1;
        self.bytes -= bytes;
        true
    }

    /// Bytes of something that is no file of its own.
    pub(super) fn read(&mut self, bytes: u64) -> bool {
        let enough = self.bytes >= bytes;
        self.bytes = self.bytes.saturating_sub(bytes);
        enough
    }

    /// At most `most` of this.
    pub(super) fn share(&self, most: Budget) -> Budget {
        Budget {
            files: self.files.min(most.files),
            bytes: self.bytes.min(most.bytes),
            entries: self.entries.min(most.entries),
        }
    }

    pub(super) fn spend(&mut self, given: &Budget, left: &Budget) {
        self.files = self.files.saturating_sub(given.files.saturating_sub(left.files));
        self.bytes = self.bytes.saturating_sub(given.bytes.saturating_sub(left.bytes));
        self.entries = self.entries.saturating_sub(given.entries.saturating_sub(left.entries));
    }

    pub(super) fn entry(&mut self) -> bool {
        let left = self.entries > 0;
        self.entries = self.entries.saturating_sub(1);
        left
    }
}
