//! A write-ahead log that rots is refused where something lasting stands behind the damage, and never taken for a shorter
//! one; the torn end that a power cut leaves is none.

use std::path::Path;

use muster_store::{Database, Error, Options, args};

const CHANGES: i64 = 12;

/// A database in whose log twelve changes stand, as a process that was killed leaves it.
async fn left_by_a_dead(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let file = folder.join("some.db");
    let database = open(&file).await.expect("opens");
    database.execute("create table rows (row bigint primary key, value text)", args![]).await.expect("made");
    database.execute("pragma wal_checkpoint(truncate)", args![]).await.expect("folded in");
    for row in 0..CHANGES {
        database.execute("insert into rows values ($1, $2)", args![row, "x".repeat(300)]).await.expect("written");
    }
    let log = file.with_extension("db-wal");
    let left = (std::fs::read(&file).expect("reads"), std::fs::read(log).expect("reads"));
    database.close().await;
    left
}

async fn open(file: &Path) -> Result<Database, Error> {
    Database::open(&format!("sqlite:{}", file.display()), Options::default()).await
}

/// How many rows there are when it is opened with this log.
async fn rows(folder: &Path, database: &[u8], log: &[u8]) -> Result<i64, Error> {
    let file = folder.join("other.db");
    for name in ["other.db-wal", "other.db-shm"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    std::fs::write(&file, database).expect("writes");
    std::fs::write(folder.join("other.db-wal"), log).expect("writes");
    let database = open(&file).await?;
    let row = database.fetch_one("select count(*) as count from rows", args![]).await?;
    database.close().await;
    row.get("count")
}

#[tokio::test]
async fn a_bit_that_flips_in_the_log_forgets_nothing_but_the_last_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, log) = left_by_a_dead(folder.path()).await;
    assert_eq!(rows(folder.path(), &database, &log).await.expect("opens"), CHANGES);
    let last = log.len() - (24 + 4_096);
    let (mut told, mut tried) = (0, 0);
    // Every bit of the log's header and of the first page's, and one in every stretch of the rest.
    let bits = (0..56 * 8).chain((56 * 8..log.len() * 8).step_by(2_003));
    for bit in bits {
        let mut rotten = log.clone();
        rotten[bit / 8] ^= 1 << (bit % 8);
        tried += 1;
        match rows(folder.path(), &database, &rotten).await {
            Err(Error::Damaged { why, .. }) => {
                told += 1;
                assert!(why.contains("stand behind it"), "{why}");
            }
            Err(error) => panic!("bit {bit}: {error}"),
            // The page that ends the second change from the end has one complete change behind it, not two.
            Ok(count) => assert!(
                count >= CHANGES - 2 && (bit / 8 >= last - 2 * (24 + 4_096) || count == CHANGES),
                "bit {bit}: {count}"
            ),
        }
    }
    assert!(told > tried * 3 / 4, "{told} of {tried}");
}

#[tokio::test]
async fn a_log_that_ends_early_is_what_a_power_cut_leaves() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, log) = left_by_a_dead(folder.path()).await;
    let mut before = CHANGES;
    for end in (0..log.len()).rev().step_by(509) {
        let count = rows(folder.path(), &database, &log[..end]).await.expect("opens");
        assert!(count <= before, "{count} after {before}");
        before = count;
    }
    assert_eq!(before, 0);
}

/// Blocks of the disk, swapped and zeroed.
#[tokio::test]
async fn blocks_that_are_swapped_or_zeroed_are_told() {
    const BLOCK: usize = 4_096;
    let folder = tempfile::tempdir().expect("a folder");
    let (database, log) = left_by_a_dead(folder.path()).await;
    let blocks = log.len() / BLOCK;
    for block in 0..blocks - 5 {
        let mut swapped = log.clone();
        let (one, two) = swapped.split_at_mut((block + 1) * BLOCK);
        one[block * BLOCK..].swap_with_slice(&mut two[..BLOCK]);
        let mut zeroed = log.clone();
        zeroed[block * BLOCK..(block + 1) * BLOCK].fill(0);
        for rotten in [swapped, zeroed] {
            match rows(folder.path(), &database, &rotten).await {
                Err(Error::Damaged { .. }) => {}
                other => panic!("block {block} of {blocks}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn whoever_leaves_a_database_leaves_a_short_log_and_folds_a_long_one() {
    for (rows, left) in [(1_i64, true), (20, false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("some.db");
        let options = Options { log_pages: 16, ..Options::default() };
        let database = Database::open(&format!("sqlite:{}", file.display()), options).await.expect("opens");
        database.execute("create table rows (row bigint primary key)", args![]).await.expect("made");
        for row in 0..rows {
            database.execute("insert into rows values ($1)", args![row]).await.expect("written");
        }
        database.leave().await;
        let log = file.with_extension("db-wal");
        assert_eq!(log.exists(), left, "{rows} rows");
        let (database, log) = (std::fs::read(&file).expect("reads"), std::fs::read(log).unwrap_or_default());
        assert_eq!(self::rows(folder.path(), &database, &log).await.expect("opens"), rows);
    }
}
