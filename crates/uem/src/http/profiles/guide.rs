//! Profiles and resources in the guide's dialect: `/profiles` and `/resources` are documents, `/deviceprofiles` is what
//! becomes of them on devices.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Delete, Edit, Execute, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::platforms::{self, ASSIGNMENT_TYPES};
use super::write::{self, Draft, Wish};
use super::{install, no_profile, profile, search, state};
use crate::store::profiles::assignments::{self, Group};
use crate::store::profiles::on_devices::{self, Named};
use crate::store::profiles::{self, DEVICE, NewProfile, Profile, RESOURCE, Wanted};

pub(super) fn routes(table: &mut Table) {
    documents(table, "profiles", DEVICE);
    documents(table, "resources", RESOURCE);
    table
        .serve("guide/deviceprofiles.search", needs(Profiles, Read), |context, given| list(context, given, DEVICE))
        .serve("guide/deviceprofiles.list", needs(Profiles, Read), |context, given| list(context, given, DEVICE))
        .serve("guide/deviceprofiles.get", needs(Profiles, Read), |context, given| get(context, given, DEVICE))
        .serve("guide/deviceprofiles.devices", needs(Profiles, Read), devices)
        .serve("guide/deviceprofiles.install", needs(Profiles, Execute), |context, given| bulk(context, given, true))
        .serve("guide/deviceprofiles.remove", needs(Profiles, Execute), |context, given| bulk(context, given, false))
        .serve("guide/deviceprofiles.activate", needs(Profiles, Edit), |context, given| turn(context, given, true))
        .serve("guide/deviceprofiles.deactivate", needs(Profiles, Edit), |context, given| turn(context, given, false));
}

/// The routes that documents of both kinds have.
fn documents(table: &mut Table, root: &str, kind: &'static str) {
    let key = |action: &str| format!("guide/{root}.{action}");
    table
        .serve(&key("search"), needs(Profiles, Read), move |context, given| list(context, given, kind))
        .serve(&key("list"), needs(Profiles, Read), move |context, given| list(context, given, kind))
        .serve(&key("get"), needs(Profiles, Read), move |context, given| get(context, given, kind))
        .serve(&key("add"), needs(Profiles, Create), move |context, given| add(context, given, kind))
        .serve(&key("update"), needs(Profiles, Edit), move |context, given| update(context, given, kind))
        .serve(&key("delete"), needs(Profiles, Delete), move |context, given| delete(context, given, kind))
        .serve(&key("assign"), needs(Profiles, Edit), move |context, given| assign(context, given, kind))
        .serve(&key("assignments"), needs(Profiles, Read), move |context, given| assigned(context, given, kind));
}

async fn list(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let page = given.page()?;
    let (order, descending) = search::order(given.asked("orderby"), given.asked("sortorder"))?;
    let state = match given.asked("status") {
        None => None,
        Some(word) => Some(platforms::word("status", word, platforms::STATES)?),
    };
    let wanted = Wanted {
        name: given.asked("name"),
        platform: platforms::asked(given.asked("platform"))?,
        kind: Some(kind),
        state,
        group: owner::asked(&context, given.asked_id("lgid")).await?,
        order,
        descending,
        ..Wanted::default()
    };
    let (found, total) = search::found(&context, &wanted, page).await?;
    let shown: Vec<Value> = found.iter().map(|(profile, groups)| shown(profile, groups)).collect();
    let rows = if kind == RESOURCE { "Resources" } else { "Profiles" };
    Ok(Said::json(200, json!({ rows: shown, "Page": page.number, "PageSize": page.size, "Total": total })))
}

fn shown(profile: &Profile, groups: &[Group]) -> Value {
    let mut shown = search::row(profile);
    let groups: Vec<Value> = groups
        .iter()
        .filter(|group| !group.excluded)
        .map(|group| json!({ "SmartGroupId": group.id, "SmartGroupUuid": group.uuid, "Name": group.name }))
        .collect();
    shown["Name"] = json!(profile.name);
    shown["Description"] = profile.general.get("Description").cloned().unwrap_or_default();
    shown["Payloads"] = Value::Object(profile.sections.clone());
    shown["SmartGroups"] = Value::Array(groups);
    shown
}

/// The document of the path, of the kind that the address is about.
async fn read(context: &Context, given: &Given, kind: &str) -> Result<Profile, Refusal> {
    let id = given.id("id");
    let found = profiles::get(context.database(), id, context.scope()).await?;
    found.filter(|found| found.kind == kind).ok_or_else(|| no_profile(id))
}

async fn get(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let profile = read(&context, &given, kind).await?;
    let groups = assignments::of(context.database(), &[profile.id]).await?.remove(&profile.id).unwrap_or_default();
    Ok(Said::json(200, shown(&profile, &groups)))
}

async fn draft(
    context: &Context,
    given: &Given,
    kind: &'static str,
    before: Option<&Profile>,
) -> Result<Draft, Refusal> {
    let name = given.member_text("Name").map(str::to_owned).or_else(|| before.map(|profile| profile.name.clone()));
    let name = name.ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let platform = match (kind, given.member_text("Platform"), before) {
        (RESOURCE, _, _) => platforms::RESOURCE,
        (_, Some(word), _) => platforms::asked(Some(word))?.unwrap_or_default(),
        (_, None, Some(before)) => platforms::known(&before.platform).unwrap_or_default(),
        (_, None, None) => return Err(Refusal::bad("The Platform field is required.")),
    };
    let group = match (given.member_id("LocationGroupId"), before) {
        (None, Some(before)) => before.group,
        (asked, _) => owner::group(context, asked).await?,
    };
    let assignment_type = match (given.member_text("AssignmentType"), before) {
        (Some(word), _) => platforms::word("AssignmentType", word, ASSIGNMENT_TYPES)?.to_owned(),
        (None, Some(before)) => before.assignment_type.clone(),
        (None, None) => "Auto".to_owned(),
    };
    let mut general = before.map(|profile| profile.general.clone()).unwrap_or_default();
    if let Some(description) = given.member("Description") {
        general.insert("Description".to_owned(), description.clone());
    }
    let payloads = match given.member("Payloads") {
        None => None,
        Some(Value::Object(payloads)) => Some(payloads.clone()),
        Some(_) => return Err(Refusal::shape("The field Payloads must be an object.")),
    };
    let groups = given.member("SmartGroupIds").and_then(Value::as_array);
    let groups = groups.map(|ids| ids.iter().filter_map(Value::as_i64).collect());
    Ok(Draft {
        profile: NewProfile {
            name,
            group,
            platform: platform.to_owned(),
            kind,
            active: before.is_none_or(Profile::is_active),
            assignment_type,
            context: "Device".to_owned(),
            general,
            // A new payload is a new version; what is only renamed stays as it is on the devices.
            sections: payloads.clone().or_else(|| before.map(|one| one.sections.clone())).unwrap_or_else(Map::new),
        },
        assigned: Wish::Ids(groups),
        excluded: Wish::Ids(None),
        new_version: payloads.is_some(),
    })
}

async fn add(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let draft = draft(&context, &given, kind, None).await?;
    let (id, _) = write::make(&context, &draft).await?;
    Ok(Said::json(200, json!({ "Value": id })))
}

async fn update(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let before = read(&context, &given, kind).await?;
    let draft = draft(&context, &given, kind, Some(&before)).await?;
    let mut tx = context.begin().await?;
    let mut profile = profile(&context, &mut tx, before.id, || no_profile(before.id)).await?;
    write::change(&context, &mut tx, &mut profile, &draft).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn delete(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let profile = read(&context, &given, kind).await?;
    state::delete(&context, profile.id.into(), no_profile(profile.id)).await
}

async fn turn(context: Context, given: Given, on: bool) -> Result<Said, Refusal> {
    let profile = read(&context, &given, DEVICE).await?;
    state::turn(&context, profile.id.into(), on, true).await
}

async fn assign(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let ids = given.member("SmartGroupIds").and_then(Value::as_array);
    let ids: Vec<i64> = ids.into_iter().flatten().filter_map(Value::as_i64).collect();
    if ids.is_empty() {
        return Err(Refusal::bad("The SmartGroupIds field is required."));
    }
    let found = read(&context, &given, kind).await?;
    let mut tx = context.begin().await?;
    let assigned = Wish::Ids(Some(ids)).ids(&context, &mut tx).await?;
    write::reassign(&mut tx, found.id, assigned, None).await?;
    write::publish(&context, &mut tx, found.id).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn assigned(context: Context, given: Given, kind: &'static str) -> Result<Said, Refusal> {
    let profile = read(&context, &given, kind).await?;
    let groups = assignments::of(context.database(), &[profile.id]).await?.remove(&profile.id).unwrap_or_default();
    let shown = shown(&profile, &groups);
    Ok(Said::json(200, json!({ "Assignments": shown["SmartGroups"] })))
}

/// States of a profile on a device.
const STATUSES: &[&str] = &["PendingInstall", "ConfirmedInstall", "PendingRemoval", "ConfirmedRemoval", "NotInstalled"];

async fn devices(context: Context, given: Given) -> Result<Said, Refusal> {
    let profile = read(&context, &given, DEVICE).await?;
    let page = given.page()?;
    let status = given.asked("status").map(|word| platforms::word("status", word, STATUSES)).transpose()?;
    let (found, total) = on_devices::rows(context.database(), profile.id, status, page, context.scope()).await?;
    let shown: Vec<Value> = found
        .iter()
        .map(|row| {
            json!({ "DeviceId": row.device, "DeviceFriendlyName": row.name, "Status": row.status,
                "Version": row.version, "LastUpdated": row.updated_at.as_microsecond() })
        })
        .collect();
    Ok(Said::json(200, json!({ "DeviceProfiles": shown, "Page": page.number, "PageSize": page.size, "Total": total })))
}

/// Installs or removes a profile on several devices; says of each one that could not be asked why.
async fn bulk(context: Context, given: Given, install: bool) -> Result<Said, Refusal> {
    let ids = given.member("DeviceIds").and_then(Value::as_array);
    let ids: Vec<i64> = ids.into_iter().flatten().filter_map(Value::as_i64).collect();
    if ids.is_empty() {
        return Err(Refusal::bad("The DeviceIds field is required."));
    }
    let found = read(&context, &given, DEVICE).await?;
    let mut tx = context.begin().await?;
    let mut faults = Vec::new();
    for id in &ids {
        let asked = match on_devices::target(&mut tx, Named::Id(*id), context.scope()).await? {
            None => Err(Refusal::no_device(id)),
            Some(device) => install::ask(&context, &mut tx, &found, &device, install).await,
        };
        match asked {
            Ok(()) => {}
            Err(Refusal::Fault { status, code, message }) if status < 500 => {
                faults.push(json!({ "ErrorCode": code, "ItemValue": id, "Message": message }));
            }
            Err(other) => return Err(other),
        }
    }
    if faults.len() == ids.len() {
        return Err(Refusal::not_found("None of the devices can be asked to do so."));
    }
    tx.commit().await?;
    Ok(Said::json(
        200,
        json!({ "TotalItems": ids.len(), "AcceptedItems": ids.len() - faults.len(), "FailedItems": faults.len(),
            "Faults": faults }),
    ))
}
