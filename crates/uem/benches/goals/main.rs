//! The UEM's speed and size, each figure beside a yardstick that is measured in the same run:
//!
//! `cargo bench -p muster-uem --bench goals -- [devices] [rounds] [part …]`
//!
//! A machine that is shared tells nothing by its raw numbers; the ratios are what counts. Every part ends by checking
//! that what it measured really happened.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod devices;
mod fleet;
mod load;
mod process;
mod yardsticks;

use std::path::Path;
use std::time::{Duration, Instant};

use muster_store::args;
use muster_uem::{Data, Pace, Running, Settings, start};
use serde_json::{Value, json};

use self::load::Client;
use self::yardsticks::Minimal;

/// At this speed a check-in every four hours happens every fifteen minutes.
const EVERY_QUARTER: f64 = 16.0;

/// What can be asked for by name; else it is all of it.
const PARTS: [&str; 7] = ["reception", "fleet", "search", "pages", "page", "commands", "bulk"];

fn main() {
    // Cargo passes `--bench`; numbers are devices and rounds, words are parts of the whole.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut numbers = words.iter().filter_map(|word| word.parse::<u32>().ok());
    let (devices, rounds) = (numbers.next().unwrap_or(20_000), numbers.next().unwrap_or(5).max(1) as usize);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("starts");
    match words.iter().find_map(|word| word.strip_prefix("in=")) {
        Some(folder) => {
            let wanted = |part: &str| {
                !words.iter().any(|word| PARTS.contains(&&**word)) || words.iter().any(|word| word == part)
            };
            runtime.block_on(measure(Path::new(folder), devices, rounds, wanted));
        }
        None => {
            let folder = tempfile::tempdir().expect("a folder");
            runtime.block_on(seed(folder.path(), devices));
            // What the first start needed is no part of what a running one needs.
            let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
            child.args([devices.to_string(), rounds.to_string(), format!("in={}", folder.path().display())]);
            let done = child.args(words.iter().filter(|word| PARTS.contains(&&***word))).status().expect("runs");
            assert!(done.success(), "{done}");
        }
    }
}

fn settings(folder: &Path, devices: u32) -> Settings {
    Settings {
        devices,
        speed: EVERY_QUARTER,
        rate_limit: Some(u32::MAX),
        fleet: Pace::Stepped,
        data: Data::Folder(folder.join("uem")),
        check_answers: false,
        ..Settings::in_memory()
    }
}

async fn seed(folder: &Path, devices: u32) {
    let (began, cpu) = (Instant::now(), process::cpu());
    let uem = start(settings(folder, devices)).await.expect("the tenant starts");
    let (took, cpu) = (began.elapsed().as_secs_f64(), (process::cpu() - cpu).as_secs_f64());
    uem.stop().await;
    let most = process::most_memory() as f64 / 1e6;
    println!("{devices} devices made in {took:.1} s, {cpu:.1} s of processor time, {most:.0} MB at most");
    print_size(folder, devices);
}

/// P20: what credentials, limits, roles and the number of the answer cost, by each way to prove who one is.
async fn reception(uem: &Running, client: &Client, rounds: usize) {
    const TIMES: u32 = 50_000;
    let token = client.token(uem).await;
    let certificate = client.certificate().await;
    let request = |authorization: Option<&str>| {
        let mut request = axum::http::Request::get("/API/v1/devices/search");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        request.header("aw-tenant-code", &uem.ready.tenant_code).body(()).expect("a request")
    };
    let ways = [
        ("Basic", Some(client.basic()), None),
        ("token", Some(format!("Bearer {token}")), None),
        ("client certificate", None, Some(certificate.as_slice())),
    ];
    for (name, authorization, certificate) in ways {
        let mut times = Vec::new();
        for _ in 0..rounds {
            let taken = uem.time_reception(request(authorization.as_deref()), certificate, TIMES).await;
            times.push(taken.expect("is let in").as_secs_f64() * 1e6);
        }
        println!("P20 {name}: {} µs a request (goal: 3)", load::spread(&mut times));
    }
}

fn print_size(folder: &Path, devices: u32) {
    let size = process::size(&folder.join("uem").join("tenant.db"));
    println!("the database: {:.0} MB, {:.0} bytes a device", size as f64 / 1e6, size as f64 / f64::from(devices));
}

async fn measure(folder: &Path, devices: u32, rounds: usize, wanted: impl Fn(&str) -> bool) {
    let uem = start(settings(folder, devices)).await.expect("the tenant starts");
    let client = Client::of(&uem);
    let (before, began) = (process::memory(), Instant::now());
    client.bytes("/API/v1/devices/search?pagesize=1").await;
    let roll = process::memory().saturating_sub(before) as f64 / f64::from(devices);
    println!("the first search reads the roll: {:.2} s, {roll:.0} bytes a device", began.elapsed().as_secs_f64());
    if wanted("fleet") {
        fleet::lives(&uem, &client, devices, rounds).await;
    }
    if wanted("reception") {
        reception(&uem, &client, rounds).await;
    }
    if wanted("search") {
        devices::searches(&uem, &client).await;
    }
    if wanted("pages") {
        devices::pages(&client, devices, rounds).await;
    }
    if wanted("page") {
        warm_page(&uem, &client, rounds).await;
    }
    if wanted("commands") {
        commands(&uem, &client, rounds).await;
    }
    if wanted("bulk") {
        bulk(&uem, &client, folder, rounds).await;
    }
    uem.stop().await;
    print_size(folder, devices);
}

/// P12: a warm page of 500 devices beside the same bytes from the minimal server.
async fn warm_page(uem: &Running, client: &Client, rounds: usize) {
    let path = "/API/v1/devices/search?pagesize=500";
    let bytes = client.bytes(path).await;
    let rows: Value = serde_json::from_slice(&bytes).expect("JSON");
    println!("P12 a page has {} bytes for {} devices", bytes.len(), rows["Devices"].as_array().map_or(0, Vec::len));
    let minimal = Minimal::serving(bytes).await;
    let other = Client::to(&minimal.url, uem);
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let fixed = other.closed_loop(8, Duration::from_secs(1), |_| load::Request::Get("/fixed".to_owned())).await;
        let ours = client.closed_loop(8, Duration::from_secs(1), |_| load::Request::Get(path.to_owned())).await;
        ratios.push(fixed.per_second() / ours.per_second());
    }
    println!("P12 warm page: {} × fixed bytes (goal: 1.5)", load::spread(&mut ratios));
}

async fn count(uem: &Running, table: &str) -> u64 {
    let sql = format!("select count(*) as n from {table}");
    uem.database().fetch_one(sql, args![]).await.and_then(|row| row.get("n")).expect("counts")
}

/// P10: accepted commands, durable, authorised and recorded, beside a server that only counts them.
async fn commands(uem: &Running, client: &Client, rounds: usize) {
    let ids = enrolled(client).await;
    let minimal = Minimal::serving(Vec::new()).await;
    let other = Client::to(&minimal.url, uem);
    let command = |number: usize| {
        let body = json!({"Command": "SyncDevice"}).to_string();
        load::Request::Post(format!("/API/v1/devices/{}/commands", ids[number % ids.len()]), body)
    };
    let (mut ratios, mut accepted) = (Vec::new(), 0);
    let (before, recorded) = (count(uem, "commands").await, count(uem, "effects").await);
    for _ in 0..rounds {
        let least = other.closed_loop(64, Duration::from_secs(2), command).await;
        let ours = client.closed_loop(64, Duration::from_secs(2), command).await;
        accepted += ours.answered;
        println!("P10   {:.0} commands/s, the minimal server {:.0}", ours.per_second(), least.per_second());
        ratios.push(ours.per_second() / least.per_second());
    }
    println!("P10 accepted commands: {} × the minimal server (goal: 0.30)", load::spread(&mut ratios));
    assert_eq!(count(uem, "commands").await - before, accepted, "every accepted command is in the queue, once");
    assert_eq!(count(uem, "effects").await - recorded, accepted, "and in the ledger of effects");
}

/// P11: bulk calls of 500 devices beside rows that SQLite takes, 1,024 to a durable commit.
async fn bulk(uem: &Running, client: &Client, folder: &Path, rounds: usize) {
    let ids: Vec<String> = enrolled(client).await.into_iter().take(500).map(|id| id.to_string()).collect();
    let limits = json!({"LockDevice": 100_000}).to_string();
    client.put("/API/v1/policies/bulklimits", limits).await;
    let body = json!({"BulkValues": {"Value": ids}}).to_string();
    let path = "/api/mdm/devices/commands/bulk?command=LockDevice&searchby=deviceid";
    let before = count(uem, "commands").await;
    let (mut ratios, mut accepted) = (Vec::new(), 0);
    for round in 0..rounds {
        let rows = yardsticks::durable_rows(&folder.join(format!("rows{round}.db")), Duration::from_secs(1)).await;
        let post = |_| load::Request::Post(path.to_owned(), body.clone());
        let (load, answers) = client.closed_loop_read(4, Duration::from_secs(2), post).await;
        let taken: u64 = answers.iter().filter_map(|answer| answer["AcceptedItems"].as_u64()).sum();
        let rate = taken as f64 / load.took.as_secs_f64();
        println!("P11   {rate:.0} commands/s, SQLite {rows:.0} rows/s");
        ratios.push(rate / rows);
        accepted += taken;
    }
    println!("P11 bulk commands: {} × SQLite's rows (goal: 0.35)", load::spread(&mut ratios));
    assert_eq!(count(uem, "commands").await - before, accepted, "every accepted command is in the queue, once");
}

async fn enrolled(client: &Client) -> Vec<i64> {
    let page = client.get("/API/v1/devices/search?pagesize=5000").await;
    let devices = page["Devices"].as_array().expect("devices").iter();
    let here = devices.filter(|row| row["EnrollmentStatus"] == "Enrolled" && row["Platform"] != "Linux");
    here.filter_map(|row| row["Id"]["Value"].as_i64()).collect()
}
