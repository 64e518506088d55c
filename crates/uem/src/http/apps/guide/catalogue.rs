//! The guide's `/apps`: list, read, create, change, delete.

use serde_json::{Map, Value, json};

use super::super::super::context::Context;
use super::super::super::given::Given;
use super::super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::said::Said;
use super::super::super::table::Table;
use super::super::{Missing, found, internal, public, search, shown};
use super::deploy::known;
use super::wrapping;
use crate::store::apps::{self, App, INTERNAL, NewApp, PUBLIC, PURCHASED, Wanted};
use crate::store::blobs;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/apps.list", needs(Apps, Read), list)
        .serve("guide/apps.get", needs(Apps, Read), get)
        .serve("guide/apps.add", needs(Apps, Create), add)
        .serve("guide/apps.update", needs(Apps, Edit), update)
        .serve("guide/apps.delete", needs(Apps, Delete), delete);
}

fn kind(word: &str) -> Result<&'static str, Refusal> {
    let known = [INTERNAL, PUBLIC, PURCHASED].into_iter().find(|known| known.eq_ignore_ascii_case(word));
    known.ok_or_else(|| {
        Refusal::bad(format!("'{word}' is not a valid AppType. Valid are: Internal, Public, Purchased."))
    })
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = Wanted {
        name: given.asked("applicationname"),
        bundle_id: given.asked("bundleid"),
        kinds: given.asked("apptype").map(kind).transpose()?.into_iter().collect(),
        platform: search::asked_platform(&given)?,
        status: search::status(&given)?,
        category: given.asked("category"),
        groups: search::groups(&context, &given).await?,
        ..Wanted::default()
    };
    let (found, total) = apps::search(context.database(), &wanted, page, context.scope()).await?;
    let rows: Vec<Value> = found.iter().map(row).collect();
    Ok(Said::json(200, json!({ "Applications": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

fn row(app: &App) -> Value {
    shown::entity(app, &[])
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = known(&context, given.id("id")).await?;
    let mut shown = row(&app);
    shown["IsWrapped"] = wrapping::is_wrapped(&context, &app).await?.into();
    Ok(Said::json(200, shown))
}

/// An app of an uploaded file, or one that a store gives away.
async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let required = |name: &str| Refusal::bad(format!("The {name} field is required."));
    let name = given.member_text("ApplicationName").ok_or_else(|| required("ApplicationName"))?;
    let bundle = given.member_text("BundleId").ok_or_else(|| required("BundleId"))?;
    let platform = given.member("Platform").map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned));
    let platform = platform.ok_or_else(|| required("Platform"))?;
    let platform = super::super::platform(&platform)
        .ok_or_else(|| Refusal::bad(format!("'{platform}' is not a valid Platform.")))?
        .as_str()
        .to_owned();
    let kind = given.member_text("AppType").map_or(Ok(INTERNAL), kind)?;
    let group = match given.member_id("LocationGroupId") {
        None => context.caller.group,
        Some(id) => super::super::group(&context, id).await?.0,
    };
    let version = given.member_text("AppVersion").unwrap_or("1.0");
    let mut new = NewApp {
        name: name.to_owned(),
        bundle_id: bundle.to_owned(),
        version: version.to_owned(),
        kind,
        platform,
        group,
        size_mb: 50,
        body: internal::describing(&given),
        ..NewApp::default()
    };
    let app = match kind {
        PUBLIC => public::add(&context, &new).await?,
        INTERNAL => {
            let id = given.member_id("BlobId").ok_or_else(|| required("BlobId"))?;
            upload(&context, &mut new, id).await?
        }
        _ => return Err(Refusal::bad("Purchased applications come from their store.")),
    };
    let address = format!("{}/API/v1/apps/{}", context.tenant.url, app.id);
    Ok(Said::made_at(201, address, row(&app)))
}

async fn upload(context: &Context, new: &mut NewApp, blob: i64) -> Result<App, Refusal> {
    let mut tx = context.begin().await?;
    let before = apps::versions(&mut tx, &new.bundle_id, &new.platform, new.group).await?;
    if before.iter().any(|old| old.version == new.version) {
        return Err(Refusal::bad(format!("Version {} of {} exists already.", new.version, new.bundle_id)));
    }
    let file = blobs::find(&mut tx, blob, context.scope()).await?;
    let file = file.ok_or_else(|| Refusal::invalid(format!("File {blob} is not found or not accessible.")))?;
    if apps::uses(&mut tx, file.id, file.uuid).await? {
        return Err(Refusal::invalid(format!("File {blob} belongs to another application.")));
    }
    new.size_mb = (file.size / (1024 * 1024)).max(1);
    new.blob = Some(file.id);
    new.body.insert("ApplicationFileName".to_owned(), file.file_name.into());
    let id = apps::create(&mut tx, new, context.now()).await?;
    let made = apps::find(&mut tx, id, None, context.scope()).await?;
    tx.commit().await?;
    made.ok_or_else(|| Refusal::no_app(404, id))
}

async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let status = match given.member_text("Status") {
        None => None,
        Some(word) => {
            let known = ["Active", "InActive", "Retired"].into_iter().find(|known| known.eq_ignore_ascii_case(word));
            Some(known.ok_or_else(|| Refusal::bad(format!("'{word}' is not a valid Status.")))?)
        }
    };
    let mut tx = context.begin().await?;
    let mut app = found(&context, &mut tx, &given, None, Missing::NotFound).await?;
    internal::describe(&mut app, &given);
    let before = app.status.clone();
    if let Some(status) = status {
        status.clone_into(&mut app.status);
    }
    apps::save(&mut tx, &app, context.now()).await?;
    if before != app.status {
        internal::follow(&context, &mut tx, &app).await?;
    }
    tx.commit().await?;
    let app = known(&context, app.id).await?;
    Ok(Said::json(200, row(&app)))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let app = known(&context, given.id("id")).await?;
    internal::erase(&context, &given, &app.kind, Missing::NotFound).await?;
    Ok(Said::nothing(204))
}

/// Members of a body that are there, without those of a list.
pub(super) fn without(given: &Given, names: &[&str]) -> Map<String, Value> {
    let mut members = given.members();
    members.retain(|name, _| !names.contains(&name.as_str()));
    members
}
