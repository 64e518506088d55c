//! A database is brought to the form a room expects, or refused.

use muster_store::{Database, Engine, Error, Kind, Migration, args};

use crate::places::{Place, stories};

stories!(
    a_list_grows_and_only_what_is_new_is_applied,
    two_rooms_share_a_database,
    a_migration_that_was_edited_is_refused,
    a_database_of_a_newer_muster_is_refused,
    a_migration_that_fails_leaves_nothing,
    an_engine_can_have_its_own_text,
);

const fn step(name: &'static str, sql: &'static str) -> Migration {
    Migration { name, sql, postgres: None }
}

const FIRST: Migration = step("0001_first", "create table a (id bigint); insert into a (id) values (1);");
const SECOND: Migration =
    step("0002_second", "-- a second one\nalter table a add column name text; create table b (id bigint)");

async fn count(database: &Database, table: &'static str) -> i64 {
    let row = database.fetch_one(format!("select count(*) as n from {table}"), args![]).await.expect("counted");
    row.get("n").expect("n")
}

async fn a_list_grows_and_only_what_is_new_is_applied(place: &Place) {
    let database = place.open().await;
    for list in [&[FIRST][..], &[FIRST], &[FIRST, SECOND], &[FIRST, SECOND]] {
        database.migrate("room", list).await.expect("migrates");
    }
    assert_eq!(count(&database, "a").await, 1, "the first ran once");
    assert_eq!(count(&database, "b").await, 0, "the second ran");
}

async fn two_rooms_share_a_database(place: &Place) {
    let database = place.open().await;
    database.migrate("one", &[FIRST]).await.expect("migrates");
    let other = step("0001_first", "create table c (id bigint)");
    database.migrate("two", &[other]).await.expect("names are the room's own");
    database.migrate("one", &[FIRST]).await.expect("still known");
    assert_eq!(count(&database, "c").await, 0);
}

async fn a_migration_that_was_edited_is_refused(place: &Place) {
    let database = place.open().await;
    database.migrate("room", &[FIRST]).await.expect("migrates");
    let edited = step("0001_first", "create table a (id bigint, name text)");
    let refused = database.migrate("room", &[edited]).await.expect_err("edited");
    assert!(matches!(&refused, Error::Changed { room, name } if room == "room" && name == "0001_first"), "{refused}");
    assert_eq!(refused.kind(), Kind::Foreign);
}

async fn a_database_of_a_newer_muster_is_refused(place: &Place) {
    let database = place.open().await;
    database.migrate("room", &[FIRST, SECOND]).await.expect("migrates");
    let refused = database.migrate("room", &[FIRST]).await.expect_err("newer");
    assert_eq!(refused.kind(), Kind::Foreign);
    assert_eq!(
        refused.to_string(),
        "the database was written by a newer muster: it has the room migration \"0002_second\", unknown here"
    );
}

async fn a_migration_that_fails_leaves_nothing(place: &Place) {
    let database = place.open().await;
    let broken = step("0002_broken", "create table b (id bigint); insert into nowhere values (1)");
    let refused = database.migrate("room", &[FIRST, broken]).await.expect_err("broken");
    assert!(matches!(&refused, Error::Migration { name, .. } if name == "0002_broken"), "{refused}");
    assert!(database.fetch("select * from a", args![]).await.is_err(), "not even the first");
    database.migrate("room", &[FIRST, SECOND]).await.expect("migrates when it is repaired");
}

async fn an_engine_can_have_its_own_text(place: &Place) {
    let database = place.open().await;
    let step = Migration {
        name: "0001_engine",
        sql: "create table which (name text); insert into which values ('sqlite')",
        postgres: Some("create table which (name text); insert into which values ('postgres')"),
    };
    database.migrate("room", &[step]).await.expect("migrates");
    database.migrate("room", &[step]).await.expect("is known again");
    let name: String =
        database.fetch_one("select name from which", args![]).await.expect("one").get("name").expect("name");
    assert_eq!(name, if database.engine() == Engine::Sqlite { "sqlite" } else { "postgres" });
}
