//! Profiles of a device.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::{edit, named};
use crate::store::events;
use crate::store::profiles::{self, on_devices};

/// States in the order of their numbers on the wire.
const STATES: [&str; 7] = [
    "Unknown",
    "PendingInstall",
    "UnconfirmedInstall",
    "ConfirmedInstall",
    "PendingRemoval",
    "UnconfirmedRemoval",
    "ConfirmedRemoval",
];
/// Assignment types in the order of their numbers, which begin at 1.
const ASSIGNMENTS: [&str; 5] = ["Auto", "Custom", "Optional", "Interactive", "Compliance"];

fn place(words: &[&str], word: &str) -> usize {
    words.iter().position(|known| known.eq_ignore_ascii_case(word)).unwrap_or_default()
}

pub(super) async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let record = named::device(&context, &given).await?;
    let (found, total) = on_devices::of_device(context.database(), record.id, page).await?;
    let row = |profile: &on_devices::OnDevice| {
        let installed = if profile.status == "ConfirmedInstall" { profile.version } else { 0 };
        json!({
            "Id": profile.id, "Uuid": profile.uuid, "Name": profile.name, "Description": profile.name,
            "Status": place(&STATES, &profile.status),
            "AssignmentType": place(&ASSIGNMENTS, &profile.assignment_type) + 1,
            "CurrentVersion": profile.current_version, "InstalledProfileVersion": installed,
            "LocationGroupId": { "Id": profile.group, "Name": profile.group_name, "Uuid": profile.group_uuid },
        })
    };
    let rows: Vec<Value> = found.iter().map(row).collect();
    let answer = json!({
        "DeviceProfiles": rows, "DeviceId": record.reference(), "Page": page.number, "PageSize": page.size,
        "Total": total,
    });
    Ok(Said::list(answer, total))
}

/// Has the device get a profile that is meant for it, at its next check-in.
pub(super) async fn install(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.asked_id("profileid").ok_or_else(|| Refusal::bad("The profileid parameter is required."))?;
    let mut tx = context.begin().await?;
    let record = named::device_in(&context, &mut tx, &given).await?;
    edit::enrolled(&record)?;
    let profile = profiles::find(&mut tx, id, context.scope()).await?;
    let profile = profile.ok_or_else(|| Refusal::bad(format!("Profile not found: {id}.")))?;
    if !profile.is_active() || on_devices::status(&mut tx, profile.id, record.id).await?.is_none() {
        return Err(Refusal::bad(format!("Profile {id} is not assigned to device {}.", record.id)));
    }
    on_devices::order(&mut tx, profile.id, record.id, true, context.now()).await?;
    let details = vec![format!("Profile={}", profile.name)];
    let event = edit::told(&context, &record, "Install Profile Requested", details);
    events::record(&mut tx, vec![event]).await?;
    context.tenant.push(&mut tx, &[record.id], context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}
