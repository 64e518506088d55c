//! Long-running operations, in both dialects.

use muster_model::operations::{Get, Operation, Trigger};
use muster_model::{Call, guide};
use uuid::Uuid;

use super::context::Context;
use super::owner;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::operations::{self, Subject};

pub(super) async fn get(context: Context, call: Call<Get>) -> Outcome<Get> {
    find(&context, call.path).await.map(published)
}

pub(super) async fn guide_status(
    context: Context,
    call: Call<guide::OperationStatusGet>,
) -> Outcome<guide::OperationStatusGet> {
    let uuid = Uuid::parse_str(&call.path).map_err(|_| missing(&call.path))?;
    let found = find(&context, uuid).await?;
    Ok(guide::Operation {
        status: found.status,
        progress: found.progress,
        error_message: found.error,
        ..Default::default()
    })
}

async fn find(context: &Context, uuid: Uuid) -> Result<operations::Operation, Refusal> {
    operations::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| missing(uuid))
}

fn missing(id: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(format!("Operation not found: {id}."))
}

fn published(found: operations::Operation) -> Operation {
    Operation {
        uuid: Some(found.uuid),
        operation_type: found.kind,
        status: found.status,
        progress_percentage: found.progress,
        fault_reason: found.error,
        ..Default::default()
    }
}

pub(super) async fn trigger(context: Context, call: Call<Trigger>) -> Outcome<Trigger> {
    let kind = call.body.operation_type.as_str();
    if !kind.eq_ignore_ascii_case(operations::GROUP_SYNC) {
        return Err(Refusal::bad(format!("'{kind}' is not an operation type of this tenant. Valid is: GroupSync.")));
    }
    let group = call.body.organization_group_uuid;
    let group = group.ok_or_else(|| Refusal::shape("The organization_group_uuid field is required."))?;
    let all = Subject::UserGroupsOf(owner::of_uuid(&context, group).await?);
    let mut tx = context.begin().await?;
    let operation = operations::start(&mut tx, operations::GROUP_SYNC, all, context.now()).await?;
    tx.commit().await?;
    Ok(published(operation))
}
