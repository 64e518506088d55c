//! `muster audit list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};
use crate::wiring;

/// How much.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Only the latest N records
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let mut sheet = Sheet::new(&["number", "at", "actor", "event", "subject", "details", "+previous", "+hash"]);
    let records = wiring::engine(app).await?.audit().await?;
    let skipped = args.limit.map_or(0, |limit| records.len().saturating_sub(limit));
    for record in records.into_iter().skip(skipped) {
        sheet.push(vec![
            record.number.into(),
            record.at.to_string().into(),
            record.actor.into(),
            record.event.into(),
            record.subject.into(),
            record.details,
            record.previous.into(),
            record.hash.into(),
        ]);
    }
    app.list(&sheet, Heading::new("Audit"))?;
    Ok(Exit::Success)
}
