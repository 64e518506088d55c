//! Every bit of a small journal flipped, its end cut off at every place, blocks swapped and zeroed: what does not lie on
//! the damaged page is kept as it was, and what lies there is never believed where it would be sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use muster_engine::{Engine, JobState, Salvaged, TaskState};
use muster_store::salvage::{Place, Table, Wreck};
use muster_store::{Database, Options, Row, SystemClock, args};

use crate::salvage::{folded, half_done};
use crate::world::World;

const BLOCK: usize = 4_096;

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Bit(usize),
    Zeroed(usize),
    Swapped(usize, usize),
    Ends(usize),
}

impl Wrong {
    fn done_to(self, sound: &[u8]) -> Vec<u8> {
        let mut file = sound.to_vec();
        match self {
            Self::Bit(bit) => file[bit / 8] ^= 1 << (bit % 8),
            Self::Zeroed(block) => file[block * BLOCK..][..BLOCK].fill(0),
            Self::Swapped(one, other) => {
                let (low, high) = file.split_at_mut(other * BLOCK);
                low[one * BLOCK..][..BLOCK].swap_with_slice(&mut high[..BLOCK]);
            }
            Self::Ends(end) => file.truncate(end),
        }
        file
    }

    /// Whether a page is not as it was.
    fn touches(self, page: u32) -> bool {
        let block = page as usize - 1;
        match self {
            Self::Bit(bit) => bit / 8 / BLOCK == block,
            Self::Zeroed(zeroed) => zeroed == block,
            // Both are whole, at another place.
            Self::Swapped(..) => false,
            Self::Ends(end) => (block + 1) * BLOCK > end,
        }
    }
}

/// A journal with a job half done.
struct Sound {
    file: Vec<u8>,
    tables: Vec<Table>,
    /// Every record, with the pages it lies on.
    records: BTreeMap<(usize, String), BTreeSet<u32>>,
    rows: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Sound {
    async fn new(tasks: usize) -> Self {
        let world = World::new(tasks as u32).await;
        half_done(&world, tasks, tasks / 3).await;
        world.database.execute("vacuum", args![]).await.expect("without free pages");
        let file = folded(&world).await;
        let tables = muster_engine::salvage_tables(&world.database).await.expect("tables");
        let mut wreck = Wreck::of_bytes(file.clone(), Vec::new());
        let records = records(&mut wreck, &tables);
        let (database, salvaged) = salvage(&file).await;
        assert!(!salvaged.damaged, "{salvaged:#?}");
        let rows = rows(&database).await;
        Self { file, tables, records, rows }
    }

    /// The bits of pages that hold records of some tables.
    fn bits_of(&self, names: &[&str]) -> impl Iterator<Item = usize> + use<> {
        let places: BTreeSet<usize> = names
            .iter()
            .map(|name| self.tables.iter().position(|table| table.name == *name).expect("a table"))
            .collect();
        let pages: BTreeSet<u32> = self
            .records
            .iter()
            .filter(|((table, _), _)| places.contains(table))
            .flat_map(|(_, pages)| pages.iter().copied())
            .collect();
        pages.into_iter().flat_map(|page| (page as usize - 1) * BLOCK * 8..page as usize * BLOCK * 8)
    }
}

fn records(wreck: &mut Wreck, tables: &[Table]) -> BTreeMap<(usize, String), BTreeSet<u32>> {
    let mut records = BTreeMap::new();
    for stretch in wreck.survey(tables).stretches {
        let leaf = wreck.leaf(stretch, tables);
        let Some(table) = leaf.table else { continue };
        for record in leaf.records {
            let own = if let Place::Page(page) = stretch.place { page } else { 0 };
            let pages = record.beyond.iter().copied().chain([own]).collect();
            records.insert((table, format!("{:?}", record.values)), pages);
        }
    }
    records
}

async fn salvage(file: &[u8]) -> (Database, Salvaged) {
    let options = Options { inline: true, ..Options::default() };
    let database = Database::open("sqlite::memory:", options).await.expect("a database");
    let mut wreck = Wreck::of_bytes(file.to_vec(), Vec::new());
    let salvaged = Engine::salvage(&mut wreck, database.clone(), Arc::new(SystemClock), "ada").await;
    (database, salvaged.expect("salvaged"))
}

/// What decides about effects, by table and key: everything, a text for each column.
async fn rows(database: &Database) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let mut all = BTreeMap::new();
    for (table, key) in [
        ("tasks", "idx"),
        ("plan_items", "idx"),
        ("jobs", "id"),
        ("plans", "id"),
        ("audit", "number"),
        ("audit_checkpoints", "size"),
    ] {
        let rows = database.fetch(format!("select * from {table}"), args![]).await.expect("rows");
        let mut of_table = BTreeMap::new();
        for row in &rows {
            let texts = row.columns().iter().map(|column| format!("{column}={}", text(row, column))).collect();
            of_table.insert(text(row, key), texts);
        }
        all.insert(table.to_owned(), of_table);
    }
    all
}

fn text(row: &Row, column: &str) -> String {
    match row.get::<Option<String>>(column) {
        Ok(text) => text.unwrap_or_default(),
        Err(_) => row.get::<i64>(column).expect("a number").to_string(),
    }
}

/// Everything that does not lie on a damaged page is there.
fn check_kept(sound: &Sound, wrong: Wrong) -> usize {
    let mut wreck = Wreck::of_bytes(wrong.done_to(&sound.file), Vec::new());
    let after = records(&mut wreck, &sound.tables);
    let mut kept = 0;
    for (record, pages) in &sound.records {
        let moved = matches!(wrong, Wrong::Swapped(one, other)
            if pages.len() > 1 && pages.iter().any(|page| [one, other].contains(&(*page as usize - 1))));
        if after.contains_key(record) {
            kept += 1;
        } else {
            assert!(
                moved || pages.iter().any(|page| wrong.touches(*page)),
                "{wrong:?}: {record:?} on {pages:?} is lost"
            );
        }
    }
    kept
}

/// What changed without a word, by table and column.
type Silent = BTreeMap<String, usize>;

/// What would be sent from the salvaged journal is what would have been sent from the sound one.
async fn check_trusted(sound: &Sound, wrong: Wrong, silent: &mut Silent) {
    let (database, salvaged) = salvage(&wrong.done_to(&sound.file)).await;
    let after = rows(&database).await;
    let column = |row: &[String], name: &str| -> String {
        let found = row.iter().find_map(|text| text.strip_prefix(&format!("{name}=")));
        found.unwrap_or_default().to_owned()
    };
    let open = after["jobs"].values().any(|job| {
        let state = JobState::known(&column(job, "state")).unwrap_or_else(|| panic!("{wrong:?}: {job:?}"));
        !matches!(state, JobState::Finished | JobState::Cancelled)
    });
    for (index, task) in &after["tasks"] {
        let at = || format!("{wrong:?}: {task:?}\n{salvaged:#?}");
        let before = sound.rows["tasks"].get(index).unwrap_or_else(|| panic!("{}", at()));
        let state = |row: &[String]| TaskState::known(&column(row, "state"));
        let (was, is) = (state(before).expect("a state"), state(task).unwrap_or_else(|| panic!("{}", at())));
        // It is as it was, or read back, or was taken back with its job, which is told.
        let given_up = salvaged.jobs.iter().any(|job| job.stopped.is_some());
        let fits = is == was || is == TaskState::Unknown || (given_up && is == TaskState::Cancelled);
        assert!(fits, "{}", at());
        // A command that was sent is read back from the time on at which that was.
        if open && matches!(is, TaskState::Unknown | TaskState::Sending) && was != TaskState::Pending {
            let time = |row: &[String]| column(row, "sending_at").parse::<i64>().unwrap_or(i64::MAX);
            assert!(time(task) <= time(before), "{}", at());
        }
        if open && !matches!(is, TaskState::Done | TaskState::Cancelled) {
            let items = (&sound.rows["plan_items"][index], after["plan_items"].get(index));
            for name in ["target", "action", "verdict", "after_idx"] {
                let same = items.1.is_some_and(|item| column(item, name) == column(items.0, name));
                assert!(same, "{name} of {}", at());
            }
        }
    }
    // Every task is there, or its job sends nothing any more and says so.
    assert!(!open || after["tasks"].len() == sound.rows["tasks"].len(), "{wrong:?}: {salvaged:#?}");
    if !salvaged.damaged {
        for (table, rows) in &after {
            for (key, row) in rows {
                let Some(before) = sound.rows[table].get(key) else {
                    *silent.entry(format!("{table}, a key")).or_default() += 1;
                    continue;
                };
                for (one, _) in before.iter().zip(row).filter(|(one, other)| one != other) {
                    let name = one.split_once('=').map_or("", |(name, _)| name);
                    *silent.entry(format!("{table}.{name}")).or_default() += 1;
                }
            }
        }
    }
}

/// Checks on both processors; answers how many were checked, and what changed without a word.
fn check_all(sound: &Arc<Sound>, wrongs: Vec<Wrong>, trusted: bool) -> (usize, Silent) {
    let (next, wrongs) = (Arc::new(AtomicUsize::new(0)), Arc::new(wrongs));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (sound, next, wrongs) = (Arc::clone(sound), Arc::clone(&next), Arc::clone(&wrongs));
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                let mut silent = Silent::new();
                while let Some(wrong) = wrongs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // All that is wrong is told, not only the first.
                    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        if trusted {
                            runtime.block_on(check_trusted(&sound, *wrong, &mut silent));
                        } else {
                            check_kept(&sound, *wrong);
                        }
                    }));
                    if checked.is_err() {
                        *silent.entry(FAILED.to_owned()).or_default() += 1;
                    }
                }
                silent
            })
        })
        .collect();
    let mut silent = Silent::new();
    for thread in threads {
        for (name, count) in thread.join().expect("no panic") {
            *silent.entry(name).or_default() += count;
        }
    }
    (wrongs.len(), silent)
}

/// Blocks swapped and zeroed, ends cut off.
fn blocks(sound: &Sound, step: usize) -> Vec<Wrong> {
    let count = sound.file.len() / BLOCK;
    let zeroed = (0..count).map(Wrong::Zeroed);
    let swapped = (0..count).flat_map(|one| (one + 1..count).map(move |other| Wrong::Swapped(one, other)));
    let ends = (0..sound.file.len()).step_by(step.max(29)).map(Wrong::Ends);
    zeroed.chain(swapped.step_by(step.div_ceil(40))).chain(ends).collect()
}

/// What did not hold.
const FAILED: &str = "checks that failed";

/// Columns that nothing protects: they say why, how, or how far something was proven, and not what is sent to whom. When
/// something was sent counts only where its outcome is open, and there it is checked.
const UNPROTECTED: [&str; 37] = [
    "tasks.attempt",
    "tasks.sending_at",
    "jobs.finished_at",
    "tasks.reason",
    "tasks.class",
    "tasks.at",
    "tasks.ring",
    "tasks.image",
    "tasks.delivery",
    "tasks.command_id",
    "plan_items.reason",
    "plan_items.input",
    "plan_items.decision",
    "plan_items.rule",
    "plan_items.explanation",
    "plan_items.origin_idx",
    "plan_items.risk",
    "plan_items.word",
    "plan_items.effect_key",
    "plan_items.twin",
    "plan_items.place",
    "plans.created_at",
    "plans.expires_at",
    "plans.requested_by",
    "plans.purpose",
    "plans.selection",
    "plans.decision",
    "plans.verdict",
    "plans.held",
    "plans.selection_key",
    "plans.surroundings",
    "plans.authors",
    "plans.verdicts",
    "jobs.purpose",
    "jobs.started_by",
    "jobs.stopped",
    "jobs.rested_at",
];

/// For the note on reliability.
fn tell(what: &str, (count, unseen): &(usize, Silent)) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{what}: {count} checked, unseen: {unseen:?}");
}

/// What does not lie on a damaged page is there as it was.
async fn keep(step: usize) {
    let sound = Arc::new(Sound::new(8).await);
    let bits: Vec<Wrong> = (0..sound.file.len() * 8).step_by(step).map(Wrong::Bit).collect();
    for (what, wrongs) in [("bits", bits), ("blocks and ends", blocks(&sound, step))] {
        let checked = check_all(&sound, wrongs, false);
        tell(&format!("kept, {what}"), &checked);
        assert!(checked.1.is_empty(), "{what}: {checked:?}");
    }
}

/// What lies on one is not believed where it would be sent.
async fn trust(step: usize, rest: usize) {
    let sound = Arc::new(Sound::new(8).await);
    let bits = sound.bits_of(&["tasks", "plan_items", "jobs", "plans"]).step_by(step).map(Wrong::Bit).collect();
    let others = (0..sound.file.len() * 8).step_by(rest).map(Wrong::Bit).chain(blocks(&sound, rest)).collect();
    for (what, wrongs) in [("bits of tasks, items, jobs and plans", bits), ("any bit, blocks and ends", others)] {
        let checked = check_all(&sound, wrongs, true);
        tell(&format!("trusted, {what}"), &checked);
        let unexpected: Vec<&String> = checked.1.keys().filter(|name| !UNPROTECTED.contains(&name.as_str())).collect();
        assert!(unexpected.is_empty(), "{what}, changed without a word: {unexpected:?}");
    }
}

#[tokio::test]
async fn what_is_beside_the_damage_is_kept() {
    keep(1_009).await;
}

#[tokio::test]
async fn what_is_damaged_is_not_believed() {
    trust(1_009, 40_009).await;
}

/// For the note on reliability: `cargo test -p muster-engine --release wrecks:: -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "takes a quarter of an hour"]
async fn what_is_beside_the_damage_is_kept_at_every_bit() {
    keep(1).await;
}

#[tokio::test]
#[ignore = "takes a quarter of an hour"]
async fn what_is_damaged_is_not_believed_at_every_seventh_bit() {
    trust(7, 997).await;
}
