//! How few calls: ten jobs as people have them, each beside the least number of calls that the API allows for it. A
//! tenant's day has a quota, and a script that spends it one device a call is why it is gone at noon.

use std::collections::HashMap;

use muster_client::{DeviceFilter, Dialect};
use muster_engine::{Action, Draft, Selection, TaskState};
use muster_model::commands::Command;
use muster_model::words::EnrollmentStatus;
use muster_workflows::Unwatched;
use muster_workflows::bulk::{command, tags};
use muster_workflows::compliance;
use muster_workflows::deployment;
use muster_workflows::provisioning::{self, Table};
use muster_workflows::selection::{Selected, Targets, list, select};
use serde_json::Map;

use crate::stage::{Stage, count};

/// More than two pages.
const DEVICES: u32 = 1_200;
/// Rows of a page, and items of a call for many.
const PAGE: u64 = 500;
/// What a job reads once, whatever its size: how many items a call takes, or which tag a name stands for.
const ONCE: u64 = 1;

fn pages(rows: usize) -> u64 {
    (rows as u64).div_ceil(PAGE)
}

/// A tenant, and how many calls were made of it.
struct Counted {
    stage: Stage,
    before: u64,
}

impl Counted {
    async fn new() -> Self {
        let stage = Stage::new(Dialect::Published, DEVICES).await;
        let before = stage.client.statistics().calls;
        Self { stage, before }
    }

    /// Calls since the last time.
    fn calls(&mut self) -> u64 {
        let now = self.stage.client.statistics().calls;
        now - std::mem::replace(&mut self.before, now)
    }

    async fn all(&self) -> Selected {
        let targets = Targets::Filter { filter: DeviceFilter::default(), first: None, bound: Some(u64::from(DEVICES)) };
        select(&self.stage.client, &targets, &Unwatched).await.expect("finds")
    }
}

fn open(selected: &Selected) -> usize {
    selected.devices.iter().filter(|chosen| chosen.nothing_to_do.is_none()).count()
}

/// The least calls for so many items of a job that has a call for many.
fn many(items: usize, most: u64) -> u64 {
    (items as u64).div_ceil(most)
}

#[tokio::test]
async fn ten_jobs_make_as_few_calls_as_the_api_allows() {
    let mut told = Vec::new();
    let mut counted = Counted::new().await;

    // A list of the fleet.
    let fleet = counted.stage.client.devices(&DeviceFilter::default()).await.expect("reads");
    told.push(("a list of the fleet", counted.calls(), pages(fleet.len())));

    // A command for all of a filter, one for a file of serial numbers, and a message.
    let most = most(&counted.stage).await;
    counted.calls();
    let selected = counted.all().await;
    let read = pages(fleet.len());
    assert_eq!(counted.calls(), read, "the selection is one reading of the list");
    let able = open(&selected);
    let (_, tasks) = counted.stage.run(command::draft(&selected, Command::SyncDevice, &Map::new())).await;
    assert_eq!(count(&tasks, TaskState::Done), able);
    told.push(("a command for all", counted.calls(), ONCE + many(able, most)));

    // A device that was enrolled again has two records of one serial number, which is no name for it then.
    let mut times: HashMap<&str, u32> = HashMap::new();
    fleet.iter().for_each(|device| *times.entry(&*device.serial_number).or_default() += 1);
    let once = fleet.iter().filter(|device| times[&*device.serial_number] == 1).take(700);
    let serials: String = once.map(|device| format!("{}\n", device.serial_number)).collect();
    let listed = Targets::Listed(list::read("serials.txt", serials.as_bytes()).expect("reads"));
    let some = select(&counted.stage.client, &listed, &Unwatched).await.expect("finds");
    let able_some = open(&some);
    let (_, tasks) = counted.stage.run(command::draft(&some, Command::DeviceQuery, &Map::new())).await;
    assert_eq!(count(&tasks, TaskState::Done), able_some);
    told.push(("a command for a file of serial numbers", counted.calls(), read + ONCE + many(able_some, most)));

    // Tags, of which the tenant knows one already.
    let change = tags::Change { add: vec!["Economy".to_owned()], remove: Vec::new() }.checked().expect("sound");
    let pilot = Selected { devices: selected.devices[..1].to_vec(), selection: Selection::Listed, left_out: 0 };
    let facts = tags::observe(&counted.stage.client, &change, pilot, &Unwatched).await.expect("reads");
    counted.stage.run(tags::draft(&change, &facts)).await;
    counted.calls();
    let facts = tags::observe(&counted.stage.client, &change, selected.clone(), &Unwatched).await.expect("reads");
    let (_, tasks) = counted.stage.run(tags::draft(&change, &facts)).await;
    assert_eq!(count(&tasks, TaskState::Done), able - 1);
    // Who has it is read for the plan, and again when it is carried out; each time the name is looked up first.
    told.push(("a tag for all", counted.calls(), ONCE + 2 * 2 + many(able - 1, PAGE)));

    // The devices of a plan are looked at again before it is applied.
    let ids: Vec<_> = fleet.iter().take(700).map(|device| device.id.0).collect();
    assert_eq!(counted.stage.client.devices_by_id(&ids).await.expect("reads").len(), 700);
    told.push(("seven hundred devices by their ids", counted.calls(), many(700, PAGE)));

    // Wipes with proof: each is a call, and so is the look at what became of it.
    let twenty = selected.devices.iter().filter(|chosen| chosen.nothing_to_do.is_none()).take(20).cloned().collect();
    let wiped = Selected { devices: twenty, selection: Selection::Listed, left_out: 0 };
    let draft = command::draft(&wiped, Command::EnterpriseWipe, &Map::new());
    let (job, tasks) = counted.stage.run_approved(draft).await;
    assert_eq!(count(&tasks, TaskState::Done), 20);
    counted.stage.hours(12).await;
    counted.stage.prove(&job).await;
    told.push(("twenty wipes with proof", counted.calls(), 2 * 20 + ONCE));

    // Users of a table: all are read, then each is made.
    let mut text = "Username,FirstName,LastName,Email\n".to_owned();
    for at in 0..120 {
        text.push_str(&format!("new{at},First,Last,new{at}@corp.example\n"));
    }
    let known = counted.stage.client.users(None).await.expect("reads").len();
    counted.calls();
    let table = Table::read("users.csv", text.as_bytes()).expect("reads");
    let facts = provisioning::observe(&counted.stage.client, &table, &Unwatched).await.expect("reads");
    let mut decided = provisioning::decide(&table, &facts).expect("decides");
    counted.stage.keep_secrets(std::mem::take(&mut decided.secrets));
    let (_, tasks) = counted.stage.run(decided.draft).await;
    assert_eq!(count(&tasks, TaskState::Done), 120);
    told.push(("120 new users", counted.calls(), pages(known) + 120));

    // An app for a group.
    let wanted = "deployments:\n- app: Google Chrome\n  smart_group: All Devices\n";
    let deployments = deployment::read("deployments.yaml", wanted).expect("reads");
    let facts = deployment::observe(&counted.stage.client, &deployments, &Unwatched).await.expect("reads");
    let (_, tasks) = counted.stage.run(deployment::decide(&facts).draft).await;
    assert_eq!(count(&tasks, TaskState::Done), 1);
    // The app, the group and the assignments for the plan; the assignments again right before the change.
    told.push(("an app for a group", counted.calls(), 3 + 2));

    // What breaks rules, and which rules each of those breaks.
    let facts = compliance::observe_rules(&counted.stage.client, &Unwatched).await.expect("reads");
    let broken = facts.cases.len();
    told.push(("a report of compliance", counted.calls(), pages(broken) + broken as u64));

    // Another group for fifty devices: the record before, which is the precondition and the way back, and the move.
    let group = fleet.iter().map(|device| device.location_group_id.id.0).max().expect("groups");
    let moved = fleet.iter().filter(|device| {
        device.enrollment_status == EnrollmentStatus::Enrolled && device.location_group_id.id.0 != group
    });
    let moved: Vec<_> = moved.skip(30).take(50).collect();
    let item = |device: &&muster_model::devices::Device| {
        let group = muster_model::ids::OrganizationGroupId(group.0);
        let action = Action::MoveDevice { group, group_name: "another".to_owned() };
        muster_engine::DraftItem::new(muster_engine::Target::Device((*device).into()), action, "a story")
    };
    let items: Vec<_> = moved.iter().map(item).collect();
    let (moves, draft) =
        (items.len() as u64, Draft { purpose: "moves".to_owned(), selection: Selection::Listed, items });
    let (_, tasks) = counted.stage.run(draft).await;
    assert_eq!(count(&tasks, TaskState::Done) as u64, moves);
    told.push(("another group for fifty devices", counted.calls(), ONCE + 2 * moves));

    let over: Vec<_> = told.iter().filter(|(_, calls, least)| calls > least).collect();
    assert!(over.is_empty() && told.len() == 10, "more calls than would do: {over:?}");
}

/// How many devices one call takes.
async fn most(stage: &Stage) -> u64 {
    let limits = muster_model::Call::<muster_model::devices::BulkSettings>::new((), muster_model::Nothing);
    stage.client.read(limits).await.expect("reads").lock_device.into()
}
