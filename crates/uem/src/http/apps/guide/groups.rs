//! The guide's `/appgroups`.

use serde_json::{Map, Value, json};

use super::super::super::context::Context;
use super::super::super::given::Given;
use super::super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::said::Said;
use super::super::super::table::Table;
use super::super::app_groups::{self, KIND, apps_of, described, known_type, no_group};
use super::super::search;
use super::catalogue::without;
use crate::store::objects::{self, Object};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/appgroups.list", needs(Apps, Read), list)
        .serve("guide/appgroups.search", needs(Apps, Read), list)
        .serve("guide/appgroups.get", needs(Apps, Read), get)
        .serve("guide/appgroups.add", needs(Apps, Create), add)
        .serve("guide/appgroups.update", needs(Apps, Edit), update)
        .serve("guide/appgroups.delete", needs(Apps, Delete), delete);
}

fn shown(group: &Object) -> Value {
    let mut shown = group.body.clone();
    let apps = apps_of(group);
    let own = json!({
        "Id": { "Value": group.id }, "Uuid": group.uuid, "Name": group.name, "AppCount": apps.len(),
        "Applications": apps, "ManagedByOrganizationGroupId": group.group,
    });
    super::super::shown::overlay(&mut shown, own);
    Value::Object(shown)
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let kind = given.asked("appgrouptype").map(known_type).transpose()?;
    let platform = search::asked_platform(&given)?;
    let (found, total) = app_groups::list(&context, given.asked("name"), None, kind, platform.as_deref(), page).await?;
    let groups: Vec<Value> = found.iter().map(shown).collect();
    Ok(Said::json(200, json!({ "AppGroups": groups, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let group = objects::get(context.database(), KIND, id, context.scope()).await?.ok_or_else(|| no_group(id))?;
    Ok(Said::json(200, shown(&group)))
}

/// What a body says of a group; its owner is no part of it.
fn said(given: &Given) -> Map<String, Value> {
    without(given, &["Id", "Uuid", "AppCount", "ManagedByOrganizationGroupId"])
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let made = app_groups::make(&context, said(&given), given.member_id("ManagedByOrganizationGroupId")).await?;
    let address = format!("{}/API/v1/appgroups/{}", context.tenant.url, made.id);
    Ok(Said::made_at(201, address, shown(&made)))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let mut group = app_groups::found(&context, &mut tx, given.id("id")).await?;
    let mut body = group.body.clone();
    body.insert("Name".to_owned(), group.name.clone().into());
    body.extend(said(&given));
    (group.name, group.body) = described(body)?;
    objects::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, shown(&group)))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut tx = context.begin().await?;
    let group = app_groups::found(&context, &mut tx, given.id("id")).await?;
    objects::remove(&mut tx, &group).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
