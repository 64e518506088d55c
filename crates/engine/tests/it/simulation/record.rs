//! Everything that happened in a simulated day, in its order: a hash over it, which is the same whenever the same day is
//! lived again, and what the checks at the end of the day look at.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

/// A request and what became of it, as somebody saw it who stands at the client's socket.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) process: usize,
    /// Method, path and body.
    pub(crate) request: String,
    /// The status that the client got to read.
    pub(crate) status: Option<u16>,
}

/// Clones write into the same record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    start: Instant,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    hash: u64,
    events: u64,
    aloud: bool,
    /// Numbers of what is random and means nothing, by first appearance.
    names: HashMap<String, usize>,
    exchanges: Vec<Exchange>,
    /// When a permit for a request was given.
    permits: Vec<(usize, Duration)>,
    /// When who was told to keep quiet for how long.
    refusals: Vec<(usize, Duration, Duration)>,
    kills: u64,
    pauses: u64,
}

impl Record {
    pub(crate) fn new(aloud: bool) -> Self {
        let inner = Inner { hash: 0xcbf2_9ce4_8422_2325, aloud, ..Inner::default() };
        Self { start: Instant::now(), inner: Arc::new(Mutex::new(inner)) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("one thread")
    }

    /// Virtual time since the day began.
    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Takes an event in.
    pub(crate) fn event(&self, text: &str) {
        let now = self.now();
        let mut inner = self.inner();
        let text = nameless(text, &mut inner.names);
        inner.events += 1;
        for byte in now.as_micros().to_le_bytes().iter().chain(text.as_bytes()) {
            inner.hash = (inner.hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        if inner.aloud {
            say(&format!("{:>12.6} {text}", now.as_secs_f64()));
        }
    }

    /// A request leaves; answers with its number.
    pub(crate) fn left(&self, process: usize, request: &str) -> usize {
        self.event(&format!("{process} sends {request}"));
        let exchange = Exchange { process, request: request.to_owned(), status: None };
        let mut inner = self.inner();
        inner.exchanges.push(exchange);
        inner.exchanges.len() - 1
    }

    /// The answer to a request has come.
    pub(crate) fn answered(&self, number: usize, answer: &str) {
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
        let process = {
            let mut inner = self.inner();
            inner.exchanges[number].status = status;
            inner.exchanges[number].process
        };
        self.event(&format!("{process} hears {answer}"));
    }

    pub(crate) fn permitted(&self, process: usize) {
        self.event(&format!("{process} may send"));
        let now = self.now();
        self.inner().permits.push((process, now));
    }

    pub(crate) fn refused(&self, process: usize, wait: Duration) {
        self.event(&format!("{process} is to wait {wait:?}"));
        let now = self.now();
        self.inner().refusals.push((process, now, wait));
    }

    pub(crate) fn killed(&self, process: usize, how: &str) {
        self.event(&format!("{process} is killed: {how}"));
        self.inner().kills += 1;
    }

    pub(crate) fn paused(&self, process: usize, time: Duration) {
        self.event(&format!("{process} stands still for {time:?}"));
        self.inner().pauses += 1;
    }

    pub(crate) fn hash(&self) -> u64 {
        self.inner().hash
    }

    pub(crate) fn events(&self) -> u64 {
        self.inner().events
    }

    pub(crate) fn kills(&self) -> u64 {
        self.inner().kills
    }

    pub(crate) fn pauses(&self) -> u64 {
        self.inner().pauses
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.inner().exchanges.clone()
    }

    pub(crate) fn permits(&self) -> Vec<(usize, Duration)> {
        self.inner().permits.clone()
    }

    pub(crate) fn refusals(&self) -> Vec<(usize, Duration, Duration)> {
        self.inner().refusals.clone()
    }
}

/// Ids and hashes are random, and nothing may depend on them: the first one is 0, wherever it comes again.
fn nameless(text: &str, names: &mut HashMap<String, usize>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
    while let Some(at) = rest.find(is_part) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if part.len() >= 32 {
            let next = names.len();
            let number = *names.entry(part.to_ascii_lowercase()).or_insert(next);
            let _ = write!(out, "#{number}");
        } else {
            out.push_str(part);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// For whoever replays a day.
#[expect(clippy::print_stderr, reason = "a replay tells what happens")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}
