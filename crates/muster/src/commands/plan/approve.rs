//! `muster plan approve`: signs exactly the plan that was shown.

use clap::Args as Arguments;

use muster_engine::Verdict;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::plural;
use crate::{prompt, wiring};

/// Which plan, and why.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    /// Why it is approved, for the record
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
    /// The number of devices held back, typed as proof of attention
    #[arg(long, value_name = "N")]
    pub(crate) confirm: Option<String>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let plan = engine.plan(&args.id).await?;
    let held = plan.count(Verdict::Hold);
    if held > 0 {
        let items = plural(held as u64, "item", "items");
        let mut question = format!("{} on {} holds back {held} {items}:", plan.purpose, plan.tenant);
        for item in plan.items.iter().filter(|item| item.decision.verdict == Verdict::Hold).take(10) {
            question.push_str(&format!(
                "\n  {} {}: {}",
                item.action.describe(),
                item.target.name(),
                item.decision.explain()
            ));
        }
        prompt::confirm_severe(app, &question, &held.to_string(), args.confirm.as_deref()).await?;
    }
    let plan = engine.approve(&args.id, &app.person(), &args.note).await?;
    let approval = plan.approvals.last();
    let document = serde_json::json!({"schema": 1, "plan": plan.id, "hash": plan.hash, "approval": approval});
    app.printer.document(&document, || {
        let until = approval.map(|approval| approval.expires_at.to_string()).unwrap_or_default();
        format!("Approved plan {} (hash {}), valid until {until}\n", plan.id, plan.hash)
    })?;
    app.notes.line(format!("To carry it out:  muster plan apply {}", plan.id));
    Ok(Exit::Success)
}
