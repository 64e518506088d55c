//! The client's speed, each figure beside a yardstick that is measured in the same run:
//!
//! `cargo bench -p muster-client --bench goals -- [rounds]`
//!
//! A machine that is shared tells nothing by its raw numbers; the ratios are what counts. Rounds of both sides take
//! turns, and every part ends by checking that what it measured really happened.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod decode;
mod process;
mod rows;
mod server;
mod yardsticks;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use muster_client::{Credentials, Dialect, Rate, Settings, Writer, connect};
use muster_model::Call;
use muster_model::commands::{CommandBody, CommandQuery, Send};
use muster_model::ids::DeviceId;

use self::server::Server;

const LANES: usize = 64;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
    if words.first().is_some_and(|word| word == server::SERVE) {
        let delay = words[1].parse().expect("milliseconds");
        runtime.block_on(server::serve(Duration::from_millis(delay)));
        return;
    }
    // As in a program that logs what matters.
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(std::io::stderr).finish();
    tracing::subscriber::set_global_default(log).expect("the first one");
    let rounds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(5_usize).max(1);
    runtime.block_on(async {
        commands(rounds).await;
        latency(rounds).await;
        decode::decode(rounds).await;
        sync(rounds).await;
    });
}

/// The client with everything on: authentication, pacing, retry budget, counters, tracing.
async fn sdk(port: u16, lanes: usize) -> Writer {
    connect(settings(port, lanes)).await.expect("connects").1
}

fn settings(port: u16, lanes: usize) -> Settings {
    let credentials = Credentials::Basic {
        username: "api".to_owned(),
        password: "secret".to_owned().into(),
        tenant_code: "kQ3/zz+code==".to_owned().into(),
    };
    let url = format!("http://127.0.0.1:{port}").parse().expect("a URL");
    Settings {
        dialect: Some(Dialect::Published),
        lanes,
        rate: Rate { per_second: 1e6, burst: 100_000 },
        ..Settings::new(url, credentials)
    }
}

/// Sends so many commands over the lanes, and returns when all are answered.
async fn send(writer: &Arc<Writer>, lanes: usize, count: u64) {
    let next = Arc::new(AtomicU64::new(0));
    let lanes: Vec<_> = (0..lanes)
        .map(|_| {
            let (writer, next) = (writer.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let mut call = Call::<Send>::with_body(DeviceId(number as i64), CommandBody::default());
                    call.query = CommandQuery { command: "DeviceQuery".to_owned(), ..Default::default() };
                    writer.send(call).await.expect("accepted");
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.expect("no panic");
    }
}

/// P1: processor time of the client per command.
async fn commands(rounds: usize) {
    const COUNT: u64 = 40_000;
    let server = Server::start(Duration::ZERO);
    let writer = Arc::new(sdk(server.port, LANES).await);
    yardsticks::hyper(server.port, LANES, 5_000).await;
    send(&writer, LANES, 5_000).await;
    let (mut ratios, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let ((), bare) = process::timed(yardsticks::hyper(server.port, LANES, COUNT)).await;
        let ((), ours) = process::timed(send(&writer, LANES, COUNT)).await;
        ratios.push(ours.as_secs_f64() / bare.as_secs_f64());
        costs.push((each(bare, COUNT), each(ours, COUNT)));
    }
    for (bare, ours) in costs {
        println!("P1    {bare:.1} µs bare hyper, {ours:.1} µs this client");
    }
    println!("P1  processor time per command, {LANES} lanes: {} × bare hyper (goal: 1.35)", spread(&mut ratios));
    let accepted = yardsticks::accepted(server.port).await;
    assert_eq!(accepted, 2 * (5_000 + rounds as u64 * COUNT), "every command arrived once");
    assert!(process::memory() < 100 << 20, "in little memory");
}

/// P3: how close it comes to the most that lanes can do when every answer takes 50 ms.
async fn latency(rounds: usize) {
    const DELAY: Duration = Duration::from_millis(50);
    for lanes in [16, 64, 256] {
        let server = Server::start(DELAY);
        let writer = Arc::new(sdk(server.port, lanes).await);
        send(&writer, lanes, lanes as u64).await;
        yardsticks::hyper(server.port, lanes, lanes as u64).await;
        let count = lanes as u64 * 30;
        let (mut bounds, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let begun = Instant::now();
            yardsticks::hyper(server.port, lanes, count).await;
            let bare = begun.elapsed();
            let begun = Instant::now();
            send(&writer, lanes, count).await;
            let ours = begun.elapsed();
            ratios.push(bare.as_secs_f64() / ours.as_secs_f64());
            bounds.push((DELAY * 30).as_secs_f64() / ours.as_secs_f64());
        }
        let goal = if lanes <= 64 { "goal: 0.99" } else { "no goal" };
        println!(
            "P3  {lanes} lanes, 50 ms answers: {} × bare hyper, {} × lanes / 50 ms ({goal})",
            spread(&mut ratios),
            spread(&mut bounds)
        );
        let accepted = yardsticks::accepted(server.port).await;
        assert_eq!(accepted, 2 * (lanes as u64 + rounds as u64 * count), "every command arrived once");
    }
}

/// P7a: what a list of a million devices costs that is read and compared with the one from before: fetched, decoded,
/// told apart by a hash of each row.
async fn sync(rounds: usize) {
    let server = Server::start(Duration::ZERO);
    let client = sdk_reading(server.port).await;
    let mut costs = Vec::new();
    let list = async || {
        let pages = client.pages::<muster_model::devices::Search>((), Default::default());
        pages.collect().await.expect("whole")
    };
    let known: Vec<_> = list().await;
    for _ in 0..rounds {
        let (same, cpu) = process::timed(async {
            let read = list().await;
            read.iter().zip(&known).filter(|(read, known)| read == known).count()
        })
        .await;
        assert_eq!(same, rows::ROWS * rows::PAGES, "nothing changed, and nothing is missing");
        costs.push(cpu.as_secs_f64() * 1e6 / same as f64);
    }
    println!(
        "P7a a million devices, fetched, decoded and compared: {} s of processor time (goal: 1.3)",
        spread(&mut costs)
    );
}

async fn sdk_reading(port: u16) -> muster_client::Client {
    connect(settings(port, 8)).await.expect("connects").0
}

/// Microseconds.
fn each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / count as f64
}

/// The least, the median and the most.
fn spread(values: &mut [f64]) -> String {
    values.sort_by(f64::total_cmp);
    let (first, last) = (values.first().copied().unwrap_or_default(), values.last().copied().unwrap_or_default());
    format!("{:.3} (from {first:.3} to {last:.3})", values.get(values.len() / 2).copied().unwrap_or_default())
}
