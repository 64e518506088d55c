//! One send: a request goes out with its authorization, and what comes back becomes an answer or an error. The only place that touches the network (with the token fetch, which shares its parts).

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use muster_model::Endpoint;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, LOCATION, RETRY_AFTER};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use crate::auth::{Auth, Authorization};
use crate::clock::{ServerClock, http_date};
use crate::quota::Quota;
use crate::request::Request;
use crate::retry::budget::Budget;
use crate::retry::strategy::Terms;
use crate::retry::{Course, Failure, Manner, Next, classify, connection};
use crate::statistics::Counters;
use crate::{Error, RetrySettings};

/// No list page of this API comes near; more is something else, and would fill the memory.
const LARGEST_ANSWER: usize = 64 << 20;

/// Everything that requests to one tenant share.
pub(crate) struct Transport {
    pub(crate) http: reqwest::Client,
    /// The tenant's address without `/api` and without a trailing slash.
    pub(crate) base: Url,
    pub(crate) auth: Auth,
    pub(crate) quota: Arc<dyn Quota>,
    pub(crate) lanes: Semaphore,
    pub(crate) retry: RetrySettings,
    pub(crate) budget: Budget,
    pub(crate) counters: Counters,
    pub(crate) clock: ServerClock,
}

/// A successful answer. `body` is `None` when a write succeeded and its answer broke off.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Option<Bytes>,
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

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The attempts of one call, counted and paced.
    pub(crate) fn course(&self, write: bool, manner: Manner) -> Course<'_> {
        let terms = Terms { write, renewable: self.auth.renewable(), manner };
        Course::new(&self.retry, &self.budget, &self.counters, terms)
    }

    /// Sends a request until it succeeds or the retry law says no.
    pub(crate) async fn send(&self, request: &Request, manner: Manner) -> Result<Reply, Error> {
        let mut course = self.course(request.write, manner);
        loop {
            let authorization = match self.auth.authorization(self).await {
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
        self.quota.permit().await.map_err(|exhausted| Error::Quota(exhausted.0))?;
        self.counters.waited(begun.elapsed());
        self.counters.called();

        let mut builder = self
            .http
            .request(request.method.clone(), request.url.clone())
            .header(ACCEPT, &request.accept)
            .header(AUTHORIZATION, authorization.header.clone());
        if let Some(code) = &authorization.tenant_code {
            builder = builder.header("aw-tenant-code", code.clone());
        }
        builder = match &request.body {
            Some(body) => builder.header(CONTENT_TYPE, "application/json").body(body.clone()),
            // Without a length, IIS answers 411.
            None if request.method != reqwest::Method::GET => builder.header(CONTENT_LENGTH, "0"),
            None => builder,
        };
        let (endpoint, host, write) = (request.endpoint, self.host(), request.write);
        let response = builder.send().await.map_err(|error| connection::classify(error, endpoint, host, write))?;
        let raw = self.receive(response, endpoint, host, write).await?;
        if let Some(date) = raw.date {
            self.clock.note(date);
        }
        tracing::trace!(endpoint, status = raw.status, bytes = raw.body.len(), "answered");
        if raw.status < 300 {
            return Ok(Reply { status: raw.status, body: raw.whole.then_some(raw.body) });
        }
        let mut failure = classify::classify(&raw.answer(endpoint, host, write, request.one_record));
        if let Error::Answered { fault: Some(fault), .. } = &mut failure.error {
            // "Tenant code XYZ does not identify …": servers repeat what they were given.
            fault.message = self.auth.without_secrets(std::mem::take(&mut fault.message));
        }
        if matches!(failure.error, Error::Throttled { .. }) {
            self.counters.throttled();
            if let Some(wait) = failure.wait {
                self.quota.pause(wait);
            }
        }
        Err(failure)
    }

    /// Reads an answer to its end. A write that succeeded stays a success if the rest of its answer is lost.
    pub(crate) async fn receive(
        &self,
        mut response: reqwest::Response,
        endpoint: &'static str,
        host: &str,
        write: bool,
    ) -> Result<Raw, Failure> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        if status.is_redirection() {
            let target = text(&headers, LOCATION.as_str()).unwrap_or("nowhere");
            // The path and query of a login redirect are of no use to anybody, and may be long or secret.
            let target = response.url().join(target).ok().and_then(|url| url.host_str().map(str::to_owned));
            let target = target.unwrap_or_else(|| "nowhere".to_owned());
            return Err(Error::Redirected { endpoint, host: host.to_owned(), target }.into());
        }
        let mut body = BytesMut::new();
        let mut whole = true;
        loop {
            match response.chunk().await {
                Ok(None) => break,
                Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST_ANSWER => body.extend_from_slice(&chunk),
                // What the status says is known; only its words are lost.
                _ if write || !status.is_success() => {
                    whole = false;
                    break;
                }
                Ok(Some(_)) => {
                    let (host, status) = (host.to_owned(), status.as_u16());
                    let what = format!("more than {} MiB", LARGEST_ANSWER >> 20);
                    return Err(Error::NotTheApi { endpoint, host, status, what }.into());
                }
                Err(error) => return Err(connection::classify(error, endpoint, host, write).into()),
            }
        }
        self.counters.received(body.len());
        let date = text(&headers, DATE.as_str()).and_then(http_date);
        Ok(Raw { status: status.as_u16(), headers, body: body.freeze(), whole, date })
    }
}

impl Raw {
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

/// Reads the answer of an endpoint.
pub(crate) fn read<E: Endpoint>(reply: &Reply, host: &str) -> Result<E::Answer, Error> {
    let body = reply.body.as_deref().unwrap_or_default();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return E::empty_answer().ok_or_else(|| {
            let what = "nothing".to_owned();
            Error::NotTheApi { endpoint: E::NAME, host: host.to_owned(), status: reply.status, what }
        });
    }
    serde_json::from_slice(body).map_err(|error| {
        if classify::looks_like_markup(body) {
            classify::not_the_api(E::NAME, host, reply.status, body)
        } else {
            Error::Unreadable { endpoint: E::NAME, source: Arc::new(error) }
        }
    })
}

/// Longest time a connection may idle before it is closed: less than what servers and balancers allow, since
/// a request sent into a connection that the server just closed is a lost one.
pub(crate) const IDLE: Duration = Duration::from_secs(30);
