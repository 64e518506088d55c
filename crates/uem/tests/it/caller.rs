//! Somebody who calls a tenant over the network, with the headers that the guide's scripts send.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_store::testing::Postgres;
use muster_uem::{Data, Running, Settings, start};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::sync::Mutex;

/// A tenant and a client that may call it.
pub(crate) struct Caller {
    pub(crate) tenant: Running,
    pub(crate) http: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Caller {
    /// A caller of a fresh tenant in memory.
    pub(crate) async fn new() -> Self {
        Self::of(Settings::in_memory()).await
    }

    pub(crate) async fn of(settings: Settings) -> Self {
        let settings = on_engine(settings).await;
        Self { tenant: start(settings).await.expect("the tenant starts"), http: client() }
    }

    /// A request with nothing but its address.
    pub(crate) fn bare(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.tenant.ready.url))
    }

    /// A request as the guide sends it.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let ready = &self.tenant.ready;
        let pair = STANDARD.encode(format!("{}:{}", ready.username, ready.password));
        self.bare(method, path)
            .header("Authorization", format!("Basic {pair}"))
            .header("aw-tenant-code", &ready.tenant_code)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        read(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        read(self.request(Method::POST, path).body(body.to_string())).await
    }

    /// A POST without a body, as most commands of the published API are.
    pub(crate) async fn post_nothing(&self, path: &str) -> Answer {
        read(self.request(Method::POST, path).body("")).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        read(self.request(Method::PUT, path).body(body.to_string())).await
    }

    /// A request that wants a version of an operation.
    pub(crate) async fn version(&self, version: u8, method: Method, path: &str, body: Value) -> Answer {
        let wanted = format!("application/json;version={version}").parse().expect("a value");
        // Headers that are given at once replace those of the same name.
        let headers = HeaderMap::from_iter([(reqwest::header::ACCEPT, wanted)]);
        read(self.request(method, path).headers(headers).body(body.to_string())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        read(self.request(Method::DELETE, path).body("")).await
    }

    /// Asserts that every built operation of these areas, named as in `mcmv1/Category`, was answered with success
    /// and with an error, and that no answer broke its published shape.
    pub(crate) fn covers(&self, areas: &[&str]) {
        let (served, refused) = (self.tenant.served(), self.tenant.refused());
        let built = self.tenant.built();
        let mine: Vec<_> = built
            .iter()
            .filter(|(_, operation)| areas.contains(&format!("{}/{}", operation.api, operation.area).as_str()))
            .collect();
        assert!(!mine.is_empty(), "no operation of {areas:?} is built");
        let not = |told: &std::collections::BTreeMap<&str, u64>| -> Vec<&str> {
            let names = mine.iter().filter(|(name, _)| !told.contains_key(name));
            names.map(|(_, operation)| operation.key.as_str()).collect()
        };
        assert_eq!(not(&served), [""; 0], "never answered with success");
        assert_eq!(not(&refused), [""; 0], "never answered with an error");
        assert_eq!(self.tenant.offences(), [""; 0], "answers that broke their published shape");
    }

    /// Moves the tenant's time in steps, so that what a device does depends on what it did before.
    pub(crate) async fn wait(&self, by: Duration) {
        self.tenant.step(by).await.expect("the fleet lives");
    }
}

/// A tenant in memory lives on PostgreSQL instead where the whole binary is told to: see `both_engines`. Its first
/// start is copied from one that began the same way.
async fn on_engine(settings: Settings) -> Settings {
    static BEGUN: Mutex<BTreeMap<(u32, u64), String>> = Mutex::const_new(BTreeMap::new());
    if settings.data != Data::Memory || !crate::both_engines::on_postgres() {
        return settings;
    }
    let server = Postgres::shared().expect("starts").expect("is installed");
    let mut begun = BEGUN.lock().await;
    let first = match begun.get(&(settings.devices, settings.seed)) {
        Some(url) => url.clone(),
        None => {
            let url = server.database().await.expect("a database");
            let data = Data::Database(url.clone());
            let first = Settings { devices: settings.devices, seed: settings.seed, data, ..Settings::in_memory() };
            start(first).await.expect("the first tenant starts").stop().await;
            begun.insert((settings.devices, settings.seed), url.clone());
            url
        }
    };
    Settings { data: Data::Database(server.copy_of(&first).await.expect("a copy")), ..settings }
}

/// A client without TLS in use; the library wants a provider all the same.
pub(crate) fn client() -> reqwest::Client {
    // Whoever comes second finds it installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().expect("a client")
}

pub(crate) async fn read(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.expect("a text") }
}

impl Answer {
    /// The body of a success.
    pub(crate) fn json(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        assert_eq!(self.header("content-type"), "application/json; charset=utf-8");
        serde_json::from_str(&self.text).expect("JSON")
    }

    /// A success without a body.
    pub(crate) fn nothing(&self, status: u16) {
        assert_eq!((self.status, self.text.as_str()), (status, ""), "{self:?}");
    }

    /// The status and code of an error, which says something.
    pub(crate) fn error(&self) -> (u16, i64) {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no error body: {self:?}"));
        assert!(!body["message"].as_str().expect("a message").is_empty(), "{self:?}");
        assert!(body["activityId"].is_string(), "{self:?}");
        (self.status, body["errorCode"].as_i64().expect("a code"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }
}

/// The list at a key.
pub(crate) fn list<'a>(body: &'a Value, key: &str) -> &'a Vec<Value> {
    body[key].as_array().unwrap_or_else(|| panic!("no list {key} in {body}"))
}

/// `Id.Value` of a row.
pub(crate) fn id(row: &Value) -> i64 {
    row["Id"]["Value"].as_i64().unwrap_or_else(|| panic!("no id in {row}"))
}

/// A request that wants a version of its operation.
pub(crate) async fn version(uem: &Caller, version: u8, method: Method, path: &str, body: &Value) -> Answer {
    let accept = format!("application/json;version={version}").parse().expect("a header");
    let headers = HeaderMap::from_iter([(reqwest::header::ACCEPT, accept)]);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    read(uem.request(method, path).headers(headers).body(body)).await
}
