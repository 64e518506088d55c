//! How the devices learn that something was queued for them.

use jiff::Timestamp;
use muster_store::{Error, Transaction, args};

use super::dice::{Dice, Purpose};
use super::pace::Pace;
use crate::store::rows;

/// Lets devices within reach pick up their commands within seconds, as a push message would; one out of reach
/// picks them up when it returns. Call it in the transaction that queued the commands.
///
/// # Errors
/// [`Error`] of the store.
pub(crate) async fn wake(tx: &mut Transaction, devices: &[i64], now: Timestamp, speed: f64) -> Result<(), Error> {
    let now = now.as_microsecond();
    // Pushes for many devices do not arrive in one moment.
    let delay = |device| Pace::new(speed).seconds(Dice::new(0, Purpose::Turn, device, now).real(1.0, 12.0));
    let rows: Vec<(i64, i64)> = devices.iter().map(|&device| (device, now + delay(device))).collect();
    let sql = format!(
        "update devices set next_checkin_at = v.due from (select cast(r.value->>0 as bigint) as id, \
         cast(r.value->>1 as bigint) as due from {} as r) as v \
         where devices.id = v.id and devices.next_checkin_at > v.due and devices.offline_until <= $2",
        rows::each(tx.engine(), "$1")
    );
    tx.execute(sql, args![rows::argument(&rows), now]).await.map(drop)
}
