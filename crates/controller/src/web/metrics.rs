//! `/metrics`: the same figures for Prometheus, in its text form.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use muster_engine::TaskState;

use crate::alerts;
use crate::controller::Inner;
use crate::error::{Error, chain};
use crate::health;

pub(super) async fn show(State(inner): State<Arc<Inner>>) -> Response {
    match gather(&inner).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(error = chain(&error), "the metrics could not be gathered");
            (StatusCode::INTERNAL_SERVER_ERROR, "The metrics could not be gathered; the log says why.\n")
                .into_response()
        }
    }
}

async fn gather(inner: &Inner) -> Result<String, Error> {
    let mut text = Exposition::default();
    let spent = inner.link.statistics();
    text.one("muster_api_calls_total", "counter", "Requests sent to the tenant by this process", spent.calls);
    text.one("muster_api_retries_total", "counter", "Requests that repeated an earlier attempt", spent.retries);
    text.one("muster_api_throttled_total", "counter", "Answers that said: too many requests", spent.throttled);
    text.one(
        "muster_api_waited_seconds_total",
        "counter",
        "Time spent waiting before requests",
        spent.waited.as_secs_f64(),
    );
    text.one("muster_api_received_bytes_total", "counter", "Bytes of answer bodies", spent.bytes);

    if let Some(probe) = inner.rows.probes(1).await?.first() {
        let reached = u8::from(probe.outcome == health::Outcome::Reached);
        text.one("muster_tenant_reachable", "gauge", "Whether the last probe reached the tenant", reached);
        text.one("muster_tenant_latency_seconds", "gauge", "Latency of the last probe", probe.latency.as_secs_f64());
        text.one("muster_tenant_probed_timestamp_seconds", "gauge", "Time of the last probe", probe.at.as_second());
    }
    let probes =
        inner.rows.probe_counts().await?.into_iter().map(|(outcome, number)| (outcome.as_str().to_owned(), number));
    text.many("muster_tenant_probes", "gauge", "Probes that are kept, by outcome", "outcome", probes);

    if let Some(snapshot) = inner.rows.snapshots(jiff::Timestamp::MIN, 1).await?.into_iter().next() {
        text.one("muster_devices", "gauge", "Device records at the last run", snapshot.devices);
        text.one("muster_devices_noncompliant", "gauge", "Enrolled devices that break a policy", snapshot.noncompliant);
        let help = "Enrolled devices by platform";
        text.many("muster_devices_enrolled", "gauge", help, "platform", snapshot.by_platform);
        text.many("muster_devices_breaking", "gauge", "Devices by policy that they break", "policy", snapshot.by_rule);
    }

    let runs =
        inner.rows.run_counts().await?.into_iter().map(|(outcome, number)| (outcome.as_str().to_owned(), number));
    text.many("muster_runs", "gauge", "Runs that are kept, by outcome", "outcome", runs);

    let mut open: BTreeMap<String, u64> = alerts::Rule::ALL.iter().map(|rule| (rule.as_str().to_owned(), 0)).collect();
    for alert in inner.rows.living_alerts().await?.iter().filter(|alert| alert.state == alerts::State::Open) {
        *open.entry(alert.rule.as_str().to_owned()).or_default() += 1;
    }
    text.many("muster_alerts_open", "gauge", "Open alerts by rule", "rule", open);

    let deliveries = inner.rows.delivery_counts().await?;
    text.many("muster_deliveries", "gauge", "Messages that are kept, by state", "state", deliveries);

    let mut tasks: BTreeMap<String, u64> = TaskState::ALL.iter().map(|state| (state.as_str().to_owned(), 0)).collect();
    for job in inner.jobs().await? {
        for state in TaskState::ALL {
            *tasks.entry(state.as_str().to_owned()).or_default() += job.counts.of(state);
        }
    }
    text.many("muster_tasks", "gauge", "Tasks of all jobs, by state", "state", tasks);
    Ok(text.0)
}

/// Prometheus' text form, version 0.0.4.
#[derive(Default)]
struct Exposition(String);

impl Exposition {
    /// A metric without labels.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.head(name, kind, help);
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{name} {value}");
    }

    /// A metric with one label.
    fn many(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (String, u64)>,
    ) {
        self.head(name, kind, help);
        for (word, value) in values {
            let _ = writeln!(self.0, "{name}{{{label}=\"{}\"}} {value}", escape(&word));
        }
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}.\n# TYPE {name} {kind}");
    }
}

/// A label's value: names of policies are the tenant's own text.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_their_head_and_escaped_labels() {
        let mut text = Exposition::default();
        text.one("a_total", "counter", "Help", 3);
        text.many("b", "gauge", "Help", "policy", [("x\"y\\z\n".to_owned(), 1)]);
        let expected = "# HELP a_total Help.\n# TYPE a_total counter\na_total 3\n\
                        # HELP b Help.\n# TYPE b gauge\nb{policy=\"x\\\"y\\\\z\\n\"} 1\n";
        assert_eq!(text.0, expected);
    }
}
