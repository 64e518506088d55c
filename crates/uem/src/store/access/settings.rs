//! What the console sets about the API for an organization group; what is not set is inherited.

use std::collections::BTreeMap;

use muster_store::{Database, Error, Row, Transaction, args};

/// `None` is inherited from the group above, or else the program's default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ApiSettings {
    pub(crate) enabled: Option<bool>,
    pub(crate) timeout_seconds: Option<u32>,
    /// Requests a minute.
    pub(crate) rate_limit: Option<u32>,
    /// Requests a day.
    pub(crate) daily_quota: Option<u32>,
    pub(crate) logging: Option<bool>,
    /// Days for which the log is kept.
    pub(crate) log_days: Option<u32>,
}

pub(crate) async fn all(database: &Database) -> Result<BTreeMap<i64, ApiSettings>, Error> {
    let sql = "select organization_group_id, enabled, timeout_seconds, rate_limit, daily_quota, logging, log_days \
               from api_settings";
    database.fetch(sql, args![]).await?.iter().map(read).collect()
}

/// Writes what a group sets itself; what it does not set is inherited from then on.
pub(crate) async fn write(tx: &mut Transaction, group: i64, settings: &ApiSettings) -> Result<(), Error> {
    let sql = "insert into api_settings (organization_group_id, enabled, timeout_seconds, rate_limit, daily_quota, \
               logging, log_days) values ($1, $2, $3, $4, $5, $6, $7) \
               on conflict (organization_group_id) do update set enabled = excluded.enabled, \
               timeout_seconds = excluded.timeout_seconds, rate_limit = excluded.rate_limit, \
               daily_quota = excluded.daily_quota, logging = excluded.logging, log_days = excluded.log_days";
    let args = args![
        group,
        settings.enabled,
        settings.timeout_seconds,
        settings.rate_limit,
        settings.daily_quota,
        settings.logging,
        settings.log_days
    ];
    tx.execute(sql, args).await.map(|_| ())
}

fn read(row: &Row) -> Result<(i64, ApiSettings), Error> {
    let number =
        |column: &str| Ok::<_, Error>(row.get::<Option<i64>>(column)?.map(|n| u32::try_from(n).unwrap_or(u32::MAX)));
    let settings = ApiSettings {
        enabled: row.get("enabled")?,
        timeout_seconds: number("timeout_seconds")?,
        rate_limit: number("rate_limit")?,
        daily_quota: number("daily_quota")?,
        logging: row.get("logging")?,
        log_days: number("log_days")?,
    };
    Ok((row.get("organization_group_id")?, settings))
}
