//! What happens to a request, in this order, and what becomes of it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts as Head;
use axum::http::{HeaderName, HeaderValue};
use bytes::Bytes;
use tokio::time::Instant;
use uuid::Uuid;

use super::answer::Answer;
use super::api_log::Trail;
use super::call::{self, Parts};
use super::change::Errand;
use super::context::{Caller, Context};
use super::faults::{self, Sent};
use super::limits::Standing;
use super::policy::{Action, Resource, Right};
use super::reception::{Received, Turned};
use super::refusal::Refusal;
use super::table::{Found, Route};
use super::wire::Line;
use super::{Server, papers, path, token, xml};

/// A change of these may change who may call, and what.
const CALLERS: [Resource; 6] = [
    Resource::Access,
    Resource::Admins,
    Resource::Certificates,
    Resource::OrganizationGroups,
    Resource::Roles,
    Resource::Settings,
];

/// What happens to a request: health and tokens need no credentials; then the limits and the credentials, the
/// route, a fault if one was ordered, and the handler. The log of the API has the last word.
pub(super) async fn respond(server: &Server, head: &Head, body: Bytes, line: &Line, correlation: Uuid) -> Answer {
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
        token::respond(server, head, body, line, &mut trail, correlation).await
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
        Err(away) => turned(&away, correlation),
    };
    (answer, standing, settings.logging)
}

/// The answer to whoever is turned away.
pub(super) fn turned(turned: &Turned, correlation: Uuid) -> Answer {
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
pub(super) fn find<'a>(server: &'a Server, head: &Head, segments: &[String]) -> Found<'a> {
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
async fn carry_out(server: &Server, route: &Route, context: Context, mut parts: Parts, correlation: Uuid) -> Answer {
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
    let concerns_callers = |right: Right| right.action != Action::Read && CALLERS.contains(&right.resource);
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
