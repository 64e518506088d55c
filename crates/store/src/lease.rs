//! A claim on a name that ends by itself: how two processes that share a database keep out of each other's way.

use std::time::Duration;

use jiff::Timestamp;

use crate::{Database, Error, Row, args};

/// A claim that this owner holds. Dropping it does *not* give it up: call [`Lease::release`], or let it expire.
#[derive(Debug)]
pub struct Lease {
    name: String,
    owner: String,
    fence: i64,
    expires_at: Timestamp,
}

/// Who has a lease, as anybody can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The name that is claimed.
    pub name: String,
    /// What the owner called itself.
    pub owner: String,
    /// Until when, unless it is renewed.
    pub expires_at: Timestamp,
    fence: i64,
}

impl Lease {
    /// Claims `name` for `owner` until `now + ttl`; `None` when somebody has it. An owner that asks twice is refused
    /// too, so an owner should name one run of one process.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim(
        database: &Database,
        name: &str,
        owner: &str,
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let expires_at = after(now, ttl);
        let row = database
            .fetch_optional(
                "insert into leases (name, owner, fence, expires_at) values ($1, $2, 1, $3) \
                 on conflict (name) do update set owner = excluded.owner, fence = leases.fence + 1, \
                 expires_at = excluded.expires_at where leases.expires_at <= $4 returning fence",
                args![name, owner, expires_at, now],
            )
            .await?;
        Self::granted(row, name, owner, expires_at)
    }

    /// Takes the lease away from a holder that is known to be dead; `None` when it has changed hands since it was seen.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_over(
        database: &Database,
        from: &Holder,
        owner: &str,
        ttl: Duration,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let expires_at = after(now, ttl);
        let row = database
            .fetch_optional(
                "update leases set owner = $1, fence = fence + 1, expires_at = $2 \
                 where name = $3 and fence = $4 returning fence",
                args![owner, expires_at, from.name.as_str(), from.fence],
            )
            .await?;
        Self::granted(row, &from.name, owner, expires_at)
    }

    fn granted(row: Option<Row>, name: &str, owner: &str, expires_at: Timestamp) -> Result<Option<Self>, Error> {
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Self { name: name.to_owned(), owner: owner.to_owned(), fence: row.get("fence")?, expires_at }))
    }

    /// Who holds `name` at this moment, if anybody.
    ///
    /// # Errors
    /// What the database says.
    pub async fn holder(database: &Database, name: &str, now: Timestamp) -> Result<Option<Holder>, Error> {
        let row = database
            .fetch_optional(
                "select owner, fence, expires_at from leases where name = $1 and expires_at > $2",
                args![name, now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Holder {
            name: name.to_owned(),
            owner: row.get("owner")?,
            expires_at: row.get("expires_at")?,
            fence: row.get("fence")?,
        }))
    }

    /// Holds on until `now + ttl`; `false` when the lease was lost to somebody else, and the work has to stop.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew(&mut self, database: &Database, ttl: Duration, now: Timestamp) -> Result<bool, Error> {
        let expires_at = after(now, ttl);
        let rows = database
            .execute(
                "update leases set expires_at = $1 where name = $2 and owner = $3 and fence = $4",
                args![expires_at, &self.name, &self.owner, self.fence],
            )
            .await?;
        if rows == 1 {
            self.expires_at = expires_at;
        }
        Ok(rows == 1)
    }

    /// Gives the lease up, if it is still ours.
    ///
    /// # Errors
    /// What the database says; the lease then ends at its time.
    pub async fn release(self, database: &Database) -> Result<(), Error> {
        // The row stays, so that the fence only ever rises.
        database
            .execute(
                "update leases set expires_at = 0 where name = $1 and owner = $2 and fence = $3",
                args![&self.name, &self.owner, self.fence],
            )
            .await?;
        Ok(())
    }

    /// Rises by one with every change of hands: a write that carries an older fence comes from a former owner.
    #[must_use]
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// Until when it holds, unless it is renewed.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

fn after(now: Timestamp, ttl: Duration) -> Timestamp {
    now.checked_add(ttl).unwrap_or(Timestamp::MAX)
}
