//! Whole days in one thread: engines, limiter, journal, tenant, network and clocks, in virtual time, with every choice
//! and every accident drawn from a seed. The same seed lives the same day to the last event; a day that goes wrong says
//! in one line how it is lived again.
//!
//! `SEED=4711 cargo test -p muster-engine --test it simulation::one_day -- --nocapture` lives one day and tells what
//! happens; `DAYS=10000 cargo test -p muster-engine --release --test it simulation::many_days -- --nocapture` lives as
//! many, and `SEED=1000` beside it begins with that one. So does `simulation::the_same_seed` with each of them twice.

mod checks;
mod clock;
mod day;
mod dice;
mod faults;
mod network;
mod quota;
mod record;

use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use self::day::{Lived, live};
use self::faults::NOTHING;
use self::record::say;

/// Days that every run of the tests lives.
const DAYS: u64 = 300;

/// What whoever runs the tests wishes.
#[expect(clippy::disallowed_methods, reason = "a test is told by whoever runs it")]
fn wish(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What is wrong with a day, and how it is lived again.
fn complaint(seed: u64, lived: &Lived) -> String {
    let wrongs = lived.wrongs.join("\n");
    format!("{wrongs}\nSEED={seed} cargo test -p muster-engine --test it simulation::one_day -- --nocapture")
}

/// Lives the days of these seeds, two at a time; each has a thread of its own.
fn all(seeds: Range<u64>, each: impl Fn(u64) + Sync) {
    let next = Mutex::new(seeds);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = { next.lock().expect("no panic").next() } {
                    each(seed);
                }
            });
        }
    });
}

#[test]
fn one_day() {
    let seed = wish("SEED");
    let lived = live(seed.unwrap_or(1), &NOTHING, seed.is_some());
    say(&format!("{lived:?}"));
    assert!(lived.wrongs.is_empty(), "{}", complaint(seed.unwrap_or(1), &lived));
}

#[test]
fn many_days() {
    let (start, sum) = (std::time::Instant::now(), Mutex::new((Duration::ZERO, 0_u64, 0_u64, 0_u64)));
    let first = wish("SEED").unwrap_or(1);
    let days = wish("DAYS").unwrap_or(DAYS);
    let complaints = Mutex::new(Vec::new());
    all(first..first + days, |seed| {
        let lived = live(seed, &NOTHING, false);
        if !lived.wrongs.is_empty() {
            complaints.lock().expect("no panic").push(complaint(seed, &lived));
        }
        let mut sum = sum.lock().expect("no panic");
        *sum = (sum.0 + lived.simulated, sum.1 + lived.events, sum.2 + lived.kills, sum.3 + lived.pauses);
    });
    let (took, (simulated, events, kills, pauses)) = (start.elapsed(), *sum.lock().expect("no panic"));
    let ratio = simulated.as_secs_f64() / took.as_secs_f64();
    say(&format!(
        "{days} days of {simulated:.0?} in {took:.1?} ({ratio:.0} to 1): {events} events, {kills} deaths, {pauses} pauses"
    ));
    let complaints = complaints.into_inner().expect("no panic");
    assert!(complaints.is_empty(), "{} of {days} days went wrong:\n{}", complaints.len(), complaints.join("\n"));
    assert!(kills > 3 * days && pauses > days / 10, "a day without trouble proves nothing");
}

/// Ids, keys and what the process was given differ between two lives of a day; nothing that happens does.
#[test]
fn the_same_seed_lives_the_same_day() {
    let days = wish("DAYS").unwrap_or(20);
    all(1..1 + days, |seed| {
        let [first, second] = [(), ()].map(|()| live(seed, &NOTHING, false));
        assert_eq!((first.hash, first.events), (second.hash, second.events), "seed {seed}");
    });
    let [one, two] = [1, 2].map(|seed| live(seed, &NOTHING, false).hash);
    assert_ne!(one, two);
}
