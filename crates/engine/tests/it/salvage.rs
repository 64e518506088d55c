//! What is intact of a damaged journal goes into a new one, and a job goes on from there: nothing lost, nothing doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use muster_engine::{Engine, GuardPolicy, JobId, JobState, Salvaged, Stop, TaskState};
use muster_model::commands::Command;
use muster_store::salvage::{Place, Table, Wreck};
use muster_store::{Database, Options, SystemClock, args};

use crate::deaths::{self, trouble};
use crate::world::{Heard, Series, World, at_once};

async fn salvage(folder: &tempfile::TempDir, file: &[u8], log: &[u8]) -> (Database, Salvaged) {
    let new = (0..).map(|number| folder.path().join(format!("new{number}.db"))).find(|path| !path.exists());
    let address = format!("sqlite:{}", new.expect("a name").display());
    let database = Database::open(&address, Options::default()).await.expect("a database");
    let mut wreck = Wreck::of_bytes(file.to_vec(), log.to_vec());
    let salvaged = Engine::salvage(&mut wreck, database.clone(), Arc::new(SystemClock), "ada").await;
    (database, salvaged.expect("salvaged"))
}

/// The file of a world's journal, and its log.
pub(crate) async fn files(world: &World) -> (Vec<u8>, Vec<u8>) {
    let rows = world.database.fetch("select file from pragma_database_list where name = 'main'", args![]).await;
    let file: String = rows.expect("a list")[0].get("file").expect("a path");
    (std::fs::read(&file).expect("reads"), std::fs::read(format!("{file}-wal")).unwrap_or_default())
}

/// A job of so many commands, of which the first few were sent before its run was stopped.
pub(crate) async fn half_done(world: &World, tasks: usize, sent: usize) -> JobId {
    let options = muster_engine::JobOptions { lanes: 1, bulk: false, ..at_once() };
    let job = world.start(world.commands(Command::SyncDevice, tasks), options).await;
    let stop = Stop::new();
    struct After(usize, std::sync::atomic::AtomicUsize, Stop);
    impl muster_engine::Progress for After {
        fn event(&self, event: &muster_engine::Event) {
            if matches!(event, muster_engine::Event::Item { state: TaskState::Done, .. })
                && self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1 >= self.0
            {
                self.2.stop();
            }
        }
    }
    let tenant = world.tenant().await;
    let watch = After(sent, std::sync::atomic::AtomicUsize::new(0), stop.clone());
    let summary = world.engine.run(&job, &tenant, &watch, &stop).await.expect("a run");
    assert_eq!(summary.state, JobState::Stopped);
    assert!(summary.counts.done as usize >= sent && (summary.counts.pending as usize) > 0, "{:?}", summary.counts);
    job
}

/// All rows of the tables that are salvaged as they are.
pub(crate) async fn all_rows(database: &Database) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::new();
    for table in database.tables().await.expect("tables") {
        if ["leases", "job_counts"].contains(&table.as_str()) {
            continue;
        }
        let rows = database.fetch(format!("select * from {table}"), args![]).await.expect("rows");
        let columns: Vec<String> = rows.first().map(|row| row.columns().to_vec()).unwrap_or_default();
        let rows = rows.iter().map(|row| {
            let text = |column: &String| match row.get::<Option<String>>(column) {
                Ok(text) => format!("{text:?}"),
                Err(_) => format!("{:?}", row.get::<i64>(column).expect("a number")),
            };
            // The fence is anew: nobody has the job now.
            columns.iter().filter(|column| *column != "fence").map(text).collect::<Vec<_>>().join(" ")
        });
        all.insert(table, rows.collect());
    }
    all
}

/// Whatever happened to its jobs.
#[tokio::test]
async fn a_journal_of_many_deaths_is_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(16).await;
    let mut series = Series(77);
    for number in 0..4 {
        trouble(&world);
        let job = deaths::job(&world, number).await;
        for _ in 0..3 {
            deaths::live_or_die(&world, &job, &mut series).await;
            let (file, log) = files(&world).await;
            let (database, salvaged) = salvage(&folder, &file, &log).await;
            assert!(!salvaged.damaged && salvaged.jobs.is_empty(), "job {number}: {salvaged:#?}");
            assert_eq!(all_rows(&database).await, all_rows(&world.database).await);
        }
    }
}

#[tokio::test]
async fn a_sound_journal_is_taken_over_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(12).await;
    let first = half_done(&world, 5, 2).await;
    let second = world.start(world.commands(Command::DeviceQuery, 6), at_once()).await;
    world.run(&second).await;
    let cancelled = half_done(&world, 8, 3).await;
    world.engine.cancel(&cancelled.to_string(), "ada").await.expect("cancelled");
    let (file, log) = files(&world).await;
    let (database, salvaged) = salvage(&folder, &file, &log).await;
    assert!(!salvaged.damaged && salvaged.audit.whole && salvaged.jobs.is_empty(), "{salvaged:#?}");
    assert_eq!(all_rows(&database).await, all_rows(&world.database).await);
    let engine = Engine::open(database, Arc::new(SystemClock), GuardPolicy::default()).await.expect("opens");
    assert_eq!(engine.tasks(&first).await.expect("tasks"), world.tasks(&first).await);
}

/// The pages on which a table has its rows, by the file's own reader.
fn pages_of(file: &[u8], tables: &[Table], name: &str) -> Vec<u32> {
    let mut wreck = Wreck::of_bytes(file.to_vec(), Vec::new());
    let mut pages = Vec::new();
    for stretch in wreck.survey(tables).stretches {
        let leaf = wreck.leaf(stretch, tables);
        if leaf.table.is_some_and(|place| tables[place].name == name)
            && !leaf.records.is_empty()
            && let Place::Page(page) = stretch.place
        {
            pages.push(page);
        }
    }
    pages
}

fn without(file: &[u8], pages: &[u32]) -> Vec<u8> {
    let mut rotten = file.to_vec();
    for page in pages {
        rotten[(*page as usize - 1) * 4_096..][..4_096].fill(0);
    }
    rotten
}

pub(crate) async fn folded(world: &World) -> Vec<u8> {
    world.database.execute("pragma wal_checkpoint(truncate)", args![]).await.expect("one file");
    files(world).await.0
}

/// Runs a job on from what was salvaged.
pub(crate) async fn go_on(world: &World, database: &Database, job: &JobId) -> Engine {
    let engine = Engine::open(database.clone(), Arc::new(world.clock.clone()), GuardPolicy::default()).await;
    let engine = engine.expect("opens").alone();
    let tenant = world.tenant().await;
    engine.run(job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    engine
}

#[tokio::test]
async fn a_job_whose_tasks_are_destroyed_goes_on_by_the_audit() {
    for destroyed in ["tasks", "audit", "jobs", "job_counts", "audit_head", "plans", "plan_items"] {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::new(24).await;
        let job = half_done(&world, 24, 9).await;
        let sent = world.effects().await;
        let file = folded(&world).await;
        let tables = Table::all_of(&world.database).await.expect("tables");
        let pages = pages_of(&file, &tables, destroyed);
        assert!(!pages.is_empty(), "{destroyed}");
        let (database, salvaged) = salvage(&folder, &without(&file, &pages), &[]).await;
        assert!(salvaged.damaged, "{destroyed}");
        let engine = go_on(&world, &database, &job).await;
        let detail = engine.job(&job.to_string()).await.expect("the job");
        let effects = world.effects().await;
        assert!(effects.values().all(|count| *count == 1), "{destroyed}: {effects:?}");
        if ["plans", "plan_items"].contains(&destroyed) {
            assert_eq!(effects, sent, "{destroyed}: a plan that is not whole sends nothing");
            assert_eq!(detail.state, JobState::Cancelled, "{destroyed}");
            assert!(salvaged.jobs[0].stopped.is_some(), "{salvaged:#?}");
        } else {
            assert_eq!((detail.state, detail.counts.done), (JobState::Finished, 24), "{destroyed}: {salvaged:#?}");
            assert_eq!(effects.len(), 24, "{destroyed}");
        }
        let last =
            engine.audit().await.expect("the audit").into_iter().find(|record| record.event == "journal.salvaged");
        assert!(last.is_some_and(|record| record.actor == "ada"));
        // What is missing of the audit stays missing, and shows.
        let verified = engine.verify_audit(&muster_engine::Trust::default()).await;
        assert_eq!(verified.is_err(), destroyed == "audit", "{destroyed}: {verified:?}");
    }
}

/// Jobs of every kind of work, with deaths and lost answers, each with a page of its journal that is gone then.
async fn destroy(trials: usize, seed: u64) {
    let mut series = Series(seed);
    let mut ends = BTreeMap::new();
    for trial in 0..trials {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::new(16).await;
        let job = deaths::job(&world, trial % 4).await;
        trouble(&world);
        for _ in 0..1 + trial % 5 {
            deaths::live_or_die(&world, &job, &mut series).await;
        }
        world.uem.faults().clear();
        let (mut file, mut log) = files(&world).await;
        // A page of the file, or one of the log.
        let what = if trial % 3 == 0 && log.len() > 32 {
            let frames = (log.len() - 32) as u64 / 4_120;
            let frame = series.next(frames);
            log[32 + frame as usize * 4_120 + 24..][..4_096].fill(0);
            format!("frame {frame} of {frames}")
        } else {
            file = folded(&world).await;
            log.clear();
            let page = series.next(file.len() as u64 / 4_096) as u32 + 1;
            file = without(&file, &[page]);
            format!("page {page}")
        };
        let (database, salvaged) = salvage(&folder, &file, &log).await;
        let engine = go_on(&world, &database, &job).await;
        let _ = engine.let_pass(&job.to_string(), "ada").await;
        go_on(&world, &database, &job).await;
        let at = format!("trial {trial}, {what}: {salvaged:#?}");
        let effects = world.effects().await;
        assert!(effects.values().all(|count| *count == 1), "{at}\n{effects:?}");
        let detail = engine.job(&job.to_string()).await.expect(&at);
        let given_up = salvaged.jobs.iter().any(|one| one.job == job && one.stopped.is_some());
        *ends.entry((detail.state.as_str(), given_up)).or_insert(0) += 1;
        assert!(detail.state != JobState::Cancelled || given_up, "{at}");
        for task in engine.tasks(&job).await.expect(&at) {
            let told = match (&task.target, task.action.command()) {
                (muster_engine::Target::Device(device), Some(command)) => {
                    (task.state == TaskState::Done) == effects.contains_key(&(device.id.0, command.to_string()))
                }
                _ => true,
            };
            // What arrived is done; what did not is told: it failed, or it was taken back with its job.
            assert!(told, "{at}\n{task:?}");
        }
    }
    assert!(ends[&("finished", false)] > trials / 4, "{ends:?}");
}

#[tokio::test]
async fn whichever_page_is_destroyed_nothing_is_sent_twice() {
    destroy(12, 0x2545_f491_4f6c_dd1d).await;
}

/// For the note on reliability: `cargo test -p muster-engine --release salvage:: -- --ignored`.
#[tokio::test]
#[ignore = "takes ten minutes"]
async fn whichever_page_of_hundreds_of_journals_is_destroyed_nothing_is_sent_twice() {
    destroy(300, 0x9e37_79b9_7f4a_7c15).await;
}
