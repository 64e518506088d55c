//! Where the demo plays: a tenant of its own, the engine over a state folder of its own, and the reports
//! before they are published. All of it lives in one temporary folder that is removed at the end.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use muster_client::{Client, Credentials, Rate, Settings};
use muster_engine::{
    Draft, Engine, JobId, JobOptions, Only, Plan, PlanId, Report, Secrets, Stop, Task, Tenant, Verdict,
};
use muster_store::{Clock as _, SystemClock};
use muster_uem::Running;
use muster_workflows::report::Summary;

use super::Args;
use super::story::{self, Story};
use crate::app::App;
use crate::cli::ProgressStyle;
use crate::commands::change::{report_sheet, say_summary};
use crate::error::Failure;
use crate::output::{Display, Heading, Notes, ReportFile};
use crate::wiring;

/// How much faster than life the fleet is: a four-hour check-in happens every 24 seconds.
const SPEED: f64 = 600.0;

pub(super) struct Stage {
    running: Running,
    engine: Engine,
    tenant: Tenant,
    notes: Notes,
    style: ProgressStyle,
    lanes: usize,
    story: Story,
    files: Vec<String>,
    /// The plan that waits for an approval.
    held: Option<PlanId>,
    /// Last, so that whatever is in it is closed before it is removed.
    scratch: Scratch,
}

/// A draft that was carried out.
pub(super) struct Carried {
    pub(super) plan: Plan,
    pub(super) tasks: Vec<Task>,
    pub(super) job: Option<JobId>,
}

impl Stage {
    /// Starts the tenant, connects to it, and opens the engine.
    pub(super) async fn set(app: &App, args: &Args) -> Result<Self, Failure> {
        let begun = Instant::now();
        let scratch = Scratch::make()?;
        let folder = &scratch.0;
        let notes = app.notes;
        notes.line(format!(
            "{} a UEM with {} devices (seed {}), on loopback",
            notes.paint.bold("Starting"),
            args.devices,
            args.seed
        ));
        let mut settings = muster_uem::Settings::in_folder(folder.join("uem"));
        settings.devices = args.devices;
        settings.seed = args.seed;
        settings.speed = SPEED;
        let running = muster_uem::start(settings).await?;
        notes.line(format!("  {} after {:.1} s", running.ready.url, begun.elapsed().as_secs_f64()));

        let (client, writer) = muster_client::connect(client_settings(app, &running)?).await?;
        let name = wiring::tenant_name(client.url());
        let tenant = Tenant { name, client, writer, secrets: Secrets::default() };

        let state = folder.join("home").join("state");
        let engine = wiring::engine_in(&state).await?.alone();
        let lanes = app.globals.lanes.map_or(16, usize::from);
        let story = Story::begin(begun, &running.ready.url, args);
        let reports = folder.join("reports");
        wiring::private_folder(&reports)
            .map_err(|error| Failure::io("cannot make a folder for the reports", &error))?;
        Ok(Self {
            running,
            engine,
            tenant,
            notes,
            style: app.globals.progress,
            lanes,
            story,
            files: Vec::new(),
            held: None,
            scratch,
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.tenant.client
    }

    pub(super) fn url(&self) -> String {
        self.tenant.name.clone()
    }

    /// The end of the story; every change of this run must be in an unbroken audit.
    pub(super) async fn end(&mut self) -> Result<&Story, Failure> {
        let audit = self.engine.verify_audit(&muster_engine::Trust::default()).await?;
        self.story.end(self.tenant.client.statistics(), audit.records);
        Ok(&self.story)
    }

    pub(super) fn held(&self) -> Option<PlanId> {
        self.held
    }

    /// Opens an act.
    pub(super) fn title(&self, text: &str) {
        self.notes.line(format!("\n{}", self.notes.paint.yellow(&format!("=== {text} ==="))));
    }

    /// Says something below the title.
    pub(super) fn say(&self, text: impl AsRef<str>) {
        self.notes.line(format!("  {}", text.as_ref()));
    }

    /// Says that something went well.
    pub(super) fn check(&self, text: impl AsRef<str>) {
        self.notes.line(format!("  {} {}", self.notes.paint.green("✓"), text.as_ref()));
    }

    /// Closes an act with its figures.
    pub(super) fn close(&mut self, app: &App, summary: Summary) {
        say_summary(app, &summary);
        self.story.tell(summary);
    }

    /// Takes a draft through plan, guard, journal and runner, as every command does.
    pub(super) async fn carry_out(&mut self, draft: Draft, secrets: Secrets) -> Result<Carried, Failure> {
        let plan = self.engine.propose(draft, "demo", &self.tenant.name).await?;
        if plan.count(Verdict::Allow) == 0 {
            return Ok(Carried { plan, tasks: Vec::new(), job: None });
        }
        self.tenant.secrets = secrets;
        let job = self.engine.start(&plan, JobOptions { lanes: self.lanes, ..JobOptions::default() }).await?;
        let display = Display::new(self.style, self.notes);
        let ran = self.engine.run(&job, &self.tenant, &display, &Stop::new()).await?;
        self.say(format!(
            "{}: {} done, {} failed, {} on hold, in {:.1} s",
            plan.purpose,
            ran.counts.done,
            ran.counts.failed,
            ran.counts.held,
            ran.elapsed.as_secs_f64()
        ));
        if ran.counts.held > 0 {
            // What is on hold goes on in a plan of its own, so that an approval covers it and nothing else.
            self.held = Some(self.engine.retry(&job.to_string(), Only::Held, "demo").await?.id);
        }
        let tasks = self.engine.tasks(&job).await?;
        Ok(Carried { plan, tasks, job: Some(job) })
    }

    /// Writes a report as CSV and as HTML, to be published at the end.
    pub(super) fn file(&mut self, name: &str, title: &str, summary: &Summary, report: &Report) -> Result<(), Failure> {
        let sheet = report_sheet(report);
        let heading = Heading {
            tenant: self.tenant.name.clone(),
            figures: summary.figures.iter().map(|(name, figure)| (name.trim().to_owned(), figure.clone())).collect(),
            ..Heading::new(title)
        };
        for ending in ["csv", "html"] {
            let file = format!("{name}.{ending}");
            let path = self.scratch.0.join("reports").join(&file);
            let report: ReportFile = path.to_string_lossy().parse().map_err(Failure::internal)?;
            report.write(&heading, &sheet)?;
            self.files.push(file);
        }
        Ok(())
    }

    /// Keeps an input file beside the reports.
    pub(super) fn keep(&mut self, file: &str, content: &str) -> Result<(), Failure> {
        std::fs::write(self.scratch.0.join("reports").join(file), content)
            .map_err(|error| Failure::io(format!("cannot write {file}"), &error))?;
        self.files.push(file.to_owned());
        Ok(())
    }

    /// Copies everything that was filed to where it was asked for, and answers the names.
    pub(super) fn publish(&self, out: &Path) -> Result<Vec<String>, Failure> {
        let failed = |error: std::io::Error| Failure::io(format!("cannot write to {}", out.display()), &error);
        std::fs::create_dir_all(out).map_err(failed)?;
        for file in &self.files {
            std::fs::copy(self.scratch.0.join("reports").join(file), out.join(file)).map_err(failed)?;
        }
        Ok(self.files.clone())
    }

    /// Writes the environment with which `muster` speaks to this tenant, readable by its owner only.
    pub(super) fn write_entry(&self) -> Result<PathBuf, Failure> {
        let ready = &self.running.ready;
        let home = self.scratch.0.join("home");
        let text = [
            ("MUSTER_URL", ready.url.as_str()),
            ("MUSTER_USERNAME", &ready.username),
            ("MUSTER_PASSWORD", &ready.password),
            ("MUSTER_TENANT_CODE", &ready.tenant_code),
            ("MUSTER_HOME", &home.to_string_lossy()),
        ]
        .map(|(name, value)| format!("export {name}='{value}'\n"))
        .concat();
        // Whoever came here by `cargo run` has no `muster` on the path.
        let text = format!("{text}muster() {{ '{}' \"$@\"; }}\n", story::program());
        let path = self.scratch.0.join("env");
        // The folder is closed to everybody else, so the file is, too.
        std::fs::write(&path, text).map_err(|error| Failure::io("cannot write the credentials", &error))?;
        Ok(path)
    }

    /// Stops the tenant and removes everything that was not published.
    pub(super) async fn strike(self) {
        let Self { running, scratch, .. } = self;
        running.stop().await;
        drop(scratch);
    }

    /// Waits for the fleet's life to go on.
    pub(super) async fn wait(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        SystemClock.now()
    }
}

fn client_settings(app: &App, running: &Running) -> Result<Settings, Failure> {
    let ready = &running.ready;
    let url = ready.url.parse().map_err(|_| Failure::internal("the tenant's address is no address"))?;
    let mut settings = Settings::new(
        url,
        Credentials::Basic {
            username: ready.username.clone(),
            password: ready.password.clone().into(),
            tenant_code: ready.tenant_code.clone().into(),
        },
    );
    // The tenant is ours alone: let the demo be as fast as it can unless it was told a rate.
    let per_second = app.globals.rate.unwrap_or(2_000.0);
    settings.rate = Rate { per_second, burst: per_second.ceil() as u32 };
    settings.lanes = app.globals.lanes.map_or(16, usize::from);
    Ok(settings)
}

/// A folder of its own for one demo, which goes with it however it ends.
struct Scratch(PathBuf);

impl Scratch {
    /// The tenant's credentials will be in it: it is made new, and only its owner can enter.
    fn make() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("muster-demo-{}", uuid::Uuid::new_v4()));
        wiring::private_folder(&path)
            .map_err(|error| Failure::io(format!("cannot make {}", path.display()), &error))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A tenant that was interrupted may still be making a file: then there is something left to remove.
        let removed = (0..3).any(|_| std::fs::remove_dir_all(&self.0).is_ok());
        if !removed {
            tracing::warn!("cannot remove {}", self.0.display());
        }
    }
}
