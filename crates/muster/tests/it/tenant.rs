//! A UEM served by the real binary in a folder of its own, and the real binary pointed at it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::assert::Assert;
use muster_store::{Database, Options};
use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub(crate) const MUSTER: &str = env!("CARGO_BIN_EXE_muster");

/// How long a served UEM may take until it accepts connections.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder with a `MUSTER_HOME`, and whatever files a test needs.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The state folder.
    pub(crate) fn state(&self) -> PathBuf {
        self.path("home").join("state")
    }

    /// Writes a file and returns its path as text.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("writes");
        path.to_string_lossy().into_owned()
    }

    /// Somebody who may approve everything; answers where the key is.
    pub(crate) fn approver(&self, name: &str) -> String {
        let key = format!("file:{}", self.path(&format!("{name}.key")).display());
        let made = json(&self.run(&["keys", "new", name, "--to", &key, "-o", "json"]).success());
        let public = made["public_key"].as_str().expect("a key");
        self.run(&["approvers", "add", public, "--key", &key, "--yes"]).success();
        key
    }

    /// The program with nothing of this process's environment.
    pub(crate) fn muster(&self, args: &[&str]) -> Command {
        let mut command = Command::new(MUSTER);
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env_clear().env("MUSTER_HOME", self.path("home")).env("USER", "tester");
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Assert {
        assert_cmd::Command::from_std(self.muster(args)).timeout(Duration::from_secs(120)).assert()
    }
}

/// What `muster uem serve` writes once it listens.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Ready {
    pub(crate) url: String,
    pub(crate) tenant_code: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) oauth: OAuth,
}

#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct OAuth {
    pub(crate) token_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// A served UEM with a home that points at it.
pub(crate) struct Tenant {
    pub(crate) home: Home,
    pub(crate) ready: Ready,
    child: Child,
}

impl Tenant {
    /// So many devices, which live a thousand times faster than real ones.
    pub(crate) fn with_devices(devices: u32) -> Self {
        Self::serve(&["--devices", &devices.to_string(), "--speed", "1000"])
    }

    /// A UEM with flags of the test's choice.
    pub(crate) fn serve(flags: &[&str]) -> Self {
        let home = Home::new();
        let (child, ready) = serve(&home, flags);
        Self { home, ready, child }
    }

    /// The program with this tenant named by the environment.
    pub(crate) fn muster(&self, args: &[&str]) -> Command {
        let mut command = self.home.muster(args);
        command
            .env("MUSTER_URL", &self.ready.url)
            .env("MUSTER_TENANT_CODE", &self.ready.tenant_code)
            .env("MUSTER_USERNAME", &self.ready.username)
            .env("MUSTER_PASSWORD", &self.ready.password);
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Assert {
        assert_cmd::Command::from_std(self.muster(args)).timeout(Duration::from_secs(300)).assert()
    }

    /// Runs the program, which has to succeed, and reads its JSON.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        json(&self.run(args).success())
    }

    /// How often each device was sent each command, as the UEM itself counts.
    pub(crate) fn ledger(&self) -> BTreeMap<(i64, String), u64> {
        ledger(&self.home.path("uem"))
    }

    /// How many commands the UEM has ever accepted.
    pub(crate) fn sent(&self) -> u64 {
        self.ledger().values().sum()
    }

    /// Changes something behind the UEM's back.
    pub(crate) fn write(&self, sql: &'static str, texts: &[&str]) {
        let url = format!("sqlite:{}", self.home.path("uem").join("tenant.db").display());
        block_on(async {
            let database = Database::open(&url, Options::default()).await.expect("opens");
            let arguments = texts.iter().map(|text| (*text).into()).collect();
            database.execute(sql, arguments).await.expect("writes");
            database.close().await;
        });
    }

    /// The same UEM after a restart.
    pub(crate) fn restart(self) -> Self {
        self.stopped().started()
    }

    /// The same UEM, killed: nobody answers at its address.
    pub(crate) fn stopped(mut self) -> Self {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(self.home.path("ready.json"));
        self
    }

    /// A stopped UEM started again, at the same address.
    pub(crate) fn started(self) -> Self {
        self.started_with(&["--speed", "1000"])
    }

    /// The same with flags of the test's choice.
    pub(crate) fn started_with(mut self, flags: &[&str]) -> Self {
        let address = self.ready.url.split("://").nth(1).expect("an address").trim_end_matches('/').to_owned();
        let (child, ready) = serve(&self.home, &[&["--listen", &address], flags].concat());
        assert_eq!(ready.url, self.ready.url);
        (self.child, self.ready) = (child, ready);
        self
    }

    /// Serial numbers of the first devices.
    pub(crate) fn serials(&self, count: usize) -> Vec<String> {
        let devices = self.json(&["devices", "search", "-o", "json"]);
        let devices = devices.as_array().expect("a list");
        assert!(devices.len() >= count, "the fleet has {} devices", devices.len());
        let serial = |device: &Value| device["serial_number"].as_str().expect("a serial number").to_owned();
        devices.iter().take(count).map(serial).collect()
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts `muster uem serve` in `home` and waits until it listens.
pub(crate) fn serve(home: &Home, flags: &[&str]) -> (Child, Ready) {
    serve_as(home, "uem", "ready.json", flags)
}

/// The same with another folder and another ready file.
pub(crate) fn serve_as(home: &Home, data: &str, ready_file: &str, flags: &[&str]) -> (Child, Ready) {
    let ready = home.path(ready_file);
    let mut args = vec!["uem", "serve", "--data", data, "--ready-file", ready_file];
    args.extend(flags);
    let mut child = home.muster(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let begun = Instant::now();
    loop {
        if let Ok(text) = std::fs::read(&ready)
            && let Ok(ready) = serde_json::from_slice(&text)
        {
            return (child, ready);
        }
        if let Some(status) = child.try_wait().expect("can be asked") {
            panic!("the UEM ended with {status} before it listened");
        }
        assert!(begun.elapsed() < PATIENCE, "the UEM does not listen");
        pause();
    }
}

/// Lets other processes go on.
pub(crate) fn pause() {
    let (_keep, wait) = std::sync::mpsc::channel::<()>();
    let _ = wait.recv_timeout(Duration::from_millis(10));
}

/// Counts the commands in a UEM's own database.
pub(crate) fn ledger(data: &Path) -> BTreeMap<(i64, String), u64> {
    let url = format!("sqlite:{}", data.join("tenant.db").display());
    block_on(async {
        let database = Database::open(&url, Options::default()).await.expect("opens");
        let sql = "select device_id, command, count(*) as count from commands group by device_id, command";
        let rows = database.fetch(sql, Vec::new()).await.expect("reads");
        let read = |row: &muster_store::Row| {
            let key = (row.get("device_id").expect("an id"), row.get("command").expect("a name"));
            (key, row.get("count").expect("a number"))
        };
        let ledger = rows.iter().map(read).collect();
        database.close().await;
        ledger
    })
}

/// Runs a future in a test that is not asynchronous.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// What a run wrote to stdout, as JSON.
pub(crate) fn json(assert: &Assert) -> Value {
    let out = &assert.get_output().stdout;
    serde_json::from_slice(out)
        .unwrap_or_else(|error| panic!("{error}: {} {}", String::from_utf8_lossy(out), stderr(assert)))
}

/// What a run wrote to stdout.
pub(crate) fn stdout(assert: &Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

/// What a run wrote to stderr.
pub(crate) fn stderr(assert: &Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
}

/// The error envelope of a run with `-o json`.
#[track_caller]
pub(crate) fn envelope(assert: &Assert) -> Value {
    envelope_of(&stderr(assert))
}

/// The error envelope in what a run wrote to stderr.
#[track_caller]
pub(crate) fn envelope_of(text: &str) -> Value {
    let line =
        text.lines().rev().find(|line| line.starts_with("{\"error\"")).unwrap_or_else(|| panic!("no envelope: {text}"));
    serde_json::from_str::<Value>(line).expect("is JSON")["error"].clone()
}
