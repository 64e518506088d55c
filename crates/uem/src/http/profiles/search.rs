//! Searches for profiles: versions 1, 2 and 3, and the list of an organization group.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Profiles;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::platforms::{self, CONTEXTS, STATES};
use crate::store::page::Page;
use crate::store::profiles::assignments::{self, Group};
use crate::store::profiles::{self, DEVICE, Order, Profile, RESOURCE, Wanted};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProfilesV1_Search", needs(Profiles, Read), first)
        .serve("mdmv2/ProfilesV2_SearchProfiles", needs(Profiles, Read), second)
        .serve("mdmv3/ProfilesV3_SearchAsync", needs(Profiles, Read), third)
        .serve("mdmv3/ProfilesV3_GetDeviceProfiles", needs(Profiles, Read), of_group);
}

/// Profiles of a page with their groups, and how many match in all.
pub(super) async fn found(
    context: &Context,
    wanted: &Wanted<'_>,
    page: Page,
) -> Result<(Vec<(Profile, Vec<Group>)>, u64), Refusal> {
    let (found, total) = profiles::list(context.database(), wanted, page, context.scope()).await?;
    let ids: Vec<i64> = found.iter().map(|profile| profile.id).collect();
    let mut groups = assignments::of(context.database(), &ids).await?;
    let with_groups = found.into_iter().map(|profile| {
        let groups = groups.remove(&profile.id).unwrap_or_default();
        (profile, groups)
    });
    Ok((with_groups.collect(), total))
}

/// What `orderby` and `sortorder` say; words outside their vocabularies are refused.
pub(super) fn order(by: Option<&str>, direction: Option<&str>) -> Result<(Order, bool), Refusal> {
    let by = match by.map(|word| word.replace('_', "").to_ascii_lowercase()).as_deref() {
        None | Some("profileid" | "id") => Order::Id,
        Some("profilename" | "name") => Order::Name,
        Some("platform") => Order::Platform,
        Some("status" | "profilestatus") => Order::State,
        Some("type" | "profiletype" | "configurationtype") => Order::Kind,
        Some("modified" | "modifiedon" | "lastmodifiedon") => Order::Modified,
        Some(other) => {
            let valid = "profileid, profilename, platform, status, type, modifiedon";
            return Err(Refusal::bad(format!("'{other}' is not a valid value of orderby. Valid are: {valid}.")));
        }
    };
    let descending = direction.map(|word| platforms::word("sortorder", word, &["ASC", "DESC"])).transpose()?;
    Ok((by, descending == Some("DESC")))
}

/// The kind of profile that a word stands for.
fn kind(word: Option<&str>) -> Result<Option<&'static str>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let word = platforms::word("type", word, &["Device", "Resource", "ProfileResource", "All", "Unknown"])?;
    Ok(match word {
        "Device" => Some(DEVICE),
        "Resource" | "ProfileResource" => Some(RESOURCE),
        _ => None,
    })
}

fn state(word: Option<&str>) -> Result<Option<&'static str>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let word = platforms::word("status", word, &["Active", "Inactive", "All"])?;
    Ok(STATES.iter().find(|state| **state == word).copied())
}

async fn first(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let (order, descending) = order(given.asked("orderby"), given.asked("sortorder"))?;
    let ownership = match given.asked("ownership") {
        None => None,
        Some(word) => Some(
            muster_model::words::Ownership::known(word)
                .ok_or_else(|| Refusal::bad(format!("'{word}' is not a valid value of ownership.")))?,
        ),
    };
    let wanted = Wanted {
        name: given.asked("profilename"),
        platform: platforms::asked(given.asked("platform"))?,
        kind: kind(given.asked("type"))?,
        state: state(given.asked("status"))?,
        group: owner::asked(&context, given.asked_id("organizationgroupid")).await?,
        modified_from: given.asked_time("modifiedfrom"),
        modified_till: given.asked_time("modifiedtill"),
        ownership: ownership.as_ref().map(muster_model::words::Ownership::as_str),
        order,
        descending,
        ..Wanted::default()
    };
    let (found, total) = found(&context, &wanted, page).await?;
    let shown: Vec<Value> = found.iter().map(|(profile, _)| row(profile)).collect();
    Ok(Said::list(json!({ "Profiles": shown, "Page": page.number, "PageSize": page.size, "Total": total }), total))
}

/// A profile in a list of version 1, and of the guide's dialect.
pub(super) fn row(profile: &Profile) -> Value {
    json!({
        "Id": profile.id, "Uuid": profile.uuid, "ProfileName": profile.name, "Platform": profile.platform,
        "ProfileType": profile.kind, "ProfileStatus": profile.state, "AssignmentType": profile.assignment_type,
        "ManagedBy": profile.group_name, "LocationGroupId": profile.group, "CurrentVersion": profile.version,
        "ModifiedOn": profile.updated_at.as_microsecond(), "CreatedOn": profile.created_at.as_microsecond(),
    })
}

async fn second(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let (order, descending) = order(given.asked("orderby"), given.asked("sortorder"))?;
    let group = match given.asked_uuid("organizationgroupuuid") {
        // On this route a group that is not there is bad input like any other.
        Some(uuid) => Some(owner::of_uuid(&context, uuid).await.map_err(|_| Refusal::no_group(uuid))?),
        None => owner::asked(&context, given.asked_id("organizationgroupid")).await?,
    };
    let wanted = Wanted {
        name: given.asked("searchtext"),
        platform: platforms::asked(given.asked("platform"))?,
        kind: kind(given.asked("profiletype"))?,
        state: state(given.asked("status"))?,
        payloads: given.asked("payloadName").into_iter().collect(),
        group,
        order,
        descending,
        ..Wanted::default()
    };
    let (found, total) = found(&context, &wanted, page).await?;
    Ok(Said::list(listed(&found, total), total))
}

/// The list of version 2.
fn listed(found: &[(Profile, Vec<Group>)], total: u64) -> Value {
    let shown: Vec<Value> = found.iter().map(|(profile, groups)| shown(profile, groups)).collect();
    json!({ "ProfileList": shown, "AdditionalInfo": { "Links": [] }, "TotalResults": total })
}

fn shown(profile: &Profile, groups: &[Group]) -> Value {
    let named = |excluded| -> Vec<Value> {
        let groups = groups.iter().filter(|group| group.excluded == excluded);
        groups.map(|group| json!({ "Id": group.id, "Name": group.name })).collect()
    };
    json!({
        "ProfileId": profile.id, "ProfileUuid": profile.uuid, "ProfileName": profile.name,
        "Platform": profile.platform, "ProfileType": profile.kind, "ProfileStatus": profile.state,
        "AssignmentType": profile.assignment_type, "Context": profile.context, "ManagedBy": profile.group_name,
        "OrganizationGroupId": profile.group, "OrganizationGroupUuid": profile.group_uuid,
        "AssignmentSmartGroups": named(false), "ExcludedSmartGroups": named(true),
    })
}

async fn of_group(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = owner::of_uuid(&context, given.uuid("organizationGroupUuid")).await?;
    let page = given.page()?;
    let (order, descending) = order(given.asked("orderby"), given.asked("sortorder"))?;
    let wanted = Wanted {
        name: given.asked("searchtext"),
        platform: platforms::asked(given.asked("platform"))?,
        state: state(given.asked("status"))?,
        group: Some(group),
        order,
        descending,
        ..Wanted::default()
    };
    let (found, total) = found(&context, &wanted, page).await?;
    Ok(Said::list(third_list(&found, total), total))
}

async fn third(context: Context, given: Given) -> Result<Said, Refusal> {
    let number = |name: &str, least: u32, most: u32, usual: u32| match given.member_id(name) {
        None => Ok(usual),
        Some(number) => u32::try_from(number)
            .ok()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| Refusal::shape(format!("The field {name} must be between {least} and {most}."))),
    };
    let page = Page { number: number("page_number", 0, u32::MAX, 0)?, size: number("page_size", 1, 50, 50)? };
    let group = match given.member_uuid("organization_group_uuid") {
        None => None,
        Some(uuid) => Some(owner::of_uuid(&context, uuid).await?),
    };
    let flag = |name: &str| given.member(name).and_then(Value::as_bool) == Some(true);
    let texts = |name: &str| -> Vec<&str> {
        given.member(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let (order, descending) = order(given.member_text("sort_by"), given.member_text("sort_order"))?;
    let platform = given.member_text("platform").filter(|word| *word != "UNKNOWN");
    let context_word = given.member_text("context").and_then(|word| platforms::word("context", word, CONTEXTS).ok());
    let kinds = texts("configuration_types");
    let mut without = Vec::new();
    if flag("exclude_interactive_profile") {
        without.push("Interactive");
    }
    if flag("exclude_compliance_profile") {
        without.push("Compliance");
    }
    let wanted = Wanted {
        name: given.member_text("search_text"),
        platform: platforms::asked(platform)?,
        kind: match kinds.as_slice() {
            ["DEVICE"] => Some(DEVICE),
            ["PROFILE_RESOURCE"] => Some(RESOURCE),
            _ => None,
        },
        state: state(given.member_text("status"))?,
        context: context_word,
        without,
        payloads: texts("payloads"),
        group,
        only_group: flag("exclude_child_organization_group"),
        order,
        descending,
        ..Wanted::default()
    };
    let (found, total) = found(&context, &wanted, page).await?;
    Ok(Said::json(200, third_list(&found, total)))
}

/// The list of version 3.
fn third_list(found: &[(Profile, Vec<Group>)], total: u64) -> Value {
    let shown: Vec<Value> = found.iter().map(|(profile, groups)| third_row(profile, groups)).collect();
    json!({ "profiles": shown, "total_count": total })
}

fn third_row(profile: &Profile, groups: &[Group]) -> Value {
    let named = |excluded| -> Vec<Value> {
        let groups = groups.iter().filter(|group| group.excluded == excluded);
        groups.map(|group| json!({ "Uuid": group.uuid, "Name": group.name })).collect()
    };
    let payloads: Vec<Value> =
        profile.sections.keys().map(|name| json!({ "name": name, "display_key": name })).collect();
    json!({
        "uuid": profile.uuid, "name": profile.name, "platform": platforms::in_search(&profile.platform),
        "status": profile.state.to_uppercase(), "assignment_type": profile.assignment_type.to_uppercase(),
        "context": profile.context.to_uppercase(), "managed_by": profile.group_name,
        "organization_group_uuid": profile.group_uuid,
        "configuration_type": if profile.kind == RESOURCE { "PROFILE_RESOURCE" } else { "DEVICE" },
        "created_by_resource_profile": false, "configured_payload": payloads,
        "assigned_smart_groups": named(false), "excluded_smart_groups": named(true),
    })
}
