//! Nothing is left to the operating system: while a statement is carried out, nobody else runs and no time passes.

use std::time::Duration;

use muster_store::{Database, Options, args};
use tokio::time::{Instant, sleep};

async fn database() -> Database {
    let options = Options { inline: true, ..Options::default() };
    let database = Database::open("sqlite::memory:", options).await.expect("opens");
    database.execute("create table steps (id integer primary key, who bigint not null)", args![]).await.expect("made");
    database
}

/// Who got to write, in which order, and how much virtual time that took.
async fn lived() -> (Vec<i64>, Duration) {
    let (database, start) = (database().await, Instant::now());
    let mut writers = Vec::new();
    for who in 0..5_i64 {
        let database = database.clone();
        writers.push(tokio::spawn(async move {
            for step in 0..20_u64 {
                if step % 4 == who.unsigned_abs() % 4 {
                    sleep(Duration::from_millis(7)).await;
                }
                let mut transaction = database.begin().await.expect("begun");
                transaction.execute("insert into steps (who) values ($1)", args![who]).await.expect("written");
                transaction.commit().await.expect("committed");
            }
        }));
    }
    for writer in writers {
        writer.await.expect("no panic");
    }
    let rows = database.fetch("select who from steps order by id", args![]).await.expect("read");
    (rows.iter().map(|row| row.get("who").expect("a number")).collect(), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn the_order_is_the_same_every_time_and_time_passes_only_in_sleep() {
    let (first, took) = lived().await;
    assert_eq!(first.len(), 100);
    assert!(took < Duration::from_millis(50), "{took:?}");
    assert!(first.windows(2).filter(|pair| pair[0] != pair[1]).count() > 20, "they take turns: {first:?}");
    for _ in 0..5 {
        assert_eq!(lived().await, (first.clone(), took));
    }
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_in_the_middle_leaves_nothing_and_keeps_nobody_waiting() {
    let database = database().await;
    let gone = async {
        let mut transaction = database.begin().await.expect("begun");
        transaction.execute("insert into steps (who) values (1)", args![]).await.expect("written");
        sleep(Duration::from_secs(3600)).await;
    };
    assert!(tokio::time::timeout(Duration::from_millis(5), gone).await.is_err());
    let row = database.fetch_one("select count(*) as n from steps", args![]).await.expect("read");
    assert_eq!(row.get::<i64>("n").expect("n"), 0);
}
