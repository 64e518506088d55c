//! A tenant that cannot be reached, or is none: what is said about it, and the exit code.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use assert_cmd::assert::Assert;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::tenant::{Home, Tenant, envelope, json, stderr, stdout};

/// The program with a tenant that does not exist.
fn pointed_at(home: &Home, url: &str, args: &[&str]) -> Command {
    let mut command = home.muster(args);
    command
        .env("MUSTER_URL", url)
        .env("MUSTER_USERNAME", "api")
        .env("MUSTER_PASSWORD", "hunter2")
        .env("MUSTER_TENANT_CODE", "c0de");
    command
}

fn run(command: Command) -> Assert {
    assert_cmd::Command::from_std(command).timeout(Duration::from_secs(120)).assert()
}

/// Line of the connectivity test with that name.
fn check(report: &serde_json::Value, name: &str) -> serde_json::Value {
    let checks = report["checks"].as_array().expect("a list");
    checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name} in {report}")).clone()
}

#[test]
fn a_wrong_host_is_named_with_what_to_do() {
    let home = Home::new();
    let url = "https://no-such-tenant.invalid";
    let error = envelope(&run(pointed_at(&home, url, &["devices", "search", "-o", "json"])).code(9));
    assert_eq!(error["code"], "E_UNREACHABLE");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("no-such-tenant.invalid")), "{error}");
    assert!(error["hint"].as_str().is_some_and(|text| text.contains("host")), "{error}");

    let doctor = run(pointed_at(&home, url, &["doctor", "-o", "json"])).code(9);
    let report = json(&doctor);
    assert_eq!(check(&report, "DNS")["status"], "failed");
    assert_eq!(check(&report, "Devices")["status"], "skipped");
}

#[test]
fn a_refused_connection_is_told_apart_from_a_wrong_name() {
    let home = Home::new();
    // A port that was just free and is closed again.
    let port = TcpListener::bind("127.0.0.1:0").expect("binds").local_addr().expect("has one").port();
    let url = format!("http://127.0.0.1:{port}");
    let error = envelope(&run(pointed_at(&home, &url, &["devices", "search", "-o", "json"])).code(9));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("refused")), "{error}");
    let report = json(&run(pointed_at(&home, &url, &["doctor", "-o", "json"])).code(9));
    assert_eq!(check(&report, "DNS")["status"], "ok");
    assert_eq!(check(&report, "TCP")["status"], "failed");
}

#[test]
fn an_expired_certificate_is_named() {
    let home = Home::new();
    let listener = tls(|params| {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let authority = home.file("ca.pem", &listener.authority);
    let args = ["doctor", "--ca-file", &authority, "-o", "json"];
    let report = json(&run(pointed_at(&home, &listener.url, &args)).code(9));
    let tls = check(&report, "TLS");
    assert_eq!((tls["status"].as_str(), tls["code"].as_str()), (Some("failed"), Some("E_TLS")), "{report}");
    assert!(tls["detail"].as_str().is_some_and(|text| text.contains("expired")), "{tls}");
    let args = ["devices", "search", "--ca-file", &authority, "-o", "json"];
    let error = envelope(&run(pointed_at(&home, &listener.url, &args)).code(9));
    assert_eq!(error["code"], "E_TLS");
}

#[test]
fn a_self_signed_certificate_is_refused_and_accepted_once_it_is_given() {
    let home = Home::new();
    let listener = tls(|_| {});
    let report = json(&run(pointed_at(&home, &listener.url, &["doctor", "-o", "json"])).code(9));
    let tls = check(&report, "TLS");
    assert!(tls["detail"].as_str().is_some_and(|text| text.contains("signed by nobody")), "{tls}");
    assert!(tls["next"].as_str().is_some_and(|text| text.contains("--ca-file")), "{tls}");

    let authority = home.file("ca.pem", &listener.authority);
    let mut command = pointed_at(&home, &listener.url, &["doctor", "-o", "json"]);
    command.env("MUSTER_CA_FILE", &authority);
    // The listener is no UEM: the connection is fine and the product is not.
    let report = json(&run(command).failure());
    assert_eq!(check(&report, "TLS")["status"], "ok", "{report}");
}

#[test]
fn html_instead_of_json_is_recognised() {
    let home = Home::new();
    let url = plain("<!doctype html><html><body>Sign in</body></html>", "text/html; charset=utf-8");
    let error = envelope(&run(pointed_at(&home, &url, &["devices", "search", "-o", "json"])).code(1));
    assert_eq!(error["code"], "E_PROTOCOL");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("instead of JSON")), "{error}");
    let text = stderr(&run(pointed_at(&home, &url, &["devices", "search"])).code(1));
    assert!(text.starts_with("error: ") && text.contains("next: "), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("c0de"), "{text}");
}

#[test]
fn a_wrong_password_and_a_wrong_tenant_code_are_told_apart() {
    let tenant = Tenant::with_devices(20);
    let attempt = |variable: &str, args: &[&str]| {
        let mut command = tenant.muster(args);
        command.env(variable, "wrong-but-secret");
        let assert = run(command).code(3);
        // Not even in the tenant's own words, which repeat a wrong tenant code.
        let text = stderr(&assert) + &stdout(&assert);
        assert!(!text.contains("wrong-but-secret"), "{text}");
        assert
    };
    let password = envelope(&attempt("MUSTER_PASSWORD", &["devices", "search", "-o", "json"]));
    let code = envelope(&attempt("MUSTER_TENANT_CODE", &["devices", "search", "-o", "json"]));
    assert_eq!((&password["code"], &code["code"]), (&"E_AUTH".into(), &"E_AUTH".into()));
    assert!(password["hint"].as_str().is_some_and(|text| text.contains("password")), "{password}");
    assert!(code["hint"].as_str().is_some_and(|text| text.contains("tenant code")), "{code}");

    let report = json(&attempt("MUSTER_PASSWORD", &["doctor", "-o", "json"]));
    assert_eq!(check(&report, "TCP")["status"], "ok");
    assert_eq!(check(&report, "Authentication")["status"], "failed", "{report}");
    assert_eq!(check(&report, "Devices")["status"], "skipped");
}

#[test]
fn a_healthy_tenant_passes_every_step() {
    let tenant = Tenant::with_devices(40);
    let report = tenant.json(&["doctor", "-o", "json"]);
    assert_eq!(report["ok"], true, "{report}");
    for name in ["DNS", "TCP", "Dialect", "Authentication", "Product", "Clock", "Devices"] {
        assert_eq!(check(&report, name)["status"], "ok", "{report}");
    }
    assert!(check(&report, "Devices")["detail"].as_str().is_some_and(|text| text.starts_with("40 in total, 10 on")));
    let text = stdout(&tenant.run(&["doctor", "-o", "table"]).success());
    assert!(text.contains("=== Test complete ===") && text.contains("✓ Product"), "{text}");
}

/// A listener with a certificate of the test's choice that answers every request with an empty object.
struct Listener {
    url: String,
    authority: String,
}

fn tls(change: impl FnOnce(&mut rcgen::CertificateParams)) -> Listener {
    let _ = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut params = rcgen::CertificateParams::new(vec![String::from("localhost")]).expect("a name");
    change(&mut params);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("signs");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a pair");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let port = listen(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream, "{}", "application/json").await;
            }
        }
    });
    Listener { url: format!("https://localhost:{port}"), authority: certificate.pem() }
}

/// A listener without TLS that always says the same; returns its address.
fn plain(body: &'static str, kind: &'static str) -> String {
    let port = listen(move |stream| answer(stream, body, kind));
    format!("http://127.0.0.1:{port}")
}

/// Serves every connection until the test process ends.
fn listen<F, S>(serve: F) -> u16
where
    F: Fn(tokio::net::TcpStream) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    let port = listener.local_addr().expect("has one").port();
    listener.set_nonblocking(true).expect("can be asynchronous");
    std::thread::spawn(move || {
        crate::tenant::block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
    });
    port
}

async fn answer(mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin, body: &str, kind: &str) {
    let mut request = vec![0; 8192];
    // One request per connection is all that is asked for here.
    let _ = stream.read(&mut request).await;
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
    let _ = stream.shutdown().await;
}
