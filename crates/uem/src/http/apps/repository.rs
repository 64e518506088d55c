//! The repository of ready-made packages: search it, and import from it.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::stores::{Item, REPOSITORY};
use crate::store::apps::{self, INTERNAL, NewApp, PUBLIC, PURCHASED, Wanted, assignments};
use crate::store::blobs::{self, Blob, NewBlob};
use crate::store::objects::Key;
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv2/EnterpriseAppRepositoryV2_SearchApplicationsAsync", needs(Apps, Read), search)
        .serve("mamv2/EnterpriseAppRepositoryV2_BulkSearchApplicationsAsync", needs(Apps, Read), bulk_search)
        .serve("mamv2/EnterpriseAppRepositoryV2_GetApplicationsDetailsAsync", needs(Apps, Read), package)
        .serve("mamv2/EnterpriseAppRepositoryV2_ImportApplicationPackageAsync", needs(Apps, Create), import_package)
        .serve("mamv2/EnterpriseAppRepositoryV2_ImportApplicationAsync", needs(Apps, Create), import)
        .serve("mamv1/RemediatingAppsV1_SearchApplicationsAsync", needs(Apps, Read), remediating);
}

type Entry = (&'static str, Item);

/// The platform's word here.
fn word(platform: &str) -> &'static str {
    if platform == "WinRT" { "WIN_RT" } else { "APPLE_OS_X" }
}

fn kind(platform: &str) -> &'static str {
    if platform == "WinRT" { "MSI" } else { "PKG" }
}

fn shown((platform, item): &Entry) -> Value {
    json!({
        "package_identifier": item.bundle, "package_name": item.name, "publisher": item.publisher,
        "platform": word(platform), "all_versions": item.versions, "default_locale": "en-US",
        "short_description": format!("{} for {platform}", item.name), "moniker": item.name.to_lowercase(),
        "latest_version": { "version": item.newest(), "installers": [installer(platform)] }, "tags": [],
    })
}

fn installer(platform: &str) -> Value {
    json!({ "architecture": "X64", "installer_locale": "en-US", "installer_type": kind(platform) })
}

/// The platform that is asked for, in this repository's words.
fn asked(platform: Option<&str>) -> Result<Option<&'static str>, Refusal> {
    match platform.map(str::to_uppercase).as_deref() {
        None | Some("UNKNOWN") => Ok(None),
        Some("WIN_RT" | "WINRT") => Ok(Some("WinRT")),
        Some("APPLE_OS_X" | "APPLEOSX") => Ok(Some("AppleOsX")),
        Some(other) => Err(Refusal::bad(format!("'{other}' is not a platform of the repository."))),
    }
}

async fn search(_: Context, given: Given) -> Result<Said, Refusal> {
    let platform = asked(given.asked("platform"))?;
    let text = given.asked("app").unwrap_or_default().to_lowercase();
    let size = given.asked_id("pageSize").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let size = size.unwrap_or(50);
    let page = match given.asked("pageKey") {
        None => 0,
        Some(key) => key.parse::<usize>().map_err(|_| Refusal::bad(format!("'{key}' is not a valid pageKey.")))?,
    };
    let found: Vec<&Entry> = REPOSITORY
        .iter()
        .filter(|(of, _)| platform.is_none_or(|platform| platform == *of))
        .filter(|(_, item)| item.name.to_lowercase().contains(&text) || item.bundle.to_lowercase().contains(&text))
        .collect();
    let list: Vec<Value> = found.iter().skip(page * size).take(size).map(|entry| shown(entry)).collect();
    let more = (page + 1) * size < found.len();
    Ok(Said::json(
        200,
        json!({
            "applications": list, "total_apps_count": found.len(), "page_count": found.len().div_ceil(size),
            "has_more": more, "page_key": more.then(|| (page + 1).to_string()),
        }),
    ))
}

async fn bulk_search(_: Context, given: Given) -> Result<Said, Refusal> {
    let platform = asked(given.member_text("platform"))?;
    let wanted = given.member("package_identifiers").and_then(Value::as_array).cloned().unwrap_or_default();
    if wanted.is_empty() {
        return Err(Refusal::bad("The package_identifiers field is required."));
    }
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for identifier in wanted.iter().filter_map(Value::as_str) {
        match entry(identifier).filter(|(of, _)| platform.is_none_or(|platform| platform == *of)) {
            Some(entry) => found.push(shown(entry)),
            None => missing.push(identifier),
        }
    }
    let total = found.len();
    Ok(Said::json(200, json!({ "applications": found, "not_found": missing, "total_apps_count": total })))
}

fn entry(identifier: &str) -> Option<&'static Entry> {
    REPOSITORY.iter().find(|(_, item)| item.bundle.eq_ignore_ascii_case(identifier))
}

/// A package in one of its versions.
fn version(identifier: &str, version: &str) -> Result<(&'static Entry, &'static str), Refusal> {
    let missing = || Refusal::not_found(format!("The repository has no version {version} of {identifier}."));
    let entry = entry(identifier).ok_or_else(missing)?;
    let version = entry.1.versions.iter().find(|known| **known == version).ok_or_else(missing)?;
    Ok((entry, version))
}

fn file_name(item: &Item, platform: &str, version: &str) -> String {
    let name: String = item.name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{name}-{version}.{}", kind(platform).to_lowercase())
}

async fn package(_: Context, given: Given) -> Result<Said, Refusal> {
    let (identifier, asked) =
        (given.asked("packageId").unwrap_or_default(), given.asked("version").unwrap_or_default());
    let ((platform, item), version) = version(identifier, asked)?;
    let file = file_name(item, platform, version);
    let mut installer = installer(platform);
    installer["installer_file_name"] = file.into();
    installer["scope"] = "DEVICE".into();
    installer["install_modes"] = json!(["SILENT"]);
    Ok(Said::json(
        200,
        json!({
            "package_identifier": item.bundle, "package_name": item.name, "package_version": version,
            "publisher_name": item.publisher, "platform": [word(platform)], "installer_type": kind(platform),
            "installers": [installer], "default_locale": "en-US", "scope": "DEVICE", "has_more": false,
            "install_modes": ["SILENT"], "short_description": format!("{} for {platform}", item.name),
        }),
    ))
}

/// What an import names: the package, its version, and the group that gets it.
async fn wish(context: &Context, given: &Given) -> Result<(&'static Entry, &'static str, i64), Refusal> {
    let (identifier, asked) = (given.required_text("package_identifier")?, given.required_text("package_version")?);
    let (entry, version) = version(identifier, asked)?;
    let group = match given.member_uuid("organization_group_uuid") {
        None => context.caller.group,
        Some(uuid) => super::group(context, uuid).await?.0,
    };
    Ok((entry, version, group))
}

/// Fetches a package: what the repository of this tenant keeps of one is its manifest.
async fn fetch(
    context: &Context,
    tx: &mut muster_store::Transaction,
    (platform, item): &Entry,
    version: &str,
    group: i64,
) -> Result<Blob, Refusal> {
    let manifest = json!({ "identifier": item.bundle, "name": item.name, "version": version, "platform": platform });
    let (bytes, file) = (manifest.to_string(), file_name(item, platform, version));
    let new = NewBlob { group, file_name: &file, module_type: "Application", bytes: bytes.as_bytes() };
    Ok(blobs::create(tx, new, context.now()).await?)
}

async fn import_package(context: Context, given: Given) -> Result<Said, Refusal> {
    let (entry, version, group) = wish(&context, &given).await?;
    let mut tx = context.begin().await?;
    let blob = fetch(&context, &mut tx, entry, version, group).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "package_blob_id": { "Value": blob.id } })))
}

async fn import(context: Context, given: Given) -> Result<Said, Refusal> {
    let (entry, version, group) = wish(&context, &given).await?;
    let (platform, item) = entry;
    let mut tx = context.begin().await?;
    let before = apps::versions(&mut tx, item.bundle, platform, group).await?;
    if before.iter().any(|old| old.version == version) {
        return Err(Refusal::bad(format!("Version {version} of {} was imported already.", item.bundle)));
    }
    let blob = fetch(&context, &mut tx, entry, version, group).await?;
    let mut body = Map::new();
    body.insert("EARPackageId".to_owned(), item.bundle.into());
    body.insert("ApplicationSource".to_owned(), 8.into());
    body.insert("Developer".to_owned(), item.publisher.into());
    body.insert("ApplicationFileName".to_owned(), file_name(item, platform, version).into());
    body.insert("ApplicationFileHash".to_owned(), blob.sha256.clone().into());
    let new = NewApp {
        name: item.name.to_owned(),
        bundle_id: item.bundle.to_owned(),
        version: version.to_owned(),
        kind: INTERNAL,
        platform: (*platform).to_owned(),
        group,
        size_mb: item.size_mb,
        blob: Some(blob.id),
        body,
        ..NewApp::default()
    };
    let id = apps::create(&mut tx, &new, context.now()).await?;
    let carry = given.member("carryover_assignments").and_then(Value::as_bool) == Some(true);
    if let (true, Some(last)) = (carry, before.last()) {
        let assigned = assignments::find(&mut tx, last.id).await?;
        assignments::replace(&mut tx, id, assigned).await?;
        super::publish(&context, &mut tx, id).await?;
    }
    let app = apps::find(&mut tx, id, None, context.scope()).await?.ok_or_else(|| Refusal::no_app(404, id))?;
    tx.commit().await?;
    Ok(Said::json(
        200,
        json!({
            "application_uuid": app.uuid, "application_name": app.name, "bundle_id": app.bundle_id,
            "app_uem_version": app.version, "location_group_id": app.group, "push_mode": "Auto",
            "organization_group_uuid": app.group_uuid, "application_source": "ENTERPRISE_APP_REPOSITORY",
            "platform": super::shown::platform_number(&app),
        }),
    ))
}

/// Apps that a vulnerability can be mended with: those that are managed, and those that could be imported.
async fn remediating(context: Context, given: Given) -> Result<Said, Refusal> {
    const MOST: usize = 100;
    let text = given.required_text("search_text")?.to_lowercase();
    let group = given.member_uuid("organization_group_uuid").unwrap_or_default();
    let Some((group, _)) = apps::group(context.database(), Key::Uuid(group), context.scope()).await? else {
        return Err(Refusal::not_found(format!("Organization group {group} is not found.")));
    };
    let sources = given.member("filter_by_source").and_then(Value::as_array).cloned().unwrap_or_default();
    let from = |source: &str| sources.is_empty() || sources.iter().any(|wanted| wanted == source);
    let mut found: Vec<(String, Value)> = Vec::new();
    if from("MANAGED_APPS") {
        let wanted = Wanted {
            name: Some(&text),
            kinds: vec![INTERNAL, PUBLIC, PURCHASED],
            platform: Some("WinRT".to_owned()),
            groups: Some(apps::family(context.database(), group, false).await?),
            ..Wanted::default()
        };
        let all = Page::asked_or_all(None, None);
        for app in apps::search(context.database(), &wanted, all, context.scope()).await?.0 {
            let managed = json!({
                "application_uuid": app.uuid, "organization_group_uuid": app.group_uuid, "version": app.version,
                "devices_with_app": app.installed,
            });
            let vendor = app.body.get("Developer").cloned().unwrap_or_default();
            let one = json!({ "name": app.name, "vendor": vendor, "platform": "WIN_RT", "app_source": "MANAGED_APPS",
                "managed_app": managed });
            found.push((app.name, one));
        }
    }
    if from("ENTERPRISE_APP_REPOSITORY") {
        for (_, item) in REPOSITORY.iter().filter(|(platform, _)| *platform == "WinRT") {
            if item.name.to_lowercase().contains(&text) {
                let ear = json!({ "package_identifier": item.bundle, "package_name": item.name,
                    "latest_version": item.newest() });
                let one = json!({ "name": item.name, "vendor": item.publisher, "platform": "WIN_RT",
                    "app_source": "ENTERPRISE_APP_REPOSITORY", "ear_app": ear });
                found.push((item.name.to_owned(), one));
            }
        }
    }
    if given.member_text("sort_by") != Some("APP_SOURCE") {
        found.sort_by_key(|(name, _)| name.to_lowercase());
    }
    if given.member_text("sort_order") == Some("DESC") {
        found.reverse();
    }
    let total = found.len();
    let list: Vec<Value> = found.into_iter().take(MOST).map(|(_, one)| one).collect();
    Ok(Said::json(200, json!({ "applications": list, "total_count": total, "search_limit_exceeded": total > MOST })))
}
