//! App groups: lists of apps that devices have to have, may have or must not have.

use muster_store::Transaction;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/AppGroups_CreateApplicationGroup", needs(Apps, Create), create)
        .serve("mamv1/AppGroups_ApplicationGroupSearch", needs(Apps, Read), search)
        .serve("mamv1/AppGroups_GetAppGroupDetails", needs(Apps, Read), get)
        .serve("mamv1/AppGroups_UpdateApplicationGroup", needs(Apps, Edit), update)
        .serve("mamv1/AppGroups_BulkDeleteApplicationGroup", needs(Apps, Delete), delete)
        .serve("mamv1/AppGroups_AddApplicationsToApplicationGroup", needs(Apps, Edit), add_apps)
        .serve("mamv1/AppGroups_DeleteApplicationsFromApplicationGroup", needs(Apps, Edit), remove_apps);
}

pub(super) const KIND: &str = "app-group";
const TYPES: [&str; 4] = ["Whitelist", "Blacklist", "Required", "MDMApplication"];

/// A group in the form of the published API.
fn shown(group: &Object) -> Value {
    let mut shown = group.body.clone();
    let count = apps_of(group).len();
    let own = json!({
        "ApplicationGroupID": group.id.to_string(), "Name": group.name, "AppCount": count.to_string(),
        "IsActive": group.state != "InActive", "ManagedByOrganizationGroupID": group.group.to_string(),
    });
    super::shown::overlay(&mut shown, own);
    shown.entry("Applications").or_insert_with(|| json!([]));
    Value::Object(shown)
}

pub(super) fn apps_of(group: &Object) -> Vec<Value> {
    group.body.get("Applications").and_then(Value::as_array).cloned().unwrap_or_default()
}

pub(super) fn no_group(id: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(format!("Application group not found: {id}."))
}

/// The known word for a kind of group, in any case.
pub(super) fn known_type(word: &str) -> Result<&'static str, Refusal> {
    let known = TYPES.iter().find(|known| known.eq_ignore_ascii_case(word));
    known.copied().ok_or_else(|| Refusal::bad(format!("'{word}' is not a valid AppGroupType.")))
}

/// What a body says about a group, checked.
pub(super) fn described(body: Map<String, Value>) -> Result<(String, Map<String, Value>), Refusal> {
    let mut body = body;
    let name = super::text(&body, "Name").ok_or_else(|| Refusal::bad("The Name field is required."))?.to_owned();
    let kind = super::text(&body, "AppGroupType").ok_or_else(|| Refusal::bad("The AppGroupType field is required."))?;
    let kind = known_type(kind)?;
    let platform = super::text(&body, "Platform").ok_or_else(|| Refusal::bad("The Platform field is required."))?;
    let platform = super::platform(platform)
        .ok_or_else(|| Refusal::bad(format!("'{platform}' is not a valid Platform.")))?
        .as_str()
        .to_owned();
    body.insert("AppGroupType".to_owned(), kind.into());
    body.insert("Platform".to_owned(), platform.into());
    Ok((name, body))
}

/// Stores a new group; a name is taken once in an organization group.
pub(super) async fn make(context: &Context, body: Map<String, Value>, owner: Option<i64>) -> Result<Object, Refusal> {
    let (name, body) = described(body)?;
    let owner = match owner {
        None => context.caller.group,
        Some(owner) => super::group(context, owner).await?.0,
    };
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(&name), group: Some(owner), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::bad(format!("An application group of the name '{name}' exists already.")));
    }
    let new = NewObject {
        kind: KIND,
        group: owner,
        parent: None,
        name: &name,
        state: "Active",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(made)
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let owner = match given.member_text("ManagedByOrganizationGroupID") {
        None => None,
        Some(text) => {
            let wrong = |_| Refusal::bad(format!("'{text}' is not a valid ManagedByOrganizationGroupID."));
            Some(text.parse::<i64>().map_err(wrong)?)
        }
    };
    let mut body = given.members();
    body.retain(|name, _| !["ApplicationGroupID", "AppCount", "IsActive"].contains(&name.as_str()));
    let made = make(&context, body, owner).await?;
    Ok(Said::json(200, shown(&made)))
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let owner = match given.asked("organizationgroupid") {
        None => None,
        Some(text) => {
            let wrong = |_| Refusal::bad(format!("The value '{text}' of organizationgroupid is not valid."));
            Some(super::group(&context, text.parse::<i64>().map_err(wrong)?).await?.0)
        }
    };
    let kind = given.asked("appgrouptype").map(known_type).transpose()?;
    let platform = super::search::asked_platform(&given)?;
    let name = given.asked("appgroupname");
    let (found, total) = list(&context, name, owner, kind, platform.as_deref(), page).await?;
    let groups: Vec<Value> = found.iter().map(shown).collect();
    Ok(Said::list(json!({ "AppGroups": groups, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// One page of the groups that fit, and how many fit.
pub(super) async fn list(
    context: &Context,
    name: Option<&str>,
    owner: Option<i64>,
    kind: Option<&str>,
    platform: Option<&str>,
    page: Page,
) -> Result<(Vec<Object>, u64), Refusal> {
    let wanted = Wanted { name_contains: name, group: owner, ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (mut found, _) = objects::list(context.database(), KIND, &wanted, all, context.scope()).await?;
    let says = |group: &Object, member: &str, word: Option<&str>| {
        word.is_none_or(|word| group.body.get(member).and_then(Value::as_str) == Some(word))
    };
    found.retain(|group| says(group, "AppGroupType", kind) && says(group, "Platform", platform));
    let total = found.len() as u64;
    let (skip, take) = (page.number as usize * page.size as usize, page.size as usize);
    Ok((found.into_iter().skip(skip).take(take).collect(), total))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("appgroupid");
    let group = objects::get(context.database(), KIND, id, context.scope()).await?.ok_or_else(|| no_group(id))?;
    Ok(Said::json(200, shown(&group)))
}

pub(super) async fn found(context: &Context, tx: &mut Transaction, id: i64) -> Result<Object, Refusal> {
    objects::find(tx, KIND, id, context.scope()).await?.ok_or_else(|| no_group(id))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut group = found(&context, &mut tx, given.id("appgroupid")).await?;
    let active = given.member("IsActive").and_then(Value::as_bool).unwrap_or(group.state != "InActive");
    let mut body = group.body.clone();
    body.insert("Name".to_owned(), group.name.clone().into());
    body.extend(given.members());
    body.retain(|name, _| !["ApplicationGroupID", "AppCount", "IsActive"].contains(&name.as_str()));
    let (name, body) = described(body)?;
    (group.name, group.body) = (name, body);
    group.state = if active { "Active" } else { "InActive" }.to_owned();
    objects::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let values = given.member("BulkValues").and_then(|bulk| bulk.get("Value")).and_then(Value::as_array);
    let values: Vec<String> = values.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    if values.is_empty() {
        return Err(Refusal::bad("The BulkValues field is required."));
    }
    let mut tx = context.begin().await?;
    let mut faults = Vec::new();
    for value in &values {
        let group = match value.parse::<i64>() {
            Ok(id) => objects::find(&mut tx, KIND, id, context.scope()).await?,
            Err(_) => None,
        };
        match group {
            Some(group) => objects::remove(&mut tx, &group).await?,
            None => {
                faults.push(json!({ "ErrorCode": 404, "ItemValue": value, "Message": "Application group not found." }));
            }
        }
    }
    if faults.len() == values.len() {
        return Err(no_group(values.join(", ")));
    }
    tx.commit().await?;
    let accepted = values.len() - faults.len();
    Ok(Said::json(
        200,
        json!({
            "TotalItems": values.len(), "AcceptedItems": accepted, "FailedItems": faults.len(),
            "Faults": { "Fault": faults },
        }),
    ))
}

fn sent_apps(given: &Given) -> Result<Vec<Value>, Refusal> {
    let apps = given.member("Applications").and_then(Value::as_array).cloned().unwrap_or_default();
    if apps.is_empty() { Err(Refusal::bad("The Applications field is required.")) } else { Ok(apps) }
}

fn same(one: &Value, other: &Value) -> bool {
    let bundle = |app: &Value| app["BundleId"].as_str().unwrap_or_default().to_lowercase();
    let name = |app: &Value| app["Name"].as_str().unwrap_or_default().to_lowercase();
    if bundle(one).is_empty() || bundle(other).is_empty() {
        name(one) == name(other)
    } else {
        bundle(one) == bundle(other)
    }
}

async fn add_apps(context: Context, given: Given) -> Result<Said, Refusal> {
    let new = sent_apps(&given)?;
    let mut tx = context.begin().await?;
    let mut group = found(&context, &mut tx, given.id("appgroupid")).await?;
    let mut apps = apps_of(&group);
    apps.retain(|known| !new.iter().any(|app| same(app, known)));
    apps.extend(new);
    group.body.insert("Applications".to_owned(), apps.into());
    objects::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn remove_apps(context: Context, given: Given) -> Result<Said, Refusal> {
    let gone = sent_apps(&given)?;
    let mut tx = context.begin().await?;
    let mut group = found(&context, &mut tx, given.id("appgroupid")).await?;
    let mut apps = apps_of(&group);
    let before = apps.len();
    apps.retain(|known| !gone.iter().any(|app| same(app, known)));
    if apps.len() == before {
        return Err(Refusal::not_found("The group has none of these applications."));
    }
    group.body.insert("Applications".to_owned(), apps.into());
    objects::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}
