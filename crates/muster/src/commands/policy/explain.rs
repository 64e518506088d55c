//! `muster policy explain`: what would happen to a plan now, rule by rule, and why.

use std::fmt::Write as _;

use clap::Args as Arguments;
use muster_engine::{Explanation, Verdict};
use serde_json::json;

use crate::app::App;
use crate::commands::plan::named;
use crate::config::PolicyFile;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet, plural};
use crate::wiring;

/// Which plan.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, its first characters, or a file
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let origin = PolicyFile::find(app)?.origin();
    let plan = named::either(app, &args.id).await?;
    let (now, rules) = wiring::engine(app).await?.explain(&plan).await?;
    let document = json!({
        "schema": 1,
        "plan": plan.id,
        "hash": plan.hash,
        "policy": origin,
        "verdict_then": plan.decision.verdict,
        "verdict_now": now.verdict,
        "rules": rules,
    });
    let text = text(&rules);
    app.printer.document(&document, || text)?;
    let mut sheet = Sheet::new(&["rule", "verdict", "items", "about", "weighed", "reasons"]);
    for rule in &rules {
        sheet.push(vec![
            rule.rule.into(),
            rule.verdict.as_str().into(),
            rule.items.into(),
            rule.about.into(),
            rule.weighed.clone().into(),
            rule.reasons.clone().into(),
        ]);
    }
    app.report(&Heading { tenant: plan.tenant.clone(), ..Heading::new(&format!("Why: {}", plan.purpose)) }, &sheet)?;
    app.notes.line(format!("{} on {}: {} by {origin}.", plan.purpose, plan.tenant, sentence(now.verdict)));
    if now.verdict != plan.decision.verdict {
        app.notes.line(format!("When it was made it was: {}.", sentence(plan.decision.verdict)));
    }
    Ok(Exit::Success)
}

fn sentence(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allow => "let through",
        Verdict::Skip => "nothing to do",
        Verdict::Hold => "held, at least in part",
        Verdict::Refuse => "refused",
    }
}

/// One paragraph for each rule that had something to say, one line for all others.
fn text(rules: &[Explanation]) -> String {
    let mut text = String::new();
    let mut silent = Vec::new();
    for rule in rules {
        if rule.verdict == Verdict::Allow && rule.weighed.is_empty() && rule.reasons.is_empty() {
            silent.push(rule.rule);
            continue;
        }
        let items = match rule.items {
            0 => String::new(),
            items => format!(", {items} {}", plural(items as u64, "item", "items")),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}: {}{items} ({})", rule.rule, rule.verdict, rule.about);
        for line in rule.weighed.iter().chain(&rule.reasons) {
            let _ = writeln!(text, "    {line}");
        }
    }
    if !silent.is_empty() {
        let _ = writeln!(text, "no objection: {}", silent.join(", "));
    }
    text
}
