//! Groups of SCIM: the tenant's user groups.

use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::{named_uuid, own};
use super::super::policy::Action::{Create, Edit, Read};
use super::super::policy::Resource::UserGroups;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{GROUP, GROUP_EXTENSION, LIST, MOST, filter, meta};
use crate::store::page::Page;
use crate::store::user_groups::{self, Group, Wanted};
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv2/ScimV2Groups_GetUserGroups", needs(UserGroups, Read), list)
        .serve("systemv2/ScimV2Groups_SearchGroups", needs(UserGroups, Read), search)
        .serve("systemv2/ScimV2Groups_GetUserGroupByUuid", needs(UserGroups, Read), get)
        .serve("systemv2/ScimV2Groups_CreateGroupAsync", needs(UserGroups, Create), create)
        .serve("systemv2/ScimV2Groups_GroupActionsAsync", needs(UserGroups, Edit), patch);
}

/// What a list is asked for, by query or by body.
struct Asked {
    filter: String,
    sort_by: Option<String>,
    descending: bool,
    /// Counted from 1.
    start: usize,
    count: usize,
    without_members: bool,
}

fn number(text: Option<&str>, name: &str, default: usize) -> Result<usize, Refusal> {
    match text {
        None => Ok(default),
        // What is negative counts as the least (RFC 7644, 3.4.2.4).
        Some(text) => text
            .parse::<i64>()
            .map(|number| usize::try_from(number).unwrap_or_default())
            .map_err(|_| Refusal::bad(format!("The value '{text}' of {name} is not a number."))),
    }
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let excluded = given.asked("excludedAttributes").unwrap_or_default().to_lowercase();
    let asked = Asked {
        filter: given.asked("filter").unwrap_or_default().to_owned(),
        sort_by: given.asked("sortBy").map(str::to_lowercase),
        descending: given.asked("sortOrder").is_some_and(|word| word.to_lowercase().starts_with("desc")),
        start: number(given.asked("startIndex"), "startIndex", 1)?,
        count: number(given.asked("count"), "count", 100)?,
        without_members: excluded.split(',').any(|name| name.trim() == "members"),
    };
    answer(&context, &asked).await
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let at = |name: &str, default: usize| {
        let number = given.member(name).and_then(Value::as_i64);
        number.map_or(default, |number| usize::try_from(number).unwrap_or_default())
    };
    let excluded = given.member("excludedAttributes").and_then(Value::as_array);
    let asked = Asked {
        filter: given.member_text("filter").unwrap_or_default().to_owned(),
        sort_by: given.member_text("sortBy").map(str::to_lowercase),
        descending: given.member_text("sortOrder") == Some("Descending"),
        start: at("startIndex", 1),
        count: at("count", 100),
        without_members: excluded.into_iter().flatten().any(|name| name.as_str() == Some("members")),
    };
    answer(&context, &asked).await
}

async fn answer(context: &Context, asked: &Asked) -> Result<Said, Refusal> {
    let comparisons =
        filter::parse(&asked.filter).map_err(|message| Refusal::bad(format!("invalidFilter: {message}")))?;
    let everything = Page::asked_or_all(None, None);
    let (mut groups, _) =
        user_groups::search(context.database(), &Wanted::default(), everything, context.scope()).await?;
    groups.retain(|group| {
        let uuid = group.uuid.to_string();
        comparisons.iter().all(|comparison| {
            comparison.holds(|attribute| match attribute {
                "displayname" => Some(group.name.as_str()),
                "id" => Some(uuid.as_str()),
                _ => Some(group.text("externalId")),
            })
        })
    });
    match asked.sort_by.as_deref() {
        Some("displayname") => groups.sort_by_key(|group| group.name.to_lowercase()),
        Some("id") => groups.sort_by_key(|group| group.uuid),
        _ => {}
    }
    if asked.descending {
        groups.reverse();
    }
    let start = asked.start.max(1);
    let mut rows = Vec::new();
    for group in groups.iter().skip(start - 1).take(asked.count.min(MOST)) {
        rows.push(shown(context, group, !asked.without_members).await?);
    }
    let said = json!({
        "schemas": [LIST], "totalResults": groups.len(), "startIndex": start, "itemsPerPage": rows.len(),
        "Resources": rows,
    });
    Ok(Said::json(200, said))
}

async fn shown(context: &Context, group: &Group, with_members: bool) -> Result<Value, Refusal> {
    let mut shown = json!({
        "schemas": [GROUP, GROUP_EXTENSION], "id": group.uuid, "displayName": group.name,
        "externalId": group.details.get("externalId"),
        "meta": meta(context, "Group", group.uuid, group.created_at, group.updated_at),
    });
    if with_members {
        let all = Page { number: 0, size: 100_000 };
        let members = user_groups::members(context.database(), group.id, all).await?;
        let members: Vec<Value> = members
            .iter()
            .map(|member| {
                json!({ "value": member.uuid, "display": member.username, "$ref": format!("../Users/{}", member.uuid) })
            })
            .collect();
        shown["members"] = json!(members);
    }
    let owner = crate::store::organization_groups::get(context.database(), group.owner, context.scope()).await?;
    let mut extension = group.details.get("extension").cloned().unwrap_or_else(|| json!({}));
    extension["groupType"] = json!(if group.is_directory() { "Directory" } else { "Custom" });
    extension["domain"] = json!("Enrollment");
    extension["managedByOrganizationGroup"] = json!(owner.map(|owner| owner.uuid));
    shown[GROUP_EXTENSION] = extension;
    Ok(shown)
}

fn missing(uuid: Uuid) -> Refusal {
    Refusal::not_found(format!("Resource {uuid} not found."))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let group = user_groups::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    Ok(Said::json(200, shown(&context, &group, true).await?))
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let required = || Refusal::bad("invalidValue: The displayName is required.");
    let name = given.member_text("displayName").ok_or_else(required)?;
    let extension = given.member(GROUP_EXTENSION).cloned().unwrap_or_else(|| json!({}));
    let owner = ["createGroupAtOrganizationGroup", "managedByOrganizationGroup"]
        .into_iter()
        .find_map(|name| extension.get(name)?.as_str()?.parse::<Uuid>().ok());
    let owner = match owner {
        None => own(&context).await?,
        Some(uuid) => named_uuid(&context, uuid).await?,
    };
    let kind = extension.get("groupType").and_then(Value::as_str).unwrap_or("Custom");
    let mut details = Map::from_iter([
        ("UserGroupType".to_owned(), json!(kind)),
        ("AutoMergeEnabled".to_owned(), json!(extension.get("autoMerge") == Some(&json!(true)))),
        ("extension".to_owned(), extension.clone()),
    ]);
    if let Some(external) = given.member_text("externalId") {
        details.insert("externalId".to_owned(), json!(external));
    }
    let mut tx = context.begin().await?;
    if user_groups::name_taken(&mut tx, owner.id, name, None).await? {
        return Err(Refusal::bad(format!("uniqueness: A group of the displayName '{name}' exists already.")));
    }
    let made = user_groups::create(&mut tx, name, owner.id, details, context.now()).await?;
    tx.commit().await?;
    let location = format!("{}/api/system/scim/v2/Groups/{}", context.tenant.url, made.uuid);
    Ok(Said::made_at(201, location, shown(&context, &made, true).await?))
}

/// All operations of a change or none.
async fn patch(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let mut group = user_groups::get(context.database(), uuid, context.scope()).await?.ok_or_else(|| missing(uuid))?;
    let operations = given.member("operations").and_then(Value::as_array).cloned().unwrap_or_default();
    if operations.is_empty() {
        return Err(Refusal::bad("invalidValue: At least one operation is required."));
    }
    let mut tx = context.begin().await?;
    for operation in &operations {
        apply(&context, &mut tx, &mut group, operation).await?;
    }
    if user_groups::name_taken(&mut tx, group.owner, &group.name, Some(group.id)).await? {
        return Err(Refusal::bad(format!("uniqueness: A group of the displayName '{}' exists already.", group.name)));
    }
    user_groups::save(&mut tx, &group, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn apply(context: &Context, tx: &mut Transaction, group: &mut Group, operation: &Value) -> Result<(), Refusal> {
    let verb = operation["op"].as_str().unwrap_or_default();
    let path = operation["path"].as_str().unwrap_or_default();
    let value = &operation["value"];
    match (verb, path.to_lowercase().as_str()) {
        ("Replace" | "Add", "displayname" | "externalid") => {
            let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
            let text = text.ok_or_else(|| Refusal::bad(format!("invalidValue: {path} needs a text.")))?;
            if path.eq_ignore_ascii_case("displayName") {
                text.clone_into(&mut group.name);
            } else {
                group.details.insert("externalId".to_owned(), json!(text));
            }
            Ok(())
        }
        ("Add" | "Remove" | "Replace", members) if members.starts_with("members") => {
            if group.is_directory() {
                let message = "mutability: The members of a directory group come from the directory.";
                return Err(Refusal::new(403, 6078, message));
            }
            if verb == "Replace" || (verb == "Remove" && value.is_null() && members == "members") {
                user_groups::empty(tx, group.id).await?;
            }
            for uuid in uuids(value, path) {
                let user = users::get_in(tx, uuid, context.scope()).await?;
                let user = user.ok_or_else(|| Refusal::bad(format!("invalidValue: User {uuid} not found.")))?;
                if verb == "Remove" {
                    user_groups::leave(tx, group.id, user.id.0).await?;
                } else {
                    user_groups::join(tx, group.id, user.id.0, context.now()).await?;
                }
            }
            Ok(())
        }
        _ => Err(Refusal::bad(format!("invalidPath: {verb} of '{path}' is not supported."))),
    }
}

/// Users that a value names (`[{"value": "…"}]`, `{"value": "…"}`, `"…"`) or a path (`members[value eq "…"]`).
fn uuids(value: &Value, path: &str) -> Vec<Uuid> {
    let one = |value: &Value| value.as_str().or_else(|| value.get("value")?.as_str())?.parse().ok();
    let in_path = path.split('"').nth(1).and_then(|text| text.parse().ok());
    match value {
        Value::Array(all) => all.iter().filter_map(one).collect(),
        Value::Null => in_path.into_iter().collect(),
        other => one(other).into_iter().collect(),
    }
}
