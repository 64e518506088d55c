//! The least that a server can do, as a process of its own so that its processor time is not ours: it accepts
//! commands, counts them, and serves pages of devices whose rows were written once. What became of a command it does not
//! know.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::rows;

/// The word that makes this program the server.
pub(crate) const SERVE: &str = "serve";

/// A server that ends with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts one whose commands take so long.
    pub(crate) fn start(delay: Duration) -> Self {
        let program = std::env::current_exe().expect("a program");
        let mut child = std::process::Command::new(program)
            .args([SERVE, &delay.as_millis().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a port");
        Self { child, port: line.trim().parse().expect("a port") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Shared {
    delay: Duration,
    accepted: AtomicU64,
    rows: Vec<Vec<u8>>,
}

/// Serves until it is killed.
#[expect(clippy::print_stdout, reason = "the parent reads the port")]
pub(crate) async fn serve(delay: Duration) {
    let shared = Arc::new(Shared { delay, accepted: AtomicU64::new(0), rows: rows::all() });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("set");
        tokio::spawn(converse(stream, shared.clone()));
    }
}

fn whole(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ndate: Wed, 25 Nov 2026 12:00:00 GMT\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn converse(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let head = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if !matches!(stream.read_buf(&mut buffer).await, Ok(1..)) {
                return;
            }
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.split_once("content-length: ").and_then(|(_, rest)| rest.split('\r').next()?.parse().ok());
        while buffer.len() < head + length.unwrap_or(0) {
            if !matches!(stream.read_buf(&mut buffer).await, Ok(1..)) {
                return;
            }
        }
        buffer.drain(..head + length.unwrap_or(0));
        let sent = if text.starts_with("post ") {
            if !shared.delay.is_zero() {
                tokio::time::sleep(shared.delay).await;
            }
            let number = shared.accepted.fetch_add(1, Ordering::Relaxed);
            stream.write_all(&whole("202 Accepted", format!(r#"{{"Command":{number}}}"#).as_bytes())).await
        } else if text.starts_with("get /accepted ") {
            stream.write_all(&whole("200 OK", shared.accepted.load(Ordering::Relaxed).to_string().as_bytes())).await
        } else if text.contains("/eventlog") {
            stream.write_all(&whole("200 OK", b"{}")).await
        } else {
            let given =
                |name: &str| text.split_once(name).and_then(|(_, rest)| rest.split(['&', ' ']).next()?.parse().ok());
            let (page, size) = (given("page=").unwrap_or(0_usize), given("pagesize=").unwrap_or(rows::ROWS));
            stream.write_all(&whole("200 OK", &rows::page_of(&shared.rows, page, size))).await
        };
        if sent.is_err() {
            return;
        }
    }
}
