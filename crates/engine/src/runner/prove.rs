//! Looks how far what was done has come. A tenant's answer proves that it took the order; whether a device got it and did
//! it, only the tenant's records show, and only later. What proves it each verb says itself.

use futures_util::{StreamExt, stream};
use jiff::Timestamp;

use super::claim;
use super::run::{Nothing, Order};
use super::settle::{TOLERANCE, clock_difference};
use crate::error::Error;
use crate::journal::{Claim, Delivery, JobDetail, OpenTask, Proven, QUEUED, TaskState};
use crate::plan::DEVICE;
use crate::verbs::{self, Memory, Sent, Standing, Tools};

/// Tasks that are looked at between two appends.
const PAGE: usize = 256;

/// Looks at every task that is done by the tenant's word alone, each once.
pub(crate) async fn prove(order: Order<'_>) -> Result<JobDetail, Error> {
    let job = &order.job;
    if order.tenant.name != job.tenant {
        let (planned, connected) = (job.tenant.clone(), order.tenant.name.clone());
        return Err(Error::OtherTenant { job: job.id, planned, connected });
    }
    let (mut hold, claim) = claim::claim_to_look(order.journal, job.id, order.alone, order.progress).await?;
    let tenant = order.tenant;
    let (fresh, memory) = (tenant.client.fresh(), Memory::default());
    let tools = Tools {
        client: &fresh,
        writer: &tenant.writer,
        secrets: &tenant.secrets,
        memory: &memory,
        noting: &Nothing,
        task: 0,
    };
    let looked = tokio::select! {
        biased;
        looked = look_at_all(&order, &claim, &tools, Extent::Job) => looked,
        never = hold.beat(order.journal) => match never {},
    };
    hold.release(order.journal).await;
    looked?;
    order.journal.job(&job.id.to_string()).await
}

/// Which tasks are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extent {
    Job,
    /// So many of a ring at most, in the order of the plan.
    Ring(u32, usize),
}

/// Looks at tasks and keeps what that proves, a page at a time; answers how many were found to have failed.
pub(super) async fn look_at_all(
    order: &Order<'_>,
    claim: &Claim,
    tools: &Tools<'_>,
    extent: Extent,
) -> Result<usize, Error> {
    let (ring, mut left) = match extent {
        Extent::Job => (None, usize::MAX),
        Extent::Ring(ring, most) => (Some(ring), most),
    };
    let ahead = clock_difference(order, tools).await;
    let (mut beyond, mut failed) = (-1, 0);
    loop {
        let page = order.journal.unproven(order.job.id, ring, beyond, PAGE.min(left)).await?;
        let Some(last) = page.last() else { return Ok(failed) };
        beyond = i64::try_from(last.index).unwrap_or(i64::MAX);
        left -= page.len();
        let lanes = order.job.options.lanes.max(1);
        let looks = stream::iter(page).map(|task| look(tools, task, ahead));
        let proofs: Vec<Proven> = looks.buffer_unordered(lanes).filter_map(std::future::ready).collect().await;
        failed += proofs.iter().filter(|proof| proof.state == TaskState::Failed).count();
        if !proofs.is_empty() {
            order.journal.keep_proofs(claim, &proofs).await?;
        }
        if order.stop.is_stopped() {
            return Ok(failed);
        }
    }
}

/// What a look at one task proves; nothing if it cannot be read, and then it stays as it is.
async fn look(tools: &Tools<'_>, task: OpenTask, ahead: i64) -> Option<Proven> {
    let verb = verbs::of(&task.target, &task.action).ok()?;
    let id = task.command_id.as_deref();
    let sent = sent(id, task.sending_at, task.at, ahead)?;
    let standing = verb.prove(&Tools { task: task.index, ..*tools }, sent).await.ok()??;
    let proven = |delivery| Proven {
        index: task.index,
        state: TaskState::Done,
        delivery: Some(delivery),
        reason: None,
        class: None,
    };
    Some(match standing {
        Standing::Accepted => proven(Delivery::Accepted),
        Standing::Queued => Proven { class: Some(QUEUED.to_owned()), ..proven(Delivery::Accepted) },
        Standing::Delivered => proven(Delivery::Delivered),
        Standing::Executed => proven(Delivery::Executed),
        Standing::Verified => proven(Delivery::Verified),
        Standing::Failed(reason) => Proven {
            index: task.index,
            state: TaskState::Failed,
            delivery: None,
            reason: Some(reason),
            class: Some(DEVICE.to_owned()),
        },
    })
}

/// When something was sent: by the tenant's clock, which is so far ahead of ours now, and by ours.
pub(super) fn sent(
    command_id: Option<&str>,
    sending_at: Option<Timestamp>,
    noted_at: Option<Timestamp>,
    ahead: i64,
) -> Option<Sent<'_>> {
    let sent_at = sending_at.unwrap_or(Timestamp::UNIX_EPOCH);
    let since = Timestamp::from_microsecond(sent_at.as_microsecond().saturating_add(ahead)).ok()?;
    let noted_at = noted_at.unwrap_or(sent_at).max(sent_at);
    Some(Sent {
        command_id,
        since: since.checked_sub(TOLERANCE).ok()?,
        between: (sent_at.checked_sub(TOLERANCE).ok()?, noted_at.checked_add(TOLERANCE).ok()?),
    })
}
