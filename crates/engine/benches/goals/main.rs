//! The engine's speed and size, each figure beside a yardstick that is measured in the same run:
//!
//! `cargo bench -p muster-engine --bench goals -- [tasks] [rounds] [resume]`
//!
//! With the word `resume` only the job that was killed is taken up again.
//!
//! A machine that is shared tells nothing by its raw numbers; the ratios are what counts. Every part ends by checking
//! that the server got what the journal says, once.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod job;
mod memory;
#[allow(dead_code, reason = "the client's benchmark uses more of it")]
#[path = "../../../client/benches/goals/rows.rs"]
mod rows;
#[path = "../../../client/benches/goals/server.rs"]
mod server;
#[path = "../../../client/benches/goals/yardsticks.rs"]
mod yardsticks;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use self::server::Server;

const LANES: usize = 64;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
    match words.first().map(String::as_str) {
        Some(server::SERVE) => {
            let delay = words[1].parse().expect("milliseconds");
            runtime.block_on(server::serve(Duration::from_millis(delay)));
        }
        Some(job::START) => runtime.block_on(job::start(&words[1..])),
        Some(job::RESUME) if words.len() > 2 => runtime.block_on(job::resume(&words[1..])),
        _ => {
            let mut numbers = words.iter().filter_map(|word| word.parse().ok());
            let (tasks, rounds) = (numbers.next().unwrap_or(20_000_u64), numbers.next().unwrap_or(3).max(1));
            runtime.block_on(async {
                if !words.iter().any(|word| word == "resume") {
                    bulk(tasks, rounds).await;
                }
                resume(tasks).await;
                urgent(tasks, rounds).await;
            });
        }
    }
}

/// P2, P16 and P17: a job whose every task is on the disk before it is sent, one call a task, beside bare calls to the
/// same server.
async fn bulk(tasks: u64, rounds: u64) {
    let (mut ratios, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let server = Server::start(Duration::ZERO);
        let begun = Instant::now();
        yardsticks::hyper(server.port, LANES, tasks).await;
        let bare = tasks as f64 / begun.elapsed().as_secs_f64();
        let sent = job::in_child(server.port, tasks);
        assert_eq!(yardsticks::accepted(server.port).await, 2 * tasks, "every command arrived once");
        println!(
            "P2    {bare:.0} commands/s bare hyper; {:.0} by the engine; planned in {:.2} s, started in {:.2} s",
            sent.per_second(tasks),
            sent.planned.time.as_secs_f64(),
            sent.started.time.as_secs_f64(),
        );
        ratios.push(sent.per_second(tasks) / bare);
        rates.push(sent.per_second(tasks));
    }
    println!("P2  durable commands, {LANES} lanes: {} × bare hyper (goal: 0.35)", spread(&mut ratios));
    // The guide's loop waits 100 ms after each command.
    let against: Vec<f64> = rates.iter().map(|rate| rate / 10.0).collect();
    println!("P2  durable commands: {} × the guide's loop (goal: 3,000)", spread(&mut against.clone()));
    println!("P2    a commit on this disk takes {:.0} µs", commit().as_secs_f64() * 1e6);

    let server = Server::start(Duration::ZERO);
    let sizes = [if tasks >= 100_000 { 10_000 } else { tasks / 10 }, tasks];
    let [small, large] = sizes.map(|size| job::in_child(server.port, size));
    for (size, took) in sizes.iter().zip([&small, &large]) {
        for (name, phase) in took.phases() {
            let ((passed, processor), memory) = (phase.per_task(*size), mb(phase.memory));
            println!("P16   {size} tasks, {name}: {memory:.1} MB; {passed:.1} µs a task, {processor:.1} of processors");
        }
    }
    println!(
        "P16 memory at most: {:.1} MB with {} tasks, {:.1} MB with {tasks}: {:.2} × (goal: 64 MB, and 1.10 ×)",
        mb(small.memory()),
        sizes[0],
        mb(large.memory()),
        mb(large.memory()) / mb(small.memory()),
    );
    let times = tasks as f64 / sizes[0] as f64;
    for ((name, few), (_, many)) in small.phases().into_iter().zip(large.phases()) {
        let growth = (many.time.as_secs_f64() / few.time.as_secs_f64()).ln() / times.ln();
        println!("P17 time to {name} grows with the {growth:.2}th power of tasks (goal: 1.02)");
    }
}

/// P18: from the start of a process to the first thing that it sends, of a job half of which was done by one that was
/// killed.
async fn resume(tasks: u64) {
    let server = Server::start(Duration::ZERO);
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = spawn(job::START, server.port, folder.path(), Some(tasks));
    while yardsticks::accepted(server.port).await < tasks / 2 {
        assert!(child.try_wait().expect("can be asked").is_none(), "it is killed before its end");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().expect("dies");
    child.wait().expect("is gone");
    let before = yardsticks::accepted(server.port).await;
    let begun = Instant::now();
    let mut child = spawn(job::RESUME, server.port, folder.path(), None);
    while yardsticks::accepted(server.port).await == before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let took = begun.elapsed();
    let memory: u64 = serde_json::from_reader(child.stdout.take().expect("piped")).expect("bytes");
    assert!(child.wait().expect("ends").success());
    // What was marked when it died, eight a lane at most, is settled by reading, and this server knows nothing to read.
    let (after, sending) = (yardsticks::accepted(server.port).await, 8 * LANES as u64);
    assert!((tasks - sending..=tasks + sending).contains(&after), "{after} of {tasks}");
    println!(
        "P18 {} ms from the start of a process to its first command, {before} of {tasks} done (goal: 1,000); {:.1} MB",
        took.as_millis(),
        mb(memory),
    );
}

/// P21: ten urgent commands that begin while a job of the same journal runs, beside ten on an idle one. Answers take
/// 50 ms, as a tenant's do.
async fn urgent(tasks: u64, rounds: u64) {
    let server = Server::start(Duration::from_millis(50));
    // Long enough for the urgent ones, at 64 lanes of 20 answers a second.
    let tasks = tasks.clamp(5_000, 20_000);
    let idle = tempfile::tempdir().expect("a folder");
    let mut alone: Vec<Duration> =
        (0..rounds).map(|round| job::ten_in(idle.path(), server.port, 1 + 10 * round)).collect();
    let busy = tempfile::tempdir().expect("a folder");
    let before = yardsticks::accepted(server.port).await;
    let mut child = spawn(job::START, server.port, busy.path(), Some(tasks));
    while yardsticks::accepted(server.port).await < before + 4 * LANES as u64 {
        assert!(child.try_wait().expect("can be asked").is_none(), "it runs");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let first = |round| 1 + tasks + 10 * round;
    let mut beside: Vec<Duration> =
        (0..rounds).map(|round| job::ten_in(busy.path(), server.port, first(round))).collect();
    assert!(child.try_wait().expect("can be asked").is_none(), "the job is still running");
    assert!(child.wait().expect("ends").success());
    assert_eq!(yardsticks::accepted(server.port).await, before + tasks + 10 * rounds, "every command arrived once");
    alone.sort();
    beside.sort();
    let (alone, beside) = (alone[alone.len() / 2].as_secs_f64(), beside[beside.len() / 2].as_secs_f64());
    println!(
        "P21 ten urgent commands take {:.0} ms beside a job that runs, {:.0} ms alone: {:.2} × (goal: 1.5)",
        beside * 1e3,
        alone * 1e3,
        beside / alone
    );
}

fn spawn(word: &str, port: u16, folder: &Path, tasks: Option<u64>) -> Child {
    let program = std::env::current_exe().expect("a program");
    let mut command = Command::new(program);
    command.args([word, &port.to_string()]).arg(folder).args(tasks.map(|tasks| tasks.to_string()));
    command.stdout(Stdio::piped()).spawn().expect("starts")
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// What a row that has to be on the disk costs: the mean of some hundred.
fn commit() -> Duration {
    const TIMES: u32 = 300;
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = File::create(folder.path().join("log")).expect("a file");
    let begun = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[b'x'; 200]).expect("writes");
        file.sync_data().expect("on the disk");
    }
    begun.elapsed() / TIMES
}

/// The middle of some figures, and how far apart they are.
fn spread(figures: &mut [f64]) -> String {
    figures.sort_by(f64::total_cmp);
    let (least, most) = (figures[0], figures[figures.len() - 1]);
    format!("{:.2} ({least:.2} to {most:.2})", figures[figures.len() / 2])
}
