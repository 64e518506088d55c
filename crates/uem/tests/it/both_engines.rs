//! Every story of this binary is told a second time, to a tenant whose state is in PostgreSQL.

use std::io::{self, Write as _};
use std::process::Command;

use muster_store::testing::Postgres;

/// Set to 1, tenants in memory live on PostgreSQL.
const ON_POSTGRES: &str = "MUSTER_STORIES_ON_POSTGRES";

pub(crate) fn on_postgres() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a test is told by the test that started it")]
    let told = std::env::var_os(ON_POSTGRES);
    told.is_some_and(|told| told == "1")
}

#[test]
fn every_story_holds_on_postgresql_as_well() {
    if on_postgres() {
        return; // this is the second time
    }
    let binary = std::env::current_exe().expect("the binary of the tests");
    if Postgres::shared().expect("an installed PostgreSQL starts").is_none() {
        let list = Command::new(binary).args(["--list", "--format", "terse"]).output().expect("lists");
        let stories = String::from_utf8_lossy(&list.stdout).lines().filter(|line| line.ends_with(": test")).count();
        // Past the capture of the test harness: what was skipped must be seen.
        let _ = writeln!(io::stderr(), "skipped: {stories} stories of the UEM on PostgreSQL, which is not installed");
        return;
    }
    let run = Command::new(binary).arg("--quiet").env(ON_POSTGRES, "1").output().expect("runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "on PostgreSQL:\n{said}\n{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("test result: ok"), "{said}");
}
