//! A tenant that is overloaded answers late long before it refuses: then fewer calls a second leave.

use std::collections::HashMap;

/// How much one answer moves the usual time of its endpoint, and the present slowness.
const USUAL: f64 = 1.0 / 512.0;
const PRESENT: f64 = 1.0 / 32.0;

/// Answers before the usual time of an endpoint is known well enough.
const ENOUGH: u32 = 64;

/// So many times the usual is still nothing to react to.
const NORMAL: f64 = 2.5;

/// The pace is never eased below this part.
const LEAST: f64 = 0.1;

/// How long answers usually take, by endpoint, and how they take at present.
#[derive(Debug)]
pub(super) struct Latency {
    endpoints: HashMap<&'static str, Usual>,
    /// Times the usual, smoothed over all endpoints.
    slowness: f64,
}

#[derive(Debug)]
struct Usual {
    seconds: f64,
    answers: u32,
}

impl Default for Latency {
    fn default() -> Self {
        Self { endpoints: HashMap::new(), slowness: 1.0 }
    }
}

impl Latency {
    /// An answer took so many seconds.
    pub(super) fn note(&mut self, endpoint: &'static str, seconds: f64) {
        let usual = self.endpoints.entry(endpoint).or_insert(Usual { seconds, answers: 0 });
        usual.answers = usual.answers.saturating_add(1);
        if usual.answers < ENOUGH {
            usual.seconds += (seconds - usual.seconds) / f64::from(usual.answers + 1);
            return;
        }
        // Times of less than a millisecond are all the same.
        let times = (seconds / usual.seconds.max(0.001)).min(20.0);
        self.slowness += (times - self.slowness) * PRESENT;
        // What is slow now is not usual yet; if it stays, it will be.
        let weight = if self.slowness > NORMAL { USUAL / 8.0 } else { USUAL };
        usual.seconds += (seconds - usual.seconds) * weight;
    }

    /// The part of the pace that is kept.
    pub(super) fn ease(&self) -> f64 {
        if self.slowness <= NORMAL { 1.0 } else { (NORMAL / self.slowness).max(LEAST) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_eased_while_answers_are_late_and_comes_back() {
        let mut latency = Latency::default();
        (0..200).for_each(|number| latency.note("page", 0.08 + 0.02 * f64::from(number % 3)));
        // Another endpoint is slower by nature.
        (0..200).for_each(|_| latency.note("report", 3.0));
        assert_eq!(latency.ease(), 1.0);
        (0..200).for_each(|_| latency.note("page", 1.0));
        assert!(latency.ease() < 0.4, "{}", latency.ease());
        (0..200).for_each(|_| latency.note("page", 0.1));
        assert_eq!(latency.ease(), 1.0);
        // What stays becomes usual.
        (0..20_000).for_each(|_| latency.note("page", 1.0));
        assert_eq!(latency.ease(), 1.0);
    }
}
