//! Values go in and come out alike on both engines.

use jiff::Timestamp;
use muster_store::{Database, Kind, Migration, Value, args};
use uuid::Uuid;

use crate::places::{Place, stories};

stories!(
    every_kind_of_value_returns_as_it_was,
    a_null_of_every_kind_returns_as_nothing,
    sums_counts_and_truths_are_integers,
    an_upsert_returns_what_it_left,
    a_second_row_with_the_same_key_is_recognised,
    a_statement_that_is_wrong_is_told_in_the_error,
);

const THINGS: Migration = Migration {
    name: "0001_things",
    sql: "create table things (id bigint primary key, share double precision, name text, body bytea, seen bigint)",
    postgres: None,
};

async fn things(place: &Place) -> Database {
    let database = place.open().await;
    database.migrate("story", &[THINGS]).await.expect("migrates");
    database
}

async fn every_kind_of_value_returns_as_it_was(place: &Place) {
    let database = things(place).await;
    let moment = Timestamp::from_microsecond(1_789_000_000_123_456).expect("a moment");
    let id = Uuid::from_u128(0x1234_5678_9abc_def0_0000_0000_0000_0001);
    database
        .execute(
            "insert into things (id, share, name, body, seen) values ($1, $2, $3, $4, $5)",
            args![i64::MAX, 0.125, id, vec![0_u8, 255], moment],
        )
        .await
        .expect("inserted");
    let row = database.fetch_one("select * from things where id = $1", args![i64::MAX]).await.expect("found");
    assert_eq!(row.get::<i64>("id").expect("id"), i64::MAX);
    assert_eq!(row.get::<u64>("id").expect("id"), i64::MAX as u64);
    assert!((row.get::<f64>("share").expect("share") - 0.125).abs() < f64::EPSILON);
    assert_eq!(row.get::<Uuid>("name").expect("name"), id);
    assert_eq!(row.get::<Vec<u8>>("body").expect("body"), [0, 255]);
    assert_eq!(row.get::<Timestamp>("seen").expect("seen"), moment);
    assert!(row.get::<bool>("seen").expect("not zero"));
    assert!(row.get::<u32>("id").is_err());
    assert!(row.get::<String>("id").is_err());
}

async fn a_null_of_every_kind_returns_as_nothing(place: &Place) {
    let database = things(place).await;
    database
        .execute(
            "insert into things (id, share, name, body, seen) values ($1, $2, $3, $4, $5)",
            vec![
                Value::Integer(Some(1)),
                Value::Real(None),
                Value::Text(None),
                Value::Bytes(None),
                Value::Integer(None),
            ],
        )
        .await
        .expect("inserted");
    let row = database.fetch_one("select * from things", args![]).await.expect("found");
    assert_eq!(row.get::<Option<f64>>("share").expect("share"), None);
    assert_eq!(row.get::<Option<String>>("name").expect("name"), None);
    assert_eq!(row.get::<Option<Vec<u8>>>("body").expect("body"), None);
    assert_eq!(row.get::<Option<Timestamp>>("seen").expect("seen"), None);
    assert!(row.get::<String>("name").is_err());
}

async fn sums_counts_and_truths_are_integers(place: &Place) {
    let database = things(place).await;
    let mut transaction = database.begin().await.expect("begun");
    let rows = (1..=3_i64).map(|id| args![id, 0.5, "x", vec![1_u8], id * 1_000_000_007]).collect();
    transaction.insert("things", &["id", "share", "name", "body", "seen"], rows).await.expect("inserted");
    transaction.commit().await.expect("committed");
    let row = database
        .fetch_one(
            "select count(*) as n, sum(seen) as total, avg(id) as middle, sum(share) as shares, \
             exists (select 1 from things where id = $1) as there, max(name) as name from things",
            args![2_i64],
        )
        .await
        .expect("answered");
    assert_eq!(row.get::<i64>("n").expect("n"), 3);
    assert_eq!(row.get::<i64>("total").expect("total"), 6_000_000_042);
    assert!((row.get::<f64>("middle").expect("middle") - 2.0).abs() < 1e-12);
    assert!((row.get::<f64>("shares").expect("shares") - 1.5).abs() < 1e-12);
    assert!(row.get::<bool>("there").expect("there"));
    assert_eq!(row.get::<String>("name").expect("name"), "x");
}

async fn an_upsert_returns_what_it_left(place: &Place) {
    let database = things(place).await;
    let sql = "insert into things (id, seen) values ($1, $2) \
               on conflict (id) do update set seen = things.seen + excluded.seen returning seen";
    for expected in [5_i64, 10, 15] {
        let row = database.fetch_one(sql, args![1_i64, 5_i64]).await.expect("kept");
        assert_eq!(row.get::<i64>("seen").expect("seen"), expected);
    }
    let touched = database.execute("update things set seen = 0 where id < $1", args![9_i64]).await.expect("updated");
    assert_eq!(touched, 1);
}

async fn a_second_row_with_the_same_key_is_recognised(place: &Place) {
    let database = things(place).await;
    let sql = "insert into things (id) values ($1)";
    database.execute(sql, args![1_i64]).await.expect("inserted");
    let refused = database.execute(sql, args![1_i64]).await.expect_err("there already");
    assert_eq!(refused.kind(), Kind::Unique);
    assert_eq!(refused.to_string(), format!("a statement failed: such a row exists already: {sql}"));
}

async fn a_statement_that_is_wrong_is_told_in_the_error(place: &Place) {
    let database = things(place).await;
    let refused = database.fetch("select a\n   from nowhere", args![]).await.expect_err("wrong");
    assert_eq!(refused.kind(), Kind::Other);
    assert_eq!(refused.to_string(), "a statement failed: select a from nowhere");
    let cause = std::error::Error::source(&refused).expect("a cause").to_string();
    assert!(cause.contains("nowhere"), "{cause}");
    let missing = database.fetch_one("select id from things", args![]).await.expect_err("none");
    assert_eq!(missing.to_string(), "no row found by: select id from things");
}
