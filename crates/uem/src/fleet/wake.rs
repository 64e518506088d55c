//! How the devices learn that something was queued for them.

use jiff::Timestamp;
use muster_store::{Error, Transaction, args};

use super::dice::{Dice, Purpose};
use super::pace::Pace;

/// Lets a device within reach pick up its commands within seconds, as a push message would; one out of reach
/// picks them up when it returns. Call it in the transaction that queued a command.
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
    Ok(())
}
