//! The API over HTTP: from a request to a handler and back.
//!
//! One small table of ours does the routing (axum only runs the connections), because the API's own
//! rules are not those of a router: literals in any case, doubled slashes, versions in `Accept`, pages
//! of HTML for unknown addresses. The order of things that happen to a request is in [`respond`].

mod answer;
mod any_case;
mod api_log;
mod call;
mod change;
mod context;
pub(crate) mod door;
mod drip;
pub(crate) mod faults;
mod gate;
mod given;
mod kept;
mod limits;
mod measured;
mod multipart;
pub(crate) mod papers;
mod path;
pub(crate) mod policy;
mod reception;
mod refusal;
mod respond;
mod router;
mod said;
mod table;
mod tally;
mod token;
mod wire;
mod xml;

mod admins;
mod apple;
mod apps;
mod assigned;
mod baselines;
mod certificates;
mod commands;
mod compliance;
mod console;
mod content;
mod devices;
mod enrollment;
mod events;
mod experience;
mod log_uploads;
mod operations;
mod organization_groups;
mod owner;
mod pick_lists;
mod policies;
mod products;
mod profiles;
mod relay_servers;
mod reports;
mod scim;
mod scripts;
mod sensors;
mod settings;
mod smart_groups;
mod staging;
mod system;
mod tags;
mod user_groups;
mod users;
mod workflows;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use tokio::sync::watch;
use uuid::Uuid;

pub(crate) use context::Tenant;

use self::answer::Answer;
use self::door::{Door, Doorway};
use self::faults::Faults;
use self::reception::Reception;
use self::refusal::Refusal;
use self::respond::respond;
use self::table::Table;
use self::tally::Tally;
use self::wire::Line;
use crate::error::Error;
use crate::settings::{DEFAULT_RATE_LIMIT, Habits, Settings};

/// Larger bodies are refused; the API has none of this size.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// The API of one tenant.
pub(crate) struct Server {
    tenant: Arc<Tenant>,
    pub(crate) table: Table,
    pub(crate) faults: Faults,
    reception: Arc<Reception>,
    habits: Habits,
    pub(crate) tally: Tally,
}

impl Server {
    pub(crate) async fn new(tenant: Tenant, settings: &Settings) -> Result<Self, Error> {
        let limit = settings.rate_limit.unwrap_or(DEFAULT_RATE_LIMIT);
        let (_, root, ..) = crate::store::tenant::root(&tenant.database).await?;
        Ok(Self {
            reception: Arc::new(Reception::open(&tenant.database, root, limit, tenant.clock.now()).await?),
            tenant: Arc::new(tenant),
            table: router::table(),
            faults: Faults::default(),
            habits: settings.habits,
            tally: Tally::new(settings.check_answers),
        })
    }

    /// Writes the log of the API until the sender of `stopping` says `true` or is gone.
    pub(crate) async fn keep_log(self: Arc<Self>, stopping: watch::Receiver<bool>) {
        self.reception.keep_log(&self.tenant.database, stopping).await;
    }

    /// Writes what the log still holds.
    pub(crate) async fn flush_log(&self) -> Result<(), Error> {
        Ok(self.reception.flush(&self.tenant.database).await?)
    }
}

/// Answers requests until the sender of `stopping` says `true` or is gone.
pub(crate) async fn serve(doorway: Doorway, server: Arc<Server>, mut stopping: watch::Receiver<bool>) {
    let service = Router::new().fallback(outermost).with_state(server).into_make_service_with_connect_info::<Line>();
    let stopped = async move {
        // An error says that the sender is gone, which is also the end.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let served = match Door::open(doorway) {
        Ok(door) => axum::serve(door, service).with_graceful_shutdown(stopped).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        tracing::error!(%error, "the tenant stopped listening");
    }
}

async fn outermost(
    State(server): State<Arc<Server>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response<Body> {
    let correlation = correlation();
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        let refused = Answer::refused(&Refusal::bad("The request body is too large."), correlation);
        return refused.finish(correlation, server.tenant.clock.now());
    };
    let mut answer = respond(&server, &head, body, &line, correlation).await;
    if answer.status >= 400 && xml::is_wanted(&head.headers) {
        xml::fault(&mut answer);
    }
    tracing::debug!(
        method = %head.method, path = head.uri.path(), status = answer.status, %correlation, "answered"
    );
    answer.finish(correlation, server.tenant.clock.now())
}

/// A new number under which an answer and its traces are found. The generator of the thread is asked, not the system.
fn correlation() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}
