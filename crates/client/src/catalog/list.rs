//! Lists of the catalogue: pages are asked for as the facts say, and followed by the walk that every list takes.

use muster_model::catalog::Paging;
use muster_model::catalog::call::Arguments;
use muster_model::catalog::facts::Operation;
use serde_json::Value;

use crate::pages::{Chunk, SMALLEST_PAGE, Source, Walk};
use crate::retry::Manner;
use crate::{Client, Error};

/// A list about to be read; see [`Client::list`].
#[must_use = "nothing is read until `collect`"]
pub struct Listing<'a> {
    client: &'a Client,
    operation: &'static Operation,
    arguments: &'a Arguments,
    paging: Paging,
    limit: Option<usize>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(
        client: &'a Client,
        operation: &'static Operation,
        arguments: &'a Arguments,
    ) -> Result<Self, Error> {
        let paging = operation.paging(operation.facts()).ok_or_else(|| {
            Error::Invalid(format!("{} does not answer with one list in pages; call it once instead", operation.key))
        })?;
        Ok(Self { client, operation, arguments, paging, limit: None })
    }

    /// Only the first rows, at most so many: explicitly not the whole list.
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Every row, or the first ones if there is a limit. [`Error::Incomplete`] if rows were lost twice.
    pub async fn collect(self) -> Result<Vec<Value>, Error> {
        let paging = self.client.paging();
        let most = self.limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(u32::MAX);
        let walk = Walk {
            endpoint: self.operation.key.as_str(),
            size: paging.size.min(self.paging.largest).min(most),
            lanes: paging.lanes,
            limit: self.limit,
        };
        let rows = walk.collect(&self).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }
}

/// A row, and what tells it from others. Rows without an id of their own that say the same are told apart by how
/// often they stand on their page.
pub(crate) struct Row {
    value: Value,
    key: (String, u32),
}

impl Source for Listing<'_> {
    type Row = Row;
    type Key = (String, u32);

    async fn page(&self, page: u32, size: u32) -> Result<Chunk<Row>, Error> {
        let manner = if size > SMALLEST_PAGE { Manner::SmallerNext } else { Manner::Usual };
        let arguments = self.paging.ask(self.arguments, page, size);
        let reply = self.client.ask(self.operation, &arguments, manner).await?;
        let host = self.client.transport().host();
        let answer = super::answer::read(self.operation, &reply, host)?;
        let taken = answer.into_json().and_then(|answer| self.paging.take(answer));
        let Some((rows, total)) = taken else {
            return Err(Error::NotTheApi {
                endpoint: self.operation.key.as_str(),
                host: host.to_owned(),
                status: reply.status,
                what: "something without its list".to_owned(),
            });
        };
        let mut seen = std::collections::HashMap::<String, u32>::new();
        let rows = rows.into_iter().map(|value| {
            let key = self.paging.key(&value);
            let times = seen.entry(key.clone()).or_default();
            *times += 1;
            Row { key: (key, *times), value }
        });
        let rows = rows.collect();
        Ok(Chunk { rows, total })
    }

    fn key(row: &Row) -> (String, u32) {
        row.key.clone()
    }
}
