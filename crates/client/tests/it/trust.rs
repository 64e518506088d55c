//! Whom the client believes, and whom it speaks to: pins, versions of TLS, proxies, and nobody but the tenant.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_client::{
    Credentials, Dialect, Error, Kind, NoConnection, Pin, Pins, Proxy, SecretIn, Settings, Trust, connect, greet,
    server_certificate,
};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::peer::{Authority, answer, plain, secure, self_signed, settings};
use crate::stage;

const INFO: &str = r#"{"ProductName":"Workspace ONE UEM","ProductVersion":"26.2.0.14"}"#;

fn info() -> String {
    answer("200 OK", "application/json", INFO)
}

fn spare() -> Pin {
    format!("sha256/{}", STANDARD.encode([7; 32])).parse().expect("a pin")
}

fn pins(pin: Pin) -> Pins {
    Pins::new([pin, spare()]).expect("two pins")
}

async fn cause(settings: Settings) -> NoConnection {
    let error = connect(settings).await.expect_err("not believed");
    assert!(error.hint().is_some(), "{error}");
    error.no_connection().cloned().unwrap_or_else(|| panic!("{error:?}"))
}

#[tokio::test]
async fn a_pin_is_asked_for_besides_the_authority_or_instead_of_it_and_never_instead_of_both() {
    let authority = Authority::new();
    let address = secure(authority.issue("localhost", 2020, 2100), info()).await;
    let given = |trust: Trust| Settings { trust, ..settings(&format!("https://localhost:{}", address.port())) };
    let rooted = |trust: Trust| Settings { extra_roots_pem: Some(authority.pem()), ..given(trust) };
    let seen = server_certificate(&given(Trust::Authorities)).await.expect("looks").expect("a certificate");
    assert_eq!(seen.names, ["localhost"]);
    assert!(seen.expires_at.to_string().starts_with("2100-01-01"));

    connect(rooted(Trust::AuthoritiesAndPins(pins(seen.pin)))).await.expect("both are right");
    let other = Trust::AuthoritiesAndPins(Pins::new([spare(), self_pin().await]).expect("two"));
    assert_eq!(cause(rooted(other.clone())).await, NoConnection::NotPinned);
    let error = connect(rooted(other)).await.expect_err("another key");
    let mut source = std::error::Error::source(&error);
    let mut words = String::new();
    while let Some(inner) = source {
        words.push_str(&format!("{inner} "));
        source = inner.source();
    }
    assert!(words.contains(&seen.pin.to_string()), "the key that was seen is named: {words}");

    // A pin beside the authority does not replace it, nor the name.
    assert_eq!(cause(given(Trust::AuthoritiesAndPins(pins(seen.pin)))).await, NoConnection::CertificateUntrusted);
    connect(given(Trust::PinsOnly(pins(seen.pin)))).await.expect("the key alone counts");
    assert_eq!(cause(given(Trust::PinsOnly(pins(self_pin().await)))).await, NoConnection::NotPinned);
}

/// The pin of a key that no server here has.
async fn self_pin() -> Pin {
    let address = secure(self_signed("localhost"), info()).await;
    let given = settings(&format!("https://localhost:{}", address.port()));
    server_certificate(&given).await.expect("looks").expect("a certificate").pin
}

#[tokio::test]
async fn an_appliance_that_signed_its_own_certificate_is_known_by_its_key() {
    let address = secure(self_signed("appliance.example"), info()).await;
    let given = settings(&format!("https://127.0.0.1:{}", address.port()));
    let pin = server_certificate(&given).await.expect("looks").expect("a certificate").pin;
    let (client, _) = connect(Settings { trust: Trust::PinsOnly(pins(pin)), ..given }).await.expect("known");
    assert_eq!(client.dialect(), Dialect::Published);
    assert_eq!(server_certificate(&settings("http://localhost:1")).await.expect("no TLS"), None);
}

#[tokio::test]
async fn tls_before_1_2_is_not_spoken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 2048];
            let _ = stream.read(&mut hello).await;
            // A hello of TLS 1.1 with a suite of its time: version, random, no session, suite, no compression.
            let mut body = vec![2, 0, 0, 38, 3, 2];
            body.extend([9; 32]);
            body.extend([0, 0xc0, 0x13, 0]);
            let mut record = vec![22, 3, 2, 0, 42];
            record.extend(body);
            let _ = stream.write_all(&record).await;
            let _ = stream.read(&mut hello).await;
        }
    });
    assert_eq!(cause(settings(&format!("https://{address}"))).await, NoConnection::TlsTooOld);
}

/// Counts who comes.
async fn thief() -> (std::net::SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, came) = (listener.local_addr().expect("an address"), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&came);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, came)
}

/// Goes there, and is the first: who came is counted in the order of coming.
async fn nobody_came(thief: std::net::SocketAddr, came: &AtomicU32) {
    let _visit = tokio::net::TcpStream::connect(thief).await.expect("a thief");
    while came.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(came.load(Ordering::SeqCst), 1, "somebody went there");
}

#[tokio::test]
async fn nobody_but_the_tenant_is_spoken_to_whatever_it_answers() {
    let (thief, came) = thief().await;
    // A page that says that the next one is elsewhere, and an operation that is said to go on elsewhere.
    let page = format!(
        r#"{{"Devices":[{{"Id":{{"Value":1}},"Uuid":"00000000-0000-4000-8000-000000000001"}}],"Page":0,"PageSize":1,"Total":1,
            "next":"http://{thief}/API/v1/devices/search?page=1","Links":[{{"Rel":"next","Href":"http://{thief}/"}}]}}"#
    );
    let with_location = |status: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nLocation: http://{thief}/api/x\r\nLink: <http://{thief}/>; rel=\"next\"\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    };
    for dialect in Dialect::ALL {
        let address = plain(with_location("200 OK", &page)).await;
        let given = Settings { dialect: Some(dialect), ..settings(&format!("http://{address}")) };
        let (client, _) = connect(given).await.expect("no contact needed");
        let _ = client.devices(&Default::default()).await;
        for status in ["202 Accepted", "201 Created", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
            let body = format!(r#"{{"OperationId":"http://{thief}/","CommandUuid":"x"}}"#);
            let address = plain(with_location(status, &body)).await;
            let given = Settings { dialect: Some(dialect), ..settings(&format!("http://{address}")) };
            let (client, writer) = connect(given).await.expect("no contact needed");
            let command = muster_model::commands::Command::SyncDevice;
            let device = muster_model::ids::DeviceId(1);
            let sent = writer.command(device, command, &serde_json::Map::new()).await;
            if status.starts_with('3') {
                assert!(matches!(sent, Err(Error::Redirected { .. })), "{status}: {sent:?}");
            }
            // An operation's id is a part of the path, never an address.
            let _ = client.operation(&format!("http://{thief}/")).await;
        }
    }
    nobody_came(thief, &came).await;
}

#[tokio::test]
async fn a_secret_does_not_follow_the_redirect_of_a_token_host() {
    let (thief, came) = thief().await;
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://{thief}/token\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    let tokens = plain(redirect).await;
    for secret_in in [SecretIn::Body, SecretIn::Header] {
        let credentials = Credentials::OAuth {
            token_url: format!("http://{tokens}/connect/token").parse().expect("a URL"),
            client_id: "client".to_owned(),
            client_secret: "hush".to_owned().into(),
            secret_in,
            tenant_code: None,
        };
        let error = connect(Settings { credentials, ..settings("http://127.0.0.1:9") }).await.expect_err("redirected");
        assert!(matches!(error, Error::Redirected { .. }), "{error:?}");
    }
    nobody_came(thief, &came).await;
}

#[tokio::test]
async fn a_client_secret_travels_in_the_body_or_in_a_header() {
    let uem = stage::tenant().await;
    for wanted in [SecretIn::Body, SecretIn::Header] {
        let mut given = stage::oauth(&uem);
        if let Credentials::OAuth { secret_in, .. } = &mut given.credentials {
            *secret_in = wanted;
        }
        let (client, _) = connect(given).await.expect("signs in");
        let signed = client.sign_in().await;
        assert_eq!(signed.kind, "oauth");
        assert!(signed.token_expires_in.is_some_and(|left| left > Duration::from_secs(3500)), "{signed:?}");
    }
    uem.stop().await;
}

/// A proxy that wants a name and a password, and passes on what comes with them.
async fn proxy(to: std::net::SocketAddr) -> (std::net::SocketAddr, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, passed) = (listener.local_addr().expect("an address"), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&passed);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                    let mut byte = [0];
                    if client.read_exact(&mut byte).await.is_err() {
                        return;
                    }
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).to_lowercase();
                let known = format!("proxy-authorization: basic {}", STANDARD.encode("me:hush").to_lowercase());
                if !head.contains(&known) {
                    let _ = client.write_all(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n").await;
                    return;
                }
                counter.fetch_add(1, Ordering::SeqCst);
                let mut server = tokio::net::TcpStream::connect(to).await.expect("connects");
                let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, passed)
}

#[tokio::test]
async fn a_proxy_is_told_who_asks_and_nothing_of_the_tenants_credentials() {
    let authority = Authority::new();
    let server = secure(authority.issue("tenant.example", 2020, 2100), info()).await;
    let (proxy, passed) = proxy(server).await;
    let url: url::Url = format!("http://{proxy}").parse().expect("a URL");
    let through =
        |proxy: Proxy| Settings { proxy, extra_roots_pem: Some(authority.pem()), ..settings("https://tenant.example") };
    let signed = |password: &str| Proxy::SignedIn {
        url: url.clone(),
        username: "me".to_owned(),
        password: SecretString::from(password.to_owned()),
    };
    connect(through(signed("hush"))).await.expect("through the proxy");
    assert!(passed.load(Ordering::SeqCst) > 0);
    assert_eq!(cause(through(signed("wrong"))).await, NoConnection::Proxy);
    assert_eq!(cause(through(Proxy::Url(url.clone()))).await, NoConnection::Proxy);
    assert!(!format!("{:?}", signed("hush")).contains("hush"));
    // Without it there is no way to that name.
    assert_eq!(cause(through(Proxy::Direct)).await, NoConnection::NoSuchHost);
}

#[tokio::test]
async fn who_is_there_is_found_out_without_credentials() {
    let uem = stage::tenant().await;
    let spoken = greet(stage::settings(&uem)).await.expect("a UEM");
    assert_eq!(spoken, Dialect::ALL);
    uem.stop().await;
    let page = plain(answer("200 OK", "text/html", "<!DOCTYPE html><html>Console</html>")).await;
    let error = greet(settings(&format!("http://{page}"))).await.expect_err("a console");
    assert!(error.kind() == Kind::Protocol && error.to_string().contains("a web page"), "{error}");
}
