//! Takes up a run whose controller died or was stopped.

use muster_engine::{Error as EngineError, JobId, PlanStatus, Stop};

use super::ending::{Ending, finish};
use super::{Run, carry_out};
use crate::controller::Inner;
use crate::{Error, health};

/// Goes on with what `run` left. A job is resumed: the engine settles what was under way and sends the
/// rest. Without a job nothing was sent, and the next fire observes anew, so the run just ends. `None` if
/// the run stays open: the tenant is not there, or somebody else is at the job.
pub(crate) async fn recover(inner: &Inner, mut run: Run, stop: &Stop) -> Result<Option<Run>, Error> {
    let Some(job) = job(inner, &run).await? else {
        finish(inner, &mut run, Ok(Ending::Interrupted)).await?;
        return Ok(Some(run));
    };
    run.job = Some(job.to_string());
    // Whether the tenant is there is the watch's to find out; asking here would ask every few seconds.
    let probe = inner.rows.probes(1).await?.into_iter().next();
    if probe.is_none_or(|probe| probe.outcome != health::Outcome::Reached) {
        return Ok(None);
    }
    let Ok(connected) = inner.link.connected().await else { return Ok(None) };
    tracing::info!(run.id = %run.id, job.id = %job, "a job that was left open is taken up");
    let outcome = carry_out(inner, &mut run, &job, &connected.tenant, stop).await;
    let is_open = matches!(outcome, Ok(Ending::LeftOpen));
    finish(inner, &mut run, outcome).await?;
    Ok((!is_open).then_some(run))
}

/// The job of a run, also if the controller died between its start and its note.
async fn job(inner: &Inner, run: &Run) -> Result<Option<JobId>, Error> {
    if let Some(job) = &run.job {
        return Ok(job.parse().ok());
    }
    let Some(plan) = &run.plan else { return Ok(None) };
    match inner.engine.plan(plan).await {
        Ok(plan) => Ok(match plan.status {
            PlanStatus::Applied { job } => Some(job),
            PlanStatus::Proposed | PlanStatus::Expired => None,
        }),
        Err(EngineError::NotFound { .. }) => Ok(None),
        Err(error) => Err(Error::Engine(error)),
    }
}
