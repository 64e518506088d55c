//! What a command that looks at one thing waits for: one write that is lasting, and the tenant once. Counted, not timed.

use std::io::Write as _;
use std::process::Command;

use crate::syscalls::no_strace;
use crate::tenant::{MUSTER, Tenant};

/// The calls of these kinds that a command makes.
fn calls(tenant: &Tenant, kinds: &str, args: &[&str]) -> Vec<String> {
    let trace = tenant.home.path("trace");
    let mut command = Command::new("strace");
    for (name, value) in tenant.home.muster(&[]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["-f", "-qq", "-o"]).arg(&trace).args(["-e", &format!("trace={kinds}"), MUSTER]).args(args);
    let ran = command.current_dir(tenant.home.folder.path()).output().expect("runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let trace = std::fs::read_to_string(trace).expect("a trace");
    trace.lines().filter(|line| !line.contains("resumed>")).map(str::to_owned).collect()
}

#[test]
fn showing_a_device_waits_for_one_write_and_asks_the_tenant_at_once() {
    if let Some(why) = no_strace() {
        return drop(writeln!(std::io::stderr(), "skipped: {why}"));
    }
    let tenant = Tenant::with_devices(20);
    let ready = tenant.home.path("ready.json").to_string_lossy().into_owned();
    let added = tenant.home.muster(&["context", "add", "here", "--from", &ready, "--use"]).output().expect("runs");
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let show = ["devices", "show", "1"];
    let count = |lines: &[String], what: &str| lines.iter().filter(|line| line.contains(what)).count();
    // Whoever finds the log of a command folded together begins a new one, which is three writes. The first commands
    // make the state, and note what the tenant says of its limit.
    let (mut folded, mut begins) = (0, false);
    for round in 0..20 {
        let lines = calls(&tenant, "fsync,fdatasync,connect,?clone,?clone3,?unlink", &show);
        let written = count(&lines, "fsync(") + count(&lines, "fdatasync(");
        assert_eq!(count(&lines, "AF_INET"), 3, "three connections: {lines:?}");
        assert_eq!(count(&lines, "clone"), 1, "the thread of the database: {lines:?}");
        let folds = count(&lines, "-wal\"") > 0;
        assert!(round < 2 || folds || written == if begins { 3 } else { 1 }, "round {round}: {lines:?}");
        folded += usize::from(round > 1 && folds);
        begins = folds;
    }
    assert!((1..=3).contains(&folded), "the log was folded {folded} times in 18 commands");
}
