//! The account of the store where apps are bought: its token, and bringing in what was bought.

use serde_json::{Map, Value, json};

use super::super::super::context::Context;
use super::super::super::given::Given;
use super::super::super::policy::Action::{Edit, Execute, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::said::Said;
use super::super::super::table::Table;
use super::super::stores;
use super::ELIGIBILITY;
use crate::store::apps::{self, NewApp, PURCHASED, Wanted};
use crate::store::blobs;
use crate::store::objects::{self, NewObject, Object};
use crate::store::operations::{self, Subject};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/PurchasedAppsV1_SaveVppSettings", needs(Apps, Edit), save)
        .serve("mamv1/PurchasedAppsV1_VppSyncAssetsAsync", needs(Apps, Execute), sync)
        .serve("mamv1/PurchasedAppsV1_GetVppSyncAssetsStatus", needs(Apps, Read), status)
        .serve("mamv1/PurchasedAppsV1_ResetClientContextForAccountAsync", needs(Apps, Edit), reset);
}

const KIND: &str = "vpp-account";
/// `operations.kind` of bringing in what was bought; its subject is the organization group.
const SYNC: &str = "VppSync";

async fn save(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, _) = super::super::group(&context, given.member_id("organizationGroupId").unwrap_or_default()).await?;
    let description = given.required_text("description")?;
    let token = given.member_id("sTokenBlobId").unwrap_or_default();
    let mut tx = context.begin().await?;
    if blobs::find(&mut tx, token, context.scope()).await?.is_none() {
        return Err(Refusal::bad(format!("The token file {token} is not found or not accessible.")));
    }
    let mine = objects::Wanted { group: Some(group), ..objects::Wanted::default() };
    match objects::first(&mut tx, KIND, &mine, context.scope()).await? {
        Some(mut account) => {
            description.clone_into(&mut account.name);
            account.body = given.members();
            objects::save(&mut tx, &account, context.now()).await?;
        }
        None => {
            let new = NewObject {
                kind: KIND,
                group,
                parent: None,
                name: description,
                state: "Active",
                body: given.members(),
                created_by: &context.caller.name,
            };
            objects::create(&mut tx, new, context.now()).await?;
        }
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}

/// The account of the group in the path.
async fn account(context: &Context, given: &Given) -> Result<(Object, i64), Refusal> {
    let (group, _) = super::super::group(context, given.id("locationGroupId")).await?;
    let mine = objects::Wanted { group: Some(group), ..objects::Wanted::default() };
    let one = Page::asked(None, Some(1));
    let (found, _) = objects::list(context.database(), KIND, &mine, one, context.scope()).await?;
    let missing = || Refusal::new(422, 7100, "No sToken is uploaded at passed Lg.");
    Ok((found.into_iter().next().ok_or_else(missing)?, group))
}

async fn sync(context: Context, given: Given) -> Result<Said, Refusal> {
    let (account, group) = account(&context, &given).await?;
    let mut new = Vec::new();
    for item in stores::APPLE.iter().filter(|item| item.licenses > 0) {
        let there = Wanted {
            bundle: Some(item.bundle),
            kinds: vec![PURCHASED],
            groups: Some(vec![group]),
            ..Wanted::default()
        };
        let (_, total) = apps::search(context.database(), &there, Page::asked(None, Some(1)), context.scope()).await?;
        if total == 0 {
            new.push(bought(item, group));
        }
    }
    let mut tx = context.begin().await?;
    for app in &new {
        apps::create(&mut tx, app, context.now()).await?;
    }
    operations::start(&mut tx, SYNC, Subject::OrganizationGroup(group), context.now()).await?;
    let mut account = account;
    account.body.insert("SyncedBy".to_owned(), context.caller.name.to_string().into());
    objects::save(&mut tx, &account, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "statusCode": 200, "status": "Queued" })))
}

/// An app as it was bought: in the version of that day, for people.
fn bought(item: &stores::Item, group: i64) -> NewApp {
    let body = Map::from_iter([
        (ELIGIBILITY.to_owned(), Value::from("User")),
        ("ExternalId".to_owned(), item.number.to_string().into()),
        ("Developer".to_owned(), item.publisher.into()),
    ]);
    NewApp {
        name: item.name.to_owned(),
        bundle_id: item.bundle.to_owned(),
        version: item.versions.first().copied().unwrap_or_default().to_owned(),
        kind: PURCHASED,
        platform: "Apple".to_owned(),
        group,
        size_mb: item.size_mb,
        licenses: item.licenses,
        body,
        ..NewApp::default()
    }
}

async fn status(context: Context, given: Given) -> Result<Said, Refusal> {
    let (account, group) = account(&context, &given).await?;
    let last = operations::last(context.database(), SYNC, group).await?;
    let (code, word, created, modified) = match &last {
        None => (0, "NotStarted".to_owned(), account.created_at, account.updated_at),
        Some((status, created, modified)) => {
            (if status == "Completed" { 2 } else { 1 }, status.clone(), *created, *modified)
        }
    };
    let by = account.body.get("SyncedBy").cloned().unwrap_or_else(|| account.created_by.clone().into());
    Ok(Said::json(
        200,
        json!({
            "BatchStatus": { "statusCode": code, "status": word }, "CreatedBy": by, "ModifiedBy": by,
            "CreatedOn": created.as_microsecond(), "ModifiedOn": modified.as_microsecond(),
        }),
    ))
}

/// Tells the store that this tenant is the one that uses the account.
async fn reset(context: Context, given: Given) -> Result<Said, Refusal> {
    let (mut account, _) = account(&context, &given).await?;
    account.body.insert("ClientContext".to_owned(), context.tenant.url.clone().into());
    let mut tx = context.begin().await?;
    objects::save(&mut tx, &account, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "statusCode": 200, "status": "Success" })))
}
