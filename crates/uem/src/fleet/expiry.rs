//! Commands that wait for devices that do not come: after a while they expire, so that what was meant for a lost device
//! does not happen to it when somebody finds it. (A device that does come finds its late commands expired in `turn`.)

use jiff::Timestamp;
use muster_model::commands::Command;
use muster_model::words::{CommandStatus, EnrollmentStatus};
use muster_store::{Database, Error, Transaction, args};

use super::pace::{Moment, Pace};
use super::turn::{EXPIRY, NOT_SEEN};
use crate::store::events::{self, NewEvent};
use crate::store::{self, devices};

/// Commands that expire in one change.
const BATCH: usize = 500;

/// Ends every command that has been waiting for too long at a moment.
pub(super) async fn run(database: &Database, now: Moment, pace: Pace) -> Result<(), Error> {
    let late = now - pace.hours(EXPIRY);
    // The index of open commands answers this at once; only if there is one the writer is taken.
    let sql = "select id from commands where status = 'Queued' and due_at < $1 limit 1";
    while database.fetch_optional(sql, args![late]).await?.is_some() {
        let mut tx = store::begin(database).await?;
        expire(&mut tx, late, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn expire(tx: &mut Transaction, late: Moment, now: Moment) -> Result<(), Error> {
    let sql = "select id, uuid, device_id, command from commands where status = 'Queued' and due_at < $1 \
               order by due_at, id limit $2";
    let (mut told, mut kept) = (Vec::new(), Vec::new());
    for row in tx.fetch(sql, args![late, BATCH]).await? {
        let (id, uuid, device): (i64, String, i64) = (row.get("id")?, row.get("uuid")?, row.get("device_id")?);
        let word: String = row.get("command")?;
        let close = "update commands set status = $2, reason = $3, finished_at = $4 where id = $1";
        tx.execute(close, args![id, CommandStatus::Expired.as_str(), NOT_SEEN, now]).await?;
        if Command::known(&word).is_some_and(Command::is_wipe) {
            kept.push(device);
        }
        told.push(NewEvent {
            device_id: device,
            at: Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX),
            severity: "Warning",
            event: format!("{word} Failed"),
            admin_account: String::new(),
            source: "Server",
            details: vec![format!("CommandUuid={uuid}"), format!("Reason={NOT_SEEN}")],
        });
    }
    // A device whose wipe expired is as enrolled as it was before.
    devices::set_enrollment(tx, &kept, &EnrollmentStatus::Enrolled).await?;
    events::record(tx, told).await
}
