//! P13 and P14: what it costs that devices live.

use std::time::Duration;

use muster_store::args;
use muster_uem::Running;
use serde_json::json;

use super::load::{self, Client};
use super::process;

/// Quarters of an hour, each of which every device checks in once.
pub(crate) async fn lives(uem: &Running, client: &Client, devices: u32, rounds: usize) {
    let before = process::memory();
    for _ in 0..15 {
        uem.step(Duration::from_secs(60)).await.expect("lives");
    }
    let grown = process::memory().saturating_sub(before);
    let ids = enrolled(uem).await;
    client.put("/API/v1/policies/bulklimits", json!({"LockDevice": 100_000}).to_string()).await;
    let (mut shares, mut rates) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let (first, began) = (checkins(uem).await, process::cpu());
        for minute in 0..15 {
            command(client, &ids, devices, round * 15 + minute).await;
            uem.step(Duration::from_secs(60)).await.expect("lives");
        }
        let (heard, cpu) = (checkins(uem).await - first, (process::cpu() - began).as_secs_f64());
        assert!(heard as f64 > f64::from(devices) * 0.4, "the fleet is alive");
        println!("P13   {heard} check-ins in a quarter of an hour: {:.0} µs each", cpu * 1e6 / heard as f64);
        // As if each device had checked in just once.
        shares.push(cpu / heard as f64 * 1e6 / 900.0 * 100.0);
        rates.push(heard as f64 / cpu);
    }
    println!("P13 a million devices: {} % of one core (goal: 20)", load::spread(&mut shares));
    println!("P13 check-ins a second and core: {}", load::spread(&mut rates));
    let memory = process::memory();
    let mega = |bytes: u64| bytes as f64 / 1e6;
    println!("P13 memory: {:.0} MB in use, {:.0} MB at most (goal: 700)", mega(memory), mega(process::most_memory()));
    println!(
        "P14 memory: {:.0} MB before the fleet lived, {:.0} MB more after its first quarter: {:.0} bytes a device (goal: \
         128), {:.0} without the 48 MB of pages that SQLite may keep, however many devices there are",
        mega(before),
        mega(grown),
        grown as f64 / f64::from(devices),
        grown.saturating_sub(48 << 20) as f64 / f64::from(devices)
    );
    let history = uem.history().await.expect("reads");
    println!("P14 {} events, hash {}", history.events, history.hash());
}

/// One command for each device and day.
async fn command(client: &Client, ids: &[i64], devices: u32, minute: usize) {
    let count = devices as usize / 1_440;
    let ids: Vec<String> = ids.iter().cycle().skip(minute * count).take(count).map(i64::to_string).collect();
    for ids in ids.chunks(500) {
        let body = json!({"BulkValues": {"Value": ids}}).to_string();
        client.post("/api/mdm/devices/commands/bulk?command=LockDevice&searchby=deviceid", body).await;
    }
}

async fn enrolled(uem: &Running) -> Vec<i64> {
    let sql = "select id from devices where enrollment_status = 'Enrolled' order by id limit 20000";
    let rows = uem.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| row.get("id").expect("an id")).collect()
}

async fn checkins(uem: &Running) -> u64 {
    let sql = "select coalesce(sum(checkins), 0) as n from devices";
    uem.database().fetch_one(sql, args![]).await.and_then(|row| row.get("n")).expect("counts")
}
