//! What scripts are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::assigned;
use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::policy::Resource::Scripts;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::agent_runs::{self, SCRIPT, SCRIPT_ASSIGNMENT};
use crate::store::objects::{self, NewObject, Object, Wanted};

/// Platforms whose agents run scripts.
const PLATFORMS: [&str; 3] = ["WIN_RT", "APPLE_OSX", "LINUX"];

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ScriptsV1_GetScriptsByOrganizationGroupAsync", needs(Scripts, Read), list)
        .serve("mdmv1/ScriptsV1_CreateScriptAsync", needs(Scripts, Create), create)
        .serve("mdmv1/ScriptsV1_ScriptBulkDeleteAsync", needs(Scripts, Delete), bulk_delete)
        .serve("mdmv1/ScriptsV1_GetScriptAsync", needs(Scripts, Read), get)
        .serve("mdmv1/ScriptsV1_ReplaceScriptDefinitionAsync", needs(Scripts, Edit), replace);
}

/// As published. Real tenants have been seen to answer 500 for a script that is gone (reference §5.4); a server that
/// tells its callers that it broke would hide when it did.
pub(super) fn missing(uuid: impl std::fmt::Display) -> Refusal {
    Refusal::new(404, 5141, format!("Script not found: {uuid}."))
}

/// The script of the address.
pub(super) async fn named(context: &Context, given: &Given) -> Result<Object, Refusal> {
    let uuid = given.uuid("scriptUuid");
    objects::get(context.database(), SCRIPT, uuid, context.scope()).await?.ok_or_else(|| missing(uuid))
}

pub(super) async fn shown(context: &Context, script: &Object) -> Result<Value, Refusal> {
    let assignments = assigned::parts(context, SCRIPT_ASSIGNMENT, script.uuid).await?;
    let own = json!({
        "script_uuid": script.uuid, "name": script.name, "assignment_count": assignments.len(),
        "created_or_modified_by": script.created_by, "created_or_modified_on": script.updated_at.as_microsecond(),
    });
    Ok(assigned::joined([own, assigned::owner(context, script).await?, Value::Object(script.body.clone())]))
}

/// What the published shape cannot say.
fn check(given: &Given) -> Result<&str, Refusal> {
    let name = given.required_text("name")?;
    let platform = given.required_text("platform")?;
    if !PLATFORMS.contains(&platform) {
        return Err(Refusal::shape(format!("Platform {platform} has no scripts: valid are {}.", PLATFORMS.join(", "))));
    }
    let language = given.required_text("script_type")?;
    let known = match platform {
        "WIN_RT" => language == "POWERSHELL",
        "LINUX" => matches!(language, "BASH" | "PYTHON"),
        _ => matches!(language, "BASH" | "PYTHON" | "ZSH"),
    };
    if !known {
        return Err(Refusal::shape(format!("Scripts of the type {language} do not run on {platform}.")));
    }
    match STANDARD.decode(given.required_text("script_data")?) {
        Ok(script) if !script.is_empty() => {}
        _ => return Err(Refusal::shape("The script_data field must be Base64.")),
    }
    // Optional in the documents, needed by real tenants (reference §5.3, 58).
    if given.member("allowed_in_catalog").is_none() {
        return Err(Refusal::shape("The allowed_in_catalog field is required."));
    }
    Ok(name)
}

/// The definition that a body gives, with a version of its own.
fn body(given: &Given) -> Map<String, Value> {
    let mut body = given.members();
    for own in ["name", "organization_group_uuid", "script_uuid", "created_by"] {
        body.remove(own);
    }
    body.insert("version".to_owned(), Uuid::new_v4().to_string().into());
    body
}

fn address(context: &Context, uuid: Uuid) -> String {
    format!("{}/api/mdm/scripts/{uuid}", context.tenant.url)
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = assigned::group(&context, Some(given.uuid("organizationGroupUuid"))).await?;
    let name = check(&given)?;
    let mut tx = context.begin().await?;
    refuse_taken(&context, &mut tx, name, group, None).await?;
    let by = &context.caller.name;
    let new = NewObject { kind: SCRIPT, group, parent: None, name, state: "", body: body(&given), created_by: by };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made_at(201, address(&context, made.uuid), Value::Null))
}

async fn refuse_taken(
    context: &Context,
    tx: &mut muster_store::Transaction,
    name: &str,
    group: i64,
    own: Option<Uuid>,
) -> Result<(), Refusal> {
    let taken = Wanted { name: Some(name), group: Some(group), ..Wanted::default() };
    match objects::first(tx, SCRIPT, &taken, context.scope()).await? {
        Some(other) if Some(other.uuid) != own => {
            Err(Refusal::new(422, 5180, format!("A script of the name '{name}' exists already.")))
        }
        _ => Ok(()),
    }
}

async fn replace(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = check(&given)?;
    let mut script = named(&context, &given).await?;
    let mut tx = context.begin().await?;
    refuse_taken(&context, &mut tx, name, script.group, Some(script.uuid)).await?;
    name.clone_into(&mut script.name);
    script.body = body(&given);
    objects::save(&mut tx, &script, context.now()).await?;
    tx.commit().await?;
    Ok(Said::made_at(204, address(&context, script.uuid), Value::Null))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let script = named(&context, &given).await?;
    Ok(Said::json(200, shown(&context, &script).await?))
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let (_, scope) = assigned::group_and_below(&context, given.uuid("organizationGroupUuid")).await?;
    let page = given.page()?;
    let name = given.asked("name").map(str::to_lowercase);
    let mut scripts = assigned::all(&context, SCRIPT, &scope).await?;
    scripts.retain(|script| {
        name.as_ref().is_none_or(|name| script.name.to_lowercase().contains(name))
            && assigned::is(script, "platform", given.asked("platform"))
            && assigned::is(script, "script_type", given.asked("script_type"))
    });
    let descending = given.asked("sort_order").is_some_and(|order| order.eq_ignore_ascii_case("desc"));
    assigned::sort(&mut scripts, given.asked("orderby"), descending);
    let total = scripts.len();
    let mut rows = Vec::new();
    for script in assigned::paged(scripts, page) {
        rows.push(shown(&context, &script).await?);
    }
    Ok(Said::json(200, json!({ "RecordCount": total, "SearchResults": rows })))
}

/// 200 says that all went, 206 that some did not, as real tenants answer (reference §3.23).
async fn bulk_delete(context: Context, given: Given) -> Result<Said, Refusal> {
    assigned::group(&context, Some(given.uuid("organizationGroupUuid"))).await?;
    let wanted = assigned::uuids(Some(&given.body));
    if wanted.is_empty() {
        return Err(Refusal::shape("The body must be a list of the UUIDs of scripts."));
    }
    let mut tx = context.begin().await?;
    let (mut deleted, mut failed) = (0, Vec::new());
    for uuid in wanted {
        match objects::find(&mut tx, SCRIPT, uuid, context.scope()).await? {
            Some(script) => {
                agent_runs::take_back(&mut tx, script.uuid, false).await?;
                assigned::remove_whole(&mut tx, &script, SCRIPT_ASSIGNMENT).await?;
                deleted += 1;
            }
            None => failed.push(uuid),
        }
    }
    if deleted == 0 {
        return Err(Refusal::new(404, 5141, "None of the scripts was found."));
    }
    tx.commit().await?;
    let status = if failed.is_empty() { 200 } else { 206 };
    Ok(Said::json(status, json!({ "scripts_deleted": deleted, "delete_failed": failed })))
}
