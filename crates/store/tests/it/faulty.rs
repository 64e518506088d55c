//! A disk that refuses writes for a while: what it did not take is gone, also for the next process, and what is
//! acknowledged afterwards is there after a power cut.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use muster_store::testing::{Disk, Workshop};
use muster_store::{Database, Kind, Options, args};

const PLACE: &str = "MUSTER_TEST_PLACE";

/// Rows that do not share their pages.
const SIZE: usize = 9_000;

async fn open(folder: &Path, grouped: bool) -> Database {
    let address = format!("sqlite:{}", folder.join("some.db").display());
    Database::open(&address, Options { grouped, ..Options::default() }).await.expect("opens")
}

async fn insert(database: &Database, row: i64) -> Result<(), muster_store::Error> {
    let mut transaction = database.begin().await?;
    let sql = "insert into rows (row, value) values ($1, $2)";
    transaction.execute(sql, args![row, format!("{row:0SIZE$}")]).await?;
    transaction.commit().await
}

async fn rows(database: &Database) -> Vec<i64> {
    let whole = database.fetch("pragma integrity_check", args![]).await.expect("reads");
    assert_eq!(whole[0].get::<String>("integrity_check").expect("a word"), "ok");
    let rows = database.fetch("select row, length(value) as size from rows order by row", args![]).await;
    let rows = rows.expect("reads");
    assert!(rows.iter().all(|row| row.get::<i64>("size").expect("a number") == SIZE as i64));
    rows.iter().map(|row| row.get("row").expect("a number")).collect()
}

/// The process that meets the failing disk, and dies of it: started by the tests below.
#[tokio::test]
#[ignore = "is the child of another test"]
async fn child() {
    #[allow(clippy::disallowed_methods, reason = "told by the test that starts it")]
    let place = std::env::var(PLACE).expect("is told a place");
    let grouped = place.ends_with("grouped");
    let database = open(Path::new(&place), grouped).await;
    database.execute("create table rows (row bigint primary key, value text not null)", args![]).await.expect("made");
    let mut out = std::io::stderr();
    for row in 0.. {
        if row == 5 {
            writeln!(out, "ready").expect("told");
            std::io::stdin().read_line(&mut String::new()).expect("is told that the disk fails");
        }
        if let Err(error) = insert(&database, row).await {
            writeln!(out, "failed {row} {:?}", error.kind()).expect("told");
            // Nothing may be closed or folded in: this is a death.
            std::process::abort();
        }
    }
}

/// `None` where no disk can be made, which is said.
fn brittle() -> Option<Disk> {
    match Workshop::shared().expect("a machine for proofs has disks") {
        Ok(workshop) => Some(workshop.brittle(24).expect("a disk")),
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "skipped: {why}");
            None
        }
    }
}

async fn after_power_cut(disk: &Disk, folder: &Path, grouped: bool) -> Vec<i64> {
    let image = disk.power_cut().expect("an image").power_on().expect("mounts");
    let after = open(&image.path().join(folder.file_name().expect("a name")), grouped).await;
    let rows = rows(&after).await;
    after.close().await;
    rows
}

async fn tell(grouped: bool) {
    let Some(disk) = brittle() else { return };
    let folder = disk.path().join(if grouped { "grouped" } else { "alone" });
    std::fs::create_dir(&folder).expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "faulty::child", "--ignored", "--nocapture"])
        .env(PLACE, &folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines().map(|line| line.expect("text"));
    assert!(said.any(|line| line == "ready"));
    disk.fail().expect("fails");
    child.stdin.take().expect("a pipe").write_all(b"\n").expect("told");
    let last = said.find(|line| line.starts_with("failed")).expect("the disk fails");
    child.wait().expect("dies");
    let words: Vec<&str> = last.split(' ').collect();
    let failed: i64 = words[1].parse().expect("a number");
    assert!(failed >= 5, "{last}");
    assert_eq!(words[2], format!("{:?}", Kind::Faulty), "{last}");

    disk.repair().expect("is mended");
    let database = open(&folder, grouped).await;
    assert_eq!(rows(&database).await, (0..failed).collect::<Vec<_>>(), "what failed has not happened");
    insert(&database, 1_000).await.expect("goes on");

    let expected: Vec<i64> = (0..failed).chain([1_000]).collect();
    let after = after_power_cut(&disk, &folder, grouped).await;
    assert_eq!(after, expected, "what was acknowledged is there after a power cut");
    database.close().await;
}

/// As a controller does, which lives longer than its disk's trouble.
async fn live_on(grouped: bool) {
    let Some(disk) = brittle() else { return };
    let folder = disk.path().join("folder");
    let database = open(&folder, grouped).await;
    database.execute("create table rows (row bigint primary key, value text not null)", args![]).await.expect("made");
    let mut expected = Vec::new();
    for trouble in 0..4 {
        let first = trouble * 10;
        for row in first..=first + trouble {
            insert(&database, row).await.expect("goes well");
            expected.push(row);
        }
        disk.fail().expect("fails");
        for attempt in 0..2 {
            let error = insert(&database, first + 9).await.expect_err("the disk fails");
            assert_eq!(error.kind(), Kind::Faulty, "{trouble}, {attempt}: {error}");
        }
        disk.repair().expect("is mended");
        insert(&database, first + 5).await.expect("goes on");
        expected.push(first + 5);
        assert_eq!(after_power_cut(&disk, &folder, grouped).await, expected, "{trouble}");
    }
    assert_eq!(rows(&database).await, expected);
    database.close().await;
}

#[tokio::test]
async fn the_same_process_goes_on_when_the_disk_does() {
    live_on(false).await;
}

#[tokio::test]
async fn the_same_process_goes_on_in_groups_when_the_disk_does() {
    live_on(true).await;
}

#[tokio::test]
async fn what_a_failed_commit_wrote_is_believed_by_nobody() {
    tell(false).await;
}

#[tokio::test]
async fn what_a_failed_group_of_commits_wrote_is_believed_by_nobody() {
    tell(true).await;
}
