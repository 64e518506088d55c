//! Lists that come in pages.

use uuid::Uuid;

use crate::endpoint::{Endpoint, Read};
use crate::ids::Wrapped;
use crate::ids::{AppId, DeviceId, OrganizationGroupId, PolicyId, RecordId, SmartGroupId, TagId, UserGroupId, UserId};
use crate::record::record;

record! {
    /// Which page of a list.
    PageQuery {
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }
}

/// An endpoint whose answer is one page of a longer list.
pub trait Paged: Endpoint<Effect = Read> {
    /// One entry of the list.
    type Row: Send + Sync + 'static;

    /// Number of the first page.
    const FIRST_PAGE: u32 = 0;
    /// Largest page that the API documents.
    const MAX_PAGE_SIZE: u32 = 500;

    /// Sets which page to ask for. Sizes count rows.
    fn set_page(query: &mut Self::Query, page: u32, page_size: u32);
    /// Takes the rows out of an answer.
    fn rows(answer: Self::Answer) -> Vec<Self::Row>;
    /// Total number of rows on the server, where the answer says it.
    fn total(answer: &Self::Answer) -> Option<u64>;
    /// What identifies a row, so that one that moved between pages is not counted twice.
    fn key(row: &Self::Row) -> RowKey;
}

/// What identifies a row: its UUID where it has one, else its number or its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    Uuid(Uuid),
    Number(i64),
    /// The hash of a text.
    Text(u64),
}

/// What may identify a row.
pub trait Key {
    /// `None` if it says nothing: absent, or a UUID of zeros.
    fn key(&self) -> Option<RowKey>;
}

macro_rules! keys {
    ($($id:ident)+) => {$(
        impl Key for $id {
            fn key(&self) -> Option<RowKey> {
                Some(RowKey::Number(self.0))
            }
        }
    )+};
}
keys! { AppId DeviceId OrganizationGroupId PolicyId RecordId SmartGroupId TagId UserGroupId UserId }

impl Key for i64 {
    fn key(&self) -> Option<RowKey> {
        Some(RowKey::Number(*self))
    }
}

impl Key for Uuid {
    fn key(&self) -> Option<RowKey> {
        (!self.is_nil()).then_some(RowKey::Uuid(*self))
    }
}

impl Key for String {
    fn key(&self) -> Option<RowKey> {
        // FNV-1a: short, and the same in every process.
        let hash = self
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Some(RowKey::Text(hash))
    }
}

impl<T: Key> Key for Wrapped<T> {
    fn key(&self) -> Option<RowKey> {
        self.0.key()
    }
}

impl<T: Key> Key for Option<T> {
    fn key(&self) -> Option<RowKey> {
        self.as_ref().and_then(Key::key)
    }
}

/// Declares that an endpoint answers one page of a list, in a sentence:
/// `paged! { Search: Device in devices, counted by total, told apart by uuid or id }`.
macro_rules! paged {
    ($endpoint:ident: $row:ident in $rows:ident, counted by $total:ident, told apart by $key:ident $(or $other:ident)?) => {
        $crate::page::paged! {
            $endpoint: $row in $rows, counted by $total, told apart by $key $(or $other)?, sized by pagesize
        }
    };
    (
        $endpoint:ident: $row:ident in $rows:ident, counted by $total:ident, told apart by $key:ident $(or $other:ident)?,
        sized by $size:ident
    ) => {
        impl $crate::page::Paged for $endpoint {
            type Row = $row;

            fn set_page(query: &mut Self::Query, page: u32, page_size: u32) {
                (query.page, query.$size) = (page.into(), page_size.into());
            }
            fn rows(answer: Self::Answer) -> Vec<Self::Row> {
                answer.$rows
            }
            fn total(answer: &Self::Answer) -> Option<u64> {
                // Some lists say 0 and have rows: they do not know.
                Some(answer.$total).filter(|total| *total > 0 || answer.$rows.is_empty())
            }
            fn key(row: &Self::Row) -> $crate::page::RowKey {
                let key = $crate::page::Key::key(&row.$key);
                $(let key = key.or_else(|| $crate::page::Key::key(&row.$other));)?
                key.unwrap_or($crate::page::RowKey::Number(0))
            }
        }
    };
}
pub(crate) use paged;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::devices::{Device, Search};
    use crate::ids::Wrapped;

    #[test]
    fn a_row_is_known_by_its_uuid_and_else_by_its_number() {
        let (uuid, other) = (Uuid::from_u128(7), Uuid::from_u128(7 << 64));
        let key = |uuid, id| Search::key(&Device { uuid, id: Wrapped(DeviceId(id)), ..Default::default() });
        assert_eq!(key(Some(uuid), 1), key(Some(uuid), 2));
        assert_ne!(key(Some(uuid), 1), key(Some(other), 1));
        assert_eq!(key(None, 1), RowKey::Number(1));
        assert_eq!(key(Some(Uuid::nil()), 1), RowKey::Number(1), "zeros are no UUID");
        assert_ne!("a".to_owned().key(), "b".to_owned().key());
    }
}
