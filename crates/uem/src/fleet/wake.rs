//! How the devices learn that something was queued for them.

use jiff::Timestamp;
use muster_store::{Error, Transaction, args};

use super::bulk::Bulk;
use super::dice::{Dice, Purpose};
use super::pace::Pace;

/// Lets devices within reach pick up their commands within seconds, as a push message would; one out of reach
/// picks them up when it returns. Call it in the transaction that queued the commands.
///
/// # Errors
/// [`Error`] of the store.
pub(crate) async fn wake(tx: &mut Transaction, devices: &[i64], now: Timestamp, speed: f64) -> Result<(), Error> {
    let now = now.as_microsecond();
    // Pushes for many devices do not arrive in one moment.
    let delay = |device| Pace::new(speed).seconds(Dice::new(0, Purpose::Turn, device, now).real(1.0, 12.0));
    let rows = devices.iter().map(|&device| args![device, now + delay(device), now]);
    WAKE.run(tx, rows.collect()).await
}

const WAKE: Bulk = Bulk {
    before: "update devices set next_checkin_at = v.column2 from (values ",
    after: ") as v where devices.id = v.column1 and devices.next_checkin_at > v.column2 \
            and devices.offline_until <= v.column3",
};
