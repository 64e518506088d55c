//! `muster devices search`.

use clap::Args as Arguments;

use muster_model::devices::Device;
use muster_workflows::selection;
use serde_json::Value;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet, plural};
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster devices search --platform WinRT
  muster devices search --platform Apple --ownership C --limit 20 -o csv";

/// Which devices.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) filter: super::targets::FilterFlags,
    /// At most this many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let filter = args.filter.filter()?;
    let client = wiring::connect(app).await?.client;
    // A small page is enough for a small limit; everything else is read completely or not at all.
    let (devices, total) = match args.limit {
        Some(limit) if limit <= PAGE => {
            let (mut devices, total) = client.device_page(&filter, limit).await?;
            devices.truncate(limit as usize);
            (devices, total)
        }
        limit => {
            let mut devices = client.devices(&filter).await?;
            let total = devices.len() as u64;
            devices.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
            (devices, total)
        }
    };
    let mut sheet = Sheet::new(&COLUMNS);
    devices.iter().for_each(|device| sheet.push(row(device)));
    let heading = Heading {
        tenant: wiring::tenant_name(client.url()),
        figures: vec![("devices".into(), total.to_string()), ("shown".into(), devices.len().to_string())],
        ..Heading::new(&format!("Devices: {}", selection::describe(&filter, None)))
    };
    app.list(&sheet, heading)?;
    if app.printer.for_people() {
        app.notes.line(format!("{} of {total} {}", devices.len(), plural(total, "device", "devices")));
    }
    Ok(Exit::Success)
}

/// Rows that one page surely holds.
const PAGE: u32 = 500;

const COLUMNS: [&str; 25] = [
    "device_id",
    "serial_number",
    "name",
    "platform",
    "model",
    "os",
    "ownership",
    "user",
    "compliance",
    "last_seen",
    "+enrollment",
    "+uuid",
    "+udid",
    "+imei",
    "+mac_address",
    "+asset_number",
    "+phone_number",
    "+user_email",
    "+organization_group",
    "+encrypted",
    "+compromised",
    "+supervised",
    "+battery",
    "+enrolled_at",
    "+tags",
];

/// A device as every command shows it.
pub(super) fn row(device: &Device) -> Vec<Value> {
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let stamp = |stamp: Option<muster_model::Stamp>| stamp.map(|stamp| stamp.0.to_string()).into();
    vec![
        device.id.0.0.into(),
        device.serial_number.as_str().into(),
        device.device_friendly_name.as_str().into(),
        device.platform.as_str().into(),
        device.model.as_str().into(),
        device.operating_system.as_str().into(),
        device.ownership.as_str().into(),
        device.user_name.as_str().into(),
        device.compliance_status.as_str().into(),
        stamp(device.last_seen),
        device.enrollment_status.as_str().into(),
        device.uuid.map(|uuid| uuid.to_string()).into(),
        text(&device.udid),
        text(&device.imei),
        text(&device.mac_address),
        text(&device.asset_number),
        text(&device.phone_number),
        text(&device.user_email_address),
        text(&device.location_group_name),
        match device.data_encryption_yn.as_str() {
            "Y" => true.into(),
            "N" => false.into(),
            _ => Value::Null,
        },
        device.compromised_status.into(),
        device.is_supervised.into(),
        text(&device.battery_level),
        stamp(device.last_enrolled_on),
        device.tags.clone().map(Value::from).unwrap_or_default(),
    ]
}

/// A device as a document.
pub(super) fn document(device: &Device) -> Value {
    let mut sheet = Sheet::new(&COLUMNS);
    sheet.push(row(device));
    serde_json::to_value(sheet.records().next()).unwrap_or_default()
}
