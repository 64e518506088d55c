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
    assert_eq!(tenant.sent(), 0);
    // Looking and planning go on meanwhile.
    tenant.run(&["jobs", "list"]).success();
    tenant.run(&["devices", "command", "SyncDevice", "--limit", "3", "-n"]).success();
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
