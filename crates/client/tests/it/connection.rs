//! The first contact: each thing that can be wrong with an address has a readable cause and an advice.

use std::time::{Duration, Instant};

use muster_client::{Dialect, Error, Kind, NoConnection, Proxy, Settings, connect};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use serde_json::Map;
use tokio::net::TcpListener;

use crate::peer::{Authority, PASSWORD, TENANT_CODE, answer, plain, secure, self_signed, settings};

const INFO: &str = r#"{"ProductName":"Workspace ONE UEM","ProductVersion":"26.2.0.14"}"#;

fn info() -> String {
    answer("200 OK", "application/json", INFO)
}

/// Fails to connect, and shows nothing secret while it says why.
async fn failure(settings: Settings) -> Error {
    let error = connect(settings).await.expect_err("no tenant there");
    let mut shown = format!("{error:?} {error} {:?}", error.hint());
    let mut source = std::error::Error::source(&error);
    while let Some(error) = source {
        shown.push_str(&format!(" {error}"));
        source = error.source();
    }
    assert!(!shown.contains(PASSWORD) && !shown.contains(TENANT_CODE), "{shown}");
    error
}

async fn cause(settings: Settings) -> NoConnection {
    let error = failure(settings).await;
    assert_eq!(error.kind(), Kind::Unreachable, "{error}");
    assert!(error.hint().is_some(), "{error}");
    error.no_connection().cloned().unwrap_or_else(|| panic!("{error:?}"))
}

#[tokio::test]
async fn no_such_host() {
    let begun = Instant::now();
    assert_eq!(cause(settings("https://no-such-host.invalid")).await, NoConnection::NoSuchHost);
    assert!(begun.elapsed() < Duration::from_secs(10), "the first contact is not repeated");
}

#[tokio::test]
async fn refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    assert_eq!(cause(settings(&format!("http://{address}"))).await, NoConnection::Refused);
    assert_eq!(cause(settings(&format!("https://{address}"))).await, NoConnection::Refused);
}

#[tokio::test]
async fn no_answer_in_time() {
    // It listens, and never speaks.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let quick = Duration::from_millis(100);
    let silent = Settings { connect_timeout: quick, timeout: quick * 3, ..settings(&format!("https://{address}")) };
    assert_eq!(cause(silent).await, NoConnection::TimedOut);
    let silent = Settings { timeout: quick, ..settings(&format!("http://{address}")) };
    let error = failure(silent).await;
    assert!(matches!(error, Error::Lost { timed_out: true, .. }), "{error}");
    drop(listener);
}

#[tokio::test]
async fn certificates() {
    let authority = Authority::new();
    let trusting = |port: u16, name: &str| Settings {
        extra_roots_pem: Some(authority.pem()),
        ..settings(&format!("https://{name}:{port}"))
    };
    let port = |address: std::net::SocketAddr| address.port();

    let good = port(secure(authority.issue("localhost", 2020, 2100), info()).await);
    let (client, _) = connect(trusting(good, "localhost")).await.expect("a tenant");
    assert_eq!(client.dialect(), Dialect::Published);

    assert_eq!(cause(settings(&format!("https://localhost:{good}"))).await, NoConnection::CertificateUntrusted);
    assert_eq!(cause(trusting(good, "127.0.0.1")).await, NoConnection::CertificateForOtherHost);

    let expired = port(secure(authority.issue("localhost", 2015, 2016), info()).await);
    assert_eq!(cause(trusting(expired, "localhost")).await, NoConnection::CertificateExpired);
    let future = port(secure(authority.issue("localhost", 2090, 2100), info()).await);
    assert_eq!(cause(trusting(future, "localhost")).await, NoConnection::CertificateNotYetValid);
    let own = port(secure(self_signed("localhost"), info()).await);
    assert_eq!(cause(settings(&format!("https://localhost:{own}"))).await, NoConnection::CertificateUntrusted);
}

#[tokio::test]
async fn a_proxy_that_refuses() {
    let proxy = plain(answer("407 Proxy Authentication Required", "text/html", "<html>")).await;
    let proxy = Proxy::Url(format!("http://{proxy}").parse().expect("a URL"));
    let through = Settings { proxy, ..settings("https://tenant.example.com") };
    assert_eq!(cause(through).await, NoConnection::Proxy);
}

#[tokio::test]
async fn the_wrong_protocol_on_either_side() {
    let address = plain(info()).await;
    assert_eq!(cause(settings(&format!("https://{address}"))).await, NoConnection::NotTls);
    let address = plain("SSH-2.0-OpenSSH_9.9\r\n".to_owned()).await;
    let error = failure(settings(&format!("http://{address}"))).await;
    assert!(matches!(error, Error::NotHttp { .. }) && error.kind() == Kind::Protocol, "{error:?}");
}

#[tokio::test]
async fn a_web_page_is_named_and_not_shown() {
    for status in ["200 OK", "404 Not Found", "403 Forbidden"] {
        let address = plain(answer(status, "text/html", "<!DOCTYPE html><html>Sign in</html>")).await;
        let error = failure(settings(&format!("http://{address}"))).await;
        assert_eq!(error.kind(), Kind::Protocol, "{error:?}");
        assert!(error.to_string().contains("a web page") && !error.to_string().contains("Sign in"), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("API host")), "{error}");
    }
    let address = plain(answer("200 OK", "application/json", r#"{"hello":"world"}"#)).await;
    assert_eq!(failure(settings(&format!("http://{address}"))).await.kind(), Kind::Protocol);
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect() {
    let thief = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let target = thief.local_addr().expect("an address");
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{target}/API/login?token=x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let address = plain(redirect).await;
    let error = failure(settings(&format!("http://{address}"))).await;
    assert!(matches!(&error, Error::Redirected { target, .. } if target == "127.0.0.1"), "{error:?}");
    assert_eq!(error.kind(), Kind::Protocol);
    let followed = tokio::time::timeout(Duration::from_millis(50), thief.accept()).await;
    assert!(followed.is_err(), "nobody went there");
}

#[tokio::test]
async fn what_never_left_is_not_sent_and_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let down = Settings { dialect: Some(Dialect::Guide), ..settings(&format!("http://{address}")) };
    let (client, writer) = connect(down).await.expect("no contact needed");
    let error = writer.command(DeviceId(1), Command::SyncDevice, &Map::new()).await.expect_err("down");
    assert_eq!(error.kind(), Kind::NotSent, "{error}");
    assert_eq!(client.statistics().retries, 3, "four attempts");
    let error = client.device(DeviceId(1)).await.expect_err("down");
    assert_eq!(error.kind(), Kind::Unreachable, "{error}");

    let own = secure(self_signed("localhost"), info()).await;
    let untrusted =
        Settings { dialect: Some(Dialect::Guide), ..settings(&format!("https://localhost:{}", own.port())) };
    let (client, writer) = connect(untrusted).await.expect("no contact needed");
    let error = writer.command(DeviceId(1), Command::SyncDevice, &Map::new()).await.expect_err("untrusted");
    assert_eq!((error.kind(), client.statistics().calls), (Kind::NotSent, 1), "a certificate is not asked twice");
}

#[tokio::test]
async fn a_write_whose_answer_breaks_off_or_says_nothing_is_done() {
    let answers = [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"CommandU".to_owned(),
        answer("200 OK", "application/json", r#"{"CommandUuid": 5}"#),
        answer("202 Accepted", "text/plain", ""),
    ];
    for bytes in answers {
        let address = plain(bytes.clone()).await;
        let given = Settings { dialect: Some(Dialect::Guide), ..settings(&format!("http://{address}")) };
        let (_, writer) = connect(given).await.expect("no contact needed");
        let receipt = writer.command(DeviceId(1), Command::SyncDevice, &Map::new()).await;
        assert_eq!(receipt.unwrap_or_else(|error| panic!("{bytes}: {error}")).command_id, None);
    }
}

#[tokio::test]
async fn a_page_is_no_receipt() {
    let address = plain(answer("200 OK", "text/html", "<html>")).await;
    let given = Settings { dialect: Some(Dialect::Guide), ..settings(&format!("http://{address}")) };
    let (_, writer) = connect(given).await.expect("no contact needed");
    let error = writer.command(DeviceId(1), Command::SyncDevice, &Map::new()).await.expect_err("a page");
    assert_eq!(error.kind(), Kind::Protocol, "{error}");
}

#[tokio::test]
async fn unusable_settings_are_refused_with_a_reason() {
    let bad = [
        Settings { extra_roots_pem: Some(b"none".to_vec()), ..settings("https://localhost") },
        settings("ftp://localhost"),
        Settings { user_agent: "a\nb".to_owned(), ..settings("http://localhost") },
    ];
    for settings in bad {
        assert_eq!(failure(settings).await.kind(), Kind::Invalid);
    }
}
