//! A state folder that cannot be used: locked, foreign, not a folder, or on a full disk. Nothing is sent.

use std::process::Command;
use std::time::Duration;

use muster_store::FolderLock;

use crate::tenant::{MUSTER, Tenant, envelope, stderr};

const WRITE: [&str; 8] = ["devices", "command", "SyncDevice", "--limit", "3", "--yes", "-o", "json"];

#[test]
fn a_folder_that_another_muster_works_in_is_named_with_its_process() {
    let tenant = Tenant::with_devices(20);
    let lock = FolderLock::acquire(&tenant.home.state()).expect("locks");
    let error = envelope(&tenant.run(&WRITE).code(1));
    assert_eq!((&error["code"], &error["retryable"]), (&"E_STATE_LOCKED".into(), &true.into()));
    let process = std::process::id().to_string();
    assert!(error["message"].as_str().is_some_and(|text| text.contains(&process)), "{error}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("--urgent")), "{error}");
    assert!(!error.to_string().contains("MUSTER_HOME"), "a new state knows nothing of what caps count: {error}");
    assert_eq!(tenant.sent(), 0);
    // Looking and planning go on meanwhile.
    tenant.run(&["jobs", "list"]).success();
    tenant.run(&["devices", "command", "SyncDevice", "--limit", "3", "-n"]).success();
    tenant.run(&[&WRITE[..], &["--urgent"]].concat()).success();
    drop(lock);
    tenant.run(&WRITE).success();
}

#[test]
fn a_foreign_database_is_left_alone() {
    let tenant = Tenant::with_devices(20);
    std::fs::create_dir_all(tenant.home.state()).expect("a folder");
    let database = tenant.home.state().join("muster.db");
    std::fs::write(&database, "Dear diary, this is not a database at all. ".repeat(100)).expect("writes");
    let error = envelope(&tenant.run(&WRITE).code(1));
    assert_eq!(error["code"], "E_STATE_FOREIGN", "{error}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("MUSTER_HOME")), "{error}");
    assert!(stderr(&tenant.run(&["jobs", "list"]).code(1)).contains("muster.db"));
    assert!(std::fs::read_to_string(&database).expect("is there").starts_with("Dear diary"));
    assert_eq!(tenant.sent(), 0);
}

#[test]
fn a_state_that_is_no_folder_is_named() {
    let tenant = Tenant::with_devices(20);
    std::fs::create_dir_all(tenant.home.path("home")).expect("a folder");
    std::fs::write(tenant.home.state(), "a file").expect("writes");
    let text = stderr(&tenant.run(&["devices", "command", "SyncDevice", "--limit", "3", "--yes"]).code(1));
    assert!(text.contains("error: cannot use") && text.contains("MUSTER_HOME"), "{text}");
    assert_eq!(tenant.sent(), 0);
}

/// On a disk so small that the journal's tables fit and a plan does not, in a mount namespace of its own. Where
/// no disk can be mounted, a limit on the size of files stands in for it.
#[test]
fn a_full_disk_is_named_and_nothing_is_sent() {
    let tenant = Tenant::with_devices(400);
    let small = tenant.home.path("small");
    std::fs::create_dir_all(&small).expect("a folder");
    let mount =
        r#"mount -t tmpfs -o size=400k tmpfs "$1" || exit 77; MUSTER_HOME="$1"; export MUSTER_HOME; shift; exec "$@""#;
    let write = ["devices", "command", "SyncDevice", "--all", "--at-most", "400", "--yes", "-o", "json"];
    let run = |program: &str, before: &[&str]| {
        let mut command = Command::new(program);
        command.args(before).arg(&small).arg(MUSTER).args(write);
        let ours = tenant.muster(&[]);
        command.current_dir(tenant.home.folder.path());
        for (name, value) in ours.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        assert_cmd::Command::from_std(command).timeout(Duration::from_secs(60)).assert()
    };
    let on_disk = run("unshare", &["--map-root-user", "--mount", "sh", "-c", mount, "sh"]);
    let mounted =
        !matches!(on_disk.get_output().status.code(), Some(77) | None) && stderr(&on_disk).contains("\"error\"");
    if mounted {
        let error = envelope(&on_disk.code(1));
        assert_eq!(error["code"], "E_DISK_FULL", "{error}");
        assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("MUSTER_HOME")), "{error}");
    } else {
        let limit = r#"trap '' XFSZ; MUSTER_HOME="$1"; export MUSTER_HOME; shift; ulimit -f 200; exec "$@""#;
        let error = envelope(&run("sh", &["-c", limit, "sh"]).code(1));
        assert!(error["code"].as_str().is_some_and(|code| code.starts_with("E_")), "{error}");
    }
    assert_eq!(tenant.sent(), 0, "nothing is sent that the journal could not note down");
}

/// The pages on which a table of a state has its rows, and the whole file.
fn pages_of(database: &std::path::Path, name: &str) -> (Vec<usize>, Vec<u8>) {
    use muster_store::salvage::{Place, Table, Wreck};
    use muster_store::{Database, Options, args};
    let tables = crate::tenant::block_on(async {
        let opened =
            Database::open(&format!("sqlite:{}", database.display()), Options::default()).await.expect("opens");
        opened.execute("pragma wal_checkpoint(truncate)", args![]).await.expect("one file");
        let tables = Table::all_of(&opened).await.expect("tables");
        opened.close().await;
        tables
    });
    let mut wreck = Wreck::open(database).expect("opens");
    let mut pages = Vec::new();
    for stretch in wreck.survey(&tables).stretches {
        let leaf = wreck.leaf(stretch, &tables);
        if let (Some(table), Place::Page(page)) = (leaf.table, stretch.place)
            && tables[table].name == name
        {
            pages.push(page as usize - 1);
        }
    }
    (pages, std::fs::read(database).expect("reads"))
}

#[test]
fn a_damaged_state_is_named_checked_salvaged_and_its_job_goes_on() {
    let tenant = Tenant::with_devices(120);
    let start =
        ["devices", "command", "SyncDevice", "--all", "--at-most", "120", "--yes", "--rate", "15", "-o", "json"];
    let mut child = tenant.muster(&start).stdout(std::process::Stdio::null()).spawn().expect("starts");
    while tenant.sent() < 30 {
        crate::tenant::pause();
    }
    child.kill().expect("killed");
    child.wait().expect("ends");
    assert_eq!(crate::tenant::json(&tenant.run(&["state", "check", "-o", "json"]).success())["damaged"], false);
    let jobs = tenant.json(&["jobs", "list", "-o", "json"]);
    let job = jobs[0]["job"].as_str().expect("an id").to_owned();
    let resume = ["jobs", "resume", job.as_str(), "--yes", "-o", "json"];

    let database = tenant.home.state().join("muster.db");
    let (pages, mut file) = pages_of(&database, "tasks");
    assert!(pages.len() > 1, "the tasks take several pages");
    for page in &pages[..pages.len() - 1] {
        file[page * 4_096..][..4_096].fill(0);
    }
    std::fs::write(&database, &file).expect("writes");
    let sent = tenant.ledger();
    let error = envelope(&tenant.run(&resume).code(1));
    assert_eq!(error["code"], "E_STATE_DAMAGED", "{error}");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("muster state salvage")), "{error}");

    // What that command still wrote is written.
    let file = std::fs::read(&database).expect("reads");
    let checked = tenant.run(&["state", "check"]).code(1);
    assert!(stderr(&checked).contains("is damaged"), "{}", stderr(&checked));
    let (path, new) = (database.display().to_string(), tenant.home.state().join("muster.salvaged.db"));
    let salvaged = tenant.run(&["state", "salvage", "-o", "table"]).success();
    let text = crate::tenant::stdout(&salvaged);
    assert!(text.contains(&format!("{path} is damaged")) && text.contains(&format!("Job {job}: ")), "{text}");
    assert!(text.contains("The record: all "), "{text}");
    assert!(stderr(&salvaged).contains("To put it in place:"), "{}", stderr(&salvaged));
    assert!(stderr(&tenant.run(&["state", "salvage"]).code(2)).contains("is not written over"));
    assert_eq!(tenant.ledger(), sent, "nothing is sent by looking");
    assert!(std::fs::read(&database).expect("reads") == file, "the damaged file is as it was");

    for name in ["muster.db", "muster.db-wal", "muster.db-shm"] {
        let _ = std::fs::remove_file(tenant.home.state().join(name));
    }
    std::fs::rename(new, &database).expect("in place");
    let done = crate::tenant::json(&tenant.run(&resume).success());
    let total = done["items"].as_array().expect("a list").len();
    assert_eq!(done["counts"]["done"].as_u64(), Some(total as u64), "{}", done["counts"]);
    let ledger = tenant.ledger();
    assert_eq!(ledger.len(), total, "nothing is lost");
    assert!(ledger.values().all(|count| *count == 1), "nothing is sent twice: {ledger:?}");
}

#[test]
fn a_state_that_is_not_there_or_not_ours_is_not_salvaged() {
    let tenant = Tenant::with_devices(20);
    for verb in ["check", "salvage"] {
        assert_eq!(envelope(&tenant.run(&["state", verb, "-o", "json"]).code(4))["code"], "E_NOT_FOUND");
    }
    std::fs::create_dir_all(tenant.home.state()).expect("a folder");
    let diary = "Dear diary, this is not a database at all. ".repeat(400);
    std::fs::write(tenant.home.state().join("muster.db"), diary).expect("writes");
    assert_eq!(envelope(&tenant.run(&["state", "salvage", "-o", "json"]).code(1))["code"], "E_STATE_FOREIGN");
    let left: Vec<_> = std::fs::read_dir(tenant.home.state()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "the file and the lock: {left:?}");
}
