//! Making, changing and removing groups. A group that owns something stays.

use muster_store::Transaction;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use crate::store::objects::Key;
use crate::store::organization_groups::{self, Group};

/// Kinds that a group below another one may have.
const KINDS: [&str; 9] =
    ["Container", "Customer", "Division", "Region", "Country", "State", "Department", "Location", "UserDefined"];
/// What a group may say of itself besides its columns.
const DETAILS: [&str; 8] = [
    "Country",
    "Locale",
    "AddDefaultLocation",
    "EnableRestApiAccess",
    "Timezone",
    "timezone_code",
    "customer_industry_type",
    "location",
];

pub(super) async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let made = make(&context, &given).await?;
    Ok(Said::made(200, made.id, made.uuid))
}

pub(super) async fn create_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    let made = make(&context, &given).await?;
    let mut said = json!({ "Id": made.id, "Uuid": made.uuid });
    if made.details.get("EnableRestApiAccess") == Some(&Value::Bool(true)) {
        said["RestApiAccess"] = json!({ "Status": "Enabled" });
    }
    Ok(Said::json(200, said))
}

async fn make(context: &Context, given: &Given) -> Result<Group, Refusal> {
    let name = given.required_text("Name")?;
    let mut tx = context.begin().await?;
    let no_parent = || Refusal::new(403, 5093, "The parent organization group is not found or not accessible.");
    let parent = organization_groups::find(&mut tx, given.id("id"), context.scope()).await?.ok_or_else(no_parent)?;
    let kind = kind(given.member_text("LocationGroupType").unwrap_or("Container"))?;
    if kind == "Customer" {
        let message = "A Customer cannot be made below an organization group that has a Customer above it.";
        return Err(Refusal::new(403, 6310, message));
    }
    let code = match given.member_text("GroupId") {
        Some(code) => code.to_owned(),
        None => derived_code(&mut tx, name).await?,
    };
    check(&mut tx, Some(parent.id), name, &code, None).await?;
    let details = details(given);
    let made = organization_groups::create(&mut tx, parent.id, name, &code, kind, details, context.now()).await?;
    tx.commit().await?;
    // Whoever sees the parent sees the child from now on.
    context.reread_who_may_call().await?;
    Ok(made)
}

fn kind(asked: &str) -> Result<&'static str, Refusal> {
    let known = KINDS.iter().find(|kind| kind.eq_ignore_ascii_case(asked));
    known.copied().ok_or_else(|| {
        Refusal::invalid(format!("'{asked}' is not a valid LocationGroupType. Valid are: {}.", KINDS.join(", ")))
    })
}

fn details(given: &Given) -> Map<String, Value> {
    let said = DETAILS.iter().filter_map(|&name| Some((name.to_owned(), given.member(name)?.clone())));
    said.filter(|(_, value)| value.as_str() != Some("")).collect()
}

/// A code made of the name, for whoever gives none.
async fn derived_code(tx: &mut Transaction, name: &str) -> Result<String, Refusal> {
    let plain: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    let stem = if plain.is_empty() { "group".to_owned() } else { plain };
    for number in 1_u32.. {
        let code = if number == 1 { stem.clone() } else { format!("{stem}{number}") };
        if organization_groups::free_code(tx, &code, None).await? {
            return Ok(code);
        }
    }
    Ok(stem)
}

async fn check(
    tx: &mut Transaction,
    parent: Option<i64>,
    name: &str,
    code: &str,
    owner: Option<i64>,
) -> Result<(), Refusal> {
    if code.len() > 20 || !code.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        let message = "The GroupId holds letters, digits, '-', '_' and '.', at most 20 of them.";
        return Err(Refusal::invalid(message));
    }
    if !organization_groups::free_code(tx, code, owner).await? {
        return Err(Refusal::invalid(format!("The GroupId '{code}' is taken.")));
    }
    if organization_groups::name_taken(tx, parent, name, owner).await? {
        return Err(Refusal::invalid(format!("A group of the name '{name}' exists already in the same place.")));
    }
    Ok(())
}

pub(super) async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, Key::Id(given.id("id")), &given).await
}

pub(super) async fn update_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    change(&context, Key::Uuid(given.uuid("uuid")), &given).await
}

async fn change(context: &Context, key: Key, given: &Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut group = group(context, &mut tx, key).await?;
    if let Some(name) = given.member_text("Name") {
        name.clone_into(&mut group.name);
    }
    if let Some(code) = given.member_text("GroupId") {
        code.clone_into(&mut group.code);
    }
    if let Some(asked) = given.member_text("LocationGroupType")
        && !asked.eq_ignore_ascii_case(&group.kind)
    {
        let kind = kind(asked)?;
        if group.kind == "Customer" || kind == "Customer" {
            return Err(Refusal::new(403, 6310, "A group is not made a Customer, nor a Customer something else."));
        }
        kind.clone_into(&mut group.kind);
    }
    group.details.extend(details(given));
    check(&mut tx, group.parent, &group.name, &group.code, Some(group.id)).await?;
    organization_groups::save(&mut tx, &group).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn group(context: &Context, tx: &mut Transaction, key: Key) -> Result<Group, Refusal> {
    // Writing to a group that is not there is 400, not 404 (reference §5.4).
    let missing = || Refusal::bad("The organization group is not found or not accessible.");
    organization_groups::find(tx, key, context.scope()).await?.ok_or_else(missing)
}

pub(super) async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, Key::Id(given.id("id"))).await
}

pub(super) async fn delete_v2(context: Context, given: Given) -> Result<Said, Refusal> {
    remove(&context, Key::Uuid(given.uuid("uuid"))).await
}

async fn remove(context: &Context, key: Key) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let group = group(context, &mut tx, key).await?;
    if group.id == context.caller.group || group.parent.is_none() {
        let message = "The topmost organization group and one's own cannot be deleted.";
        return Err(Refusal::new(403, 6310, message));
    }
    if let Some(what) = organization_groups::what_it_owns(&mut tx, group.id).await? {
        let message = format!("The organization group '{}' still has {what} and cannot be deleted.", group.name);
        return Err(Refusal::new(422, 422, message));
    }
    organization_groups::remove(&mut tx, group.id).await?;
    tx.commit().await?;
    context.reread_who_may_call().await?;
    Ok(Said::nothing(200))
}
