//! Work that the tenant does by itself after a call was answered: an assigned app reaches the devices of its
//! smart groups, a user group is synchronized. The `operations` row tells how far it has come.

use muster_model::words::OperationStatus;
use muster_store::{Database, Error, Row, Transaction, Value, args};

use super::bulk::Bulk;
use super::pace::{Moment, Pace};
use crate::store::apps::reach::{Member, Which, members};
use crate::store::operations::{APP_PUBLISH, GROUP_SYNC};
use crate::store::user_groups;

/// Devices that one step of a publication reaches, if it is not fewer than [`STEPS`] allow.
const PER_STEP: usize = 2_000;
/// Percent: what a step adds at least and at most.
const STEPS: (usize, usize) = (5, 30);
/// Progress when it begins; what is left is the fan-out.
const BEGUN: usize = 10;

/// An operation that is not finished.
pub(super) struct Open {
    uuid: String,
    kind: String,
    progress: usize,
    subject: Option<i64>,
    /// When it goes on.
    pub(super) due: Moment,
}

/// The open operation that goes on first.
pub(super) async fn first(database: &Database, pace: Pace) -> Result<Option<Open>, Error> {
    let sql = "select uuid, kind, progress, subject_id, updated_at from operations \
               where status in ('Pending', 'InProgress') order by updated_at, uuid";
    let rows = database.fetch(sql, args![]).await?;
    let open = |row: &Row| {
        let (progress, updated): (usize, Moment) = (row.get("progress")?, row.get("updated_at")?);
        let seconds = if progress == 0 { 1.0 } else { 1.5 };
        let (uuid, kind, subject) = (row.get("uuid")?, row.get("kind")?, row.get("subject_id")?);
        Ok(Open { uuid, kind, progress, subject, due: updated + pace.seconds(seconds) })
    };
    let open = rows.iter().map(open).collect::<Result<Vec<Open>, Error>>()?;
    Ok(open.into_iter().min_by_key(|operation| operation.due))
}

/// Takes an operation one step on.
pub(super) async fn advance(tx: &mut Transaction, operation: &Open, pace: Pace) -> Result<(), Error> {
    let at = operation.due;
    let progress = match (operation.kind.as_str(), operation.subject) {
        _ if operation.progress == 0 => Some(BEGUN),
        (APP_PUBLISH, Some(app)) => publish(tx, app, operation.progress, at, pace).await?,
        (APP_PUBLISH, None) => None,
        _ => Some(operation.progress + STEPS.1),
    };
    let (status, progress, error) = match progress {
        None => (OperationStatus::Failed, operation.progress, "The application does not exist any more"),
        Some(progress) if progress >= 100 => (OperationStatus::Completed, 100, ""),
        Some(progress) => (OperationStatus::InProgress, progress, ""),
    };
    if status == OperationStatus::Completed
        && let (GROUP_SYNC, Some(group)) = (operation.kind.as_str(), operation.subject)
    {
        user_groups::synchronize(tx, group, jiff::Timestamp::from_microsecond(at).unwrap_or_default()).await?;
    }
    let sql = "update operations set status = $2, progress = $3, error = $4, updated_at = $5 where uuid = $1";
    tx.execute(sql, args![operation.uuid.as_str(), status.as_str(), progress, error, at]).await?;
    Ok(())
}

/// Reaches the next part of an app's devices; answers how far that is, or `None` if the app is gone.
async fn publish(
    tx: &mut Transaction,
    app: i64,
    progress: usize,
    at: Moment,
    pace: Pace,
) -> Result<Option<usize>, Error> {
    let Some(members) = members(tx, app, Which::All, at).await? else { return Ok(None) };
    let count = members.len();
    let step = (100 * PER_STEP).checked_div(count).unwrap_or(STEPS.1).clamp(STEPS.0, STEPS.1);
    let next = (progress + step).min(100);
    let place = |progress: usize| count * progress.saturating_sub(BEGUN) / (100 - BEGUN);
    // The last step takes everybody: who joined a group meanwhile may stand before those already reached.
    let from = if next == 100 { 0 } else { place(progress) };
    reach(tx, app, &members[from..place(next)], at, pace).await?;
    Ok(Some(next))
}

/// Gives every assigned app to devices that joined one of its groups after it was published.
pub(super) async fn catch_up(tx: &mut Transaction, at: Moment, pace: Pace) -> Result<(), Error> {
    let sql = "select distinct a.app_id from app_assignments a where not exists (select 1 from operations o \
               where o.subject_id = a.app_id and o.status in ('Pending', 'InProgress')) order by a.app_id";
    for row in tx.fetch(sql, args![]).await? {
        let app: i64 = row.get("app_id")?;
        let Some(new) = members(tx, app, Which::Missing, at).await? else { continue };
        reach(tx, app, &new, at, pace).await?;
    }
    Ok(())
}

const REACH: Bulk = Bulk {
    before: "insert into device_apps \
             (device_id, app_id, status, reason, installed_version, tries, updated_at, due_at) values ",
    // What was to be removed stays, now that it is meant for the device again.
    after: " on conflict (device_id, app_id) do update set assigned = 1, removal_id = null, \
            updated_at = excluded.updated_at, \
            status = case when device_apps.status in ('PendingRemoval', 'RemovalHeld') then 'Installed' \
            when device_apps.status = 'NotInstalled' and excluded.status = 'Pending' then 'Pending' \
            else device_apps.status end, \
            reason = case when device_apps.status in ('PendingRemoval', 'RemovalHeld') then '' \
            when device_apps.status = 'NotInstalled' and excluded.status = 'Pending' then excluded.reason \
            else device_apps.reason end \
            where device_apps.assigned = 0 or device_apps.status in ('PendingRemoval', 'RemovalHeld') \
            or (device_apps.status = 'NotInstalled' and excluded.status = 'Pending')",
};

/// Puts the app on the devices' lists, and has those within reach come for it one after another.
async fn reach(tx: &mut Transaction, app: i64, members: &[Member], at: Moment, pace: Pace) -> Result<(), Error> {
    let rows = members.iter().map(|member| {
        let (status, reason) =
            if member.auto { ("Pending", "Waiting for the device") } else { ("NotInstalled", "Available on demand") };
        args![member.device, app, status, reason, "", 0, at, None::<i64>]
    });
    REACH.run(tx, rows.collect()).await?;
    for chunk in members.chunks(500) {
        // Deliveries are spread over a minute.
        let spread = "$1 + (id % 60) * $2";
        let ids: Vec<String> = (0..chunk.len()).map(|index| format!("${}", index + 3)).collect();
        let sql = format!(
            "update devices set next_checkin_at = {spread} where id in ({}) and next_checkin_at > {spread} \
             and offline_until <= $1",
            ids.join(", ")
        );
        let mut values = args![at, pace.seconds(1.0)];
        values.extend(chunk.iter().map(|member| Value::from(member.device)));
        tx.execute(sql, values).await?;
    }
    Ok(())
}
