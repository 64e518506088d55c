//! A job whose process is killed at random moments: resumed, nothing is lost and nothing is sent twice, as the
//! UEM itself counts. `MUSTER_TEST_KILLS` and `MUSTER_TEST_DEVICES` make it longer.

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::tenant::{Tenant, json, pause, stderr};

#[test]
fn a_killed_job_is_finished_without_a_loss_or_a_double() {
    let kills = number("MUSTER_TEST_KILLS", 5);
    let devices = number("MUSTER_TEST_DEVICES", 300);
    let tenant = Tenant::with_devices(devices);
    let most = devices.to_string();
    // Slow enough that every kill lands in the middle: each start may send one second's worth at once.
    let rate = (f64::from(devices) / f64::from(kills) / 2.0).max(10.0).to_string();
    let start =
        ["devices", "command", "SyncDevice", "--all", "--at-most", &most, "--yes", "--rate", &rate, "-o", "json"];
    let mut random = Random(u64::from(devices) * 7919 + u64::from(kills));

    let mut child = spawn(&tenant, &start);
    let mut killed = u32::from(kill_after(&mut child, random.below(900)));
    let job = wait_for_job(&tenant);
    let resume = ["jobs", "resume", &job, "--yes", "--rate", &rate, "-o", "json"];
    while killed < kills {
        let mut child = spawn(&tenant, &resume);
        if !kill_after(&mut child, random.below(900)) {
            break;
        }
        killed += 1;
    }
    let last = tenant.run(&resume);
    let done = json(&last);
    let ledger = tenant.ledger();
    let synced: Vec<_> = ledger.iter().filter(|((_, command), _)| command == "SyncDevice").collect();
    let doubled: Vec<_> = synced.iter().filter(|(_, count)| **count != 1).collect();
    assert!(doubled.is_empty(), "sent twice after {killed} kills: {doubled:?}");
    let total = done["items"].as_array().expect("a list").len();
    assert_eq!(synced.len(), total, "lost after {killed} kills: {} {}", done["counts"], stderr(&last));
    assert_eq!((done["counts"]["done"].as_u64(), done["counts"]["unknown"].as_u64()), (Some(total as u64), Some(0)));
    last.success();
    let _ = writeln!(std::io::stderr(), "{killed} kills, {total} devices, {} commands at the UEM", synced.len());
    assert!(killed > 0, "no kill came before the end");
}

#[cfg(unix)]
#[test]
fn an_interrupted_job_finishes_what_is_in_flight_and_says_how_to_go_on() {
    let tenant = Tenant::with_devices(200);
    let args = ["devices", "command", "SyncDevice", "--all", "--at-most", "200", "--yes", "--rate", "20", "-o", "json"];
    let child = tenant.muster(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let begun = Instant::now();
    while tenant.sent() < 55 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job does not begin");
        pause();
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().expect("runs").success());
    let output = child.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    let stopped: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert_eq!(stopped["interrupted"], true);
    assert_eq!(stopped["counts"]["done"].as_u64(), Some(tenant.sent()), "what was in flight is finished");
    let next = stopped["next"][0].as_str().expect("a command");
    assert!(said.contains(next) && next.starts_with("muster jobs resume "), "{said}");
    let words: Vec<&str> = next.split(' ').skip(1).chain(["--yes", "-o", "json"]).collect();
    let done = tenant.json(&words);
    assert_eq!(done["counts"]["done"].as_u64(), Some(tenant.sent()));
    assert!(tenant.ledger().values().all(|count| *count == 1));
}

#[test]
fn a_cancelled_job_sends_nothing_more() {
    let tenant = Tenant::with_devices(200);
    let args = ["devices", "command", "SyncDevice", "--all", "--at-most", "200", "--yes", "--rate", "20"];
    let mut child = spawn(&tenant, &args);
    assert!(kill_after(&mut child, 600));
    let job = wait_for_job(&tenant);
    tenant.run(&["jobs", "cancel", &job]).code(8);
    tenant.run(&["jobs", "cancel", &job, "--yes"]).success();
    let sent = tenant.sent();
    tenant.run(&["jobs", "resume", &job, "--yes"]).code(8);
    assert_eq!(tenant.sent(), sent);
}

/// The other side dies too: what was not sent waits, what was sent is read back, and nothing is doubled.
#[test]
fn a_tenant_that_goes_away_in_the_middle_of_a_job_is_told_and_the_job_goes_on_later() {
    let tenant = Tenant::with_devices(120);
    let args = ["devices", "command", "SyncDevice", "--all", "--at-most", "120", "--yes", "--rate", "20", "-o", "json"];
    let child = tenant.muster(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let begun = Instant::now();
    while tenant.sent() < 40 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job does not begin");
        pause();
    }
    let tenant = tenant.stopped();
    let output = child.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(7 | 9)), "{:?} {said}", output.status);
    let stopped: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert!(stopped["counts"]["done"].as_u64().is_some_and(|done| done < 118), "{stopped}");
    let job = stopped["job"].as_str().expect("an id");

    let tenant = tenant.started();
    let resumed = json(&tenant.run(&["jobs", "resume", job, "--yes", "-o", "json"]));
    let mut failed = resumed["counts"]["failed"].as_u64().expect("a number");
    if failed > 0 {
        let retried = json(&tenant.run(&["jobs", "retry", job, "--only", "failed", "--yes", "-o", "json"]).success());
        failed -= retried["counts"]["done"].as_u64().expect("a number");
    }
    let total = resumed["items"].as_array().expect("a list").len();
    assert_eq!(failed, 0, "{resumed}");
    let ledger = tenant.ledger();
    assert!(ledger.values().all(|count| *count == 1), "{ledger:?}");
    assert_eq!(ledger.len(), total);
}

fn spawn(tenant: &Tenant, args: &[&str]) -> Child {
    tenant.muster(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// Kills a process after so many milliseconds, as `kill -9` does; `false` if it had ended by then.
fn kill_after(child: &mut Child, millis: u64) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(millis) {
        if child.try_wait().expect("can be asked").is_some() {
            return false;
        }
        pause();
    }
    let alive = child.try_wait().expect("can be asked").is_none();
    let _ = child.kill();
    let _ = child.wait();
    alive
}

/// The only job there is. A process that was killed before it made one is started again.
fn wait_for_job(tenant: &Tenant) -> String {
    let jobs = tenant.json(&["jobs", "list", "-o", "json"]);
    match jobs[0]["job"].as_str() {
        Some(job) => job.to_owned(),
        None => {
            let devices = tenant.json(&["devices", "search", "-o", "json"]).as_array().map_or(0, Vec::len).to_string();
            let start = ["devices", "command", "SyncDevice", "--all", "--at-most", &devices, "--yes", "--rate", "50"];
            let mut child = spawn(tenant, &start);
            let begun = Instant::now();
            while tenant.sent() == 0 {
                assert!(begun.elapsed() < Duration::from_secs(60), "the job does not begin");
                pause();
            }
            let _ = child.kill();
            let _ = child.wait();
            wait_for_job(tenant)
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "how long the test runs is said by whoever runs it")]
fn number(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Moments that differ between runs would make a failure hard to see again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}
