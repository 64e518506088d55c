//! Tags: a call for each tag and five hundred devices.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::FutureExt;
use muster_client::{Error, HeldTag};
use muster_model::Call;
use muster_model::bulk::{BulkValues, ItemFault};
use muster_model::error::code;
use muster_model::ids::TagId;
use muster_model::tags::{AddDevices, RemoveDevices};
use serde_json::json;

use super::super::Verb;
use super::super::retag::Retag;
use super::{Applied, Certainty, Failure, OnDevice, Outcomes, Refused, Tools, all, halved};

/// The most devices that one call about a tag names.
pub(super) const MOST: usize = 500;

/// Puts tags on and takes them off. Which devices have a tag is one list for the whole run, and the image of each is
/// made of it.
pub(super) async fn retag(tools: &Tools<'_>, items: &[OnDevice<'_>], add: &[String], remove: &[String]) -> Outcomes {
    match holders(tools, add, remove).await {
        Err(error) => all(items, &Failure::before(&error)),
        // A tag that does not exist yet is made with the first device; the others follow.
        Ok(None) => one_by_one(tools, items, add, remove).await,
        Ok(Some(tags)) => with_holders(tools, items, &tags).await,
    }
}

/// A tag of a change, under each id that it has in the groups, and whether it is put on.
struct Tag {
    name: String,
    held: Arc<[HeldTag]>,
    put: bool,
}

impl Tag {
    fn had_by(&self, item: &OnDevice<'_>) -> bool {
        self.held.iter().any(|held| held.devices.contains(&item.of.id))
    }

    /// The calls that make it so: put on once, and taken off under every id that a device has it by.
    fn calls<'a>(&self, open: &[OnDevice<'a>]) -> Vec<(TagId, Vec<OnDevice<'a>>)> {
        let ids = self.held.iter().take(if self.put { 1 } else { usize::MAX });
        let of = |held: &HeldTag| {
            let wrong = open.iter().filter(|item| match self.put {
                true => !self.had_by(item),
                false => held.devices.contains(&item.of.id),
            });
            (held.id, wrong.cloned().collect::<Vec<_>>())
        };
        ids.map(of).filter(|(_, items)| !items.is_empty()).collect()
    }
}

/// The tags of a change; `None` if one that is to be put on does not exist.
async fn holders(tools: &Tools<'_>, add: &[String], remove: &[String]) -> Result<Option<Vec<Tag>>, Error> {
    let mut tags = Vec::new();
    let kept = |name: &&String| !add.iter().any(|added| added.eq_ignore_ascii_case(name));
    let wanted = add.iter().map(|name| (name, true)).chain(remove.iter().filter(kept).map(|name| (name, false)));
    for (name, put) in wanted {
        let held = tools.memory.tags(tools.client, name).await?;
        if held.is_empty() && put {
            return Ok(None);
        }
        tags.push(Tag { name: name.clone(), held, put });
    }
    Ok(Some(tags))
}

async fn with_holders(tools: &Tools<'_>, items: &[OnDevice<'_>], tags: &[Tag]) -> Outcomes {
    let changed = |item: &&OnDevice<'_>| tags.iter().any(|tag| tag.had_by(item) != tag.put);
    let (open, same): (Vec<&OnDevice<'_>>, Vec<&OnDevice<'_>>) = items.iter().partition(changed);
    let mut outcomes: Outcomes =
        same.iter().map(|item| (item.task, Ok(Applied::already("the tags are so already")))).collect();
    if open.is_empty() {
        return outcomes;
    }
    let image = |item: &&OnDevice<'_>| {
        let had: Vec<&String> = tags.iter().filter(|tag| tag.had_by(item)).map(|tag| &tag.name).collect();
        (item.task, json!({ "tags": had }))
    };
    let open: Vec<OnDevice<'_>> = open.into_iter().cloned().collect();
    if let Err(failure) = tools.noting.note(open.iter().map(|item| image(&item)).collect()).await {
        outcomes.extend(all(&open, &failure));
        return outcomes;
    }
    let mut failed: BTreeMap<usize, Failure> = BTreeMap::new();
    // What is put on comes first: a device that loses its group by the one keeps it by the other.
    let calls: Vec<_> = tags.iter().flat_map(|tag| tag.calls(&open).into_iter().map(|call| (tag.put, call))).collect();
    let several = calls.len() > 1;
    for (put, (id, wrong)) in calls {
        for (task, result) in tag_calls(tools, id, put, wrong).await {
            if let Err(failure) = result {
                // Part of a device's change may be made: what it has now is read back.
                let part = failure.certainty == Certainty::NotMade && several;
                let certainty = if part { Certainty::Open } else { failure.certainty };
                failed.entry(task).or_insert(Failure { certainty, ..failure });
            }
        }
    }
    outcomes.extend(open.iter().map(|item| {
        let result = failed.remove(&item.task).map_or_else(|| Ok(Applied::sent(None)), Err);
        (item.task, result)
    }));
    outcomes
}

async fn tag_calls<'a>(tools: &'a Tools<'a>, tag: TagId, put: bool, items: Vec<OnDevice<'a>>) -> Outcomes {
    let call = |items: Vec<OnDevice<'a>>| {
        async move {
            let values = BulkValues::of(items.iter().map(|item| item.of.id));
            let answer = match put {
                true => tools.writer.send(Call::<AddDevices>::with_body(tag, values)).await?,
                false => tools.writer.send(Call::<RemoveDevices>::with_body(tag, values)).await?,
            };
            let Some(answer) = answer else { return Ok(None) };
            let mut refused = Refused::by(&answer);
            // Code 400 says that the device has the tag already, or has it no more.
            let fine = |fault: &&ItemFault| fault.error_code == code::BAD_REQUEST;
            for fault in answer.faults.fault.iter().filter(fine) {
                refused.named.remove(&fault.item_value);
            }
            Ok(Some(refused))
        }
        .boxed()
    };
    halved(items, &call).await
}

/// For tags that have to be made.
async fn one_by_one(tools: &Tools<'_>, items: &[OnDevice<'_>], add: &[String], remove: &[String]) -> Outcomes {
    let mut outcomes = Vec::with_capacity(items.len());
    let Some((first, rest)) = items.split_first() else { return outcomes };
    let verb = Retag { device: first.of.id, add: add.to_vec(), remove: remove.to_vec() };
    let result = Verb::apply(&verb, &Tools { task: first.task, ..*tools }).await;
    let made = result.is_ok();
    outcomes.push((first.task, result));
    if made && let Ok(Some(tags)) = holders(tools, add, remove).await {
        outcomes.extend(with_holders(tools, rest, &tags).await);
        return outcomes;
    }
    for item in rest {
        let verb = Retag { device: item.of.id, add: add.to_vec(), remove: remove.to_vec() };
        outcomes.push((item.task, Verb::apply(&verb, &Tools { task: item.task, ..*tools }).await));
    }
    outcomes
}
