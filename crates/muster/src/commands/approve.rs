//! `muster approve`: signs exactly the plan that was shown.

use std::path::PathBuf;

use clap::Args as Arguments;
use muster_engine::{Engine, Plan, Verdict};
use serde_json::json;

use super::change;
use super::keys::KeyFlag;
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::output::plural;
use crate::{input, prompt, wiring};

const EXAMPLES: &str = "\
Examples:
  muster approve 0199a3 --key keyring:muster/grace --note \"ticket 4711\"
  muster approve 0199a3 --to approval.txt                 signed here, taken in elsewhere:
  muster approve 0199a3 --from approval.txt
  muster approve 0199a3 --break-glass --note \"stolen, owner on the phone\"";

/// Which plan, and why.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    /// Why it is approved, for the record
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
    /// The number of items held back, typed as proof of attention
    #[arg(long, value_name = "N")]
    pub(crate) confirm: Option<String>,
    #[command(flatten)]
    pub(crate) key: KeyFlag,
    /// Write the signed approval to FILE (`-`: stdout) and keep nothing here
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "break_glass"])]
    pub(crate) to: Option<PathBuf>,
    /// Take in an approval that somebody signed elsewhere; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["break_glass", "key", "note", "confirm"])]
    pub(crate) from: Option<PathBuf>,
    /// Let one device through on your own signature, for an hour, with an alarm; needs --note
    #[arg(long)]
    pub(crate) break_glass: bool,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let plan = engine.plan(&args.id).await?;
    if let Some(from) = &args.from {
        let approved = engine.take_approval(&args.id, &input::read_text(from)?, &app.person()).await?;
        return approved_by(app, &approved);
    }
    if args.break_glass && args.note.trim().is_empty() {
        return Err(Failure::usage("a broken glass needs a reason").hint("--note \"stolen, owner on the phone\""));
    }
    let key = args.key.read(app).await?;
    ask(app, &plan, args.confirm.as_deref()).await?;
    let id = plan.id.to_string();
    if let Some(to) = &args.to {
        let signed = engine.sign_approval(&id, &key, &args.note).await?;
        if to.as_os_str() == "-" {
            app.printer.text(&signed)?;
        } else {
            let failed = |error: std::io::Error| Failure::io(format!("cannot write {}", to.display()), &error);
            std::fs::write(to, &signed).map_err(failed)?;
        }
        app.notes.line(format!("To take it in:  muster approve {id} --from FILE"));
        return Ok(Exit::Success);
    }
    let approved = if args.break_glass {
        break_glass(&engine, &id, &key, &args.note).await?
    } else {
        engine.approve(&id, &key, &args.note).await?
    };
    if args.break_glass {
        app.notes
            .line(app.notes.paint.red("The glass is broken: this is in the record as an alert, and others are told."));
    }
    approved_by(app, &approved)
}

async fn break_glass(
    engine: &Engine,
    id: &str,
    key: &muster_engine::SigningKey,
    reason: &str,
) -> Result<Plan, Failure> {
    let plan = engine.break_glass(id, key, reason).await?;
    tracing::error!(plan.id = id, by = key.name(), reason, "the glass was broken");
    Ok(plan)
}

/// Whoever approves has seen what.
async fn ask(app: &App, plan: &Plan, confirm: Option<&str>) -> Result<(), Failure> {
    let held = plan.count(Verdict::Hold);
    if held == 0 {
        return Ok(());
    }
    let items = plural(held as u64, "item", "items");
    let mut question =
        format!("{} on {}, asked for by {}, holds back {held} {items}:", plan.purpose, plan.tenant, plan.requested_by);
    for item in plan.items.iter().filter(|item| item.decision.verdict == Verdict::Hold).take(10) {
        let (action, name) = (item.action.describe(), item.target.name());
        question.push_str(&format!("\n  {action} {name}: {}", item.decision.explain()));
    }
    for line in change::without_undo(plan) {
        question.push_str(&format!("\n{line}"));
    }
    let weight = "whoever approves says how much";
    prompt::confirm_severe(app, (&question, weight), &held.to_string(), confirm).await
}

fn approved_by(app: &mut App, plan: &Plan) -> Outcome {
    let approval = plan.approvals.last();
    let document = json!({"schema": 1, "plan": plan.id, "hash": plan.hash, "approval": approval});
    app.printer.document(&document, || {
        let (by, until) =
            approval.map(|approval| (approval.by.clone(), approval.expires_at.to_string())).unwrap_or_default();
        format!("{by} approved plan {} (hash {}), valid until {until}\n", plan.id, plan.hash)
    })?;
    app.notes.line(format!("To carry it out:  muster plan apply {}", plan.id));
    Ok(Exit::Success)
}
