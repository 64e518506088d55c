//! A table of users, twice: the first time it changes what differs, the second time nothing.

use muster_client::Dialect;
use muster_engine::TaskState;
use muster_workflows::Unwatched;
use muster_workflows::provisioning::{Table, decide, observe, report, sample, summary};

use crate::stage::{Stage, column, count};

#[tokio::test]
async fn the_same_table_twice_changes_nothing_the_second_time_guide() {
    the_same_table_twice_changes_nothing_the_second_time(Dialect::Guide).await;
}

#[tokio::test]
async fn the_same_table_twice_changes_nothing_the_second_time_published() {
    the_same_table_twice_changes_nothing_the_second_time(Dialect::Published).await;
}

async fn the_same_table_twice_changes_nothing_the_second_time(dialect: Dialect) {
    let mut stage = Stage::new(dialect, 20).await;
    let table = Table::read("users.csv", sample().as_bytes()).expect("reads");
    let facts = observe(&stage.client, &table, &Unwatched).await.expect("reads");
    let mut first = decide(&table, &facts).expect("decides");
    assert!(first.notes().is_empty(), "{:?}", first.notes());
    stage.keep_secrets(std::mem::take(&mut first.secrets));
    let (_, tasks) = stage.run(first.draft.clone()).await;
    assert_eq!(count(&tasks, TaskState::Done), tasks.len(), "{tasks:?}");
    let told = report(&table, &first, &tasks, stage.uem.now());
    assert_eq!(column(&told, "Action"), ["Created"; 3]);
    assert_eq!(column(&told, "Success"), ["True"; 3]);
    assert_eq!(column(&told, "GroupsAssigned"), ["2"; 3]);
    assert!(column(&told, "UserId").iter().all(|id| id.parse::<i64>().is_ok()), "{told:?}");

    let facts = observe(&stage.client, &table, &Unwatched).await.expect("reads");
    let second = decide(&table, &facts).expect("decides");
    assert!(second.is_settled(), "{:?}", second.draft.items);
    let told = report(&table, &second, &[], stage.uem.now());
    assert_eq!(column(&told, "Action"), ["Unchanged"; 3]);
    assert_eq!(column(&told, "GroupsAssigned"), ["2"; 3]);

    // Blank cells say nothing, another title is the only change, and an unknown group stops nobody.
    let text = "user name;First Name;title;Groups\nJANE.SMITH;;Head of HR;\"HR Team;No Such Group\"\n";
    let table = Table::read("users.csv", text.as_bytes()).expect("reads");
    let facts = observe(&stage.client, &table, &Unwatched).await.expect("reads");
    let third = decide(&table, &facts).expect("decides");
    let (_, tasks) = stage.run(third.draft.clone()).await;
    let told = report(&table, &third, &tasks, stage.uem.now());
    assert_eq!(column(&told, "Action"), ["Updated"]);
    assert_eq!(column(&told, "Error"), ["group not found: No Such Group"]);
    assert_eq!(column(&told, "GroupsAssigned"), ["1"]);
    let jane = stage.client.user_by_name("jane.smith").await.expect("reads").expect("exists");
    assert_eq!((jane.title.as_str(), jane.first_name.as_str(), jane.status), ("Head of HR", "Jane", true));
    let text = "Username,Title,Department\njane.smith,(clear),\n";
    let table = Table::read("users.csv", text.as_bytes()).expect("reads");
    let facts = observe(&stage.client, &table, &Unwatched).await.expect("reads");
    let (_, emptied) = stage.run(decide(&table, &facts).expect("decides").draft).await;
    assert_eq!(count(&emptied, TaskState::Done), 1, "{emptied:?}");
    let jane = stage.client.user_by_name("jane.smith").await.expect("reads").expect("exists");
    assert_eq!((jane.title.as_str(), jane.department.as_str()), ("", "HR"));
    let figures = summary(&third, &tasks).figures;
    assert!(figures.contains(&("Successful operations".to_owned(), "1".to_owned())), "{figures:?}");
}

#[tokio::test]
async fn many_users_are_read_all_at_once_and_passwords_reach_only_the_tenant() {
    let mut stage = Stage::new(Dialect::Guide, 20).await;
    let mut text = "Username,FirstName,LastName,Email,SecurityType,Password\n".to_owned();
    for at in 0..120 {
        text.push_str(&format!("basic{at},First,Last,basic{at}@corp.example,Basic,Secret-{at}-x\n"));
    }
    let table = Table::read("users.csv", text.as_bytes()).expect("reads");
    let facts = observe(&stage.client, &table, &Unwatched).await.expect("reads");
    let mut provisioning = decide(&table, &facts).expect("decides");
    assert_eq!(provisioning.secrets.len(), 120);
    stage.keep_secrets(std::mem::take(&mut provisioning.secrets));
    let (plan, tasks) = stage.run(provisioning.draft.clone()).await;
    assert_eq!(count(&tasks, TaskState::Done), 120);
    assert!(!serde_json::to_string(&plan).expect("writes").contains("Secret-"));

    let facts = observe(&stage.client, &table, &Unwatched).await.expect("reads");
    let again = decide(&table, &facts).expect("decides");
    assert!(again.draft.items.is_empty(), "a password alone is no difference: {:?}", again.draft.items.first());
}
