//! Changes that share a commit: each is all or nothing by itself, and none is acknowledged before it is lasting.

use std::sync::atomic::{AtomicUsize, Ordering};

use muster_store::{Database, Kind, Migration, Options, args};

use crate::places::{Place, stories};

stories!(
    a_crowd_of_changes_loses_nothing,
    a_change_that_fails_is_undone_alone,
    a_change_that_is_dropped_is_undone_alone,
    one_that_goes_away_while_it_waits_harms_nobody,
    a_single_statement_is_a_change_as_well,
    nothing_is_left_open,
);

const ROWS: Migration =
    Migration { name: "0001_rows", sql: "create table rows (id bigint primary key, name text)", postgres: None };

async fn open(place: &Place) -> Database {
    let options = Options { grouped: true, ..Options::default() };
    let database = Database::open(&place.url, options).await.expect("opens");
    database.migrate("story", &[ROWS]).await.expect("migrates");
    database
}

async fn add(database: &Database, id: i64) -> Result<(), muster_store::Error> {
    let mut change = database.begin().await?;
    change.execute("insert into rows (id) values ($1)", args![id]).await?;
    change.commit().await
}

async fn ids(database: &Database) -> Vec<i64> {
    let rows = database.fetch("select id from rows order by id", args![]).await.expect("read");
    rows.iter().map(|row| row.get("id").expect("id")).collect()
}

async fn a_crowd_of_changes_loses_nothing(place: &Place) {
    let database = open(place).await;
    let tasks: Vec<_> = (0..50_i64)
        .map(|task| {
            let database = database.clone();
            tokio::spawn(async move {
                for round in 0..10 {
                    add(&database, task * 10 + round).await.expect("committed");
                    let seen = database.fetch("select id from rows where id = $1", args![task * 10 + round]).await;
                    assert_eq!(seen.expect("read").len(), 1, "what is acknowledged can be read");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("ends");
    }
    assert_eq!(ids(&database).await, (0..500).collect::<Vec<_>>());
}

async fn a_change_that_fails_is_undone_alone(place: &Place) {
    let database = open(place).await;
    let failed = AtomicUsize::new(0);
    let changes = (0..40_i64).map(|number| {
        let (database, failed) = (&database, &failed);
        async move {
            let mut change = database.begin().await.expect("begun");
            change.execute("insert into rows (id) values ($1)", args![number]).await.expect("inserted");
            if number % 4 != 0 {
                return change.commit().await.expect("committed");
            }
            // The same key again: this change is lost, whoever shares its commit is not.
            let twice = change.execute("insert into rows (id) values ($1)", args![number]).await.expect_err("twice");
            assert_eq!(twice.kind(), Kind::Unique);
            failed.fetch_add(1, Ordering::SeqCst);
            change.commit().await.expect_err("has failed");
        }
    });
    crate::places::together(changes).await;
    assert_eq!(failed.load(Ordering::SeqCst), 10);
    assert_eq!(ids(&database).await, (0..40).filter(|id| id % 4 != 0).collect::<Vec<_>>());
}

async fn a_change_that_is_dropped_is_undone_alone(place: &Place) {
    let database = open(place).await;
    let changes = (0..30_i64).map(|number| {
        let database = &database;
        async move {
            let mut change = database.begin().await.expect("begun");
            change.execute("insert into rows (id) values ($1)", args![number]).await.expect("inserted");
            match number % 3 {
                0 => drop(change),
                1 => change.rollback().await.expect("rolled back"),
                _ => change.commit().await.expect("committed"),
            }
        }
    });
    crate::places::together(changes).await;
    assert_eq!(ids(&database).await, (0..30).filter(|id| id % 3 == 2).collect::<Vec<_>>());
}

async fn one_that_goes_away_while_it_waits_harms_nobody(place: &Place) {
    let database = open(place).await;
    let holder = database.begin().await.expect("begun");
    // Some wait for their turn, some are given up while they do.
    let tasks: Vec<_> = (0..20_i64)
        .map(|id| {
            let database = database.clone();
            tokio::spawn(async move { add(&database, id).await })
        })
        .collect();
    tokio::task::yield_now().await;
    for task in tasks.iter().step_by(2) {
        task.abort();
    }
    holder.commit().await.expect("committed");
    let mut kept = Vec::new();
    for (id, task) in (0..).zip(tasks) {
        if let Ok(done) = task.await {
            done.expect("committed");
            kept.push(id);
        }
    }
    assert!(kept.len() >= 10);
    add(&database, 100).await.expect("the next one is not hindered");
    let there = ids(&database).await;
    assert!(kept.iter().all(|id| there.contains(id)), "{kept:?} {there:?}");
}

async fn a_single_statement_is_a_change_as_well(place: &Place) {
    let database = open(place).await;
    let touched = database.execute("insert into rows (id) values (1), (2)", args![]).await.expect("inserted");
    assert_eq!(touched, 2);
    let refused = database.execute("insert into rows (id) values (3), (1)", args![]).await.expect_err("twice");
    assert_eq!(refused.kind(), Kind::Unique);
    let rows = database.fetch("delete from rows where id = 2 returning id", args![]).await.expect("deleted");
    assert_eq!(rows.len(), 1);
    assert_eq!(ids(&database).await, [1]);
}

async fn nothing_is_left_open(place: &Place) {
    let database = open(place).await;
    drop(database.begin().await.expect("begun"));
    let mut change = database.begin().await.expect("begun");
    change.execute("insert into rows (id) values (1)", args![]).await.expect("inserted");
    drop(change);
    // Closing waits for every connection that is in use.
    database.close().await;
    if !place.url.contains(":memory:") {
        assert_eq!(ids(&open(place).await).await, Vec::<i64>::new());
    }
}
