//! What the same work costs with the least that it takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

async fn bare(port: u16) -> hyper::client::conn::http1::SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connects");
    stream.set_nodelay(true).expect("set");
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("speaks");
    tokio::spawn(connection);
    sender
}

async fn ask(
    sender: &mut hyper::client::conn::http1::SendRequest<Full<Bytes>>,
    method: http::Method,
    path: &str,
) -> Bytes {
    let body = Full::new(if method == http::Method::POST { Bytes::from_static(b"{}") } else { Bytes::new() });
    let request = http::Request::builder().method(method).uri(path).header("host", "127.0.0.1").body(body);
    let answer = sender.send_request(request.expect("a request")).await.expect("an answer");
    assert!(answer.status().is_success());
    answer.into_body().collect().await.expect("a body").to_bytes()
}

/// Commands over so many bare connections of hyper.
pub(crate) async fn hyper(port: u16, lanes: usize, count: u64) {
    let next = Arc::new(AtomicU64::new(0));
    let lanes: Vec<_> = (0..lanes)
        .map(|_| {
            let next = next.clone();
            tokio::spawn(async move {
                let mut sender = bare(port).await;
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let path = format!("/api/mdm/devices/{number}/commands?command=DeviceQuery");
                    ask(&mut sender, http::Method::POST, &path).await;
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.expect("no panic");
    }
}

/// How many commands the server has accepted.
pub(crate) async fn accepted(port: u16) -> u64 {
    let body = ask(&mut bare(port).await, http::Method::GET, "/accepted").await;
    String::from_utf8_lossy(&body).parse().expect("a number")
}
