//! Apps of macOS, which are made of a package and a description of it.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::apps::{self, App, INTERNAL, NewApp};
use crate::store::blobs;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/MacOsAppsV1_CreateMacOSApplication", needs(Apps, Create), create)
        .serve("mamv1/MacOsAppsV1_UpdateMacOSApplication", needs(Apps, Edit), update)
        .serve("mamv1/MacOsAppsV1_DownloadMacOsApplicationMetadata", needs(Apps, Read), metadata);
}

/// Where an app keeps the file that describes it.
const DESCRIPTION: &str = "PkgInfoBlobId";

/// The value of a key of a property list, if it is a text.
fn value<'a>(plist: &'a str, key: &str) -> Option<&'a str> {
    let after = plist.split_once(&format!("<key>{key}</key>"))?.1.trim_start();
    let text = after.strip_prefix("<string>")?.split_once("</string>")?.0.trim();
    (!text.is_empty()).then_some(text)
}

async fn described(
    context: &Context,
    tx: &mut muster_store::Transaction,
    id: i64,
) -> Result<(blobs::Blob, String), Refusal> {
    let found = blobs::find_bytes(tx, id, context.scope()).await?;
    let missing = || Refusal::bad(format!("The file {id} is not found or not accessible."));
    let (blob, bytes) = found.ok_or_else(missing)?;
    let text = String::from_utf8(bytes).map_err(|_| Refusal::bad(format!("The file {id} is no property list.")))?;
    if text.contains("<plist") {
        Ok((blob, text))
    } else {
        Err(Refusal::bad(format!("The file {id} is no property list.")))
    }
}

async fn create(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, _) = super::group(&context, given.id("id")).await?;
    let package = given.member_id("applicationBlobId");
    let package = package.ok_or_else(|| Refusal::bad("The applicationBlobId field is required."))?;
    let description = given.member_id("pkgInfoBlobId");
    let description = description.ok_or_else(|| Refusal::bad("The pkgInfoBlobId field is required."))?;
    let mut tx = context.begin().await?;
    let (pkginfo, plist) = described(&context, &mut tx, description).await?;
    let missing = || Refusal::bad(format!("The file {package} is not found or not accessible."));
    let blob = blobs::find(&mut tx, package, context.scope()).await?.ok_or_else(missing)?;
    let identifier = value(&plist, "name").or_else(|| value(&plist, "identifier"));
    let identifier = identifier.ok_or_else(|| Refusal::bad("The property list has no name."))?;
    let version = given.member_text("version").or_else(|| value(&plist, "version")).unwrap_or("1.0");
    let before = apps::versions(&mut tx, identifier, "AppleOsX", group).await?;
    if before.iter().any(|old| old.version == version) {
        return Err(Refusal::bad(format!("Version {version} of {identifier} exists already.")));
    }
    let mut body = Map::from_iter([
        (DESCRIPTION.to_owned(), Value::from(pkginfo.id)),
        ("ApplicationFileName".to_owned(), blob.file_name.clone().into()),
        ("ApplicationFileHash".to_owned(), blob.sha256.clone().into()),
        ("MetadataFileName".to_owned(), pkginfo.file_name.clone().into()),
        ("MacOsSoftwareDeploymentSummary".to_owned(), json!({ "IsManaged": "true", "Pkginfo": plist })),
    ]);
    body.extend(icon(&context, &mut tx, &given).await?);
    if let Some(text) = value(&plist, "description") {
        body.insert("Description".to_owned(), text.into());
    }
    let new = NewApp {
        name: value(&plist, "display_name").unwrap_or(identifier).to_owned(),
        bundle_id: identifier.to_owned(),
        version: version.to_owned(),
        kind: INTERNAL,
        platform: "AppleOsX".to_owned(),
        group,
        size_mb: (blob.size / (1024 * 1024)).max(1),
        blob: Some(blob.id),
        body,
        ..NewApp::default()
    };
    let id = apps::create(&mut tx, &new, context.now()).await?;
    tx.commit().await?;
    // Nothing but the address tells the id of the new app.
    Ok(Said::made_at(201, format!("{}/api/mam/apps/internal/{id}", context.tenant.url), Value::Null))
}

async fn icon(
    context: &Context,
    tx: &mut muster_store::Transaction,
    given: &Given,
) -> Result<Option<(String, Value)>, Refusal> {
    let Some(id) = given.member_id("applicationIconId").filter(|id| *id > 0) else { return Ok(None) };
    let missing = || Refusal::bad(format!("The icon {id} is not found or not accessible."));
    let icon = blobs::find(tx, id, context.scope()).await?.ok_or_else(missing)?;
    Ok(Some(("IconBlobUuId".to_owned(), icon.uuid.to_string().into())))
}

fn is_here(app: &App, group: i64) -> bool {
    app.platform == "AppleOsX" && app.group == group
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, _) = super::group(&context, given.id("id")).await?;
    let id = given.id("applicationId");
    let mut tx = context.begin().await?;
    let app = apps::find(&mut tx, id, Some(INTERNAL), context.scope()).await?;
    let missing = || Refusal::bad(format!("Application not found or no access to it: {id}."));
    let mut app = app.filter(|app| is_here(app, group)).ok_or_else(missing)?;
    if let Some(description) = given.member_id("pkgInfoBlobId").filter(|id| *id > 0) {
        let (pkginfo, plist) = described(&context, &mut tx, description).await?;
        if let Some(name) = value(&plist, "display_name") {
            name.clone_into(&mut app.name);
        }
        app.body.insert(DESCRIPTION.to_owned(), pkginfo.id.into());
        app.body.insert("MetadataFileName".to_owned(), pkginfo.file_name.into());
        let summary = json!({ "IsManaged": "true", "Pkginfo": plist });
        app.body.insert("MacOsSoftwareDeploymentSummary".to_owned(), summary);
    }
    app.body.extend(icon(&context, &mut tx, &given).await?);
    apps::save(&mut tx, &app, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn metadata(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, _) = super::group(&context, given.uuid("organizationGroupUuid")).await?;
    let uuid = given.uuid("applicationUuid");
    let missing = || Refusal::bad(format!("Application not found or no access to it: {uuid}."));
    let app = apps::get(context.database(), uuid, Some(INTERNAL), context.scope()).await?;
    let app = app.filter(|app| is_here(app, group)).ok_or_else(missing)?;
    let id = app.body.get(DESCRIPTION).and_then(Value::as_i64).ok_or_else(missing)?;
    let (_, bytes) = blobs::bytes(context.database(), id, context.scope()).await?.ok_or_else(missing)?;
    Ok(Said::bytes("application/octet-stream", bytes))
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn a_property_list_tells_its_texts() {
        let plist =
            "<plist><dict><key>name</key>\n  <string>Tool</string><key>n</key><integer>1</integer></dict></plist>";
        assert_eq!((value(plist, "name"), value(plist, "n"), value(plist, "x")), (Some("Tool"), None, None));
    }
}
