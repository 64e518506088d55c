//! A server on loopback that expects certain requests in a certain order, and checks every one of them whole.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::Value;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What a request has to be, and what it is answered.
pub(crate) struct Turn {
    /// Method, path and query.
    pub(crate) line: &'static str,
    /// Headers that have to be there, names in lower case. `""` as a value: it must not be there.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Sent,
    pub(crate) status: u16,
    pub(crate) answer: Value,
}

/// What a request carries.
pub(crate) enum Sent {
    Nothing,
    Json(Value),
    /// Pairs in any order.
    Form(Vec<(&'static str, String)>),
}

/// Headers that say nothing about the question.
const USUAL: [&str; 6] = ["host", "accept", "user-agent", "content-length", "content-type", "accept-encoding"];

pub(crate) struct Listener {
    pub(crate) port: u16,
    turns: JoinHandle<()>,
}

impl Listener {
    pub(crate) fn expecting(turns: Vec<Turn>) -> Self {
        Self::serving(None, turns)
    }

    pub(crate) fn by_tls(config: ServerConfig, turns: Vec<Turn>) -> Self {
        Self::serving(Some(Arc::new(config)), turns)
    }

    fn serving(tls: Option<Arc<ServerConfig>>, turns: Vec<Turn>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let port = listener.local_addr().expect("has one").port();
        let turns = std::thread::spawn(move || {
            for turn in turns {
                let (stream, _) = listener.accept().expect("a caller");
                stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).expect("sets it");
                match &tls {
                    None => answer(stream, &turn),
                    Some(config) => {
                        let connection = ServerConnection::new(config.clone()).expect("a connection");
                        answer(StreamOwned::new(connection, stream), &turn);
                    }
                }
            }
        });
        Self { port, turns }
    }

    /// Every turn was taken, and each as expected.
    #[track_caller]
    pub(crate) fn finished(self) {
        if let Err(panic) = self.turns.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

fn answer(stream: impl Read + Write, turn: &Turn) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request");
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        let name = name.to_lowercase();
        if name == "content-length" {
            length = value.parse().expect("a length");
        }
        headers.push((name, value.to_owned()));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    // The caller hears something else than what it hoped for if anything is wrong, and the test the reason.
    let wrong = check(turn, line.trim_end(), &headers, &body).err();
    let (status, text) = match &wrong {
        None => (turn.status, if turn.answer.is_null() { String::new() } else { turn.answer.to_string() }),
        Some(_) => (418, String::new()),
    };
    let stream = reader.get_mut();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(text.as_bytes())).expect("answers");
    stream.flush().expect("answers");
    if let Some(wrong) = wrong {
        panic!("{wrong}");
    }
}

fn check(turn: &Turn, line: &str, headers: &[(String, String)], body: &[u8]) -> Result<(), String> {
    let expected = format!("{} HTTP/1.1", turn.line);
    if line != expected {
        return Err(format!("asked {line:?} instead of {expected:?}"));
    }
    for (name, value) in &turn.headers {
        let sent = headers.iter().find(|(sent, _)| sent == name).map_or("", |(_, value)| value);
        if sent != value {
            return Err(format!("{line}: the header {name} is {sent:?} instead of {value:?}"));
        }
    }
    let unexpected = |name: &str| !USUAL.contains(&name) && !turn.headers.iter().any(|(known, _)| known == &name);
    if let Some((name, _)) = headers.iter().find(|(name, _)| unexpected(name)) {
        return Err(format!("{line}: the header {name} is not expected"));
    }
    let of_type = |kind: &str| headers.iter().any(|(name, value)| name == "content-type" && value.starts_with(kind));
    match &turn.body {
        Sent::Nothing if body.is_empty() => Ok(()),
        Sent::Nothing => Err(format!("{line}: a body was sent")),
        Sent::Json(document) => {
            let sent: Value = serde_json::from_slice(body).map_err(|error| format!("{line}: {error}"))?;
            let fits = &sent == document && of_type("application/json");
            if fits { Ok(()) } else { Err(format!("{line}: {sent} instead of {document}")) }
        }
        Sent::Form(pairs) => {
            let mut sent: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
            let mut wanted: Vec<(String, String)> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            sent.sort();
            wanted.sort();
            let fits = sent == wanted && of_type("application/x-www-form-urlencoded");
            if fits { Ok(()) } else { Err(format!("{line}: {sent:?} instead of {wanted:?}")) }
        }
    }
}

/// A server on loopback that answers everything with 200 and the same document, until the test ends.
pub(crate) struct Answering {
    pub(crate) url: String,
    document: Arc<std::sync::Mutex<Value>>,
}

impl Answering {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
        let url = format!("http://{}", listener.local_addr().expect("has one"));
        let document = Arc::new(std::sync::Mutex::new(Value::Null));
        let said = Arc::clone(&document);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let text = said.lock().expect("not poisoned").to_string();
                std::thread::spawn(move || repeat(stream, &text));
            }
        });
        Self { url, document }
    }

    pub(crate) fn say(&self, document: Value) {
        *self.document.lock().expect("not poisoned") = document;
    }
}

/// Answers one request. A caller that goes away is no failure.
fn repeat(stream: std::net::TcpStream, text: &str) {
    let _ = stream.set_read_timeout(Some(std::time::Duration::from_secs(60)));
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some((name, value)) = line.trim_end().split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.parse().unwrap_or_default();
        }
        line.clear();
    }
    let _ = reader.read_exact(&mut vec![0; length]);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        text.len()
    );
    let _ = reader.get_mut().write_all(head.as_bytes()).and_then(|()| reader.get_mut().write_all(text.as_bytes()));
}
