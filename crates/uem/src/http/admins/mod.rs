//! Administrators as published: in version 1 by id, in version 2 by UUID, both at the desk of the console, which
//! lets nobody give away rights that they do not have.

mod change;
mod guide;
mod read;
mod roles;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::console::desk;
use super::context::Context;
use super::given::Given;
use super::limits::Counted;
use super::policy::Action::{Create, Delete, Edit, Read};
use super::policy::Resource::Admins;
use super::policy::needs;
use super::refusal::Refusal;
use super::table::Table;
use crate::console::Objection;
use crate::store::access::admins::{Admin, Grant};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/AdminsV1_SearchAsync", needs(Admins, Read), read::search)
        .serve("systemv1/AdminsV1_Get", needs(Admins, Read), read::get)
        .serve("systemv1/AdminsV1_GetConfigurationsAboutPage", needs(Admins, Read), read::about_page)
        .serve("systemv1/AdminsV1_UpdateConfigurationsAboutPage", needs(Admins, Edit), change::about_page)
        .serve("systemv1/AdminsV1_Put", needs(Admins, Create), change::add)
        .serve("systemv1/AdminsV1_UpdateAdminUser", needs(Admins, Edit), change::update)
        .serve("systemv1/AdminsV1_Delete", needs(Admins, Delete), change::delete)
        .serve("systemv1/AdminsV1_AddRoleToUser", needs(Admins, Edit), change::add_role)
        .serve("systemv1/AdminsV1_RemoveRoleFromUser", needs(Admins, Edit), change::remove_role)
        .serve("systemv2/AdminsV2_SearchAsync", needs(Admins, Read), read::search_v2)
        .serve("systemv2/AdminsV2_Get", needs(Admins, Read), read::get_v2)
        .serve("systemv2/AdminsV2_Create", needs(Admins, Create), change::add_v2)
        .serve("systemv2/AdminsV2_Update", needs(Admins, Edit), change::update_v2)
        .serve("systemv2/AdminsV2_Delete", needs(Admins, Delete), change::delete_v2)
        .serve("systemv2/AdminsV2_PasswordResetEmailAsync", needs(Admins, Edit), change::reset_password)
        .serve("systemv2/AdminsV2_AddRoleToUser", needs(Admins, Edit), change::grant)
        .serve("systemv2/AdminsV2_RemoveRoleFromUser", needs(Admins, Edit), change::withdraw)
        .serve("systemv1/AdminIdentityV1_GetAdminIdentity", needs(Admins, Read), read::identity);
    guide::routes(table);
    roles::routes(table);
}

/// Published routes of administrators know 400 and 403 only.
fn refused(objection: Objection) -> Refusal {
    match objection {
        Objection::NotFound(message) | Objection::Invalid(message) | Objection::Conflict(message) => {
            Refusal::bad(message)
        }
        other => other.into(),
    }
}

/// Whom a route is about.
#[derive(Debug, Clone, Copy)]
enum Whom {
    Id(i64),
    Uuid(Uuid),
}

async fn admin(context: &Context, whom: Whom) -> Result<Admin, Refusal> {
    match whom {
        Whom::Id(id) => desk(context).account(id).await.map_err(refused),
        Whom::Uuid(uuid) => {
            let all = desk(context).accounts().await.map_err(refused)?;
            let missing = || Refusal::bad(format!("Administrator {uuid} is not found or not accessible."));
            all.into_iter().find(|admin| admin.uuid == uuid).ok_or_else(missing)
        }
    }
}

/// What the API may say of an administrator besides names, address and roles.
const DETAILS: [&str; 9] = [
    "TimeZone",
    "TimeZoneIdentifier",
    "Locale",
    "InitialLandingPage",
    "IsActiveDirectoryUser",
    "RequiresPasswordChange",
    "ExternalId",
    "MessageType",
    "IdentitySource",
];

/// A member of the body, however this version spells it.
fn said<'a>(given: &'a Given, name: &str) -> Option<&'a Value> {
    let members = given.body.as_object()?;
    let found = members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

fn said_text<'a>(given: &'a Given, name: &str) -> Option<&'a str> {
    said(given, name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn details(given: &Given) -> Map<String, Value> {
    DETAILS.iter().filter_map(|&name| Some((name.to_owned(), said(given, name)?.clone()))).collect()
}

/// The group that a body names by id or UUID, in any of the spellings.
async fn group_of(context: &Context, given: &Given) -> Result<Option<i64>, Refusal> {
    let id = ["LocationGroupId", "organizationGroupId"].into_iter().find_map(|name| {
        let value = said(given, name)?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    });
    if let Some(id) = id {
        return Ok(Some(super::organization_groups::named(context, id).await?.id));
    }
    match said_text(given, "OrganizationGroupUuid").and_then(|text| text.parse::<Uuid>().ok()) {
        Some(uuid) => Ok(Some(super::organization_groups::named_uuid(context, uuid).await?.id)),
        None => Ok(None),
    }
}

/// A role in a group, as a body names it by id, UUID or name; in the group `home` unless it says otherwise.
async fn grant_of(context: &Context, role: &Value, home: i64) -> Result<Grant, Refusal> {
    let text = |name: &str| {
        let members = role.as_object()?;
        let (_, value) = members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    };
    let named = text("Id").or_else(|| text("Uuid")).or_else(|| text("Name"));
    let named = named.ok_or_else(|| Refusal::bad("The Id of the role is required."))?;
    let found = desk(context).role(&named).await.map_err(refused)?;
    let place = text("LocationGroupId").or_else(|| text("organizationGroupId"));
    let place = place.or_else(|| text("OrganizationGroupUuid"));
    let group = match place {
        None => home,
        Some(place) => desk(context).group(&place).await.map_err(refused)?,
    };
    Ok(Grant { role: found.id, group })
}

/// The roles of a body.
async fn grants_of(context: &Context, given: &Given, home: i64) -> Result<Vec<Grant>, Refusal> {
    let mut grants = Vec::new();
    for role in said(given, "Roles").and_then(Value::as_array).into_iter().flatten() {
        grants.push(grant_of(context, role, home).await?);
    }
    Ok(grants)
}

/// When an administrator was last here, also if that is not written yet.
pub(super) fn last_login(context: &Context, admin: &Admin) -> Option<jiff::Timestamp> {
    context.reception.days.last(Counted::Account(admin.id)).or(admin.last_login_at)
}

/// An administrator under all the names that the versions have.
async fn shown(context: &Context, admin: &Admin) -> Result<Value, Refusal> {
    let roles = desk(context).roles().await.map_err(refused)?;
    let mut shown = Value::Object(admin.details.clone());
    let groups = crate::store::organization_groups::below(context.database(), crate::store::tenant::ROOT_GROUP).await?;
    let group = |id: i64| groups.iter().find(|placed| placed.group.id == id).map(|placed| &placed.group);
    let grants: Vec<Value> = admin
        .grants
        .iter()
        .filter_map(|grant| {
            let role = roles.iter().find(|role| role.id == grant.role)?;
            let place = group(grant.group);
            Some(json!({
                "Id": role.id, "Uuid": role.uuid, "Name": role.name, "Description": role.description,
                "IsActive": true, "LocationGroupId": grant.group.to_string(), "organizationGroupId": grant.group,
                "LocationGroup": place.map(|group| group.name.as_str()),
                "OrganizationGroupUuid": place.map(|group| group.uuid), "UserLinkId": admin.id,
            }))
        })
        .collect();
    let home = group(admin.group);
    for (name, value) in [
        ("Id", json!(admin.id)),
        ("Uuid", json!(admin.uuid)),
        ("UserName", json!(admin.username)),
        ("FirstName", json!(admin.first_name)),
        ("LastName", json!(admin.last_name)),
        ("Email", json!(admin.email)),
        ("LocationGroupId", json!(admin.group.to_string())),
        ("organizationGroupId", json!(admin.group)),
        ("LocationGroup", json!(home.map(|group| group.name.as_str()))),
        ("organizationGroupName", json!(home.map(|group| group.name.as_str()))),
        ("OrganizationGroupUuid", json!(home.map(|group| group.uuid))),
        ("Roles", json!(grants)),
        ("Status", json!(if admin.active { "Active" } else { "Inactive" })),
        ("LastLoginTimeStamp", json!(last_login(context, admin).map(jiff::Timestamp::as_microsecond))),
        ("createdDate", json!(admin.created_at.as_microsecond())),
        ("lastActionSource", json!("API")),
    ] {
        shown[name] = value;
    }
    for name in ["IsActiveDirectoryUser", "RequiresPasswordChange"] {
        if shown.get(name).is_none() {
            shown[name] = json!(false);
        }
    }
    Ok(shown)
}
