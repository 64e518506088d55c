//! What every command has at hand: flags, environment, output. Opens nothing by itself.

use std::io::IsTerminal as _;
use std::sync::{Arc, OnceLock};

use muster_client::Client;
use muster_engine::{Requester, SharedQuota};
use muster_store::Database;

use secrecy::SecretString;
use tokio::sync::OnceCell;

use crate::cli::{self, Globals};
use crate::commands::Command;
use crate::config::{Connection, Environment, File, Places, connection};
use crate::error::Failure;
use crate::output::{Format, Heading, Notes, Paint, Printer, Sheet};
use crate::secrets::{self, Surroundings};

/// The surroundings of one command.
pub(crate) struct App {
    pub(crate) globals: Globals,
    pub(crate) environment: Environment,
    pub(crate) file: File,
    pub(crate) printer: Printer,
    pub(crate) notes: Notes,
    /// The tenant that was spoken to, once there is one.
    pub(crate) spoken: OnceLock<Spoken>,
    /// What this machine keeps, once it was opened.
    pub(crate) kept: OnceCell<Database>,
    /// Whether the command asks for a thing or two and ends.
    pub(crate) brief: bool,
}

/// Whom this command speaks to, and what it may cost.
pub(crate) struct Spoken {
    pub(crate) client: Client,
    pub(crate) quota: Option<Arc<SharedQuota>>,
    /// Calls a second that the settings allow.
    pub(crate) rate: f64,
    /// Since when what is read of it has been read.
    pub(crate) since: jiff::Timestamp,
}

impl App {
    /// Reads the configuration file and settles the output format, unless the command needs neither.
    pub(crate) fn new(globals: Globals, environment: Environment, command: &Command) -> Result<Self, Failure> {
        command.check(&globals)?;
        for report in &globals.report {
            report.check()?;
        }
        let file = if command.reads_configuration() {
            File::read(&Places::find(&environment)?.config_file)?
        } else {
            File::default()
        };
        let terminal = std::io::stdout().is_terminal();
        let asked = match globals.output {
            Some(format) => Some(format),
            None => cli::named_format(&environment)?,
        };
        let usual = file.defaults.output.unwrap_or(if terminal { Format::Table } else { Format::Json });
        let notes = notes(&globals, &environment);
        let printer = Printer::new(asked, usual, terminal);
        let (spoken, kept) = (OnceLock::new(), OnceCell::new());
        Ok(Self { globals, environment, file, printer, notes, spoken, kept, brief: command.is_brief() })
    }

    /// How to colour text on stdout.
    pub(crate) fn paint_stdout(&self) -> Paint {
        Paint::new(std::io::stdout().is_terminal() && !self.globals.no_color && !self.environment.plain())
    }

    /// Where configuration and state live.
    pub(crate) fn places(&self) -> Result<Places, Failure> {
        Places::find(&self.environment)
    }

    /// The tenant this command speaks to.
    pub(crate) async fn connection(&self) -> Result<Connection, Failure> {
        connection(self.globals.context.as_deref(), &self.surroundings(), &self.file).await
    }

    /// Where references to secrets are looked up.
    pub(crate) fn surroundings(&self) -> Surroundings<'_> {
        let ask = !self.globals.no_input && std::io::stdin().is_terminal();
        Surroundings { environment: &self.environment, settings: &self.file.secrets, ask }
    }

    /// Reads the secret that a reference stands for.
    pub(crate) async fn secret(&self, reference: &str) -> Result<SecretString, Failure> {
        secrets::resolve(reference, &self.surroundings()).await
    }

    /// Name of the current context.
    pub(crate) fn connection_name(&self) -> Result<String, Failure> {
        self.file.current_context.clone().ok_or_else(crate::config::no_tenant)
    }

    /// A list on stdout, and in the reports that were asked for.
    pub(crate) fn list(&mut self, sheet: &Sheet, heading: Heading) -> Result<(), Failure> {
        self.printer.sheet(sheet)?;
        self.report(&heading, sheet)
    }

    /// Writes the reports that were asked for, and says where they are.
    pub(crate) fn report(&self, heading: &Heading, sheet: &Sheet) -> Result<(), Failure> {
        self.write_reports(heading, sheet)?;
        for report in &self.globals.report {
            self.notes.line(format!("Report:  {}", report.path.display()));
        }
        Ok(())
    }

    /// Writes the reports that were asked for; each says what it cost the tenant.
    pub(crate) fn write_reports(&self, heading: &Heading, sheet: &Sheet) -> Result<(), Failure> {
        let mut heading = heading.clone();
        heading.remarks.extend(self.calls());
        self.globals.report.iter().try_for_each(|report| report.write(&heading, sheet))
    }

    /// `Calls: 12 sent, 3 saved by memory, 1 repeated, 0 refused`, if a tenant was spoken to.
    pub(crate) fn calls(&self) -> Option<String> {
        let spent = self.spoken.get()?.client.statistics();
        let (calls, saved, retries, refused) = (spent.calls, spent.saved, spent.retries, spent.throttled);
        Some(format!("Calls: {calls} sent, {saved} saved by memory, {retries} repeated, {refused} refused"))
    }

    /// How people call the tenant that this command is about; `None` if nobody named one.
    pub(crate) fn context_name(&self) -> Option<String> {
        let from_environment = || self.environment.get("MUSTER_URL").map(|_| String::from("environment"));
        let named = self.globals.context.clone().or_else(|| self.environment.get("MUSTER_CONTEXT"));
        named.or_else(from_environment).or_else(|| self.file.current_context.clone())
    }

    /// Who asks for a plan, with every other name that is known: an approver must be none of them.
    pub(crate) fn requester(&self) -> Requester {
        let mut others = crate::input::owners();
        others.extend(crate::account::of_process());
        Requester { name: self.person(), others }
    }

    /// Who asks, for plans, approvals and the audit. A task that a machine starts by itself has none of these variables.
    pub(crate) fn person(&self) -> String {
        ["MUSTER_ACTOR", "USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| self.environment.get(name))
            .or_else(crate::account::of_process)
            .unwrap_or_else(|| String::from("unknown"))
    }
}

/// How to speak to people on stderr.
pub(crate) fn notes(globals: &Globals, environment: &Environment) -> Notes {
    let terminal = std::io::stderr().is_terminal();
    Notes { paint: Paint::new(terminal && !globals.no_color && !environment.plain()), terminal }
}
