//! Lists: every row, or an error. How that is made sure of is in [`walk`].

mod keys;
mod rows;
mod takers;
mod thread;
mod walk;
mod window;

use muster_model::page::RowKey;
use muster_model::{Endpoint, Nothing, Paged};

use crate::Error;
use crate::client::{Client, Paging};
pub use rows::{Place, Rows};
pub(crate) use walk::{Chunk, SMALLEST_PAGE, Source, Walk};

use crate::request::Request;
use crate::retry::Manner;
use crate::transport::read;

/// A list about to be read; see [`Client::pages`].
#[must_use = "nothing is read until `collect`"]
pub struct Pages<E: Endpoint> {
    client: Client,
    path: E::Path,
    query: E::Query,
    paging: Paging,
    limit: Option<usize>,
}

impl<E> Pages<E>
where
    E: Paged + Endpoint<Body = Nothing>,
    E::Query: Clone,
{
    pub(crate) fn new(client: Client, paging: Paging, path: E::Path, query: E::Query) -> Self {
        Self { client, path, query, paging, limit: None }
    }

    /// Only the first rows, at most so many: explicitly not the whole list.
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Every row, or the first ones if there is a limit. [`Error::Incomplete`] if rows were lost twice.
    pub async fn collect(self) -> Result<Vec<E::Row>, Error> {
        self.walk().collect(&self).await
    }

    fn walk(&self) -> Walk {
        Walk {
            endpoint: E::NAME,
            size: self.paging.size.min(E::MAX_PAGE_SIZE).min(rows(self.limit)),
            lanes: self.paging.lanes,
            limit: self.limit,
        }
    }
}

impl<E> Source for Pages<E>
where
    E: Paged + Endpoint<Body = Nothing>,
    E::Query: Clone,
{
    type Row = E::Row;
    type Key = RowKey;

    async fn page(&self, page: u32, size: u32) -> Result<Chunk<E::Row>, Error> {
        let mut query = self.query.clone();
        E::set_page(&mut query, E::FIRST_PAGE + page, size);
        let mut request = Request::of::<E>(self.client.url(), &self.path, &query, &Nothing)?;
        request.remembered = self.client.remembers();
        let transport = self.client.transport();
        let manner = if size > walk::SMALLEST_PAGE { Manner::SmallerNext } else { Manner::Usual };
        let reply = transport.send(&request, manner).await?;
        let answer = read::<E>(&reply, transport.host())?;
        Ok(Chunk { total: E::total(&answer), rows: E::rows(answer) })
    }

    fn key(row: &E::Row) -> RowKey {
        E::key(row)
    }
}

/// A number of rows as a page size; no limit is no bound.
fn rows(limit: Option<usize>) -> u32 {
    limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
