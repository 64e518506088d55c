//! The commands: one folder per noun, one file per verb.

pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod change;
pub(crate) mod compliance;
pub(crate) mod context;
pub(crate) mod demo;
pub(crate) mod devices;
pub(crate) mod doctor;
pub(crate) mod jobs;
pub(crate) mod operations;
pub(crate) mod plan;
pub(crate) mod suggest;
pub(crate) mod uem;
pub(crate) mod users;

use clap::Subcommand;

use crate::app::App;
use crate::cli::Globals;
use crate::error::{Failure, Outcome};

/// Every noun.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show everything at once: a UEM of its own, the connectivity test and the four automations
    Demo(demo::Args),
    /// Test the way to the tenant, step by step
    Doctor(doctor::Args),
    /// Tenants: add, list, use, show, remove
    #[command(subcommand)]
    Context(context::Command),
    /// Devices: search, show, command, tag
    #[command(subcommand)]
    Devices(devices::Command),
    /// Compliance: report, remediate
    #[command(subcommand)]
    Compliance(compliance::Command),
    /// Users: provision from a file
    #[command(subcommand)]
    Users(users::Command),
    /// Applications: deploy, status
    #[command(subcommand)]
    Apps(apps::Command),
    /// Plans: list, show, approve, apply
    #[command(subcommand)]
    Plan(plan::Command),
    /// Jobs: list, show, resume, cancel, retry
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// Long-running operations of the tenant: wait
    #[command(subcommand)]
    Operations(operations::Command),
    /// The record of what was planned, approved and done: list, verify
    #[command(subcommand)]
    Audit(audit::Command),
    /// A UEM of your own, for rehearsals and tests: serve
    #[command(subcommand)]
    Uem(uem::Command),
}

/// What a command has to do with the flags that all commands take.
#[derive(Debug, Clone, Copy)]
struct Traits {
    /// Honours `--dry-run`: it changes nothing anyway, or it can show a plan.
    preview: bool,
    /// Has rows or a document for `--report`.
    report: bool,
    /// Reads the configuration file.
    configuration: bool,
}

const READS: Traits = Traits { preview: true, report: true, configuration: true };
const PLANS: Traits = READS;
/// Changes something on this machine, at once.
const SETS: Traits = Traits { preview: false, report: false, configuration: true };
const ALONE: Traits = Traits { preview: false, report: false, configuration: false };

impl Command {
    fn traits(&self) -> Traits {
        match self {
            Self::Demo(_) => ALONE,
            Self::Uem(_) => ALONE,
            Self::Doctor(_) => READS,
            Self::Context(command) => match command {
                context::Command::List(_) | context::Command::Show(_) => READS,
                context::Command::Add(_) | context::Command::Use(_) | context::Command::Remove(_) => SETS,
            },
            Self::Devices(_) | Self::Compliance(_) | Self::Users(_) | Self::Apps(_) => PLANS,
            Self::Plan(command) => match command {
                plan::Command::Approve(_) => SETS,
                _ => PLANS,
            },
            Self::Jobs(command) => match command {
                jobs::Command::Cancel(_) => SETS,
                _ => PLANS,
            },
            Self::Operations(_) | Self::Audit(_) => READS,
        }
    }

    /// Refuses flags that the command could only ignore.
    pub(crate) fn check(&self, globals: &Globals) -> Result<(), Failure> {
        let traits = self.traits();
        if globals.dry_run && !traits.preview {
            return Err(Failure::usage("this command cannot show a plan, so it refuses --dry-run")
                .because("it would take effect at once"));
        }
        if !globals.report.is_empty() && !traits.report {
            return Err(Failure::usage("this command has nothing to report, so it refuses --report"));
        }
        Ok(())
    }

    pub(crate) fn reads_configuration(&self) -> bool {
        self.traits().configuration
    }
}

/// Runs one command.
pub(crate) async fn run(app: &mut App, command: Command) -> Outcome {
    match command {
        Command::Demo(args) => demo::run(app, args).await,
        Command::Doctor(args) => doctor::run(app, args).await,
        Command::Context(command) => context::run(app, command).await,
        Command::Devices(command) => devices::run(app, command).await,
        Command::Compliance(command) => compliance::run(app, command).await,
        Command::Users(command) => users::run(app, command).await,
        Command::Apps(command) => apps::run(app, command).await,
        Command::Plan(command) => plan::run(app, command).await,
        Command::Jobs(command) => jobs::run(app, command).await,
        Command::Operations(command) => operations::run(app, command).await,
        Command::Audit(command) => audit::run(app, command).await,
        Command::Uem(command) => uem::run(app, command).await,
    }
}
