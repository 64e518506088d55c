//! Operating-system updates that devices were told to install.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Transaction, args};

use super::super::scope::Scope;
use super::Wanted;

/// The last order to update of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ordered {
    /// As `commands.status` has it.
    pub(crate) status: String,
    pub(crate) reason: String,
}

/// The last order of each of the devices that match, by device.
pub(crate) async fn last_orders(
    database: &Database,
    wanted: &Wanted,
    scope: &Scope,
) -> Result<BTreeMap<i64, Ordered>, Error> {
    let filter = wanted.filter(scope);
    let sql = format!(
        "select c.device_id, c.status, c.reason from commands c join (select device_id, max(id) as id from commands \
         where command = 'InstallOSUpdate' group by device_id) last on last.id = c.id \
         join devices d on d.id = c.device_id{}",
        filter.text()
    );
    let mut found = BTreeMap::new();
    for row in database.fetch(sql, filter.args()).await? {
        found.insert(row.get("device_id")?, Ordered { status: row.get("status")?, reason: row.get("reason")? });
    }
    Ok(found)
}

/// Puts an order off that was just queued: the device may be handed it from then on.
pub(crate) async fn put_off(tx: &mut Transaction, order: uuid::Uuid, until: Timestamp) -> Result<(), Error> {
    let sql = "update commands set status = 'NotNow', reason = 'Waits for its deployment', due_at = $2 where uuid = $1";
    tx.execute(sql, args![order, until]).await.map(|_| ())
}

/// Takes back an order that no device has been handed yet; tells how many there were.
pub(crate) async fn take_back(tx: &mut Transaction, device: i64, now: Timestamp) -> Result<u64, Error> {
    let sql = "update commands set status = 'Cancelled', reason = 'The update was stopped', finished_at = $2 \
               where device_id = $1 and command = 'InstallOSUpdate' and status in ('Queued', 'NotNow')";
    tx.execute(sql, args![device, now]).await
}
