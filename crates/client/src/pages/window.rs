//! Pages as parts of a list.

/// Rows `page * size` up to, but not including, `(page + 1) * size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) page: u32,
    pub(super) size: u32,
}

impl Window {
    pub(super) fn start(self) -> u64 {
        u64::from(self.page) * u64::from(self.size)
    }

    pub(super) fn end(self) -> u64 {
        self.start() + u64::from(self.size)
    }

    /// The window that reaches furthest while it shares a row with those that end at `covered`.
    pub(super) fn after(covered: u64, largest: u32) -> Option<Self> {
        let Some(shared) = covered.checked_sub(1) else { return Some(Self { page: 0, size: largest }) };
        (1..=largest)
            .rev()
            .filter_map(|size| Some(Self { page: u32::try_from(shared / u64::from(size)).ok()?, size }))
            .max_by_key(|window| window.end())
            .filter(|window| window.end() > covered)
    }
}
