//! `muster jobs prove`: looks how far what was accepted has come.

use clap::Args as Arguments;

use muster_engine::{JobDetail, Silent, Stop};
use serde_json::json;

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Failure, Outcome};
use crate::wiring;

/// Which job, and how long to wait for devices.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    /// Look again and again until all is proven, but not longer than this
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) wait: Option<std::time::Duration>,
}

/// How often devices are looked at while waiting.
const LOOK: std::time::Duration = std::time::Duration::from_secs(15);

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let id = engine.job(&args.id).await?.id;
    let tenant = wiring::connect(app).await?.into_tenant(muster_engine::Secrets::default());
    let begun = std::time::Instant::now();
    let job = loop {
        let job = engine.prove_job(&id, &tenant, &Silent, &Stop::new()).await?;
        let left = args.wait.unwrap_or_default().saturating_sub(begun.elapsed());
        if job.proofs.unproven() == 0 || left.is_zero() {
            break job;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK.min(left)) => {}
            () = change::interrupted() => break job,
        }
    };
    print(app, &job)?;
    Ok(if job.proofs.unproven() == 0 && job.counts.failed == 0 { Exit::Success } else { Exit::Partial })
}

fn print(app: &mut App, job: &JobDetail) -> Result<(), Failure> {
    let proofs = job.proofs;
    let document = json!({
        "schema": 1, "job": job.id, "purpose": job.purpose, "counts": job.counts, "proofs": proofs,
        "unproven": proofs.unproven(),
    });
    let line = format!(
        "{}: {} verified, {} executed, {} delivered, {} accepted but unproven, {} failed\n",
        job.purpose, proofs.verified, proofs.executed, proofs.delivered, proofs.accepted, job.counts.failed
    );
    app.printer.document(&document, || line)
}
