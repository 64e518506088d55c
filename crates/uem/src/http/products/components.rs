//! Parts of products: files with what is done to them, actions that follow events, and what a product consists of.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::owner;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Products;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::maintain::{general, store, succeeded};
use super::search::date;
use super::{EVENT_ACTION, FILE_ACTION, invalid_product, model, no_product, read};
use crate::http::profiles;
use crate::store::objects::{self, Object, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/ProductComponentsV1_MaintainFileActionAsync", needs(Products, Edit), maintain_file_action)
        .serve("mdmv1/ProductComponentsV1_MaintainEventAction", needs(Products, Edit), maintain_event_action)
        .serve("mdmv1/ProductComponentsV1_SearchFilesActions", needs(Products, Read), file_actions)
        .serve("mdmv1/ProductComponentsV1_GetEventsActionsList", needs(Products, Read), event_actions)
        .serve("mdmv1/ProductComponentsV1_GetFileActionsByProductId", needs(Products, Read), of_product)
        .serve("mdmv1/ProductComponentsV1_GetProfileByProductIdAsync", needs(Products, Read), profiles_of_product)
        .serve("mdmv1/ProductComponentsV1_GetProductComponentsByRelayServer", needs(Products, Read), for_relay_server)
        .serve("mdmv1/ProductComponentsV1_GetProductComponentsByRelayServer#2", needs(Products, Read), on_relay_server);
}

async fn maintain_file_action(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.member_text("Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    model::platform(None, given.member_id("DevicePlatformID"))?;
    let general = general(&context, &given).await?;
    let made = store(&context, FILE_ACTION, name, &general, given.members()).await?;
    Ok(Said::json(200, json!({ "Value": made.id, "Uuid": made.uuid, "ResultString": "Success" })))
}

async fn maintain_event_action(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.member_text("Name").ok_or_else(|| Refusal::bad("The Name field is required."))?;
    model::platform(None, given.member_id("DevicePlatformID"))?;
    let general = general(&context, &given).await?;
    let made = store(&context, EVENT_ACTION, name, &general, given.members()).await?;
    Ok(succeeded(&made))
}

async fn listed(context: &Context, given: &Given, kind: &str) -> Result<Vec<Object>, Refusal> {
    let group = owner::asked(context, given.asked_id("organizationgroupid")).await?;
    let everything = Page::asked_or_all(None, None);
    let wanted = Wanted { group, ..Wanted::default() };
    Ok(objects::list(context.database(), kind, &wanted, everything, context.scope()).await?.0)
}

async fn file_actions(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let platform = given.asked("platform").map(|word| model::platform(Some(word), None)).transpose()?;
    let number = platform.as_ref().and_then(muster_model::words::Platform::number);
    let (from, till) = (given.asked_time("lastmodifiedon"), given.asked_time("lastmodifiedtill"));
    let mut found = listed(&context, &given, FILE_ACTION).await?;
    found.retain(|action| {
        (platform.is_none() || action.body.get("DevicePlatformID").and_then(Value::as_i64) == number)
            && from.is_none_or(|from| action.updated_at >= from)
            && till.is_none_or(|till| action.updated_at <= till)
    });
    let total = found.len() as u64;
    let shown: Vec<Value> = super::search::page_of(&found, page).map(file_action).collect();
    Ok(Said::list(
        json!({ "FilesActionsDetails": shown, "Page": page.number, "PageSize": page.size, "Total": total }),
        total,
    ))
}

/// What an installation step of a file action does, by its number.
const STEPS: &[&str] = &["CopyFiles", "CreateFolder", "DeleteFiles", "MoveFiles", "RenameFiles", "Run", "Reboot"];

fn file_action(action: &Object) -> Value {
    let body = |name: &str| action.body.get(name);
    let list = |name: &str| body(name).and_then(Value::as_array).into_iter().flatten();
    let files = list("BlobFiles").chain(list("RepositoryFiles")).enumerate().map(|(place, file)| {
        let path = file.get("DownloadPath").or_else(|| file.get("FilePath"));
        json!({ "FileId": place + 1, "Name": file.get("FileName"), "Path": path })
    });
    let steps = |name: &str| -> Vec<Value> {
        list(name)
            .map(|step| {
                let number = step.get("ProductActionTypeID").and_then(Value::as_u64).unwrap_or_default();
                let word = usize::try_from(number).ok().and_then(|number| STEPS.get(number.checked_sub(1)?));
                json!({ "ActionType": word, "CommandLineAndArgumentsToRun": step.get("CommandXML"),
                    "Critical": step.get("Critical").and_then(Value::as_i64).map(|number| number.to_string()) })
            })
            .collect()
    };
    let platform = body("DevicePlatformID").and_then(Value::as_i64).map(|number| number.to_string());
    let platform = platform.and_then(|number| muster_model::words::Platform::known(&number));
    json!({
        "Id": action.id, "Name": action.name, "Description": body("Description"),
        "Platform": platform.map(|platform| platform.to_string()), "Version": 1,
        "OrganizationGroupId": action.group, "ModifiedOn": date(action.updated_at),
        "Files": files.collect::<Vec<Value>>(), "InstallManifests": steps("ManifestInstallSteps"),
        "UninstallManifests": steps("ManifestUnInstallSteps"),
    })
}

async fn event_actions(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let found = listed(&context, &given, EVENT_ACTION).await?;
    let groups = model::Groups::load(&context).await?;
    let total = found.len() as u64;
    let shown: Vec<Value> = super::search::page_of(&found, page)
        .map(|action| {
            json!({ "Id": action.id, "EventActionUUID": action.uuid, "Name": action.name, "Version": 1,
                "Description": action.body.get("Description"), "DeviceType": action.body.get("DevicePlatformID"),
                "ManagedBy": groups.owners.get(&action.group) })
        })
        .collect();
    Ok(Said::list(
        json!({ "EventActionsDetails": shown, "Page": page.number, "PageSize": page.size, "Total": total }),
        total,
    ))
}

/// Items of a product's steps about one thing: `FILE_ACTION`, `PROFILE`, ….
fn items(product: &Object, thing: &str) -> Vec<i64> {
    let about =
        |kind: i64| model::step(kind).and_then(|word| word.split_once('_')).is_some_and(|(_, own)| own == thing);
    model::steps(&product.body).into_iter().filter(|(kind, _)| about(*kind)).map(|(_, item)| item).collect()
}

async fn of_product(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let product = read(&context, id, || invalid_product(id)).await?;
    let mut shown = Vec::new();
    for item in items(&product, "FILE_ACTION") {
        if let Some(action) = objects::get(context.database(), FILE_ACTION, item, context.scope()).await? {
            shown.push(file_action(&action));
        }
    }
    Ok(Said::json(200, json!({ "FilesActionsDetails": shown })))
}

async fn profiles_of_product(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let product = read(&context, id, || invalid_product(id)).await?;
    let mut shown = Vec::new();
    for item in items(&product, "PROFILE") {
        if let Some(general) = profiles::general_of(&context, item).await? {
            shown.push(json!({ "General": general }));
        }
    }
    Ok(Said::json(200, json!({ "ProductId": id, "AssignedProfiles": shown })))
}

async fn for_relay_server(context: Context, given: Given) -> Result<Said, Refusal> {
    let (Some(server), Some(product)) = (given.asked_uuid("relayserverguid"), given.asked_uuid("devicepolicyguid"))
    else {
        return Err(Refusal::bad("The relayserverguid and devicepolicyguid parameters are required."));
    };
    parts(&context, server, product).await
}

async fn on_relay_server(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = |name: &str| given.text(name).parse().map_err(|_| Refusal::bad(format!("The {name} is no UUID.")));
    parts(&context, uuid("relayserveruuid")?, uuid("devicepolicyuuid")?).await
}

/// What of a product a relay server has to keep ready.
async fn parts(context: &Context, server: uuid::Uuid, product: uuid::Uuid) -> Result<Said, Refusal> {
    let known = objects::get(context.database(), crate::http::relay_servers::KIND, server, context.scope()).await?;
    if known.is_none() {
        return Err(Refusal::not_found(format!("Relay server not found: {server}.")));
    }
    let product = read(context, product, || no_product(product)).await?;
    let mut shown = Vec::new();
    for (thing, kind) in [("FILE_ACTION", FILE_ACTION), ("EVENT_ACTION", EVENT_ACTION)] {
        for item in items(&product, thing) {
            if let Some(part) = objects::get(context.database(), kind, item, context.scope()).await? {
                shown.push(component(&part.name, thing, &part));
            }
        }
    }
    let total = shown.len();
    Ok(Said::json(
        200,
        json!({ "DevicePolicyComponentsDetails": shown, "TotalCount": total, "page": 0, "page_size": total,
            "total": total }),
    ))
}

fn component(name: &str, kind: &str, part: &Object) -> Value {
    let shown = [("Name", json!(name)), ("Type", json!(kind)), ("Version", json!("1"))];
    let mut shown: Map<String, Value> = shown.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    shown.insert("ModifiedOn".to_owned(), json!(date(part.updated_at)));
    Value::Object(shown)
}
