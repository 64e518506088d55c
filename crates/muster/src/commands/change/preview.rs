//! What a plan would do: in full for `--dry-run` and `plan show`, in short before the question.

use muster_engine::{Forecast, Plan, PlanItem, Task, TaskState, Verdict, report};
use muster_store::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::result::{heading_of, typed};
use crate::app::App;
use crate::commands::plan::state;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Column, Format, Sheet, plural};

/// Rows of the short preview.
const FIRST: usize = 5;

/// Prints a plan with the verdict for every item.
pub(crate) fn print_plan(app: &mut App, plan: &Plan) -> Outcome {
    let sheet = plan_sheet(plan);
    match app.printer.format {
        Format::Table | Format::Csv => app.printer.sheet(&sheet)?,
        Format::Json => {
            let mut document = about(plan, app.globals.dry_run);
            document["items"] = serde_json::to_value(sheet.records().collect::<Vec<_>>()).unwrap_or_default();
            app.printer.document(&document, String::new)?;
        }
        Format::Jsonl => {
            app.printer.sheet(&sheet)?;
            let mut document = about(plan, app.globals.dry_run);
            document["event"] = "summary".into();
            app.printer.event(&document)?;
        }
    }
    let figures = [Verdict::Allow, Verdict::Hold, Verdict::Skip]
        .map(|verdict| (verdict.to_string(), plan.count(verdict).to_string()));
    let heading = heading_of(&plan.purpose, &plan.tenant, figures.to_vec());
    app.write_reports(&heading, &sheet)?;
    for report in &app.globals.report {
        app.notes.line(format!("Report: {}", report.path.display()));
    }
    app.notes.line(format!("{}: {}. Nothing was sent.", plan.purpose, verdicts(plan)));
    if let Some(forecast) = forecast(app, plan) {
        app.notes.line(in_words(&forecast));
    }
    match plan.decision.verdict {
        Verdict::Hold if plan.count(Verdict::Allow) == 0 => {
            app.notes.line(format!("To approve:  muster plan approve {}", plan.id));
        }
        _ => {}
    }
    if plan.count(Verdict::Allow) + plan.count(Verdict::Hold) > 0 {
        app.notes.line(format!("To carry it out:  muster plan apply {}", plan.id));
    }
    Ok(Exit::Success)
}

fn about(plan: &Plan, dry_run: bool) -> Value {
    let (status, job) = state(&plan.status);
    json!({
        "schema": 1,
        "dry_run": dry_run,
        "plan": plan.id,
        "hash": plan.hash,
        "purpose": plan.purpose,
        "tenant": plan.tenant,
        "created_at": plan.created_at.to_string(),
        "expires_at": plan.expires_at.to_string(),
        "requested_by": plan.requested_by,
        "status": status,
        "job": job,
        "approvals": plan.approvals,
        "counts": {
            "allow": plan.count(Verdict::Allow),
            "hold": plan.count(Verdict::Hold),
            "skip": plan.count(Verdict::Skip),
            "total": plan.items.len(),
        },
    })
}

/// Every item with its verdict and why.
pub(crate) fn plan_sheet(plan: &Plan) -> Sheet {
    let tasks: Vec<Task> = plan.items.iter().map(as_task).collect();
    let rows = report::rows(&tasks);
    let kept: Vec<usize> = (0..rows.columns.len())
        .filter(|&index| !report::OUTCOME_COLUMNS.contains(&rows.columns[index].as_str()))
        .collect();
    let mut columns: Vec<Column> = kept.iter().map(|&index| super::result::column(&rows.columns[index])).collect();
    columns.extend(["verdict", "reason"].map(|key| Column { key: key.to_owned(), on_screen: true }));
    let mut sheet = Sheet { columns, rows: Vec::with_capacity(plan.items.len()) };
    for (item, row) in plan.items.iter().zip(&rows.rows) {
        let mut values: Vec<Value> = kept.iter().map(|&index| typed(&rows.columns[index], &row[index])).collect();
        let why = item.decision.explain();
        values.push(item.decision.verdict.as_str().into());
        values.push(if why.is_empty() { item.reason.clone() } else { why }.into());
        sheet.push(values);
    }
    sheet
}

/// A plan's item as the task it would become, so that both have the same columns.
pub(super) fn as_task(item: &PlanItem) -> Task {
    let why = item.decision.explain();
    Task {
        index: item.index,
        target: item.target.clone(),
        action: item.action.clone(),
        input: item.input.clone(),
        state: match item.decision.verdict {
            Verdict::Allow => TaskState::Pending,
            Verdict::Skip => TaskState::Skipped,
            Verdict::Hold | Verdict::Refuse => TaskState::Held,
        },
        reason: if why.is_empty() { item.reason.clone() } else { why },
        class: None,
        attempt: 0,
        command_id: None,
        at: None,
    }
}

/// What carrying the plan out will cost, if it is known whom it is for: a call for each item that is sent, those that an
/// approval lets through among them.
fn forecast(app: &App, plan: &Plan) -> Option<Forecast> {
    let spoken = app.spoken.get()?;
    let now = SystemClock.now();
    let held = if plan.approval(now).is_some() { plan.count(Verdict::Hold) } else { 0 };
    let calls = (plan.count(Verdict::Allow) + held) as u64;
    (calls > 0).then(|| spoken.allowance.forecast(calls, spoken.rate, now))
}

/// `Forecast: 2300 calls, 41000 left today, done at 14:20 UTC`.
fn in_words(forecast: &Forecast) -> String {
    let calls = format!("{} {}", forecast.calls, plural(forecast.calls, "call", "calls"));
    let left = forecast.left_today.map_or(String::new(), |left| format!(", {left} left today"));
    match forecast.done_at {
        Some(at) => format!("Forecast: {calls}{left}, done at {}", at.strftime("%H:%M UTC")),
        None => {
            format!("Forecast: {calls}{left}: today's calls end before the job does; it stops and goes on when resumed")
        }
    }
}

/// `5 to send, 2 held, 1 skipped`.
pub(super) fn verdicts(plan: &Plan) -> String {
    let held = if plan.approval(SystemClock.now()).is_some() { "approved" } else { "on hold" };
    let parts = [(Verdict::Allow, "to send"), (Verdict::Hold, held), (Verdict::Skip, "skipped")];
    let parts: Vec<String> = parts
        .iter()
        .map(|(verdict, word)| (plan.count(*verdict), word))
        .filter(|(count, word)| *count > 0 || **word == "to send")
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    parts.join(", ")
}

/// Counts and the first rows, on stderr, for whoever has to answer.
pub(super) fn show_short(app: &App, plan: &Plan) -> Result<(), Failure> {
    let paint = app.notes.paint;
    app.notes.line(format!("{} on {}: {}", paint.bold(&plan.purpose), plan.tenant, verdicts(plan)));
    if let Some(forecast) = forecast(app, plan) {
        app.notes.line(in_words(&forecast));
    }
    if app.globals.yes && !app.notes.terminal {
        return Ok(());
    }
    let mut sheet = plan_sheet(plan);
    // What will be sent comes first: that is what the question is about.
    let verdict = sheet.position("verdict");
    sheet.rows.sort_by_key(|row| verdict.is_none_or(|position| row[position] != "allow"));
    let more = sheet.rows.len().saturating_sub(FIRST) as u64;
    sheet.rows.truncate(FIRST);
    app.notes.raw(&sheet.to_text());
    if more > 0 {
        app.notes.line(paint.dim(&format!("… and {more} more {}; -n shows all", plural(more, "item", "items"))));
    }
    Ok(())
}
