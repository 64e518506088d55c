//! `/healthz`: whether the controller does its work, for whatever restarts it or pages somebody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::controller::Inner;
use crate::error::chain;

/// The answer: 200 if every part is well, else 503.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    /// `ok` or `failing`.
    status: &'static str,
    version: &'static str,
    process: Part,
    database: Part,
    tenant: Part,
}

/// One part of it.
#[derive(Debug, Serialize)]
struct Part {
    ok: bool,
    /// When it was last well.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Part {
    fn new(last: Option<Timestamp>, reason: Option<String>) -> Self {
        Self { ok: reason.is_none(), last: last.map(|at| at.to_string()), reason }
    }
}

pub(super) async fn show(State(inner): State<Arc<Inner>>) -> (StatusCode, Json<Health>) {
    let health = look(&inner).await;
    let status = if health.status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health))
}

async fn look(inner: &Inner) -> Health {
    let now = inner.clock.now();
    // Three rounds may be missed before it is worth a restart: a round can take long on a slow tenant.
    let limit = inner.settings.watch_every * 3;
    let is_old = |at: Timestamp| now.checked_sub(limit).is_ok_and(|oldest| at < oldest);

    let watched = inner.heartbeat.last();
    let process = match watched {
        None => Part::new(None, Some("the controller has not looked around yet".to_owned())),
        Some(at) if is_old(at) => Part::new(watched, Some("the controller's loop stands still".to_owned())),
        Some(_) => Part::new(watched, None),
    };
    let database = match inner.rows.answer().await {
        Ok(()) => Part::new(None, None),
        Err(error) => Part::new(None, Some(chain(&error))),
    };
    let tenant = match (inner.rows.last_reached().await, inner.rows.probes(1).await) {
        (Ok(reached), Ok(newest)) => {
            let last = reached.map(|probe| probe.at);
            let reason = match last {
                Some(at) if !is_old(at) => None,
                _ => Some(match newest.into_iter().next() {
                    Some(probe) if !probe.message.is_empty() => probe.message,
                    Some(_) => "the tenant was not asked lately".to_owned(),
                    None => "the tenant was not asked yet".to_owned(),
                }),
            };
            Part::new(last, reason)
        }
        (Err(error), _) | (_, Err(error)) => Part::new(None, Some(chain(&error))),
    };
    let status = if process.ok && database.ok && tenant.ok { "ok" } else { "failing" };
    Health { status, version: env!("CARGO_PKG_VERSION"), process, database, tenant }
}
