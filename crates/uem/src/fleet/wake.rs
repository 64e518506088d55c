//! What a queued command does at once: it shows where it changes what the tenant knows of the device, and a
//! device within reach is told to come and fetch it.

use jiff::Timestamp;
use muster_store::{Error, Transaction, args};

use super::dice::{Dice, Purpose};
use super::pace::Pace;

/// Lets a device within reach pick up its commands within seconds, as a push message would; one out of reach
/// picks them up when it returns. Call it in the transaction that queued a command, after the insert.
///
/// # Errors
/// [`Error`] of the store.
pub(crate) async fn wake(tx: &mut Transaction, device: i64, now: Timestamp, speed: f64) -> Result<(), Error> {
    let now = now.as_microsecond();
    // Pushes for many devices do not arrive in one moment.
    let delay = Pace::new(speed).seconds(Dice::new(0, Purpose::Turn, device, now).real(1.0, 12.0));
    let sql = "update devices set next_checkin_at = $2 \
               where id = $1 and next_checkin_at > $2 and offline_until <= $3";
    tx.execute(sql, args![device, now + delay, now]).await?;
    for command in ["EnterpriseWipe", "DeviceWipe"] {
        let sql = "update devices set enrollment_status = $2 where id = $1 and enrollment_status = 'Enrolled' \
                   and exists (select 1 from commands where device_id = $1 and command = $3 and status = 'Queued')";
        tx.execute(sql, args![device, format!("{command}Pending"), command]).await?;
    }
    let sql = "update device_apps set status = 'Pending', reason = 'Waiting for the device' \
               where device_id = $1 and status <> 'Installed' and due_at is null and app_id in \
               (select application_id from commands where device_id = $1 and status = 'Queued' \
               and application_id is not null)";
    tx.execute(sql, args![device]).await?;
    Ok(())
}
