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
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts as Head;
use axum::http::{HeaderName, HeaderValue, Response};
use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

pub(crate) use context::Tenant;

use self::answer::Answer;
use self::api_log::Trail;
use self::call::Parts;
use self::change::Errand;
use self::context::{Caller, Context};
use self::door::Door;
use self::faults::{Faults, Sent};
use self::limits::Standing;
use self::policy::{Action, Resource};
use self::reception::{Received, Reception, Turned};
use self::refusal::Refusal;
use self::table::{Found, Table};
use self::tally::Tally;
use self::wire::Line;
use crate::error::Error;
use crate::settings::{DEFAULT_RATE_LIMIT, Habits, Settings};

/// Larger bodies are refused; the API has none of this size.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// A change of these may change who may call, and what.
const CALLERS: [Resource; 6] = [
    Resource::Access,
    Resource::Admins,
    Resource::Certificates,
    Resource::OrganizationGroups,
    Resource::Roles,
    Resource::Settings,
];

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
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    server: Arc<Server>,
    mut stopping: watch::Receiver<bool>,
) {
    let service = Router::new().fallback(outermost).with_state(server).into_make_service_with_connect_info::<Line>();
    let stopped = async move {
        // An error says that the sender is gone, which is also the end.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let served = match Door::open(listener, tls) {
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

/// What happens to a request: health and tokens need no credentials; then the limits and the credentials, the
/// route, a fault if one was ordered, and the handler. The log of the API has the last word.
async fn respond(server: &Server, head: &Head, body: Bytes, line: &Line, correlation: Uuid) -> Answer {
    let segments = path::segments(head.uri.path());
    if segments.len() == 1 && segments[0].eq_ignore_ascii_case("healthz") {
        return Answer::text("text/plain; charset=utf-8", b"ok\n");
    }
    if head.method == axum::http::Method::GET
        && let Some(page) = papers::answer(&segments, &server.table)
    {
        return page;
    }
    let (began, now) = (Instant::now(), server.tenant.clock.now());
    let mut trail = Trail::default();
    let (mut answer, standing, logging) = if token::is_token_path(&segments) {
        token_answer(server, head, body, line, &mut trail, correlation).await
    } else {
        called(server, head, body, &segments, line, &mut trail, correlation).await
    };
    answer.standing(&standing, server.tenant.clock.now());
    if logging {
        let entry = trail.entry(head, line, answer.status, began.elapsed(), correlation, now);
        server.reception.record(&server.tenant.database, entry, now).await;
    } else {
        server.reception.log.nudge();
    }
    answer
}

/// A call of the API: its answer, where it stands within the limit, and whether it is logged.
async fn called(
    server: &Server,
    head: &Head,
    body: Bytes,
    segments: &[String],
    line: &Line,
    trail: &mut Trail,
    correlation: Uuid,
) -> (Answer, Standing, bool) {
    let now = server.tenant.clock.now();
    let received = server.reception.receive(&head.headers, head.uri.path(), &line.peer, now).await;
    let Received { standing, settings, group, outcome } = received;
    trail.group = group;
    let answer = match outcome {
        Ok(caller) => {
            trail.caller = Arc::clone(&caller.name);
            trail.credential = (caller.by, caller.service.clone());
            let timeout = Duration::from_secs(u64::from(settings.timeout_seconds));
            let run = admitted(server, head, body, segments, line, caller, trail, correlation);
            match tokio::time::timeout(timeout, run).await {
                Ok(answer) => answer,
                Err(_) => Answer::refused(&Refusal::too_slow(timeout), correlation),
            }
        }
        Err(turned) => turned_answer(&turned, correlation),
    };
    (answer, standing, settings.logging)
}

fn turned_answer(turned: &Turned, correlation: Uuid) -> Answer {
    match turned {
        Turned::Away(refusal) => {
            let mut answer = Answer::refused(refusal, correlation);
            if answer.status == 401 {
                answer.header(WWW_AUTHENTICATE, "Basic realm=\"UEM\"");
            }
            answer
        }
        Turned::Back { after, refusal } => {
            let mut answer = Answer::refused(refusal, correlation);
            answer.header(RETRY_AFTER, &after.as_secs().to_string());
            answer
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "everything that is known of a request")]
async fn admitted(
    server: &Server,
    head: &Head,
    body: Bytes,
    segments: &[String],
    line: &Line,
    caller: Caller,
    trail: &mut Trail,
    correlation: Uuid,
) -> Answer {
    match find(server, head, segments) {
        Found::Nothing => Answer::refused(&Refusal::Page, correlation),
        Found::OtherMethods(methods) => {
            let message = format!("The requested resource does not support http method '{}'.", head.method);
            let mut answer = Answer::refused(&Refusal::new(405, 405, message), correlation);
            answer.header(ALLOW, &methods.join(", "));
            answer
        }
        Found::Route { route, arguments, versions } => {
            trail.operation = route.name;
            trail.object = arguments.join(", ");
            let sent = Sent { query: head.uri.query().unwrap_or_default().to_owned(), body, in_vain: false };
            let call = faults::Call {
                effect: route.effect,
                names: [route.name, route.operation.key.as_str()],
                token: caller.has_token(),
            };
            let caller = match route.right() {
                Some(right) => caller.with(right),
                None => caller,
            };
            let met = server.faults.for_call(&call);
            let run = |Sent { query, body, in_vain }: Sent| {
                let errand = Errand {
                    request: correlation,
                    operation: route.name.into(),
                    object: head.uri.path().into(),
                    in_vain,
                };
                let (tenant, reception) = (Arc::clone(&server.tenant), Arc::clone(&server.reception));
                let context = Context { tenant, caller: caller.clone(), errand, reception };
                let content_type = head.headers.get(CONTENT_TYPE).cloned();
                let in_xml = xml::is_wanted(&head.headers);
                let parts = Parts { arguments: arguments.clone(), query, body, content_type, in_xml };
                carry_out(server, route, context, parts, correlation)
            };
            let mut answer = faults::meet(met, sent, run, &line.scissors, correlation).await;
            let versions: Vec<String> = versions.iter().map(u8::to_string).collect();
            answer.header(HeaderName::from_static("x-api-version"), &format!("v{}", route.version));
            answer.header(HeaderName::from_static("api-supported-versions"), &versions.join(", "));
            answer
        }
    }
}

/// The route as it is written, or else with the version in front of the module's name.
fn find<'a>(server: &'a Server, head: &Head, segments: &[String]) -> Found<'a> {
    let method = head.method.as_str();
    let header = |name| head.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    // Some clients put the version into Content-Type.
    let asked = [ACCEPT, CONTENT_TYPE].into_iter().find_map(|name| path::asked_version(header(name)?));
    match (server.table.find(method, segments, asked), path::without_legacy_version(segments)) {
        (Found::Nothing, Some((segments, version))) => server.table.find(method, &segments, asked.or(Some(version))),
        (found, _) => found,
    }
}

/// The caller's right, the query's names if the tenant is strict about them, and the handler.
async fn carry_out(
    server: &Server,
    route: &table::Route,
    context: Context,
    mut parts: Parts,
    correlation: Uuid,
) -> Answer {
    let in_xml = parts.in_xml;
    let allowed = match route.right() {
        Some(right) if !context.caller.rights.allow(right) => Err(Refusal::forbidden(right)),
        _ if server.habits.refuse_unknown_queries => call::known_names(route.operation, &parts.query),
        _ => Ok(()),
    };
    let readable = allowed.and_then(|()| {
        if parts.content_type.as_ref().is_some_and(xml::is_sent) {
            parts.body = xml::body(route.facts, route.operation, &parts.body)?;
        }
        Ok(())
    });
    let said = match readable {
        Ok(()) => route.run(context, parts, server.habits.empty_lists).await,
        Err(refusal) => Err(refusal),
    };
    // Who may call is kept at hand; a change of it holds from the next request on.
    let concerns_callers = |right: policy::Right| right.action != Action::Read && CALLERS.contains(&right.resource);
    if said.is_ok()
        && route.right().is_some_and(concerns_callers)
        && let Err(error) = server.reception.gate.reload(&server.tenant.database).await
    {
        tracing::error!(%error, "who may call cannot be read again");
    }
    let mut answer = match said {
        Ok(reply) => Answer::of(reply),
        Err(refusal) => Answer::refused(&refusal, correlation),
    };
    server.tally.count(route, answer.status, &answer.body);
    if in_xml {
        xml::answer(&mut answer, route.facts, route.operation);
    }
    answer
}

/// A token for a client. Nobody is recognised yet, so the tenant's own limit counts; the log tells which client
/// asked, if there is one of that name.
async fn token_answer(
    server: &Server,
    head: &Head,
    body: Bytes,
    line: &Line,
    trail: &mut Trail,
    correlation: Uuid,
) -> (Answer, Standing, bool) {
    let book = server.reception.gate.book();
    let client = token::client_id(&head.headers, &body).and_then(|id| book.client(&id).map(Arc::clone));
    trail.operation = token::OPERATION;
    trail.credential = ("client secret", None);
    if let Some(client) = &client {
        trail.group = client.account.group;
        trail.object = client.account.name.to_string();
    }
    let logging = book.settings(trail.group).logging;
    let standing = server.reception.limiter.take(None, Instant::now());
    if !standing.within {
        return (turned_answer(&reception::too_many(&standing), correlation), standing, logging);
    }
    let run = |Sent { body, .. }: Sent| async move {
        if head.method != axum::http::Method::POST {
            return Answer::empty(405);
        }
        let (status, body) = token::answer(server, &head.headers, &body).await;
        let mut answer = Answer::new(status, body.to_string().into_bytes());
        answer.header(axum::http::header::CACHE_CONTROL, "no-store");
        answer
    };
    let sent = Sent { query: String::new(), body, in_vain: false };
    let answer = faults::meet(server.faults.for_token(), sent, run, &line.scissors, correlation).await;
    if answer.status == 200
        && let Some(client) = client
    {
        trail.caller = Arc::clone(&client.account.name);
    }
    (answer, standing, logging)
}
