//! A product as requests give it and as answers show it.

use std::collections::HashMap;

use muster_model::words::Platform;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::owner;
use super::super::refusal::Refusal;
use super::{ACTIVE, EVENT_ACTION, FILE_ACTION, smart_groups, version};
use crate::http::change::Change;
use crate::store::names;
use crate::store::objects::{self, Object};
use crate::store::products::Counts;
use crate::store::profiles;
use crate::store::profiles::assignments::{self, Naming};

/// What the steps of a product do; a step's number is its place here, counted from 1.
pub(super) const STEPS: &[&str] = &[
    "INSTALL_APPLICATION",
    "UNINSTALL_APPLICATION",
    "INSTALL_PROFILE",
    "UNINSTALL_PROFILE",
    "INSTALL_EVENT_ACTION",
    "UNINSTALL_EVENT_ACTION",
    "INSTALL_FILE_ACTION",
    "UNINSTALL_FILE_ACTION",
    "REBOOT",
];

/// Platforms that products are made for.
const PLATFORMS: &[Platform] =
    &[Platform::Android, Platform::AppleOsX, Platform::WinRt, Platform::WindowsMobile, Platform::Qnx];

/// The word of a step's number.
pub(super) fn step(number: i64) -> Option<&'static str> {
    usize::try_from(number).ok().and_then(|number| STEPS.get(number.checked_sub(1)?).copied())
}

/// The platform that a body names by word or number.
pub(super) fn platform(word: Option<&str>, number: Option<i64>) -> Result<Platform, Refusal> {
    let text = match (word, number) {
        (Some(word), _) => word.to_owned(),
        (None, Some(number)) => number.to_string(),
        (None, None) => return Err(Refusal::bad("The Platform field is required.")),
    };
    let known = Platform::known(&text).filter(|platform| PLATFORMS.contains(platform));
    known.ok_or_else(|| {
        let names: Vec<&str> = PLATFORMS.iter().map(Platform::as_str).collect();
        Refusal::bad(format!("'{text}' is no platform of products. Valid are: {}.", names.join(", ")))
    })
}

/// Members that are counted or kept elsewhere.
const OWN: &[&str] = &[
    "ID",
    "Name",
    "Active",
    "TotalAssigned",
    "Compliant",
    "InProgress",
    "Failed",
    "DevicePolicyUuid",
    "ManagedByOrganizationGroupID",
    "ManagedByOrganizationGroupName",
    "ProductETag",
];

/// What a request wants a product to be.
pub(super) struct Wish {
    pub(super) name: String,
    pub(super) group: i64,
    pub(super) active: bool,
    pub(super) body: Map<String, Value>,
}

/// The group that a body names; to be asked before a change begins.
pub(super) async fn group(context: &Context, given: &Map<String, Value>) -> Result<Option<i64>, Refusal> {
    let text = given.get("ManagedByOrganizationGroupID").and_then(Value::as_str).map(str::trim);
    let id = text.filter(|text| !text.is_empty()).map(str::parse).transpose();
    owner::asked(context, id.map_err(|_| Refusal::bad("The ManagedByOrganizationGroupID is no number."))?).await
}

/// Reads a body in the form of version 1; `before` fills what it leaves out.
pub(super) async fn read(
    context: &Context,
    tx: &mut Change,
    given: &Map<String, Value>,
    group: Option<i64>,
    before: Option<&Object>,
) -> Result<Wish, Refusal> {
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let name = text("Name").map(str::to_owned).or_else(|| before.map(|product| product.name.clone()));
    let name = name.ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let mut body = before.map(|product| product.body.clone()).unwrap_or_default();
    for (member, value) in given {
        if !OWN.contains(&member.as_str()) {
            body.insert(member.clone(), value.clone());
        }
    }
    let word = body.get("Platform").and_then(Value::as_str);
    let platform = platform(word, body.get("PlatformID").and_then(Value::as_i64))?;
    body.insert("Platform".to_owned(), json!(platform.as_str()));
    if let Some(number) = platform.number() {
        body.insert("PlatformID".to_owned(), json!(number));
    }
    let group = group.unwrap_or_else(|| before.map_or(context.caller.group, |product| product.group));
    check_groups(context, tx, &body).await?;
    check_steps(context, tx, &body).await?;
    let active = given.get("Active").and_then(Value::as_bool);
    let active = active.unwrap_or_else(|| before.is_some_and(|product| product.state == ACTIVE));
    Ok(Wish { name, group, active, body })
}

async fn check_groups(context: &Context, tx: &mut Change, body: &Map<String, Value>) -> Result<(), Refusal> {
    let groups = body.get("SmartGroups").and_then(Value::as_array);
    let ids: Vec<i64> = groups.into_iter().flatten().filter_map(|group| group.get("SmartGroupId")?.as_i64()).collect();
    let known = assignments::known(tx, Naming::Ids(&ids), context.scope()).await?;
    known.map(drop).map_err(|id| Refusal::invalid(format!("Smart group {id} is not found or not accessible.")))
}

async fn check_steps(context: &Context, tx: &mut Change, body: &Map<String, Value>) -> Result<(), Refusal> {
    for (kind, item) in steps(body) {
        let word = step(kind).ok_or_else(|| Refusal::bad(format!("{kind} is no type of action.")))?;
        let there = match word.split_once('_').map_or("", |(_, thing)| thing) {
            "APPLICATION" => names::app_exists(tx, item, context.scope()).await?,
            "PROFILE" => profiles::find(tx, item, context.scope()).await?.is_some(),
            "EVENT_ACTION" => objects::find(tx, EVENT_ACTION, item, context.scope()).await?.is_some(),
            "FILE_ACTION" => objects::find(tx, FILE_ACTION, item, context.scope()).await?.is_some(),
            _ => true,
        };
        if !there {
            return Err(Refusal::bad(format!("The item {item} of an action {word} is not found.")));
        }
    }
    Ok(())
}

/// Type and item of each step.
pub(super) fn steps(body: &Map<String, Value>) -> Vec<(i64, i64)> {
    let actions = body.get("Manifest").and_then(|manifest| manifest.get("Action")?.as_array());
    let pair = |action: &Value| Some((action.get("ActionTypeID")?.as_i64()?, action.get("ItemID")?.as_i64()?));
    actions.into_iter().flatten().filter_map(pair).collect()
}

/// A product as version 1 shows it.
pub(super) fn shown(product: &Object, counts: &HashMap<i64, Counts>, groups: &Groups) -> Value {
    let counts = counts.get(&product.id).copied().unwrap_or_default();
    let mut shown = product.body.clone();
    let listed: Vec<Value> = smart_groups(product)
        .into_iter()
        .map(|id| json!({ "SmartGroupId": id, "Name": groups.smart.get(&id) }))
        .collect();
    let own = json!({
        "ID": product.id, "Name": product.name, "Active": product.state == ACTIVE, "Version": version(product),
        "DevicePolicyUuid": product.uuid, "ManagedByOrganizationGroupID": product.group.to_string(),
        "ManagedByOrganizationGroupName": groups.owners.get(&product.group), "SmartGroups": listed,
        "TotalAssigned": counts.all, "Compliant": counts.compliant,
        "InProgress": counts.in_progress + counts.queued, "Failed": counts.failed,
    });
    for (name, value) in own.as_object().into_iter().flatten() {
        shown.insert(name.clone(), value.clone());
    }
    for (name, value) in [("DevicePolicyType", json!("Required")), ("DevicePolicyTypeID", json!(1))] {
        shown.entry(name).or_insert(value);
    }
    Value::Object(shown)
}

/// Names of groups of both kinds.
pub(super) struct Groups {
    pub(super) smart: HashMap<i64, String>,
    pub(super) owners: HashMap<i64, String>,
}

impl Groups {
    pub(super) async fn load(context: &Context) -> Result<Self, Refusal> {
        let (smart, owners) = names::groups(context.database()).await?;
        Ok(Self { smart, owners })
    }
}
