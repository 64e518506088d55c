//! Commands and tags for many devices.

use muster_client::{DeviceFilter, Dialect};
use muster_engine::{Selection, TaskState};
use muster_model::commands::Command;
use muster_model::words::Platform;
use muster_store::args;
use muster_workflows::bulk::{command, tags};
use muster_workflows::selection::{Targets, Wanted, list, select};
use muster_workflows::{Error, Inventory, Unwatched};
use serde_json::Map;

use crate::stage::{Stage, column, count};

async fn a_command_reaches_what_a_filter_finds(dialect: Dialect) {
    let stage = Stage::new(dialect, 200).await;
    let filter = DeviceFilter { platform: Some(Platform::WinRt), ..DeviceFilter::default() };
    let targets = Targets::of(filter, Some(5), Vec::new()).expect("sound");
    let selected = select(&stage.client, &targets, &Unwatched).await.expect("finds");
    assert_eq!(selected.devices.len(), 5);
    assert!(matches!(&selected.selection, Selection::Filter { text, .. } if text == "platform=WinRT, the first 5"));

    let (plan, tasks) = stage.run(command::draft(&selected, Command::SyncDevice, &Map::new())).await;
    assert_eq!(count(&tasks, TaskState::Done), 5);
    let report = command::report(&plan, &tasks);
    assert_eq!(column(&report, "Result"), ["Success"; 5]);
    assert_eq!(column(&report, "Message"), ["command sent"; 5]);
    let effects = stage.uem.effects().await.expect("counts");
    assert_eq!(effects.iter().filter(|effect| effect.command == "SyncDevice").count(), 5);
}

#[tokio::test]
async fn a_command_reaches_what_a_filter_finds_guide() {
    a_command_reaches_what_a_filter_finds(Dialect::Guide).await;
}

#[tokio::test]
async fn a_command_reaches_what_a_filter_finds_published() {
    a_command_reaches_what_a_filter_finds(Dialect::Published).await;
}

async fn tags_are_set_once_and_taken_off_again(dialect: Dialect) {
    let stage = Stage::new(dialect, 60).await;
    let devices = stage.client.devices(&DeviceFilter::default()).await.expect("reads");
    let text = devices
        .iter()
        .take(3)
        .fold("Owner,SerialNumber\n".to_owned(), |text, device| format!("{text}Jane,{}\n", device.serial_number));
    let targets = Targets::Listed(list::read("pilot.csv", text.as_bytes()).expect("reads"));
    let selected = select(&stage.client, &targets, &Unwatched).await.expect("finds");
    let change = |add: &[&str], remove: &[&str]| {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        tags::Change { add: words(add), remove: words(remove) }.checked().expect("sound")
    };

    let put_on = change(&["BulkManaged", "APIControlled"], &[]);
    let facts = tags::observe(&stage.client, &put_on, selected.clone(), &Unwatched).await.expect("reads");
    let (plan, tasks) = stage.run(tags::draft(&put_on, &facts)).await;
    let report = tags::report(&plan, &tasks);
    assert_eq!(column(&report, "Owner"), ["Jane"; 3]);
    for (at, status) in column(&report, "Result").into_iter().enumerate() {
        assert_eq!(status, if selected.devices[at].nothing_to_do.is_none() { "Success" } else { "Skipped" });
    }
    assert!(column(&report, "UpdatedTags").iter().any(|tags| tags.ends_with("BulkManaged, APIControlled")));

    let facts = tags::observe(&stage.client, &put_on, selected.clone(), &Unwatched).await.expect("reads");
    assert!(tags::draft(&put_on, &facts).items.iter().all(|item| item.nothing_to_do.is_some()), "rerun");

    stage.run(tags::draft(&change(&[], &["bulkmanaged"]), &facts)).await;
    let facts = tags::observe(&stage.client, &put_on, selected, &Unwatched).await.expect("reads");
    assert!(facts.tags.values().all(|tags| !tags.contains(&"BulkManaged".to_owned())));
}

#[tokio::test]
async fn tags_are_set_once_and_taken_off_again_guide() {
    tags_are_set_once_and_taken_off_again(Dialect::Guide).await;
}

#[tokio::test]
async fn tags_are_set_once_and_taken_off_again_published() {
    tags_are_set_once_and_taken_off_again(Dialect::Published).await;
}

#[tokio::test]
async fn names_that_fit_nothing_are_refused_before_anything_is_sent() {
    let stage = Stage::new(Dialect::Guide, 30).await;
    let inventory: &dyn Inventory = &stage.client;
    let known = stage.client.devices(&DeviceFilter::default()).await.expect("reads").remove(0);
    let listed = vec![
        Wanted::serial(&known.serial_number, "--serial"),
        Wanted::serial("NOSUCH1", "--serial"),
        Wanted::serial("NOSUCH2", "--serial"),
    ];
    match select(inventory, &Targets::Listed(listed), &Unwatched).await {
        Err(Error::Devices(problems)) => assert_eq!(problems.0.len(), 2, "{problems}"),
        other => panic!("expected problems, got {other:?}"),
    }

    // A device that was enrolled twice has two records of one serial number.
    let twin = "update devices set serial_number = $1 where id = (select max(id) from devices)";
    stage.uem.database().execute(twin, args![known.serial_number.to_string()]).await.expect("changes");
    let listed = vec![Wanted::serial(&known.serial_number, "--serial")];
    let text = select(inventory, &Targets::Listed(listed), &Unwatched).await.expect_err("refused").to_string();
    assert!(text.contains("stands for 2 records") && text.contains(&format!("id {}:", known.id.0)), "{text}");
    let listed = vec![Wanted::id(known.id.0, "--id")];
    let selected = select(inventory, &Targets::Listed(listed), &Unwatched).await.expect("the id tells");
    assert_eq!(selected.devices[0].device.id, known.id);
    assert!(stage.uem.effects().await.expect("counts").iter().all(|effect| effect.count <= 1));
}
