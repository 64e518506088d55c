//! Tags put on and taken off many devices. A device that has them as wished is left alone.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use jiff::Timestamp;
use muster_engine::{Action, Draft, DraftItem, Plan, Report, Target, Task, TaskState};
use muster_model::devices::Device;
use muster_model::ids::DeviceId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::outcome::{device, message, status, tally, why};
use crate::error::Error;
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::report::{Outcome, Row, Summary, assemble};
use crate::selection::{Selected, Targets, select};
use crate::workflow::{Decided, Watch, Workflow};

/// Which tags to put on and to take off; compared without regard to case, as the tenant does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    pub add: Vec<String>,
    #[serde(default)]
    pub remove: Vec<String>,
}

impl Change {
    /// Trims the names and takes out doubles.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is nothing to change, or a tag is both put on and taken off.
    pub fn checked(self) -> Result<Self, Error> {
        let (add, remove) = (tidy(self.add), tidy(self.remove));
        if add.is_empty() && remove.is_empty() {
            return Err(Error::Usage("name a tag to add or to remove".to_owned()));
        }
        if let Some(tag) = add.iter().find(|tag| has(&remove, tag)) {
            return Err(Error::Usage(format!("the tag `{tag}` cannot be both added and removed")));
        }
        Ok(Self { add, remove })
    }
}

fn tidy(tags: Vec<String>) -> Vec<String> {
    let mut tidied: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = tag.trim();
        if !tag.is_empty() && !has(&tidied, tag) {
            tidied.push(tag.to_owned());
        }
    }
    tidied
}

fn has(tags: &[String], tag: &str) -> bool {
    tags.iter().any(|known| known.eq_ignore_ascii_case(tag))
}

/// Selected devices with the tags they have.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub selected: Selected,
    /// Tags of each device that something can be done to; a device that is gone has no entry.
    pub tags: HashMap<DeviceId, Vec<String>>,
    /// Those of which no more is known than the tags of the change.
    pub partly: HashSet<DeviceId>,
}

/// Up to so many devices are read one by one, with all their tags. For more it is asked once for each tag of the change
/// who has it: other tags are not known then, and not shown.
pub(crate) const READ_EACH: usize = 20;

/// Reads the tags of every selected device that something can be done to.
///
/// # Errors
/// The tenant cannot be read.
pub async fn observe(
    inventory: &dyn Inventory,
    change: &Change,
    selected: Selected,
    watch: &dyn Watch,
) -> Result<Facts, Error> {
    let able = selected.devices.iter().filter(|chosen| chosen.nothing_to_do.is_none());
    let (read, unread): (Vec<&Device>, Vec<&Device>) =
        able.map(|chosen| &chosen.device).partition(|device| device.tags.is_some());
    let mut tags: HashMap<DeviceId, Vec<String>> =
        read.into_iter().map(|device| (device.id.0, device.tags.clone().unwrap_or_default())).collect();
    let ids: Vec<DeviceId> = unread.into_iter().map(|device| device.id.0).collect();
    let mut partly = HashSet::new();
    if ids.len() > READ_EACH {
        partly.extend(ids.iter().copied());
        tags.extend(ids.into_iter().map(|id| (id, Vec::new())));
        for tag in change.add.iter().chain(&change.remove) {
            for holder in inventory.devices_with_tag(tag).await? {
                if let Some(of_device) = tags.get_mut(&holder).filter(|known| !has(known, tag)) {
                    of_device.push(tag.clone());
                }
            }
        }
    } else {
        let devices = gather("tags", watch, ids, |id| inventory.device(id)).await?;
        tags.extend(devices.into_iter().flatten().map(|device| (device.id.0, device.tags.unwrap_or_default())));
    }
    Ok(Facts { selected, tags, partly })
}

/// A change for every device whose tags are not as wished.
pub fn draft(change: &Change, facts: &Facts) -> Draft {
    let Selected { devices, selection, .. } = &facts.selected;
    let asked: Vec<&String> = change.add.iter().chain(&change.remove).collect();
    let items = devices.iter().map(|chosen| {
        let device = &chosen.device;
        let known = facts.tags.get(&device.id.0);
        let current = known.map(Vec::as_slice).unwrap_or_default();
        let add: Vec<String> = change.add.iter().filter(|tag| !has(current, tag)).cloned().collect();
        // The tenant's own spelling of a tag that is taken off.
        let remove: Vec<String> = current.iter().filter(|tag| has(&change.remove, tag)).cloned().collect();
        let nothing_to_do = match &chosen.nothing_to_do {
            Some(why) => Some(why.clone()),
            None if known.is_none() => Some("the device is gone".to_owned()),
            None if add.is_empty() && remove.is_empty() => Some(format!("tags are {} already", wished(change))),
            None => None,
        };
        DraftItem {
            before: Some(match facts.partly.contains(&device.id.0) {
                true => json!({ "tags": current, "asked": asked }),
                false => json!({ "tags": current }),
            }),
            input: chosen.input.clone(),
            nothing_to_do,
            ..DraftItem::new(Target::Device(device.into()), Action::Retag { add, remove }, why(selection))
        }
    });
    let items = items.collect();
    Draft { purpose: format!("devices tag {}", wished(change)), selection: selection.clone(), items }
}

/// A change in words: `+Pilot -Old`.
fn wished(change: &Change) -> String {
    let added = change.add.iter().map(|tag| format!("+{tag}"));
    added.chain(change.remove.iter().map(|tag| format!("-{tag}"))).collect::<Vec<_>>().join(" ")
}

/// Columns of the report, beside the input's and the outcome's; the first five are the guide's, whose `Status`
/// is called `Result` here as in [`super::command::COLUMNS`].
pub const COLUMNS: [&str; 7] =
    ["DeviceId", "Result", "PreviousTags", "UpdatedTags", "Message", "SerialNumber", "DeviceName"];

/// One row per device.
pub fn report(plan: &Plan, tasks: &[Task]) -> Report {
    let rows = tasks.iter().map(|task| {
        let before = plan.items.get(task.index).and_then(|item| item.before.as_ref());
        let previous: Vec<String> = before
            .and_then(|before| before.get("tags"))
            .and_then(|tags| serde_json::from_value(tags.clone()).ok())
            .unwrap_or_default();
        let updated = if task.state == TaskState::Done { applied(&previous, &task.action) } else { previous.clone() };
        let [device, serial, name] = device(&task.target);
        let own = vec![
            device,
            status(task.state).to_owned(),
            previous.join(", "),
            updated.join(", "),
            message(task, plan, "tags updated"),
            serial,
            name,
        ];
        Row { input: task.input.clone(), own, outcome: Outcome::of_task(task) }
    });
    assemble(&COLUMNS, rows.collect())
}

fn applied(previous: &[String], action: &Action) -> Vec<String> {
    let Action::Retag { add, remove } = action else { return previous.to_vec() };
    let mut tags: Vec<String> = previous.iter().filter(|tag| !has(remove, tag)).cloned().collect();
    tags.extend(add.iter().filter(|tag| !has(previous, tag)).cloned());
    tags
}

/// How many devices were retagged and how many not.
pub fn summary(tasks: &[Task]) -> Summary {
    tally("Tag update completed", tasks)
}

/// The workflow for schedules: tags for whatever a filter finds.
#[derive(Debug)]
pub enum BulkTags {}

/// What is changed on which devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub change: Change,
    /// Which devices.
    #[serde(default)]
    pub filter: muster_client::DeviceFilter,
    /// The most devices expected; more are refused.
    #[serde(default)]
    pub bound: Option<u64>,
}

#[async_trait]
impl Workflow for BulkTags {
    const NAME: &'static str = "devices-tag";
    const SUMMARY: &'static str = "put tags on and take tags off every enrolled device that a filter finds";
    type Parameters = Parameters;
    type Facts = Facts;

    async fn observe(inventory: &dyn Inventory, asked: &Parameters, watch: &dyn Watch) -> Result<Facts, Error> {
        let targets = Targets::Filter { filter: asked.filter.clone(), first: None, bound: asked.bound };
        observe(inventory, &asked.change, select(inventory, &targets, watch).await?, watch).await
    }

    fn decide(asked: &Parameters, facts: &Facts, _now: Timestamp) -> Result<Decided, Error> {
        Ok(Decided::plain(draft(&asked.change.clone().checked()?, facts)))
    }
}

#[cfg(test)]
mod tests {
    use muster_engine::Selection;
    use muster_model::ids::Wrapped;

    use super::*;
    use crate::selection::Chosen;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn facts(tags: &[(i64, Option<&[&str]>)]) -> Facts {
        let chosen = |id: i64| Chosen {
            device: Device { id: Wrapped(DeviceId(id)), ..Device::default() },
            input: Vec::new(),
            nothing_to_do: None,
        };
        Facts {
            selected: Selected {
                devices: tags.iter().map(|(id, _)| chosen(*id)).collect(),
                selection: Selection::Listed,
                left_out: 0,
            },
            tags: tags.iter().filter_map(|(id, tags)| tags.map(|tags| (DeviceId(*id), words(tags)))).collect(),
            partly: HashSet::new(),
        }
    }

    #[test]
    fn only_what_differs_is_changed() {
        let change = Change { add: words(&["Pilot"]), remove: words(&["old"]) }.checked().expect("sound");
        let facts = facts(&[(1, Some(&[])), (2, Some(&["pilot", "Old"])), (3, Some(&["Pilot"])), (4, None)]);
        let draft = draft(&change, &facts);
        let told: Vec<_> = draft.items.iter().map(|i| (i.action.describe(), i.nothing_to_do.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("tags +Pilot".to_owned(), None),
                ("tags -Old".to_owned(), None),
                ("tags".to_owned(), Some("tags are +Pilot -old already")),
                ("tags +Pilot".to_owned(), Some("the device is gone")),
            ]
        );
        assert_eq!(draft.purpose, "devices tag +Pilot -old");
        let action = Action::Retag { add: words(&["New"]), remove: words(&["Old"]) };
        assert_eq!(applied(&words(&["pilot", "Old"]), &action), ["pilot", "New"]);
    }

    #[test]
    fn a_change_that_says_nothing_or_contradicts_itself_is_refused() {
        assert!(Change::default().checked().is_err());
        assert!(Change { add: words(&["A"]), remove: words(&["a "]) }.checked().is_err());
        let tidy = Change { add: words(&[" A ", "a", ""]), remove: Vec::new() }.checked().expect("sound");
        assert_eq!(tidy.add, ["A"]);
    }
}
