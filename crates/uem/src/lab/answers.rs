//! The laboratory's answers about time and faults.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use muster_store::Clock as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Lab;
use crate::fault::{FaultOrder, words};
use crate::fleet::History;

/// A status and what is wrong.
#[derive(Debug)]
pub(super) struct Refused(pub(super) u16, pub(super) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<muster_store::Error> for Refused {
    fn from(error: muster_store::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the laboratory failed");
        Self(500, error.to_string())
    }
}

pub(super) async fn nowhere() -> Refused {
    Refused(404, "there are /lab/effects, /lab/fleet, /lab/time and /lab/faults".to_owned())
}

pub(super) async fn fleet(State(lab): State<Arc<Lab>>) -> Result<Json<Value>, Refused> {
    let history = History::of(&lab.database).await?;
    Ok(Json(json!({"now": lab.clock.now().to_string(), "events": history.events, "hash": history.hash()})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    advance: String,
}

pub(super) async fn time(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Json<Value>, Refused> {
    let Step { advance } = read(&body)?;
    let by = words::span(&advance)
        .ok_or_else(|| Refused(400, format!("advance is a time such as 2h, 10m or 30s, not {advance:?}")))?;
    lab.step(by).await?;
    Ok(Json(json!({"now": lab.clock.now().to_string()})))
}

pub(super) async fn faults(State(lab): State<Arc<Lab>>) -> Json<Value> {
    let standing = lab.faults.standing();
    let orders = standing.iter().map(|one| json!({"id": one.id, "fault": one.order.to_string(), "met": one.met}));
    Json(orders.collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    fault: String,
}

pub(super) async fn order(State(lab): State<Arc<Lab>>, body: Bytes) -> Result<Response, Refused> {
    let New { fault } = read(&body)?;
    let order: FaultOrder = fault.parse().map_err(|why| Refused(400, why))?;
    let text = order.to_string();
    Ok((StatusCode::CREATED, Json(json!({"id": lab.order(order), "fault": text}))).into_response())
}

pub(super) async fn clear(State(lab): State<Arc<Lab>>) -> StatusCode {
    lab.faults.clear();
    StatusCode::NO_CONTENT
}

pub(super) async fn remove(State(lab): State<Arc<Lab>>, Path(id): Path<u64>) -> Result<StatusCode, Refused> {
    if lab.faults.remove(id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Refused(404, format!("no fault {id} is ordered")))
}

/// Whatever the content type says.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused(400, format!("the body cannot be read: {error}")))
}
