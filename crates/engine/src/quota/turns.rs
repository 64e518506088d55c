//! Hands out this process's turns, one by one, to whoever asked first.
//!
//! A task of its own does it. A caller may stop looking at its request for as long as it likes (a stream that is read
//! slowly does), and one that slept with the ledger in its hand would keep everybody else from the database.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use muster_client::Exhausted;
use muster_store::Clock;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::{Mutex, oneshot};

use super::ledger::Ledger;
use super::rules::{Decision, Standing, Turns, VOID_AFTER};
use super::{RESERVE, Turn, Urgency};

/// Somebody who waits for a turn, and gets the time at which it was theirs.
pub(super) type Ask = oneshot::Sender<Result<i64, Exhausted>>;

/// So many calls a command that looks at one thing makes: more than one lease would be more than one commit.
const FEW: i64 = 4;

/// Turns that are leased and not used.
pub(super) struct Dispenser {
    ledger: Ledger,
    clock: Arc<dyn Clock>,
    urgency: Urgency,
    left: Option<Turns>,
    /// How the limit stood last, as far as is known.
    seen: Option<Standing>,
    /// Half of the next lease: it grows while leases are used up.
    wanted: i64,
}

impl Dispenser {
    pub(super) fn new(ledger: Ledger, seen: Standing, clock: Arc<dyn Clock>, urgency: Urgency) -> Self {
        Self { ledger, clock, urgency, left: None, seen: Some(seen), wanted: FEW / 2 }
    }

    /// The next step towards one permit, without waiting.
    pub(super) async fn step(&mut self) -> Result<Turn, muster_store::Error> {
        loop {
            let now = self.clock.now().as_microsecond();
            if let Some(turns) = &mut self.left {
                if turns.count == 0 {
                    self.left = None;
                    continue;
                }
                if turns.interval > 0 && turns.first + VOID_AFTER < now {
                    // Somebody may have had this time since.
                    turns.count -= 1;
                    turns.first += turns.interval;
                    self.wanted = 1;
                    continue;
                }
                if turns.first > now {
                    return Ok(Turn::Wait(microseconds(turns.first - now)));
                }
                turns.count -= 1;
                turns.first += turns.interval;
                return Ok(Turn::Now);
            }
            let reserve = if self.urgency == Urgency::Usual { RESERVE } else { 0.0 };
            self.wanted = (2 * self.wanted).clamp(1, 1024);
            match self.ledger.lease(self.clock.now(), self.wanted, reserve, &mut self.seen).await? {
                Decision::Lease(turns) => self.left = Some(turns),
                Decision::Wait(until) => return Ok(Turn::Wait(microseconds(until - now))),
                Decision::UsedUp(until) => {
                    let until = Timestamp::from_microsecond(until.max(now)).unwrap_or(Timestamp::MAX);
                    return Ok(Turn::UsedUp(until));
                }
            }
        }
    }

    /// Waits for a turn; the time at which it came.
    async fn next(&mut self) -> Result<i64, Exhausted> {
        loop {
            match self.step().await {
                Ok(Turn::Now) => return Ok(self.clock.now().as_microsecond()),
                Ok(Turn::Wait(time)) => tokio::time::sleep(time).await,
                Ok(Turn::UsedUp(until)) => {
                    let reserve = if self.urgency == Urgency::Usual { ", except for urgent work" } else { "" };
                    return Err(Exhausted::UsedUp(format!(
                        "today's calls are used up{reserve}; there are some again from {}",
                        until.strftime("%Y-%m-%d %H:%M UTC")
                    )));
                }
                Err(error) => {
                    return Err(Exhausted::Unrecorded(format!("the record of calls cannot be written: {error}")));
                }
            }
        }
    }
}

/// Asks for a turn and waits for it.
pub(super) async fn ask(asks: &UnboundedSender<Ask>, clock: &dyn Clock) -> Result<(), Exhausted> {
    let gone = || Exhausted::Unrecorded(String::from("the record of calls is closed"));
    loop {
        let (ask, answer) = oneshot::channel();
        asks.send(ask).map_err(|_| gone())?;
        let came_at = answer.await.map_err(|_| gone())??;
        // Whoever comes late for a turn takes another: many late ones at once would be more than is permitted.
        if came_at + VOID_AFTER >= clock.now().as_microsecond() {
            return Ok(());
        }
    }
}

/// Hands out turns until nobody can ask any more. A turn that nobody takes is never sent, which is too little at worst.
pub(super) async fn hand_out(turns: Arc<Mutex<Dispenser>>, mut asked: UnboundedReceiver<Ask>) {
    while let Some(ask) = asked.recv().await {
        if !ask.is_closed() {
            let turn = turns.lock().await.next().await;
            let _ = ask.send(turn);
        }
    }
}

fn microseconds(time: i64) -> Duration {
    Duration::from_micros(time.max(0).unsigned_abs())
}
