//! Everything that things can be assigned to: smart groups, user groups and organization groups, in one list.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::SmartGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::organization_groups;
use crate::store::page::Page;
use crate::store::smart_groups::{self, Assignable};

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv1/AssignmentGroupsV1_GetAssignmentGroupsBySearchContext", needs(SmartGroups, Read), first).serve(
        "mdmv2/AssignmentGroupsV2_GetAssignmentGroupsBySearchContextAsync",
        needs(SmartGroups, Read),
        second,
    );
}

/// The groups that a query asks for, by name.
async fn search(context: &Context, given: &Given, group: i64) -> Result<Vec<Assignable>, Refusal> {
    let kinds: &[&str] = match given.asked_id("assignmentType") {
        Some(0) => &["SmartGroup", "UserGroup", "OrganizationGroup"],
        Some(1) => &["SmartGroup"],
        Some(2) => &["UserGroup"],
        Some(3) => &["OrganizationGroup"],
        _ => {
            let message = "Invalid Assignment Group Type. Should be 0-All 1-SmartGroup 2-UserGroup 3-OrganizationGroup";
            return Err(Refusal::new(400, 5005, message));
        }
    };
    let name = given.asked("name");
    if name.is_some_and(|name| name.chars().count() > 255) {
        return Err(Refusal::bad("The search text should be a maximum of 255 characters."));
    }
    let all = smart_groups::assignable(context.database(), group, kinds, name, context.scope()).await?;
    if all.is_empty() {
        return Err(Refusal::new(404, 5060, "No Assignment Groups were found."));
    }
    Ok(all)
}

async fn first(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("groupId");
    let found = organization_groups::get(context.database(), id, context.scope()).await?;
    let missing = || Refusal::bad(format!("Organization group {id} is not found or not accessible."));
    let all = search(&context, &given, found.ok_or_else(missing)?.id).await?;
    let mut rows = Vec::with_capacity(all.len());
    for group in &all {
        let devices = smart_groups::count_of(context.database(), group, given.asked("deviceType")).await?;
        rows.push(json!({
            "id": group.id, "uuid": group.uuid, "name": group.name, "assignmentGroupId": group.id,
            "assignmentGroupType": group.kind, "organizationGroupUuid": group.group_uuid, "deviceCount": devices,
            "smartGroupUuid": group.uuid_if("SmartGroup"), "userGroupUuid": group.uuid_if("UserGroup"),
        }));
    }
    Ok(Said::json(200, rows.into()))
}

async fn second(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("organizationGroupUuid");
    let found = organization_groups::get(context.database(), uuid, context.scope()).await?;
    let missing = || Refusal::no_group_of_uuid(uuid);
    let all = search(&context, &given, found.ok_or_else(missing)?.id).await?;
    let page: Page = given.page()?;
    let from = page.number as usize * page.size as usize;
    let rows: Vec<Value> = all
        .iter()
        .skip(from)
        .take(page.size as usize)
        .map(|group| {
            json!({
                "id": group.id, "uuid": group.uuid, "name": group.name, "assignment-group-type": group.kind,
                "organization-group-uuid": group.group_uuid,
                "smart-group-uuid": group.uuid_if("SmartGroup"), "user-group-uuid": group.uuid_if("UserGroup"),
            })
        })
        .collect();
    let answer = json!({ "assignments": rows, "page": page.number, "page-size": page.size, "total": all.len() });
    Ok(Said::json(200, json!([answer])))
}
