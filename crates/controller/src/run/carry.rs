//! Has the engine carry a job out, alone on this machine.

use muster_engine::{Error as EngineError, JobId, JobState, JobSummary, Silent, Stop, Tenant};
use muster_store::{FolderLock, Kind as StoreKind};

use super::ending::{Ending, Trouble};
use super::{Cause, Failure, Run};
use crate::controller::Inner;
use crate::error::chain;

/// Carries `job` out or goes on with it, and takes over into `run` what it came to. Where somebody else
/// is at work the run is left open, and the next look at the schedules tries again.
pub(super) async fn carry_out(
    inner: &Inner,
    run: &mut Run,
    job: &JobId,
    tenant: &Tenant,
    stop: &Stop,
) -> Result<Ending, Trouble> {
    // Whoever has the folder may take every job in it for one that a dead process left.
    let _lock = match inner.settings.state_folder.as_deref().map(FolderLock::acquire).transpose() {
        Ok(lock) => lock,
        Err(error) if error.kind() == StoreKind::Locked => {
            tracing::debug!(job.id = %job, reason = chain(&error), "the job waits");
            return Ok(Ending::LeftOpen);
        }
        Err(error) => return Err(Trouble::Run(Failure { cause: Cause::Run, text: chain(&error) })),
    };
    match inner.engine.run(job, tenant, &Silent, stop).await {
        Ok(summary) => tally(run, &summary, stop),
        Err(EngineError::Busy { .. } | EngineError::LeaseLost { .. }) => Ok(Ending::LeftOpen),
        Err(error) => Err(error.into()),
    }
}

fn tally(run: &mut Run, summary: &JobSummary, stop: &Stop) -> Result<Ending, Trouble> {
    let counts = summary.counts;
    run.tally.done = counts.done;
    run.tally.failed = counts.failed;
    run.tally.unknown = counts.unknown;
    run.tally.skipped = counts.skipped + counts.cancelled;
    run.tally.held = counts.held;
    match (&summary.stopped, summary.state) {
        (_, JobState::Finished | JobState::Cancelled) => Ok(Ending::Finished),
        _ if stop.is_stopped() => Ok(Ending::LeftOpen),
        (Some(stopped), _) => {
            let is_tenant = matches!(stopped.class.as_deref(), Some("unreachable" | "not-sent" | "auth"));
            let cause = if is_tenant { Cause::Tenant } else { Cause::Run };
            Err(Trouble::Run(Failure { cause, text: format!("the job stopped: {}", stopped.why) }))
        }
        (None, state) => {
            let text = format!("the job is {state} without having come to its end");
            Err(Trouble::Run(Failure { cause: Cause::Run, text }))
        }
    }
}
