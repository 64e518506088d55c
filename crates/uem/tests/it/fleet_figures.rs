//! What a fleet costs. Not a test of anything: run it in a release build with
//! `cargo test --release -p muster-uem --test it figures -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use muster_store::args;
use muster_uem::{Data, Settings, start};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
#[ignore = "measures, in a release build"]
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
async fn figures() {
    for devices in [2_000, 20_000, 100_000] {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings { devices, data: Data::Folder(folder.path().into()), ..Settings::in_memory() };
        let (began, cpu) = (Instant::now(), cpu());
        let running = start(settings).await.expect("the tenant starts");
        eprintln!("{devices} devices: first start {:?}, {:?} of CPU", began.elapsed(), self::cpu() - cpu);
        // A day in one leap, and a day in steps of a minute as a live fleet at speed 60 would take it.
        for (name, step) in [("in one leap", DAY), ("minute by minute", Duration::from_secs(60))] {
            if devices > 20_000 && step < DAY {
                continue;
            }
            let turns = "select sum(checkins) as n from devices";
            let turns = || async {
                let row = running.database().fetch_one(turns, args![]).await.expect("reads");
                row.get::<i64>("n").expect("a number")
            };
            let (before, began, cpu) = (turns().await, Instant::now(), self::cpu());
            for _ in 0..DAY.as_secs() / step.as_secs() {
                running.step(step).await.expect("steps");
            }
            let (took, cpu) = (began.elapsed(), self::cpu() - cpu);
            let turns = turns().await - before;
            eprintln!(
                "  a day {name}: {took:?}, {cpu:?} of CPU: {:?} per device-day, {:?} per turn of {turns}",
                cpu / devices,
                cpu / turns.max(1) as u32
            );
        }
        running.stop().await;
    }
}

/// CPU time that this process has used, in hundredths of a second; nothing where the system does not tell.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split(' ').skip(12).take(2);
    Duration::from_millis(ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}
