//! One profile: its general part and its payload sections, in versions 2 and 4, and the fields that a payload has.

use muster_model::catalog::Shape;
use muster_model::catalog::facts::{self, Facts};
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::platforms;
use crate::store::profiles::assignments::{self, Group};
use crate::store::profiles::{self, Profile};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv2/ProfilesV2_GetDeviceProfileDetailsAsync", needs(Profiles, Read), second)
        .serve("mdmv4/ProfilesV4_GetDeviceProfileDetailsAsync", needs(Profiles, Read), fourth)
        .serve("mdmv2/ProfilesV2_GetPayloadKeys", needs(Profiles, Read), payload_keys);
}

/// 400: what versions 2 and 4 say of a profile that is not there.
pub(super) fn invalid_profile(id: i64) -> Refusal {
    Refusal::bad(format!("Invalid Profile {id}."))
}

async fn read(context: &Context, id: i64) -> Result<(Profile, Vec<Group>), Refusal> {
    let found = profiles::get(context.database(), id, context.scope()).await?;
    let profile = found.ok_or_else(|| invalid_profile(id))?;
    let groups = assignments::of(context.database(), &[id]).await?.remove(&id).unwrap_or_default();
    Ok((profile, groups))
}

async fn second(context: Context, given: Given) -> Result<Said, Refusal> {
    let (profile, groups) = read(&context, given.id("profileId")).await?;
    Ok(Said::json(200, document(&profile, &groups, "General")))
}

async fn fourth(context: Context, given: Given) -> Result<Said, Refusal> {
    let (profile, groups) = read(&context, given.id("profileId")).await?;
    Ok(Said::json(200, document(&profile, &groups, "general")))
}

/// A profile as a document: the general part under `general`, and beside it the sections.
pub(super) fn document(profile: &Profile, groups: &[Group], general: &str) -> Value {
    let mut document = profile.sections.clone();
    document.insert(general.to_owned(), self::general(profile, groups));
    Value::Object(document)
}

/// The general part. A password is written only, never read.
pub(super) fn general(profile: &Profile, groups: &[Group]) -> Value {
    let named = |excluded| -> Vec<Value> {
        let groups = groups.iter().filter(|group| group.excluded == excluded);
        groups.map(|group| json!({ "SmartGroupId": group.id, "Name": group.name })).collect()
    };
    let mut general = profile.general.clone();
    general.remove("Password");
    let own = json!({
        "ProfileId": profile.id, "ProfileUuid": profile.uuid, "Name": profile.name, "Version": profile.version,
        "IsActive": profile.is_active(), "AssignmentType": profile.assignment_type,
        "ProfileContext": profile.context, "ManagedLocationGroupID": profile.group,
        "AssignedSmartGroups": named(false), "ExcludedSmartGroups": named(true), "CreateNewVersion": false,
    });
    for (name, value) in own.as_object().into_iter().flatten() {
        general.insert(name.clone(), value.clone());
    }
    for (name, value) in [("IsManaged", json!(true)), ("ProfileScope", json!("Production"))] {
        general.entry(name).or_insert(value);
    }
    Value::Object(general)
}

/// The published shape of a platform's whole document.
fn document_shape(platform: &str) -> Option<&'static Shape> {
    let key = match platform {
        "Apple" => "mdmv2/ProfilesV2_CreateAppleDeviceProfileAsync",
        "Android" => "mdmv2/ProfilesV2_CreateAndroidDeviceProfileAsync",
        "AppleOsX" => "mdmv2/ProfilesV2_CreateAppleOsXDeviceProfileAsync",
        "AppleTv" => "mdmv2/ProfilesV2_CreateAppleTvProfiles",
        "Epson" => "mdmv2/ProfilesV2_CreateEpsonPrinterProfiles",
        "Qnx" => "mdmv2/ProfilesV2_UpdateQnxDeviceProfileAsync",
        _ => return None,
    };
    facts::published().operation(key)?.body.as_ref()
}

async fn payload_keys(_: Context, given: Given) -> Result<Said, Refusal> {
    let (word, payload) = (given.text("platform"), given.text("payload"));
    let shape = platforms::known(word).and_then(document_shape);
    let shape = shape.ok_or_else(|| Refusal::bad(format!("The platform '{word}' has no payload keys.")))?;
    let facts = facts::published();
    let sections = members(facts, shape).into_iter().flatten();
    let fits =
        |name: &str| name.eq_ignore_ascii_case(payload) || name.trim_end_matches("List").eq_ignore_ascii_case(payload);
    let Some((name, section)) = sections.into_iter().find(|(name, _)| fits(name)) else {
        return Err(Refusal::bad(format!("The platform '{word}' has no payload '{payload}'.")));
    };
    let general = members(facts, shape).and_then(|members| members.get("General")).map(|shape| keys(facts, shape, 0));
    let mut document = Map::from_iter([("General".to_owned(), general.unwrap_or_default())]);
    document.insert(name.clone(), keys(facts, section, 0));
    Ok(Said::json(200, Value::Object(document)))
}

fn members<'a>(facts: &'a Facts, shape: &'a Shape) -> Option<&'a std::collections::BTreeMap<String, Shape>> {
    match shape {
        Shape::Named(index) => members(facts, facts.shape(*index)),
        Shape::Members { members, .. } => Some(members),
        _ => None,
    }
}

/// Types that contain one another are shown this deep.
const DEPTH: usize = 4;

/// A value of a shape in which every field stands with nothing in it.
fn keys(facts: &Facts, shape: &Shape, depth: usize) -> Value {
    match shape {
        Shape::Named(index) => keys(facts, facts.shape(*index), depth),
        Shape::Members { members, .. } if depth < DEPTH => {
            members.iter().map(|(name, shape)| (name.clone(), keys(facts, shape, depth + 1))).collect()
        }
        Shape::Members { .. } | Shape::Map(_) | Shape::Any => json!({}),
        Shape::List(each) => match keys(facts, each, depth) {
            item @ Value::Object(_) => json!([item]),
            _ => json!([]),
        },
        Shape::Text(muster_model::catalog::Form::Plain) => json!(""),
        // A word or a UUID has no empty form.
        Shape::Text(_) => Value::Null,
        Shape::Words(words) => words.first().map_or(Value::Null, |word| json!(word)),
        Shape::Integer { .. } | Shape::Number => json!(0),
        Shape::Flag => json!(false),
    }
}
