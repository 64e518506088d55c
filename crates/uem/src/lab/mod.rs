//! The laboratory: how whoever runs a rehearsal looks behind the tenant and disturbs it, on a listener and with a
//! token of its own. No client of the API needs to know that it exists.
//!
//! `GET /lab/effects` tells what requests have changed, `GET /lab/fleet` what devices have lived through, `POST /lab/time` steps the clock, `/lab/faults` orders what
//! goes wrong.

mod answers;
mod effects;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use muster_store::{Database, Error};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use self::answers::Refused;
use crate::clock::TenantClock;
use crate::deliveries::Deliveries;
use crate::fault::{Fault, FaultOrder};
use crate::fleet::Fleet;
use crate::http::faults::Faults;
use crate::secret::same;

/// What the laboratory has in its hands.
pub(crate) struct Lab {
    pub(crate) database: Database,
    pub(crate) clock: Arc<TenantClock>,
    /// Present when it is stepped by hand.
    pub(crate) fleet: Option<Arc<Fleet>>,
    /// Present when the fleet is stepped by hand.
    pub(crate) deliveries: Option<Deliveries>,
    pub(crate) faults: Faults,
    /// Told whenever effects were recorded.
    pub(crate) recorded: Arc<Notify>,
    pub(crate) token: String,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Lab {
    /// Moves time forward; a fleet that is stepped by hand lives up to it, and what happens is told.
    pub(crate) async fn step(&self, by: Duration) -> Result<(), Error> {
        self.clock.advance(by);
        if let Some(fleet) = &self.fleet {
            fleet.step().await?;
        }
        if let Some(deliveries) = &self.deliveries {
            deliveries.step().await?;
        }
        Ok(())
    }

    /// Carries an order out, or lets it stand; answers with its number if it stands.
    pub(crate) fn order(&self, order: FaultOrder) -> Option<u64> {
        order_with(&self.faults, &self.clock, order)
    }
}

/// The clock is set once; everything else stands.
pub(crate) fn order_with(faults: &Faults, clock: &TenantClock, order: FaultOrder) -> Option<u64> {
    if let Fault::Clock { seconds } = order.fault {
        clock.shift(seconds);
        return None;
    }
    Some(faults.add(order))
}

/// Answers until the tenant stops.
pub(crate) async fn serve(listener: TcpListener, lab: Lab) {
    let mut stopping = lab.stopping.clone();
    let lab = Arc::new(lab);
    let routes = Router::new()
        .route("/lab/effects", get(effects::list))
        .route("/lab/fleet", get(answers::fleet))
        .route("/lab/time", post(answers::time))
        .route("/lab/faults", get(answers::faults).post(answers::order).delete(answers::clear))
        .route("/lab/faults/{id}", delete(answers::remove))
        .fallback(answers::nowhere)
        .layer(middleware::from_fn_with_state(Arc::clone(&lab), admit))
        .with_state(lab);
    let stopped = async move {
        // Gone is as good as told.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the laboratory stopped listening");
    }
}

async fn admit(State(lab): State<Arc<Lab>>, request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (scheme, token) = header.split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") && same(&lab.token, token.trim()) {
        return next.run(request).await;
    }
    Refused(401, "the laboratory wants its own token: Authorization: Bearer TOKEN".to_owned()).into_response()
}
