//! The network between the engine's processes and the tenant: no socket, but everything that sockets bring. A request
//! and its answer each take some time; some connections are refused, some requests never arrive, some answers are lost,
//! and some just never come.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use muster_client::{Link, Outside};
use muster_uem::Running;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::sleep;

use super::dice::mixed;
use super::record::Record;

/// How bad the network is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    /// Of ten thousand.
    pub(crate) refused: u64,
    pub(crate) lost_request: u64,
    pub(crate) lost_answer: u64,
    pub(crate) never: u64,
    /// The longest way in one direction, in milliseconds.
    pub(crate) latency: u64,
}

impl Weather {
    pub(crate) const CALM: Self = Self { refused: 0, lost_request: 0, lost_answer: 0, never: 0, latency: 20 };
}

/// The network as one process has it. Random numbers are made of the seed and a counter, so that it can be shared
/// between threads, which the client's types ask for.
pub(crate) struct Network {
    pub(crate) uem: Arc<Running>,
    pub(crate) record: Record,
    pub(crate) process: usize,
    pub(crate) weather: Arc<Mutex<Weather>>,
    pub(crate) draws: Arc<Mutex<u64>>,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("process", &self.process).finish_non_exhaustive()
    }
}

/// What one connection keeps of it.
#[derive(Clone)]
struct Line {
    record: Record,
    process: usize,
    weather: Arc<Mutex<Weather>>,
    draws: Arc<Mutex<u64>>,
}

impl Line {
    fn below(&self, sides: u64) -> u64 {
        let mut draws = self.draws.lock().expect("one thread");
        *draws = draws.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(*draws) % sides
    }

    fn weather(&self) -> Weather {
        *self.weather.lock().expect("one thread")
    }

    fn meets(&self, of_ten_thousand: u64) -> bool {
        self.below(10_000) < of_ten_thousand
    }

    async fn way(&self) {
        let longest = self.weather().latency;
        // Most are quick, some are not.
        let longest = if self.below(10) == 0 { longest } else { longest / 8 };
        sleep(Duration::from_millis(1 + self.below(longest.max(1)))).await;
    }

    /// Carries requests to the tenant and answers back until either side closes.
    async fn carry(self, mut client: DuplexStream, mut tenant: DuplexStream) {
        let mut under_way = None;
        let mut answer = Vec::new();
        let (mut from_client, mut from_tenant) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        loop {
            tokio::select! {
                biased;
                read = client.read(&mut from_client) => {
                    let Ok(count @ 1..) = read else { return };
                    if under_way.is_none() {
                        under_way = Some(self.record.left(self.process, &asked(&from_client[..count])));
                    }
                    self.way().await;
                    if self.meets(self.weather().lost_request) {
                        self.record.event(&format!("{} loses a request", self.process));
                        return;
                    }
                    if tenant.write_all(&from_client[..count]).await.is_err() {
                        return;
                    }
                }
                read = tenant.read(&mut from_tenant) => {
                    let Ok(count @ 1..) = read else {
                        // What there is of an answer that broke off.
                        let _ = client.write_all(&answer).await;
                        return;
                    };
                    answer.extend_from_slice(&from_tenant[..count]);
                    let whole = is_whole(&answer);
                    if !whole {
                        continue;
                    }
                    self.way().await;
                    if self.meets(self.weather().lost_answer) {
                        self.record.event(&format!("{} loses an answer", self.process));
                        return;
                    }
                    if self.meets(self.weather().never) {
                        self.record.event(&format!("{} waits for ever", self.process));
                        // Until the client gives up and closes.
                        let _ = client.read(&mut from_client).await;
                        return;
                    }
                    if let Some(number) = under_way.take() {
                        self.record.answered(number, &String::from_utf8_lossy(&answer));
                    }
                    if client.write_all(&answer).await.is_err() {
                        return;
                    }
                    answer.clear();
                }
            }
        }
    }
}

/// Method, path and body of a request.
fn asked(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1");
    if body.is_empty() { line.to_owned() } else { format!("{line} {body}") }
}

/// Whether an answer is here to its end. One that breaks off never is, and ends with its connection.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    match length {
        Some(length) => answer.len() >= head + 4 + length,
        None if text.contains("transfer-encoding: chunked") => answer.ends_with(b"0\r\n\r\n"),
        None => true,
    }
}

impl Outside for Network {
    fn connect<'a>(&'a self, _host: &'a str, _port: u16) -> BoxFuture<'a, io::Result<Box<dyn Link>>> {
        Box::pin(async move {
            let line = Line {
                record: self.record.clone(),
                process: self.process,
                weather: Arc::clone(&self.weather),
                draws: Arc::clone(&self.draws),
            };
            line.way().await;
            if line.meets(line.weather().refused) {
                line.record.event(&format!("{} is refused a connection", self.process));
                return Err(io::ErrorKind::ConnectionRefused.into());
            }
            let tenant = self.uem.dial()?;
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            tokio::spawn(line.carry(theirs, tenant));
            Ok(Box::new(ours) as Box<dyn Link>)
        })
    }

    fn chance(&self) -> f64 {
        let mut draws = self.draws.lock().expect("one thread");
        *draws = draws.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mixed(*draws) % 1_000_000) as f64 / 1e6
    }
}
