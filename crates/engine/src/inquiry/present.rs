//! What the targets of a draft are like now: for a plan that takes something back, so that it can say what it overwrites.
//!
//! Few calls, however many targets there are: up to a handful is asked about one by one, and of more a list is read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use muster_client::{Client, Dialect, Error};
use muster_model::apps::App;
use muster_model::devices::{Attributes, AttributesQuery, Device, DeviceAttributes};
use muster_model::ids::{AppId, DeviceId, Wrapped};
use muster_model::users::{User, UserEdit};
use serde_json::{Map, Value, json};

use crate::plan::{Action, DeviceTarget, Draft, DraftItem, Target, push_mode};

/// Up to so many are asked about one by one.
const ONE_BY_ONE: usize = 20;
/// Calls under way at one time.
const LANES: usize = 8;

/// What the tenant says of the targets of a draft.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// By what makes them the same target; null for one that is gone.
    now: HashMap<String, Value>,
    devices: HashMap<DeviceId, Target>,
    /// What could not be read, and why.
    pub(crate) unread: Vec<String>,
}

impl Seen {
    /// What a target is like; `None` if that was not read.
    pub(crate) fn of(&self, target: &Target) -> Option<&Value> {
        self.now.get(&target.key())
    }

    /// A device as it would be the target of a new plan.
    pub(crate) fn device(&self, id: DeviceId) -> Option<&Target> {
        self.devices.get(&id)
    }

    fn tell(&mut self, key: String, members: Value) {
        let Value::Object(members) = members else { return };
        if let Value::Object(known) = self.now.entry(key).or_insert_with(|| json!({})) {
            known.extend(members);
        }
    }

    fn heard<T>(&mut self, what: &str, answer: Result<T, Error>) -> Option<T> {
        answer.map_err(|error| self.unread.push(format!("{what} as they are now: {error}"))).ok()
    }
}

/// Reads it. What is remembered does not count.
pub(crate) async fn look(client: &Client, draft: &Draft) -> Seen {
    let client = &client.fresh();
    let mut seen = Seen::default();
    let open: Vec<&DraftItem> = draft.items.iter().filter(|item| item.nothing_to_do.is_none()).collect();
    devices(client, &open, &mut seen).await;
    attributes(client, &open, &mut seen).await;
    users(client, &open, &mut seen).await;
    assignments(client, &open, &mut seen).await;
    seen
}

/// The devices of the items that `wanted` takes.
fn ids(open: &[&DraftItem], wanted: impl Fn(&Action) -> bool) -> Vec<DeviceId> {
    let device = |item: &&DraftItem| match &item.target {
        Target::Device(device) if wanted(&item.action) => Some(device.id),
        _ => None,
    };
    open.iter().filter_map(device).collect::<BTreeSet<DeviceId>>().into_iter().collect()
}

async fn devices(client: &Client, open: &[&DraftItem], seen: &mut Seen) {
    let all = ids(open, |_| true);
    if all.is_empty() {
        return;
    }
    let answer = client.devices_by_id(&all).await;
    let Some(found) = seen.heard("the devices", answer) else { return };
    let found: HashMap<DeviceId, Device> = found.into_iter().map(|device| (device.id.0, device)).collect();
    for id in all {
        let Some(device) = found.get(&id) else {
            seen.now.insert(DeviceTarget::key_of(id), Value::Null);
            continue;
        };
        seen.tell(DeviceTarget::key_of(id), record(device));
        seen.devices.insert(id, Target::Device(device.into()));
    }
    tags(client, open, &found, seen).await;
}

/// What changes of the record touch, by the names that plans have for it.
fn record(device: &Device) -> Value {
    json!({
        "name": device.device_friendly_name,
        "asset_number": device.asset_number,
        "ownership": device.ownership,
        "group": device.location_group_name,
        "group_id": device.location_group_id.id.0,
    })
}

async fn tags(client: &Client, open: &[&DraftItem], found: &HashMap<DeviceId, Device>, seen: &mut Seen) {
    let retagged = ids(open, |action| matches!(action, Action::Retag { .. }));
    let (told, untold): (Vec<DeviceId>, Vec<DeviceId>) = retagged
        .into_iter()
        .filter(|id| found.contains_key(id))
        .partition(|id| found.get(id).is_some_and(|device| device.tags.is_some()));
    for id in told {
        seen.tell(DeviceTarget::key_of(id), json!({ "tags": found.get(&id).and_then(|device| device.tags.as_ref()) }));
    }
    if untold.len() <= ONE_BY_ONE {
        let reads =
            stream::iter(untold).map(|id| async move { client.device(id).await.map(|device| (id, device.tags)) });
        let answer: Result<Vec<_>, Error> = reads.buffered(LANES).try_collect().await;
        for (id, tags) in seen.heard("the tags", answer).into_iter().flatten() {
            seen.tell(DeviceTarget::key_of(id), json!({ "tags": tags.unwrap_or_default() }));
        }
        return;
    }
    if client.dialect() == Dialect::Guide {
        return;
    }
    // Who has a tag is two calls, however many devices there are; of other tags nothing is known then.
    let names: BTreeSet<&String> = open
        .iter()
        .flat_map(|item| match &item.action {
            Action::Retag { add, remove } => add.iter().chain(remove).collect(),
            _ => Vec::new(),
        })
        .collect();
    if names.len() > ONE_BY_ONE {
        return;
    }
    let mut held: BTreeMap<DeviceId, Vec<&String>> = untold.iter().map(|id| (*id, Vec::new())).collect();
    for name in &names {
        let answer = client.held_tags(name).await;
        let Some(tags) = seen.heard("the tags", answer) else { return };
        for holder in tags.iter().flat_map(|tag| &tag.devices).collect::<BTreeSet<_>>() {
            if let Some(own) = held.get_mut(holder) {
                own.push(name);
            }
        }
    }
    for (id, own) in held {
        seen.tell(DeviceTarget::key_of(id), json!({ "tags": own, "asked": names }));
    }
}

async fn attributes(client: &Client, open: &[&DraftItem], seen: &mut Seen) {
    let wanted = ids(open, |action| matches!(action, Action::SetAttributes { .. }));
    if wanted.is_empty() {
        return;
    }
    let read =
        |deviceid: Option<i64>| client.pages::<Attributes>((), AttributesQuery { deviceid, ..Default::default() });
    let answer: Result<Vec<DeviceAttributes>, Error> = if wanted.len() <= ONE_BY_ONE {
        let reads = stream::iter(wanted.clone()).map(|id| {
            let own = read(Some(id.0)).collect();
            async move {
                let mut rows: Vec<DeviceAttributes> = own.await?;
                rows.retain(|row| row.device_id.is_none_or(|other| other == id));
                rows.iter_mut().for_each(|row| row.device_id = Some(id));
                Ok(rows)
            }
        });
        reads.buffered(LANES).try_concat().await
    } else {
        read(None).collect().await
    };
    let Some(rows) = seen.heard("the attributes", answer) else { return };
    let mut values: BTreeMap<DeviceId, Map<String, Value>> = wanted.into_iter().map(|id| (id, Map::new())).collect();
    for row in rows {
        let Some(own) = row.device_id.and_then(|id| values.get_mut(&id)) else { continue };
        let named = row.custom_attributes.into_iter().filter_map(|one| Some((one.name?.to_lowercase(), one.value)));
        own.extend(named.map(|(name, value)| (name, json!(value.unwrap_or_default()))));
    }
    for (id, own) in values {
        if seen.now.get(&DeviceTarget::key_of(id)).is_none_or(|known| !known.is_null()) {
            seen.tell(DeviceTarget::key_of(id), json!({ "attributes": own }));
        }
    }
}

async fn users(client: &Client, open: &[&DraftItem], seen: &mut Seen) {
    let edited = open.iter().filter(|item| matches!(item.action, Action::UpdateUser { .. }));
    let names: BTreeMap<String, &str> = edited.map(|item| (item.target.key(), item.target.name())).collect();
    if names.is_empty() {
        return;
    }
    let answer: Result<Vec<User>, Error> = if names.len() <= ONE_BY_ONE {
        let reads = stream::iter(names.values()).map(|name| client.user_by_name(name));
        reads.buffered(LANES).try_filter_map(async |user| Ok(user)).try_collect().await
    } else {
        client.users(None).await
    };
    let Some(found) = seen.heard("the users", answer) else { return };
    let mut found: HashMap<String, User> =
        found.into_iter().map(|user| (Target::key_of_user(&user.user_name), user)).collect();
    for key in names.into_keys() {
        match found.remove(&key) {
            Some(user) => seen.tell(key, json!({ "fields": of_user(user) })),
            None => {
                seen.now.insert(key, Value::Null);
            }
        }
    }
}

/// The fields that a user's image has, by their names in lower case.
fn of_user(user: User) -> Map<String, Value> {
    let edit = UserEdit {
        first_name: Some(user.first_name),
        last_name: Some(user.last_name),
        email: Some(user.email),
        contact_number: Some(user.contact_number),
        mobile_number: Some(user.mobile_number),
        department: Some(user.department),
        title: Some(user.title),
        status: Some(user.status),
        ..UserEdit::default()
    };
    match serde_json::to_value(edit) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect(),
        _ => Map::new(),
    }
}

async fn assignments(client: &Client, open: &[&DraftItem], seen: &mut Seen) {
    let mut apps: BTreeMap<String, App> = BTreeMap::new();
    for item in open.iter().filter(|item| matches!(item.action, Action::UnassignApp { .. })) {
        if let Target::App { id, uuid, name } = &item.target {
            apps.entry(item.target.key()).or_insert_with(|| app(*id, *uuid, name));
        }
    }
    // Of more, what is not known is held.
    for (key, app) in apps.into_iter().take(ONE_BY_ONE) {
        let answer = client.assigned_groups(&app).await;
        let Some(groups) = seen.heard("the assignments", answer) else { return };
        let modes = groups.into_iter().map(|one| {
            let mode = push_mode(&one.push_mode).map_or(one.push_mode.clone(), str::to_owned);
            (one.smart_group_id.to_string(), Value::from(mode))
        });
        seen.tell(key, json!({ "assignments": modes.collect::<Map<String, Value>>() }));
    }
}

fn app(id: AppId, uuid: Option<uuid::Uuid>, name: &str) -> App {
    App { id: Wrapped(id), uuid, application_name: name.to_owned(), ..App::default() }
}
