//! Organization groups as requests name them: by id or by UUID, and the caller's own where they name none.

use uuid::Uuid;

use super::context::Context;
use super::refusal::Refusal;
use crate::store::organization_groups;

/// The group of an id, or the caller's own; 400 / 6 where the caller has no such group.
pub(super) async fn group(context: &Context, id: Option<i64>) -> Result<i64, Refusal> {
    let Some(id) = id else { return Ok(context.caller.group) };
    if context.scope().sees(id) && organization_groups::exists(context.database(), id).await? {
        return Ok(id);
    }
    Err(Refusal::no_group(id))
}

/// As [`group`], of an id that is optional and means no restriction where it is missing.
pub(super) async fn asked(context: &Context, id: Option<i64>) -> Result<Option<i64>, Refusal> {
    match id {
        None => Ok(None),
        some => group(context, some).await.map(Some),
    }
}

/// The group of a UUID; 404 / 6008 where the caller has no such group.
pub(super) async fn of_uuid(context: &Context, uuid: Uuid) -> Result<i64, Refusal> {
    let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
    found.map(|group| group.id).ok_or_else(|| Refusal::no_group_of_uuid(uuid))
}

/// UUID and name of a group that owns something the caller sees.
pub(super) async fn shown(context: &Context, id: i64) -> Result<(Option<Uuid>, String), Refusal> {
    let found = organization_groups::get(context.database(), id, context.scope()).await?;
    Ok(found.map_or_else(|| (None, String::new()), |group| (Some(group.uuid), group.name)))
}
