//! Removals that were held because they would reach many devices: what waits, and what is decided about it.

use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::search;
use crate::store::apps::removals::{self, Removal};

pub(super) fn routes(table: &mut Table) {
    table.serve("mamv1/Apps_GetAppRemovalProtectionLogs", needs(Apps, Read), list).serve(
        "mamv1/Apps_UpdateAdminActionTakenOnAppRemovalProtectionLogs",
        needs(Apps, Edit),
        decide,
    );
}

const STATUSES: [&str; 3] = ["Locked", "UnLocked", "Cleared"];

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let status = match given.asked("status") {
        None => None,
        // Clients send the word or its number.
        Some(word) => {
            let number = word.parse::<usize>().ok().and_then(|number| STATUSES.get(number.checked_sub(1)?));
            let known = number.or_else(|| STATUSES.iter().find(|known| known.eq_ignore_ascii_case(word)));
            let wrong = || Refusal::bad(format!("The value '{word}' of status is not valid."));
            Some(*known.ok_or_else(wrong)?)
        }
    };
    let groups = search::groups(&context, &given).await?;
    let page = given.page()?;
    let bundle = given.asked("bundleid");
    let (found, total) =
        removals::list(context.database(), bundle, status, groups.as_deref(), page, context.scope()).await?;
    let shown: Vec<_> = found.iter().map(shown).collect();
    Ok(Said::list(json!({ "ResultSet": shown, "TotalResults": total }), total))
}

fn shown(removal: &Removal) -> serde_json::Value {
    json!({
        "ThresholdId": removal.id,
        "Identifier": removal.bundle_id,
        "Source": removal.source,
        "ThresholdStatus": removal.status,
        "CreatedOn": removal.created_at.as_microsecond(),
        "ModifiedOn": removal.modified_at.as_microsecond(),
    })
}

async fn decide(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.member_id("ThresholdId").ok_or_else(|| Refusal::bad("The ThresholdId field is required."))?;
    let status = given.member_text("NewThresholdStatus");
    let status = status.ok_or_else(|| Refusal::bad("The NewThresholdStatus field is required."))?;
    let mut tx = context.begin().await?;
    if !removals::decide(&mut tx, id, status, context.scope(), context.now()).await? {
        return Err(Refusal::new(400, 3052, format!("Threshold {id} is not found or not accessible.")));
    }
    tx.commit().await?;
    Ok(Said::nothing(200))
}
