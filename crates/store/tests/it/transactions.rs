//! All of it or nothing.

use muster_store::{Database, Kind, Migration, args};

use crate::places::{Place, stories};

stories!(
    a_commit_shows_everything_at_once,
    a_dropped_transaction_leaves_nothing,
    a_rollback_leaves_nothing,
    a_transaction_that_failed_keeps_nothing,
    many_rows_go_in_with_few_statements,
    a_row_of_another_width_is_refused,
    several_statements_at_once_are_all_or_nothing,
    its_ends_take_statements_along,
    a_dropped_change_keeps_nobody_waiting,
);

const ROWS: Migration =
    Migration { name: "0001_rows", sql: "create table rows (id bigint primary key, name text)", postgres: None };

async fn rows(place: &Place) -> Database {
    let database = place.open().await;
    database.migrate("story", &[ROWS]).await.expect("migrates");
    database
}

async fn count(database: &Database) -> i64 {
    let row = database.fetch_one("select count(*) as n from rows", args![]).await.expect("counted");
    row.get("n").expect("n")
}

async fn a_commit_shows_everything_at_once(place: &Place) {
    let database = rows(place).await;
    let mut transaction = database.begin().await.expect("begun");
    for id in 0..3_i64 {
        transaction.execute("insert into rows (id) values ($1)", args![id]).await.expect("inserted");
    }
    let inside = transaction.fetch_one("select count(*) as n from rows", args![]).await.expect("counted");
    assert_eq!(inside.get::<i64>("n").expect("n"), 3);
    if !place.url.contains(":memory:") {
        assert_eq!(count(&database).await, 0, "nobody else sees it yet");
    }
    transaction.commit().await.expect("committed");
    assert_eq!(count(&database).await, 3);
}

async fn a_dropped_transaction_leaves_nothing(place: &Place) {
    let database = rows(place).await;
    let mut transaction = database.begin().await.expect("begun");
    transaction.execute("insert into rows (id) values (1)", args![]).await.expect("inserted");
    drop(transaction);
    assert_eq!(count(&database).await, 0);
    database.execute("insert into rows (id) values (1)", args![]).await.expect("the writer is free again");
}

async fn a_rollback_leaves_nothing(place: &Place) {
    let database = rows(place).await;
    let mut transaction = database.begin().await.expect("begun");
    transaction.execute("insert into rows (id) values (1)", args![]).await.expect("inserted");
    let refused = transaction.execute("insert into rows (id) values (1)", args![]).await.expect_err("twice");
    assert_eq!(refused.kind(), Kind::Unique);
    transaction.rollback().await.expect("rolled back");
    assert_eq!(count(&database).await, 0);
}

async fn a_transaction_that_failed_keeps_nothing(place: &Place) {
    let database = rows(place).await;
    let mut transaction = database.begin().await.expect("begun");
    transaction.execute("insert into rows (id) values (1)", args![]).await.expect("inserted");
    transaction.execute("insert into rows (id) values (1)", args![]).await.expect_err("twice");
    let refused = transaction.execute("insert into rows (id) values (2)", args![]).await.expect_err("failed before");
    assert_eq!(refused.to_string(), "the transaction has failed already: insert into rows (id) values (2)");
    transaction.commit().await.expect_err("nothing to commit");
    assert_eq!(count(&database).await, 0);
    database.begin().await.expect("the writer is free again").rollback().await.expect("rolled back");
}

async fn many_rows_go_in_with_few_statements(place: &Place) {
    let database = rows(place).await;
    let mut transaction = database.begin().await.expect("begun");
    let many = (0..20_001_i64).map(|id| args![id, (id % 2 == 0).then_some("even")]).collect();
    transaction.insert("rows", &["id", "name"], many).await.expect("inserted");
    transaction.insert("rows", &["id", "name"], vec![]).await.expect("nothing to do");
    transaction.commit().await.expect("committed");
    assert_eq!(count(&database).await, 20_001);
    let row =
        database.fetch_one("select count(name) as named, max(id) as last from rows", args![]).await.expect("counted");
    assert_eq!(row.get::<i64>("named").expect("named"), 10_001);
    assert_eq!(row.get::<i64>("last").expect("last"), 20_000);
}

async fn a_row_of_another_width_is_refused(place: &Place) {
    let database = rows(place).await;
    let mut transaction = database.begin().await.expect("begun");
    let refused = transaction.insert("rows", &["id", "name"], vec![args![1_i64, "a"], args![2_i64]]).await;
    assert!(refused.is_err());
    transaction.commit().await.expect("committed");
    assert_eq!(count(&database).await, 0);
}

async fn several_statements_at_once_are_all_or_nothing(place: &Place) {
    let database = rows(place).await;
    let insert = |id: i64, name: &str| ("insert into rows (name, id) values ($2, $1)".into(), args![id, name]);
    let name = ("update rows set name = $1 where id > $2 returning id".into(), args!["other", 1]);
    let named = database.at_once(vec![insert(1, "one"), insert(2, "two"), name]).await.expect("written");
    let ids: Vec<i64> = named.iter().map(|row| row.get("id").expect("an id")).collect();
    assert_eq!((ids, count(&database).await), (vec![2], 2));
    let read = database.fetch_one("select name from rows where id = $1", args![1]).await.expect("read");
    assert_eq!(read.get::<String>("name").expect("a name"), "one");

    let refused = database.at_once(vec![insert(3, "three"), insert(1, "one")]).await.expect_err("there is one");
    assert_eq!(refused.kind(), Kind::Unique);
    assert_eq!(count(&database).await, 2);
    database.execute("insert into rows (id) values (3)", args![]).await.expect("the writer is free again");
    // Values that are missing are an error before anything is begun, or of the engine.
    let short = ("insert into rows (id, name) values ($1, $2)".into(), args![4]);
    if place.url.starts_with("sqlite:") && !place.url.contains(":memory:") {
        database.at_once(vec![short]).await.expect_err("one is missing");
    }
    assert_eq!(count(&database).await, 3);
}

async fn its_ends_take_statements_along(place: &Place) {
    let database = rows(place).await;
    let insert = |id: i64| ("insert into rows (name, id) values ($2, $1)".into(), args![id, "a name"]);
    let first = ("insert into rows (id) values ($1) returning id".into(), args![1]);
    let (mut transaction, answer) = database.begin_with(first).await.expect("begun");
    assert_eq!(answer.first().expect("a row").get::<i64>("id").expect("an id"), 1);
    transaction.execute("insert into rows (id) values (2)", args![]).await.expect("inserted");
    transaction.commit_with(vec![insert(3), insert(4)]).await.expect("committed");
    assert_eq!(count(&database).await, 4);

    let refused = database.begin_with(insert(1)).await.expect_err("there is one");
    assert_eq!(refused.kind(), Kind::Unique);
    let (transaction, answer) = database.begin_with(insert(5)).await.expect("begun");
    assert!(answer.is_empty());
    let refused = transaction.commit_with(vec![insert(6), insert(1)]).await.expect_err("there is one");
    assert_eq!(refused.kind(), Kind::Unique);
    assert_eq!(count(&database).await, 4, "all of it or nothing");
    let (transaction, _) = database.begin_with(insert(5)).await.expect("the writer is free again");
    transaction.commit_with(Vec::new()).await.expect("committed");
    assert_eq!(count(&database).await, 5);
}

async fn a_dropped_change_keeps_nobody_waiting(place: &Place) {
    let database = rows(place).await;
    // Another process, as far as the engine can tell; in memory there is none.
    let other = if place.url.contains(":memory:") { database.clone() } else { place.open().await };
    let mut transaction = database.begin().await.expect("begun");
    transaction.execute("insert into rows (id) values (1)", args![]).await.expect("inserted");
    drop(transaction);
    // Nobody asks this process for anything, and still its change is out of the way.
    other.execute("insert into rows (id) values (1)", args![]).await.expect("inserted");
    assert_eq!(count(&other).await, 1);
}
