//! The decision how fast to go: arithmetic over seconds that others tell.
//!
//! Three things bound the rate. The *settings*, always. What the tenant *tells* of its limit, a little below which
//! nothing is refused. And where it tells nothing, what is *learned*: a tenant that refuses has, as far as anybody
//! can see, a bucket of permits that fills at its rate. At a refusal that bucket is empty; so what it let through
//! between two refusals, divided by the time between them, is the rate. From then on the bucket is kept here too.
//! What a pause let grow in it is spent first, then the pace lies a little below the rate for a while, and then a
//! little above it, to ask whether the rate is still the same: either one call is refused, and there is a new
//! measurement, or more is let through than the bucket can hold, and the rate has risen. Then the pace rises with
//! every answer until the next refusal.

use super::latency::Latency;
use super::told::{Limit, Told};
use crate::Rate;

/// What is used of a limit that was told: clocks differ.
const OF_TOLD: f64 = 0.995;

/// While the bucket has something, it is emptied at so many times the rate.
const CATCH_UP: f64 = 1.5;
/// After that the pace is this part of the rate …
const CALM: f64 = 0.985;
/// … for so many seconds; then so many more calls a second than the rate, or this part of it, are tried.
const CALM_SECONDS: f64 = 3.0;
const PROBE: f64 = 2.0;
const PROBE_PART: f64 = 0.04;

/// The rate has risen when the bucket has given so many calls more than it can have, or this part of its rate.
const TOO_MANY: f64 = 2.5;
const TOO_MANY_PART: f64 = 0.04;

/// While the rate rises, every answer makes it so much larger (a second): it doubles about every second.
const RISE: f64 = 0.8;

/// A tenant that refuses without saying for how long: everybody waits so many seconds.
const OWN_PAUSE: f64 = 0.6;

/// Seconds whose permits a bucket holds at most, as far as is assumed.
const BUCKET: f64 = 1.0;

/// No rate is learned below this, a second: something else is wrong then, and waiting is done by the retry law.
const LEAST: f64 = 0.2;

/// No timer is as exact as this, and a wait that rounds to nothing would be waited for ever.
const AT_ONCE: f64 = 1e-6;

#[derive(Debug)]
pub(super) struct Pace {
    settings: Rate,
    limit: Limit,
    learned: Option<Learned>,
    latency: Latency,
    /// Permits that have grown and were not taken, up to the burst.
    permits: f64,
    /// When they were counted.
    at: f64,
    /// Nobody goes before this.
    paused_until: f64,
    /// What was let through in the present second and in the one before, for the first refusal.
    lately: Lately,
}

/// What refusals have shown.
#[derive(Debug)]
struct Learned {
    /// Calls a second.
    rate: f64,
    /// What the tenant's bucket holds if that is its rate; below nothing, if it is not.
    bucket: f64,
    /// How much of [`BUCKET`] there seems to be.
    holds: f64,
    phase: Phase,
    /// The measurement that is going on: since when, how much of that does not count, and what was let through.
    since: f64,
    not_counted: f64,
    let_through: f64,
    /// Refusals of calls that left before this belong to the last one.
    last: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    CatchUp,
    /// Until then.
    Calm(f64),
    Probe,
    Rise,
}

#[derive(Debug, Default)]
struct Lately {
    second: f64,
    now: f64,
    before: f64,
}

impl Lately {
    fn add(&mut self, now: f64) {
        self.turn(now);
        self.now += 1.0;
    }

    fn turn(&mut self, now: f64) {
        let second = now.floor();
        if second > self.second {
            self.before = if second == self.second + 1.0 { self.now } else { 0.0 };
            (self.now, self.second) = (0.0, second);
        }
    }

    /// Calls in the last second or so.
    fn per_second(&mut self, now: f64) -> f64 {
        self.turn(now);
        self.now + self.before * (1.0 - now.fract())
    }
}

impl Pace {
    pub(super) fn new(settings: Rate) -> Self {
        Self {
            settings,
            limit: Limit::default(),
            learned: None,
            latency: Latency::default(),
            permits: f64::from(settings.burst),
            at: 0.0,
            paused_until: 0.0,
            lately: Lately::default(),
        }
    }

    /// Calls a second, and how many may leave at once.
    fn rate(&self, now: f64) -> (f64, f64) {
        let (mut rate, mut burst) = (self.settings.per_second, f64::from(self.settings.burst));
        if let Some(told) = self.limit.per_second(now) {
            rate = rate.min(told * OF_TOLD);
            burst = burst.min(told.max(1.0));
        }
        if let Some(learned) = &self.learned {
            let pace = learned.pace();
            if pace < rate {
                rate = pace;
                // Timers are late by a few milliseconds; that is made up for, and nothing else.
                burst = burst.min((pace * 0.02).max(1.0));
            }
        }
        (rate * self.latency.ease(), burst)
    }

    /// When the next call may leave.
    pub(super) fn due(&mut self, now: f64) -> f64 {
        self.count(now);
        if self.paused_until > now + AT_ONCE {
            return self.paused_until;
        }
        let wait = (1.0 - self.permits).max(0.0) / self.rate(now).0;
        if wait > AT_ONCE { now + wait } else { now }
    }

    /// A call leaves.
    pub(super) fn take(&mut self, now: f64) {
        self.count(now);
        self.permits = (self.permits - 1.0).max(0.0);
        if let Some(learned) = &mut self.learned {
            learned.bucket -= 1.0;
            learned.turn(now);
        }
    }

    fn count(&mut self, now: f64) {
        let passed = (now - self.at).max(0.0);
        // Nothing grows in a pause: what was not sent then is in the tenant's bucket, if it has one.
        let counted = (now - self.paused_until.max(self.at)).clamp(0.0, passed);
        let (rate, burst) = self.rate(now);
        self.permits = (self.permits + rate * counted).min(burst);
        if let Some(learned) = &mut self.learned {
            learned.grow(passed);
        }
        self.at = self.at.max(now);
    }

    /// Takes in an answer; whether the next call may leave earlier now.
    pub(super) fn answered(&mut self, now: f64, sent: f64, endpoint: &'static str) -> bool {
        self.count(now);
        self.lately.add(now);
        self.latency.note(endpoint, now - sent);
        let Some(learned) = &mut self.learned else { return false };
        learned.let_through += 1.0;
        let rising = learned.phase == Phase::Rise;
        if rising {
            learned.rate += RISE;
            let most =
                self.limit.per_second(now).map_or(self.settings.per_second, |told| told.min(self.settings.per_second));
            if learned.rate > most {
                // It is not the tenant that bounds it any more.
                self.learned = None;
            }
        }
        rising
    }

    /// Takes in a refusal.
    pub(super) fn refused(&mut self, now: f64, sent: f64, wait: Option<f64>) {
        self.count(now);
        let first = match &mut self.learned {
            Some(learned) if sent < learned.last => false,
            Some(learned) => {
                learned.measure(now);
                true
            }
            None => {
                self.learned = Some(Learned::new(now, self.lately.per_second(now).max(1.0)));
                true
            }
        };
        let holds = self.learned.as_ref().map_or(1.0, |learned| learned.holds);
        let wait = wait.unwrap_or(if first { OWN_PAUSE * holds } else { 0.0 });
        let until = now + wait;
        if until > self.paused_until {
            let more = until - self.paused_until.max(now);
            self.paused_until = until;
            if let Some(learned) = &mut self.learned {
                // A bucket fills for a second; what is longer is a limit that counts in other ways.
                learned.not_counted += more - (learned.holds * BUCKET).min(more);
            }
        }
        self.permits = 0.0;
    }

    /// Takes in what the tenant says; whether the next call may leave earlier now.
    pub(super) fn told(&mut self, now: f64, told: Told) -> bool {
        self.count(now);
        let before = self.limit.per_second(now);
        self.limit.note(now, told);
        let after = self.limit.per_second(now);
        if before != after && after.is_some() {
            // What was learned under another limit says nothing about this one.
            self.learned = None;
        }
        match (before, after) {
            (Some(before), Some(after)) => after > before,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}

impl Learned {
    fn new(now: f64, rate: f64) -> Self {
        Self {
            rate,
            bucket: 0.0,
            holds: 1.0,
            phase: Phase::CatchUp,
            since: now,
            not_counted: 0.0,
            let_through: 0.0,
            last: now,
        }
    }

    fn pace(&self) -> f64 {
        match self.phase {
            Phase::CatchUp => self.rate * CATCH_UP,
            Phase::Calm(_) => self.rate * CALM,
            Phase::Probe => self.rate + PROBE.max(self.rate * PROBE_PART),
            Phase::Rise => self.rate,
        }
    }

    fn grow(&mut self, passed: f64) {
        let most = (self.rate * BUCKET * self.holds).max(1.0);
        self.bucket = (self.bucket + self.rate * passed).min(most);
    }

    fn turn(&mut self, now: f64) {
        self.phase = match self.phase {
            Phase::CatchUp if self.bucket < 1.0 => Phase::Calm(now + CALM_SECONDS),
            Phase::Calm(until) if now >= until => Phase::Probe,
            Phase::Probe if self.bucket < -TOO_MANY.max(self.rate * TOO_MANY_PART) => {
                (self.since, self.let_through, self.not_counted) = (now, 0.0, 0.0);
                Phase::Rise
            }
            same => same,
        };
    }

    /// The bucket is empty again: what came out of it since it was empty last is what flowed in.
    fn measure(&mut self, now: f64) {
        let seconds = (now - self.since - self.not_counted).max(0.0);
        // A short time tells little; the rest of a second is taken to be as before.
        let missing = (1.0 - seconds).max(0.0);
        let before = if self.phase == Phase::Rise { self.rate * 0.5 } else { self.rate };
        let early = self.phase == Phase::CatchUp && self.bucket > 2.0;
        self.rate = ((self.let_through + before * missing) / (seconds + missing)).max(LEAST);
        // Refused while something should have been left: the bucket is smaller than assumed, or the rate has fallen.
        self.holds = if early { self.holds * 0.5 } else { (self.holds * 1.2 + 0.01).min(1.0) };
        self.bucket = 0.0;
        self.phase = Phase::CatchUp;
        (self.since, self.let_through, self.not_counted, self.last) = (now, 0.0, 0.0, now);
    }
}
