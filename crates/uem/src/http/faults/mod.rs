//! What goes wrong on purpose: answers that are lost, late, wrong or no answers at all.
//!
//! A fault never touches the effect of a request unless it says "before": what a client must find out
//! is precisely whether a request that failed was carried out.

mod apply;
mod rows;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use muster_model::Effect;

use crate::fault::{Broken, Fault, FaultOrder, Hardship, Often, On};

pub(super) use self::apply::{Sent, meet};

/// Faults of a running tenant. Each is met by the next requests it is for, in the order in which they
/// were ordered; a request meets at most one. Clones order for the same tenant.
#[derive(Debug, Clone)]
pub struct Faults {
    orders: Arc<Mutex<Orders>>,
    on: On,
}

#[derive(Debug, Default)]
struct Orders {
    standing: VecDeque<Standing>,
    last: u64,
}

/// An order that has not been met as often as it should.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) id: u64,
    pub(crate) order: FaultOrder,
    /// How many requests it was for, and how many of them met it.
    seen: u64,
    pub(crate) met: u64,
}

/// A request as far as faults are concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) effect: Effect,
    /// Of the route, and of its facts.
    pub(super) names: [&'a str; 2],
    /// Whether the caller came with an access token.
    pub(super) token: bool,
}

/// A fault that a request meets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Met {
    pub(super) fault: Fault,
    /// The how-manieth request of the order it is.
    pub(super) number: u64,
}

impl Default for Faults {
    fn default() -> Self {
        Self { orders: Arc::default(), on: On::Any }
    }
}

impl Faults {
    /// The same faults, ordered for certain requests only.
    #[must_use]
    pub fn on(&self, on: On) -> Self {
        Self { orders: Arc::clone(&self.orders), on }
    }

    /// The next `n` requests are carried out, but their connections end without an answer.
    pub fn lose_answers(&self, n: u32) {
        self.order(Fault::LoseAnswer, n);
    }

    /// The next `n` requests are answered with `status` and not carried out.
    pub fn fail_with(&self, status: u16, n: u32) {
        self.order(Fault::FailBefore(Broken { status, html: false, retry_after: None }), n);
    }

    /// The next `n` requests are carried out and answered with `status` all the same.
    pub fn fail_after(&self, status: u16, n: u32) {
        self.order(Fault::FailAfter(Broken { status, html: false, retry_after: None }), n);
    }

    /// The next `n` requests get 429 with `Retry-After` (whole seconds; `None` leaves the header out).
    pub fn throttle(&self, n: u32, retry_after: Option<Duration>) {
        self.order(Fault::Throttle { retry_after }, n);
    }

    /// The answers to the next `n` requests come later.
    pub fn delay(&self, by: Duration, n: u32) {
        self.order(Fault::Delay(by), n);
    }

    /// The next `n` requests are answered with a web page and status 200, and not carried out.
    pub fn answer_with_page(&self, n: u32) {
        self.order(Fault::Page, n);
    }

    /// Takes back every order that has not been met yet, whatever it is for.
    pub fn clear(&self) {
        self.lock().standing.clear();
    }

    /// The next `n` calls change nothing, whatever their answers say.
    pub fn change_nothing(&self, n: u32) {
        self.order(Fault::NoEffect, n);
    }

    /// Adds an order, and answers with its number.
    pub fn add(&self, order: FaultOrder) -> u64 {
        let mut orders = self.lock();
        orders.last += 1;
        let id = orders.last;
        orders.standing.push_back(Standing { id, order, seen: 0, met: 0 });
        id
    }

    /// Takes one order back; tells whether it was there.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut orders = self.lock();
        let before = orders.standing.len();
        orders.standing.retain(|standing| standing.id != id);
        orders.standing.len() < before
    }

    /// The orders that stand.
    pub(crate) fn standing(&self) -> Vec<Standing> {
        self.lock().standing.iter().cloned().collect()
    }

    /// What the orders about devices come to.
    pub(crate) fn hardship(&self) -> Hardship {
        let mut all = Hardship::default();
        for standing in &self.lock().standing {
            match standing.order.fault {
                Fault::Offline { share } => all.offline = all.offline.max(share),
                Fault::Stuck { share } => all.stuck = all.stuck.max(share),
                Fault::Late(by) => all.late = all.late.max(by),
                _ => {}
            }
        }
        all
    }

    fn order(&self, fault: Fault, count: u32) {
        if count > 0 {
            self.add(FaultOrder { on: self.on.clone(), fault, often: Often::Always, count: Some(count) });
        }
    }

    pub(super) fn for_call(&self, call: &Call<'_>) -> Option<Met> {
        self.take(|order| {
            let meant = match &order.on {
                On::Any => true,
                On::Reads => call.effect == Effect::Read,
                On::Writes => call.effect > Effect::Read,
                On::Tokens => false,
                On::Operation(name) => call.names.iter().any(|known| known.eq_ignore_ascii_case(name)),
            };
            meant && (call.token || order.fault != Fault::ExpireToken)
        })
    }

    pub(super) fn for_token(&self) -> Option<Met> {
        self.take(|order| order.on == On::Tokens)
    }

    fn take(&self, fits: impl Fn(&FaultOrder) -> bool) -> Option<Met> {
        let mut orders = self.lock();
        for at in 0..orders.standing.len() {
            let Some(standing) = orders.standing.get_mut(at) else { break };
            if standing.order.is_of_the_fleet() || !fits(&standing.order) {
                continue;
            }
            standing.seen += 1;
            if !standing.order.often.meets(standing.seen) {
                continue;
            }
            standing.met += 1;
            let met = Met { fault: standing.order.fault.clone(), number: standing.met };
            if standing.order.count.is_some_and(|count| standing.met >= u64::from(count)) {
                orders.standing.remove(at);
            }
            return Some(met);
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(effect: Effect) -> Call<'static> {
        Call { effect, names: ["devices.search", "mdmv1/Search"], token: false }
    }

    fn fault(met: Option<Met>) -> Option<Fault> {
        met.map(|met| met.fault)
    }

    #[test]
    fn each_request_meets_the_first_fault_that_is_for_it() {
        let faults = Faults::default();
        faults.on(On::Writes).lose_answers(1);
        faults.fail_with(503, 2);
        faults.on(On::Tokens).throttle(1, None);
        let failed = Fault::FailBefore(Broken { status: 503, html: false, retry_after: None });
        assert_eq!(fault(faults.for_call(&call(Effect::Read))), Some(failed.clone()));
        assert_eq!(fault(faults.for_call(&call(Effect::Destroy))), Some(Fault::LoseAnswer));
        assert_eq!(fault(faults.for_call(&call(Effect::Write))), Some(failed));
        assert_eq!(faults.for_call(&call(Effect::Write)), None);
        assert_eq!(fault(faults.for_token()), Some(Fault::Throttle { retry_after: None }));
        assert_eq!(faults.for_token(), None);
    }

    #[test]
    fn an_order_stands_until_it_is_taken_back_and_may_be_for_one_operation() {
        let faults = Faults::default();
        let id = faults.add("page:on=MDMV1/search,every=3".parse().expect("reads"));
        faults.add("expire-token".parse().expect("reads"));
        let met = |_| faults.for_call(&call(Effect::Read)).is_some();
        assert_eq!((0..7).map(met).collect::<Vec<_>>(), [false, false, true, false, false, true, false]);
        let token = Call { token: true, names: ["users.get", ""], ..call(Effect::Read) };
        assert_eq!(fault(faults.for_call(&token)), Some(Fault::ExpireToken));
        assert!(faults.remove(id) && !faults.remove(id));
        assert_eq!(faults.standing().len(), 1);
    }

    #[test]
    fn orders_about_devices_are_no_matter_of_requests() {
        let faults = Faults::default();
        for text in ["offline:devices=0.25", "late:by=10m"] {
            faults.add(text.parse().expect("reads"));
        }
        assert_eq!(faults.for_call(&call(Effect::Write)), None);
        let hardship = Hardship { offline: 0.25, stuck: 0.0, late: Duration::from_secs(600) };
        assert_eq!(faults.hardship(), hardship);
        faults.clear();
        assert_eq!(faults.hardship(), Hardship::default());
    }
}
