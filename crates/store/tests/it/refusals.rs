//! What cannot be used is named: a foreign file, a full or read-only disk, a locked database or folder.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use muster_store::{Database, Error, FolderLock, Kind, Migration, Options, args};

use crate::places::skipped;

const BULK: Migration = Migration { name: "0001_bulk", sql: "create table bulk (body text)", postgres: None };

async fn open(path: &Path) -> Result<Database, Error> {
    Database::open(&format!("sqlite:{}", path.display()), Options::default()).await
}

fn said(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.txt");
    let text = "These are my notes, and they are longer than the header of a database. ".repeat(20);
    fs::write(&path, &text).expect("written");
    let refused = open(&path).await.expect_err("no database");
    assert_eq!(refused.kind(), Kind::Foreign, "{}", said(&refused));
    assert!(refused.to_string().contains("notes.txt is not a database of muster"), "{refused}");
    assert_eq!(fs::read_to_string(&path).expect("read"), text);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("theirs.db");
    let ours = open(&path).await.expect("made");
    ours.execute("create table bookmarks (url text)", args![]).await.expect("made");
    ours.execute("pragma application_id = 0", args![]).await.expect("no longer ours");
    ours.close().await;
    let refused = open(&path).await.expect_err("theirs");
    assert_eq!(refused.kind(), Kind::Foreign);
    assert!(refused.to_string().contains("another program"), "{refused}");
}

#[tokio::test]
async fn a_place_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("notes"), "not a folder").expect("written");
    let refused = open(&folder.path().join("notes/state.db")).await.expect_err("no folder");
    assert!(said(&refused).contains("notes/state.db: File exists"), "{}", said(&refused));
}

#[tokio::test]
async fn a_new_database_is_for_its_owner_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("muster/state");
    let database = open(&state.join("state.db")).await.expect("made");
    database.migrate("story", &[BULK]).await.expect("migrates");
    assert_eq!(state.metadata().expect("described").permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&state).expect("listed").flatten() {
        let mode = entry.metadata().expect("described").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

/// Fills the database until it refuses, and sees that what was there is still there.
async fn fill(database: &Database) -> Error {
    database.migrate("story", &[BULK]).await.expect("migrates");
    database.execute("insert into bulk values ('first')", args![]).await.expect("there is room for one");
    let mut refused = None;
    for _ in 0..200 {
        let mut transaction = database.begin().await.expect("begun");
        let rows = (0..50).map(|_| args!["x".repeat(1_000)]).collect();
        let written = match transaction.insert("bulk", &["body"], rows).await {
            Ok(()) => transaction.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            refused = Some(error);
            break;
        }
    }
    let refused = refused.expect("it is full at some time");
    let row = database.fetch_one("select min(body) as first, count(*) as n from bulk", args![]).await.expect("read");
    assert_eq!(row.get::<String>("first").expect("first"), "first");
    assert_eq!(row.get::<i64>("n").expect("n") % 50, 1, "a transaction is in it or is not");
    refused
}

#[tokio::test]
async fn a_database_at_its_limit_is_full_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = open(&folder.path().join("state.db")).await.expect("made");
    database.fetch("pragma max_page_count = 60", args![]).await.expect("limited");
    let refused = fill(&database).await;
    assert_eq!(refused.kind(), Kind::Full, "{}", said(&refused));
    assert!(refused.to_string().starts_with("a statement failed: the disk is full"), "{refused}");
    database.fetch("pragma max_page_count = 6000", args![]).await.expect("widened");
    let rows = (0..50).map(|_| args!["x".repeat(1_000)]).collect();
    let mut transaction = database.begin().await.expect("begun");
    transaction.insert("bulk", &["body"], rows).await.expect("there is room again");
    transaction.commit().await.expect("committed");
}

/// On a disk of one megabyte, in a mount namespace of a child process: nothing of it stays.
#[tokio::test]
async fn a_full_disk_is_told() {
    if in_child() {
        let database = open(&std::env::current_dir().expect("a folder").join("state.db")).await.expect("made");
        let refused = fill(&database).await;
        assert_eq!(refused.kind(), Kind::Full, "{}", said(&refused));
        return;
    }
    let story = "refusals::a_full_disk_is_told";
    if !is_root() {
        return skipped(story, "only root can mount a small disk");
    }
    let folder = child_folder();
    let inside = folder.path().join(CHILD);
    let script = r#"mount -t tmpfs -o size=1m tmpfs "$1" || exit 77; cd "$1" && exec "$2" --exact "$3""#;
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, "sh"]).arg(&inside).arg(folder.path().join("story")).arg(story);
    match command.stdin(Stdio::null()).output() {
        Err(error) => skipped(story, &format!("unshare: {error}")),
        Ok(output) if output.status.code() == Some(77) || output.stdout.is_empty() => {
            skipped(story, &format!("no small disk here: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        Ok(output) => assert_told(&output),
    }
}

/// Root may write to everything, so as root this story is told by a child process of another user.
#[tokio::test]
async fn a_file_or_folder_that_cannot_be_written_is_told() {
    if is_root() {
        let folder = child_folder();
        let inside = folder.path().join(CHILD);
        std::os::unix::fs::chown(&inside, Some(65_534), Some(65_534)).expect("given away");
        let output = Command::new(folder.path().join("story"))
            .args(["--exact", "refusals::a_file_or_folder_that_cannot_be_written_is_told"])
            .env("TMPDIR", &inside)
            .current_dir(&inside)
            .uid(65_534)
            .gid(65_534)
            .output()
            .expect("runs");
        assert_told(&output);
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permitted");

    mode(folder.path(), 0o500);
    let refused = open(&path).await.expect_err("nothing can be made there");
    assert_eq!(refused.kind(), Kind::ReadOnly, "{}", said(&refused));
    let refused = FolderLock::acquire(folder.path()).expect_err("nothing can be made there");
    assert_eq!(refused.kind(), Kind::ReadOnly, "{}", said(&refused));

    mode(folder.path(), 0o700);
    open(&path).await.expect("made").close().await;
    mode(&path, 0o400);
    let refused = open(&path).await.expect_err("not to be written");
    assert_eq!(refused.kind(), Kind::ReadOnly, "{}", said(&refused));
    mode(&path, 0o600);

    let database = open(&path).await.expect("opens");
    let refused = database.fetch("select * from bulk; insert into bulk values ('a')", args![]).await;
    assert!(refused.is_err());
    database.close().await;
}

#[tokio::test]
async fn a_write_that_strays_to_a_reader_is_refused_as_read_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = open(&folder.path().join("state.db")).await.expect("made");
    database.migrate("story", &[BULK]).await.expect("migrates");
    let refused = database.fetch("select 1; delete from bulk", args![]).await.expect_err("no reader writes");
    assert_eq!(refused.kind(), Kind::ReadOnly, "{}", said(&refused));
}

#[tokio::test]
async fn a_writer_that_holds_on_makes_others_give_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = open(&folder.path().join("state.db")).await.expect("made");
    let held = database.begin().await.expect("begun");
    tokio::time::pause(); // nothing happens from here on, so the wait is over at once
    let refused = tokio::time::timeout(Duration::from_secs(300), database.begin()).await.expect("in time");
    assert_eq!(refused.expect_err("held").kind(), Kind::Locked);
    tokio::time::resume();
    held.rollback().await.expect("rolled back");
    database.begin().await.expect("free again");
}

#[tokio::test]
async fn a_writer_of_another_process_makes_others_give_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("state.db");
    let (ours, theirs) = (open(&path).await.expect("made"), open(&path).await.expect("opens"));
    ours.migrate("story", &[BULK]).await.expect("migrates");
    theirs.fetch("pragma busy_timeout = 20", args![]).await.expect("impatient");
    let held = ours.begin().await.expect("begun");
    let refused = theirs.execute("insert into bulk values ('a')", args![]).await.expect_err("held");
    assert_eq!(refused.kind(), Kind::Locked, "{}", said(&refused));
    assert_eq!(theirs.begin().await.expect_err("held").kind(), Kind::Locked);
    theirs.fetch("select * from bulk", args![]).await.expect("readers are never held up");
    held.rollback().await.expect("rolled back");
    theirs.begin().await.expect("free again");
}

const CHILD: &str = "muster-child";

/// The child told its story, and it was not an empty one.
fn assert_told(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

fn in_child() -> bool {
    std::env::current_dir().is_ok_and(|folder| folder.ends_with(CHILD))
}

fn is_root() -> bool {
    tempfile::tempdir().and_then(|folder| folder.path().metadata()).expect("a folder").uid() == 0
}

/// A folder that everybody can reach, with this program in it and a folder for the child to be in.
fn child_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
    fs::copy(std::env::current_exe().expect("this program"), folder.path().join("story")).expect("copied");
    fs::create_dir(folder.path().join(CHILD)).expect("made");
    folder
}
