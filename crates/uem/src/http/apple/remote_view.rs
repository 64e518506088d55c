//! Screens that devices can be shown on. An organization group has one of each name.

use std::net::IpAddr;

use serde_json::Value;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups;
use crate::store::page::Page;

const KIND: &str = "remote-view-destination";

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/AppleV1_getRemoteViewDestinationByLocationGroupId", needs(Settings, Read), of_group)
        .serve("mdmv1/AppleV1_CreateRemoteViewDestinationByLocationGroupId", needs(Settings, Create), create)
        .serve("mdmv1/AppleV1_UpdateRemoteViewDestinationById", needs(Settings, Edit), update)
        .serve("mdmv1/AppleV1_getRemoteViewDestinationById", needs(Settings, Read), get)
        .serve("mdmv1/AppleV1_DeleteRemoteViewDestinationById", needs(Settings, Delete), delete);
}

fn shown(destination: &Object) -> Value {
    let mut shown = Value::Object(destination.body.clone());
    shown["destinationId"] = destination.id.into();
    shown["destinationName"] = destination.name.clone().into();
    shown["locationGroupID"] = destination.group.into();
    shown
}

fn missing(id: i64) -> Refusal {
    Refusal::not_found(format!("Remote view destination not found: {id}."))
}

/// The newest one of a group.
async fn of_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.asked_id("groupId").unwrap_or_default();
    let (wanted, all) = (Wanted { group: Some(group), ..Wanted::default() }, Page::asked_or_all(None, None));
    let (found, _) = objects::list(context.database(), KIND, &wanted, all, context.scope()).await?;
    let none = || Refusal::not_found(format!("Organization group {group} has no remote view destination."));
    Ok(Said::json(200, shown(found.last().ok_or_else(none)?)))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let found = objects::get(context.database(), KIND, id, context.scope()).await?;
    Ok(Said::json(200, shown(&found.ok_or_else(|| missing(id))?)))
}

fn check(given: &Given) -> Result<(), Refusal> {
    if let Some(address) = given.member_text("destinationIPAddress").filter(|text| text.parse::<IpAddr>().is_err()) {
        return Err(Refusal::bad(format!("'{address}' is no IP address.")));
    }
    for name in ["audioPort", "videoPort"] {
        if let Some(port) = given.member_id(name).filter(|port| !(1..=65_535).contains(port)) {
            return Err(Refusal::bad(format!("The {name} {port} is not between 1 and 65535.")));
        }
    }
    Ok(())
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.required_text("destinationName")?;
    check(&given)?;
    let group = given.member_id("locationGroupID").unwrap_or(context.caller.group);
    if organization_groups::get(context.database(), group, context.scope()).await?.is_none() {
        return Err(Refusal::bad(format!("Organization group {group} is not found.")));
    }
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::shape(format!("The group has a destination of the name '{name}' already.")));
    }
    let (body, by) = (given.members(), &context.caller.name);
    let new = NewObject { kind: KIND, group, parent: None, name, state: "", body, created_by: by };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    let location = format!("{}/api/mdm/apple/remoteviewdestination/{}", context.tenant.url, made.id);
    Ok(Said::made_at(201, location, Value::Null))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    check(&given)?;
    let id = given.member_id("destinationId").unwrap_or_default();
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, id, context.scope()).await?;
    let mut destination = found.ok_or_else(|| missing(id))?;
    if let Some(name) = given.member_text("destinationName") {
        name.clone_into(&mut destination.name);
    }
    destination.body.extend(given.members());
    objects::save(&mut tx, &destination, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, id, context.scope()).await?;
    objects::remove(&mut tx, &found.ok_or_else(|| missing(id))?).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
