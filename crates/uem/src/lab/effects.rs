//! The ledger of effects as JSON lines, from its beginning or from a number on, and on as it grows.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use super::Lab;
use super::answers::Refused;
use crate::store::effects::{self, Effect};

/// Effects that are read in one go.
const BATCH: u32 = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Go on as effects happen, until the caller leaves or the tenant stops.
    #[serde(default)]
    follow: bool,
    /// The number of the last effect that is known already.
    #[serde(default)]
    after: i64,
}

struct Reading {
    lab: Arc<Lab>,
    wanted: Wanted,
    read: VecDeque<Effect>,
}

pub(super) async fn list(State(lab): State<Arc<Lab>>, Query(wanted): Query<Wanted>) -> Result<Response, Refused> {
    // The first batch is read before anything is promised.
    let read: VecDeque<Effect> = effects::after(&lab.database, wanted.after, BATCH).await?.into();
    let reading = Reading { lab, wanted, read };
    let lines = stream::unfold(reading, |mut reading| async move {
        let lines = reading.lines().await.transpose()?;
        Some((lines, reading))
    });
    Ok(([(CONTENT_TYPE, "application/jsonl; charset=utf-8")], Body::from_stream(lines)).into_response())
}

impl Reading {
    /// The next lines; `None` at the end.
    async fn lines(&mut self) -> Result<Option<Bytes>, muster_store::Error> {
        let mut stopping = self.lab.stopping.clone();
        loop {
            let recorded = self.lab.recorded.notified();
            let mut recorded = std::pin::pin!(recorded);
            // From here on nothing that is recorded is missed.
            recorded.as_mut().enable();
            if self.read.is_empty() {
                self.read = effects::after(&self.lab.database, self.wanted.after, BATCH).await?.into();
            }
            if let Some(last) = self.read.back() {
                self.wanted.after = last.id;
                let mut text = String::new();
                for effect in self.read.drain(..) {
                    text.push_str(&line(&effect));
                    text.push('\n');
                }
                return Ok(Some(text.into()));
            }
            if !self.wanted.follow {
                return Ok(None);
            }
            tokio::select! {
                () = recorded => {}
                _ = stopping.wait_for(|stop| *stop) => return Ok(None),
            }
        }
    }
}

fn line(effect: &Effect) -> String {
    json!({
        "id": effect.id,
        "at": effect.at.to_string(),
        "request_id": effect.request,
        "operation": effect.operation,
        "object": effect.object,
        "command": effect.command,
        "device_id": effect.device,
    })
    .to_string()
}
