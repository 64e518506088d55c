//! The organization-group tree: search in both versions, one group, its children, and what becomes of it.

mod change;
mod directory;
mod read;
mod settings;

use muster_model::Call;
use muster_model::ids::OrganizationGroupId;
use muster_model::organization_groups::{GroupPage, OrganizationGroup, Search};
use uuid::Uuid;

use super::context::Context;
use super::policy::Action::{Create, Delete, Edit, Read};
use super::policy::Resource::{Devices, OrganizationGroups, Settings};
use super::policy::needs;
use super::refusal::Refusal;
use super::table::{Outcome, Table};
use crate::store::objects::Key;
use crate::store::organization_groups::{self, Group, Placed, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/OrganizationGroups_LocationGroupSearch", needs(OrganizationGroups, Read), read::search)
        .serve("systemv1/OrganizationGroups_GetAsync", needs(OrganizationGroups, Read), read::get)
        .serve("systemv1/OrganizationGroups_GetChildLocationGroups", needs(OrganizationGroups, Read), read::children)
        .serve(
            "systemv1/OrganizationGroups_GetDeviceCountForEachLocationGroupAsync",
            needs(Devices, Read),
            read::device_counts,
        )
        .serve(
            "systemv1/OrganizationGroups_GetSampleRatesByPlatformAsync",
            needs(Settings, Read),
            settings::sample_rates,
        )
        .serve("systemv1/OrganizationGroups_CreateOgAsync", needs(OrganizationGroups, Create), change::create)
        .serve("systemv1/OrganizationGroups_UpdateLocationGroup", needs(OrganizationGroups, Edit), change::update)
        .serve("systemv1/OrganizationGroups_DeleteAsync", needs(OrganizationGroups, Delete), change::delete)
        .serve("systemv2/OrganizationGroups_PostAsync", needs(OrganizationGroups, Create), change::create_v2)
        .serve("systemv2/OrganizationGroupsV2_GetOrganizationGroup", needs(OrganizationGroups, Read), read::get_v2)
        .serve(
            "systemv2/OrganizationGroupsV2_UpdateOrganizationGroup",
            needs(OrganizationGroups, Edit),
            change::update_v2,
        )
        .serve(
            "systemv2/OrganizationGroupsV2_DeleteOrganizationGroup",
            needs(OrganizationGroups, Delete),
            change::delete_v2,
        );
    directory::routes(table);
}

pub(super) async fn search(context: Context, call: Call<Search>) -> Outcome<Search> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let wanted = Wanted {
        name: call.query.name.as_deref(),
        code: call.query.groupid.as_deref(),
        kind: call.query.kind.as_deref(),
        order_by: call.query.orderby.as_deref(),
        descending: is_descending(call.query.sortorder.as_deref()),
    };
    let (groups, total) = organization_groups::search(context.database(), &wanted, page, context.scope()).await?;
    let groups = groups.into_iter().map(|placed| OrganizationGroup {
        id: OrganizationGroupId(placed.group.id),
        uuid: Some(placed.group.uuid),
        created_on: read::created_on(&placed.group),
        country: read::text(&placed.group, "Country", "United States"),
        locale: read::text(&placed.group, "Locale", read::LOCALE),
        name: placed.group.name,
        group_id: placed.group.code,
        location_group_type: placed.group.kind,
        lg_level: placed.level,
        users: placed.owned.users.to_string(),
        admins: placed.owned.admins.to_string(),
        devices: placed.owned.devices.to_string(),
        ..Default::default()
    });
    Ok(GroupPage { organization_groups: groups.collect(), total_results: total, ..Default::default() })
}

fn is_descending(word: Option<&str>) -> bool {
    word.is_some_and(|word| word.to_ascii_lowercase().starts_with("desc"))
}

/// The group of a key that the caller sees, or 404 with the code of a missing group.
pub(super) async fn seen(context: &Context, key: impl Into<Key>) -> Result<Group, Refusal> {
    let key = key.into();
    organization_groups::get(context.database(), key, context.scope()).await?.ok_or_else(|| missing(key))
}

/// The group that a body or a query names by id, or 400 as the older routes say it.
pub(super) async fn named(context: &Context, id: i64) -> Result<Group, Refusal> {
    organization_groups::get(context.database(), id, context.scope()).await?.ok_or_else(|| unknown(id))
}

/// As [`named`], by UUID.
pub(super) async fn named_uuid(context: &Context, uuid: Uuid) -> Result<Group, Refusal> {
    organization_groups::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| unknown(uuid))
}

/// The caller's own group.
pub(super) async fn own(context: &Context) -> Result<Group, Refusal> {
    seen(context, context.caller.group).await
}

fn unknown(id: impl std::fmt::Display) -> Refusal {
    Refusal::no_group(id)
}

fn missing(key: Key) -> Refusal {
    let id = match key {
        Key::Id(id) => id.to_string(),
        Key::Uuid(uuid) => uuid.to_string(),
    };
    Refusal::no_group_of_uuid(id)
}

/// Where a group stands.
async fn place(context: &Context, group: Group) -> Result<Placed, Refusal> {
    Ok(organization_groups::place(context.database(), group).await?)
}
