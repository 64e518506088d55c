//! Files with something wrong, against the same files when they were sound.

use std::collections::{BTreeMap, BTreeSet};

use super::{Hint, Place, Table, Wreck};
use crate::{Database, Migration, Options, args};

const TABLES: &[Migration] = &[Migration {
    name: "0001_tables",
    sql: "create table notes (id bigint primary key, text text not null, weight double precision); \
          create table pairs (a text not null, b bigint not null, c bigint, primary key (a, b)); \
          create index pairs_by_number on pairs (b); \
          alter table notes add column later text",
    postgres: None,
}];

/// A file with trees of several levels, records of several pages, and pages that are free again; and its log.
async fn sound() -> (Vec<Table>, Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.db");
    let database = Database::open(&format!("sqlite:{}", path.display()), Options::default()).await.expect("opens");
    database.migrate("story", TABLES).await.expect("migrates");
    let mut transaction = database.begin().await.expect("begun");
    for id in 0..150_i64 {
        let text = format!("note {id} ").repeat(if id % 25 == 0 { 900 } else { 8 });
        let sql = "insert into notes (id, text, weight) values ($1, $2, $3)";
        transaction.execute(sql, args![id, text, (id % 3 == 0).then_some(id as f64)]).await.expect("written");
    }
    for number in 0..900_i64 {
        let sql = "insert into pairs values ($1, $2, $3)";
        let values = args![format!("pair {}", number % 7), number, (number % 2 == 0).then_some(number * 1_000)];
        transaction.execute(sql, values).await.expect("written");
    }
    transaction.execute("delete from pairs where b between 300 and 700", args![]).await.expect("deleted");
    transaction.commit().await.expect("committed");
    database.execute("pragma wal_checkpoint(truncate)", args![]).await.expect("folded in");
    for id in 0..12_i64 {
        let sql = "update notes set later = $2 where id = $1";
        database.execute(sql, args![id * 10, "x".repeat(200)]).await.expect("written");
    }
    let tables = Table::all_of(&database).await.expect("tables");
    let log = std::fs::read(folder.path().join("some.db-wal")).expect("reads");
    (tables, std::fs::read(&path).expect("reads"), log)
}

/// A record as a text, for comparisons.
type Known = BTreeMap<(usize, String), BTreeSet<u32>>;

/// Every record of every table with the pages it lies on.
fn records(wreck: &mut Wreck, tables: &[Table]) -> Known {
    let mut known = Known::new();
    for stretch in wreck.survey(tables).stretches {
        let leaf = wreck.leaf(stretch, tables);
        let Some(table) = leaf.table else { continue };
        for record in leaf.records {
            let own = if let Place::Page(page) = stretch.place { page } else { 0 };
            let pages = record.beyond.iter().copied().chain([own]).collect();
            known.insert((table, format!("{} {:?}", record.row, record.values)), pages);
        }
    }
    known
}

fn folded(file: &[u8], log: &[u8]) -> Vec<u8> {
    let mut wreck = Wreck::of_bytes(file.to_vec(), log.to_vec());
    let pages = wreck.pages;
    (1..=pages).flat_map(|page| wreck.page(page).expect("a page")).collect()
}

#[tokio::test]
async fn a_sound_file_is_read_as_sqlite_reads_it() {
    let (tables, file, log) = sound().await;
    let mut wreck = Wreck::of_bytes(file.clone(), log.clone());
    let survey = wreck.survey(&tables);
    assert_eq!((survey.faults, survey.adrift, survey.torn), (0, 0, false));
    assert!(survey.stretches.iter().all(|stretch| stretch.hint != Hint::None));
    assert!(!wreck.free().is_empty(), "pages are free");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("again.db");
    std::fs::write(&path, &file).expect("writes");
    std::fs::write(folder.path().join("again.db-wal"), &log).expect("writes");
    let database = Database::open(&format!("sqlite:{}", path.display()), Options::default()).await.expect("opens");
    let fresh = Database::open("sqlite::memory:", Options::default()).await.expect("opens");
    fresh.migrate("story", TABLES).await.expect("migrates");
    let mut wreck = Wreck::open(&path).expect("opens");
    let refilled = wreck.refill(&fresh, &tables, &["leases", "muster_migrations"]).await.expect("refilled");
    assert!(!refilled.damaged && !refilled.torn && refilled.unassigned == 0, "{refilled:?}");
    for sql in
        ["select id, text, weight, later from notes order by id", "select a, b, c, '' as d from pairs order by a, b"]
    {
        let own = fresh.fetch(sql, args![]).await.expect("rows");
        let theirs = database.fetch(sql, args![]).await.expect("rows");
        assert!(own.len() > 100);
        let values = |rows: Vec<crate::Row>| rows.into_iter().map(crate::Row::into_values).collect::<Vec<_>>();
        assert_eq!(values(own), values(theirs));
    }
}

/// One thing is wrong: what does not lie on those pages is there as it was.
fn check(what: &str, tables: &[Table], before: &Known, (file, log): (Vec<u8>, Vec<u8>), damaged: &[u32]) {
    let after = records(&mut Wreck::of_bytes(file, log), tables);
    for (record, pages) in before {
        if pages.iter().all(|page| !damaged.contains(page)) {
            assert!(after.contains_key(record), "{what}: {record:?} on {pages:?} is lost");
        }
    }
}

#[tokio::test]
async fn every_record_beside_the_damage_is_kept() {
    let (tables, file, log) = sound().await;
    let file = folded(&file, &log);
    let before = records(&mut Wreck::of_bytes(file.clone(), Vec::new()), &tables);
    assert_eq!(before.iter().filter(|((table, _), _)| tables[*table].name == "notes").count(), 150);
    let pages = file.len() / 4_096;
    for byte in (0..file.len()).step_by(401) {
        let mut rotten = file.clone();
        rotten[byte] ^= 1 << (byte % 8);
        check(&format!("byte {byte}"), &tables, &before, (rotten, Vec::new()), &[byte as u32 / 4_096 + 1]);
    }
    for page in 0..pages {
        let mut zeroed = file.clone();
        zeroed[page * 4_096..][..4_096].fill(0);
        let number = page as u32 + 1;
        check(&format!("page {number} zeroed"), &tables, &before, (zeroed, Vec::new()), &[number]);
        // Two leaves that change places are both whole; a record that goes on elsewhere is not.
        for other in [page + 1, pages - 1 - page] {
            if other < pages && other != page {
                let mut swapped = file.clone();
                let (one, two) = (page.min(other), page.max(other));
                let (low, high) = swapped.split_at_mut(two * 4_096);
                low[one * 4_096..][..4_096].swap_with_slice(&mut high[..4_096]);
                let moved: BTreeSet<u32> = [one as u32 + 1, two as u32 + 1].into();
                let on_one_page: Known = before
                    .iter()
                    .filter(|(_, pages)| pages.len() == 1 || pages.is_disjoint(&moved))
                    .map(|(record, pages)| (record.clone(), pages.clone()))
                    .collect();
                let what = format!("pages {one} and {two} swapped, from 0");
                check(&what, &tables, &on_one_page, (swapped, Vec::new()), &[]);
            }
        }
    }
    for end in (0..file.len()).step_by(5_777) {
        let gone: Vec<u32> = (end as u32 / 4_096 + 1..=pages as u32).collect();
        check(&format!("ends at {end}"), &tables, &before, (file[..end].to_vec(), Vec::new()), &gone);
    }
}

#[tokio::test]
async fn a_log_that_rots_hides_one_page_and_not_what_stands_behind_it() {
    let (tables, file, log) = sound().await;
    let before = records(&mut Wreck::of_bytes(file.clone(), log.clone()), &tables);
    let frame = 4_096 + 24;
    for byte in (0..log.len()).step_by(151) {
        let mut rotten = log.clone();
        rotten[byte] ^= 1 << (byte % 8);
        // Which page the damaged one is.
        let damaged = (byte >= 32).then(|| {
            let at = 32 + (byte - 32) / frame * frame;
            u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes"))
        });
        let mut wreck = Wreck::of_bytes(file.clone(), rotten.clone());
        let survey = wreck.survey(&tables);
        // A sum that is wrong is put right by the page behind it.
        let told = survey.torn || survey.adrift > 0;
        let damaged: Vec<u32> = damaged.into_iter().filter(|_| told).collect();
        check(&format!("byte {byte} of the log"), &tables, &before, (file.clone(), rotten), &damaged);
    }
}

#[tokio::test]
async fn nothing_panics_whatever_the_bytes() {
    let (tables, file, log) = sound().await;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for round in 0..80 {
        let (mut file, mut log) = (file.clone(), log.clone());
        for _ in 0..1 + round {
            let at = next(file.len());
            file[at] = next(256) as u8;
            let at = next(log.len());
            log[at] = next(256) as u8;
            // Where the structure is.
            let page = next(file.len() / 4_096) * 4_096;
            file[page + next(64)] = next(256) as u8;
        }
        file.truncate(next(file.len()) + 1);
        let records = records(&mut Wreck::of_bytes(file, log), &tables);
        assert!(records.len() < 100_000);
    }
}
