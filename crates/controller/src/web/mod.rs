//! The dashboard: what the controller knows, for eyes and for machines. No route changes anything.
//!
//! There is no sign-in yet, so the server listens on a loopback address only, and answers only requests
//! that name one: another site that a browser has open cannot read it under a name of its own.

mod chart;
mod healthz;
mod metrics;
mod pages;
mod protect;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::controller::Inner;
use crate::{Error, error::chain};

/// Opens the port.
///
/// # Errors
/// [`Error::NotLoopback`] for an address that others can reach, [`Error::Listen`] if the port is taken.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    if !address.ip().is_loopback() {
        return Err(Error::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}

/// Every route.
pub(crate) fn router(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/", get(pages::dashboard::show))
        .route("/jobs/{id}", get(pages::job::show))
        .route("/healthz", get(healthz::show))
        .route("/metrics", get(metrics::show))
        .route("/style.css", get(|| asset("text/css; charset=utf-8", include_str!("assets/style.css"))))
        .route("/icon.svg", get(|| asset("image/svg+xml", include_str!("assets/icon.svg"))))
        .fallback(|| async { pages::message(StatusCode::NOT_FOUND, "There is no such page.") })
        .with_state(inner)
        .layer(from_fn(protect::headers))
        .layer(from_fn(protect::host))
}

async fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// A rendered page, or the failure to make one. The cause is logged; the page says only what a person
/// can do.
fn page(rendered: Result<String, Error>) -> Response {
    match rendered {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(error = chain(&error), "a page could not be made");
            let text = "The page could not be made. The log says why, and /healthz tells how the controller is.";
            pages::message(StatusCode::INTERNAL_SERVER_ERROR, text)
        }
    }
}
