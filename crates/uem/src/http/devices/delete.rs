//! Deleting devices: what is deleted is in no search any more, and nothing reaches it.

use serde_json::Value;

use super::super::commands::{self, Source};
use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::edit::bulk_answer;
use super::{named, shape};
use crate::store::bulk_limits;
use crate::store::devices::{self, Identifier, Record};

/// By id: the answer shows what was there.
pub(super) async fn by_id(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = named::device(&context, &given).await?;
    let shown: Value = shape::value(&shape::detail(&context, &record).await?);
    one(&context, &given).await?;
    Ok(Said::json(200, shown))
}

pub(super) async fn by_alternate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    one(&context, &given).await?;
    Ok(Said::nothing(204))
}

async fn one(context: &Context, given: &Given) -> Result<Record, Refusal> {
    let mut tx = context.begin().await?;
    let record = named::device_in(context, &mut tx, given).await?;
    // A wipe that is held is written down although the device is not deleted.
    let admitted = commands::may_delete(context, &mut tx, record.id, Source::Deletion).await;
    if admitted.is_ok() {
        devices::remove(&mut tx, &record, context.now()).await?;
    }
    tx.commit().await?;
    admitted.map(|()| record)
}

pub(super) async fn bulk(context: Context, given: Given) -> Result<Said, Refusal> {
    let (by, values): (Identifier, Vec<String>) = named::bulk(&given)?;
    let limit = bulk_limits::all(context.database()).await?.delete_device;
    if i64::try_from(values.len()).is_ok_and(|count| count > i64::from(limit)) {
        let message = format!("At most {limit} devices can be deleted at once, and {} were given.", values.len());
        return Err(Refusal::new(403, muster_model::error::code::FORBIDDEN, message));
    }
    let mut tx = context.begin().await?;
    let mut faults = Vec::new();
    for value in &values {
        match devices::find_in(&mut tx, by, value, context.scope()).await? {
            Some(record) => match commands::may_delete(&context, &mut tx, record.id, Source::BulkDeletion).await {
                Ok(()) => devices::remove(&mut tx, &record, context.now()).await?,
                Err(Refusal::Fault { code, message, .. }) => faults.push((code, value.clone(), message)),
                Err(other) => return Err(other),
            },
            None => faults.push((5002, value.clone(), "Device not found".to_owned())),
        }
    }
    if faults.len() == values.len() && faults.iter().all(|(code, ..)| *code == 5002) {
        return Err(Refusal::no_device(values.join(", ")));
    }
    tx.commit().await?;
    Ok(Said::json(200, bulk_answer(values.len(), faults)))
}
