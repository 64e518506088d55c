//! Lists that come in pages.

use crate::endpoint::{Endpoint, Read};

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

/// Declares that an endpoint answers one page of a list, in a sentence:
/// `paged! { Search: Device in devices, counted by total, told apart by id.0.0 }`.
macro_rules! paged {
    ($endpoint:ident: $row:ident in $rows:ident, counted by $total:ident, told apart by $($key:tt)+) => {
        impl $crate::page::Paged for $endpoint {
            type Row = $row;

            fn set_page(query: &mut Self::Query, page: u32, page_size: u32) {
                (query.page, query.pagesize) = (page.into(), page_size.into());
            }
            fn rows(answer: Self::Answer) -> Vec<Self::Row> {
                answer.$rows
            }
            fn total(answer: &Self::Answer) -> Option<u64> {
                Some(answer.$total)
            }
            fn key(row: &Self::Row) -> i64 {
                row.$($key)+
            }
        }
    };
}
pub(crate) use paged;
