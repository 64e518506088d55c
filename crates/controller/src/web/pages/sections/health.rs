//! How the tenant is, and what talking to it costs.

use jiff::Timestamp;
use muster_client::Statistics;

use crate::health::{Outcome, Probe};
use crate::web::chart::{Line, line};
use crate::web::words::{When, bytes, number, span};

/// The tenant's tile and the table of its calls.
pub(in crate::web::pages) struct Health {
    /// `good`, `bad` or `idle`, for the colour.
    pub(in crate::web::pages) tone: &'static str,
    pub(in crate::web::pages) headline: &'static str,
    /// Why, if it is not well.
    pub(in crate::web::pages) message: String,
    pub(in crate::web::pages) product: String,
    pub(in crate::web::pages) latency: Option<String>,
    /// Median and slow end of the probes in the chart.
    pub(in crate::web::pages) usual: Option<(String, String)>,
    pub(in crate::web::pages) chart: Option<Line>,
    pub(in crate::web::pages) probed: Option<When>,
    pub(in crate::web::pages) reached: Option<When>,
    /// Name, figure, and what it means.
    pub(in crate::web::pages) figures: Vec<(&'static str, String, &'static str)>,
}

impl Health {
    /// `probes` has the newest first; `counts` are all that are kept.
    pub(in crate::web::pages) fn new(
        probes: &[Probe],
        reached: Option<Timestamp>,
        counts: &[(Outcome, u64)],
        spent: &Statistics,
        now: Timestamp,
    ) -> Self {
        let newest = probes.first();
        let (tone, headline) = match newest.map(|probe| probe.outcome) {
            None => ("idle", "Not asked yet"),
            Some(Outcome::Reached) => ("good", "Reachable"),
            Some(Outcome::Refused) => ("bad", "Access refused"),
            Some(Outcome::Failed) => ("bad", "Unreachable"),
        };
        let answered: Vec<&Probe> = probes.iter().filter(|probe| probe.outcome == Outcome::Reached).collect();
        let points: Vec<(i64, f64)> = answered
            .iter()
            .rev()
            .map(|probe| (probe.at.as_microsecond(), probe.latency.as_secs_f64() * 1000.0))
            .collect();
        let missed = counts.iter().filter(|(outcome, _)| *outcome != Outcome::Reached).map(|(_, number)| number).sum();
        let asked = counts.iter().map(|(_, number)| number).sum();
        Self {
            tone,
            headline,
            message: newest.map(|probe| probe.message.clone()).unwrap_or_default(),
            product: answered.first().map(|probe| probe.product.clone()).unwrap_or_default(),
            latency: newest.filter(|probe| probe.outcome == Outcome::Reached).map(|probe| span(probe.latency)),
            usual: usual(&answered),
            chart: line(&points, 220, 44),
            probed: newest.map(|probe| When::new(probe.at, now)),
            reached: reached.map(|at| When::new(at, now)),
            figures: vec![
                ("API calls", number(spent.calls), "requests sent by this process, repeated ones included"),
                ("Throttled", number(spent.throttled), "answers that said: too many requests"),
                ("Repeated", number(spent.retries), "requests that repeated an attempt without success"),
                ("Waited", span(spent.waited), "for quota, a free lane or after an error, over all lanes"),
                ("Received", bytes(spent.bytes), "answer bodies"),
                (
                    "Probes missed",
                    format!("{} of {}", number(missed), number(asked)),
                    "in the days that probes are kept",
                ),
            ],
        }
    }
}

/// Median and 95th percentile.
fn usual(answered: &[&Probe]) -> Option<(String, String)> {
    let mut times: Vec<_> = answered.iter().map(|probe| probe.latency).collect();
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).or(times.last()).copied();
    Some((span(at(50)?), span(at(95)?)))
}
