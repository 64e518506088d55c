//! What a run came to: rows on stdout, a summary on stderr, reports in files, and the exit code.

use muster_engine::{JobState, Plan, Report, Task, TaskState, report};
use muster_workflows::report::Summary;
use serde_json::{Value, json};

use super::Telling;
use super::execute::Finished;
use crate::app::App;
use crate::error::{Exit, Failure, Outcome, of_class};
use crate::output::{Column, Format, Heading, Sheet, plural, took};

/// A table on a terminal shows so many rows; beyond that only those that somebody should look at.
const ROWS_ON_SCREEN: usize = 50;

/// Says how it went in every form that was asked for. Report files carry the workflow's own columns where
/// it has some; stdout always carries the engine's rows, which are the same for every command.
pub(crate) fn print_finished(
    app: &mut App,
    purpose: &str,
    finished: &Finished,
    told: Option<(&Telling<'_>, Option<&Plan>)>,
) -> Outcome {
    let sheet = items_sheet(&finished.tasks);
    print_items(app, purpose, finished, &sheet)?;
    let mut heading = heading(purpose, finished);
    let summary = told.map(|(telling, _)| (telling.summary)(&finished.tasks));
    if let Some(summary) = &summary {
        heading.figures.clone_from(&summary.figures);
    }
    let filed = match told {
        Some((telling, plan)) if !app.globals.report.is_empty() => {
            Some(report_sheet(&(telling.report)(plan, &finished.tasks)))
        }
        _ => None,
    };
    app.write_reports(&heading, filed.as_ref().unwrap_or(&sheet))?;
    if let (true, Some(summary)) = (app.printer.for_people(), &summary) {
        say_summary(app, summary);
    }
    closing(app, purpose, finished);
    Ok(exit_of(finished))
}

/// Figures as the guide shows them, on stderr.
pub(crate) fn say_summary(app: &App, summary: &Summary) {
    app.notes.line(app.notes.paint.bold(&format!("=== {} ===", summary.title)));
    for (name, value) in &summary.figures {
        app.notes.line(format!("{name}: {value}").trim_end());
    }
}

fn print_items(app: &mut App, purpose: &str, finished: &Finished, sheet: &Sheet) -> Result<(), Failure> {
    match app.printer.format {
        Format::Table => {
            let mut shown = sheet.clone();
            if let (true, Some(status)) = (sheet.rows.len() > ROWS_ON_SCREEN, sheet.position("status")) {
                shown.rows.retain(|row| row[status].as_str().is_some_and(needs_attention));
                shown.rows.truncate(ROWS_ON_SCREEN);
            }
            if shown.rows.is_empty() { Ok(()) } else { app.printer.sheet(&shown) }
        }
        Format::Csv => app.printer.sheet(sheet),
        Format::Json => {
            let mut document = about(purpose, finished);
            document["items"] = serde_json::to_value(sheet.records().collect::<Vec<_>>()).unwrap_or_default();
            app.printer.document(&document, String::new)
        }
        Format::Jsonl => {
            app.printer.sheet(sheet)?;
            let mut document = about(purpose, finished);
            document["event"] = "summary".into();
            app.printer.event(&document)
        }
    }
}

/// Whether a person should look at an item in this state. What is done or not begun only counts.
fn needs_attention(status: &str) -> bool {
    matches!(
        TaskState::known(status),
        Some(TaskState::Failed | TaskState::Unknown | TaskState::Held | TaskState::Sending)
    )
}

/// The outcome without its items.
pub(crate) fn about(purpose: &str, finished: &Finished) -> Value {
    json!({
        "schema": 1,
        "purpose": purpose,
        "tenant": finished.tenant,
        "plan": finished.plan,
        "job": finished.job,
        "state": finished.state,
        "stopped": finished.stopped.as_ref().map(|stopped| stopped.why.clone()),
        "interrupted": finished.interrupted,
        "counts": finished.counts,
        "elapsed_seconds": (finished.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        "next": next(finished),
    })
}

/// The commands that go on from here.
pub(crate) fn next(finished: &Finished) -> Vec<String> {
    let mut commands = Vec::new();
    if let Some(job) = finished.job {
        if finished.at_gate {
            commands.extend(past_the_gate(&job.to_string()));
        } else if finished.interrupted || !matches!(finished.state, JobState::Finished | JobState::Cancelled) {
            commands.push(format!("muster jobs resume {job}"));
        } else if finished.counts.failed > 0 {
            commands.push(format!("muster jobs retry {job} --only failed"));
        }
    }
    if let Some(plan) = finished.approve {
        commands.push(format!("muster approve {plan}"));
        commands.push(format!("muster plan apply {plan}"));
    }
    commands
}

/// What gets a job on that its gate holds.
pub(crate) fn past_the_gate(job: &str) -> [String; 2] {
    ["continue", "rollback"].map(|word| format!("muster jobs {word} {job}"))
}

/// `devices command SyncDevice: 5 done, 1 failed in 00:00:02`.
fn summary_line(purpose: &str, finished: &Finished) -> String {
    let counts = &finished.counts;
    let (unsupported, kept_back) = (unsupported(finished), kept_back(finished));
    let skipped = counts.skipped.saturating_sub(unsupported + kept_back);
    let parts = [
        (counts.done, "done"),
        (counts.failed, "failed"),
        (counts.unknown + counts.sending, "unknown"),
        (skipped, "skipped"),
        (unsupported, "not supported"),
        (kept_back, "left out"),
        (counts.held, "on hold"),
        (counts.cancelled, "cancelled"),
        (counts.expired, "expired"),
        (counts.pending, "not begun"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, word)| *count > 0 || (*word == "done" && finished.job.is_some()))
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if finished.job.is_none() && counts.held + unsupported + kept_back == 0 {
        return match skipped {
            0 => format!("{purpose}: nothing to do"),
            _ => format!("{purpose}: nothing to do, {skipped} {} as wanted", plural(skipped, "item is", "items are")),
        };
    }
    match finished.job {
        Some(_) => format!("{purpose}: {} in {}", parts.join(", "), took(finished.elapsed)),
        None => format!("{purpose}: {}; nothing was sent", parts.join(", ")),
    }
}

/// Items that were left out because the platform or the tenant does not have what was asked for.
fn unsupported(finished: &Finished) -> u64 {
    finished.tasks.iter().filter(|task| task.is_unsupported()).count() as u64
}

/// Items that the guard left out although they were not as wanted.
fn kept_back(finished: &Finished) -> u64 {
    finished.tasks.iter().filter(|task| task.is_kept_back()).count() as u64
}

fn closing(app: &App, purpose: &str, finished: &Finished) {
    let notes = app.notes;
    let paint = notes.paint;
    let line = summary_line(purpose, finished);
    notes.line(match exit_of(finished) {
        Exit::Success => paint.green(&line),
        Exit::Refused | Exit::Interrupted => paint.yellow(&line),
        _ => paint.red(&line),
    });
    if let Some(stopped) = &finished.stopped {
        notes.line(format!("Stopped: {}", stopped.why));
    }
    if let Some(job) = finished.job {
        notes.line(format!("Job:     {job}"));
    }
    for report in &app.globals.report {
        notes.line(format!("Report:  {}", report.path.display()));
    }
    if finished.approve.is_some() {
        let held = finished.counts.held;
        notes.line(format!("{held} {} for an approval:", plural(held, "item waits", "items wait")));
    }
    for command in next(finished) {
        notes.line(format!("  {command}"));
    }
}

/// Key figures above a report.
fn heading(purpose: &str, finished: &Finished) -> Heading {
    let counts = &finished.counts;
    let figures = TaskState::ALL
        .into_iter()
        .map(|state| (state, counts.of(state)))
        .filter(|(state, count)| *count > 0 || matches!(state, TaskState::Done | TaskState::Failed))
        .map(|(state, count)| (state.to_string(), count.to_string()));
    let mut heading = heading_of(purpose, &finished.tenant, figures.collect());
    if let Some(job) = finished.job {
        heading.remarks.push(format!("Job {job}, {}", took(finished.elapsed)));
    }
    if let Some(stopped) = &finished.stopped {
        heading.remarks.push(format!("Stopped: {}", stopped.why));
    }
    heading
}

pub(super) fn heading_of(title: &str, tenant: &str, figures: Vec<(String, String)>) -> Heading {
    Heading { tenant: tenant.to_owned(), figures, ..Heading::new(title) }
}

/// The exit code of a run: interrupted, the one reason for which everything failed, partly failed, on hold, not supported,
/// done.
pub(crate) fn exit_of(finished: &Finished) -> Exit {
    let counts = &finished.counts;
    if finished.interrupted {
        return Exit::Interrupted;
    }
    let class =
        finished.sole_failure.as_ref().or_else(|| finished.stopped.as_ref().and_then(|stopped| stopped.class.as_ref()));
    match class {
        Some(class) if counts.done == 0 => return of_class(class),
        _ => {}
    }
    if counts.failed + counts.unknown + counts.sending + counts.pending + counts.expired > 0 {
        Exit::Partial
    } else if counts.held > 0 {
        Exit::Refused
    } else if counts.done == 0 && unsupported(finished) > 0 {
        // Nothing was done, and not because it was so already.
        of_class("unsupported")
    } else if counts.done == 0 && kept_back(finished) > 0 {
        Exit::Refused
    } else {
        Exit::Success
    }
}

/// One row per task: input columns, target, action, outcome.
pub(crate) fn items_sheet(tasks: &[Task]) -> Sheet {
    report_sheet(&report::rows(tasks))
}

/// A room's report as a sheet.
pub(crate) fn report_sheet(rows: &Report) -> Sheet {
    let mut sheet = Sheet { columns: rows.columns.iter().map(|name| column(name)).collect(), rows: Vec::new() };
    for row in &rows.rows {
        sheet.push(rows.columns.iter().zip(row).map(|(name, text)| typed(name, text)).collect());
    }
    sheet
}

/// Columns that a table on a terminal has room for.
pub(super) fn column(name: &str) -> Column {
    const SHOWN: [&str; 8] =
        ["device_id", "serial_number", "device_name", "user_name", "app", "action", "status", "reason"];
    // The guide's columns begin with a capital; its time of writing says nothing on a screen.
    let guides = name.starts_with(|first: char| first.is_ascii_uppercase()) && name != "Timestamp";
    Column { key: name.to_owned(), on_screen: guides || SHOWN.contains(&name) }
}

/// Columns that count or number something.
const NUMBERS: [&str; 12] = [
    "device_id",
    "attempt",
    "DeviceId",
    "ApplicationId",
    "UserId",
    "GroupsAssigned",
    "RemediationActions",
    "TotalDevices",
    "InstalledDevices",
    "FailedDevices",
    "PendingDevices",
    "RetriedDevices",
];

/// A report's text as a JSON value: numbers where the column counts, `null` where an outcome is not known.
pub(super) fn typed(column: &str, text: &str) -> Value {
    match column {
        "InstallationRate" if text.is_empty() => Value::Null,
        "InstallationRate" => text.parse::<f64>().map_or_else(|_| text.into(), Value::from),
        name if text.is_empty() && (matches!(name, "command_id" | "at") || NUMBERS.contains(&name)) => Value::Null,
        name if NUMBERS.contains(&name) => {
            // An input's `007` stays what it is.
            let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
            number.map_or_else(|| text.into(), Value::from)
        }
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use muster_engine::{Counts, Stopped};

    use super::*;

    fn exit(change: impl FnOnce(&mut Finished)) -> Exit {
        let mut finished = Finished::nothing("https://uem.example");
        change(&mut finished);
        exit_of(&finished)
    }

    fn counted(counts: Counts) -> Exit {
        exit(|finished| finished.counts = counts)
    }

    #[test]
    fn the_exit_code_says_the_worst_that_happened() {
        let none = Counts::default;
        assert_eq!(counted(Counts { done: 5, skipped: 1, ..none() }), Exit::Success);
        assert_eq!(counted(Counts { done: 4, failed: 1, ..none() }), Exit::Partial);
        assert_eq!(counted(Counts { done: 4, unknown: 1, ..none() }), Exit::Partial);
        assert_eq!(counted(Counts { done: 4, pending: 1, ..none() }), Exit::Partial);
        assert_eq!(counted(Counts { done: 4, held: 1, ..none() }), Exit::Refused);
        assert_eq!(counted(Counts { failed: 1, held: 1, ..none() }), Exit::Partial);
    }

    #[test]
    fn a_run_that_failed_for_one_reason_has_that_reasons_code() {
        let auth = |done| {
            exit(|finished| {
                finished.sole_failure = Some(String::from("auth"));
                finished.counts = Counts { done, failed: 3, ..Counts::default() };
            })
        };
        assert_eq!((auth(0), auth(1)), (Exit::Authentication, Exit::Partial));
        let stopped = exit(|finished| {
            finished.stopped = Some(Stopped { why: String::new(), class: Some(String::from("unreachable")) });
            finished.counts.pending = 9;
        });
        assert_eq!(stopped, Exit::Unreachable);
    }

    #[test]
    fn what_is_not_supported_is_neither_as_wanted_nor_a_success_if_nothing_else_was_done() {
        let left_out = |class: &str| muster_engine::Task {
            index: 0,
            target: muster_engine::Target::User { name: String::new(), id: None },
            action: muster_engine::Action::DeleteDevice,
            input: Vec::new(),
            state: TaskState::Skipped,
            reason: String::new(),
            class: Some(class.to_owned()),
            attempt: 0,
            command_id: None,
            at: None,
            delivery: None,
            ring: 0,
            image: None,
        };
        let mut finished = Finished::nothing("https://uem.example");
        finished.tasks = vec![left_out("nothing-to-do")];
        finished.counts.skipped = 1;
        assert_eq!(exit_of(&finished), Exit::Success);
        assert_eq!(summary_line("x", &finished), "x: nothing to do, 1 item is as wanted");
        finished.tasks.extend([left_out("capability"), left_out("unsupported")]);
        finished.counts.skipped = 3;
        assert_eq!(exit_of(&finished), Exit::Usage);
        assert_eq!(summary_line("x", &finished), "x: 1 skipped, 2 not supported; nothing was sent");
        finished.counts.done = 1;
        assert_eq!(exit_of(&finished), Exit::Success);
        finished.tasks = vec![left_out("precondition")];
        (finished.counts.done, finished.counts.skipped) = (0, 1);
        assert_eq!(exit_of(&finished), Exit::Refused);
        assert_eq!(summary_line("x", &finished), "x: 1 left out; nothing was sent");
    }

    #[test]
    fn an_interrupted_run_is_that_whatever_else_happened() {
        assert_eq!(exit(|finished| finished.interrupted = true), Exit::Interrupted);
    }
}
