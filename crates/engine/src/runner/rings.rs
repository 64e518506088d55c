//! Ring by ring: a ring begins, its tasks are sent, the fleet is watched for a while, what the devices answered is read,
//! and the gate says whether the next one begins. Everything is noted before it is acted on, so that whoever goes on finds
//! the ring as it was left.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use muster_client::{Client, Error as ClientError, Kind};
use muster_model::devices::Device;
use muster_model::ids::DeviceId;
use muster_model::words::ComplianceStatus;

use super::Event;
use super::pace::between;
use super::prove::{Extent, look_at_all};
use super::run::Run;
use super::send::sleep_or_stop;
use super::settle::clock_difference;
use crate::error::Error;
use crate::journal::{OpenRing, RingState, Stopped};
use crate::plan::{Growth, Health};
use crate::verbs::{Failure, Memory, Tools};

/// Devices of a ring whose state is read: enough to see that something is wrong, and few enough for any quota.
const SAMPLE: usize = 100;
/// Items of a ring whose delivery is read at the end of its soak: a call each, at the most.
const ANSWERS: usize = 1_000;
/// How often it is looked whether the time is over: the clock may be another one than the machine's.
const LOOK: Duration = Duration::from_millis(250);

/// How it goes on.
pub(super) enum Next {
    /// With the ring that was entered.
    Ring,
    /// There is no further one.
    End,
    Stop(Stopped),
}

impl Run<'_> {
    /// Goes to the ring that the job has come to.
    pub(super) async fn enter_ring(&mut self, tools: &Tools<'_>) -> Result<Next, Error> {
        let Some(rings) = &self.order.job.options.rings else { return Ok(Next::End) };
        match self.order.journal.open_ring(self.claim.job).await? {
            Some(ring) if ring.state == RingState::Held => Ok(Next::Stop(held(rings, &ring))),
            Some(ring) if ring.state != RingState::Passed => {
                self.ring = ring.ring;
                Ok(Next::Ring)
            }
            None => {
                self.order.journal.cut_again(&self.order.job).await?;
                self.begin(tools).await
            }
            Some(_) => self.begin(tools).await,
        }
    }

    /// Closes the present ring and begins the next one, if the gate lets it.
    pub(super) async fn next_ring(&mut self, tools: &Tools<'_>) -> Result<Next, Error> {
        let order = self.order;
        let Some(rings) = &order.job.options.rings else { return Ok(Next::End) };
        let Some(mut ring) = order.journal.open_ring(self.claim.job).await? else { return Ok(Next::End) };
        if order.journal.next_ring(self.claim.job).await?.is_none() {
            return Ok(Next::End);
        }
        if !rings.soak.is_zero() {
            let until = match ring.soak_until {
                Some(until) => until,
                None => {
                    let until = order.journal.now().checked_add(rings.soak).unwrap_or(Timestamp::MAX);
                    order.journal.soak_ring(self.claim, ring.ring, until).await?;
                    until
                }
            };
            ring.soak_until = Some(until);
            if let Some(stopped) = self.soak(&ring, until).await {
                return Ok(Next::Stop(stopped));
            }
            if let Some(stopped) = self.hear(tools, &ring).await? {
                return Ok(Next::Stop(stopped));
            }
        }
        let health = match self.health(tools, &ring, !rings.soak.is_zero()).await? {
            Ok(health) => health,
            // A gate that sees nothing lets nobody pass.
            Err(stopped) => return Ok(Next::Stop(stopped)),
        };
        ring.reasons = rings.gate.judge(&health);
        order.journal.judge_ring(self.claim, ring.ring, &health, &ring.reasons).await?;
        if !ring.reasons.is_empty() {
            return Ok(Next::Stop(held(rings, &ring)));
        }
        self.begin(tools).await
    }

    /// Begins the next ring that has something to send.
    async fn begin(&mut self, tools: &Tools<'_>) -> Result<Next, Error> {
        let order = self.order;
        let Some(ring) = order.journal.next_ring(self.claim.job).await? else { return Ok(Next::End) };
        let devices = order.journal.ring_devices(self.claim.job, ring, SAMPLE).await?;
        let ids: Vec<DeviceId> = devices.iter().map(|device| device.id).collect();
        let seen = match read(tools.client, &ids, self.lanes()).await {
            Ok(seen) => seen,
            Err(error) => return Ok(Next::Stop(blind(ring, &error))),
        };
        let baseline: BTreeMap<i64, bool> = seen
            .iter()
            .map(|device| (device.id.0.0, device.compliance_status != ComplianceStatus::NonCompliant))
            .collect();
        order.journal.begin_ring(self.claim, ring, &baseline).await?;
        order.progress.event(&Event::Ring { ring });
        self.ring = ring;
        Ok(Next::Ring)
    }

    /// Waits until the fleet has been watched long enough.
    async fn soak(&self, ring: &OpenRing, until: Timestamp) -> Option<Stopped> {
        let order = self.order;
        let left = || between(order.journal.now(), until);
        if !left().is_zero() {
            let why = format!("watching the fleet after ring {}", ring.ring + 1);
            order.progress.event(&Event::Waiting { why, duration: left() });
        }
        while !left().is_zero() {
            if order.stop.is_stopped() {
                let why = format!("stopped on request; ring {} is watched until {until}", ring.ring + 1);
                return Some(Stopped { why, class: None });
            }
            sleep_or_stop(left().min(LOOK), order.stop).await;
        }
        None
    }

    /// Reads what the devices of a ring made of it: what the tenant accepted and a device could not do has failed.
    async fn hear(&mut self, tools: &Tools<'_>, ring: &OpenRing) -> Result<Option<Stopped>, Error> {
        let (memory, extent) = (Memory::default(), Extent::Ring(ring.ring, ANSWERS));
        let tools = Tools { memory: &memory, ..*tools };
        let failed = look_at_all(self.order, self.claim, &tools, extent).await?;
        self.counts.done = self.counts.done.saturating_sub(failed as u64);
        self.counts.failed += failed as u64;
        if self.order.stop.is_stopped() {
            let why = format!("stopped on request; the gate of ring {} has not been asked", ring.ring + 1);
            return Ok(Some(Stopped { why, class: None }));
        }
        Ok((0..failed).filter_map(|_| self.limits.failed()).last())
    }

    /// What the gate judges by: outcomes from the journal, the fleet from the tenant.
    async fn health(&self, tools: &Tools<'_>, ring: &OpenRing, soaked: bool) -> Result<Result<Health, Stopped>, Error> {
        let mut health = self.order.journal.ring_outcomes(self.claim.job, ring.ring).await?;
        let ids: Vec<DeviceId> = ring.baseline.keys().map(|id| DeviceId(*id)).collect();
        let ahead = clock_difference(self.order, tools).await;
        let seen = match read(tools.client, &ids, self.lanes()).await {
            Ok(seen) => seen,
            Err(error) => return Ok(Err(blind(ring.ring, &error))),
        };
        let opened = ring.opened_at.as_microsecond().saturating_add(ahead);
        health.soaked = soaked;
        health.devices = ids.len() as u64;
        for device in &seen {
            let was = ring.baseline.get(&device.id.0.0).copied().unwrap_or_default();
            let fell = was && device.compliance_status == ComplianceStatus::NonCompliant;
            health.noncompliant += u64::from(fell);
            let heard = device.last_seen.is_some_and(|seen| seen.0.as_microsecond() >= opened);
            health.silent += u64::from(!heard);
        }
        Ok(Ok(health))
    }
}

/// The devices as they are now. One that is gone is left out: it is neither out of compliance nor silent.
async fn read(client: &Client, ids: &[DeviceId], lanes: usize) -> Result<Vec<Device>, ClientError> {
    let found: Vec<Option<Device>> = stream::iter(ids.iter().copied())
        .map(|id| async move {
            match client.device_record(id).await {
                Ok(device) => Ok(Some(device)),
                Err(error) if error.kind() == Kind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        })
        .buffer_unordered(lanes)
        .try_collect()
        .await?;
    Ok(found.into_iter().flatten().collect())
}

fn held(growth: &Growth, ring: &OpenRing) -> Stopped {
    let (number, of) = (ring.ring + 1, growth.rings.shares().len().max(ring.ring as usize + 1));
    let why = format!("the gate behind ring {number} of {of} holds the next one: {}", ring.reasons.join("; "));
    Stopped { why, class: None }
}

fn blind(ring: u32, error: &ClientError) -> Stopped {
    let failure = Failure::write(error);
    let why = format!("the fleet cannot be read, and the gate of ring {} sees nothing: {}", ring + 1, failure.reason);
    Stopped { why, class: failure.is_general().then(|| failure.class()) }
}
