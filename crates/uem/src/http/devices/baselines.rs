//! Platforms and releases that baselines are made for, and what is known of a group's devices as a whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::search::group_of;
use super::{sample, words};
use crate::store::devices::Wanted;
use crate::store::devices::counts::{self, Share};
use muster_model::words::Platform;

/// Releases of Windows by the number of their build.
const WINDOWS: [(&str, &str); 4] = [
    ("19045", "Windows 10 22H2"),
    ("22631", "Windows 11 23H2"),
    ("26100", "Windows 11 24H2"),
    ("26200", "Windows 11 25H2"),
];
/// How strict a baseline is.
const LEVELS: [(&str, &str); 2] = [("Level 1", "L1"), ("Level 2", "L2")];

fn platform_uuid() -> uuid::Uuid {
    sample::uuid_of("baseline platform/WinRT")
}

/// Windows is the platform that has baselines.
pub(super) async fn platforms(_: Context, given: Given) -> Result<Said, Refusal> {
    let asked = words::platform(given.asked("platformType"))?;
    let shown = asked.is_none_or(|platform| platform == Platform::WinRt);
    let row = json!({ "uuid": platform_uuid(), "name": "Windows Desktop", "platformType": "WinRT", "isActive": true });
    Ok(Said::json(200, if shown { json!([row]) } else { json!([]) }))
}

/// Releases of Windows that at least one device runs.
async fn running(context: &Context) -> Result<Vec<Value>, Refusal> {
    let wanted = Wanted { platform: Some(Platform::WinRt), ..Wanted::default() };
    let kinds = counts::kinds(context.database(), &wanted, context.scope()).await?;
    let builds: BTreeSet<&str> = kinds.iter().filter_map(|kind| kind.os_version.split('.').nth(2)).collect();
    let known = WINDOWS.iter().filter(|(build, _)| builds.contains(build));
    Ok(known
        .map(|(build, name)| {
            let number: i64 = build.parse().unwrap_or_default();
            let levels = LEVELS.iter().zip(1..).map(|((level, short), place)| {
                let uuid = sample::uuid_of(&format!("baseline level/{build}/{short}"));
                json!({ "id": number * 10 + place, "name": level, "shortName": short, "uuid": uuid })
            });
            json!({
                "id": number, "uuid": sample::uuid_of(&format!("baseline release/{build}")), "name": name,
                "version": format!("10.0.{build}"), "levels": levels.collect::<Vec<_>>(),
            })
        })
        .collect())
}

pub(super) async fn releases(context: Context, _: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, running(&context).await?.into()))
}

pub(super) async fn releases_of_platform(context: Context, given: Given) -> Result<Said, Refusal> {
    let uuid = given.uuid("platformUUID");
    if uuid != platform_uuid() {
        return Err(Refusal::not_found(format!("There is no platform {uuid}.")));
    }
    Ok(Said::json(200, running(&context).await?.into()))
}

/// When a device of a group was heard from last.
pub(super) async fn last_sync(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group_of(&context, given.text("ogUuid")).await?;
    let wanted = Wanted { group: Some(group), ..Wanted::default() };
    let last = counts::last_seen(context.database(), &wanted, context.scope()).await?;
    Ok(Said::json(200, json!({ "last_sync": last.map(jiff::Timestamp::as_microsecond) })))
}

/// Which states the devices of a group are in, and how many in each.
pub(super) async fn states(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group_of(&context, given.text("organizationgroupUuid")).await?;
    let wanted = Wanted { group: Some(group), ..Wanted::default() };
    let shares = counts::shares(context.database(), &wanted, context.scope()).await?;
    let by = |word: fn(&Share) -> String| {
        let mut counts = Map::new();
        for share in &shares {
            let entry = counts.entry(word(share)).or_insert_with(|| json!(0));
            *entry = json!(entry.as_i64().unwrap_or_default() + share.devices);
        }
        counts
    };
    let states = json!({
        "platform": by(|share| share.platform.clone()), "ownership": by(|share| share.ownership.clone()),
        "enrollment_status": by(|share| share.enrollment.clone()),
        "compromised": by(|share| share.compromised.to_string()), "encrypted": by(|share| share.encrypted.to_string()),
        "passcode_present": by(|share| share.passcode.to_string()),
    });
    Ok(Said::json(200, json!({ "og_id": given.text("organizationgroupUuid"), "device_state_metadata": states })))
}
