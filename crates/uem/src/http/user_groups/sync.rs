//! Groups that follow the directory: a synchronisation runs as an operation, what it found can be looked at, and
//! merging lets it happen.

use serde_json::json;
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Execute, Read};
use super::super::policy::Resource::UserGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::actions::{group, page_from_one, person};
use crate::store::operations::{self, Subject};
use crate::store::user_groups::{self, Group, Member};

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/UserGroupsActions_SyncAsync", needs(UserGroups, Execute), synchronize)
        .serve("systemv1/UserGroupsActions_MergeChangesAsync", needs(UserGroups, Execute), merge)
        .serve("systemv1/UserGroupsActions_AddMissingUsersAsync", needs(UserGroups, Execute), add_missing)
        .serve("systemv1/UserGroupsActions_ViewChangesAsync", needs(UserGroups, Read), changes)
        .serve("systemv2/GroupSyncActionsV2_GroupAcknowledgement", needs(UserGroups, Read), acknowledge)
        .serve("systemv2/GroupSyncActionsV2_MergePendingGroups", needs(UserGroups, Execute), merge_acknowledged);
}

async fn directory_group(context: &Context, given: &Given) -> Result<Group, Refusal> {
    let group = group(context, given.uuid("userGroupUuid")).await?;
    if group.is_directory() {
        return Ok(group);
    }
    let message = format!("The user group '{}' does not follow the directory.", group.name);
    Err(Refusal::new(412, 412, message))
}

async fn synchronize(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut group = directory_group(&context, &given).await?;
    if group.text("SyncStatus") == "InProgress" {
        return Err(Refusal::new(412, 412, "A synchronisation of the user group is running already."));
    }
    group.details.insert("SyncStatus".to_owned(), json!("InProgress"));
    let mut tx = context.begin().await?;
    user_groups::save(&mut tx, &group, context.now()).await?;
    let subject = Subject::UserGroup(group.id);
    operations::start(&mut tx, operations::GROUP_SYNC, subject, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn merge(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = directory_group(&context, &given).await?;
    apply(&context, &group, true).await
}

/// Those who are missing come; nobody leaves.
async fn add_missing(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = directory_group(&context, &given).await?;
    apply(&context, &group, false).await
}

async fn apply(context: &Context, group: &Group, removals: bool) -> Result<Said, Refusal> {
    if group.text("SyncStatus") != "Completed" {
        return Err(Refusal::new(412, 412, "The user group has not been synchronised yet."));
    }
    let mut tx = context.begin().await?;
    user_groups::merge(&mut tx, group.id, removals, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}

async fn changes(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, given.uuid("userGroupUuid")).await?;
    let page = page_from_one(&given)?;
    let kind = given.asked("mergechangestype").unwrap_or_default().to_lowercase();
    let found = user_groups::changes(context.database(), &group).await?;
    let (additions, removals) = match kind.as_str() {
        "all" | "both" => (found.additions, found.removals),
        "additions" | "addition" | "add" => (found.additions, Vec::new()),
        "removals" | "removal" | "remove" => (Vec::new(), found.removals),
        _ => {
            let message = format!("'{kind}' is not a valid mergechangestype. Valid are: All, Additions, Removals.");
            return Err(Refusal::invalid(message));
        }
    };
    let total = additions.len() + removals.len();
    let (first, size) = (page.number as usize * page.size as usize, page.size as usize);
    let shown = |members: &[Member]| members.iter().skip(first).take(size).map(person).collect::<Vec<_>>();
    let said = json!({
        "user_additons": shown(&additions), "user_removals": shown(&removals), "Total_Result": total,
        "page_number": page.number + 1, "total_page_count": additions.len().max(removals.len()).div_ceil(size),
    });
    Ok(Said::json(200, said))
}

/// People in a page of an acknowledgement.
const ITEMS: usize = 100;

/// What waits to be merged, and the token by which whoever has seen it may merge it.
async fn acknowledge(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let missing = || Refusal::not_found(format!("User group not found: {uuid}."));
    let found = user_groups::get(context.database(), uuid, context.scope()).await?;
    let mut group = found.filter(Group::is_directory).ok_or_else(missing)?;
    let page: usize = match given.asked("page") {
        None => 0,
        Some(text) => text.parse().map_err(|_| Refusal::bad(format!("The value '{text}' of page is not valid.")))?,
    };
    let changes = user_groups::changes(context.database(), &group).await?;
    let wanted = given.asked("membershipStatus");
    let person = |member: &Member| {
        json!({
            "user_name": member.username, "first_name": member.first_name, "last_name": member.last_name,
            "organization_group_name": member.organization_group,
        })
    };
    let shown = |members: &[Member], without: &str| -> Vec<_> {
        let all = if wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(without)) { &[] } else { members };
        all.iter().skip(page * ITEMS).take(ITEMS).map(person).collect()
    };
    let token = match group.text("access_token").parse::<Uuid>() {
        Ok(token) => token,
        Err(_) => {
            let token = Uuid::new_v4();
            group.details.insert("access_token".to_owned(), json!(token));
            let mut tx = context.begin().await?;
            user_groups::save(&mut tx, &group, context.now()).await?;
            tx.commit().await?;
            token
        }
    };
    let (adds, removes) = (shown(&changes.additions, "Remove"), shown(&changes.removals, "Add"));
    let path = format!("/api/system/GroupSyncActions/{uuid}");
    let more = changes.additions.len().max(changes.removals.len()) > (page + 1) * ITEMS;
    let mut links = json!({ "self": { "href": format!("{path}?page={page}") } });
    if more {
        links["next"] = json!({ "href": format!("{path}?page={}", page + 1) });
    }
    Ok(Said::json(
        200,
        json!({
            "access_token": token, "add_count_in_current_page": adds.len(), "add_list": adds,
            "remove_count_in_current_page": removes.len(), "remove_list": removes, "items_per_page": ITEMS,
            "total_results": changes.additions.len() + changes.removals.len(),
            "merge_status": if group.text("MergeStatus").is_empty() { "NotSynced" } else { group.text("MergeStatus") },
            "last_sync_on_time": group.details.get("LastSyncedAt"), "_links": links,
        }),
    ))
}

async fn merge_acknowledged(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.member_uuid("group_uuid").unwrap_or_default();
    let missing = || Refusal::not_found(format!("User group not found: {uuid}."));
    let group = user_groups::get(context.database(), uuid, context.scope()).await?.ok_or_else(missing)?;
    let token = given.member_text("access_token").unwrap_or_default();
    if group.text("access_token").is_empty() || !group.text("access_token").eq_ignore_ascii_case(token) {
        return Err(Refusal::new(401, 401, "The access token is not that of the changes that were shown last."));
    }
    if group.text("MergeStatus") != "Pending" {
        return Err(Refusal::bad("Nothing waits to be merged."));
    }
    let mut tx = context.begin().await?;
    user_groups::merge(&mut tx, group.id, true, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
