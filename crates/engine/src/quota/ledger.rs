//! What the ledger reads and writes. Each lease is one transaction that is on the disk before any of it is used: a
//! process that dies loses what it had leased, and nobody sends it again.
//!
//! A lease is decided upon by what was seen last, and written down only if that still holds; so a process that nobody
//! comes between asks the database once for each lease. If somebody did, it looks again while all others wait.

use jiff::Timestamp;
use muster_store::{Database, Engine, Error, Migration, Row, Sql, Transaction, Value, args};

use super::Permitted;
use super::rules::{DAY, Decision, HOUR, Standing, Turns};

const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_quota", sql: include_str!("0001_quota.sql"), postgres: None },
    Migration { name: "0002_changes", sql: include_str!("0002_changes.sql"), postgres: None },
];

/// A limit with its hours, a row for each.
const STANDING: &str = "select per_minute, per_day, next_turn, paused_until, told_left, told_until, changes, hour, calls \
     from quotas left join quota_hours on quota_hours.tenant = quotas.tenant \
     and quota_hours.organization_group = quotas.organization_group \
     where quotas.tenant = $1 and quotas.organization_group = $2 order by hour";

/// One limit in the database.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub(super) database: Database,
    pub(super) tenant: String,
    pub(super) group: String,
}

impl Ledger {
    pub(super) async fn make_tables(database: &Database) -> Result<(), Error> {
        database.migrate("quota", MIGRATIONS).await
    }

    /// Opens a limit, and tells how it stands. Where everything is in order, this writes nothing.
    pub(super) async fn open(
        database: Database,
        tenant: &str,
        group: &str,
        permitted: Permitted,
        now: Timestamp,
    ) -> Result<(Self, Standing), Error> {
        Self::make_tables(&database).await?;
        let ledger = Self { database, tenant: tenant.to_owned(), group: group.to_owned() };
        let found = ledger.look(now).await?;
        let standing = found.unwrap_or_default();
        let (per_minute, per_day) = (permitted.per_minute.map(i64::from), permitted.per_day.map(i64::from));
        let as_permitted = per_minute.is_none_or(|calls| calls == standing.per_minute)
            && per_day.is_none_or(|calls| calls == standing.per_day);
        if found.is_some() && as_permitted && !standing.stale {
            return Ok((ledger, standing));
        }
        if found.is_none() {
            ledger.begin().await?;
        }
        if !as_permitted {
            ledger.permit(per_minute, per_day).await?;
        }
        if standing.stale {
            ledger.prune(now).await?;
        }
        let standing = ledger.look(now).await?.unwrap_or_default();
        Ok((ledger, standing))
    }

    fn key(&self) -> [&str; 2] {
        [&self.tenant, &self.group]
    }

    async fn begin(&self) -> Result<(), Error> {
        let [tenant, group] = self.key();
        let sql = "insert into quotas (tenant, organization_group, per_minute, per_day, next_turn, paused_until, told_left, \
             told_until) values ($1, $2, 0, 0, 0, 0, 0, 0) on conflict (tenant, organization_group) do nothing";
        self.database.execute(sql, args![tenant, group]).await.map(|_| ())
    }

    /// How it stands, as far as others do not come between; `None` if nobody has this limit yet.
    async fn look(&self, now: Timestamp) -> Result<Option<Standing>, Error> {
        let [tenant, group] = self.key();
        let rows = self.database.fetch_with_writer(STANDING, args![tenant, group]).await?;
        standing(&rows, now.as_microsecond())
    }

    /// Decides on a lease and writes it down. `seen` is how it stood last, and becomes how it stands now.
    pub(super) async fn lease(
        &self,
        now: Timestamp,
        wanted: i64,
        reserve_part: f64,
        seen: &mut Option<Standing>,
    ) -> Result<Decision, Error> {
        let now = now.as_microsecond();
        // Elsewhere a statement does not hold back those that come between it and the next one.
        let one_writer = self.database.engine() == Engine::Sqlite;
        if let Some(before) = seen.take().filter(|seen| one_writer && seen.hour == now / HOUR)
            && let Decision::Lease(turns) = before.decide(now, wanted, before.reserve(reserve_part))
            && !self.database.at_once(self.written(&before, turns, now)).await?.is_empty()
        {
            *seen = Some(before.after(turns, now));
            return Ok(Decision::Lease(turns));
        }
        let mut transaction = self.database.begin().await?;
        let before = self.standing_in(&mut transaction, now).await?;
        let decision = before.decide(now, wanted, before.reserve(reserve_part));
        if let Decision::Lease(turns) = decision {
            for (sql, args) in self.written(&before, turns, now) {
                transaction.fetch(sql, args).await?;
            }
            transaction.commit().await?;
            *seen = Some(before.after(turns, now));
        }
        Ok(decision)
    }

    /// What writes a lease down if it still stands as before, and then answers a row. Both statements ask that of the
    /// same row, which the first leaves as it is.
    fn written(&self, before: &Standing, turns: Turns, now: i64) -> Vec<(Sql, Vec<Value>)> {
        const AS_BEFORE: &str = "tenant = $1 and organization_group = $2 and changes = $3";
        let after = before.after(turns, now);
        let values = |one: i64, other: i64| {
            let [tenant, group] = self.key();
            args![tenant, group, before.changes, one, other]
        };
        // Counted in the hour in which the last of them leaves.
        let counted = format!(
            "insert into quota_hours (tenant, organization_group, hour, calls) \
             select tenant, organization_group, $4, $5 from quotas where {AS_BEFORE} \
             on conflict (tenant, organization_group, hour) do update set calls = quota_hours.calls + excluded.calls"
        );
        let taken = format!(
            "update quotas set changes = changes + 1, next_turn = $4, told_left = $5 where {AS_BEFORE} returning changes"
        );
        vec![
            (counted.into(), values(after.next_turn.max(now) / HOUR, turns.count)),
            (taken.into(), values(after.next_turn, after.told_left)),
        ]
    }

    /// How it stands; others wait until the transaction ends.
    async fn standing_in(&self, transaction: &mut Transaction, now: i64) -> Result<Standing, Error> {
        let [tenant, group] = self.key();
        // The update takes the row on PostgreSQL, as the transaction takes the file on SQLite.
        let take = "update quotas set changes = changes where tenant = $1 and organization_group = $2";
        transaction.execute(take, args![tenant, group]).await?;
        let rows = transaction.fetch(STANDING, args![tenant, group]).await?;
        Ok(standing(&rows, now)?.unwrap_or_default())
    }

    pub(super) async fn standing(&self, now: Timestamp) -> Result<Standing, Error> {
        let mut transaction = self.database.begin().await?;
        // Nothing changes; the transaction is dropped.
        self.standing_in(&mut transaction, now.as_microsecond()).await
    }

    /// Forgets hours that count no more.
    async fn prune(&self, now: Timestamp) -> Result<(), Error> {
        let [tenant, group] = self.key();
        let sql = "delete from quota_hours where tenant = $1 and organization_group = $2 and hour < $3";
        self.database.execute(sql, args![tenant, group, stale_before(now.as_microsecond())]).await.map(|_| ())
    }

    /// Writes down what is permitted, where it is known.
    pub(super) async fn permit(&self, per_minute: Option<i64>, per_day: Option<i64>) -> Result<(), Error> {
        let [tenant, group] = self.key();
        self.database
            .execute(
                "update quotas set changes = changes + 1, per_minute = coalesce($3, per_minute), per_day = coalesce($4, per_day) \
                 where tenant = $1 and organization_group = $2",
                args![tenant, group, per_minute, per_day],
            )
            .await
            .map(|_| ())
    }

    /// What the tenant says of its day.
    pub(super) async fn told(&self, limit: i64, left: i64, until: i64) -> Result<(), Error> {
        let [tenant, group] = self.key();
        self.database
            .execute(
                "update quotas set changes = changes + 1, per_day = $3, told_left = $4, told_until = $5 \
                 where tenant = $1 and organization_group = $2",
                args![tenant, group, limit, left, until],
            )
            .await
            .map(|_| ())
    }

    /// Nobody goes before then.
    pub(super) async fn pause(&self, until: i64) -> Result<(), Error> {
        let [tenant, group] = self.key();
        self.database
            .execute(
                "update quotas set changes = changes + 1, paused_until = $3 \
                 where tenant = $1 and organization_group = $2 and paused_until < $3",
                args![tenant, group, until],
            )
            .await
            .map(|_| ())
    }
}

/// Hours before this one are forgotten.
fn stale_before(now: i64) -> i64 {
    (now - 2 * DAY) / HOUR
}

/// Reads the rows of [`STANDING`].
fn standing(rows: &[Row], now: i64) -> Result<Option<Standing>, Error> {
    let Some(row) = rows.first() else { return Ok(None) };
    let mut standing = Standing {
        per_minute: row.get("per_minute")?,
        per_day: row.get("per_day")?,
        next_turn: row.get("next_turn")?,
        paused_until: row.get("paused_until")?,
        told_left: row.get("told_left")?,
        told_until: row.get("told_until")?,
        changes: row.get("changes")?,
        hour: now / HOUR,
        ..Standing::default()
    };
    for row in rows {
        let Some(hour) = row.get::<Option<i64>>("hour")? else { continue };
        standing.stale |= hour < stale_before(now);
        if hour >= (now - DAY) / HOUR {
            standing.used += row.get::<i64>("calls")?;
            if standing.frees_at == 0 {
                standing.frees_at = (hour + 1) * HOUR + DAY;
            }
        }
    }
    Ok(Some(standing))
}

impl Standing {
    /// Calls of the day that are kept for urgent work.
    pub(super) fn reserve(&self, part: f64) -> i64 {
        (self.per_day as f64 * part).ceil() as i64
    }

    /// How it stands when these turns are taken.
    fn after(&self, turns: Turns, now: i64) -> Self {
        Self {
            changes: self.changes + 1,
            next_turn: turns.first + turns.count * turns.interval,
            told_left: self.told_left - turns.count,
            used: self.used + turns.count,
            frees_at: if self.frees_at == 0 { (now / HOUR + 1) * HOUR + DAY } else { self.frees_at },
            ..*self
        }
    }
}
