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
