//! How many devices there are, by what they are.

use muster_store::{Database, Error};

use super::super::scope::Scope;
use super::Wanted;
use super::row::TABLES;

/// Devices that are alike in everything that is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) platform: String,
    pub(crate) ownership: String,
    pub(crate) enrollment: String,
    pub(crate) compromised: bool,
    pub(crate) passcode: bool,
    pub(crate) encrypted: bool,
    pub(crate) devices: i64,
}

/// The devices that match, in shares.
pub(crate) async fn shares(database: &Database, wanted: &Wanted, scope: &Scope) -> Result<Vec<Share>, Error> {
    let filter = wanted.filter(scope);
    let columns = "d.platform, d.ownership, d.enrollment_status, d.compromised, d.passcode_present, d.encrypted";
    let sql = format!(
        "select {columns}, count(*) as devices from {TABLES}{} group by {columns} order by {columns}",
        filter.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &muster_store::Row| {
        Ok(Share {
            platform: row.get("platform")?,
            ownership: row.get("ownership")?,
            enrollment: row.get("enrollment_status")?,
            compromised: row.get("compromised")?,
            passcode: row.get("passcode_present")?,
            encrypted: row.get("encrypted")?,
            devices: row.get("devices")?,
        })
    };
    rows.iter().map(read).collect()
}

/// A model with a release that devices of it run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) platform: String,
    pub(crate) model: String,
    pub(crate) os_version: String,
    pub(crate) os_build: String,
    pub(crate) devices: i64,
}

/// Models and releases of the devices that match.
pub(crate) async fn kinds(database: &Database, wanted: &Wanted, scope: &Scope) -> Result<Vec<Kind>, Error> {
    let filter = wanted.filter(scope);
    let columns = "d.platform, d.model, d.os_version, d.os_build";
    let sql = format!(
        "select {columns}, count(*) as devices from {TABLES}{} group by {columns} order by {columns}",
        filter.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &muster_store::Row| {
        Ok(Kind {
            platform: row.get("platform")?,
            model: row.get("model")?,
            os_version: row.get("os_version")?,
            os_build: row.get("os_build")?,
            devices: row.get("devices")?,
        })
    };
    rows.iter().map(read).collect()
}

/// When any of the devices that match was seen last.
pub(crate) async fn last_seen(
    database: &Database,
    wanted: &Wanted,
    scope: &Scope,
) -> Result<Option<jiff::Timestamp>, Error> {
    let filter = wanted.filter(scope);
    let sql = format!("select max(d.last_seen_at) as last from {TABLES}{}", filter.text());
    database.fetch_one(sql, filter.args()).await?.get("last")
}
