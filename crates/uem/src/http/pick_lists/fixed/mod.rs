//! Vocabularies that are the same for everybody: the operation that tells each one, and its items.

mod android;
mod apple;
mod devices;
mod macos;
mod windows;

/// The key of an operation, and key and description of each item.
pub(super) type List = (&'static str, &'static [(&'static str, &'static str)]);

/// Every vocabulary that asks for nothing.
pub(super) fn lists() -> impl Iterator<Item = &'static List> {
    [android::LISTS, apple::LISTS, macos::LISTS, windows::LISTS, devices::LISTS].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_item_has_a_key_of_its_own_and_says_what_it_is() {
        for (operation, items) in lists() {
            let keys: BTreeSet<&str> = items.iter().map(|item| item.0).collect();
            assert!(items.len() == keys.len() && !items.is_empty(), "{operation}");
            assert!(items.iter().all(|(key, description)| !key.is_empty() && !description.is_empty()), "{operation}");
        }
    }
}
