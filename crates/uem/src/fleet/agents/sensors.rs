//! What sensors find. One whose name tells what it is about reports that; the others report something of their type.

use serde_json::Value;

use super::super::dice::Dice;
use super::super::pace::Moment;
use super::plans::Plan;
use super::{Run, Visit};

pub(super) fn next(plan: &Plan, visit: &Visit<'_>, old: Option<&Run>, dice: &mut Dice) -> Option<Run> {
    let due = match old.and_then(|run| run.executed_at) {
        None => true,
        Some(before) => visit.asked || visit.is_due(plan, before, dice),
    };
    due.then(|| Run {
        status: "EXECUTED".to_owned(),
        value: value(plan, visit, dice),
        return_code: Some(0),
        millis: Some(dice.whole(40, 1_500)),
        executed_at: Some(visit.at()),
    })
}

fn value(plan: &Plan, visit: &Visit<'_>, dice: &mut Dice) -> String {
    let device = &visit.life.device;
    let name = plan.name.to_lowercase();
    let about = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let kind = plan.body.get("query_response_type").and_then(Value::as_str).unwrap_or("STRING");
    let known = if about(&["battery"]) {
        Some(device.battery_percent.max(0).to_string())
    } else if about(&["disk", "storage", "free_space"]) {
        Some(if kind == "INTEGER" { format!("{:.0}", device.available_gb) } else { device.available_gb.to_string() })
    } else if about(&["encrypt", "bitlocker", "filevault"]) {
        Some(device.encrypted.to_string())
    } else if about(&["passcode", "password"]) {
        Some(device.passcode_present.to_string())
    } else if about(&["os_build", "osbuild"]) {
        Some(device.os_build.clone())
    } else if about(&["os_version", "osversion"]) {
        Some(device.os_version.clone())
    } else {
        None
    };
    if let Some(known) = known.filter(|known| fits(kind, known)) {
        return known;
    }
    match kind {
        "INTEGER" => dice.whole(0, 100).to_string(),
        "BOOLEAN" => dice.chance(0.9).to_string(),
        "DATETIME" => moment(visit.at() - visit.pace.hours(dice.real(1.0, 200.0))),
        _ => (*dice.pick(&["Running", "Running", "Running", "Stopped", "Not configured"])).to_owned(),
    }
}

fn fits(kind: &str, value: &str) -> bool {
    match kind {
        "INTEGER" => value.parse::<i64>().is_ok(),
        "BOOLEAN" => value.parse::<bool>().is_ok(),
        "DATETIME" => false,
        _ => true,
    }
}

/// Whole seconds, in UTC.
fn moment(at: Moment) -> String {
    let at = jiff::Timestamp::from_second(at / 1_000_000).unwrap_or_default();
    at.to_string()
}
