//! Profiles in the form of version 3: one document for every platform, payloads in a list, each with its type.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Edit, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::platforms::{self, ASSIGNMENT_TYPES, CONTEXTS, REMOVALS};
use super::write::{self, Draft, Wish, unprocessable};
use super::{no_profile, profile};
use crate::store::profiles::assignments::{self, Group};
use crate::store::profiles::{self, DEVICE, NewProfile, Profile};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv3/ProfilesV3_CreateDeviceProfileAsync", needs(Profiles, Create), create)
        .serve("mdmv3/ProfilesV3_GetDeviceProfileDetailsAsync", needs(Profiles, Read), get)
        .serve("mdmv3/ProfilesV3_UpdateDeviceProfile", needs(Profiles, Edit), update);
}

async fn draft(context: &Context, given: &Given, platform: &'static str) -> Result<Draft, Refusal> {
    let name = given.required_text("name")?;
    let group = match given.member_uuid("managed_organization_group_uuid") {
        Some(uuid) => owner::of_uuid(context, uuid).await?,
        None => context.caller.group,
    };
    let one_of = |name: &str, words, usual: &'static str| match given.member_text(name) {
        Some(word) => platforms::word(name, word, words),
        None => Ok(usual),
    };
    let uuids = |name: &str| {
        let list = given.member(name)?.as_array()?;
        Some(list.iter().filter_map(|uuid| uuid.as_str()?.parse().ok()).collect::<Vec<Uuid>>())
    };
    let flag = |name: &str| given.member(name).and_then(Value::as_bool);
    let mut general = Map::new();
    for (theirs, ours) in KEPT {
        if let Some(value) = given.member(theirs) {
            general.insert((*ours).to_owned(), value.clone());
        }
    }
    general.insert("AllowRemoval".to_owned(), json!(one_of("allow_removal", REMOVALS, "Always")?));
    Ok(Draft {
        profile: NewProfile {
            name: name.to_owned(),
            group,
            platform: platform.to_owned(),
            kind: DEVICE,
            active: flag("is_active").unwrap_or(true),
            assignment_type: one_of("assignment_type", ASSIGNMENT_TYPES, "Auto")?.to_owned(),
            context: one_of("profile_context", CONTEXTS, "Device")?.to_owned(),
            general,
            sections: sections(given)?,
        },
        assigned: Wish::Uuids(uuids("assigned_smart_groups")),
        excluded: Wish::Uuids(uuids("excluded_smart_groups")),
        new_version: flag("add_version").unwrap_or_default(),
    })
}

/// Members that only change their name, with the name under which they are kept.
const KEPT: &[(&str, &str)] = &[
    ("description", "Description"),
    ("removal_authorization_password", "Password"),
    ("assigned_schedule", "AssignedSchedule"),
    ("expiration_date", "ExpirationDate"),
    ("deployment", "Deployment"),
];

/// The payloads by their type; a second one of a type gets a number.
fn sections(given: &Given) -> Result<Map<String, Value>, Refusal> {
    let mut sections = Map::new();
    for payload in given.member("payloads").and_then(Value::as_array).into_iter().flatten() {
        let kind = payload.get("type").and_then(Value::as_str);
        let kind = kind.ok_or_else(|| Refusal::shape("The payloads.type field is required."))?;
        let same = sections.keys().filter(|name: &&String| name.split('#').next() == Some(kind)).count();
        let name = if same == 0 { kind.to_owned() } else { format!("{kind}#{}", same + 1) };
        sections.insert(name, payload.clone());
    }
    Ok(sections)
}

fn shown(profile: &Profile, groups: &[Group]) -> Value {
    let named = |excluded| -> Vec<Uuid> {
        groups.iter().filter(|group| group.excluded == excluded).map(|group| group.uuid).collect()
    };
    let general = |name: &str| profile.general.get(name);
    let payloads = profile.sections.iter().map(|(name, payload)| match payload.get("type") {
        Some(_) => payload.clone(),
        // Made in another version: its section, under its name there.
        None => json!({ "name": name, "settings": payload }),
    });
    let expires = general("ExpirationDate").and_then(Value::as_str).filter(|text| text.parse::<Timestamp>().is_ok());
    json!({
        "profile_uuid": profile.uuid, "name": profile.name, "platform": platforms::in_document(&profile.platform),
        "version": profile.version, "is_active": profile.is_active(), "profile_context": profile.context,
        "assignment_type": profile.assignment_type, "managed_organization_group_uuid": profile.group_uuid,
        "assigned_smart_groups": named(false), "excluded_smart_groups": named(true),
        "payloads": payloads.collect::<Vec<Value>>(), "description": general("Description"),
        "allow_removal": general("AllowRemoval"), "assigned_schedule": general("AssignedSchedule"),
        "expiration_date": expires, "add_version": false,
        "deployment": general("Deployment").cloned().unwrap_or_else(|| json!("MANAGED")),
    })
}

async fn said(context: &Context, uuid: Uuid) -> Result<Said, Refusal> {
    let profile = profiles::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| no_profile(uuid))?;
    let groups = assignments::of(context.database(), &[profile.id]).await?.remove(&profile.id).unwrap_or_default();
    Ok(Said::json(200, shown(&profile, &groups)))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    said(&context, given.uuid("profileUuid")).await
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let word = given.required_text("platform")?;
    let platform = platforms::known(word).ok_or_else(|| Refusal::shape(format!("Unknown platform '{word}'.")))?;
    let draft = draft(&context, &given, platform).await.map_err(unprocessable)?;
    let (_, uuid) = write::make(&context, &draft).await.map_err(unprocessable)?;
    said(&context, uuid).await
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("profileUuid");
    let missing = || Refusal::bad(format!("Profile not found: {uuid}."));
    let before = profiles::get(context.database(), uuid, context.scope()).await?.ok_or_else(missing)?;
    let platform = match given.member_text("platform") {
        None => platforms::known(&before.platform),
        Some(word) => platforms::known(word),
    };
    let platform = platform.ok_or_else(|| Refusal::shape("Unknown platform."))?;
    let draft = draft(&context, &given, platform).await.map_err(unprocessable)?;
    let mut tx = context.begin().await?;
    let mut profile = profile(&context, &mut tx, uuid, missing).await?;
    write::change(&context, &mut tx, &mut profile, &draft).await.map_err(unprocessable)?;
    tx.commit().await?;
    said(&context, uuid).await
}
