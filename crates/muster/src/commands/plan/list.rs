//! `muster plan list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};
use crate::wiring;

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let mut sheet = Sheet::new(&[
        "plan",
        "created_at",
        "purpose",
        "verdict",
        "items",
        "held",
        "status",
        "requested_by",
        "tenant",
        "+expires_at",
        "+job",
    ]);
    for plan in wiring::engine(app).await?.plans().await? {
        let (status, job) = super::state(&plan.status);
        sheet.push(vec![
            plan.id.to_string().into(),
            plan.created_at.to_string().into(),
            plan.purpose.into(),
            plan.verdict.as_str().into(),
            plan.items.into(),
            plan.held.into(),
            status.into(),
            plan.requested_by.into(),
            plan.tenant.into(),
            plan.expires_at.to_string().into(),
            job.map_or(serde_json::Value::Null, Into::into),
        ]);
    }
    app.list(&sheet, Heading::new("Plans"))?;
    Ok(Exit::Success)
}
