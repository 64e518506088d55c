//! The program against a state on a disk that fails it: what has to be true when it ended, and how an operator goes on.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::tenant::{MUSTER, Tenant, envelope_of};

/// Devices of each attempt, which no other attempt touches.
pub(crate) const DEVICES: usize = 5;

/// A tenant with as many untouched devices as there are attempts.
pub(crate) struct Range {
    pub(crate) tenant: Tenant,
    devices: Vec<i64>,
    attempts: usize,
}

impl Range {
    pub(crate) fn new(devices: u32) -> Self {
        let tenant = Tenant::with_devices(devices);
        let devices = tenant.json(&["devices", "search", "-o", "json"]);
        let devices = devices.as_array().expect("a list").iter().filter(|device| device["enrollment"] == "Enrolled");
        let devices = devices.map(|device| device["device_id"].as_i64().expect("an id")).collect();
        Self { tenant, devices, attempts: 0 }
    }

    /// The next attempt, in a state folder of its own.
    pub(crate) fn next(&mut self, home: Option<PathBuf>) -> Attempt<'_> {
        let first = self.attempts * DEVICES;
        self.attempts += 1;
        let home = home.unwrap_or_else(|| self.tenant.home.path(&format!("home-{}", self.attempts)));
        let devices = self.devices.get(first..first + DEVICES).expect("the fleet is large enough").to_vec();
        Attempt { tenant: &self.tenant, home, devices }
    }
}

pub(crate) struct Attempt<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) home: PathBuf,
    devices: Vec<i64>,
}

impl Attempt<'_> {
    pub(crate) fn wish(&self) -> Vec<String> {
        let mut words: Vec<String> = ["devices", "command", "SyncDevice"].map(str::to_owned).into();
        for id in &self.devices {
            words.extend(["--id".to_owned(), id.to_string()]);
        }
        words.extend(["--yes", "-o", "json"].map(str::to_owned));
        words
    }

    /// The program, behind the words of another one.
    pub(crate) fn command(&self, before: &[String], args: &[String]) -> Command {
        let all: Vec<&str> = before.iter().map(String::as_str).chain([MUSTER]).collect();
        let mut command = Command::new(all[0]);
        for (name, value) in self.tenant.muster(&[]).get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.args(&all[1..]).args(args).current_dir(self.tenant.home.folder.path()).env("MUSTER_HOME", &self.home);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
        self.command(&[], &args).output().expect("runs")
    }

    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(args);
        assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
        serde_json::from_slice(&ran.stdout).expect("is JSON")
    }

    /// Its devices that were sent the command, and how often.
    pub(crate) fn sent(&self) -> Vec<u64> {
        let ledger = self.tenant.ledger();
        ledger.iter().filter(|((device, _), _)| self.devices.contains(device)).map(|(_, count)| *count).collect()
    }

    /// After a run that met a fault: how it ended.
    pub(crate) fn check(&self, ran: &Output, at: &str) {
        let said = String::from_utf8_lossy(&ran.stderr);
        let code = ran.status.code().unwrap_or_else(|| panic!("{at}: {} {said}", ran.status));
        if code == 7 {
            // A call that could not be counted was not made, and the item says so.
            assert!(said.contains("muster jobs retry "), "{at}: {said}");
        } else if code != 0 {
            let error = envelope_of(&said);
            let name = error["code"].as_str().unwrap_or_else(|| panic!("{at}: exit {code}, no name: {said}"));
            let named = ["E_DISK_FAILED", "E_DISK_FULL", "E_STATE", "E_STATE_READ_ONLY", "E_STATE_FOREIGN", "E_FILE"];
            assert!(named.contains(&name), "{at}: exit {code}: {said}");
            assert!(matches!(code, 1 | 2), "{at}: exit {code}: {said}");
            assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{at}: {said}");
        }
        let sent = self.sent();
        assert!(sent.iter().all(|count| *count == 1), "{at}: {sent:?}");
        if code == 0 {
            assert_eq!(sent.len(), DEVICES, "{at}: it says that all is done");
        }
    }

    pub(crate) fn job(&self) -> Option<String> {
        let jobs = self.json(&["jobs", "list", "-o", "json"]);
        jobs[0]["job"].as_str().map(str::to_owned)
    }

    /// Items that the journal does not hold to be unsent.
    pub(crate) fn noted(&self) -> usize {
        let Some(job) = self.job() else { return 0 };
        let items = self.json(&["jobs", "show", &job, "-o", "json"])["items"].clone();
        items.as_array().expect("a list").iter().filter(|item| item["status"] != "pending").count()
    }

    /// When the disk is well again: nothing left that was not noted down. Then what an operator does.
    pub(crate) fn go_on(&self, at: &str) {
        let (sent, noted) = (self.sent().len(), self.noted());
        assert!(sent <= noted, "{at}: {sent} sent, {noted} noted down");
        let wish = self.wish();
        let wish: Vec<&str> = wish.iter().map(String::as_str).collect();
        let job = self.job();
        let plans = self.json(&["plan", "list", "-o", "json"]);
        let ran = match (&job, plans[0]["plan"].as_str()) {
            (Some(job), _) => self.run(&["jobs", "resume", job, "--yes", "-o", "json"]),
            (None, Some(plan)) => self.run(&["plan", "apply", plan, "--yes", "-o", "json"]),
            (None, None) => self.run(&wish),
        };
        if let (Some(job), Some(7)) = (&job, ran.status.code()) {
            self.json(&["jobs", "retry", job, "--only", "failed", "--yes", "-o", "json"]);
        } else {
            assert!(ran.status.success(), "{at}: {} {}", ran.status, String::from_utf8_lossy(&ran.stderr));
            assert_eq!(self.noted(), DEVICES, "{at}");
        }
        assert_eq!(self.sent(), [1; DEVICES], "{at}");
        let audit = self.run(&["audit", "verify"]);
        assert!(audit.status.success(), "{at}: {}", String::from_utf8_lossy(&audit.stderr));
    }
}
