//! How many devices one bulk call may name, by action. A tenant has the usual limits unless it was told others.

use muster_model::commands::Command;
use muster_model::devices::BulkLimits;
use muster_store::{Database, Error, Transaction, args};

use super::tenant;

const SETTING: &str = "bulk.limits";

/// The tenant's limits.
pub(crate) async fn all(database: &Database) -> Result<BulkLimits, Error> {
    let kept = tenant::setting(database, SETTING).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Sets the tenant's limits.
pub(crate) async fn set(tx: &mut Transaction, limits: &BulkLimits) -> Result<(), Error> {
    // Numbers always make JSON.
    let text = serde_json::to_string(limits).unwrap_or_default();
    let sql = "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = $2";
    tx.execute(sql, args![SETTING, text]).await.map(drop)
}

/// How many devices one call may send a command to. Commands that have no limit of their own have that of locking.
pub(crate) async fn of(database: &Database, command: Command) -> Result<u32, Error> {
    let limits = all(database).await?;
    Ok(match command {
        Command::EnterpriseWipe | Command::DeviceWipe => limits.enterprise_wipe,
        Command::SendMessage => limits.send_message,
        _ => limits.lock_device,
    })
}
