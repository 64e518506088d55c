//! `muster apps status`: what became of an application on its devices.

use clap::Args as Arguments;

use muster_workflows::deployment::{self, Deployment, monitor};
use muster_workflows::report::Summary;
use serde_json::{Value, json};

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Outcome};
use crate::output::{Format, Heading, Sheet};
use crate::wiring;

/// Which application.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The application's name
    pub(crate) name: String,
    /// Which version, if several share the name
    #[arg(long = "app-version", value_name = "VERSION")]
    pub(crate) app_version: Option<String>,
    /// Which platform, if apps of several share the name
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Option<String>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let client = wiring::connect(app).await?.client;
    let wanted = Deployment {
        app: args.name,
        smart_group: String::new(),
        assignment: deployment::Assignment::default(),
        version: args.app_version,
        platform: args.platform,
    };
    let found = deployment::find_app(&client, &wanted).await?;
    let devices = client.app_devices(&found).await?;
    let seen = monitor::Installations::count(&found, &devices);
    let mut sheet = Sheet::new(&["device_id", "device_name", "status", "reason", "version"]);
    for device in &devices {
        sheet.push(vec![
            device.device_id.0.into(),
            device.device_name.as_str().into(),
            device.status.as_str().into(),
            device.reason.as_str().into(),
            device.version.as_str().into(),
        ]);
    }
    let summary = deployment::status(Summary::of("Installation status"), &seen);
    if app.printer.format == Format::Json {
        let rows: Vec<Value> = sheet.records().map(|record| serde_json::to_value(record).unwrap_or_default()).collect();
        let document = json!({
            "schema": 1, "app": seen.app_name, "app_id": seen.app, "version": found.app_version,
            "total_devices": seen.total_devices, "installed": seen.installed, "failed": seen.failed,
            "pending": seen.pending, "installation_rate": seen.rate(), "devices": rows,
        });
        app.printer.document(&document, String::new)?;
    } else {
        app.printer.sheet(&sheet)?;
    }
    let heading = Heading {
        tenant: wiring::tenant_name(client.url()),
        figures: summary.figures.clone(),
        ..Heading::new(&format!("{} {}", found.application_name, found.app_version))
    };
    app.report(&heading, &sheet)?;
    if app.printer.for_people() {
        change::say_summary(app, &summary);
    }
    Ok(Exit::Success)
}
