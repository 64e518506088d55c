//! What a plan would do: in full for `--dry-run` and `plan show`, in short before the question.

use std::collections::BTreeMap;
use std::time::Duration;

use muster_engine::{
    Allowance, DeviceTarget, Engine, Forecast, JobOptions, Plan, PlanItem, PlanStatus, Rings, Target, Verdict, calls,
};
use muster_store::{Clock as _, SystemClock};
use serde_json::{Value, json};

use super::items::{goes, plan_sheet};
use super::result::heading_of;
use crate::app::App;
use crate::commands::plan::state;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Format, plural};

/// Rows of the short preview.
const FIRST: usize = 5;

/// How a plan would be carried out, as far as that can be seen before.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) rings: Rings,
    /// How long each ring is watched; `None` if it does not grow by rings.
    pub(crate) soak: Option<Duration>,
    /// Whether many go in one call where the API has a call for many.
    pub(crate) bulk: bool,
    /// Held items that would be sent all the same, because they are approved or a template lets them through.
    pub(crate) let_through: usize,
}

impl Default for View {
    fn default() -> Self {
        Self::of(&JobOptions::default())
    }
}

impl View {
    /// With these options.
    pub(crate) fn of(options: &JobOptions) -> Self {
        let rings = options.rings.as_ref().map(|growth| growth.rings.clone()).unwrap_or_default();
        let soak = options.rings.as_ref().map(|growth| growth.soak);
        Self { rings, soak, bulk: options.bulk, let_through: 0 }
    }

    /// The same of a plan, if it was carried out now.
    pub(crate) async fn judged(self, engine: &Engine, plan: &Plan) -> Result<Self, Failure> {
        Ok(Self { let_through: engine.let_through(plan).await?, ..self })
    }
}

/// Prints a plan with the verdict for every item.
pub(crate) fn print_plan(app: &mut App, plan: &Plan, view: &View) -> Outcome {
    let sheet = plan_sheet(plan, &view.rings);
    match app.printer.format {
        Format::Table | Format::Csv => app.printer.sheet(&sheet)?,
        Format::Json => {
            let mut document = plan_document(plan, app.globals.dry_run, view);
            document["items"] = serde_json::to_value(sheet.records().collect::<Vec<_>>()).unwrap_or_default();
            app.printer.document(&document, String::new)?;
        }
        Format::Jsonl => {
            app.printer.sheet(&sheet)?;
            let mut document = plan_document(plan, app.globals.dry_run, view);
            document["event"] = "summary".into();
            app.printer.event(&document)?;
        }
    }
    let figures = [Verdict::Allow, Verdict::Hold, Verdict::Skip]
        .map(|verdict| (verdict.to_string(), plan.count(verdict).to_string()));
    let mut heading = heading_of(&plan.purpose, &plan.tenant, figures.to_vec());
    heading.remarks = what_it_means(plan, view);
    app.write_reports(&heading, &sheet)?;
    for report in &app.globals.report {
        app.notes.line(format!("Report: {}", report.path.display()));
    }
    let sent = if matches!(plan.status, PlanStatus::Applied { .. }) { "" } else { ". Nothing was sent." };
    app.notes.line(format!("{}: {}{sent}", plan.purpose, verdicts(plan, view)));
    for line in what_it_means(plan, view).into_iter().chain(what_comes_next(plan, view)) {
        app.notes.line(line);
    }
    Ok(Exit::Success)
}

/// The commands that go on from here.
fn what_comes_next(plan: &Plan, view: &View) -> Vec<String> {
    match plan.status {
        PlanStatus::Applied { job } => return vec![format!("It was carried out:  muster jobs show {job}")],
        PlanStatus::Expired => return vec![String::from("It has expired; make it again")],
        PlanStatus::Proposed => {}
    }
    let mut lines = Vec::new();
    if plan.count(Verdict::Hold) > view.let_through && plan.approval(SystemClock.now()).is_none() {
        lines.push(format!("To approve:  muster approve {}", plan.id));
    }
    if plan.count(Verdict::Allow) + plan.count(Verdict::Hold) > 0 {
        lines.push(format!("To carry it out:  muster plan apply {}", plan.id));
    }
    lines
}

/// What stands beside the items: a line for each thing that somebody should know before the plan is applied.
pub(crate) fn what_it_means(plan: &Plan, view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for (rule, (verdict, items, text)) in by_rule(plan) {
        let many = plural(items as u64, "item", "items");
        lines.push(format!("{}: {items} {many} by the rule {rule}: {text}", word(plan, verdict)));
    }
    lines.extend(plan.items.iter().filter_map(listed).take(FIRST));
    let known = &plan.surroundings;
    for consequence in &known.consequences {
        lines.push(format!("Besides: {}", consequence.text));
    }
    if let Some(protection) = known.wipe_protection {
        let locked = if protection.locked { "; it is locked now" } else { "" };
        if let (Some(wipes), Some(minutes)) = (protection.wipes, protection.minutes) {
            lines.push(format!("The tenant itself holds wipes back beyond {wipes} within {minutes} minutes{locked}"));
        }
    }
    if !known.bulk_limits.is_empty() {
        let limits: Vec<String> = known.bulk_limits.iter().map(|(action, limit)| format!("{action} {limit}")).collect();
        lines.push(format!("The tenant's bulk calls take at most: {}", limits.join(", ")));
    }
    lines.extend(known.unread.iter().map(|what| format!("Not known: {what}")));
    lines.extend(without_undo(plan));
    let sent = plan.count(Verdict::Allow) + plan.count(Verdict::Hold);
    if sent > 1 {
        lines.push(format!("Rings ({}): {}", view.rings, ring_sizes(plan, &view.rings)));
        lines.extend(view.soak.map(watched));
    }
    lines.extend(forecast(plan, view).map(|forecast| in_words(&forecast)));
    lines
}

/// What `jobs undo` could not take back, a line for each reason. What is held counts as well: it is about to be approved.
pub(crate) fn without_undo(plan: &Plan) -> Vec<String> {
    let line =
        |(why, count): (String, u64)| format!("{count} {} no undo: {why}", plural(count, "item has", "items have"));
    plan.without_undo().into_iter().map(line).collect()
}

/// Devices of a call for several that are named on screen.
const NAMED: usize = 10;

/// The devices of a call that lists them.
fn listed(item: &PlanItem) -> Option<String> {
    let Target::Resource { devices, .. } = &item.target else { return None };
    let names: Vec<&str> = devices.iter().map(DeviceTarget::label).take(NAMED).collect();
    let more = devices.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let many = plural(devices.len() as u64, "device", "devices");
    (!devices.is_empty())
        .then(|| format!("Item {} is for {} {many}: {}{more}", item.index + 1, devices.len(), names.join(", ")))
}

/// What stands behind each ring.
fn watched(soak: Duration) -> String {
    if soak.is_zero() {
        return "Nobody watches between the rings (--soak 0s): each begins as soon as the one before is sent, whatever \
                its devices answer"
            .to_owned();
    }
    let soak = jiff::SignedDuration::try_from(soak).map_or_else(|_| format!("{soak:?}"), |soak| format!("{soak:#}"));
    format!("After each ring its devices are watched for {soak}, and its gate looks at what they answered")
}

/// Strictest verdict, number of items and first text of every rule that objected to something.
fn by_rule(plan: &Plan) -> BTreeMap<&str, (Verdict, usize, &str)> {
    let mut rules: BTreeMap<&str, (Verdict, usize, &str)> = BTreeMap::new();
    for item in plan.items.iter().filter(|item| item.decision.verdict != Verdict::Allow) {
        // A rule may say several things of one item, which is one item still.
        let said: BTreeMap<&str, &str> =
            item.decision.reasons.iter().rev().map(|reason| (&*reason.rule, &*reason.text)).collect();
        for (rule, text) in said {
            let heard = rules.entry(rule).or_insert((item.decision.verdict, 0, text));
            heard.0 = heard.0.max(item.decision.verdict);
            heard.1 += 1;
        }
    }
    rules
}

fn word(plan: &Plan, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "Let through",
        Verdict::Skip => "Left out",
        Verdict::Hold if plan.approval(SystemClock.now()).is_some() => "Approved",
        Verdict::Hold => "On hold",
        Verdict::Refuse => "Refused",
    }
}

/// How many items each ring adds: `1, 9, 0, 20, 170`. What is left out takes no place, as in the job.
fn ring_sizes(plan: &Plan, rings: &Rings) -> String {
    let mut sizes = vec![0_usize; rings.shares().len()];
    for ring in rings.of_items(&plan.items, goes).into_iter().flatten() {
        if ring >= sizes.len() {
            sizes.resize(ring + 1, 0);
        }
        sizes[ring] += 1;
    }
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A plan without its items, as JSON.
pub(crate) fn plan_document(plan: &Plan, dry_run: bool, view: &View) -> Value {
    let (status, job) = state(&plan.status);
    json!({
        "schema": 1,
        "dry_run": dry_run,
        "plan": plan.id,
        "hash": plan.hash,
        "purpose": plan.purpose,
        "tenant": plan.tenant,
        "selection": plan.selection,
        "created_at": plan.created_at.to_string(),
        "expires_at": plan.expires_at.to_string(),
        "requested_by": plan.requested_by,
        "status": status,
        "job": job,
        "approvals": plan.approvals,
        "decision": plan.decision,
        "counts": {
            "allow": plan.count(Verdict::Allow),
            "hold": plan.count(Verdict::Hold),
            "skip": plan.count(Verdict::Skip),
            "total": plan.items.len(),
        },
        "rings": view.rings.to_string(),
        "surroundings": plan.surroundings,
        "no_undo": plan.without_undo().into_iter().map(|(why, items)| json!({"items": items, "why": why})).collect::<Vec<_>>(),
        "forecast": forecast(plan, view).map(|forecast| json!({
            "calls": forecast.calls,
            "left_today": forecast.left_today,
            "percent_of_what_is_left": share(&forecast),
            "done_at": forecast.done_at.map(|at| at.to_string()),
        })),
    })
}

/// What carrying the plan out will cost, if it is known whom it is for: a call for each item that is sent, those that an
/// approval lets through among them, or one for many where the tenant takes that.
fn forecast(plan: &Plan, view: &View) -> Option<Forecast> {
    let budget = plan.surroundings.budget?;
    let now = SystemClock.now();
    let sent = plan.items.iter().filter(|item| match item.decision.verdict {
        Verdict::Allow => true,
        Verdict::Hold => plan.let_through_by(item.index, now).is_some(),
        Verdict::Skip | Verdict::Refuse => false,
    });
    let calls = match view.bulk && budget.bulk {
        true => calls(sent.map(|item| (&item.target, &item.action)), &plan.surroundings.bulk_limits),
        false => sent.count() as u64,
    };
    let allowance = Allowance { left_today: budget.left_today, per_second: None };
    (calls > 0).then(|| allowance.forecast(calls, budget.per_second, now))
}

/// The calls in percent of those that are left today.
fn share(forecast: &Forecast) -> Option<f64> {
    let left = forecast.left_today.filter(|left| *left > 0)?;
    Some((forecast.calls as f64 * 1000.0 / left as f64).round() / 10.0)
}

/// `Forecast: 2300 calls, 41000 left today, done at 14:20 UTC`.
fn in_words(forecast: &Forecast) -> String {
    let calls = format!("{} {}", forecast.calls, plural(forecast.calls, "call", "calls"));
    let share = share(forecast).map_or(String::new(), |share| format!(" ({share} % of them)"));
    let left = forecast.left_today.map_or(String::new(), |left| format!(", {left} left today"));
    match forecast.done_at {
        Some(at) => format!("Forecast: {calls}{left}, done at {}{share}", at.strftime("%H:%M UTC")),
        None => {
            format!("Forecast: {calls}{left}: today's calls end before the job does; it stops and goes on when resumed")
        }
    }
}

/// `5 to send, 2 on hold, 1 skipped`.
fn verdicts(plan: &Plan, view: &View) -> String {
    let by_template = format!("on hold ({} let through by a template)", view.let_through);
    let held = match view.let_through {
        _ if plan.approval(SystemClock.now()).is_some() => "approved",
        0 => "on hold",
        _ => &by_template,
    };
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
pub(super) fn show_short(app: &App, plan: &Plan, view: &View) -> Result<(), Failure> {
    let paint = app.notes.paint;
    app.notes.line(format!("{} on {}: {}", paint.bold(&plan.purpose), plan.tenant, verdicts(plan, view)));
    for line in what_it_means(plan, view) {
        app.notes.line(line);
    }
    if app.globals.yes && !app.notes.terminal {
        return Ok(());
    }
    let mut sheet = plan_sheet(plan, &view.rings);
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
