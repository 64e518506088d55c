//! `fleet_snapshots`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Row, args};
use uuid::Uuid;

use super::{Rows, big};
use crate::Error;
use crate::inventory::Snapshot;

impl Rows {
    /// Keeps what a run saw. A run sees once: a second snapshot of the same run changes nothing.
    pub(crate) async fn keep_snapshot(&self, run: Uuid, snapshot: &Snapshot) -> Result<(), Error> {
        let object = |counts: &BTreeMap<String, u64>| serde_json::json!(counts).to_string();
        self.database
            .execute(
                "insert into fleet_snapshots \
                 (run_id, tenant, taken_at, devices, enrolled, noncompliant, by_platform, by_rule) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (run_id) do nothing",
                args![
                    run,
                    &self.tenant,
                    snapshot.taken_at,
                    big(snapshot.devices),
                    big(snapshot.enrolled),
                    big(snapshot.noncompliant),
                    object(&snapshot.by_platform),
                    object(&snapshot.by_rule)
                ],
            )
            .await
            .map(drop)
            .map_err(Error::writing)
    }

    /// Snapshots from `since` on, newest first; at most `limit`.
    pub(crate) async fn snapshots(&self, since: Timestamp, limit: u32) -> Result<Vec<Snapshot>, Error> {
        let rows = self
            .database
            .fetch(
                "select taken_at, devices, enrolled, noncompliant, by_platform, by_rule from fleet_snapshots \
                 where tenant = $1 and taken_at >= $2 order by taken_at desc limit $3",
                args![&self.tenant, since, limit],
            )
            .await
            .map_err(Error::reading)?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Snapshot, Error> {
    Ok(Snapshot {
        taken_at: row.get("taken_at").map_err(Error::reading)?,
        devices: row.get("devices").map_err(Error::reading)?,
        enrolled: row.get("enrolled").map_err(Error::reading)?,
        noncompliant: row.get("noncompliant").map_err(Error::reading)?,
        by_platform: counts(row, "by_platform")?,
        by_rule: counts(row, "by_rule")?,
    })
}

fn counts(row: &Row, column: &'static str) -> Result<BTreeMap<String, u64>, Error> {
    let value: String = row.get(column).map_err(Error::reading)?;
    serde_json::from_str(&value).map_err(|_| Error::Corrupt { table: "fleet_snapshots", what: column, value })
}
