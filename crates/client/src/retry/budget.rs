//! Whether asking again can be afforded. Every call pays a little in, every repetition takes one out: when a
//! tenant is down, the load on it grows by a fifth at most, instead of by the number of attempts.

use std::sync::{Mutex, PoisonError};

const CAPACITY: f64 = 50.0;
const PAID_IN_PER_CALL: f64 = 0.2;

#[derive(Debug)]
pub(crate) struct Budget(Mutex<f64>);

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(CAPACITY))
    }
}

impl Budget {
    /// A call begins.
    pub(crate) fn pay_in(&self) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + PAID_IN_PER_CALL).min(CAPACITY);
    }

    /// Whether one repetition can be afforded; takes it out.
    pub(crate) fn take(&self) -> bool {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let affordable = *left >= 1.0;
        if affordable {
            *left -= 1.0;
        }
        affordable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_that_is_down_gets_a_fifth_more_load_and_not_four_times_as_much() {
        let budget = Budget::default();
        let repeated = (0..10_000)
            .map(|_| {
                budget.pay_in();
                (0..3).filter(|_| budget.take()).count()
            })
            .sum::<usize>();
        assert!((2000..2100).contains(&repeated), "{repeated}");
    }
}
