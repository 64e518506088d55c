//! One command for many devices.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_engine::{Action, Draft, DraftItem, Plan, Report, Target, Task};
use muster_model::commands::Command;
use muster_model::devices::Device;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::outcome::{device, message, status, tally, why};
use crate::error::Error;
use crate::inventory::Inventory;
use crate::report::{Outcome, Row, Summary, assemble};
use crate::selection::{Selected, Targets, select};
use crate::workflow::{Decided, Watch, Workflow};

/// Whether the command can be sent to this tenant in bulk at all.
///
/// # Errors
/// [`Error::Usage`] if the tenant's API has no such command, or the command needs what was not given.
pub fn check(inventory: &dyn Inventory, command: Command, parameters: &Map<String, Value>) -> Result<(), Error> {
    if command == Command::InstallApplication && !parameters.contains_key("ApplicationId") {
        let text =
            "InstallApplication needs the parameter ApplicationId; `apps deploy --retry-failed` retries installs";
        return Err(Error::Usage(text.to_owned()));
    }
    if !inventory.supports(command) {
        return Err(Error::Usage(format!("the API of this tenant has no command {command}; {}", instead(command))));
    }
    inventory.carries(command, parameters).map_err(|error| Error::Usage(error.to_string()))
}

/// Where to look for what the API has no command for.
fn instead(command: Command) -> String {
    if command == Command::SendMessage {
        return "`devices message` tells the user of a device something".to_owned();
    }
    // The last word of a name is what it is about.
    let word = command.as_str();
    let about = word.rfind(char::is_uppercase).map_or(word, |at| &word[at..]).to_lowercase();
    format!("`muster api list --search {about}` shows what it has")
}

/// The command for every selected device.
pub fn draft(selected: &Selected, command: Command, parameters: &Map<String, Value>) -> Draft {
    let items = selected.devices.iter().map(|chosen| {
        let action = Action::SendCommand { command, parameters: parameters.clone() };
        DraftItem {
            before: Some(before(&chosen.device)),
            input: chosen.input.clone(),
            nothing_to_do: chosen.nothing_to_do.clone(),
            ..DraftItem::new(Target::Device((&chosen.device).into()), action, why(&selected.selection))
        }
    });
    let items = items.collect();
    Draft { purpose: format!("devices command {command}"), selection: selected.selection.clone(), items }
}

/// What a command may change, as it is now.
pub(crate) fn before(device: &Device) -> Value {
    json!({
        "last_seen": device.last_seen,
        "os": device.operating_system,
        "compliance": device.compliance_status,
        "enrollment": device.enrollment_status,
    })
}

/// Columns of the report, beside the input's and the outcome's; the first four are the guide's, whose `Status`
/// is called `Result` here because names that differ in case only are one name to PowerShell.
pub const COLUMNS: [&str; 6] = ["DeviceId", "Result", "CommandId", "Message", "SerialNumber", "DeviceName"];

/// One row per device.
pub fn report(plan: &Plan, tasks: &[Task]) -> Report {
    let rows = tasks.iter().map(|task| {
        let outcome = Outcome::of_task(task);
        let (id, message) = (outcome.command_id.clone(), message(task, plan, "command sent"));
        let [device, serial, name] = device(&task.target);
        let own = vec![device, status(task.state).to_owned(), id, message, serial, name];
        Row { input: task.input.clone(), own, outcome }
    });
    assemble(&COLUMNS, rows.collect())
}

/// How many commands were sent and how many not.
pub fn summary(tasks: &[Task]) -> Summary {
    tally("Command execution completed", tasks)
}

/// The workflow for schedules: a command for whatever a filter finds.
#[derive(Debug)]
pub enum BulkCommand {}

/// What is sent to which devices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub command: Command,
    /// What the command needs beside its name.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Which devices.
    #[serde(default)]
    pub filter: muster_client::DeviceFilter,
    /// The most devices expected; more are refused.
    #[serde(default)]
    pub bound: Option<u64>,
}

#[async_trait]
impl Workflow for BulkCommand {
    const NAME: &'static str = "devices-command";
    const SUMMARY: &'static str = "send one command to every enrolled device that a filter finds";
    type Parameters = Parameters;
    type Facts = Selected;

    async fn observe(inventory: &dyn Inventory, asked: &Parameters, watch: &dyn Watch) -> Result<Selected, Error> {
        check(inventory, asked.command, &asked.parameters)?;
        let targets = Targets::Filter { filter: asked.filter.clone(), first: None, bound: asked.bound };
        select(inventory, &targets, watch).await
    }

    fn decide(asked: &Parameters, selected: &Selected, _now: Timestamp) -> Result<Decided, Error> {
        Ok(Decided::plain(draft(selected, asked.command, &asked.parameters)))
    }
}
