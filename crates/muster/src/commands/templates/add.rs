//! `muster templates add`: signs what automation may do, within bounds.

use std::time::Duration;

use clap::Args as Arguments;
use muster_engine::Terms;
use muster_store::{Clock as _, SystemClock};
use serde_json::json;

use crate::app::App;
use crate::commands::keys::KeyFlag;
use crate::commands::secrets::later;
use crate::error::{Exit, Outcome};
use crate::{prompt, wiring};

const EXAMPLES: &str = "\
Examples:
  muster templates add lost-shop-devices --for 'schedule compliance' --action EnterpriseWipe \\
      --group Retail --at-most 5 --per 24h --for-days 30";

/// What it allows, to whom, and within which bounds.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to call it
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Who may use it, as plans name who asked: `schedule compliance`
    #[arg(long = "for", value_name = "REQUESTER")]
    pub(crate) requester: String,
    /// A command such as EnterpriseWipe, or a verb such as RevokeApiKey; may be given several times
    #[arg(long, value_name = "NAME", required = true)]
    pub(crate) action: Vec<String>,
    /// Only devices of this organization group, by name or id; may be given several times
    #[arg(long, value_name = "GROUP", required_unless_present = "workflow")]
    pub(crate) group: Vec<String>,
    /// Only what this workflow decided: compliance
    #[arg(long, value_name = "NAME")]
    pub(crate) workflow: Option<String>,
    /// Let through N items within the window, and no more
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) at_most: u64,
    /// The window: 24h
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) per: Duration,
    /// How many days it counts, 92 at most
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=92))]
    pub(crate) for_days: u16,
    #[command(flatten)]
    pub(crate) key: KeyFlag,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let url = app.connection().await?.url;
    let terms = Terms {
        id: engine.template_id(),
        name: args.name,
        tenant: wiring::tenant_name(&url),
        requested_by: args.requester,
        actions: args.action,
        groups: args.group,
        selection: args.workflow,
        at_most: args.at_most,
        window_seconds: args.per.as_secs(),
        from: SystemClock.now(),
        until: later(Duration::from_secs(u64::from(args.for_days) * 86_400))?,
    };
    let key = args.key.read(app).await?;
    let question = format!(
        "Let `{}` do {} on {} without asking, {} times within {:?}, until {:.0}?",
        terms.requested_by,
        terms.actions.join(", "),
        terms.tenant,
        terms.at_most,
        args.per,
        terms.until
    );
    prompt::confirm(app, &question).await?;
    let template = engine.add_template(terms, &key, &app.person()).await?;
    let document = json!({ "schema": 1, "terms": template.terms, "signed_by": template.signed_by });
    app.printer.document(&document, || {
        format!("Template {} counts until {:.0}\n", template.terms.name, template.terms.until)
    })?;
    Ok(Exit::Success)
}
