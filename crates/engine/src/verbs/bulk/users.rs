//! Users who become active or inactive: each is read first, as a single one would be, and one call changes those who are
//! not so already.

use futures_util::future::FutureExt;
use futures_util::{StreamExt, stream};
use muster_model::Call;
use muster_model::bulk::BulkValues;
use muster_model::ids::UserId;
use muster_model::users::{ActivateMany, DeactivateMany};
use serde_json::json;

use super::{Applied, Failure, Item, Member, Outcomes, Refused, Tools, all, halved};
use crate::plan::Target;

/// The most users that one call names.
pub(super) const MOST: usize = 500;

/// Reads under way at one time.
pub(super) const READS: usize = 16;

pub(super) async fn set_active(tools: &Tools<'_>, members: &[Member<'_>], active: bool) -> Outcomes {
    let reads: Vec<_> = members.iter().map(|member| look(tools, *member, active).boxed()).collect();
    let read: Vec<_> = stream::iter(reads).buffer_unordered(READS).collect().await;
    let (mut outcomes, mut open) = (Outcomes::new(), Vec::new());
    for (task, found) in read {
        match found {
            Ok(Some(id)) => open.push(Item { task, name: id.to_string(), of: id }),
            Ok(None) => outcomes.push((task, Ok(Applied::already("is so already")))),
            Err(failure) => outcomes.push((task, Err(failure))),
        }
    }
    if open.is_empty() {
        return outcomes;
    }
    let images = open.iter().map(|item| (item.task, json!({ "had": !active }))).collect();
    if let Err(failure) = tools.noting.note(images).await {
        outcomes.extend(all(&open, &failure));
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

/// The user's id; `None` if there is nothing to change.
async fn look(tools: &Tools<'_>, member: Member<'_>, active: bool) -> (usize, Result<Option<UserId>, Failure>) {
    let Target::User { name, .. } = member.target else {
        return (member.task, Err(Failure::misfit(member.action.verb(), member.target.kind())));
    };
    let found = match tools.client.user_by_name(name).await {
        Ok(Some(user)) => Ok((user.status != active).then_some(user.id.0)),
        Ok(None) => Err(Failure::missing(format!("there is no user {name}"))),
        Err(error) => Err(Failure::before(&error)),
    };
    (member.task, found)
}
