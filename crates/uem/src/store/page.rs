//! Which part of a long list is asked for.

/// A page, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) number: u32,
    /// As it is served, which may be less than was asked for.
    pub(crate) size: u32,
}

impl Page {
    const DEFAULT_SIZE: u32 = 500;
    /// Documents say 500, but scripts ask for thousands and rely on getting them (reference §1.8).
    pub(crate) const MAX_SIZE: u32 = 10_000;
    /// What a page of everything says that its size is: the largest number of 32 bits that has a sign.
    const EVERYTHING: u32 = i32::MAX.unsigned_abs();

    /// The page that a query asks for; a size of 0 is none.
    pub(crate) fn asked(number: Option<u32>, size: Option<u32>) -> Self {
        let size = size.filter(|&size| size > 0).unwrap_or(Self::DEFAULT_SIZE);
        Self { number: number.unwrap_or_default(), size: size.min(Self::MAX_SIZE) }
    }

    /// The page that a query asks for, or everything if it asks for none.
    pub(crate) fn asked_or_all(number: Option<u32>, size: Option<u32>) -> Self {
        match (number, size) {
            (None, None) => Self { number: 0, size: Self::EVERYTHING },
            (number, size) => Self::asked(number, size),
        }
    }

    /// ` limit … offset …`
    pub(crate) fn text(self) -> String {
        let offset = u64::from(self.number) * u64::from(self.size);
        format!(" limit {} offset {offset}", self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_pages_are_cut_and_no_size_is_the_usual_one() {
        assert_eq!(Page::asked(None, None), Page { number: 0, size: 500 });
        assert_eq!(Page::asked(Some(2), Some(0)), Page { number: 2, size: 500 });
        assert_eq!(Page::asked(Some(1), Some(999_999)).text(), " limit 10000 offset 10000");
        assert_eq!(Page::asked_or_all(None, Some(7)).size, 7);
        assert_eq!(Page::asked_or_all(None, None).size, Page::EVERYTHING);
    }
}
