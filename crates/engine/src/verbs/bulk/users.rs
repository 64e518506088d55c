//! Users who become active or inactive: each is read first, as a single one would be, and one call changes those who are
//! not so already.

use futures_util::future::FutureExt;
use muster_model::Call;
use muster_model::bulk::BulkValues;
use muster_model::ids::UserId;
use muster_model::users::{ActivateMany, DeactivateMany};
use serde_json::json;

use super::{Failure, Item, Look, Member, Outcomes, Refused, Tools, halved, prepared};
use crate::plan::Target;

/// The most users that one call names.
pub(super) const MOST: usize = 500;

pub(super) async fn set_active(tools: &Tools<'_>, members: &[Member<'_>], active: bool) -> Outcomes {
    let looks = members.iter().map(|member| look(tools, *member, active).boxed()).collect();
    let (mut outcomes, open) = prepared(tools, looks, "is so already").await;
    if open.is_empty() {
        return outcomes;
    }
    let call = |items: Vec<Item<UserId>>| {
        async move {
            let values = BulkValues::of(items.iter().map(|item| item.of));
            let answer = match active {
                true => tools.writer.send(Call::<ActivateMany>::with_body((), values)).await?,
                false => tools.writer.send(Call::<DeactivateMany>::with_body((), values)).await?,
            };
            Ok(answer.as_ref().map(Refused::by))
        }
        .boxed()
    };
    outcomes.extend(halved(open, &call).await);
    outcomes
}

async fn look(tools: &Tools<'_>, Member { task, target, action }: Member<'_>, active: bool) -> (usize, Look<UserId>) {
    let Target::User { name, .. } = target else {
        return (task, Err(Failure::misfit(action.verb(), target.kind())));
    };
    let found = match tools.client.user_by_name(name).await {
        Ok(Some(user)) if user.status == active => Ok(None),
        Ok(Some(user)) => {
            let id = user.id.0;
            Ok(Some((Item { task, name: id.to_string(), of: id }, json!({ "had": user.status }))))
        }
        Ok(None) => Err(Failure::missing(format!("there is no user {name}"))),
        Err(error) => Err(Failure::before(&error)),
    };
    (task, found)
}
