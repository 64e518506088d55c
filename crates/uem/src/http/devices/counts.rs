//! How many devices there are, counted when it is asked.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::search::group_of;
use super::words;
use crate::store::devices::Wanted;
use crate::store::devices::counts::{self, Share};
use muster_model::words::EnrollmentStatus;

/// By organization group: `organizationgroupid` of version 1, `oguuid` of version 2.
pub(super) async fn info(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.asked("oguuid") {
        Some(text) => Some(group_of(&context, text).await?),
        None => words::group(&context, given.asked_id("organizationgroupid")).await.map_err(not_found)?,
    };
    let wanted = Wanted { group, ..Wanted::default() };
    let shares = counts::shares(context.database(), &wanted, context.scope()).await?;
    Ok(Said::json(200, shown(&shares)))
}

/// These two say 404 where others call a group a wrong input.
fn not_found(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fault { message, .. } => Refusal::new(404, muster_model::error::code::INVALID_INPUT, message),
        page @ Refusal::Page => page,
    }
}

/// Names of platforms in this answer, where they are not the usual ones.
fn platform(word: &str) -> &str {
    match word {
        "WinRT" => "WindowsRT",
        "WindowsPc" => "WindowsPC",
        "Qnx" => "QNX",
        "ChromeOS" => "ChromeBook",
        other => other,
    }
}

fn shown(shares: &[Share]) -> Value {
    let sum = |which: &dyn Fn(&Share) -> bool| -> i64 {
        shares.iter().filter(|share| which(share)).map(|share| share.devices).sum()
    };
    let mut platforms: Map<String, Value> = Map::new();
    for share in shares {
        let entry = platforms.entry(platform(&share.platform).to_owned()).or_insert_with(|| json!(0));
        *entry = json!(entry.as_i64().unwrap_or_default() + share.devices);
    }
    let enrolled = |share: &Share| share.enrollment == "Enrolled";
    json!({
        "TotalDevices": sum(&|_| true),
        "Platforms": platforms,
        "Ownership": {
            "CorporateDedicated": sum(&|share| share.ownership == "C"),
            "CorporateShared": sum(&|share| share.ownership == "S"),
            "EmployeeOwned": sum(&|share| share.ownership == "E"),
            "Undefined": sum(&|share| !["C", "S", "E"].contains(&share.ownership.as_str())),
        },
        "EnrollmentStatus": {
            "Enrolled": sum(&enrolled),
            "Registered": sum(&|share| share.enrollment == "Registered"),
            "Unenrolled": sum(&|share| share.enrollment == "Unenrolled"),
        },
        "Security": {
            "Compromised": sum(&|share| enrolled(share) && share.compromised),
            "NoPasscode": sum(&|share| enrolled(share) && !share.passcode),
            "NotEncrypted": sum(&|share| enrolled(share) && !share.encrypted),
        },
    })
}

/// Enrolled devices with a tag or seen in a span of time.
pub(super) async fn enrolled(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.member_text("OrganizationGroupId") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| words::no_group(text))?),
    };
    let time = |name: &str| given.member_text(name).map(|text| words::moment(name, text)).transpose();
    let wanted = Wanted {
        group: words::group(&context, group).await?,
        tag: given.member_text("TagName").map(str::to_owned),
        seen_since: time("DeviceSeenSince")?,
        seen_until: time("DeviceSeenTill")?,
        enrollment: Some(EnrollmentStatus::Enrolled),
        ..Wanted::default()
    };
    let shares = counts::shares(context.database(), &wanted, context.scope()).await?;
    let count: i64 = shares.iter().map(|share| share.devices).sum();
    Ok(Said::json(200, json!({ "DevicesCount": count })))
}
