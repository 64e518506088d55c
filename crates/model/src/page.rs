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
    fn key(row: &Self::Row) -> i64;
}

/// What may identify a row.
pub trait Key {
    /// As a number; of a UUID, half of it; of a text, its hash.
    fn key(&self) -> i64;
}

macro_rules! keys {
    ($($id:ident)+) => {$(
        impl Key for $id {
            fn key(&self) -> i64 {
                self.0
            }
        }
    )+};
}
keys! { AppId DeviceId OrganizationGroupId PolicyId RecordId SmartGroupId TagId UserGroupId UserId }

impl Key for i64 {
    fn key(&self) -> i64 {
        *self
    }
}

impl Key for Uuid {
    fn key(&self) -> i64 {
        let (_, half) = self.as_u64_pair();
        half.cast_signed()
    }
}

impl Key for String {
    fn key(&self) -> i64 {
        // FNV-1a: short, and the same in every process.
        let hash = self
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        hash.cast_signed()
    }
}

impl<T: Key> Key for Wrapped<T> {
    fn key(&self) -> i64 {
        self.0.key()
    }
}

impl<T: Key> Key for Option<T> {
    fn key(&self) -> i64 {
        self.as_ref().map_or(0, Key::key)
    }
}

/// Declares that an endpoint answers one page of a list, in a sentence:
/// `paged! { Search: Device in devices, counted by total, told apart by id }`.
macro_rules! paged {
    ($endpoint:ident: $row:ident in $rows:ident, counted by $total:ident, told apart by $key:ident) => {
        $crate::page::paged! { $endpoint: $row in $rows, counted by $total, told apart by $key, sized by pagesize }
    };
    ($endpoint:ident: $row:ident in $rows:ident, counted by $total:ident, told apart by $key:ident, sized by $size:ident) => {
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
            fn key(row: &Self::Row) -> i64 {
                $crate::page::Key::key(&row.$key)
            }
        }
    };
}
pub(crate) use paged;
