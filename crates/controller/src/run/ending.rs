//! How a run ends, and whose trouble it is if it does not end well.

use muster_workflows::Kind as WorkflowKind;

use super::{Cause, Failure, Outcome, Run};
use crate::Error;
use crate::controller::Inner;
use crate::error::chain;

/// How a run came to its end, or did not.
pub(super) enum Ending {
    Finished,
    /// There is a job, and it is not through; the next look at the schedules goes on with it.
    LeftOpen,
    /// The controller ended before anything was sent; the next fire looks again.
    Interrupted,
}

/// Why a run ended early: for a reason of its own, or because the controller's rows failed.
pub(super) enum Trouble {
    Run(Failure),
    Rows(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Rows(error)
    }
}

impl From<muster_client::Error> for Trouble {
    fn from(error: muster_client::Error) -> Self {
        Self::Run(Failure { cause: cause(error.kind()), text: chain(&error) })
    }
}

impl From<muster_workflows::Error> for Trouble {
    fn from(error: muster_workflows::Error) -> Self {
        let cause = match error.kind() {
            WorkflowKind::Client(kind) => cause(kind),
            _ => Cause::Run,
        };
        Self::Run(Failure { cause, text: chain(&error) })
    }
}

impl From<muster_engine::Error> for Trouble {
    fn from(error: muster_engine::Error) -> Self {
        Self::Run(Failure { cause: Cause::Run, text: chain(&error) })
    }
}

fn cause(kind: muster_client::Kind) -> Cause {
    match kind {
        muster_client::Kind::Unreachable | muster_client::Kind::NotSent | muster_client::Kind::Auth => Cause::Tenant,
        _ => Cause::Run,
    }
}

/// Writes how the run ended.
pub(super) async fn finish(inner: &Inner, run: &mut Run, outcome: Result<Ending, Trouble>) -> Result<(), Error> {
    match outcome {
        Ok(Ending::LeftOpen) => return inner.rows.note_run(run).await,
        Ok(Ending::Finished) => run.outcome = Outcome::Finished,
        Ok(Ending::Interrupted) => {
            run.outcome = Outcome::Interrupted;
            let text = "its controller ended before anything was sent; the next run looks again".to_owned();
            run.failure = Some(Failure { cause: Cause::Run, text });
        }
        Err(Trouble::Run(failure)) => {
            tracing::warn!(run.id = %run.id, run.schedule, reason = failure.text, "a run failed");
            run.outcome = Outcome::Failed;
            run.failure = Some(failure);
        }
        Err(Trouble::Rows(error)) => return Err(error),
    }
    run.finished_at = Some(inner.clock.now());
    inner.rows.note_run(run).await
}
