//! Making an internal app of a file that was uploaded.

use jiff::SignedDuration;
use muster_model::Stamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Create;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{blobs as files, shown, text};
use crate::store::apps::{self, App, INTERNAL, NewApp, assignments};
use crate::store::blobs::{self, Blob};

pub(super) fn routes(table: &mut Table) {
    table.serve("mamv1/InternalAppsV1_CreateInternalAppFromBlobAsync", needs(Apps, Create), begin_install).serve(
        "mamv1/InternalAppsV1_CreateInternalApplicationFromBlob",
        needs(Apps, Create),
        application,
    );
}

/// Kinds of files that a platform installs.
fn installs(platform: &str, kind: &str) -> bool {
    let kinds: &[&str] = match platform {
        "Apple" | "AppleTv" => &["ipa"],
        "Android" => &["apk"],
        "WinRT" | "WindowsPc" => &["msi", "exe", "zip", "appx", "appxbundle", "msix", "msixbundle", "xap", "ps1"],
        "AppleOsX" => &["pkg", "mpkg", "dmg", "app", "zip"],
        "Linux" => &["deb", "rpm", "sh", "zip"],
        _ => return true,
    };
    kinds.contains(&kind)
}

async fn begin_install(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut said = given.members();
    rename(&mut said, &[("MsiDeploymentParamModel", "MsiDeploymentParameters")]);
    let group = said.get("LocationGroupId").and_then(Value::as_i64);
    let group = match group {
        None => context.caller.group,
        Some(id) => super::group(&context, id).await?.0,
    };
    make(&context, said, group).await
}

/// The same facts in the words of newer releases.
async fn application(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut said = given.members();
    rename(
        &mut said,
        &[
            ("app_uem_version", "app_version"),
            ("developer_name", "developer"),
            ("dependency_file", "is_dependency_file"),
            ("deployment_param", "msi_deployment_parameters"),
            ("carryover_assignments", "carry_over_assignments"),
        ],
    );
    let group = match said.get("organization_group_uuid").and_then(Value::as_str).and_then(|text| text.parse().ok()) {
        None => context.caller.group,
        Some(uuid) => super::group(&context, crate::store::objects::Key::Uuid(uuid)).await?.0,
    };
    let mut said = pascal(Value::Object(said)).as_object().cloned().unwrap_or_default();
    rename(&mut said, &[("IconblobUuid", "IconBlobUuId"), ("EarPackageId", "EARPackageId")]);
    make(&context, said, group).await
}

fn rename(said: &mut Map<String, Value>, names: &[(&str, &str)]) {
    for (old, new) in names {
        if let Some(value) = said.remove(*old) {
            said.insert((*new).to_owned(), value);
        }
    }
}

/// `supported_models` → `SupportedModels`, at every depth.
fn pascal(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let members = object.into_iter().map(|(name, value)| {
                let words = name.split('_').map(|word| {
                    let mut letters = word.chars();
                    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
                    first + letters.as_str()
                });
                (words.collect::<String>(), pascal(value))
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(pascal).collect()),
        other => other,
    }
}

async fn make(context: &Context, said: Map<String, Value>, group: i64) -> Result<Said, Refusal> {
    let required = |name: &str| Refusal::bad(format!("The {name} field is required."));
    let file = text(&said, "FileName").ok_or_else(|| required("FileName"))?.to_owned();
    let models = said.get("SupportedModels").and_then(|models| models.get("Model")).and_then(Value::as_array);
    if models.is_none_or(Vec::is_empty) {
        return Err(required("SupportedModels"));
    }
    let device_type = said.get("DeviceType").map(|kind| kind.as_str().map_or_else(|| kind.to_string(), str::to_owned));
    let device_type = device_type.ok_or_else(|| required("DeviceType"))?;
    let platform = super::platform(&device_type)
        .ok_or_else(|| Refusal::bad(format!("'{device_type}' is not a valid DeviceType.")))?
        .as_str()
        .to_owned();
    let (stem, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
    let kind = kind.to_lowercase();
    if !installs(&platform, &kind) {
        return Err(Refusal::bad(format!("A file of the type '{kind}' cannot be installed on {platform}.")));
    }
    check_windows(&said, &platform, &kind)?;
    let name = text(&said, "ApplicationName").unwrap_or(stem).to_owned();
    let version = text(&said, "AppVersion").or_else(|| text(&said, "ActualFileVersion")).unwrap_or("1.0").to_owned();
    let bundle_id = text(&said, "BundleId").map_or_else(|| product(&name), str::to_owned);

    let mut tx = context.begin().await?;
    let before = apps::versions(&mut tx, &bundle_id, &platform, group).await?;
    if before.iter().any(|old| old.version == version) {
        let message = format!("Version {version} of {bundle_id} exists already in this organization group.");
        return Err(Refusal::bad(message));
    }
    let blob = package(context, &mut tx, &said, group, &file).await?;
    let mut new = NewApp {
        name,
        bundle_id,
        version,
        kind: INTERNAL,
        platform,
        group,
        size_mb: (blob.size / (1024 * 1024)).max(1),
        blob: Some(blob.id),
        licenses: 0,
        body: body(&said, &file, &blob),
    };
    if new.platform == "Apple" {
        new.body.extend(signed(context));
    }
    let id = apps::create(&mut tx, &new, context.now()).await?;
    if said.get("CarryOverAssignments").and_then(Value::as_bool) == Some(true)
        && let Some(last) = before.last()
    {
        let assigned = assignments::find(&mut tx, last.id).await?;
        assignments::replace(&mut tx, id, assigned).await?;
        super::publish(context, &mut tx, id).await?;
    }
    let made = apps::find(&mut tx, id, None, context.scope()).await?;
    tx.commit().await?;
    match made {
        Some(app) => answer(context, &app).await,
        None => Err(Refusal::no_app(404, id)),
    }
}

async fn answer(context: &Context, app: &App) -> Result<Said, Refusal> {
    let groups = assignments::of_apps(context.database(), &[app.id]).await?;
    Ok(Said::json(200, shown::entity(app, groups.get(&app.id).map_or(&[], Vec::as_slice))))
}

/// The package: a file that was uploaded whole, or in chunks.
async fn package(
    context: &Context,
    tx: &mut muster_store::Transaction,
    said: &Map<String, Value>,
    group: i64,
    file: &str,
) -> Result<Blob, Refusal> {
    if let Some(transaction) = text(said, "TransactionId") {
        let blob = files::whole(context, tx, transaction, group, file).await?;
        return blob.ok_or_else(|| Refusal::bad("The upload of this transaction is missing or not complete."));
    }
    let id = said.get("BlobId").and_then(Value::as_i64).filter(|id| *id > 0);
    let id = id.ok_or_else(|| Refusal::bad("Either BlobId or TransactionId is required."))?;
    let blob = blobs::find(tx, id, context.scope()).await?;
    let blob = blob.ok_or_else(|| Refusal::new(400, 7019, format!("File {id} is not found or not accessible.")))?;
    if apps::uses(tx, blob.id, blob.uuid).await? {
        return Err(Refusal::bad(format!("File {id} belongs to another application.")));
    }
    Ok(blob)
}

/// What Windows needs to know besides: how an installer is run, and how a file of an unknown kind is removed.
fn check_windows(said: &Map<String, Value>, platform: &str, kind: &str) -> Result<(), Refusal> {
    if platform != "WinRT" {
        return Ok(());
    }
    let missing = |name: &str| Err(Refusal::bad(format!("The {name} field is required for a file of type {kind}.")));
    if kind == "msi" && !said.contains_key("DeploymentOptions") {
        return missing("DeploymentOptions");
    }
    if kind == "msi" && text(said, "SupportedProcessorArchitecture").is_none() {
        return missing("SupportedProcessorArchitecture");
    }
    let uninstall = said.get("FilesOptions").and_then(Value::as_object);
    let uninstall = uninstall.and_then(|files| {
        files.iter().find(|(name, _)| name.eq_ignore_ascii_case("ApplicationUnInstallProcess")).map(|(_, value)| value)
    });
    if matches!(kind, "zip" | "exe") && uninstall.is_none() {
        return missing("ApplicationUnInstallProcess");
    }
    Ok(())
}

/// The id of an app whose uploader did not tell one, as installers have it. It follows from the name, so that a
/// further version has it too.
fn product(name: &str) -> String {
    let hash = blobs::sha256(name.to_lowercase().as_bytes()).to_uppercase();
    format!("{{{}-{}-{}-{}-{}}}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32])
}

/// The profile that an app of Apple's needs to run, good for a year.
fn signed(context: &Context) -> [(String, Value); 2] {
    let now = context.now();
    let until = now.saturating_add(SignedDuration::from_hours(365 * 24)).unwrap_or(now);
    [
        ("AppProvisioningProfileUuid".to_owned(), Uuid::new_v4().to_string().into()),
        ("RenewalDate".to_owned(), Stamp(until).to_string().into()),
    ]
}

/// What is kept as it was said.
fn body(said: &Map<String, Value>, file: &str, blob: &Blob) -> Map<String, Value> {
    const ELSEWHERE: &[&str] = &[
        "ApplicationName",
        "BundleId",
        "AppVersion",
        "DeviceType",
        "BlobId",
        "TransactionId",
        "LocationGroupId",
        "OrganizationGroupUuid",
        "FileName",
        "CarryOverAssignments",
        "UploadViaLink",
    ];
    let mut body = said.clone();
    body.retain(|name, _| !ELSEWHERE.contains(&name.as_str()));
    body.insert("ApplicationFileName".to_owned(), file.into());
    body.insert("ApplicationFileHash".to_owned(), blob.sha256.clone().into());
    body.insert("ApplicationFileBlobGUID".to_owned(), blob.uuid.to_string().into());
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_become_one() {
        let said = json!({"supported_models": {"model": [{"model_id": 1}]}, "app_version": "1"});
        assert_eq!(pascal(said), json!({"SupportedModels": {"Model": [{"ModelId": 1}]}, "AppVersion": "1"}));
        assert_eq!(product("Tool"), product("TOOL"));
        assert_eq!(product("Tool").len(), 38);
    }
}
