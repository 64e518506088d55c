//! Apps of the managed Google Play store: approved there, then brought in.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Edit};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::stores;
use crate::store::apps::{self, NewApp, PUBLIC, Wanted};
use crate::store::objects::{self, NewObject};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table.serve("mamv1/AndroidWorkAppsV1_Patch", needs(Apps, Edit), approve).serve(
        "mamv1/AndroidWorkAppsV1_Import",
        needs(Apps, Create),
        import,
    );
}

/// What was approved in an organization group, by bundle id.
const APPROVAL: &str = "play-approval";

async fn approve(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, _) = super::group(&context, given.uuid("uuid")).await?;
    let bundle = given.asked("bundleId").unwrap_or_default();
    let item = stores::find("Android", bundle);
    let item = item.ok_or_else(|| Refusal::new(400, 7001, "Please make sure the bundleId is valid."))?;
    let approved = given.member("approvalStatus").and_then(Value::as_bool);
    let approved = approved.ok_or_else(|| Refusal::new(400, 6, "The approvalStatus field is required."))?;
    let mut tx = context.begin().await?;
    let this = objects::Wanted { name: Some(item.bundle), group: Some(group), ..objects::Wanted::default() };
    match (objects::first(&mut tx, APPROVAL, &this, context.scope()).await?, approved) {
        (None, true) => {
            let new = NewObject {
                kind: APPROVAL,
                group,
                parent: None,
                name: item.bundle,
                state: "Approved",
                body: Map::new(),
                created_by: &context.caller.name,
            };
            objects::create(&mut tx, new, context.now()).await?;
        }
        (Some(approval), false) => objects::remove(&mut tx, &approval).await?,
        _ => {}
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

async fn import(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("uuid");
    let Some((group, _)) = apps::group(context.database(), uuid, context.scope()).await? else {
        return Err(Refusal::new(412, 7501, "Android Enterprise is not enabled for this Organization Group"));
    };
    let mine = objects::Wanted { group: Some(group), ..objects::Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (approved, _) = objects::list(context.database(), APPROVAL, &mine, all, context.scope()).await?;
    let there = Wanted {
        kinds: vec![PUBLIC],
        platform: Some("Android".to_owned()),
        groups: Some(vec![group]),
        ..Wanted::default()
    };
    let (there, _) = apps::search(context.database(), &there, all, context.scope()).await?;
    let new = approved.iter().filter(|one| !there.iter().any(|app| app.bundle_id.eq_ignore_ascii_case(&one.name)));
    let new: Vec<&stores::Item> = new.filter_map(|one| stores::find("Android", &one.name)).collect();
    let mut tx = context.begin().await?;
    let mut imported = Vec::new();
    for item in new {
        let new = NewApp {
            name: item.name.to_owned(),
            bundle_id: item.bundle.to_owned(),
            version: item.newest().to_owned(),
            kind: PUBLIC,
            platform: "Android".to_owned(),
            group,
            size_mb: item.size_mb,
            body: Map::from_iter([("Developer".to_owned(), Value::from(item.publisher))]),
            ..NewApp::default()
        };
        let id = apps::create(&mut tx, &new, context.now()).await?;
        if let Some(app) = apps::find(&mut tx, id, None, context.scope()).await? {
            imported.push(json!({
                "applicationName": app.name, "uniqueApplicationIdentifier": app.bundle_id, "id": app.id,
                "uuid": app.uuid,
            }));
        }
    }
    let total = imported.len() as u64;
    if total > 0 {
        tx.commit().await?;
    }
    Ok(Said::list(Value::Array(imported), total))
}
