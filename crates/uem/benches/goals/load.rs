//! Callers in loops: closed (as fast as answers come) and open (at a fixed rate, whatever comes).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_uem::Running;
use serde_json::Value;

/// Somebody who may call.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    code: String,
}

pub(crate) enum Request {
    Get(String),
    Post(String, String),
}

/// What a closed loop came to.
pub(crate) struct Load {
    pub(crate) answered: u64,
    pub(crate) took: Duration,
}

impl Load {
    pub(crate) fn per_second(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }
}

impl Client {
    pub(crate) fn of(uem: &Running) -> Self {
        Self::to(&uem.ready.url, uem)
    }

    /// The same caller at another address.
    pub(crate) fn to(url: &str, uem: &Running) -> Self {
        // Whoever comes second finds it installed.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build().expect("a client");
        let ready = &uem.ready;
        Self {
            http,
            url: url.to_owned(),
            token: format!("{}:{}", ready.username, ready.password),
            code: ready.tenant_code.clone(),
        }
    }

    fn request(&self, request: &Request) -> reqwest::RequestBuilder {
        let (user, password) = self.token.split_once(':').expect("both");
        let builder = match request {
            Request::Get(path) => self.http.get(format!("{}{path}", self.url)),
            Request::Post(path, body) => self
                .http
                .post(format!("{}{path}", self.url))
                .header("content-type", "application/json")
                .body(body.clone()),
        };
        builder.basic_auth(user, Some(password)).header("aw-tenant-code", &self.code)
    }

    /// The header of a name and a password.
    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(&self.token))
    }

    /// An access token of the client that every tenant has.
    pub(crate) async fn token(&self, uem: &Running) -> String {
        let ready = &uem.ready.oauth;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &ready.client_id)
            .append_pair("client_secret", &ready.client_secret)
            .finish();
        let request = self.http.post(&ready.token_url).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await.expect("an answer").bytes().await.expect("a body");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// A client certificate of the first account (DER).
    pub(crate) async fn certificate(&self) -> Vec<u8> {
        let accounts = self.get("/API/v1/console/accounts").await;
        let path = format!("/API/v1/console/accounts/{}/certificates", accounts["Accounts"][0]["Id"]);
        let made = self.send(&Request::Post(path, "{}".to_owned())).await;
        let made: Value = serde_json::from_slice(&made).expect("JSON");
        der::pem::decode_vec(made["Certificate"].as_str().expect("a certificate").as_bytes()).expect("PEM").1
    }

    async fn send(&self, request: &Request) -> Vec<u8> {
        let answer = self.request(request).send().await.expect("an answer");
        let status = answer.status();
        let body = answer.bytes().await.expect("a body").to_vec();
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&body));
        body
    }

    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        self.send(&Request::Get(path.to_owned())).await
    }

    pub(crate) async fn post(&self, path: &str, body: String) {
        self.send(&Request::Post(path.to_owned(), body)).await;
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        serde_json::from_slice(&self.bytes(path).await).expect("JSON")
    }

    pub(crate) async fn put(&self, path: &str, body: String) {
        let (user, password) = self.token.split_once(':').expect("both");
        let request = self.http.put(format!("{}{path}", self.url)).basic_auth(user, Some(password)).body(body);
        let request = request.header("aw-tenant-code", &self.code).header("content-type", "application/json");
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    pub(crate) async fn timed(&self, path: &str) -> Duration {
        let began = Instant::now();
        self.bytes(path).await;
        began.elapsed()
    }

    /// So many requests a second, each timed from when it was due.
    pub(crate) async fn open_loop(&self, path: &str, rate: u32, span: Duration) -> Vec<Duration> {
        let (began, gap) = (tokio::time::Instant::now(), Duration::from_secs(1) / rate);
        let mut calls = Vec::new();
        let mut due = began;
        while due < began + span {
            tokio::time::sleep_until(due).await;
            let (client, path) = (self.clone(), path.to_owned());
            calls.push(tokio::spawn(async move {
                client.bytes(&path).await;
                due.elapsed()
            }));
            due += gap;
        }
        let mut times = Vec::new();
        for call in calls {
            times.push(call.await.expect("answered"));
        }
        times
    }

    /// So many callers, each of whom asks again as soon as it has its answer.
    pub(crate) async fn closed_loop(
        &self,
        callers: usize,
        span: Duration,
        request: impl Fn(usize) -> Request + Send + Sync,
    ) -> Load {
        self.run(callers, span, request, false).await.0
    }

    /// The same, with what the answers said.
    pub(crate) async fn closed_loop_read(
        &self,
        callers: usize,
        span: Duration,
        request: impl Fn(usize) -> Request + Send + Sync,
    ) -> (Load, Vec<Value>) {
        self.run(callers, span, request, true).await
    }

    async fn run(
        &self,
        callers: usize,
        span: Duration,
        request: impl Fn(usize) -> Request + Send + Sync,
        read: bool,
    ) -> (Load, Vec<Value>) {
        let (next, began) = (Arc::new(AtomicUsize::new(0)), Instant::now());
        let one = || async {
            let (mut answered, mut said) = (0_u64, Vec::new());
            while began.elapsed() < span {
                let body = self.send(&request(next.fetch_add(1, Ordering::Relaxed))).await;
                answered += 1;
                if read {
                    said.push(serde_json::from_slice(&body).expect("JSON"));
                }
            }
            (answered, said)
        };
        let all = futures_util::future::join_all((0..callers).map(|_| one())).await;
        let took = began.elapsed();
        let answered = all.iter().map(|(answered, _)| answered).sum();
        (Load { answered, took }, all.into_iter().flat_map(|(_, said)| said).collect())
    }
}

pub(crate) fn percentiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: f64| {
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    format!("p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, most {:.2} ms", at(0.5), at(0.99), at(0.999), at(1.0))
}

/// The middle of some ratios, with the least and the most.
pub(crate) fn spread(ratios: &mut [f64]) -> String {
    ratios.sort_unstable_by(f64::total_cmp);
    let at = |index: usize| ratios.get(index).copied().unwrap_or_default();
    format!("{:.2} ({:.2} to {:.2})", at(ratios.len() / 2), at(0), at(ratios.len().saturating_sub(1)))
}
