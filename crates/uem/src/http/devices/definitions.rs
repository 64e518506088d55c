//! Which custom attributes an organization group knows: those that were defined, and their values on devices.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::words;
use crate::store::devices;
use crate::store::devices::attributes::{self, Attribute};
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::page::Page;

const KIND: &str = "custom-attribute";

pub(super) async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.member_text("Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let application = given.member_text("ApplicationGroup");
    let application = application.ok_or_else(|| Refusal::bad("The ApplicationGroup field is required."))?;
    let group = match given.member_text("ManagedByOrganizationGroupID") {
        None => context.caller.group,
        Some(text) => {
            let asked = text.parse().map_err(|_| words::no_group(text))?;
            words::group(&context, Some(asked)).await?.unwrap_or(asked)
        }
    };
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(name), group: Some(group), state: Some(application), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::bad(format!("The attribute '{name}' of '{application}' exists already.")));
    }
    let new = NewObject {
        kind: KIND,
        group,
        parent: None,
        name,
        // An attribute is known by its name within its application.
        state: application,
        body: given.members(),
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made(200, made.id, made.uuid))
}

pub(super) async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, page) = (words::group(&context, given.asked_id("organizationgroupid")).await?, given.page()?);
    let wanted = Wanted { name_contains: given.asked("name"), group, ..Wanted::default() };
    let (found, total) = objects::list(context.database(), KIND, &wanted, page, context.scope()).await?;
    let shown: Vec<Value> = found.iter().map(shown).collect();
    let answer = json!({ "CustomAttributes": shown, "Page": page.number, "PageSize": page.size, "Total": total });
    Ok(Said::list(answer, total))
}

fn shown(attribute: &Object) -> Value {
    let mut body = Value::Object(attribute.body.clone());
    body["AttributeID"] = attribute.id.into();
    body["Name"] = attribute.name.as_str().into();
    body["ManagedByOrganizationGroupID"] = attribute.group.to_string().into();
    body
}

/// Attributes of a group with the values that they have there.
pub(super) async fn of_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let asked = given.id("ogid");
    let group = words::group(&context, Some(asked)).await?.unwrap_or(asked);
    let everything = Page::asked_or_all(None, None);
    let wanted = Wanted { group: Some(group), ..Wanted::default() };
    let (defined, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    let which = devices::Wanted { group: Some(group), ..devices::Wanted::default() };
    let any = attributes::Wanted::default();
    let (ids, _) = attributes::devices(context.database(), &any, &which, context.scope(), everything).await?;
    let on_devices = attributes::of_devices(context.database(), &ids, &any).await?;
    let mut values: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for Attribute { application_group, name, value, .. } in on_devices.values().flatten() {
        values.entry((application_group, name)).or_default().insert(value);
    }
    let mut ids: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for attribute in &defined {
        let known = values.entry((&attribute.state, &attribute.name)).or_default();
        let listed = attribute.body.get("Values").and_then(Value::as_array).into_iter().flatten();
        known.extend(listed.filter_map(|value| value["Value"].as_str()));
        ids.insert((&attribute.state, &attribute.name), attribute.id);
    }
    let shown = values.iter().map(|((application, name), values)| {
        json!({
            "Application": application, "Name": name, "OrganizationGroupId": group, "ManagedBy": group.to_string(),
            "AttributeId": ids.get(&(*application, *name)).copied().unwrap_or_default(),
            "Values": values.iter().map(|value| json!({ "Value": value })).collect::<Vec<_>>(),
        })
    });
    Ok(Said::json(200, json!({ "CustomAttribute": shown.collect::<Vec<_>>() })))
}
