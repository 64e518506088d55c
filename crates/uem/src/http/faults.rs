//! What goes wrong on purpose: answers that are lost, late, wrong or no answers at all.
//!
//! A fault never touches the effect of a request unless it says "before": what a client must find out
//! is precisely whether a request that failed was carried out.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use muster_model::Effect;

/// Which requests a fault meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every call of the API.
    Any,
    /// Calls that only read.
    Reads,
    /// Calls that change something.
    Writes,
    /// Requests for an access token, which no other choice includes.
    Tokens,
}

/// Faults of a running tenant. Each is met by the next requests it is for, in the order in which they
/// were ordered; a request meets at most one. Clones order for the same tenant.
#[derive(Debug, Clone)]
pub struct Faults {
    orders: Arc<Mutex<VecDeque<Order>>>,
    on: On,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Order {
    on: On,
    fault: Fault,
    left: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The effect happens, then the connection ends without an answer.
    LoseAnswer,
    /// Nothing happens but this answer.
    FailBefore { status: u16 },
    /// The effect happens, then this answer comes.
    FailAfter { status: u16 },
    /// 429, and nothing happens.
    Throttle { retry_after: Option<Duration> },
    /// The answer comes this much later.
    Delay(Duration),
    /// Nothing happens, and a web page comes with status 200: what a proxy or a login page does.
    Page,
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
        self.order(Fault::FailBefore { status }, n);
    }

    /// The next `n` requests are carried out and answered with `status` all the same.
    pub fn fail_after(&self, status: u16, n: u32) {
        self.order(Fault::FailAfter { status }, n);
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
        self.lock().clear();
    }

    fn order(&self, fault: Fault, left: u32) {
        if left > 0 {
            self.lock().push_back(Order { on: self.on, fault, left });
        }
    }

    pub(super) fn for_call(&self, effect: Effect) -> Option<Fault> {
        self.take(|on| match on {
            On::Any => true,
            On::Reads => effect == Effect::Read,
            On::Writes => effect > Effect::Read,
            On::Tokens => false,
        })
    }

    pub(super) fn for_token(&self) -> Option<Fault> {
        self.take(|on| on == On::Tokens)
    }

    fn take(&self, fits: impl Fn(On) -> bool) -> Option<Fault> {
        let mut orders = self.lock();
        let at = orders.iter().position(|order| fits(order.on))?;
        let order = orders.get_mut(at)?;
        let fault = order.fault.clone();
        order.left -= 1;
        if order.left == 0 {
            orders.remove(at);
        }
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_meets_the_first_fault_that_is_for_it() {
        let faults = Faults::default();
        faults.on(On::Writes).lose_answers(1);
        faults.fail_with(503, 2);
        faults.on(On::Tokens).throttle(1, None);
        assert_eq!(faults.for_call(Effect::Read), Some(Fault::FailBefore { status: 503 }));
        assert_eq!(faults.for_call(Effect::Destroy), Some(Fault::LoseAnswer));
        assert_eq!(faults.for_call(Effect::Write), Some(Fault::FailBefore { status: 503 }));
        assert_eq!(faults.for_call(Effect::Write), None);
        assert_eq!(faults.for_token(), Some(Fault::Throttle { retry_after: None }));
        assert_eq!(faults.for_token(), None);
    }
}
