//! Event notification rules, in both versions and at both of their addresses: version 1 counts, version 2 has UUIDs,
//! and everything else is the same.

use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Events;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::event_rules::{self, Format, Rule, Wanted};
use crate::store::objects::Key;
use crate::store::{deliveries, organization_groups};

/// As the console cuts them.
const NAME: usize = 100;

pub(super) fn routes(table: &mut Table) {
    for again in ["", "#2"] {
        let key = |name: &str| format!("systemv1/EventNotificationsV1_{name}{again}");
        table
            .serve(&key("CreateEventNotificationRule"), needs(Events, Create), create)
            .serve(&key("Search"), needs(Events, Read), search)
            .serve(&key("GetEventNotificationById"), needs(Events, Read), get)
            .serve(&key("UpdateEventNotificationRule"), needs(Events, Edit), update)
            .serve(&key("DeleteEventNotificationRule"), needs(Events, Delete), delete);
    }
    for api in ["systemv1", "systemv2"] {
        let key = |name: &str| format!("{api}/EventNotificationsV2_{name}");
        table
            .serve(&key("CreateEventNotificationRule"), needs(Events, Create), create)
            .serve(&key("Search"), needs(Events, Read), search)
            .serve(&key("GetEventNotificationsAndSubscriptions"), needs(Events, Read), subscriptions)
            .serve(&key("GetEventNotificationById"), needs(Events, Read), get)
            .serve(&key("UpdateEventNotificationRule"), needs(Events, Edit), update)
            .serve(&key("DeleteEventNotificationRule"), needs(Events, Delete), delete);
    }
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let rule = Rule {
        id: 0,
        uuid: Uuid::nil(),
        name: String::new(),
        group: context.caller.group,
        group_uuid: None,
        url: String::new(),
        username: String::new(),
        password: String::new(),
        format: Format::Json,
        active: true,
        events: Map::new(),
    };
    let rule = filled(&given, rule, group(&context, &given).await?)?;
    let mut tx = context.begin().await?;
    refuse_taken(&mut tx, &rule).await?;
    let rule = event_rules::create(&mut tx, rule, context.now()).await?;
    if rule.active {
        deliveries::queue_test(&mut tx, rule.id, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::made(200, rule.id, rule.uuid))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given).await?;
    let mut tx = context.begin().await?;
    let old = find(&context, &mut tx, &given).await?;
    let rule = filled(&given, old.clone(), group)?;
    refuse_taken(&mut tx, &rule).await?;
    event_rules::save(&mut tx, &rule, context.now()).await?;
    let target = |rule: &Rule| (rule.url.clone(), rule.username.clone(), rule.password.clone(), rule.active);
    if rule.active && target(&rule) != target(&old) {
        deliveries::queue_test(&mut tx, rule.id, context.now()).await?;
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let rule = find(&context, &mut tx, &given).await?;
    event_rules::remove(&mut tx, rule.id, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let (key, missing) = key(&given);
    let rule = event_rules::get(context.database(), key, context.scope()).await?.ok_or(missing)?;
    Ok(Said::json(200, rule.shown()))
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let wanted = Wanted {
        name: given.asked("targetname"),
        active: given.asked("status").map(active).transpose()?,
        by_name: given.asked("orderby").is_some_and(|column| column.eq_ignore_ascii_case("targetname")),
        descending: given.asked("sortorder").is_some_and(|order| order.eq_ignore_ascii_case("desc")),
        ..of_group(&given)?
    };
    let page = given.page()?;
    let (rules, total) = event_rules::search(context.database(), &wanted, page, context.scope()).await?;
    let rules: Vec<Value> = rules.iter().map(Rule::shown).collect();
    Ok(Said::json(
        200,
        json!({ "EventNotifications": rules, "TotalResults": total, "AdditionalInfo": { "Links": [] } }),
    ))
}

/// Subscriptions are made by other products of the vendor, and there are none here.
async fn subscriptions(context: Context, given: Given) -> Result<Said, Refusal> {
    let (wanted, page) = (of_group(&given)?, given.page()?);
    let (rules, total) = event_rules::search(context.database(), &wanted, page, context.scope()).await?;
    let rules: Vec<Value> = rules.iter().map(Rule::shown).collect();
    Ok(Said::json(
        200,
        json!({
            "EventNotifications": rules, "TotalEventNotificationRecords": total,
            "EventSubscriptions": [], "TotalEventSubscriptionRecords": 0,
        }),
    ))
}

fn of_group(given: &Given) -> Result<Wanted<'static>, Refusal> {
    let wrong = |name: &str, text: &str| Refusal::bad(format!("The value '{text}' of {name} is not valid."));
    let id = given.asked("organizationgroupid");
    let group = id.map(|text| text.parse().map_err(|_| wrong("organizationgroupid", text))).transpose()?;
    let uuid = given.asked("organizationgroupuuid");
    let group_uuid = uuid.map(|text| text.parse().map_err(|_| wrong("organizationgroupuuid", text))).transpose()?;
    Ok(Wanted { group, group_uuid, ..Wanted::default() })
}

fn active(word: &str) -> Result<bool, Refusal> {
    match word.to_lowercase().as_str() {
        "active" | "enabled" | "true" | "1" => Ok(true),
        "inactive" | "disabled" | "false" | "0" => Ok(false),
        _ => Err(Refusal::bad(format!("The value '{word}' of status is not valid: it is Active or Inactive."))),
    }
}

/// The rule that the address names, and what is said if there is none.
fn key(given: &Given) -> (Key, Refusal) {
    let (id, uuid) = (given.text("id"), given.text("uuid"));
    let key = if uuid.is_empty() { Key::Id(given.id("id")) } else { Key::Uuid(given.uuid("uuid")) };
    (key, Refusal::new(404, 8, format!("Event notification not found: {id}{uuid}.")))
}

async fn find(context: &Context, tx: &mut muster_store::Transaction, given: &Given) -> Result<Rule, Refusal> {
    let (key, missing) = key(given);
    event_rules::find(tx, key, context.scope()).await?.ok_or(missing)
}

async fn refuse_taken(tx: &mut muster_store::Transaction, rule: &Rule) -> Result<(), Refusal> {
    if event_rules::name_taken(tx, &rule.name, rule.group, rule.id).await? {
        return Err(Refusal::invalid(format!("An event notification of the name '{}' exists already.", rule.name)));
    }
    Ok(())
}

/// A rule with what the body says; what it does not say stays.
fn filled(given: &Given, mut rule: Rule, group: Option<i64>) -> Result<Rule, Refusal> {
    if let Some(name) = given.member_text("TargetName") {
        name.clone_into(&mut rule.name);
    }
    if rule.name.is_empty() || rule.name.chars().count() > NAME {
        return Err(Refusal::invalid(format!("TargetName must have 1 to {NAME} characters.")));
    }
    if let Some(url) = given.member_text("TargetUrl") {
        rule.url = target(url)?;
    }
    if rule.url.is_empty() {
        return Err(Refusal::invalid("The TargetUrl field is required."));
    }
    let text = |name: &str| given.member(name).and_then(Value::as_str);
    if let Some(username) = text("Username") {
        username.clone_into(&mut rule.username);
    }
    if let Some(password) = text("Password") {
        password.clone_into(&mut rule.password);
    }
    if let Some(format) = text("Format") {
        rule.format = Format::from(format);
    }
    if let Some(active) = given.member("IsActive").and_then(Value::as_bool) {
        rule.active = active;
    }
    if let Some(events) = given.member("DeviceEvents").and_then(Value::as_object) {
        rule.events = events.clone();
    }
    rule.group = group.unwrap_or(rule.group);
    Ok(rule)
}

async fn group(context: &Context, given: &Given) -> Result<Option<i64>, Refusal> {
    let none = |group: &dyn std::fmt::Display| Refusal::no_group(group);
    let key = match (given.member_uuid("organizationGroupUuid"), given.member_id("organizationGroupId")) {
        (Some(uuid), _) => Key::Uuid(uuid),
        (None, Some(id)) => Key::Id(id),
        (None, None) => return Ok(None),
    };
    let found = organization_groups::get(context.database(), key, context.scope()).await?;
    match (found, key) {
        (Some(found), _) => Ok(Some(found.id)),
        (None, Key::Id(id)) => Err(none(&id)),
        (None, Key::Uuid(uuid)) => Err(none(&uuid)),
    }
}

fn target(text: &str) -> Result<String, Refusal> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.map(String::from)
        .ok_or_else(|| Refusal::invalid("TargetUrl must be an address that begins with http or https."))
}
