//! A plan as one HTML page without anything from elsewhere: for whoever has to approve it, or to keep.

use std::path::Path;

use askama::Template;
use muster_engine::plan::change::changes;
use muster_engine::{Plan, Rings, Verdict};

use super::state;
use crate::commands::change::{View, what_it_means};
use crate::error::Failure;
use crate::output::replace;

/// Items on the page; the file of the plan has all of them.
const ITEMS: usize = 5000;

#[derive(Template)]
#[template(path = "plan.html")]
struct Page<'a> {
    plan: &'a Plan,
    id: String,
    status: &'static str,
    created_at: String,
    expires_at: String,
    figures: Vec<(&'static str, usize)>,
    meaning: Vec<String>,
    rows: Vec<Row<'a>>,
    more: usize,
}

struct Row<'a> {
    number: usize,
    target: &'a str,
    user: &'a str,
    group: &'a str,
    seen: String,
    action: String,
    risk: &'static str,
    /// Empty if it does not go.
    ring: String,
    changes: Vec<String>,
    verdict: &'static str,
    /// CSS class of the verdict.
    tone: &'static str,
    why: Vec<String>,
}

/// Writes the page.
pub(super) fn write(plan: &Plan, path: &Path) -> Result<(), Failure> {
    let text = page(plan)
        .render()
        .map_err(|error| Failure::internal("cannot write the page of the plan").because(error.to_string()))?;
    let failed = |error: std::io::Error| Failure::io(format!("cannot write {}", path.display()), &error);
    replace(path, text.as_bytes()).map_err(failed)
}

fn page(plan: &Plan) -> Page<'_> {
    let rings = Rings::default().of_items(&plan.items, |item| item.decision.verdict != Verdict::Skip);
    let rows = plan.items.iter().zip(rings).take(ITEMS).map(|(item, ring)| {
        let (user, group, seen) = match &item.target {
            muster_engine::Target::Device(device) => (
                device.user.as_str(),
                device.organization_group.as_ref().map_or("", |group| group.name.as_str()),
                device.last_seen.map(|seen| seen.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default(),
            ),
            _ => ("", "", String::new()),
        };
        let reasons: Vec<String> = item.decision.reasons.iter().map(|reason| reason.text.clone()).collect();
        Row {
            number: item.index + 1,
            target: item.target.name(),
            user,
            group,
            seen,
            action: item.action.describe(),
            risk: item.action.risk().as_str(),
            ring: ring.map_or_else(String::new, |ring| (ring + 1).to_string()),
            changes: changes(item).iter().map(ToString::to_string).collect(),
            verdict: item.decision.verdict.as_str(),
            tone: tone(item.decision.verdict),
            why: if reasons.is_empty() { vec![item.reason.clone()] } else { reasons },
        }
    });
    let moment = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    Page {
        plan,
        id: plan.id.to_string(),
        status: state(&plan.status).0,
        created_at: moment(plan.created_at),
        expires_at: moment(plan.expires_at),
        figures: vec![
            ("to send", plan.count(Verdict::Allow)),
            ("on hold", plan.count(Verdict::Hold)),
            ("left out", plan.count(Verdict::Skip)),
            ("items", plan.items.len()),
        ],
        meaning: what_it_means(plan, &View::default()),
        rows: rows.collect(),
        more: plan.items.len().saturating_sub(ITEMS),
    }
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "good",
        Verdict::Skip => "calm",
        Verdict::Hold => "warn",
        Verdict::Refuse => "bad",
    }
}
