//! The limiter against a tenant that changes its mind, in virtual time: it permits 50 calls a second, then 10, then
//! 50 again, 200 seconds each, in a bucket that holds a second's worth; answers take 80 ms or so; refusals ask for a
//! second's pause. Fifty workers would send all the time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Limiter, Told};
use crate::Rate;

const END: u64 = 600;
const WORKERS: u32 = 50;

fn permitted(second: f64) -> f64 {
    if (200.0..400.0).contains(&second) { 10.0 } else { 50.0 }
}

/// Numbers that look like chance, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Log-normal around 80 ms.
    fn answer_time(&mut self) -> Duration {
        let normal = (-2.0 * (1.0 - self.roll()).ln()).sqrt() * (std::f64::consts::TAU * self.roll()).cos();
        Duration::from_secs_f64(0.08 * (0.3 * normal).exp())
    }
}

struct Tenant {
    start: Instant,
    bucket: f64,
    at: f64,
    dice: Dice,
    sent: u32,
    refused: u32,
    /// Answers per second of the scene.
    good: Vec<u32>,
}

impl Tenant {
    fn new(seed: u64) -> Self {
        let good = vec![0; END as usize + 60];
        Self { start: Instant::now(), bucket: 50.0, at: 0.0, dice: Dice(seed), sent: 0, refused: 0, good }
    }

    fn now(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    fn ask(&mut self) -> bool {
        let now = self.now();
        self.bucket = permitted(now).min(self.bucket + (now - self.at) * permitted(now));
        self.at = now;
        self.sent += 1;
        let granted = self.bucket >= 1.0;
        if granted {
            self.bucket -= 1.0
        } else {
            self.refused += 1
        }
        granted
    }
}

/// How a client did.
#[derive(Debug)]
struct Played {
    /// Part of the permitted calls.
    used: f64,
    /// Part of the own calls.
    refused: f64,
    /// Seconds after the rise until five seconds in a row reach 90 %.
    back: usize,
}

async fn worker(limiter: &Limiter, tenant: &Mutex<Tenant>, tells: bool, retry_after: bool) {
    let tenant = || tenant.lock().expect("not poisoned");
    loop {
        limiter.permit().await;
        let sent = Instant::now();
        let (granted, time, second) = {
            let mut tenant = tenant();
            if tenant.now() >= END as f64 {
                return;
            }
            (tenant.ask(), tenant.dice.answer_time(), tenant.now())
        };
        sleep(time).await;
        if tells {
            let left = Some(Duration::from_secs(60 - (second as u64) % 60));
            limiter.told(Told { limit: (permitted(second) * 60.0) as u64, remaining: None, left });
        }
        if granted {
            limiter.answered(sent, "devices.commands");
            let mut tenant = tenant();
            let second = tenant.now() as usize;
            tenant.good[second] += 1;
        } else {
            limiter.refused(sent, retry_after.then_some(Duration::from_secs(1)));
            sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn play(rate: Rate, tells: bool, retry_after: bool, seed: u64) -> Played {
    let limiter = Limiter::new(rate).expect("a rate");
    let tenant = Arc::new(Mutex::new(Tenant::new(seed)));
    futures_util::future::join_all((0..WORKERS).map(|_| worker(&limiter, &tenant, tells, retry_after))).await;
    let tenant = tenant.lock().expect("not poisoned");
    let good: u32 = tenant.good.iter().take(END as usize).sum();
    let back = (400..596).find(|&second| {
        let five: u32 = tenant.good[second..second + 5].iter().sum();
        f64::from(five) >= 0.9 * 5.0 * 50.0
    });
    Played {
        used: f64::from(good) / (0..END).map(|second| permitted(second as f64)).sum::<f64>(),
        refused: f64::from(tenant.refused) / f64::from(tenant.sent),
        back: back.map_or(200, |second| second - 400),
    }
}

/// No bound but the tenant's.
const FREE: Rate = Rate { per_second: 1000.0, burst: 50 };

#[tokio::test(start_paused = true)]
async fn told_the_limit_it_is_used_and_kept() {
    for seed in 1..=3 {
        let played = play(FREE, true, true, seed).await;
        assert!(played.used >= 0.98 && played.refused <= 0.003 && played.back <= 3, "{seed}: {played:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn not_told_it_is_found_by_few_refusals() {
    for retry_after in [true, false] {
        for seed in 1..=3 {
            let played = play(FREE, false, retry_after, seed).await;
            assert!(played.used >= 0.94 && played.refused <= 0.015 && played.back <= 10, "{seed}: {played:?}");
        }
    }
}
