//! Somebody who is told what happens: a listener on this machine that takes event notifications.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) method: Method,
    pub(crate) authorization: String,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }
}

struct Inner {
    told: Mutex<Vec<Told>>,
    answer: Mutex<StatusCode>,
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

impl Receiver {
    pub(crate) async fn new() -> Self {
        let inner = Arc::new(Inner { told: Mutex::default(), answer: Mutex::new(StatusCode::OK) });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let service = Router::new().fallback(take).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { url, inner }
    }

    /// What it answers from now on.
    pub(crate) fn answers(&self, status: u16) {
        *self.inner.answer.lock().expect("no panic") = StatusCode::from_u16(status).expect("a status");
    }

    /// What came since the last time it was asked, without the tests of the target.
    pub(crate) fn told(&self) -> Vec<Told> {
        self.everything().into_iter().filter(|told| told.method == Method::POST).collect()
    }

    pub(crate) fn everything(&self) -> Vec<Told> {
        std::mem::take(&mut *self.inner.told.lock().expect("no panic"))
    }
}

async fn take(State(inner): State<Arc<Inner>>, method: Method, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let told = Told {
        method,
        authorization: header("authorization").unwrap_or_default().to_owned(),
        content_type: header("content-type").unwrap_or_default().to_owned(),
        text: String::from_utf8(body.to_vec()).expect("text"),
    };
    inner.told.lock().expect("no panic").push(told);
    *inner.answer.lock().expect("no panic")
}
