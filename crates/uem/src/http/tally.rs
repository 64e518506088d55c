//! What was asked of each operation and how it was answered: tests read here that no operation was left out, and
//! that every answer had its published shape.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::table::Route;

pub(crate) struct Tally {
    /// Whether anybody will ask. Counting is one lock for all requests, and comparing bodies costs time.
    check: bool,
    counts: Mutex<Counts>,
}

/// Answers by the name of the route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) served: BTreeMap<&'static str, u64>,
    pub(crate) refused: BTreeMap<&'static str, u64>,
    /// What answers did to break their shapes.
    pub(crate) offences: Vec<String>,
}

impl Tally {
    pub(super) fn new(check: bool) -> Self {
        Self { check, counts: Mutex::default() }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn count(&self, route: &Route, status: u16, body: &[u8]) {
        if !self.check {
            return;
        }
        let offences = offences(route, status, body);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let success = (200..300).contains(&status);
        let of = if success { &mut counts.served } else { &mut counts.refused };
        *of.entry(route.name).or_default() += 1;
        counts.offences.extend(offences);
    }
}

fn offences(route: &Route, status: u16, body: &[u8]) -> Vec<String> {
    let shape = match status {
        200..300 => Some(route.operation.success(status)),
        _ => route.operation.answer(status),
    };
    let (Some(shape), false) = (shape, body.is_empty()) else { return Vec::new() };
    // What is no JSON (a file, a page) has no shape.
    let Ok(value) = serde_json::from_slice(body) else { return Vec::new() };
    let found = shape.offences(route.facts, &value);
    found.into_iter().map(|offence| format!("{} {status}: {offence}", route.operation.key)).collect()
}
