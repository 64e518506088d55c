//! What the figures are divided by: a server that does nothing, and SQLite that takes rows.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use muster_store::{Database, Migration, Options, args};
use tokio::net::TcpListener;

/// A server that answers the same bytes, and counts commands.
pub(crate) struct Minimal {
    pub(crate) url: String,
}

impl Minimal {
    pub(crate) async fn serving(fixed: Vec<u8>) -> Self {
        let (fixed, counted) = (Bytes::from(fixed), Arc::new(AtomicU64::new(0)));
        let command = move |_body: Bytes| async move {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            (StatusCode::ACCEPTED, format!("{{\"Command\":{number}}}"))
        };
        let routes = Router::new()
            .route("/fixed", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], fixed) }))
            .route("/API/v1/devices/{id}/commands", post(command));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("listens");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url }
    }
}

const ROWS: Migration = Migration {
    name: "0001_rows",
    sql: "create table rows (id bigint primary key, body text not null)",
    postgres: None,
};

/// How many rows of 200 bytes SQLite takes in a second, 1,024 to a durable commit.
pub(crate) async fn durable_rows(path: &Path, span: Duration) -> f64 {
    let database = Database::open(&format!("sqlite:{}", path.display()), Options::default()).await.expect("opens");
    database.migrate("yardstick", &[ROWS]).await.expect("migrates");
    let (body, began, mut id) = ("x".repeat(200), Instant::now(), 0_i64);
    while began.elapsed() < span {
        let mut tx = database.begin().await.expect("begins");
        let rows = (id..id + 1_024).map(|id| args![id, &body]).collect();
        tx.insert("rows", &["id", "body"], rows).await.expect("inserts");
        tx.commit().await.expect("commits");
        id += 1_024;
    }
    let rate = id as f64 / began.elapsed().as_secs_f64();
    database.close().await;
    rate
}
