//! Many tasks in one call, where the API has a call for many. What the tenant refuses is named item by item; if one bad
//! item sinks the whole call, it is halved until the bad one stands alone.
//!
//! Not here: anything that cannot be undone. One lost answer would leave a whole batch of wipes open. Nor calls that
//! take a search instead of names (apps), or leave out what a plan says (the version of an operating system): they would
//! do something else than what was approved.

mod attributes;
mod commands;
mod tags;
mod users;

use std::collections::BTreeMap;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{StreamExt, stream};
use muster_client::{Client, Dialect, Error, Kind};
use muster_model::bulk::BulkAnswer;
use muster_model::commands::Command;
use muster_model::devices::{BulkLimits, BulkSettings};
use muster_model::{Call, Nothing};
use serde_json::Value;

use super::{Applied, Certainty, Failure, Tools};
use crate::plan::{Action, Channel, DeviceTarget, Target};

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
    /// Attributes that are set; each device may have its own.
    Attributes,
    /// Users who become active, or inactive.
    Active(bool),
}

/// A task of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member<'a> {
    pub task: usize,
    pub target: &'a Target,
    pub action: &'a Action,
}

/// What became of each task of a batch, by its index.
pub(crate) type Outcomes = Vec<(usize, Result<Applied, Failure>)>;

/// What a call says of one task, and the name by which its answer calls it.
#[derive(Debug, Clone)]
struct Item<T> {
    task: usize,
    name: String,
    of: T,
}

/// A device of a batch, named by its id.
type OnDevice<'a> = Item<&'a DeviceTarget>;

/// What an answer says against single items.
#[derive(Debug, Default)]
struct Refused {
    /// Why, by the item's name.
    named: BTreeMap<String, String>,
    /// Whether others were refused as well, which it does not name.
    others: bool,
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
        (self.limits.lock_device.max(self.limits.send_message) as usize).clamp(tags::MOST, 3_000)
    }

    /// The most items in one call; at least one.
    pub(crate) fn most(&self, batch: &Batch) -> usize {
        let most = match batch {
            Batch::Command(_) | Batch::Action(_) => self.limits.lock_device as usize,
            Batch::Message { .. } => self.limits.send_message as usize,
            Batch::Tags { .. } => tags::MOST,
            Batch::Attributes => attributes::MOST,
            Batch::Active(_) => users::MOST,
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
        let batch = Batch::of(target, action);
        // These are looked at one by one first.
        calls += u64::from(matches!(batch, Some(Batch::Attributes | Batch::Active(_))));
        open = match (open.take(), batch) {
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
        match (target, action) {
            (Target::Device(device), Action::SendCommand { command, parameters }) if parameters.is_empty() => {
                match command {
                    Lock | SoftReset | Shutdown | InstallOsUpdate => Some(Self::Command(*command)),
                    SyncDevice | DeviceQuery if device.uuid.is_some() => Some(Self::Action(*command)),
                    _ => None,
                }
            }
            (Target::Device(_), Action::SendMessage { by, subject, text }) => {
                Some(Self::Message { by: *by, subject: subject.clone(), text: text.clone() })
            }
            (Target::Device(_), Action::Retag { add, remove }) => {
                Some(Self::Tags { add: add.clone(), remove: remove.clone() })
            }
            (Target::Device(device), Action::SetAttributes { remove, .. })
                if remove.is_empty() && device.uuid.is_some() =>
            {
                Some(Self::Attributes)
            }
            (Target::User { .. }, Action::SetUserActive { active }) => Some(Self::Active(*active)),
            _ => None,
        }
    }

    /// Does it for all of them.
    pub(crate) async fn apply(&self, tools: &Tools<'_>, members: &[Member<'_>]) -> Outcomes {
        match self {
            Self::Attributes => attributes::set(tools, members).await,
            Self::Active(active) => users::set_active(tools, members, *active).await,
            Self::Tags { add, remove } => tags::retag(tools, &on_devices(members), add, remove).await,
            Self::Command(_) | Self::Action(_) | Self::Message { .. } => {
                let call = |items| commands::send(tools, self, items).boxed();
                halved(on_devices(members), &call).await
            }
        }
    }
}

/// Reads under way at one time, where each is looked at before a call for many.
const READS: usize = 16;

/// What a look found that is to be done, and what there was before; `None` if it is so already.
type Look<T> = Result<Option<(Item<T>, Value)>, Failure>;

/// Looks at each, as a single one would be looked at, and notes what there was. Answers what came of those that need no
/// call or cannot have one, and the items of the others.
async fn prepared<T>(
    tools: &Tools<'_>,
    looks: Vec<BoxFuture<'_, (usize, Look<T>)>>,
    so: &str,
) -> (Outcomes, Vec<Item<T>>) {
    let looked: Vec<_> = stream::iter(looks).buffer_unordered(READS).collect().await;
    let (mut outcomes, mut open, mut images) = (Outcomes::new(), Vec::new(), Vec::new());
    for (task, found) in looked {
        match found {
            Ok(Some((item, image))) => {
                images.push((task, image));
                open.push(item);
            }
            Ok(None) => outcomes.push((task, Ok(Applied::already(so)))),
            Err(failure) => outcomes.push((task, Err(failure))),
        }
    }
    if !open.is_empty()
        && let Err(failure) = tools.noting.note(images).await
    {
        outcomes.extend(all(&open, &failure));
        open.clear();
    }
    (outcomes, open)
}

fn on_devices<'a>(members: &[Member<'a>]) -> Vec<OnDevice<'a>> {
    let item = |member: &Member<'a>| match member.target {
        Target::Device(device) => Some(Item { task: member.task, name: device.id.to_string(), of: device }),
        _ => None,
    };
    members.iter().filter_map(item).collect()
}

/// How a call for some items is made. `None` if the tenant took it and what it said of them was lost.
type Sending<'a, T> = dyn Fn(Vec<Item<T>>) -> BoxFuture<'a, Result<Option<Refused>, Error>> + Sync + 'a;

/// One call; if the tenant refuses all of it, two calls for the halves.
fn halved<'a, T: Clone + Send + Sync + 'a>(items: Vec<Item<T>>, call: &'a Sending<'a, T>) -> BoxFuture<'a, Outcomes> {
    async move {
        match call(items.clone()).await {
            Ok(Some(refused)) => told(&items, &refused),
            Ok(None) => all(&items, &unheard()),
            Err(error) if items.len() > 1 && sinks(&error) => {
                let (one, other) = items.split_at(items.len() / 2);
                let mut outcomes = halved(one.to_vec(), call).await;
                outcomes.extend(halved(other.to_vec(), call).await);
                outcomes
            }
            Err(error) => all(&items, &Failure::write(&error)),
        }
    }
    .boxed()
}

/// Whether one bad item may be the reason that the whole call was refused.
fn sinks(error: &Error) -> bool {
    matches!(error.kind(), Kind::Invalid | Kind::NotFound | Kind::Conflict) && error.fault().is_some()
}

/// Each item with what the tenant said of it.
fn told<T>(items: &[Item<T>], refused: &Refused) -> Outcomes {
    let outcome = |item: &Item<T>| match refused.named.get(&item.name) {
        Some(why) => Err(Failure::invalid(format!("the tenant refused this one of many: {why}"))),
        // What became of it is read back.
        None if refused.others => Err(Failure {
            certainty: Certainty::Open,
            ..Failure::invalid("the tenant refused some of many and did not say which")
        }),
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

fn all<T>(items: &[Item<T>], failure: &Failure) -> Outcomes {
    items.iter().map(|item| (item.task, Err(failure.clone()))).collect()
}

impl Refused {
    /// What a v1 answer says.
    fn by(answer: &BulkAnswer) -> Self {
        let faults = &answer.faults.fault;
        let named = faults.iter().map(|fault| (fault.item_value.clone(), fault.message.clone())).collect();
        Self { named, others: answer.failed_items > faults.len() as u64 }
    }
}
