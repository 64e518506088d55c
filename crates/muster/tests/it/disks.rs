//! The state on real disks that are full, have no room for another file, become read-only or fail while a job runs.

use std::io::Write as _;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use muster_store::testing::{Disk, Workshop};

use crate::attempts::{Attempt, DEVICES, Range};
use crate::tenant::pause;

fn workshop() -> Option<&'static Workshop> {
    match Workshop::shared().expect("a machine for proofs has disks") {
        Ok(workshop) => Some(workshop),
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "skipped: {why}");
            None
        }
    }
}

fn home(disk: &Disk) -> std::path::PathBuf {
    disk.path().join("home")
}

#[test]
fn a_disk_with_too_little_room_is_named_at_every_stage() {
    let Some(workshop) = workshop() else { return };
    let mut range = Range::new(400);
    let mut full = 0;
    for kilobytes in [0, 8, 40, 90, 150, 220, 300, 340, 380, 420, 500, 700] {
        let disk = workshop.disk(16).expect("a disk");
        let attempt = range.next(Some(home(&disk)));
        let filler = disk.path().join("filler");
        let mut file = std::fs::File::create(&filler).expect("a file");
        let mut size: u64 = 0;
        while let Ok(count @ 1..) = file.write(&[1; 4096]) {
            size += count as u64;
        }
        file.set_len(size.saturating_sub(kilobytes * 1024)).expect("shorter");
        file.sync_all().expect("lasting");
        let at = format!("with {kilobytes} KiB of room");
        let ran = attempt.command(&[], &attempt.wish()).output().expect("runs");
        attempt.check(&ran, &at);
        full += usize::from(!ran.status.success());
        drop(file);
        std::fs::remove_file(filler).expect("room");
        attempt.go_on(&at);
    }
    assert!((3..12).contains(&full), "{full}");
}

#[test]
fn a_disk_without_room_for_another_file_is_named() {
    let Some(workshop) = workshop() else { return };
    let mut range = Range::new(200);
    let mut full = 0;
    for files in 0..8 {
        let disk = workshop.disk(16).expect("a disk");
        let attempt = range.next(Some(home(&disk)));
        let fillers = disk.path().join("fillers");
        std::fs::create_dir(&fillers).expect("a folder");
        let filler = |number: u32| fillers.join(number.to_string());
        let count = (0..).find(|number| std::fs::File::create(filler(*number)).is_err()).expect("an end");
        for number in 0..files {
            std::fs::remove_file(filler(count - 1 - number)).expect("room");
        }
        let at = format!("with room for {files} files");
        let ran = attempt.command(&[], &attempt.wish()).output().expect("runs");
        attempt.check(&ran, &at);
        full += usize::from(!ran.status.success());
        std::fs::remove_dir_all(fillers).expect("room");
        attempt.go_on(&at);
    }
    assert!((3..8).contains(&full), "{full}");
}

/// Runs a slow job, does something to the disk in its middle, and answers how it ended, and how soon.
fn in_the_middle(attempt: &Attempt<'_>, trouble: impl FnOnce()) -> (Output, Duration) {
    let mut wish = attempt.wish();
    wish.extend(["--rate", "2"].map(str::to_owned));
    let mut command = attempt.command(&[], &wish);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    let begun = Instant::now();
    while attempt.sent().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the job does not begin");
        pause();
    }
    trouble();
    let begun = Instant::now();
    let ran = child.wait_with_output().expect("ends");
    assert!(!ran.status.success(), "it goes on: {}", String::from_utf8_lossy(&ran.stdout));
    (ran, begun.elapsed())
}

#[test]
fn a_disk_that_becomes_read_only_stops_the_job_until_it_is_mended() {
    let Some(workshop) = workshop() else { return };
    let mut range = Range::new(60);
    let disk = workshop.disk(16).expect("a disk");
    let attempt = range.next(Some(home(&disk)));
    let (ran, took) = in_the_middle(&attempt, || disk.give_up_writing().expect("read-only"));
    attempt.check(&ran, "read-only");
    let _ = writeln!(std::io::stderr(), "read-only: stopped after {} ms", took.as_millis());
    let _disk = disk.checked().expect("mended");
    attempt.go_on("read-only");
}

/// Then the power goes: what was acknowledged after the repair is on the disk, although the system holds what it failed
/// to write for written.
#[test]
fn a_disk_that_fails_for_a_while_stops_the_job_and_keeps_what_comes_after() {
    let Some(workshop) = workshop() else { return };
    let mut range = Range::new(60);
    let disk = workshop.brittle(24).expect("a disk");
    let mut attempt = range.next(Some(home(&disk)));
    let (ran, took) = in_the_middle(&attempt, || disk.fail().expect("fails"));
    let _ = writeln!(std::io::stderr(), "failing: stopped after {} ms", took.as_millis());
    disk.repair().expect("mended");
    attempt.check(&ran, "failing");
    attempt.go_on("failing");
    let image = disk.power_cut().expect("an image").power_on().expect("mounts");
    attempt.home = home(&image);
    assert_eq!(attempt.noted(), DEVICES);
    attempt.go_on("after the power cut");
}
