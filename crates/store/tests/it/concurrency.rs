//! Many at once: readers beside the writer, and several processes' worth of connections to one database.

use muster_store::{Database, Migration, Options, args};

use crate::places::{Place, stories};

stories!(counting_together_loses_nothing, opening_and_migrating_at_once_is_no_race);

const COUNTER: Migration = Migration {
    name: "0001_counter",
    sql: "create table counter (id bigint primary key, n bigint not null); insert into counter values (1, 0)",
    postgres: None,
};

async fn counting_together_loses_nothing(place: &Place) {
    let database = place.open().await;
    database.migrate("story", &[COUNTER]).await.expect("migrates");
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    let mut transaction = database.begin().await.expect("begun");
                    // Without the write lock from the start, two tasks could read the same number here.
                    let sql = match transaction.engine() {
                        muster_store::Engine::Sqlite => "select n from counter where id = 1",
                        muster_store::Engine::Postgres => "select n from counter where id = 1 for update",
                    };
                    let n: i64 = transaction.fetch_one(sql, args![]).await.expect("read").get("n").expect("n");
                    transaction.execute("update counter set n = $1", args![n + 1]).await.expect("written");
                    transaction.commit().await.expect("committed");
                    database.fetch("select n from counter", args![]).await.expect("read beside the writers");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("ends");
    }
    let n: i64 = database.fetch_one("select n from counter", args![]).await.expect("read").get("n").expect("n");
    assert_eq!(n, 80);
}

async fn opening_and_migrating_at_once_is_no_race(place: &Place) {
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let url = place.url.clone();
            tokio::spawn(async move {
                let database = Database::open(&url, Options::default()).await.expect("opens");
                database.migrate("story", &[COUNTER]).await.expect("migrates");
                database.execute("update counter set n = n + 1", args![]).await.expect("written");
                database.close().await;
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("ends");
    }
    if place.url.contains(":memory:") {
        return; // every one of them had a memory of its own
    }
    let n: i64 =
        place.open().await.fetch_one("select n from counter", args![]).await.expect("read").get("n").expect("n");
    assert_eq!(n, 8);
}
