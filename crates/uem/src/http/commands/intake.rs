//! Commands for one device each, from many callers at once.
//!
//! Those that come while another trip to the disk is under way are accepted together by the next one: their devices
//! are looked up in one statement, and each table gets its rows in one. What becomes of a command is what
//! [`accept`](super::accept) would say of it alone, and nobody is answered before the commit. Whoever comes alone is a
//! batch of one. Wipes, which are counted, and installs, which concern an app, are accepted one by one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use muster_model::commands::Command;
use muster_model::error::code;
use muster_model::ids::DeviceId;
use muster_store::{Error, Transaction};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::super::change::Errand;
use super::super::context::{Context, Tenant};
use super::super::refusal::Refusal;
use super::accept::{Asked, kept, unfit};
use crate::store;
use crate::store::commands::{self, Last, NewCommand};
use crate::store::effects::{self, Sent};
use crate::store::recipients::{self, Brief};
use crate::store::scope::Scope;

/// Commands that are accepted together at most.
const MOST: usize = 256;

/// Commands that wait to be accepted.
#[derive(Default)]
pub(in crate::http) struct Intake(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: Vec<Job>,
    /// Whether somebody is accepting.
    busy: bool,
}

/// A command that may be accepted together with others.
pub(super) struct Wanted {
    device: i64,
    /// Where the caller may send commands, and this one.
    scopes: [Scope; 2],
    command: Command,
    strict: bool,
    parameters: String,
    requested_by: Arc<str>,
    errand: Errand,
}

struct Job {
    wanted: Wanted,
    tell: oneshot::Sender<Result<Uuid, Refusal>>,
}

/// The command as others can join it, or `None` if it has to be accepted by itself.
pub(super) fn wanted(context: &Context, device: DeviceId, asked: &Asked<'_>) -> Option<Wanted> {
    if asked.command.is_wipe() || asked.app.is_some() || context.errand.in_vain {
        return None;
    }
    let narrowed = context.for_command(asked.command).ok()?;
    Some(Wanted {
        device: device.0,
        scopes: [context.scope().clone(), narrowed.caller.scope],
        command: asked.command,
        strict: asked.strict,
        parameters: kept(asked.parameters),
        requested_by: Arc::clone(&context.caller.name),
        errand: context.errand.clone(),
    })
}

/// Accepts a command, and answers once it has reached the disk.
pub(super) async fn join(tenant: &Arc<Tenant>, wanted: Wanted) -> Result<Uuid, Refusal> {
    let (tell, told) = oneshot::channel();
    let first = {
        let mut state = tenant.intake.state();
        state.waiting.push(Job { wanted, tell });
        !std::mem::replace(&mut state.busy, true)
    };
    if first {
        // A task of its own, because whoever started it may go away, and others wait for it by then.
        let tenant = Arc::clone(tenant);
        tokio::spawn(async move {
            let shift = Shift(&tenant.intake);
            while let Some(jobs) = shift.next(&tenant).await {
                accept_all(&tenant, jobs).await;
            }
        });
    }
    let gone = || Refusal::new(500, code::INTERNAL, "An internal error occurred.");
    told.await.unwrap_or_else(|_| Err(gone()))
}

impl Intake {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time during which somebody accepts. However it ends, the next caller can begin another one.
struct Shift<'a>(&'a Intake);

/// Those who wait, and the change in which they are accepted.
type Batch = (Transaction, Vec<Job>);

impl Shift<'_> {
    /// Waits for its turn, and only then looks who has come meanwhile.
    async fn next(&self, tenant: &Tenant) -> Option<Batch> {
        loop {
            if self.is_over() {
                return None;
            }
            match store::begin(&tenant.database).await {
                Ok(tx) => {
                    let jobs = self.take(MOST);
                    if !jobs.is_empty() {
                        return Some((tx, jobs));
                    }
                }
                Err(error) => fail(self.take(usize::MAX), error),
            }
        }
    }

    fn is_over(&self) -> bool {
        let mut state = self.0.state();
        state.busy = !state.waiting.is_empty();
        !state.busy
    }

    /// Whoever went away does not want it any more.
    fn take(&self, most: usize) -> Vec<Job> {
        let mut state = self.0.state();
        let count = state.waiting.len().min(most);
        state.waiting.drain(..count).filter(|job| !job.tell.is_closed()).collect()
    }
}

impl Drop for Shift<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.state();
            state.busy = false;
            // They are told by the end of their channels.
            state.waiting.clear();
        }
    }
}

async fn accept_all(tenant: &Tenant, (mut tx, mut jobs): Batch) {
    let mut outcome = write(tenant, &mut tx, &jobs).await;
    if outcome.is_err() && jobs.len() > 1 {
        // One of them cannot be written, which is not the others' fault.
        let _ = tx.rollback().await;
        for job in jobs {
            match store::begin(&tenant.database).await {
                Ok(tx) => Box::pin(accept_all(tenant, (tx, vec![job]))).await,
                Err(error) => fail(vec![job], error),
            }
        }
        return;
    }
    if outcome.is_ok()
        && let Err(error) = tx.commit().await
    {
        outcome = Err(error);
    }
    match outcome {
        Ok(answers) => {
            tenant.recorded.notify_waiters();
            for (job, answer) in jobs.drain(..).zip(answers) {
                // One who went away is not told.
                let _ = job.tell.send(answer);
            }
        }
        Err(error) => fail(jobs, error),
    }
}

fn fail(jobs: Vec<Job>, error: Error) {
    let refusal = Refusal::from(error);
    for job in jobs {
        let _ = job.tell.send(Err(refusal.clone()));
    }
}

/// Writes everything that can be accepted, and says what becomes of each.
async fn write(tenant: &Tenant, tx: &mut Transaction, jobs: &[Job]) -> Result<Vec<Result<Uuid, Refusal>>, Error> {
    let now = tenant.clock.now();
    let ids: Vec<i64> = jobs.iter().map(|job| job.wanted.device).collect();
    let found = recipients::brief(tx, &ids).await?;
    let answers: Vec<Result<Uuid, Refusal>> = jobs
        .iter()
        .map(|Job { wanted, .. }| match refusal(wanted, found.get(&wanted.device)) {
            Some(refusal) => Err(refusal),
            None => Ok(commands::new_uuid(now)),
        })
        .collect();
    let accepted = || jobs.iter().zip(&answers).filter_map(|(job, answer)| Some((&job.wanted, *answer.as_ref().ok()?)));
    let new: Vec<NewCommand<'_>> = accepted()
        .map(|(wanted, uuid)| NewCommand {
            uuid,
            device: DeviceId(wanted.device),
            command: wanted.command,
            parameters: &wanted.parameters,
            app: None,
            requested_by: &wanted.requested_by,
            told: true,
        })
        .collect();
    if new.is_empty() {
        return Ok(answers);
    }
    let last = Last::read(tx).await?;
    commands::queue_after(tx, &last, &new, now).await?;
    let sent: Vec<Sent<'_>> = accepted()
        .map(|(wanted, _)| Sent {
            request: wanted.errand.request,
            operation: &wanted.errand.operation,
            object: &wanted.errand.object,
            command: wanted.command.as_str(),
            device: wanted.device,
        })
        .collect();
    effects::record_sent(tx, last.effect, &sent, now).await?;
    let mut woken: Vec<i64> = new.iter().map(|new| new.device.0).collect();
    woken.sort_unstable();
    woken.dedup();
    tenant.push(tx, &woken, now).await?;
    Ok(answers)
}

fn refusal(wanted: &Wanted, found: Option<&Brief>) -> Option<Refusal> {
    let Some(found) = found.filter(|found| wanted.scopes.iter().all(|scope| scope.sees(found.group))) else {
        return Some(Refusal::no_device(wanted.device));
    };
    unfit(wanted.command, wanted.strict, (wanted.device, &found.enrollment, &found.platform))
}
