//! One send: a request goes out with its authorization, and what comes back becomes an answer or an error. The only place that touches the network (with the token fetch, which shares its parts).

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER,
};
use http_body_util::Full;
use jiff::Timestamp;
use muster_model::catalog::{Shape, facts, xml};
use muster_model::{Endpoint, Wire};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use crate::auth::{Auth, Authorization};
use crate::cache::Cache;
use crate::clock::{ServerClock, http_date};
use crate::http::{Answer, Cut, Http, LARGEST_ANSWER, Origin};
use crate::limiter::Limiter;
use crate::quota::{Quota, ToldLimit};
use crate::request::Request;
use crate::retry::budget::Budget;
use crate::retry::strategy::Terms;
use crate::retry::{Course, Failure, Manner, Next, classify, connection};
use crate::statistics::Counters;
use crate::{Error, Outside, RetrySettings};

const TENANT_CODE: HeaderName = HeaderName::from_static("aw-tenant-code");

/// Everything that requests to one tenant share.
pub(crate) struct Transport {
    pub(crate) http: Http,
    pub(crate) origin: Origin,
    /// Where tokens come from, once one was asked for.
    pub(crate) token_origin: OnceLock<Origin>,
    /// The tenant's address without `/api` and without a trailing slash.
    pub(crate) base: Url,
    pub(crate) auth: Auth,
    pub(crate) limiter: Limiter,
    /// What is shared with others, if anything is.
    pub(crate) quota: Option<Arc<dyn Quota>>,
    pub(crate) lanes: Semaphore,
    pub(crate) retry: RetrySettings,
    pub(crate) outside: Option<Arc<dyn Outside>>,
    pub(crate) budget: Budget,
    pub(crate) counters: Counters,
    pub(crate) cache: Cache,
    pub(crate) clock: ServerClock,
}

/// A successful answer; cheap to clone. `body` is `None` when a write succeeded and its answer broke off.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Bytes>,
    /// What the server says that it is.
    pub(crate) kind: Option<String>,
    /// The last segment of `Location`: what was made.
    pub(crate) made: Option<String>,
}

/// An answer as it came.
pub(crate) struct Raw {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    whole: bool,
    date: Option<Timestamp>,
}

impl Transport {
    pub(crate) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// The host that gives tokens.
    pub(crate) fn token_origin(&self, url: &Url) -> Result<&Origin, Error> {
        match self.token_origin.get() {
            Some(origin) => Ok(origin),
            None => {
                let origin = self.http.origin(url)?;
                Ok(self.token_origin.get_or_init(|| origin))
            }
        }
    }

    /// The attempts of one call, counted and paced.
    pub(crate) fn course(&self, write: bool, manner: Manner) -> Course<'_> {
        let terms = Terms { write, renewable: self.auth.renewable(), manner };
        Course::new(&self.retry, &self.budget, &self.counters, self.outside.as_ref(), terms)
    }

    /// Sends a request until it succeeds or the retry law says no; or gives the answer that is remembered.
    pub(crate) async fn send(&self, request: &Request, manner: Manner) -> Result<Reply, Error> {
        if !request.write {
            return self.cache.through(request, &self.counters, self.send_now(request, manner)).await;
        }
        // Forgotten before, since it may work before its answer is here, and after, for what was asked for meanwhile.
        self.cache.forget(request);
        let sent = self.send_now(request, manner).await;
        self.cache.forget(request);
        sent
    }

    async fn send_now(&self, request: &Request, manner: Manner) -> Result<Reply, Error> {
        let mut course = self.course(request.write, manner);
        loop {
            let authorization = match self.auth.authorization(self, request.target.path()).await {
                Err(error) if request.write => return Err(Error::Before(Box::new(error))),
                authorization => authorization?,
            };
            let failure = match self.attempt(request, &authorization).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => failure,
            };
            if course.again(failure).await? == Next::NewToken {
                self.auth.discard(&authorization).await;
            }
        }
    }

    async fn attempt(&self, request: &Request, authorization: &Authorization) -> Result<Reply, Failure> {
        let begun = Instant::now();
        let _lane = self.lanes.acquire().await.map_err(|_| Error::Bug("the lanes are closed".to_owned()))?;
        let mut dialled = Ok(());
        if let Some(quota) = &self.quota {
            let permit = async { quota.permit().await.map_err(Error::Quota) };
            if self.counters.called_yet() {
                permit.await?;
            } else {
                // Whoever keeps a record of calls waits for its disk before the first: there is time to connect.
                let warm = async {
                    // Whoever hands out permits goes first.
                    tokio::task::yield_now().await;
                    Ok(self.http.warm(&self.origin).await)
                };
                dialled = tokio::try_join!(permit, warm)?.1;
            }
        }
        self.limiter.permit().await;
        let sent = Instant::now();
        self.counters.waited(sent.saturating_duration_since(begun));
        self.counters.called();

        let (endpoint, host, write) = (request.endpoint, self.host(), request.write);
        let message = self.message(request, authorization)?;
        let answer = match dialled {
            Ok(()) => self.http.exchange(&self.origin, message, request.proviso.as_ref()).await,
            Err(broken) => Err(broken),
        };
        let answer = answer.map_err(|broken| connection::classify(broken, endpoint, host, write))?;
        let raw = self.receive(answer, endpoint, host, write)?;
        if let Some(date) = raw.date {
            self.clock.note(date);
        }
        if let Some(told) = raw.told() {
            self.limiter.told(told);
            if let Some(quota) = &self.quota {
                quota.told(told);
            }
        }
        if raw.status != 429 {
            self.limiter.answered(sent, endpoint);
        }
        tracing::trace!(endpoint, status = raw.status, bytes = raw.body.len(), "answered");
        if raw.status < 300 {
            let kind = text(&raw.headers, CONTENT_TYPE.as_str()).map(str::to_owned);
            let made = text(&raw.headers, LOCATION.as_str())
                .and_then(|location| location.trim_end_matches('/').rsplit('/').next());
            let made = made.map(str::to_owned);
            return Ok(Reply { status: raw.status, body: raw.whole.then_some(raw.body), kind, made });
        }
        let mut failure = classify::classify(&raw.answer(endpoint, host, write, request.one_record));
        if let Error::Answered { fault: Some(fault), .. } = &mut failure.error {
            // "Tenant code XYZ does not identify …": servers repeat what they were given.
            fault.message = self.auth.without_secrets(std::mem::take(&mut fault.message));
        }
        failure.error = self.auth.explain(failure.error, host, raw.date);
        if matches!(failure.error, Error::Throttled { .. }) {
            self.counters.throttled();
            self.limiter.refused(sent, failure.wait);
            if let Some(quota) = &self.quota {
                quota.refused(failure.wait);
            }
        }
        Err(failure)
    }

    /// A request with all that it carries.
    fn message(&self, request: &Request, authorization: &Authorization) -> Result<http::Request<Full<Bytes>>, Error> {
        let mut message = http::Request::new(Full::new(request.body.clone().unwrap_or_default()));
        *message.method_mut() = request.method.clone();
        *message.uri_mut() = request.target.clone().into();
        let headers = message.headers_mut();
        headers.reserve(10);
        headers.insert(ACCEPT, request.accept.clone());
        if let Some(header) = &authorization.header {
            headers.insert(AUTHORIZATION, header.clone());
        }
        if let Some(code) = &authorization.tenant_code {
            headers.insert(TENANT_CODE, code.clone());
        }
        if request.body.is_some() {
            let json = const { HeaderValue::from_static("application/json") };
            headers.insert(CONTENT_TYPE, request.content_type.clone().unwrap_or(json));
        } else if request.method != http::Method::GET {
            // Without a length, IIS answers 411.
            headers.insert(CONTENT_LENGTH, const { HeaderValue::from_static("0") });
        }
        Ok(message)
    }

    /// What an answer is, as far as it came. A write that succeeded stays a success if the rest of its answer is lost.
    pub(crate) fn receive(
        &self,
        answer: Answer,
        endpoint: &'static str,
        host: &str,
        write: bool,
    ) -> Result<Raw, Failure> {
        let Answer { status, headers, body, cut } = answer;
        if status.is_redirection() {
            let target = text(&headers, LOCATION.as_str()).unwrap_or("nowhere");
            // The path and query of a login redirect are of no use to anybody, and may be long or secret.
            let target = self.base.join(target).ok().and_then(|url| url.host_str().map(str::to_owned));
            let target = target.unwrap_or_else(|| "nowhere".to_owned());
            return Err(Error::Redirected { endpoint, host: host.to_owned(), target }.into());
        }
        let whole = cut.is_none();
        match cut {
            None => {}
            // What the status says is known; only its words are lost.
            Some(_) if write || !status.is_success() => {}
            Some(Cut::TooLarge) => {
                let (host, status) = (host.to_owned(), status.as_u16());
                let what = format!("more than {} MiB", LARGEST_ANSWER >> 20);
                return Err(Error::NotTheApi { endpoint, host, status, what }.into());
            }
            Some(Cut::Lost(broken)) => return Err(connection::classify(broken, endpoint, host, write).into()),
        }
        self.counters.received(body.len());
        let date = text(&headers, DATE.as_str()).and_then(http_date);
        Ok(Raw { status: status.as_u16(), headers, body, whole, date })
    }
}

impl Raw {
    /// What it says of the tenant's limit.
    fn told(&self) -> Option<ToldLimit> {
        let number = |name| text(&self.headers, name).and_then(|text| text.trim().parse::<u64>().ok());
        let limit = number("x-ratelimit-limit").filter(|limit| *limit > 0)?;
        let left = self.date.and_then(|date| {
            let reset = Timestamp::from_second(i64::try_from(number("x-ratelimit-reset")?).ok()?).ok()?;
            Duration::try_from(reset.duration_since(date)).ok()
        });
        Some(ToldLimit { limit, remaining: number("x-ratelimit-remaining"), left })
    }

    pub(crate) fn answer<'a>(
        &'a self,
        endpoint: &'static str,
        host: &'a str,
        write: bool,
        one_record: bool,
    ) -> classify::Answer<'a> {
        classify::Answer {
            endpoint,
            host,
            status: self.status,
            write,
            one_record,
            body: &self.body,
            retry_after: text(&self.headers, RETRY_AFTER.as_str()),
            remaining: text(&self.headers, "x-ratelimit-remaining"),
            reset: text(&self.headers, "x-ratelimit-reset"),
            date: self.date,
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Reads the answer of an endpoint, in whatever form it came.
pub(crate) fn read<E: Endpoint>(reply: &Reply, host: &str) -> Result<E::Answer, Error> {
    let body = reply.body.as_deref().unwrap_or_default();
    if let Some(answer) = E::Answer::of_bytes(body) {
        return Ok(answer);
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        let made = reply.made.as_deref().and_then(E::Answer::at);
        return made.or_else(E::empty_answer).ok_or_else(|| {
            let what = "nothing".to_owned();
            Error::NotTheApi { endpoint: E::NAME, host: host.to_owned(), status: reply.status, what }
        });
    }
    if classify::looks_like_markup(body) {
        return of_xml::<E>(reply.status, body).ok_or_else(|| classify::not_the_api(E::NAME, host, reply.status, body));
    }
    E::Answer::of_json(body).map_err(|error| Error::Unreadable { endpoint: E::NAME, source: Arc::new(error) })
}

/// An answer in XML, which this API speaks wherever something on the way takes our `Accept` off. A web page is none.
fn of_xml<E: Endpoint>(status: u16, body: &[u8]) -> Option<E::Answer> {
    let facts = if E::PATH.starts_with("/API/") { facts::guide() } else { facts::published() };
    let shape = facts.operation(E::KEY).map_or(&Shape::Any, |operation| operation.success(status));
    let text = std::str::from_utf8(body).ok().filter(|text| classify::is_xml(text))?;
    serde_json::from_value(xml::read(facts, shape, text).ok()?).ok()
}
