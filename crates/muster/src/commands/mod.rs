//! The commands: one folder per noun, one file per verb.

#[cfg(not(feature = "server"))]
mod absent;
pub(crate) mod api;
pub(crate) mod approve;
pub(crate) mod approvers;
pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod change;
pub(crate) mod compliance;
pub(crate) mod context;
#[cfg(feature = "server")]
pub(crate) mod controller;
#[cfg(feature = "server")]
pub(crate) mod demo;
pub(crate) mod devices;
pub(crate) mod doctor;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod operations;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod profiles;
pub(crate) mod secrets;
pub(crate) mod templates;
#[cfg(feature = "server")]
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
    #[cfg(feature = "server")]
    Demo(demo::Args),
    /// Test the way to the tenant, step by step
    Doctor(doctor::Args),
    /// Tenants: add, list, use, show, remove
    #[command(subcommand)]
    Context(context::Verb),
    /// Secrets by reference: set, get, list, check, rotate, remove
    #[command(subcommand)]
    Secrets(secrets::Verb),
    /// Devices: search, show, command, tag, rename, set, move, message, update, delete
    #[command(subcommand)]
    Devices(devices::Verb),
    /// Compliance: report, remediate
    #[command(subcommand)]
    Compliance(compliance::Verb),
    /// Profiles on devices: install, remove
    #[command(subcommand)]
    Profiles(profiles::Verb),
    /// Users: provision from a file, activate, deactivate, delete, join, leave
    #[command(subcommand)]
    Users(users::Verb),
    /// Applications: deploy, status, install, remove, unassign
    #[command(subcommand)]
    Apps(apps::Verb),
    /// Any operation of the API: list, show, call, or GET, POST, … with a path
    #[command(subcommand)]
    Api(api::Verb),
    /// Plans: list, show, apply, export, import, diff
    #[command(subcommand)]
    Plan(plan::Verb),
    /// What the guard goes by: show, check, explain
    #[command(subcommand)]
    Policy(policy::Verb),
    /// Sign what a plan holds back, as somebody who did not ask for it
    Approve(approve::Args),
    /// Who may approve: add, list, remove
    #[command(subcommand)]
    Approvers(approvers::Verb),
    /// What automation may do without being asked: add, list, revoke
    #[command(subcommand)]
    Templates(templates::Verb),
    /// Keys that sign: new, show
    #[command(subcommand)]
    Keys(keys::Verb),
    /// Jobs: list, show, watch, resume, continue, rollback, undo, prove, cancel, retry, prune
    #[command(subcommand)]
    Jobs(jobs::Verb),
    /// Long-running operations of the tenant: wait
    #[command(subcommand)]
    Operations(operations::Verb),
    /// The record of what was planned, approved and done: list, verify, export, prove, checkpoint
    #[command(subcommand)]
    Audit(audit::Verb),
    /// Keep watch over a tenant: schedules, alerts, a dashboard: serve
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Controller(controller::Verb),
    /// A UEM of your own, for rehearsals and tests: serve
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Uem(uem::Verb),
    /// What only the whole program has; a small one says so
    #[cfg(not(feature = "server"))]
    #[command(name = "uem", aliases = ["demo", "controller"], hide = true)]
    Absent(absent::Args),
}

/// What a command has to do with the flags that all commands take.
#[derive(Debug, Clone, Copy)]
struct Traits {
    /// Honours `--dry-run`: it changes nothing anyway, or it can show a plan.
    preview: bool,
    /// Has rows or a document for `--report`.
    report: bool,
    /// Makes a plan that `--plan-file` can take.
    plan: bool,
    /// Reads the configuration file.
    configuration: bool,
}

const READS: Traits = Traits { preview: true, report: true, plan: false, configuration: true };
const PLANS: Traits = Traits { plan: true, ..READS };
/// Changes something on this machine, at once.
const SETS: Traits = Traits { preview: false, report: false, plan: false, configuration: true };
const ALONE: Traits = Traits { preview: false, report: false, plan: false, configuration: false };

impl Command {
    fn traits(&self) -> Traits {
        match self {
            #[cfg(feature = "server")]
            Self::Demo(_) => ALONE,
            #[cfg(feature = "server")]
            Self::Uem(verb) if verb.lists() => Traits { configuration: false, ..READS },
            #[cfg(feature = "server")]
            Self::Uem(_) => ALONE,
            #[cfg(feature = "server")]
            Self::Controller(_) => SETS,
            #[cfg(not(feature = "server"))]
            Self::Absent(_) => ALONE,
            Self::Doctor(_) => READS,
            Self::Context(verb) => match verb {
                context::Verb::List(_) | context::Verb::Show(_) => READS,
                context::Verb::Add(_) | context::Verb::Use(_) | context::Verb::Remove(_) => SETS,
            },
            Self::Secrets(secrets::Verb::Set(_) | secrets::Verb::Remove(_)) => SETS,
            Self::Secrets(secrets::Verb::Get(_) | secrets::Verb::Rotate(_)) => Traits { report: false, ..READS },
            Self::Secrets(secrets::Verb::List(_) | secrets::Verb::Check(_)) => READS,
            Self::Api(verb) if verb.calls() => PLANS,
            Self::Api(_) => Traits { configuration: false, ..READS },
            Self::Devices(devices::Verb::Search(_) | devices::Verb::Show(_))
            | Self::Compliance(compliance::Verb::Report(_))
            | Self::Apps(apps::Verb::Status(_)) => READS,
            Self::Devices(_) | Self::Profiles(_) | Self::Compliance(_) | Self::Users(_) | Self::Apps(_) => PLANS,
            Self::Plan(verb) => match verb {
                plan::Verb::Import(_) => SETS,
                _ => READS,
            },
            Self::Approve(_) => SETS,
            Self::Approvers(approvers::Verb::List(_)) | Self::Templates(templates::Verb::List(_)) => READS,
            Self::Approvers(_) | Self::Templates(_) => SETS,
            Self::Keys(keys::Verb::Show(_)) => Traits { report: false, ..READS },
            Self::Keys(keys::Verb::New(_)) => SETS,
            Self::Audit(verb) if verb.stands_alone() => Traits { configuration: false, ..READS },
            Self::Jobs(verb) => match verb {
                jobs::Verb::Cancel(_) | jobs::Verb::Prune(_) => SETS,
                _ => READS,
            },
            Self::Operations(_) | Self::Audit(_) | Self::Policy(_) => READS,
        }
    }

    /// Refuses flags that the command could only ignore.
    pub(crate) fn check(&self, globals: &Globals) -> Result<(), Failure> {
        let traits = self.traits();
        if globals.dry_run && !traits.preview {
            return Err(Failure::usage("this command cannot show a plan, so it refuses --dry-run")
                .because("it would take effect at once"));
        }
        if globals.plan_file.is_some() && !traits.plan {
            return Err(Failure::usage("this command makes no new plan, so it refuses --plan-file")
                .hint("a plan that is kept becomes a file with: muster plan export PLAN FILE"));
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
        #[cfg(feature = "server")]
        Command::Demo(args) => demo::run(app, args).await,
        Command::Doctor(args) => doctor::run(app, args).await,
        Command::Context(verb) => context::run(app, verb).await,
        Command::Secrets(verb) => secrets::run(app, verb).await,
        Command::Devices(verb) => devices::run(app, verb).await,
        Command::Profiles(verb) => profiles::run(app, verb).await,
        Command::Compliance(verb) => compliance::run(app, verb).await,
        Command::Users(verb) => users::run(app, verb).await,
        Command::Apps(verb) => apps::run(app, verb).await,
        Command::Api(verb) => api::run(app, verb).await,
        Command::Plan(verb) => plan::run(app, verb).await,
        Command::Policy(verb) => policy::run(app, verb).await,
        Command::Approve(args) => approve::run(app, args).await,
        Command::Approvers(verb) => approvers::run(app, verb).await,
        Command::Templates(verb) => templates::run(app, verb).await,
        Command::Keys(verb) => keys::run(app, verb).await,
        Command::Jobs(verb) => jobs::run(app, verb).await,
        Command::Operations(verb) => operations::run(app, verb).await,
        Command::Audit(verb) => audit::run(app, verb).await,
        #[cfg(feature = "server")]
        Command::Controller(verb) => controller::run(app, verb).await,
        #[cfg(feature = "server")]
        Command::Uem(verb) => uem::run(app, verb).await,
        #[cfg(not(feature = "server"))]
        Command::Absent(_) => absent::run(),
    }
}
