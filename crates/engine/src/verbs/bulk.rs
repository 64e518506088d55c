//! Many tasks in one call, where the API has a call for many. What the tenant refuses is named item by item; if one bad
//! item sinks the whole call, it is halved until the bad one stands alone.
//!
//! Not here: anything that cannot be undone. One lost answer would leave a whole batch of wipes open.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt};
use muster_client::{Client, Dialect, Error, HeldTag, Kind};
use muster_model::bulk::{BulkAnswer, BulkValues, Values};
use muster_model::commands::{Act, ActionTarget, ActionTargets, Command, SendMany, SendManyQuery};
use muster_model::devices::{BulkLimits, BulkSettings, ByQuery};
use muster_model::ids::TagId;
use muster_model::messages::{EmailForMany, EmailMany, PushForMany, PushMany, SmsForMany, SmsMany};
use muster_model::tags::{AddDevices, RemoveDevices};
use muster_model::{Call, Nothing};
use serde_json::json;

use super::{Applied, Certainty, Failure, Tools};
use crate::plan::{Action, Channel, DeviceTarget, Target};

/// The most devices that one call about a tag names.
const TAGGED: usize = 500;

/// What tasks have in common that fit into one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Batch {
    /// By device id.
    Command(Command),
    /// By device UUID; the call for ids does not take these commands.
    Action(Command),
    Message {
        by: Channel,
        subject: Option<String>,
        text: String,
    },
    Tags {
        add: Vec<String>,
        remove: Vec<String>,
    },
}

/// What became of each task of a batch, by its index.
pub(crate) type Outcomes = Vec<(usize, Result<Applied, Failure>)>;

/// A task of a batch.
#[derive(Debug, Clone, Copy)]
struct Item<'a> {
    task: usize,
    device: &'a DeviceTarget,
}

/// How large batches may be on this tenant.
#[derive(Debug, Clone)]
pub(crate) struct Bulk {
    limits: BulkLimits,
}

impl Bulk {
    /// Asks the tenant. `None` if it has no calls for many, or does not say how many they take.
    pub(crate) async fn of(client: &Client) -> Option<Self> {
        if client.dialect() != Dialect::Published {
            return None;
        }
        match client.read(Call::<BulkSettings>::new((), Nothing)).await {
            Ok(limits) => Some(Self { limits }),
            Err(error) => {
                tracing::debug!(%error, "the tenant does not say how many items a call takes: they are sent one by one");
                None
            }
        }
    }

    /// The most tasks that are worth reading at one time.
    pub(crate) fn page(&self) -> usize {
        (self.limits.lock_device.max(self.limits.send_message) as usize).clamp(TAGGED, 3_000)
    }

    /// The most items in one call; at least one.
    pub(crate) fn most(&self, batch: &Batch) -> usize {
        let most = match batch {
            Batch::Command(_) | Batch::Action(_) => self.limits.lock_device as usize,
            Batch::Message { .. } => self.limits.send_message as usize,
            Batch::Tags { .. } => TAGGED,
        };
        most.max(1)
    }
}

/// How many calls it takes to send these, in their order: one for each, and where the API has a call for many, one for as
/// many of a kind as follow each other and fit into it. `limits` are the tenant's own, as far as they are known.
pub fn calls<'a>(items: impl Iterator<Item = (&'a Target, &'a Action)>, limits: &BTreeMap<String, u64>) -> u64 {
    let limits = serde_json::to_value(limits).and_then(serde_json::from_value).unwrap_or_default();
    let bulk = Bulk { limits };
    let (mut calls, mut open): (u64, Option<(Batch, usize)>) = (0, None);
    for (target, action) in items {
        open = match (open.take(), Batch::of(target, action)) {
            (Some((batch, left)), Some(own)) if left > 0 && batch == own => Some((batch, left - 1)),
            (_, own) => {
                calls += 1;
                own.map(|batch| (bulk.most(&batch) - 1, batch)).map(|(left, batch)| (batch, left))
            }
        };
    }
    calls
}

impl Batch {
    /// The batch that a task belongs into, if there is a call for many.
    pub(crate) fn of(target: &Target, action: &Action) -> Option<Self> {
        use Command::{DeviceQuery, InstallOsUpdate, Lock, Shutdown, SoftReset, SyncDevice};
        let Target::Device(device) = target else { return None };
        match action {
            Action::SendCommand { command, parameters } if parameters.is_empty() => match command {
                Lock | SoftReset | Shutdown | InstallOsUpdate => Some(Self::Command(*command)),
                SyncDevice | DeviceQuery if device.uuid.is_some() => Some(Self::Action(*command)),
                _ => None,
            },
            Action::SendMessage { by, subject, text } => {
                Some(Self::Message { by: *by, subject: subject.clone(), text: text.clone() })
            }
            Action::Retag { add, remove } => Some(Self::Tags { add: add.clone(), remove: remove.clone() }),
            _ => None,
        }
    }

    /// Does it for all of them.
    pub(crate) async fn apply(&self, tools: &Tools<'_>, tasks: &[(usize, &Target)]) -> Outcomes {
        let items: Vec<Item<'_>> = tasks
            .iter()
            .filter_map(|(task, target)| match target {
                Target::Device(device) => Some(Item { task: *task, device }),
                _ => None,
            })
            .collect();
        match self {
            Self::Tags { add, remove } => retag(tools, &items, add, remove).await,
            _ => self.halving(tools, items).await,
        }
    }

    /// One call; if the tenant refuses all of it, two calls for the halves.
    fn halving<'a>(&'a self, tools: &'a Tools<'a>, items: Vec<Item<'a>>) -> BoxFuture<'a, Outcomes> {
        async move {
            match self.call(tools, &items).await {
                Ok(Some(refused)) => told(&items, &refused),
                Ok(None) => all(&items, &unheard()),
                Err(error) if items.len() > 1 && sinks(&error) => {
                    let (one, other) = items.split_at(items.len() / 2);
                    let mut outcomes = self.halving(tools, one.to_vec()).await;
                    outcomes.extend(self.halving(tools, other.to_vec()).await);
                    outcomes
                }
                Err(error) => all(&items, &Failure::write(&error)),
            }
        }
        .boxed()
    }

    /// Sends it; answers why single devices were refused. `None` if the tenant took the call and what it said was lost.
    async fn call(&self, tools: &Tools<'_>, items: &[Item<'_>]) -> Result<Option<BTreeMap<String, String>>, Error> {
        let ids = || items.iter().map(|item| item.device.id.to_string());
        let values = || Some(Values { value: ids().collect(), ..Values::default() });
        let by_id = || ByQuery { searchby: "DeviceId".to_owned(), ..ByQuery::default() };
        let answer = match self {
            Self::Command(command) => {
                let query = SendManyQuery {
                    command: command.published().map(str::to_owned),
                    searchby: Some("DeviceId".to_owned()),
                    ..SendManyQuery::default()
                };
                tools.writer.send(Call::<SendMany> { path: (), query, body: BulkValues::of(ids()) }).await?
            }
            Self::Action(command) => return act(tools, *command, items).await,
            Self::Message { by, subject, text } => {
                let text = Some(text.clone());
                match by {
                    Channel::Push => {
                        let body = PushForMany { bulk_values: values(), message_body: text, ..PushForMany::default() };
                        tools.writer.send(Call::<PushMany> { path: (), query: by_id(), body }).await?
                    }
                    Channel::Email => {
                        let subject = subject.clone();
                        let body = EmailForMany {
                            bulk_values: values(),
                            message_body: text,
                            subject,
                            ..EmailForMany::default()
                        };
                        tools.writer.send(Call::<EmailMany> { path: (), query: by_id(), body }).await?
                    }
                    Channel::Sms => {
                        let body = SmsForMany { bulk_values: values(), message_body: text, ..SmsForMany::default() };
                        tools.writer.send(Call::<SmsMany> { path: (), query: by_id(), body }).await?
                    }
                }
            }
            Self::Tags { .. } => return Err(Error::Bug("tags have calls of their own".to_owned())),
        };
        Ok(answer.as_ref().map(faults))
    }
}

async fn act(
    tools: &Tools<'_>,
    command: Command,
    items: &[Item<'_>],
) -> Result<Option<BTreeMap<String, String>>, Error> {
    let target = |item: &Item<'_>| ActionTarget { device_uuid: item.device.uuid, ..ActionTarget::default() };
    let body = ActionTargets { assigned_devices: Some(items.iter().map(target).collect()), ..ActionTargets::default() };
    let answer = tools.writer.send(Call::<Act>::with_body(command.as_str().to_owned(), body)).await?;
    let Some(answer) = answer else { return Ok(None) };
    let ids: BTreeMap<_, _> = items.iter().map(|item| (item.device.uuid, item.device.id.to_string())).collect();
    let faults = answer.faults.into_iter().filter_map(|fault| {
        let id = ids.get(&fault.request_item?.device_uuid)?;
        Some((id.clone(), fault.message.unwrap_or_default()))
    });
    Ok(Some(faults.collect()))
}

/// Puts tags on and takes them off. Which devices have a tag is one list for the whole run, and the image of each is
/// made of it.
async fn retag(tools: &Tools<'_>, items: &[Item<'_>], add: &[String], remove: &[String]) -> Outcomes {
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
    fn had_by(&self, item: &Item<'_>) -> bool {
        self.held.iter().any(|held| held.devices.contains(&item.device.id))
    }

    /// The calls that make it so: put on once, and taken off under every id that a device has it by.
    fn calls<'a>(&self, open: &[Item<'a>]) -> Vec<(TagId, Vec<Item<'a>>)> {
        let ids = self.held.iter().take(if self.put { 1 } else { usize::MAX });
        let of = |held: &HeldTag| {
            let wrong = open.iter().filter(|item| match self.put {
                true => !self.had_by(item),
                false => held.devices.contains(&item.device.id),
            });
            (held.id, wrong.copied().collect::<Vec<_>>())
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

async fn with_holders(tools: &Tools<'_>, items: &[Item<'_>], tags: &[Tag]) -> Outcomes {
    let changed = |item: &&Item<'_>| tags.iter().any(|tag| tag.had_by(item) != tag.put);
    let (open, same): (Vec<&Item<'_>>, Vec<&Item<'_>>) = items.iter().partition(changed);
    let mut outcomes: Outcomes =
        same.iter().map(|item| (item.task, Ok(Applied::already("the tags are so already")))).collect();
    if open.is_empty() {
        return outcomes;
    }
    let image = |item: &&Item<'_>| {
        let had: Vec<&String> = tags.iter().filter(|tag| tag.had_by(item)).map(|tag| &tag.name).collect();
        (item.task, json!({ "tags": had }))
    };
    let open: Vec<Item<'_>> = open.into_iter().copied().collect();
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

fn tag_calls<'a>(tools: &'a Tools<'a>, tag: TagId, put: bool, items: Vec<Item<'a>>) -> BoxFuture<'a, Outcomes> {
    async move {
        let values = BulkValues::of(items.iter().map(|item| item.device.id));
        let sent = match put {
            true => tools.writer.send(Call::<AddDevices>::with_body(tag, values)).await,
            false => tools.writer.send(Call::<RemoveDevices>::with_body(tag, values)).await,
        };
        match sent {
            Ok(None) => all(&items, &unheard()),
            Ok(Some(answer)) => {
                // Code 400 says that the device has the tag already, or has it no more.
                let mut refused = faults(&answer);
                let fine =
                    |fault: &&muster_model::bulk::ItemFault| fault.error_code == muster_model::error::code::BAD_REQUEST;
                for fault in answer.faults.fault.iter().filter(fine) {
                    refused.remove(&fault.item_value);
                }
                told(&items, &refused)
            }
            Err(error) if items.len() > 1 && sinks(&error) => {
                let (one, other) = items.split_at(items.len() / 2);
                let mut outcomes = tag_calls(tools, tag, put, one.to_vec()).await;
                outcomes.extend(tag_calls(tools, tag, put, other.to_vec()).await);
                outcomes
            }
            Err(error) => all(&items, &Failure::write(&error)),
        }
    }
    .boxed()
}

/// For tags that have to be made.
async fn one_by_one(tools: &Tools<'_>, items: &[Item<'_>], add: &[String], remove: &[String]) -> Outcomes {
    let mut outcomes = Vec::with_capacity(items.len());
    let Some((first, rest)) = items.split_first() else { return outcomes };
    let verb = super::retag::Retag { device: first.device.id, add: add.to_vec(), remove: remove.to_vec() };
    let result = super::Verb::apply(&verb, &Tools { task: first.task, ..*tools }).await;
    let made = result.is_ok();
    outcomes.push((first.task, result));
    if made && let Ok(Some(tags)) = holders(tools, add, remove).await {
        outcomes.extend(with_holders(tools, rest, &tags).await);
        return outcomes;
    }
    for item in rest {
        let verb = super::retag::Retag { device: item.device.id, add: add.to_vec(), remove: remove.to_vec() };
        outcomes.push((item.task, super::Verb::apply(&verb, &Tools { task: item.task, ..*tools }).await));
    }
    outcomes
}

/// Whether one bad item may be the reason that the whole call was refused.
fn sinks(error: &Error) -> bool {
    matches!(error.kind(), Kind::Invalid | Kind::NotFound | Kind::Conflict) && error.fault().is_some()
}

/// Why single items were refused, by the item as it was given.
fn faults(answer: &BulkAnswer) -> BTreeMap<String, String> {
    answer.faults.fault.iter().map(|fault| (fault.item_value.clone(), fault.message.clone())).collect()
}

/// Each item with what the tenant said of it.
fn told(items: &[Item<'_>], refused: &BTreeMap<String, String>) -> Outcomes {
    let outcome = |item: &Item<'_>| match refused.get(&item.device.id.to_string()) {
        Some(why) => Err(Failure::invalid(format!("the tenant refused this one of many: {why}"))),
        None => Ok(Applied::sent(None)),
    };
    items.iter().map(|item| (item.task, outcome(item))).collect()
}

/// A call for many succeeds as a whole also where it refuses each of its items: whoever did not hear which ones knows
/// nothing of any.
fn unheard() -> Failure {
    Failure {
        kind: Kind::UnknownOutcome,
        reason: "the tenant took the call, and what it said of each device was lost".to_owned(),
        certainty: Certainty::Open,
    }
}

fn all(items: &[Item<'_>], failure: &Failure) -> Outcomes {
    items.iter().map(|item| (item.task, Err(failure.clone()))).collect()
}
