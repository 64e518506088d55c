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
pub(crate) mod state;
pub(crate) mod templates;
#[cfg(feature = "server")]
pub(crate) mod uem;
pub(crate) mod users;

use clap::Subcommand;

use crate::app::App;
use crate::cli::{Globals, Later};
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
    Context(Later<context::Verb>),
    /// Secrets by reference: set, get, list, check, rotate, remove
    #[command(subcommand)]
    Secrets(Later<secrets::Verb>),
    /// Devices: search, show, command, tag, rename, set, move, message, update, delete
    #[command(subcommand)]
    Devices(Later<devices::Verb>),
    /// Compliance: report, remediate
    #[command(subcommand)]
    Compliance(Later<compliance::Verb>),
    /// Profiles on devices: install, remove
    #[command(subcommand)]
    Profiles(Later<profiles::Verb>),
    /// Users: provision from a file, activate, deactivate, delete, join, leave
    #[command(subcommand)]
    Users(Later<users::Verb>),
    /// Applications: deploy, status, install, remove, unassign
    #[command(subcommand)]
    Apps(Later<apps::Verb>),
    /// Any operation of the API: list, show, call, or GET, POST, … with a path
    #[command(subcommand)]
    Api(Later<api::Verb>),
    /// Plans: list, show, apply, export, import, diff
    #[command(subcommand)]
    Plan(Later<plan::Verb>),
    /// What the guard goes by: show, check, explain
    #[command(subcommand)]
    Policy(Later<policy::Verb>),
    /// Sign what a plan holds back, as somebody who did not ask for it
    Approve(approve::Args),
    /// Who may approve: add, list, remove
    #[command(subcommand)]
    Approvers(Later<approvers::Verb>),
    /// What automation may do without being asked: add, list, revoke
    #[command(subcommand)]
    Templates(Later<templates::Verb>),
    /// Keys that sign: new, show
    #[command(subcommand)]
    Keys(Later<keys::Verb>),
    /// Jobs: list, show, watch, resume, continue, rollback, undo, prove, cancel, retry, prune
    #[command(subcommand)]
    Jobs(Later<jobs::Verb>),
    /// Long-running operations of the tenant: wait
    #[command(subcommand)]
    Operations(Later<operations::Verb>),
    /// The record of what was planned, approved and done: list, verify, export, prove, checkpoint
    #[command(subcommand)]
    Audit(Later<audit::Verb>),
    /// What this machine keeps, when it is damaged: check, salvage
    #[command(subcommand)]
    State(Later<state::Verb>),
    /// Keep watch over a tenant: schedules, alerts, a dashboard: serve
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Controller(Later<controller::Verb>),
    /// A UEM of your own, for rehearsals and tests: serve
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Uem(Later<uem::Verb>),
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
    /// Asks for a thing or two, one after the other.
    brief: bool,
}

const READS: Traits = Traits { preview: true, report: true, plan: false, configuration: true, brief: false };
const SHOWS: Traits = Traits { brief: true, ..READS };
const PLANS: Traits = Traits { plan: true, ..READS };
/// Changes something on this machine, at once.
const SETS: Traits = Traits { preview: false, report: false, plan: false, configuration: true, brief: true };
const ALONE: Traits = Traits { preview: false, report: false, plan: false, configuration: false, brief: false };

impl Command {
    fn traits(&self) -> Traits {
        match self {
            #[cfg(feature = "server")]
            Self::Demo(_) => ALONE,
            #[cfg(feature = "server")]
            Self::Uem(Later(verb)) if verb.lists() => Traits { configuration: false, ..READS },
            #[cfg(feature = "server")]
            Self::Uem(_) => ALONE,
            #[cfg(feature = "server")]
            Self::Controller(_) => Traits { brief: false, ..SETS },
            #[cfg(not(feature = "server"))]
            Self::Absent(_) => ALONE,
            Self::Doctor(_) => READS,
            Self::Context(Later(verb)) => match verb {
                context::Verb::List(_) | context::Verb::Show(_) => SHOWS,
                context::Verb::Add(_) | context::Verb::Use(_) | context::Verb::Remove(_) => SETS,
            },
            Self::Secrets(Later(secrets::Verb::Set(_) | secrets::Verb::Remove(_))) => SETS,
            Self::Secrets(Later(secrets::Verb::Get(_) | secrets::Verb::Rotate(_))) => Traits { report: false, ..READS },
            Self::Secrets(Later(secrets::Verb::List(_) | secrets::Verb::Check(_))) => READS,
            Self::Api(Later(verb)) if verb.calls() => Traits { brief: !verb.reads_all(), ..PLANS },
            Self::Api(_) => Traits { configuration: false, ..SHOWS },
            Self::Devices(Later(devices::Verb::Show(_))) => SHOWS,
            Self::Devices(Later(devices::Verb::Search(_)))
            | Self::Compliance(Later(compliance::Verb::Report(_)))
            | Self::Apps(Later(apps::Verb::Status(_))) => READS,
            Self::Devices(_) | Self::Profiles(_) | Self::Compliance(_) | Self::Users(_) | Self::Apps(_) => PLANS,
            Self::Plan(Later(verb)) => match verb {
                plan::Verb::Import(_) => SETS,
                plan::Verb::List(_) | plan::Verb::Show(_) => SHOWS,
                _ => READS,
            },
            Self::Approve(_) => SETS,
            Self::Approvers(Later(approvers::Verb::List(_))) | Self::Templates(Later(templates::Verb::List(_))) => {
                SHOWS
            }
            Self::Approvers(_) | Self::Templates(_) => SETS,
            Self::Keys(Later(keys::Verb::Show(_))) => Traits { report: false, ..SHOWS },
            Self::Keys(Later(keys::Verb::New(_))) => SETS,
            Self::Audit(Later(verb)) if verb.stands_alone() => Traits { configuration: false, ..READS },
            Self::Jobs(Later(verb)) => match verb {
                jobs::Verb::Cancel(_) | jobs::Verb::Prune(_) => SETS,
                jobs::Verb::List(_) | jobs::Verb::Show(_) => SHOWS,
                _ => READS,
            },
            Self::State(Later(state::Verb::Check(_))) => Traits { report: false, configuration: false, ..READS },
            Self::State(Later(state::Verb::Salvage(_))) => Traits { brief: false, ..ALONE },
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

    /// Whether one thread does.
    pub(crate) fn is_brief(&self) -> bool {
        self.traits().brief
    }
}

/// Runs one command.
pub(crate) async fn run(app: &mut App, command: Command) -> Outcome {
    match command {
        #[cfg(feature = "server")]
        Command::Demo(args) => demo::run(app, args).await,
        Command::Doctor(args) => doctor::run(app, args).await,
        Command::Context(Later(verb)) => context::run(app, verb).await,
        Command::Secrets(Later(verb)) => secrets::run(app, verb).await,
        Command::Devices(Later(verb)) => devices::run(app, verb).await,
        Command::Profiles(Later(verb)) => profiles::run(app, verb).await,
        Command::Compliance(Later(verb)) => compliance::run(app, verb).await,
        Command::Users(Later(verb)) => users::run(app, verb).await,
        Command::Apps(Later(verb)) => apps::run(app, verb).await,
        Command::Api(Later(verb)) => api::run(app, verb).await,
        Command::Plan(Later(verb)) => plan::run(app, verb).await,
        Command::Policy(Later(verb)) => policy::run(app, verb).await,
        Command::Approve(args) => approve::run(app, args).await,
        Command::Approvers(Later(verb)) => approvers::run(app, verb).await,
        Command::Templates(Later(verb)) => templates::run(app, verb).await,
        Command::Keys(Later(verb)) => keys::run(app, verb).await,
        Command::Jobs(Later(verb)) => jobs::run(app, verb).await,
        Command::Operations(Later(verb)) => operations::run(app, verb).await,
        Command::Audit(Later(verb)) => audit::run(app, verb).await,
        Command::State(Later(verb)) => state::run(app, verb).await,
        #[cfg(feature = "server")]
        Command::Controller(Later(verb)) => controller::run(app, verb).await,
        #[cfg(feature = "server")]
        Command::Uem(Later(verb)) => uem::run(app, verb).await,
        #[cfg(not(feature = "server"))]
        Command::Absent(_) => absent::run(),
    }
}
