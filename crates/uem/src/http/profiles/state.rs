//! A profile's life: turned on and off, removed, and how far it has come.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Delete, Edit, Read};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::products;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{no_profile, profile, write};
use crate::store::objects::Key;
use crate::store::page::Page;
use crate::store::profiles::{self, ACTIVE, INACTIVE, Profile, Wanted, on_devices};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProfilesV1_ActivateProfileAsync", needs(Profiles, Edit), activate_uuid)
        .serve("mdmv1/ProfilesV1_ActivateProfileAsync#2", needs(Profiles, Edit), activate_id)
        .serve("mdmv1/ProfilesV1_DeactivateProfileAsync", needs(Profiles, Edit), deactivate_uuid)
        .serve("mdmv1/ProfilesV1_DeactivateProfileAsync#2", needs(Profiles, Edit), deactivate_id)
        .serve("mdmv1/ProfilesV1_DeleteDeviceProfileAsync", needs(Profiles, Delete), delete_id)
        .serve("mdmv1/ProfilesV1_DeleteProfileAsync", needs(Profiles, Delete), delete_uuid)
        .serve("mdmv3/ProfilesV3_DeleteDeviceProfileAsync", needs(Profiles, Delete), delete_uuid)
        .serve("mdmv1/ProfilesV1_GetProfileStatusCountsAsync", needs(Profiles, Read), summary)
        .serve("mdmv1/ProfilesV1_GetProfileDetailsAsync", needs(Profiles, Read), detail)
        .serve("mdmv1/ProfilesV1_GetSsoProfileStatus", needs(Profiles, Read), single_sign_on);
}

/// It is in that state already.
const SAME_STATE: i64 = 5311;

pub(super) async fn turn(context: &Context, key: Key, on: bool, strict: bool) -> Result<Said, Refusal> {
    let shown = match key {
        Key::Id(id) => id.to_string(),
        Key::Uuid(uuid) => uuid.to_string(),
    };
    let mut tx = context.begin().await?;
    let mut profile = profile(context, &mut tx, key, || no_profile(&shown)).await?;
    if profile.is_active() == on {
        if strict {
            let message = format!("Profile {shown} is {} already.", if on { "active" } else { "inactive" });
            return Err(Refusal::new(400, SAME_STATE, message));
        }
        return Ok(Said::nothing(200));
    }
    profile.state = if on { ACTIVE } else { INACTIVE }.to_owned();
    profiles::save(&mut tx, &profile, context.now()).await?;
    write::publish(context, &mut tx, profile.id).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn activate_uuid(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, given.uuid("profileUuid").into(), true, true).await
}

async fn activate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, given.id("profileid").into(), true, false).await
}

async fn deactivate_uuid(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, given.uuid("profileUuid").into(), false, true).await
}

async fn deactivate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    turn(&context, given.id("profileid").into(), false, true).await
}

/// A repeated removal is bad input here, not something that is not found.
pub(super) fn gone() -> Refusal {
    Refusal::bad("Profile not found, or the user has no access to it.")
}

async fn delete_id(context: Context, given: Given) -> Result<Said, Refusal> {
    delete(&context, given.id("profileid").into(), gone()).await
}

async fn delete_uuid(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("profileUuid");
    delete(&context, uuid.into(), no_profile(uuid)).await
}

pub(super) async fn delete(context: &Context, key: Key, missing: Refusal) -> Result<Said, Refusal> {
    let found = profiles::get(context.database(), key, context.scope()).await?;
    let profile = found.ok_or(missing)?;
    if let Some(product) = products::bringing(context, profile.id).await? {
        return Err(Refusal::bad(format!("The product '{}' brings this profile.", product.name)));
    }
    let mut tx = context.begin().await?;
    profiles::remove(&mut tx, &profile).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn read(context: &Context, given: &Given) -> Result<Profile, Refusal> {
    let uuid = given.uuid("profileUuid");
    profiles::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| no_profile(uuid))
}

async fn summary(context: Context, given: Given) -> Result<Said, Refusal> {
    let profile = read(&context, &given).await?;
    let counts = on_devices::counts(context.database(), profile.id).await?;
    let all: u64 = counts.iter().map(|(_, devices)| devices).sum();
    let installed: u64 =
        counts.iter().filter(|(status, _)| status == "ConfirmedInstall").map(|(_, devices)| devices).sum();
    let shown = json!({
        "profile_name": profile.name, "active": profile.is_active(), "device_type": profile.platform,
        "device_profile_assignment_type": profile.assignment_type, "assigned_count": all,
        "installed_count": installed, "not_installed_count": all - installed,
        "last_profile_published_version": profile.version, "cloud_profile": false,
    });
    Ok(Said::json(200, shown))
}

async fn detail(context: Context, given: Given) -> Result<Said, Refusal> {
    if let Some(group) = given.asked_uuid("organizationgroupuuid") {
        owner::of_uuid(&context, group).await?;
    }
    let profile = read(&context, &given).await?;
    let shown = json!({
        "name": profile.name, "is_active": profile.is_active(), "managed_by": profile.group_name,
        "platform": profile.platform, "is_actionable": profile.is_active(),
    });
    Ok(Said::json(200, shown))
}

/// Sections that sign people in at once, by platform.
const SIGN_ON: &[(&str, &str, &[&str])] = &[
    ("androidSsoProfileConfigured", "Android", &["AndroidContainerSingleSignOn"]),
    ("iosSsoProfileConfigured", "Apple", &["SingleSignOn", "SsoExtensionList"]),
    ("windowsSsoProfileConfigured", "WinRT", &["WINDOWS_HELLO"]),
];

async fn single_sign_on(context: Context, _: Given) -> Result<Said, Refusal> {
    let mut shown = json!({ "id": context.caller.group });
    for (member, platform, sections) in SIGN_ON {
        let wanted =
            Wanted { platform: Some(platform), state: Some(ACTIVE), payloads: sections.to_vec(), ..Wanted::default() };
        let one = Page::asked(None, Some(1));
        let (_, total) = profiles::list(context.database(), &wanted, one, context.scope()).await?;
        shown[*member] = Value::Bool(total > 0);
    }
    Ok(Said::json(200, shown))
}
