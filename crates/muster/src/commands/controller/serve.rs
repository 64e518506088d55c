//! `muster controller serve`: keeps watch over a tenant until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clap::Args as Arguments;
use muster_controller::notify::{Address, Channel, Webhook};
use muster_controller::schedule::{Declared, Workflow};
use muster_controller::{Connect, Controller, Parts, Settings};
use muster_engine::{Secrets, SharedQuota, Tenant};
use muster_store::SystemClock;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::app::App;
use crate::commands::change::interrupted;
use crate::error::{Exit, Outcome};
use crate::secrets;
use crate::wiring::{self, Connected};

const EXAMPLES: &str = "\
Examples:
  muster controller serve                              a dashboard, and a compliance plan every 15 minutes
  muster controller serve --every 1h --apply           carries the plans out; wipes stay on hold
  muster controller serve --webhook https://hooks.example.com/muster";

/// How often, and whom to tell.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of the dashboard; loopback only, since it asks nobody who they are
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8600")]
    pub(crate) listen: std::net::SocketAddr,
    /// How often compliance is looked at
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = crate::cli::duration)]
    pub(crate) every: Duration,
    /// Carry plans out instead of leaving them for a person; what the guard holds stays held
    #[arg(long)]
    pub(crate) apply: bool,
    /// Tell this address when an alert opens or closes (https, or http on loopback), or env:NAME and the like
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let connection = app.connection().await?;
    let client = wiring::settings(app, connection)?;
    // A tenant that refuses the credentials should be known now and not in fifteen minutes.
    let tenant = wiring::connect(app).await?.tenant;
    let state = app.places()?.state;
    let (database, engine) = wiring::engine_and_database(app).await?;
    let engine = wiring::signing(app, engine).await?;

    let controller = format!("{} {}", std::process::id(), uuid::Uuid::new_v4());
    let mut settings = Settings::new(&tenant, controller);
    settings.schedules = vec![Declared {
        name: String::from("compliance"),
        workflow: Workflow::Compliance,
        every: args.every,
        apply: args.apply,
    }];
    settings.job.lanes = client.lanes;
    settings.state_folder = Some(state);
    let mut channels: Vec<Arc<dyn Channel>> = Vec::new();
    if let Some(url) = &args.webhook {
        // Whoever knows the address of a webhook can send to it: it may be given as a reference.
        let url = match secrets::check(url) {
            Ok(()) => app.secret(url).await?.expose_secret().to_owned(),
            Err(_) => url.clone(),
        };
        channels.push(Arc::new(Webhook::new(Address::parse(&url)?)?));
    }
    let quota = app.spoken.get().and_then(|spoken| spoken.quota.clone());
    let connect = Arc::new(Reconnect { client, quota });
    let parts = Parts { database, clock: Arc::new(SystemClock), engine, connect, channels, settings };
    let controller = Controller::open(parts).await?;

    let (notes, people) = (app.notes, app.printer.for_people());
    controller
        .serve(args.listen, interrupted(), move |address| {
            let url = format!("http://{address}/");
            if people {
                notes.line(format!("Dashboard at {url}; Ctrl-C stops"));
            } else {
                notes.line(json!({"event": "ready", "url": url}).to_string());
            }
        })
        .await?;
    app.notes.line("Stopped");
    Ok(Exit::Success)
}

/// Connects with the settings of this command, as often as the controller needs it.
struct Reconnect {
    client: muster_client::Settings,
    quota: Option<Arc<SharedQuota>>,
}

#[async_trait]
impl Connect for Reconnect {
    async fn connect(&self) -> Result<Tenant, muster_client::Error> {
        let connected = Connected::new(muster_client::prepare(&self.client)?, self.quota.clone()).await?;
        Ok(connected.into_tenant(Secrets::default()))
    }
}
