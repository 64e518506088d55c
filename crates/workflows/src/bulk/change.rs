//! Any other change of many devices, users or apps: one action, or several, for each of them. What a row of the input
//! says can be part of it: `{SerialNumber}` in a text stands for that column.

use std::collections::BTreeSet;

use muster_engine::{Action, Draft, DraftItem, Report, Selection, Target, Task, report};
use muster_model::devices::Device;
use muster_model::ids::DeviceId;
use serde_json::json;

use super::outcome::{tally, why};
use crate::error::{Error, Problems};
use crate::report::Summary;
use crate::selection::{Chosen, Selected, is_enrolled};

/// What is to be done to every selected device.
pub struct Wish {
    /// What the plan is called: `devices rename`.
    pub purpose: String,
    /// Whether it is for devices too that are not enrolled, or only for them.
    pub unenrolled: bool,
    /// Of an app: the devices that it is assigned to, where that was read.
    pub assigned: Option<BTreeSet<DeviceId>>,
    pub actions: Box<Actions>,
}

/// The actions for one device. The error says what its row lacks.
pub type Actions = dyn Fn(&Chosen) -> Result<Vec<Action>, String> + Send + Sync;

/// The wish for every selected device.
///
/// # Errors
/// [`Error::Input`] with every row that lacks something.
pub fn draft(wish: &Wish, selected: &Selected) -> Result<Draft, Error> {
    let mut problems = Problems::of("the selection");
    let mut items = Vec::with_capacity(selected.devices.len());
    for chosen in &selected.devices {
        let actions = match (wish.actions)(chosen) {
            Ok(actions) => actions,
            Err(what) => {
                problems.add(None, format!("{}: {what}", chosen.device.serial_number));
                continue;
            }
        };
        let excused = wish.unenrolled && !is_enrolled(&chosen.device);
        let mut before = before(&chosen.device);
        if let Some(assigned) = &wish.assigned {
            before["assigned"] = assigned.contains(&chosen.device.id.0).into();
        }
        for action in actions {
            items.push(DraftItem {
                before: Some(before.clone()),
                input: chosen.input.clone(),
                nothing_to_do: chosen.nothing_to_do.clone().filter(|_| !excused),
                ..DraftItem::new(Target::Device((&chosen.device).into()), action, why(&selected.selection))
            });
        }
    }
    problems.settle()?;
    Ok(Draft { purpose: wish.purpose.clone(), selection: selected.selection.clone(), items })
}

/// An action for each of some users or apps, which were named one by one.
pub fn draft_of(
    purpose: &str,
    targets: impl IntoIterator<Item = (Target, Vec<(String, String)>)>,
    action: &Action,
) -> Draft {
    let item = |(target, input): (Target, Vec<(String, String)>)| DraftItem {
        input,
        ..DraftItem::new(target, action.clone(), "named one by one")
    };
    Draft { purpose: purpose.to_owned(), selection: Selection::Listed, items: targets.into_iter().map(item).collect() }
}

/// What such changes touch, as it is now.
fn before(device: &Device) -> serde_json::Value {
    let version = (!device.operating_system.is_empty()).then_some(&device.operating_system);
    json!({
        "os": version,
        "name": device.device_friendly_name,
        "asset_number": device.asset_number,
        "ownership": device.ownership,
        "group": device.location_group_name,
        "enrollment": device.enrollment_status,
        "last_seen": device.last_seen,
    })
}

/// A text with `{column}` filled in: a column of the input row, or `serial`, `id`, `name`, `user`, `model`, `asset` of
/// the device.
///
/// # Errors
/// Which column the row lacks.
pub fn fill(template: &str, chosen: &Chosen) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        text.push_str(before);
        text.push_str(&cell(name.trim(), chosen)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn cell(name: &str, chosen: &Chosen) -> Result<String, String> {
    let given = chosen.input.iter().find(|(column, _)| column.eq_ignore_ascii_case(name));
    if let Some((_, value)) = given {
        return Ok(value.clone());
    }
    let device = &chosen.device;
    Ok(match name.to_lowercase().as_str() {
        "serial" | "serialnumber" => device.serial_number.to_string(),
        "id" | "deviceid" => device.id.0.to_string(),
        "name" => device.device_friendly_name.to_string(),
        "user" => device.user_name.to_string(),
        "model" => device.model.to_string(),
        "asset" => device.asset_number.to_string(),
        _ => return Err(format!("there is no column `{name}`")),
    })
}

/// The engine's own rows: such changes have no others.
pub fn report(tasks: &[Task]) -> Report {
    report::rows(tasks)
}

/// How many were changed and how many not.
pub fn summary(tasks: &[Task]) -> Summary {
    tally("Changes completed", tasks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_what_the_row_and_the_device_say() {
        let device = Device { serial_number: "S1".into(), ..Device::default() };
        let chosen = Chosen { device, input: vec![("Site".to_owned(), "Bonn".to_owned())], nothing_to_do: None };
        assert_eq!(fill("{site}-{serial} {", &chosen), Ok("Bonn-S1 {".to_owned()));
        assert_eq!(fill("plain", &chosen), Ok("plain".to_owned()));
        assert_eq!(fill("{Shelf}", &chosen), Err("there is no column `Shelf`".to_owned()));
    }
}
