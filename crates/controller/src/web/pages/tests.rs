//! Pages as snapshots, from rows that are written down here.

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use jiff::Timestamp;
use muster_client::Statistics;
use muster_engine::{
    Action, Counts, DeviceTarget, JobDetail, JobId, JobOptions, JobState, PlanId, Stopped, Target, Task, TaskState,
};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::words::Platform;
use uuid::Uuid;

use super::dashboard::Dashboard;
use super::sections::{Activity, Alerts, Fleet, Health, Jobs, Waiting};
use super::{Frame, job};
use crate::alerts::{Alert, Rule, State};
use crate::health::{Outcome, Probe};
use crate::inventory::Snapshot;
use crate::run::{self, Cause, Failure, Run, WaitingPlan};
use crate::schedule::{Schedule, Workflow};
use crate::web::words;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// That many seconds before the moment at which the pages are made.
fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_600_000 - seconds).expect("a timestamp")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x019b_9000_0000_7000_8000_0000_0000_0000 + number)
}

fn frame() -> Frame {
    Frame {
        title: "acme · muster".into(),
        tenant: "acme".into(),
        as_of: words::moment(ago(0)),
        refresh: Some(30),
        path: "/".into(),
    }
}

fn probe(minutes: i64, outcome: Outcome, millis: u64, message: &str) -> Probe {
    Probe {
        at: ago(minutes * MINUTE),
        outcome,
        message: message.into(),
        latency: Duration::from_millis(millis),
        product: "Workspace ONE UEM 24.10.0.14".into(),
    }
}

fn snapshots() -> Vec<Snapshot> {
    let counts = |pairs: &[(&str, u64)]| pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    (0..120)
        .map(|index: i64| Snapshot {
            taken_at: ago(3 * MINUTE + index * 6 * HOUR),
            devices: 2_000,
            enrolled: 1_904,
            noncompliant: 214 + u64::try_from(index * 2 + (index % 7) * 5).expect("not negative"),
            by_platform: counts(&[("Apple", 812), ("Android", 541), ("WinRT", 388), ("AppleOsX", 163)]),
            by_rule: counts(&[
                ("OS Version", 131),
                ("Device Encryption", 58),
                ("Passcode Policy", 44),
                ("<script>alert(1)</script>", 9),
            ]),
        })
        .collect()
}

fn alert(number: u128, rule: Rule, subject: &str, minutes: i64, summary: &str, over: Option<&str>) -> Alert {
    Alert {
        id: id(number),
        rule,
        subject: subject.into(),
        state: if over.is_some() { State::Resolved } else { State::Open },
        summary: summary.into(),
        resolution: over.map(str::to_owned),
        seen: 2,
        clear: 0,
        evidence: ago(minutes * MINUTE),
        first_seen_at: ago(minutes * MINUTE),
        opened_at: Some(ago(minutes * MINUTE)),
        resolved_at: over.map(|_| ago((minutes - 10) * MINUTE)),
    }
}

fn run_of(number: u128, minutes: i64, seconds: Option<i64>, outcome: run::Outcome) -> Run {
    let at = ago(minutes * MINUTE);
    let mut run = Run::begun(id(number), "compliance", Workflow::Compliance, at, "c1", at);
    run.finished_at = seconds.map(|seconds| ago(minutes * MINUTE - seconds));
    run.outcome = outcome;
    run
}

fn job_of(number: u128, minutes: i64, state: JobState, counts: Counts, stopped: Option<&str>) -> JobDetail {
    JobDetail {
        id: JobId(id(number)),
        plan_id: PlanId(id(number + 1_000)),
        retry_of: None,
        purpose: "compliance remediate".into(),
        tenant: "acme".into(),
        state,
        stopped: stopped.map(|why| Stopped { why: why.into(), class: None }),
        options: JobOptions::default(),
        counts,
        proofs: muster_engine::Proofs::default(),
        created_at: ago(minutes * MINUTE),
        started_by: "schedule compliance".into(),
        finished_at: (state == JobState::Finished).then(|| ago((minutes - 1) * MINUTE)),
    }
}

fn busy() -> Dashboard {
    let now = ago(0);
    let probes: Vec<Probe> = (0..60)
        .map(|at: i64| probe(at, Outcome::Reached, 18 + u64::try_from(at * 7 % 23).expect("small"), ""))
        .collect();
    let spent = Statistics {
        calls: 18_412,
        saved: 0,
        retries: 31,
        throttled: 4,
        waited: Duration::from_secs(212),
        bytes: 48_210_113,
    };
    let mut runs = vec![run_of(1, 3, None, run::Outcome::Running), run_of(2, 18, Some(42), run::Outcome::Finished)];
    runs[0].tally = run::Tally { noncompliant: 214, planned: 233, held: 3, ..run::Tally::default() };
    runs[0].plan = Some(id(21).to_string());
    runs[0].job = Some(id(31).to_string());
    runs[1].tally =
        run::Tally { noncompliant: 221, planned: 240, waiting: 3, done: 229, failed: 8, ..run::Tally::default() };
    runs[1].plan = Some(id(22).to_string());
    runs[1].job = Some(id(32).to_string());
    runs.push(Run {
        failure: Some(Failure { cause: Cause::Tenant, text: "searching devices failed: cannot connect".into() }),
        ..run_of(3, 33, Some(4), run::Outcome::Failed)
    });
    let waiting = [WaitingPlan {
        id: id(21).to_string(),
        purpose: "compliance remediate".into(),
        requested_by: "schedule compliance".into(),
        held: 3,
        total: 233,
        created_at: ago(3 * MINUTE),
        expires_at: ago(-24 * HOUR),
        is_job: false,
    }];
    let jobs = [
        job_of(
            31,
            3,
            JobState::Running,
            Counts { done: 120, failed: 2, sending: 8, pending: 100, held: 3, ..Counts::default() },
            None,
        ),
        job_of(32, 18, JobState::Finished, Counts { done: 229, failed: 8, skipped: 3, ..Counts::default() }, None),
        job_of(
            33,
            50,
            JobState::Stopped,
            Counts { done: 4, failed: 21, pending: 75, ..Counts::default() },
            Some("more than 20 tasks failed"),
        ),
    ];
    let open = [
        alert(
            12,
            Rule::ApprovalWaiting,
            &id(21).to_string(),
            3,
            "3 items wait for approval: compliance remediate",
            None,
        ),
        alert(
            11,
            Rule::NoncompliantRise,
            "",
            18,
            "The share of devices that break a policy went from 4 % to 11.2 % within 24 hours",
            None,
        ),
    ];
    let over =
        [alert(10, Rule::TenantUnreachable, "", 48, "The tenant cannot be reached", Some("The tenant answers again"))];
    let deliveries = [("delivered".to_owned(), 5), ("waiting".to_owned(), 1)];
    let schedule = Schedule {
        name: "compliance".into(),
        workflow: Workflow::Compliance,
        every: Duration::from_secs(900),
        apply: true,
        last_fire: Some(ago(3 * MINUTE)),
        next_due: ago(-12 * MINUTE),
    };
    Dashboard {
        frame: frame(),
        health: Health::new(&probes, Some(ago(0)), &[(Outcome::Failed, 9), (Outcome::Reached, 10_000)], &spent, now),
        fleet: Fleet::new(&snapshots(), now),
        alerts: Alerts::new(
            &open,
            &over,
            &deliveries,
            Some("the receiver answered 500 Internal Server Error".into()),
            now,
        ),
        activity: Activity::new(&[schedule], &runs, now),
        waiting: Waiting::new(&waiting, now),
        jobs: Jobs::new(&jobs, now),
    }
}

fn empty() -> Dashboard {
    let now = ago(0);
    Dashboard {
        frame: frame(),
        health: Health::new(&[], None, &[], &Statistics::default(), now),
        fleet: Fleet::new(&[], now),
        alerts: Alerts::new(&[], &[], &[], None, now),
        activity: Activity::new(&[], &[], now),
        waiting: Waiting::new(&[], now),
        jobs: Jobs::new(&[], now),
    }
}

#[test]
fn the_dashboard_of_a_busy_day() {
    insta::assert_snapshot!(busy().render().expect("renders"));
}

#[test]
fn the_dashboard_before_anything_happened() {
    insta::assert_snapshot!(empty().render().expect("renders"));
}

#[test]
fn the_dashboard_without_its_tenant() {
    let now = ago(0);
    let gone = probe(0, Outcome::Failed, 0, "cannot connect to uem.example.com: connection refused");
    let probes = [gone, probe(7, Outcome::Reached, 21, "")];
    let counts = [(Outcome::Failed, 1), (Outcome::Reached, 1)];
    let health = Health::new(&probes, Some(ago(7 * MINUTE)), &counts, &Statistics::default(), now);
    let page = Dashboard { health, ..empty() }.render().expect("renders");
    assert!(page.contains("Unreachable") && page.contains("connection refused"), "{page}");
    assert!(page.contains("Last reached"), "{page}");
}

#[test]
fn a_job_with_its_tasks() {
    let task = |index: usize, state: TaskState, reason: &str| Task {
        index,
        target: Target::Device(DeviceTarget {
            id: DeviceId(index as i64),
            uuid: None,
            serial: format!("SN{index:04}"),
            name: "an iPhone".into(),
            platform: Platform::Apple,
            user: "ada".into(),
            last_seen: None,
            ..DeviceTarget::default()
        }),
        action: Action::SendCommand { command: Command::SyncDevice, parameters: serde_json::Map::new() },
        input: Vec::new(),
        state,
        reason: reason.into(),
        class: None,
        attempt: 1,
        command_id: (state == TaskState::Done).then(|| id(index as u128).to_string()),
        at: Some(ago(MINUTE)),
        delivery: None,
        ring: 0,
        image: None,
    };
    let mut tasks: Vec<Task> = (0..205).map(|index| task(index, TaskState::Done, "queued")).collect();
    tasks[1] = task(1, TaskState::Failed, "the tenant answered 404: <no such device>");
    tasks[2] = task(2, TaskState::Held, "EnterpriseWipe cannot be undone");
    let counts = Counts { done: 203, failed: 1, held: 1, ..Counts::default() };
    let page = job::render(&job_of(32, 18, JobState::Finished, counts, None), &tasks, ago(0)).expect("renders");
    assert_eq!(page.matches("<th scope=\"row\">SN").count(), 200);
    // The first tasks show how all of them look.
    let head: String = page
        .lines()
        .filter(|line| !line.contains("SN") || line.contains("SN000"))
        .map(|line| format!("{line}\n"))
        .collect();
    insta::assert_snapshot!(head);
}

/// What the strict policy of the answers demands of every page.
#[test]
fn a_page_needs_no_script_and_no_inline_style() {
    for page in [busy(), empty()].map(|dashboard| dashboard.render().expect("renders")) {
        for forbidden in ["<script", "style=", "<style", "javascript:", " onclick", " onload", "http://", "src="] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(!page.contains("<form"), "no page changes anything");
    }
}

#[test]
fn breakdowns_are_sorted() {
    let newest = Snapshot {
        enrolled: 10,
        by_rule: BTreeMap::from([("a".into(), 1), ("b".into(), 5)]),
        ..Snapshot::empty(ago(0))
    };
    let fleet = Fleet::new(&[newest], ago(0));
    let names: Vec<&str> = fleet.rules.iter().map(|share| share.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
}
