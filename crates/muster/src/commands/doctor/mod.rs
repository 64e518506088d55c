//! `muster doctor`: the way to the tenant, tested step by step, and the rights for what somebody wants to do.

mod approvals;
mod checks;
mod purpose;
mod rights;
mod secrets;

use clap::Args as Arguments;
use muster_client::{Client, Dialect};
use serde::Serialize;

pub(crate) use checks::examine;
use purpose::Purpose;
use rights::Needs;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Format, Heading, Paint, Sheet};

/// The tenant comes from the context.
#[derive(Debug, Arguments)]
#[command(after_help = format!("What for:\n{}", purpose::help()))]
pub(crate) struct Args {
    /// Also say which right is missing for this, and what the smallest role is; can be given several times
    #[arg(long = "for", value_name = "WHAT", value_parser = Purpose::parse)]
    pub(crate) purposes: Vec<Purpose>,
}

/// How one step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Ok,
    Failed,
    /// Not tried, because of an earlier failure or because it does not apply.
    Skipped,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One step of the test.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) status: Status,
    /// What was found, or why it failed.
    pub(crate) detail: String,
    pub(crate) failure: Option<Failure>,
}

/// The whole test.
#[derive(Default)]
pub(crate) struct Examination {
    pub(crate) context: String,
    pub(crate) url: String,
    pub(crate) checks: Vec<Check>,
    pub(crate) dialect: Option<Dialect>,
    /// Who answered.
    pub(crate) client: Option<Client>,
}

impl Examination {
    fn ok(&mut self, name: &'static str, detail: impl Into<String>) {
        self.checks.push(Check { name, status: Status::Ok, detail: detail.into(), failure: None });
    }

    fn skip(&mut self, name: &'static str, detail: impl Into<String>) {
        self.checks.push(Check { name, status: Status::Skipped, detail: detail.into(), failure: None });
    }

    fn fail(&mut self, name: &'static str, failure: Failure) {
        // A step that went well by hand and then failed for the client has failed.
        self.checks.retain(|check| check.name != name);
        let detail = failure.message.clone();
        self.checks.push(Check { name, status: Status::Failed, detail, failure: Some(failure) });
    }

    fn failed(&self) -> bool {
        self.checks.iter().any(|check| check.status == Status::Failed)
    }

    /// The first failure, as the failure of a command.
    pub(crate) fn failure(self) -> Option<Failure> {
        self.checks.into_iter().find_map(|check| check.failure)
    }
}

pub(crate) async fn run(app: &mut App, args: Args) -> Outcome {
    let mut found = examine(app).await?;
    let needs = match args.purposes.as_slice() {
        [] => None,
        purposes => {
            // What was never reached speaks the dialect on record, if there is one.
            let recorded = || app.file.contexts.get(&found.context)?.dialect.as_deref()?.parse::<Dialect>().ok();
            let dialect = found.dialect.or_else(recorded).unwrap_or(Dialect::Guide);
            Some(Needs::examine(purposes, found.client.as_ref(), dialect).await)
        }
    };
    if let Some(failure) = needs.as_ref().and_then(Needs::failure) {
        found.fail("Rights", failure);
    }
    match app.printer.format {
        Format::Table => {
            let paint = app.paint_stdout();
            let needs = needs.map(|needs| needs.text(paint)).unwrap_or_default();
            let text = format!("{}{needs}", text(&found, paint));
            app.printer.text(&text)?;
        }
        Format::Json => {
            let mut document = serde_json::json!({
                "schema": 1,
                "context": found.context,
                "url": found.url,
                "dialect": found.dialect,
                "ok": !found.failed(),
                "checks": serde_json::to_value(sheet(&found).records().collect::<Vec<_>>()).unwrap_or_default(),
            });
            if let Some(needs) = &needs {
                document["for"] = needs.json();
            }
            app.printer.document(&document, String::new)?;
        }
        Format::Jsonl | Format::Csv => app.printer.sheet(&sheet(&found))?,
    }
    let heading = Heading { tenant: found.url.clone(), ..Heading::new("Connectivity test") };
    app.report(&heading, &sheet(&found))?;
    Ok(found.failure().map_or(Exit::Success, |failure| failure.exit))
}

fn sheet(found: &Examination) -> Sheet {
    let mut sheet = Sheet::new(&["check", "status", "detail", "code", "why", "next"]);
    for check in &found.checks {
        let failure = check.failure.as_ref();
        sheet.push(vec![
            check.name.into(),
            check.status.as_str().into(),
            check.detail.as_str().into(),
            failure.map(|failure| failure.code).into(),
            failure.map(|failure| failure.why.join("; ")).into(),
            failure.and_then(|failure| failure.hint.clone()).into(),
        ]);
    }
    sheet
}

/// The test as people read it.
pub(crate) fn text(found: &Examination, paint: Paint) -> String {
    let mut text = format!("{}\n", paint.bold(&format!("=== Workspace ONE UEM connectivity test: {} ===", found.url)));
    for check in &found.checks {
        let sign = match check.status {
            Status::Ok => paint.green("✓"),
            Status::Failed => paint.red("✗"),
            Status::Skipped => paint.dim("–"),
        };
        let skipped = if check.status == Status::Skipped { "skipped: " } else { "" };
        text.push_str(&format!("{sign} {:<16} {skipped}{}\n", check.name, check.detail));
        if let Some(failure) = &check.failure {
            for why in &failure.why {
                text.push_str(&format!("    why:  {why}\n"));
            }
            if let Some(hint) = &failure.hint {
                text.push_str(&format!("    next: {hint}\n"));
            }
        }
    }
    let end = if found.failed() { paint.red("=== Test failed ===") } else { paint.green("=== Test complete ===") };
    text.push_str(&format!("{end}\n"));
    text
}
