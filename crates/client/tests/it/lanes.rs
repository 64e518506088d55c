//! Connections: used again, replaced when the server has closed them, and led through proxies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use muster_client::{Dialect, Kind, NoConnection, Proxy, Settings, connect};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use serde_json::Map;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::peer::{Authority, answer, secure, settings};

const INFO: &str = r#"{"ProductName":"Workspace ONE UEM","ProductVersion":"26.2.0.14"}"#;

fn kept_open(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The head of the next request, and what came of its body with it.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    while !text.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => text.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// A server that counts connections that came and that it closed, each after so many answers.
async fn server(answers: u32) -> (String, Arc<AtomicU32>, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let connections = Arc::new(AtomicU32::new(0));
    let closed = Arc::new(AtomicU32::new(0));
    let (count, farewells) = (connections.clone(), closed.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let farewells = farewells.clone();
            tokio::spawn(async move {
                for _ in 0..answers {
                    if head(&mut stream).await.is_none() {
                        return;
                    }
                    stream.write_all(kept_open(INFO).as_bytes()).await.expect("answers");
                }
                drop(stream);
                farewells.fetch_add(1, Ordering::Relaxed);
            });
        }
    });
    (url, connections, closed)
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (url, connections, _) = server(1000).await;
    let (client, _) = connect(Settings { dialect: Some(Dialect::Guide), ..settings(&url) }).await.expect("a tenant");
    for _ in 0..50 {
        client.system_info().await.expect("answers");
    }
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    let many = (0..8).map(|_| client.system_info());
    futures_util::future::join_all(many).await.into_iter().for_each(|info| drop(info.expect("answers")));
    assert!(connections.load(Ordering::Relaxed) <= 8);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_costs_no_write() {
    let (url, connections, closed) = server(1).await;
    let given = Settings { dialect: Some(Dialect::Guide), ..settings(&url) };
    let (client, writer) = connect(given).await.expect("a tenant");
    for number in 1..=20 {
        writer.command(DeviceId(1), Command::SyncDevice, &Map::new()).await.expect("sent once, and answered");
        while closed.load(Ordering::Relaxed) < number {
            tokio::task::yield_now().await;
        }
        // On loopback the farewell has come with that, and the runtime looks at its sockets before it comes back here.
        tokio::task::yield_now().await;
    }
    assert_eq!((client.statistics().calls, connections.load(Ordering::Relaxed)), (20, 20));
}

/// A proxy that shows the head of each request. A tunnel leads to the wanted port on loopback, whatever the name.
async fn proxy() -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (show, shown) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let show = show.clone();
            tokio::spawn(async move {
                let Some(head) = head(&mut stream).await else { return };
                let port =
                    head.split(' ').nth(1).and_then(|target| target.rsplit_once(':')).map(|(_, port)| port.to_owned());
                let tunnel = head.starts_with("CONNECT ");
                show.send(head).expect("somebody looks");
                if !tunnel {
                    stream.write_all(answer("200 OK", "application/json", INFO).as_bytes()).await.expect("answers");
                    return;
                }
                stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.expect("answers");
                let mut host =
                    TcpStream::connect(format!("127.0.0.1:{}", port.expect("a port"))).await.expect("a host");
                // Either side may hang up.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut host).await;
            });
        }
    });
    (address, shown)
}

#[tokio::test]
async fn plain_requests_are_handed_to_the_proxy_whole() {
    let (address, mut shown) = proxy().await;
    let proxy = Proxy::Url(format!("http://me:p%40ss@{address}").parse().expect("a URL"));
    let given = Settings { proxy, dialect: Some(Dialect::Guide), ..settings("http://tenant.example.com/gate") };
    let (client, _) = connect(given).await.expect("a tenant");
    client.system_info().await.expect("answers");
    let head = shown.recv().await.expect("a request").to_lowercase();
    assert!(head.starts_with("get http://tenant.example.com/gate/api/v1/system/info http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nhost: tenant.example.com\r\n"), "{head}");
    assert!(head.contains(&"\r\nproxy-authorization: Basic bWU6cEBzcw==\r\n".to_lowercase()), "{head}");
}

#[tokio::test]
async fn behind_tls_the_proxy_sees_a_name_and_its_own_credentials() {
    let authority = Authority::new();
    let host =
        secure(authority.issue("tenant.example.com", 2020, 2100), answer("200 OK", "application/json", INFO)).await;
    let (address, mut shown) = proxy().await;
    let through = Settings {
        proxy: Proxy::Url(format!("http://me:secret@{address}").parse().expect("a URL")),
        extra_roots_pem: Some(authority.pem()),
        ..settings(&format!("https://tenant.example.com:{}", host.port()))
    };
    let (client, _) = connect(through).await.expect("a tenant");
    client.system_info().await.expect("answers");
    let head = shown.recv().await.expect("a request");
    assert!(head.starts_with(&format!("CONNECT tenant.example.com:{} HTTP/1.1\r\n", host.port())), "{head}");
    assert!(head.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"), "{head}");
    let lower = head.to_lowercase();
    assert!(!lower.contains("\r\nauthorization:") && !lower.contains("aw-tenant-code"), "{head}");
}

#[tokio::test]
async fn a_proxy_of_another_kind_or_that_is_down_is_named() {
    let other = Proxy::Url("socks5://127.0.0.1:1080".parse().expect("a URL"));
    let error =
        connect(Settings { proxy: other, ..settings("https://tenant.example.com") }).await.expect_err("no proxy");
    assert_eq!(error.kind(), Kind::Invalid, "{error}");
    let silent = crate::peer::plain("SSH-2.0-OpenSSH_9.9\r\n".to_owned()).await;
    let silent = Proxy::Url(format!("http://{silent}").parse().expect("a URL"));
    let error =
        connect(Settings { proxy: silent, ..settings("https://tenant.example.com") }).await.expect_err("no proxy");
    assert_eq!(error.no_connection(), Some(&NoConnection::Proxy), "{error}");
}
