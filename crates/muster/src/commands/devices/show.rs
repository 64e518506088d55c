//! `muster devices show`: one device with tags, compliance and latest commands.

use clap::Args as Arguments;

use std::fmt::Write as _;

use muster_client::{Client, Compliance};
use muster_model::commands::CommandRecord;
use muster_model::devices::Device;
use muster_workflows::selection::{Targets, list, select};
use muster_workflows::{Inventory, Unwatched};
use serde_json::{Value, json};

use super::search;
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Heading, Sheet};
use crate::wiring;

/// Which device.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The device's id or serial number; digits are an id, if a device has it
    #[arg(value_name = "ID|SERIAL")]
    pub(crate) device: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let client = wiring::connect(app).await?.client;
    let (device, compliance, commands) = the_one(&client, &args.device).await?;
    let mut document = search::document(&device);
    document["schema"] = 1.into();
    document["rules"] = serde_json::to_value(&compliance.rules).unwrap_or_default();
    document["commands"] = commands.iter().take(LATEST).map(command).collect();
    app.printer.document(&document, || text(&document))?;
    let mut sheet = Sheet::new(&["field", "value"]);
    for (field, value) in document.as_object().into_iter().flatten() {
        sheet.push(vec![field.as_str().into(), value.clone()]);
    }
    let heading = Heading {
        tenant: wiring::tenant_name(client.url()),
        ..Heading::new(&format!("Device {}", device.device_friendly_name))
    };
    app.report(&heading, &sheet)?;
    Ok(Exit::Success)
}

/// Digits are an id, as long as a device has it: nothing changes here, and a serial number costs the reading of the
/// whole fleet. So everything about that id is asked for at once.
async fn the_one(client: &Client, named: &str) -> Result<(Device, Compliance, Vec<CommandRecord>), Failure> {
    if let Ok(id) = named.trim().parse() {
        let (device, compliance, commands) =
            tokio::join!(Inventory::device(client, id), client.device_compliance(id), client.device_commands(id));
        if let Some(device) = device? {
            return Ok((device, compliance?, commands?));
        }
    }
    let wanted = list::read("the command line", named.as_bytes())?;
    let chosen = select(client, &Targets::Listed(wanted), &Unwatched).await?.devices.into_iter().next();
    let unknown = || Failure::new(Exit::NotFound, "E_NOT_FOUND", format!("there is no device `{named}`"));
    let id = chosen.ok_or_else(unknown)?.device.id.0;
    // What a list says of a device is less than what its own record says.
    Ok(tokio::try_join!(client.device(id), client.device_compliance(id), client.device_commands(id))?)
}

/// So many of the latest commands are shown.
const LATEST: usize = 10;

fn command(record: &CommandRecord) -> Value {
    json!({
        "command": record.command,
        "status": record.status,
        "reason": record.reason,
        "command_id": record.command_uuid,
        "requested_by": record.requested_by,
        "queued_at": record.queued_at.map(|stamp| stamp.0.to_string()),
        "finished_at": record.finished_at.map(|stamp| stamp.0.to_string()),
    })
}

/// Field and value a line, then the lists.
fn text(document: &Value) -> String {
    let mut text = String::new();
    for (field, value) in document.as_object().into_iter().flatten() {
        if !matches!(field.as_str(), "rules" | "commands" | "schema") && !value.is_null() {
            let _ = writeln!(text, "{:<20}{}", field.replace('_', " "), crate::output::cell(value));
        }
    }
    let list = |name: &str| document[name].as_array().cloned().unwrap_or_default();
    let said = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
    for rule in list("rules") {
        let state = match rule["compliant"].as_bool() {
            Some(true) => "kept",
            Some(false) => "broken",
            None => "not checked yet",
        };
        let _ = writeln!(text, "{:<20}{}: {state} {}", "rule", said(&rule["name"]), said(&rule["detail"]));
    }
    for command in list("commands") {
        let _ = writeln!(
            text,
            "{:<20}{} {} {} {}",
            "command",
            said(&command["queued_at"]),
            said(&command["command"]),
            said(&command["status"]),
            said(&command["reason"])
        );
    }
    text
}
