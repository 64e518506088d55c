//! Looking into stores: what there is, and which configuration an app of theirs takes.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::stores::{self, Item};
use super::{Missing, named};
use crate::store::apps;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/Apps_SearchAppleStoreAsync", needs(Apps, Read), apple)
        .serve("mamv1/Apps_WindowsStoreSearchAsync", needs(Apps, Read), windows)
        .serve("mamv1/Apps_GetAppConfigTemplateAsync", needs(Apps, Read), template)
        .serve("mamv2/AppsV2_GetAppConfigTemplateAsync", needs(Apps, Read), template);
}

fn list(shelf: &'static [Item], platform: i64, text: &str) -> Said {
    let shown = stores::search(shelf, text).map(|item| {
        json!({
            "ApplicationName": item.name, "BundleId": item.bundle, "Version": item.newest(), "Platform": platform,
            "SellerName": item.publisher, "ExternalId": item.number.to_string(), "ApplicationSize": item.size_mb,
        })
    });
    Said::json(200, json!({ "Applications": shown.collect::<Vec<_>>() }))
}

async fn apple(_: Context, given: Given) -> Result<Said, Refusal> {
    Ok(list(stores::APPLE, 2, given.asked("appname").unwrap_or_default()))
}

async fn windows(_: Context, given: Given) -> Result<Said, Refusal> {
    let word = given.asked("platform").unwrap_or_default();
    let platform = super::platform(word).filter(|known| known.as_str().starts_with("Win"));
    let platform = platform.ok_or_else(|| Refusal::bad(format!("'{word}' is no platform of the Windows store.")))?;
    Ok(list(stores::WINDOWS, platform.number().unwrap_or_default(), given.asked("appname").unwrap_or_default()))
}

async fn template(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = given.asked_uuid("organization-group-uuid").or_else(|| given.asked_uuid("organization_group_uuid"));
    if let Some(group) = group
        && apps::group(context.database(), group, context.scope()).await?.is_none()
    {
        return Err(Refusal::new(422, 1012, "The organization group is not found or not accessible."));
    }
    let app = named(&context, &given, None, Missing::NotFound).await?;
    let item = stores::find(&app.platform, &app.bundle_id);
    let keys = item.map_or(&[][..], |item| item.keys);
    let shown: Vec<Value> = keys.iter().map(|(key, kind)| json!({ "key": key, "type": kind })).collect();
    let total = shown.len() as u64;
    Ok(Said::list(Value::Array(shown), total))
}
