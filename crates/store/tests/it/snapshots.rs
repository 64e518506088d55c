//! A look at one moment, and the way back into an empty database.

use muster_store::{Database, Migration, Value, args};

use crate::places::{Place, stories};

stories!(a_snapshot_is_of_one_moment_and_goes_back_into_an_empty_database);

const TABLES: &[Migration] = &[Migration {
    name: "0001_things",
    sql: "create table things (id bigint primary key, name text, weight double precision, count bigint); \
          create table pairs (a bigint not null, b text not null, primary key (a, b))",
    postgres: None,
}];

async fn a_snapshot_is_of_one_moment_and_goes_back_into_an_empty_database(place: &Place) {
    if place.url.contains(":memory:") {
        return; // it has one connection, which cannot look at what it is changing
    }
    let database = place.open().await;
    database.migrate("story", TABLES).await.expect("migrates");
    let mut transaction = database.begin().await.expect("begun");
    let things: Vec<Vec<Value>> = (0..5_000_i64)
        .map(|id| args![id, (id % 2 == 0).then_some("even"), (id % 3 == 0).then_some(id as f64), None::<i64>])
        .collect();
    transaction.insert("things", &["id", "name", "weight", "count"], things.clone()).await.expect("inserted");
    transaction.insert("pairs", &["a", "b"], vec![args![1_i64, "x"], args![1_i64, "y"]]).await.expect("inserted");
    transaction.commit().await.expect("committed");

    let mut snapshot = database.snapshot().await.expect("a snapshot");
    assert_eq!(snapshot.tables().await.expect("tables"), ["leases", "pairs", "things"]);
    assert_eq!(snapshot.migrations("story").await.expect("migrations"), ["0001_things"]);
    database.execute("delete from things where id < 4000", args![]).await.expect("others go on writing");
    let mut taken = Vec::new();
    for table in ["things", "pairs"] {
        let columns = snapshot.columns(table).await.expect("columns");
        let mut rows = Vec::new();
        loop {
            let more = snapshot.read(table).await.expect("rows");
            if more.is_empty() {
                break;
            }
            rows.extend(more);
        }
        taken.push((table, columns, rows));
    }
    drop(snapshot);
    assert_eq!((taken[0].2.len(), taken[1].2.len()), (5_000, 2));

    let other = Place::beside(place).await;
    let empty: Database = other.open().await;
    empty.migrate("story", TABLES).await.expect("migrates");
    let mut transaction = empty.begin().await.expect("begun");
    for (table, columns, rows) in taken {
        transaction.put_back(table, &columns, rows).await.expect("put back");
    }
    transaction.commit().await.expect("committed");
    let sums = "select count(*) as n, sum(id) as ids, count(name) as names, sum(weight) as weight from things";
    let row = empty.fetch_one(sums, args![]).await.expect("summed");
    assert_eq!(row.get::<i64>("n").expect("n"), 5_000);
    assert_eq!(row.get::<i64>("ids").expect("ids"), 4_999 * 2_500);
    assert_eq!(row.get::<i64>("names").expect("names"), 2_500);
    assert_eq!(row.get::<f64>("weight").expect("weight"), (0..5_000).step_by(3).sum::<i32>().into());
}
