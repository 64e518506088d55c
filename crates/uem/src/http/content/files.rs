//! Files: uploaded as raw bytes, listed, downloaded, removed one by one or many at once.

use aws_lc_rs::digest;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::named as named_group;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Content;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::metadata::{audience, shown};
use super::{categories, named, remove_all};
use crate::store::content;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups;
use crate::store::page::Page;

pub(in super::super) const KIND: &str = "content";

/// Bytes that an organization group may hold, and those of one file.
const CAPACITY: i64 = 5 * 1024 * 1024 * 1024;
const LARGEST: usize = 200 * 1024 * 1024;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mcmv1/AwContents_SearchAsync", needs(Content, Read), search)
        .serve("mcmv1/AwContents_UploadFileAsync", needs(Content, Create), upload)
        .serve("mcmv1/AwContents_DownloadFile", needs(Content, Read), download)
        .serve("mcmv1/AwContents_DeleteFile", needs(Content, Delete), delete)
        .serve("mcmv1/AwContentV2_BulkDelete", needs(Content, Delete), bulk_delete)
        .serve("mcmv1/AwContentV2_GetContentStatusCountsAsync", needs(Content, Read), status)
        .serve("mcmv1/Storage_GetAdminStorage", needs(Content, Read), storage);
}

/// Every file that the caller sees.
async fn all(context: &Context, group: Option<i64>, name: Option<&str>) -> Result<Vec<Object>, Refusal> {
    let wanted = Wanted { name_contains: name, group, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    Ok(objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?.0)
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match (given.asked_id("locationgroupid"), given.asked("locationgroupcode")) {
        (Some(id), _) => Some(named_group(&context, id).await?.id),
        (None, Some(code)) => Some(by_code(&context, code).await?),
        (None, None) => None,
    };
    let mut found = all(&context, group, given.asked("queryString")).await?;
    if let Some(category) = given.asked_uuid("categoryId") {
        let category = category.to_string();
        found.retain(|file| {
            let categories = file.body.get("Categories").and_then(Value::as_array);
            categories.into_iter().flatten().any(|known| known["categoryId"] == json!(category))
        });
    }
    if let Some(kind) = given.asked("mimeType") {
        found.retain(|file| file.body.get("mimeType").and_then(Value::as_str) == Some(kind));
    }
    if let Some(days) = given.asked_id("expiresIn") {
        let until = context.now().saturating_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or_default();
        found.retain(|file| {
            let date = file.body.get("DeploymentSettings").and_then(|settings| settings.get("expirationDate"));
            let date = date.and_then(Value::as_str).and_then(|text| text.parse::<muster_model::Stamp>().ok());
            date.is_some_and(|date| date.0 >= context.now() && date.0 <= until)
        });
    }
    match given.asked("sortBy").map(str::to_lowercase).as_deref() {
        None => {}
        Some("name") => found.sort_by_key(|file| file.name.to_lowercase()),
        Some("createdon") => found.sort_by_key(|file| file.created_at),
        Some("modifiedon") => found.sort_by_key(|file| file.updated_at),
        Some(other) => return Err(Refusal::invalid(format!("'{other}' is not a field to sort by."))),
    }
    if given.asked_flag("sortAscending") == Some(false) {
        found.reverse();
    }
    let first = usize::try_from(given.asked_id("sortIndex").unwrap_or_default()).unwrap_or_default();
    let size = usize::try_from(given.asked_id("pageSize").unwrap_or(500)).unwrap_or(500);
    let rows: Vec<Value> = found.iter().skip(first).take(size.max(1)).map(shown).collect();
    let link = format!("{}/api/mcm/awcontents?sortIndex={first}&pageSize={size}", context.tenant.url);
    let links = json!({ "Links": [{ "Rel": "self", "Href": link }] });
    let said = json!({ "AWContents": rows, "AdditionalInfo": links, "TotalResults": found.len() });
    Ok(Said::json(200, said))
}

async fn by_code(context: &Context, code: &str) -> Result<i64, Refusal> {
    let found = organization_groups::by_code(context.database(), code, context.scope()).await?;
    let missing = || Refusal::no_group(code);
    Ok(found.ok_or_else(missing)?.id)
}

/// What a file is, by the end of its name.
fn mime_type(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    match end.as_str() {
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "mp4" => "video/mp4",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn upload(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.asked("fileName").unwrap_or_default().trim();
    if name.contains(['/', '\\']) {
        return Err(Refusal::invalid(format!("'{name}' is not a file name.")));
    }
    if given.raw.is_empty() {
        return Err(Refusal::bad("The body must be the file."));
    }
    let group = named_group(&context, given.asked_id("locationGroupId").unwrap_or_default()).await?;
    let code = given.asked("locationGroupCode").unwrap_or_default();
    if !code.eq_ignore_ascii_case(&group.code) {
        return Err(Refusal::invalid(format!("The organization group {} has not the code '{code}'.", group.id)));
    }
    let category = given.asked_uuid("categoryId").unwrap_or_default();
    let category = named(&context, categories::KIND, "Category", &category.to_string()).await?;
    let effective = given.asked_time("effectiveDate").unwrap_or_else(|| context.now());
    let body = json!({
        "mimeType": mime_type(name), "isActive": true, "importance": "Normal", "description": "",
        "ContentVersion": {
            "version": "1.0", "size": given.raw.len(), "hashAlgorithm": "SHA256",
            "sha256Hash": hex(digest::digest(&digest::SHA256, &given.raw).as_ref()),
            "hash": hex(digest::digest(&digest::SHA256, &given.raw).as_ref()),
        },
        "Categories": [{ "categoryId": category.uuid, "uuid": category.uuid, "id": category.id, "name": category.name }],
        "AssignmentSettings": {
            "organizationGroups": [{
                "organizationGroupId": group.id, "organizationGroupUuid": group.uuid, "name": group.name,
            }],
            "userGroups": [],
        },
        "DeploymentSettings": {
            "effectiveDate": muster_model::Stamp(effective).to_string(), "downloadMethod": "Any",
            "downloadPriority": "Normal", "downloadWhileRoaming": false, "forceDownload": false, "isRequired": false,
            "isFeaturedContent": false,
        },
        "SecuritySettings": {
            "forceEncryption": true, "allowPrint": false, "allowEdit": false, "allowOpenInEmail": false,
            "allowOpenInThirdPartyApps": false, "allowSavingToOtherRepositories": false, "allowViewOnline": true,
            "enableWaterMark": false,
        },
        "createdBy": &*context.caller.name, "modifiedBy": &*context.caller.name,
    });
    let body = body.as_object().cloned().unwrap_or_else(Map::new);
    let used: i64 = all(&context, None, None).await?.iter().map(size).sum();
    if given.raw.len() > LARGEST || used + i64::try_from(given.raw.len()).unwrap_or(i64::MAX) > CAPACITY {
        return Err(Refusal::new(412, 3011, "The storage of the organization group has no room for the file."));
    }
    let new = NewObject {
        kind: KIND,
        group: group.id,
        parent: Some(category.uuid),
        name,
        state: "Active",
        body,
        created_by: &context.caller.name,
    };
    let mut tx = context.begin().await?;
    let taken = Wanted { name: Some(name), group: Some(group.id), ..Wanted::default() };
    if objects::first(&mut tx, KIND, &taken, context.scope()).await?.is_some() {
        return Err(Refusal::new(400, 3004, format!("The organization group has a file '{name}' already.")));
    }
    let made = objects::create(&mut tx, new, context.now()).await?;
    content::keep(&mut tx, made.uuid, &given.raw).await?;
    tx.commit().await?;
    Ok(Said::json(202, shown(&made)))
}

fn size(file: &Object) -> i64 {
    file.body.get("ContentVersion").and_then(|version| version.get("size")).and_then(Value::as_i64).unwrap_or_default()
}

async fn download(context: Context, given: Given) -> Result<Said, Refusal> {
    let file = named(&context, KIND, "Content", given.text("id")).await?;
    let bytes = content::bytes(context.database(), file.uuid).await?.unwrap_or_default();
    Ok(Said::bytes(mime_type(&file.name), bytes))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let file = named(&context, KIND, "Content", given.text("id")).await?;
    let mut tx = context.begin().await?;
    content::forget(&mut tx, file.uuid).await?;
    objects::remove(&mut tx, &file).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn bulk_delete(context: Context, given: Given) -> Result<Said, Refusal> {
    remove_all(&context, &given, KIND, "Content", async |tx, uuid| Ok(content::forget(tx, uuid).await?)).await
}

/// A file reaches a device when the device is heard from.
async fn status(context: Context, given: Given) -> Result<Said, Refusal> {
    let file = named(&context, KIND, "Content", given.text("contentUuid")).await?;
    let audience = audience(&context, &file).await?;
    let (assigned, heard) = content::reach(context.database(), &audience, file.updated_at).await?;
    let settings = file.body.get("DeploymentSettings");
    let required = settings.and_then(|settings| settings.get("isRequired")).and_then(Value::as_bool).unwrap_or(false);
    let said = json!({
        "content_uuid": file.uuid, "name": file.name, "required": required, "assigned_device_count": assigned,
        "installed_device_count": heard, "uninstalled_device_count": assigned - heard, "viewed_count": 0,
        "acknowledged_count": 0,
    });
    Ok(Said::json(200, said))
}

async fn storage(context: Context, _: Given) -> Result<Said, Refusal> {
    const MEGABYTE: f64 = 1024.0 * 1024.0;
    let megabytes = |bytes: i64| (bytes as f64 / MEGABYTE * 1000.0).round() / 1000.0;
    let used: i64 = all(&context, None, None).await?.iter().map(size).sum();
    let said = json!({
        "storageCapacity": megabytes(CAPACITY), "usedStorage": megabytes(used), "overageAllowed": 0.0,
        "usedStoragePercentage": (used as f64 / CAPACITY as f64 * 10_000.0).round() / 100.0,
        "maxFileSizeAllowed": megabytes(LARGEST as i64), "fileEncryption": true,
    });
    Ok(Said::json(200, said))
}
