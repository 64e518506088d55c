//! Profiles are made and changed by platform, in the form of version 2.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Create, Edit};
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::details::invalid_profile;
use super::platforms::{self, ASSIGNMENT_TYPES, CONTEXTS};
use super::profile;
use crate::http::change::Change;
use crate::store::profiles::assignments::{self, Naming};
use crate::store::profiles::{self, DEVICE, NewProfile, Profile};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/ProfilesV2_CreateAndroidDeviceProfileAsync", needs(Profiles, Create), |context, given| {
            create(context, given, "Android")
        })
        .serve("mdmv2/ProfilesV2_UpdateAndroidDeviceProfileAsync", needs(Profiles, Edit), |context, given| {
            update(context, given, "Android")
        })
        .serve("mdmv2/ProfilesV2_CreateAppleDeviceProfileAsync", needs(Profiles, Create), |context, given| {
            create(context, given, "Apple")
        })
        .serve("mdmv2/ProfilesV2_UpdateAppleDeviceProfileAsync", needs(Profiles, Edit), |context, given| {
            update(context, given, "Apple")
        })
        .serve("mdmv2/ProfilesV2_CreateAppleOsXDeviceProfileAsync", needs(Profiles, Create), |context, given| {
            create(context, given, "AppleOsX")
        })
        .serve("mdmv2/ProfilesV2_UpdateAppleOsXDeviceProfileAsync", needs(Profiles, Edit), |context, given| {
            update(context, given, "AppleOsX")
        })
        .serve("mdmv2/ProfilesV2_UpdateQnxDeviceProfileAsync", needs(Profiles, Edit), |context, given| {
            update(context, given, "Qnx")
        })
        .serve("mdmv2/ProfilesV2_CreateAppleTvProfiles", needs(Profiles, Create), |context, given| {
            create_at(context, given, "AppleTv")
        })
        .serve("mdmv2/ProfilesV2_UpdateAppleTvProfiles", needs(Profiles, Edit), |context, given| {
            update_at(context, given, "AppleTv")
        })
        .serve("mdmv2/ProfilesV2_CreateEpsonPrinterProfiles", needs(Profiles, Create), |context, given| {
            create_at(context, given, "Epson")
        })
        .serve("mdmv2/ProfilesV2_UpdateEpsonPrinterProfiles", needs(Profiles, Edit), |context, given| {
            update_at(context, given, "Epson")
        });
}

/// What a request wants a profile to be; groups are not looked up yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) profile: NewProfile,
    pub(super) assigned: Wish,
    pub(super) excluded: Wish,
    pub(super) new_version: bool,
}

/// Smart groups as a request names them; `None` keeps what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    Ids(Option<Vec<i64>>),
    Uuids(Option<Vec<uuid::Uuid>>),
}

impl Wish {
    /// Ids of the groups, or a refusal that names the first one that is not there.
    pub(super) async fn ids(&self, context: &Context, tx: &mut Change) -> Result<Option<Vec<i64>>, Refusal> {
        let naming = match self {
            Self::Ids(Some(ids)) => Naming::Ids(ids),
            Self::Uuids(Some(uuids)) => Naming::Uuids(uuids),
            Self::Ids(None) | Self::Uuids(None) => return Ok(None),
        };
        let known = assignments::known(tx, naming, context.scope()).await?;
        known
            .map(Some)
            .map_err(|unknown| Refusal::invalid(format!("Smart group {unknown} is not found or not accessible.")))
    }
}

/// Members of the general part that have a column of their own.
const COLUMNS: &[&str] = &[
    "Name",
    "ProfileId",
    "ProfileUuid",
    "Version",
    "IsActive",
    "AssignmentType",
    "ProfileContext",
    "ManagedLocationGroupID",
    "AssignedSmartGroups",
    "ExcludedSmartGroups",
    "CreateNewVersion",
];

async fn draft(context: &Context, given: &Given, platform: &'static str) -> Result<Draft, Refusal> {
    let mut sections = given.members();
    let Some(Value::Object(mut general)) = sections.remove("General") else {
        return Err(Refusal::bad("The General field is required."));
    };
    let text = |general: &Map<String, Value>, name: &str| {
        general.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let name = text(&general, "Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    let group = owner::group(context, general.get("ManagedLocationGroupID").and_then(Value::as_i64)).await?;
    let one_of = |name: &str, words, usual: &str| match text(&general, name) {
        Some(word) => platforms::word(name, &word, words).map(str::to_owned),
        None => Ok(usual.to_owned()),
    };
    let assignment_type = one_of("AssignmentType", ASSIGNMENT_TYPES, "Auto")?;
    let profile_context = one_of("ProfileContext", CONTEXTS, "Device")?;
    let groups = |name: &str| {
        let list = general.get(name)?.as_array()?;
        Some(list.iter().filter_map(|group| group.get("SmartGroupId")?.as_i64()).collect::<Vec<i64>>())
    };
    let (assigned, excluded) = (groups("AssignedSmartGroups"), groups("ExcludedSmartGroups"));
    let flag = |name: &str| general.get(name).and_then(Value::as_bool);
    let (active, new_version) = (flag("IsActive").unwrap_or(true), flag("CreateNewVersion").unwrap_or_default());
    general.retain(|name, _| !COLUMNS.contains(&name.as_str()));
    Ok(Draft {
        profile: NewProfile {
            name,
            group,
            platform: platform.to_owned(),
            kind: DEVICE,
            active,
            assignment_type,
            context: profile_context,
            general,
            sections,
        },
        assigned: Wish::Ids(assigned),
        excluded: Wish::Ids(excluded),
        new_version,
    })
}

/// Stores a new profile and publishes it to its groups.
pub(super) async fn make(context: &Context, draft: &Draft) -> Result<(i64, uuid::Uuid), Refusal> {
    let mut tx = context.begin().await?;
    let new = &draft.profile;
    if profiles::is_taken(&mut tx, &new.name, &new.platform, new.group, None).await? {
        return Err(taken(&new.name));
    }
    let assigned = draft.assigned.ids(context, &mut tx).await?.unwrap_or_default();
    let excluded = draft.excluded.ids(context, &mut tx).await?.unwrap_or_default();
    let now = context.now();
    let (id, uuid) = profiles::create(&mut tx, new, &context.caller.name, now).await?;
    assignments::replace(&mut tx, id, &assigned, &excluded).await?;
    publish(context, &mut tx, id).await?;
    tx.commit().await?;
    Ok((id, uuid))
}

fn taken(name: &str) -> Refusal {
    Refusal::bad(format!("A profile of the name '{name}' exists already."))
}

/// Changes a profile as a draft says, and publishes it again.
pub(super) async fn change(
    context: &Context,
    tx: &mut Change,
    profile: &mut Profile,
    draft: &Draft,
) -> Result<(), Refusal> {
    let new = &draft.profile;
    if profile.platform != new.platform {
        return Err(Refusal::bad(format!("Profile {} is for {}, not {}.", profile.id, profile.platform, new.platform)));
    }
    if profiles::is_taken(tx, &new.name, &new.platform, new.group, Some(profile.id)).await? {
        return Err(taken(&new.name));
    }
    let (assigned, excluded) = (draft.assigned.ids(context, tx).await?, draft.excluded.ids(context, tx).await?);
    profile.name.clone_from(&new.name);
    profile.group = new.group;
    profile.state = if new.active { profiles::ACTIVE } else { profiles::INACTIVE }.to_owned();
    profile.assignment_type.clone_from(&new.assignment_type);
    profile.context.clone_from(&new.context);
    profile.general.clone_from(&new.general);
    profile.sections.clone_from(&new.sections);
    profile.version += i64::from(draft.new_version);
    profiles::save(tx, profile, context.now()).await?;
    reassign(tx, profile.id, assigned, excluded).await?;
    publish(context, tx, profile.id).await
}

/// Replaces the groups that are given and keeps the others.
pub(super) async fn reassign(
    tx: &mut Change,
    profile: i64,
    assigned: Option<Vec<i64>>,
    excluded: Option<Vec<i64>>,
) -> Result<(), Refusal> {
    if assigned.is_none() && excluded.is_none() {
        return Ok(());
    }
    let now = assignments::of_profile(tx, profile).await?;
    let kept = |excluded| now.iter().filter(|group| group.1 == excluded).map(|group| group.0).collect::<Vec<i64>>();
    let assigned = assigned.unwrap_or_else(|| kept(false));
    let excluded = excluded.unwrap_or_else(|| kept(true));
    assignments::replace(tx, profile, &assigned, &excluded).await?;
    Ok(())
}

/// Brings devices in line with a profile, and has them come for it.
pub(super) async fn publish(context: &Context, tx: &mut Change, id: i64) -> Result<(), Refusal> {
    let everywhere = crate::store::scope::Scope::Everything;
    let Some(profile) = profiles::find(tx, id, &everywhere).await? else { return Ok(()) };
    let now = context.now();
    if assignments::publish(tx, &profile, now).await? > 0 {
        assignments::nudge(tx, id, now, context.tenant.speed).await?;
    }
    Ok(())
}

/// Answers the bare number of the new profile.
async fn create(context: Context, given: Given, platform: &'static str) -> Result<Said, Refusal> {
    let draft = draft(&context, &given, platform).await?;
    let (id, _) = make(&context, &draft).await?;
    Ok(Said::json(200, json!(id)))
}

async fn update(context: Context, given: Given, platform: &'static str) -> Result<Said, Refusal> {
    let draft = draft(&context, &given, platform).await?;
    let id = given.body["General"]["ProfileId"].as_i64();
    let id = id.ok_or_else(|| Refusal::bad("The ProfileId field is required."))?;
    let mut tx = context.begin().await?;
    let mut profile = profile(&context, &mut tx, id, || invalid_profile(id)).await?;
    change(&context, &mut tx, &mut profile, &draft).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!(id)))
}

/// Platforms whose routes were made later answer 201 with an address, and 422 for what is wrong.
async fn create_at(context: Context, given: Given, platform: &'static str) -> Result<Said, Refusal> {
    let draft = draft(&context, &given, platform).await.map_err(unprocessable)?;
    let (id, uuid) = make(&context, &draft).await.map_err(unprocessable)?;
    let location = format!("{}/api/mdm/profiles/{id}", context.tenant.url);
    Ok(Said::made_at(201, location, json!({ "id": id, "uuid": uuid })))
}

async fn update_at(context: Context, given: Given, platform: &'static str) -> Result<Said, Refusal> {
    let draft = draft(&context, &given, platform).await.map_err(unprocessable)?;
    let id = given.id("profileId");
    let mut tx = context.begin().await?;
    let mut profile = profile(&context, &mut tx, id, || invalid_profile(id)).await?;
    change(&context, &mut tx, &mut profile, &draft).await.map_err(unprocessable)?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

pub(super) fn unprocessable(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fault { status: 400, message, .. } => Refusal::shape(message),
        other => other,
    }
}
