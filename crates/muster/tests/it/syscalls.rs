//! The system fails the program at every call it makes to write something down: `strace` makes the call with that
//! number fail, once or from there on, for each kind of call and each number until the program does not come that far.
//! It ends with a named error and has sent nothing that is not in its journal; when the disk is well again, the same
//! command or `jobs resume` brings it to its end, with nothing lost and nothing sent twice.
//!
//! Usually a spread of the numbers is tried; with `MUSTER_TEST_SYSCALLS=all` each of them.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::attempts::{Attempt, Range};

/// A kind of call, and how it fails.
#[derive(Clone, Copy)]
struct Fault {
    call: &'static str,
    error: &'static str,
    /// Only where it touches a file of the state: what it does elsewhere is another story.
    of_the_state: bool,
}

const FAULTS: [Fault; 9] = [
    Fault { call: "fsync", error: "EIO", of_the_state: false },
    Fault { call: "fdatasync", error: "EIO", of_the_state: false },
    Fault { call: "pwrite64", error: "EIO", of_the_state: false },
    Fault { call: "pwrite64", error: "ENOSPC", of_the_state: false },
    Fault { call: "ftruncate", error: "EIO", of_the_state: false },
    Fault { call: "rename", error: "EIO", of_the_state: false },
    Fault { call: "unlink", error: "EROFS", of_the_state: false },
    Fault { call: "write", error: "ENOSPC", of_the_state: true },
    Fault { call: "openat", error: "EROFS", of_the_state: true },
];

/// Why calls cannot be made to fail here, if so.
pub(crate) fn no_strace() -> Option<String> {
    let tried = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
    let why = match tried {
        Ok(tried) if tried.status.success() => return None,
        Ok(tried) => String::from_utf8_lossy(&tried.stderr).trim().to_owned(),
        Err(error) => format!("strace: {error}"),
    };
    assert!(variable("MUSTER_REQUIRE_STRACE").as_deref() != Some("1"), "MUSTER_REQUIRE_STRACE is 1, and: {why}");
    Some(why)
}

#[allow(clippy::disallowed_methods, reason = "how long the test runs is said by whoever runs it")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// `strace`, told what is to fail; it leaves what it saw in a file.
fn strace(attempt: &Attempt<'_>, fault: Fault, when: &str, trace: &Path) -> Vec<String> {
    let inject = format!("inject={}:error={}:when={when}", fault.call, fault.error);
    let trace = trace.to_string_lossy();
    let mut words: Vec<String> =
        ["strace", "-f", "-qq", "--seccomp-bpf", "-o", &trace, "-e", &format!("trace={}", fault.call)]
            .map(str::to_owned)
            .into();
    words.extend(["-e".to_owned(), inject]);
    if fault.of_the_state {
        let state = attempt.home.join("state");
        // strace takes no patterns.
        for name in ["muster.db", "muster.db-wal", "muster.db-shm", "audit.key", "lock", ""] {
            words.extend(["-P".to_owned(), state.join(name).to_string_lossy().into_owned()]);
        }
    }
    words
}

/// The numbers that are tried.
fn numbers(all: bool) -> Box<dyn Iterator<Item = u32>> {
    if all {
        return Box::new(1..);
    }
    let (mut here, mut next) = (1, 2);
    Box::new(std::iter::from_fn(move || {
        let number = here;
        (here, next) = (next, here + next);
        Some(number)
    }))
}

#[test]
fn every_call_that_writes_may_fail() {
    if let Some(why) = no_strace() {
        return drop(writeln!(std::io::stderr(), "skipped: {why}"));
    }
    let all = variable("MUSTER_TEST_SYSCALLS").as_deref() == Some("all");
    let mut range = Range::new(if all { 8_000 } else { 500 });
    let trace = range.tenant.home.path("trace");
    let (mut tried, mut stopped, mut slowest) = (0, 0, Duration::ZERO);
    for fault in FAULTS {
        // A disk that is full stays so, and one that fails may fail once.
        let lastings = match fault.error {
            _ if all => vec![false, true],
            "ENOSPC" => vec![true],
            _ => vec![false],
        };
        for lasting in lastings {
            let mut last = 0;
            for number in numbers(all) {
                let attempt = range.next(None);
                let when = format!("{number}{}", if lasting { "+" } else { "" });
                let at = format!("{} fails with {} at {when}", fault.call, fault.error);
                let begun = Instant::now();
                let ran = attempt.command(&strace(&attempt, fault, &when, &trace), &attempt.wish()).output();
                let (ran, took) = (ran.expect("runs"), begun.elapsed());
                if !std::fs::read_to_string(&trace).expect("a trace").contains("(INJECTED)") {
                    assert!(ran.status.success(), "{at}, which it does not meet: {ran:?}");
                    break;
                }
                last = number;
                attempt.check(&ran, &at);
                attempt.go_on(&at);
                tried += 1;
                if !ran.status.success() {
                    stopped += 1;
                    slowest = slowest.max(took);
                }
            }
            let how = if lasting { "for good" } else { "once" };
            let _ = writeln!(std::io::stderr(), "{} fails with {} {how}: up to call {last}", fault.call, fault.error);
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "{tried} failing calls, {stopped} of them stopped the program, after {} ms at most",
        slowest.as_millis()
    );
    assert!(tried > 25 && stopped > 20, "{tried} {stopped}");
}
