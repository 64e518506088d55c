//! The steps, in the order in which a request takes them. After a failure the rest is skipped.

use std::time::Duration;

use jiff::SignedDuration;
use muster_client::{
    Client, DeviceFilter, Dialect, Error, Kind, NoConnection, Proxy, Settings, SignIn, TenantInfo, Trust,
};
use muster_store::{Clock as _, SystemClock};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use url::Url;

use super::Examination;
use crate::app::App;
use crate::config::Connection;
use crate::error::{Exit, Failure};
use crate::wiring;

const NETWORK: [&str; 3] = ["DNS", "TCP", "TLS"];
const API: [&str; 8] = [
    "Dialect",
    "API key",
    "Authentication",
    "Product",
    "Clock",
    "Devices",
    super::secrets::NAME,
    super::approvals::NAME,
];
/// As the guide's connectivity test asks for.
const SAMPLE_PAGE: u32 = 10;
/// Beyond this, signatures and tokens that depend on the time begin to fail.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(300);
/// A certificate that ends sooner should be renewed now.
const RENEW_DAYS: i64 = 30;
/// The tenant code is wrong, or of another hierarchy.
const WRONG_KEY: [i64; 2] = [muster_model::error::code::BAD_TENANT_CODE, muster_model::error::code::OTHER_HIERARCHY];
const PATIENCE: Duration = Duration::from_secs(10);

/// Tests the way to the tenant that this command speaks to.
pub(crate) async fn examine(app: &App) -> Result<Examination, Failure> {
    let connection = app.connection().await?;
    let url = connection.url.clone();
    let mut found =
        Examination { context: connection.name.clone(), url: wiring::tenant_name(&url), ..Examination::default() };
    let name = connection.name.clone();
    match on_the_way(app, &connection) {
        Some(proxy) => {
            found.skip("DNS", format!("{proxy}, it looks names up"));
            found.skip("TCP", format!("{proxy}, it connects"));
        }
        None => network(&url, &mut found).await,
    }
    if found.failed() {
        return Ok(skip_rest(found));
    }
    let settings = wiring::settings(app, connection)?;
    let remembered = settings.dialect;
    let looked = settings.clone();
    match reach(settings).await {
        Ok((client, info)) => {
            tls_held(&url, &looked, &mut found).await;
            found.ok("Dialect", format!("{} ({})", client.dialect(), paths(client.dialect())));
            let signed = client.sign_in().await;
            key_held(&signed, &mut found);
            found.ok("Authentication", signed_in(&signed));
            product(&info, &mut found);
            devices(&client, &mut found).await;
            super::secrets::examine(app, &name, &mut found).await;
            super::approvals::examine(app, &mut found).await;
            found.dialect = Some(client.dialect());
            found.client = Some(client.clone());
            if remembered != found.dialect && app.file.contexts.contains_key(&name) {
                wiring::remember_dialect(app, &name, client.dialect());
            }
        }
        Err((dialect, error)) => {
            let at = step_of(&error, &url, dialect);
            if !NETWORK.contains(&at) {
                tls_held(&url, &looked, &mut found).await;
            }
            match (at, dialect) {
                ("Dialect", _) => {}
                (_, Some(dialect)) if !NETWORK.contains(&at) => {
                    found.ok("Dialect", format!("{dialect} ({})", paths(dialect)))
                }
                ("API key" | "Authentication" | "Devices", None) => found.ok("Dialect", "the API answers"),
                _ => {}
            }
            if at == "Devices" {
                found.ok("Authentication", "signed in; what is missing is a right");
                // It was the guide's list that was refused. Other rights may be there, and can be asked about.
                let guide = Settings { dialect: Some(Dialect::Guide), ..looked.clone() };
                found.client = muster_client::connect(guide).await.ok().map(|(client, _)| client);
            }
            let mut failure = Failure::from(error);
            if at == "TLS"
                && let Ok(Some(seen)) = muster_client::server_certificate(&looked).await
            {
                failure = failure
                    .because(format!("its certificate is of {}, issued by {}", seen.subject, seen.issuer))
                    .because(format!("its key is {}", seen.pin));
            }
            found.fail(at, failure);
        }
    }
    Ok(skip_rest(found))
}

/// The first answer of the tenant. A dialect that was remembered or chosen is tried first; if it is what is
/// wrong, the tenant is asked anew. A failure comes with the dialect, if that much is known.
async fn reach(settings: Settings) -> Result<(Client, TenantInfo), (Option<Dialect>, Error)> {
    if let Some(dialect) = settings.dialect {
        match first_answer(settings.clone()).await {
            Err((_, error)) if matches!(error.kind(), Kind::Protocol | Kind::NotFound) => {
                tracing::info!(%dialect, "the tenant does not speak the dialect on record: {error}");
            }
            answered => return answered,
        }
    }
    first_answer(Settings { dialect: None, ..settings }).await
}

async fn first_answer(settings: Settings) -> Result<(Client, TenantInfo), (Option<Dialect>, Error)> {
    let (client, _) = muster_client::connect(settings).await.map_err(|error| (None, error))?;
    match client.system_info().await {
        Ok(info) => Ok((client, info)),
        Err(error) => Err((Some(client.dialect()), error)),
    }
}

/// The proxy that stands between, in words.
fn on_the_way(app: &App, connection: &Connection) -> Option<String> {
    match &connection.proxy {
        Some(Proxy::Direct) => None,
        Some(Proxy::Url(url) | Proxy::SignedIn { url, .. }) => {
            Some(format!("a proxy is named ({})", url.host_str().unwrap_or_default()))
        }
        Some(Proxy::Platform) | None => {
            app.environment.proxy(connection.url.scheme()).map(|variable| format!("a proxy is set ({variable})"))
        }
    }
}

/// Name and connection, tried by hand so that each has a line of its own.
async fn network(url: &Url, found: &mut Examination) {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(443);
    let unreachable = |message: String| Failure::new(Exit::Unreachable, "E_UNREACHABLE", message);
    // An address in brackets is how URLs write IPv6.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<_> = match timeout(PATIENCE, lookup_host((bare, port))).await {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            found.fail(
                "DNS",
                unreachable(format!("{host} has no address"))
                    .because(error.to_string())
                    .hint("check the host name, and DNS or VPN on this machine"),
            );
            return;
        }
        Err(_) => {
            found.fail(
                "DNS",
                unreachable(format!("no answer about {host} within {} s", PATIENCE.as_secs()))
                    .hint("check DNS or VPN on this machine"),
            );
            return;
        }
    };
    let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    found.ok("DNS", format!("{host} is {}", list.join(", ")));
    let begun = Instant::now();
    let mut why = String::from("no address");
    for address in &addresses {
        match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                found.ok("TCP", format!("{address} accepts connections ({} ms)", begun.elapsed().as_millis()));
                return;
            }
            Ok(Err(error)) => why = error.to_string(),
            Err(_) => why = format!("no answer within {} s", PATIENCE.as_secs()),
        }
    }
    found.fail(
        "TCP",
        unreachable(format!("cannot connect to {host}:{port}"))
            .because(why)
            .hint("check host and port, that the server runs, and firewalls or a proxy on the way"),
    );
}

/// A tenant that wanted no key, or took the one that was given.
fn key_held(signed: &SignIn, found: &mut Examination) {
    if signed.kind == "oauth" {
        found.skip("API key", "an OAuth client needs none");
    } else {
        found.ok("API key", "the tenant code is accepted");
    }
}

/// How somebody is signed in, and until when that lasts.
fn signed_in(signed: &SignIn) -> String {
    match (&signed.subject, signed.certificate_expires_at, signed.token_expires_in) {
        (Some(subject), Some(until), _) => format!("signed in by the certificate of {subject}, {}", lasting(until)),
        (_, _, Some(left)) => format!("signed in by a token for {} min, renewed before", left.as_secs() / 60),
        _ => String::from("signed in"),
    }
}

/// `good until 2027-01-31 (9 days left: renew it)`
fn lasting(until: jiff::Timestamp) -> String {
    let left = until.duration_since(SystemClock.now()).as_hours() / 24;
    let renew = if left < RENEW_DAYS { ": renew it" } else { "" };
    format!("good until {} ({left} days left{renew})", until.strftime("%Y-%m-%d"))
}

/// An answer came over the connection, so TLS is fine where there is TLS.
async fn tls_held(url: &Url, settings: &Settings, found: &mut Examination) {
    if url.scheme() == "https" {
        let why = match settings.trust {
            Trust::Authorities => "the certificate is valid for this host and trusted here",
            Trust::AuthoritiesAndPins(_) => "the certificate is trusted here, and the key is pinned",
            Trust::PinsOnly(_) => "the key is pinned, and nothing else counts",
        };
        // Only for the date: that it cannot be looked at a second time is no failure.
        let seen = muster_client::server_certificate(settings).await.ok().flatten();
        let until = seen.map(|seen| format!("; {}", lasting(seen.expires_at))).unwrap_or_default();
        found.ok("TLS", format!("{why}{until}"));
    } else {
        found.skip("TLS", "the address says http: credentials travel unencrypted");
    }
}

/// Which line of the test a failure belongs to.
fn step_of(error: &Error, url: &Url, dialect: Option<Dialect>) -> &'static str {
    match error.no_connection() {
        Some(NoConnection::NoSuchHost) => "DNS",
        Some(NoConnection::Refused) => "TCP",
        // The connection itself was just made by hand, so what is left of connecting is TLS.
        Some(NoConnection::ClientCertificateWanted | NoConnection::ClientCertificateRefused) => "Authentication",
        Some(NoConnection::TimedOut | NoConnection::Other) if url.scheme() != "https" => "TCP",
        Some(_) => "TLS",
        None => match error.kind() {
            Kind::Auth if error.fault().is_some_and(|fault| WRONG_KEY.contains(&fault.error_code)) => "API key",
            Kind::Auth => "Authentication",
            Kind::Permission if dialect.is_none() => "Devices",
            Kind::Protocol | Kind::NotFound => "Dialect",
            _ if dialect.is_some() => "Product",
            _ => "Dialect",
        },
    }
}

fn product(info: &TenantInfo, found: &mut Examination) {
    let derived = if info.derived { ", partly derived" } else { "" };
    found
        .ok("Product", format!("{} {}, build {}{derived}", info.product_name, info.product_version, info.build_number));
    let Some(time) = info.server_time else { return found.skip("Clock", "the tenant does not say its time") };
    let difference = time.duration_since(SystemClock.now());
    let detail = format!("server time {}, {}", time.strftime("%Y-%m-%dT%H:%M:%SZ"), differs(difference.as_secs()));
    if difference.abs() > CLOCK_TOLERANCE {
        let failure = Failure::new(Exit::General, "E_CLOCK", detail)
            .because("tokens, and reports by time, go wrong beyond 5 minutes")
            .hint("set the clock of this machine, or have the server's set");
        found.fail("Clock", failure);
    } else {
        found.ok("Clock", detail);
    }
}

async fn devices(client: &Client, found: &mut Examination) {
    match client.device_page(&DeviceFilter::default(), SAMPLE_PAGE).await {
        Ok((devices, total)) => {
            let sample = devices
                .first()
                .map(|device| format!(", for example {} ({})", device.device_friendly_name, device.serial_number))
                .unwrap_or_default();
            found.ok("Devices", format!("{total} in total, {} on the first page{sample}", devices.len()));
        }
        Err(error) => found.fail("Devices", error.into()),
    }
}

fn paths(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Guide => "/API/v1/…",
        Dialect::Published => "/api/mdm/…",
    }
}

fn differs(seconds: i64) -> String {
    match seconds {
        -1..=1 => String::from("the same as here"),
        seconds if seconds < 0 => format!("{} s behind this machine", -seconds),
        seconds => format!("{seconds} s ahead of this machine"),
    }
}

/// Every line is there, whatever happened: what was not tried says so.
fn skip_rest(mut found: Examination) -> Examination {
    let failed = found.checks.iter().find(|check| check.failure.is_some()).map(|check| check.name);
    for name in NETWORK.into_iter().chain(API) {
        if !found.checks.iter().any(|check| check.name == name) {
            found.skip(name, format!("{} failed", failed.unwrap_or("an earlier step")));
        }
    }
    let order: Vec<&str> = NETWORK.into_iter().chain(API).collect();
    found.checks.sort_by_key(|check| order.iter().position(|name| *name == check.name));
    found
}
