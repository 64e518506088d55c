//! What the ledger reads and writes. Each lease is one transaction that is on the disk before any of it is used: a
//! process that dies loses what it had leased, and nobody sends it again.

use jiff::Timestamp;
use muster_store::{Database, Error, Migration, Transaction, args};

use super::rules::{DAY, Decision, HOUR, Standing};

const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_quota", sql: include_str!("0001_quota.sql"), postgres: None }];

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

    pub(super) async fn open(database: Database, tenant: &str, group: &str) -> Result<Self, Error> {
        Self::make_tables(&database).await?;
        let ledger = Self { database, tenant: tenant.to_owned(), group: group.to_owned() };
        ledger
            .database
            .execute(
                "insert into quotas (tenant, organization_group, per_minute, per_day, next_turn, paused_until, told_left, \
                 told_until) values ($1, $2, 0, 0, 0, 0, 0, 0) on conflict (tenant, organization_group) do nothing",
                args![tenant, group],
            )
            .await?;
        Ok(ledger)
    }

    fn key(&self) -> [&str; 2] {
        [&self.tenant, &self.group]
    }

    /// Decides on a lease and writes it down.
    pub(super) async fn lease(&self, now: Timestamp, wanted: i64, reserve_part: f64) -> Result<Decision, Error> {
        let now = now.as_microsecond();
        let mut transaction = self.database.begin().await?;
        let standing = self.standing_in(&mut transaction, now).await?;
        let reserve = standing.reserve(reserve_part);
        let decision = standing.decide(now, wanted, reserve);
        if let Decision::Lease(turns) = decision {
            let [tenant, group] = self.key();
            let after = turns.first + turns.count * turns.interval;
            transaction
                .execute(
                    "update quotas set next_turn = $3, told_left = told_left - $4 where tenant = $1 and organization_group = $2",
                    args![tenant, group, after, turns.count],
                )
                .await?;
            // Counted in the hour in which the last of them leaves.
            transaction
                .execute(
                    "insert into quota_hours (tenant, organization_group, hour, calls) values ($1, $2, $3, $4) \
                     on conflict (tenant, organization_group, hour) do update set calls = quota_hours.calls + excluded.calls",
                    args![tenant, group, after.max(now) / HOUR, turns.count],
                )
                .await?;
            transaction.commit().await?;
        }
        Ok(decision)
    }

    /// How it stands; others wait until the transaction ends.
    async fn standing_in(&self, transaction: &mut Transaction, now: i64) -> Result<Standing, Error> {
        let [tenant, group] = self.key();
        // The update takes the row on PostgreSQL, as the transaction takes the file on SQLite.
        let row = transaction
            .fetch(
                "update quotas set next_turn = next_turn where tenant = $1 and organization_group = $2 \
                 returning per_minute, per_day, next_turn, paused_until, told_left, told_until",
                args![tenant, group],
            )
            .await?;
        let hours = transaction
            .fetch(
                "select hour, calls from quota_hours where tenant = $1 and organization_group = $2 and hour >= $3 \
                 order by hour",
                args![tenant, group, (now - DAY) / HOUR],
            )
            .await?;
        let mut standing = Standing::default();
        if let Some(row) = row.first() {
            standing.per_minute = row.get("per_minute")?;
            standing.per_day = row.get("per_day")?;
            standing.next_turn = row.get("next_turn")?;
            standing.paused_until = row.get("paused_until")?;
            standing.told_left = row.get("told_left")?;
            standing.told_until = row.get("told_until")?;
        }
        for hour in &hours {
            standing.used += hour.get::<i64>("calls")?;
        }
        if let Some(oldest) = hours.first() {
            standing.frees_at = (oldest.get::<i64>("hour")? + 1) * HOUR + DAY;
        }
        Ok(standing)
    }

    pub(super) async fn standing(&self, now: Timestamp) -> Result<Standing, Error> {
        let mut transaction = self.database.begin().await?;
        // Nothing changes; the transaction is dropped.
        self.standing_in(&mut transaction, now.as_microsecond()).await
    }

    /// Forgets hours that count no more.
    pub(super) async fn prune(&self, now: Timestamp) -> Result<(), Error> {
        let [tenant, group] = self.key();
        let before = (now.as_microsecond() - 2 * DAY) / HOUR;
        let sql = "delete from quota_hours where tenant = $1 and organization_group = $2 and hour < $3";
        self.database.execute(sql, args![tenant, group, before]).await.map(|_| ())
    }

    /// Writes down what is permitted, where it is known.
    pub(super) async fn permit(&self, per_minute: Option<i64>, per_day: Option<i64>) -> Result<(), Error> {
        let [tenant, group] = self.key();
        self.database
            .execute(
                "update quotas set per_minute = coalesce($3, per_minute), per_day = coalesce($4, per_day) \
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
                "update quotas set per_day = $3, told_left = $4, told_until = $5 where tenant = $1 and organization_group = $2",
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
                "update quotas set paused_until = $3 where tenant = $1 and organization_group = $2 and paused_until < $3",
                args![tenant, group, until],
            )
            .await
            .map(|_| ())
    }
}

impl Standing {
    /// Calls of the day that are kept for urgent work.
    pub(super) fn reserve(&self, part: f64) -> i64 {
        (self.per_day as f64 * part).ceil() as i64
    }
}
