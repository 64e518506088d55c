//! Profiles of automated enrollment: what a device is told when it is switched on for the first time.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::automated_enrollment::{self, LINK, PROFILE};
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups;
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/DeviceEnrollmentProgramV1_AddAdeProfileAsync", needs(Profiles, Create), add)
        .serve("mdmv1/DeviceEnrollmentProgramV1_SearchAsync", needs(Profiles, Read), search)
        .serve("mdmv1/DeviceEnrollmentProgramV1_ViewSharedMdmProfileDataAsync", needs(Profiles, Read), get)
        .serve("mdmv1/DeviceEnrollmentProgramV1_EditAdeProfileAsync", needs(Profiles, Edit), edit)
        .serve("mdmv1/DeviceEnrollmentProgramV1_DeleteMdmEnrollmentProgramDataAsync", needs(Profiles, Delete), delete);
}

/// The profile that an argument of the path names.
pub(super) async fn named(context: &Context, given: &Given) -> Result<Object, Refusal> {
    let text = given.text("profileUuid");
    let missing = || Refusal::not_found(format!("Enrollment profile not found: {text}."));
    let uuid: uuid::Uuid = text.parse().map_err(|_| missing())?;
    objects::get(context.database(), PROFILE, uuid, context.scope()).await?.ok_or_else(missing)
}

fn shown(profile: &Object) -> Value {
    let mut shown = Value::Object(profile.body.clone());
    shown["id"] = profile.id.into();
    shown["SharedMdmProfileDataId"] = profile.id.into();
    shown["uuid"] = json!(profile.uuid);
    shown["ProfileName"] = profile.name.clone().into();
    shown["DeviceLocationGroupId"] = profile.group.into();
    shown
}

/// What is kept of a body: the password of an account that no device here makes is not.
fn body(given: &Given) -> Map<String, Value> {
    let mut body = given.members();
    body.remove("Password");
    body
}

async fn group(context: &Context, given: &Given) -> Result<Option<i64>, Refusal> {
    let Some(id) = given.member_id("DeviceLocationGroupId") else { return Ok(None) };
    match organization_groups::get(context.database(), id, context.scope()).await? {
        Some(group) => Ok(Some(group.id)),
        None => Err(Refusal::not_found(format!("Organization group {id} is not found."))),
    }
}

async fn refuse_taken(
    context: &Context,
    tx: &mut muster_store::Transaction,
    name: &str,
    group: i64,
    own: i64,
) -> Result<(), Refusal> {
    let taken = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    match objects::first(tx, PROFILE, &taken, context.scope()).await? {
        Some(other) if other.id != own => {
            Err(Refusal::bad(format!("An enrollment profile of the name '{name}' exists already.")))
        }
        _ => Ok(()),
    }
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.member_text("ProfileName").ok_or_else(|| Refusal::bad("The ProfileName field is required."))?;
    let group = group(&context, &given).await?.unwrap_or(context.caller.group);
    let mut tx = context.begin().await?;
    refuse_taken(&context, &mut tx, name, group, 0).await?;
    let by = &context.caller.name;
    let new = NewObject { kind: PROFILE, group, parent: None, name, state: "", body: body(&given), created_by: by };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!(made.id)))
}

async fn edit(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut profile = named(&context, &given).await?;
    profile.group = group(&context, &given).await?.unwrap_or(profile.group);
    if let Some(name) = given.member_text("ProfileName") {
        name.clone_into(&mut profile.name);
    }
    profile.body.extend(body(&given));
    let mut tx = context.begin().await?;
    refuse_taken(&context, &mut tx, &profile.name, profile.group, profile.id).await?;
    objects::save(&mut tx, &profile, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(&named(&context, &given).await?)))
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.asked_uuid("OrganizationGroupUuid") {
        None => None,
        Some(uuid) => {
            let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
            let missing = || Refusal::not_found(format!("Organization group {uuid} is not found."));
            Some(found.ok_or_else(missing)?.id)
        }
    };
    let wanted = Wanted { name_contains: given.asked("SearchText"), group, ..Wanted::default() };
    let asked = given.page()?;
    let size = if given.asked("PageSize").is_some() { asked.size.min(500) } else { 50 };
    let page = Page { number: asked.number, size };
    let (found, total) = objects::list(context.database(), PROFILE, &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = found.iter().map(shown).collect();
    Ok(Said::list(json!({ "ProfileList": rows, "TotalResults": total }), total))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let profile = named(&context, &given).await?;
    let used = objects::links_to(context.database(), LINK, profile.uuid).await?.len();
    if used > 0 {
        return Err(Refusal::bad(format!("The enrollment profile is assigned to {used} devices.")));
    }
    let mut tx = context.begin().await?;
    objects::remove(&mut tx, &profile).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// The profile that devices of a platform get when nobody chose one, if there is one: the newest of those.
pub(super) async fn usual(context: &Context, platform: &str) -> Result<Option<Object>, Refusal> {
    let member = match platform {
        "Apple" => "AssignProfileAsDefaultForIos",
        automated_enrollment::MAC => "AssignProfileAsDefaultForMacos",
        _ => return Ok(None),
    };
    let everything = Page::asked_or_all(None, None);
    let (all, _) = objects::list(context.database(), PROFILE, &Wanted::default(), everything, context.scope()).await?;
    Ok(all.into_iter().rfind(|profile| profile.body.get(member).and_then(Value::as_bool) == Some(true)))
}
