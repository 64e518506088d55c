//! The UEM's speed and size, each figure beside a yardstick that is measured in the same run:
//!
//! `cargo bench -p muster-uem --bench goals -- [devices] [rounds]`
//!
//! A machine that is shared tells nothing by its raw numbers; the ratios are what counts. Every part ends by checking
//! that what it measured really happened.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod load;
mod process;
mod yardsticks;

use std::path::Path;
use std::time::Duration;

use muster_store::args;
use muster_uem::{Data, Pace, Running, Settings, start};
use serde_json::{Value, json};

use self::load::Client;
use self::yardsticks::Minimal;

/// At this speed a check-in every four hours happens every fifteen minutes.
const EVERY_QUARTER: f64 = 16.0;

fn main() {
    // Cargo passes `--bench`; the rest are ours.
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let (devices, rounds) = (numbers.next().unwrap_or(20_000), numbers.next().unwrap_or(5).max(1));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("starts");
    runtime.block_on(all(devices, rounds as usize));
}

async fn all(devices: u32, rounds: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let (before, began) = (process::memory(), process::cpu());
    let settings = Settings {
        devices,
        speed: EVERY_QUARTER,
        rate_limit: Some(u32::MAX),
        fleet: Pace::Stepped,
        data: Data::Folder(folder.path().join("uem")),
        check_answers: false,
        ..Settings::in_memory()
    };
    let uem = start(settings).await.expect("the tenant starts");
    println!("{devices} devices, seeded in {:.1} s of processor time", (process::cpu() - began).as_secs_f64());
    let client = Client::of(&uem);
    reception(&uem, &client, rounds).await;
    searches(&client).await;
    pages(&client, devices, rounds).await;
    warm_page(&uem, &client, rounds).await;
    commands(&uem, &client, rounds).await;
    bulk(&uem, &client, folder.path(), rounds).await;
    fleet(&uem, devices, before).await;
    uem.stop().await;
    let size = process::size(&folder.path().join("uem").join("tenant.db"));
    println!("the database: {:.0} bytes a device", size as f64 / f64::from(devices));
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

/// P8: searches in an open loop, 200 a second, timed from the moment at which they were due.
async fn searches(client: &Client) {
    let row = &client.get("/API/v1/devices/search?pagesize=1").await["Devices"][0];
    let text = |name: &str| row[name].as_str().expect("a text").to_owned();
    let serial = text("SerialNumber");
    let paths = [
        format!("/api/mdm/devices?searchby=Serialnumber&id={serial}"),
        format!("/api/mdm/devices/{}", row["Id"]["Value"]),
        "/API/v1/devices/search?platform=Apple&pagesize=50".to_owned(),
        "/API/v1/devices/search?compliantstatus=false&pagesize=50".to_owned(),
        "/API/v1/devices/search?orderby=lastseen&pagesize=50".to_owned(),
        format!("/API/v1/devices/search?user={}&pagesize=50", text("UserName")),
    ];
    let mut all = Vec::new();
    for path in &paths {
        let mut times = client.open_loop(path, 200, Duration::from_secs(2)).await;
        println!("P8  {path}: {}", load::percentiles(&mut times));
        all.append(&mut times);
    }
    println!("P8  all: {} (goal: p50 1 ms, p99 4 ms)", load::percentiles(&mut all));
}

/// P9: what a page deep in a list costs beside its first page.
async fn pages(client: &Client, devices: u32, rounds: usize) {
    let last = (devices / 500).saturating_sub(1);
    for sort in ["", "&orderby=lastseen", "&orderby=model", "&platform=Apple"] {
        let path = |page: u32| format!("/API/v1/devices/search?pagesize=500&page={page}{sort}");
        for page in [last / 10, last / 2, last] {
            if page == 0 || (sort.contains("platform") && page == last) {
                continue;
            }
            let mut ratios = Vec::new();
            for _ in 0..rounds.max(5) {
                let (first, deep) = (client.timed(&path(0)).await, client.timed(&path(page)).await);
                ratios.push(deep.as_secs_f64() / first.as_secs_f64());
            }
            println!("P9  page {page}{sort}: {} × page 0 (goal: 1.2)", load::spread(&mut ratios));
        }
    }
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

/// P13 and P14: a quarter of an hour in the life of every device.
async fn fleet(uem: &Running, devices: u32, before: u64) {
    // What was queued so far is not part of it.
    uem.step(Duration::from_secs(1_800)).await.expect("lives");
    let seen = "select coalesce(sum(checkins), 0) as n from devices";
    let checkins =
        async || -> u64 { uem.database().fetch_one(seen, args![]).await.and_then(|row| row.get("n")).expect("counts") };
    let (first, began) = (checkins().await, process::cpu());
    for _ in 0..15 {
        uem.step(Duration::from_secs(60)).await.expect("lives");
    }
    let (heard, cpu) = (checkins().await - first, process::cpu() - began);
    let share = cpu.as_secs_f64() / 900.0 * 100.0;
    println!(
        "P13 {heard} check-ins in 15 minutes: {share:.1} % of one core ({:.1} % for a million devices; goal: 20), {:.0} µs each",
        share * 1e6 / f64::from(devices),
        cpu.as_micros() as f64 / heard as f64
    );
    let memory = process::memory();
    println!(
        "P13 memory: {:.0} MB in use, {:.0} MB at most (goal: 700 for a million)",
        memory as f64 / 1e6,
        process::most_memory() as f64 / 1e6
    );
    let grown = memory.saturating_sub(before) as f64 / f64::from(devices);
    println!(
        "P14 memory: {grown:.0} bytes a device, all of the process (goal: 128); {:.0} check-ins/s a core",
        heard as f64 / cpu.as_secs_f64()
    );
    assert!(heard as f64 > f64::from(devices) * 0.4, "the fleet is alive");
}
