//! The audit and the report of a job.

use muster_engine::{Error, JobOptions, Trust, report};
use muster_model::commands::Command;
use muster_store::args;

use crate::world::{World, draft, send};

#[tokio::test]
async fn everything_that_is_done_is_in_the_audit_and_an_edit_shows() {
    let world = World::new(3).await;
    let items = vec![send(world.target(0), Command::SyncDevice), send(world.target(1), Command::EnterpriseWipe)];
    let plan = world.propose(draft(items)).await;
    let plan = world.approve(&world.engine, &plan.id.to_string(), "lost").await.expect("approved");
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    world.run(&job).await;

    let audit = world.engine.audit().await.expect("records");
    let events: Vec<&str> = audit.iter().map(|record| record.event.as_str()).collect();
    let expected = [
        "plan.proposed",
        "approver.added",
        "plan.approved",
        "job.started",
        "job.run",
        "task.sending",
        "task.done",
        "task.done",
        "job.finished",
    ];
    assert_eq!(events, expected);
    assert_eq!((audit[0].actor.as_str(), audit[2].actor.as_str()), ("ada", "grace"));
    assert_eq!(audit[3].details["approved_by"], "grace");
    // What cannot be undone is named before it leaves.
    assert_eq!(audit[5].details["indexes"], serde_json::json!([[0, 1]]));
    assert_eq!(audit[5].details["destroys"][0]["target"], world.devices[1].serial_number.as_str());
    assert_eq!(audit[6].details["attempt"], 1);
    let state = world.engine.verify_audit(&Trust::default()).await.expect("it holds");
    assert_eq!((state.records, state.covered, &state.head), (9, 9, &audit[8].hash));

    world.database.execute("update audit set actor = 'eve' where number = 2", args![]).await.expect("edited");
    let error = world.engine.verify_audit(&Trust::default()).await.expect_err("it shows");
    assert!(matches!(&error, Error::Audit { record: 2, .. }), "{error}");
    world.database.execute("update audit set actor = 'grace' where number = 2", args![]).await.expect("edited");
    world.engine.verify_audit(&Trust::default()).await.expect("it holds again");
    world.database.execute("delete from audit where number = 9", args![]).await.expect("cut off");
    let error = world.engine.verify_audit(&Trust::default()).await.expect_err("it shows");
    assert!(matches!(&error, Error::Audit { record: 9, .. }), "{error}");
}

#[tokio::test]
async fn a_report_carries_the_columns_of_the_input_and_what_became_of_each_row() {
    let world = World::new(2).await;
    let mut wanted = world.commands(Command::SyncDevice, 2);
    wanted.items[0].input = vec![("Asset".to_owned(), "A-1".to_owned()), ("status".to_owned(), "old".to_owned())];
    wanted.items[1].nothing_to_do = Some("just synced".to_owned());
    let job = world.start(wanted, JobOptions::default()).await;
    world.run(&job).await;
    let tasks = world.tasks(&job).await;
    let report = report::rows(&tasks);
    let columns =
        ["Asset", "status (input)", "device_id", "serial_number", "device_name", "platform", "user", "action"];
    let outcome = ["status", "reason", "class", "attempt", "command_id", "at"];
    assert_eq!(report.columns, [&columns[..], &outcome[..]].concat());
    let cell = |row: usize, name: &str| {
        let column = report.columns.iter().position(|column| column == name).expect("a column");
        report.rows[row][column].clone()
    };
    assert_eq!((cell(0, "Asset"), cell(1, "Asset")), ("A-1".to_owned(), String::new()));
    assert_eq!(cell(0, "status (input)"), "old", "nothing of the input is lost");
    assert_eq!(cell(0, "serial_number"), world.devices[0].serial_number);
    assert_eq!(
        (cell(0, "status"), cell(0, "action"), cell(0, "attempt")),
        ("done".into(), "SyncDevice".into(), "1".into())
    );
    assert_eq!(cell(0, "command_id"), tasks[0].command_id.clone().expect("an id"));
    assert_eq!(
        (cell(1, "status"), cell(1, "reason"), cell(1, "attempt")),
        ("skipped".into(), "just synced".into(), "0".into())
    );
}
