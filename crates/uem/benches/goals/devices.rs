//! P8 and P9: searches for devices, and pages deep in their lists.

use std::time::Duration;

use muster_uem::Running;

use super::load::{self, Client};
use super::process;
use super::yardsticks::Minimal;

/// P8: searches in an open loop, 200 a second, timed from the moment at which they were due.
pub(crate) async fn searches(uem: &Running, client: &Client) {
    let row = &client.get("/API/v1/devices/search?pagesize=1&orderby=model").await["Devices"][0];
    let text = |name: &str| row[name].as_str().expect("a text").to_owned();
    let (serial, user, name) = (text("SerialNumber"), text("UserName"), text("DeviceFriendlyName"));
    let tail = &name[name.len() - 4..];
    let day = "2026-01-04T08:00:00";
    let search = "/API/v1/devices/search?pagesize=50";
    let paths = [
        format!("/api/mdm/devices?searchby=Serialnumber&id={serial}"),
        format!("/api/mdm/devices?searchby=Udid&id={}", text("Udid")),
        format!("/api/mdm/devices/{}", row["Id"]["Value"]),
        search.to_owned(),
        format!("{search}&platform=Apple"),
        format!("{search}&compliantstatus=false"),
        format!("{search}&platform=Android&ownership=E&compliantstatus=false"),
        format!("{search}&lgid=571"),
        format!("{search}&model=iphone"),
        format!("{search}&user={user}"),
        format!("{search}&user={}", &user[..3]),
        format!("{search}&user=nobody.of.this.name"),
        format!("{search}&seensince={day}"),
        format!("{search}&orderby=lastseen"),
        format!("{search}&orderby=lastseen&sortorder=DESC&platform=WinRT"),
        format!("{search}&orderby=model"),
        format!("/api/v3/mdm/devices/search?page_size=50&friendly_name={tail}"),
    ];
    let minimal = Minimal::serving(client.bytes(search).await).await;
    let other = Client::to(&minimal.url, uem);
    let mut all = Vec::new();
    let (mut cpu, mut least, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for path in &paths {
        let (mut times, micros) = timed(client, path).await;
        println!("P8  {path}: {}, {micros:.0} µs of processor time", load::percentiles(&mut times));
        all.append(&mut times);
        cpu.push(micros);
        // Beside each, a server that does nothing, so that what the machine adds is known.
        let (mut times, micros) = timed(&other, "/fixed").await;
        least.append(&mut times);
        idle.push(micros);
    }
    println!("P8  all: {} (goal: p50 1 ms, p99 4 ms)", load::percentiles(&mut all));
    println!("P8  a server that does nothing, meanwhile: {}", load::percentiles(&mut least));
    println!(
        "P8  processor time of caller and server, in µs: {}, where the server does nothing {}",
        load::spread(&mut cpu),
        load::spread(&mut idle)
    );
}

/// Two seconds of an open loop, and the processor time that one call took of the caller and the server.
async fn timed(client: &Client, path: &str) -> (Vec<Duration>, f64) {
    let before = process::cpu();
    let times = client.open_loop(path, 200, Duration::from_secs(2)).await;
    let cpu = (process::cpu() - before).as_secs_f64() * 1e6 / times.len() as f64;
    (times, cpu)
}

/// P9: what a page deep in a list costs beside its first page.
pub(crate) async fn pages(client: &Client, devices: u32, rounds: usize) {
    let sorts = ["", "&orderby=lastseen", "&orderby=model", "&orderby=ownership&sortorder=DESC", "&platform=Apple"];
    for sort in sorts {
        let path = |page: u64| format!("/API/v1/devices/search?pagesize=500&page={page}{sort}");
        let total = client.get(&path(0)).await["Total"].as_u64().unwrap_or(u64::from(devices));
        // The last one that is full.
        let last = (total / 500).saturating_sub(1);
        for page in [last / 10, last / 2, last] {
            if page == 0 {
                continue;
            }
            let mut ratios = Vec::new();
            for _ in 0..rounds.max(5) {
                let (mut first, mut deep) = (Duration::MAX, Duration::MAX);
                // The least of three: what else the machine does is not measured.
                for _ in 0..3 {
                    first = first.min(client.timed(&path(0)).await);
                    deep = deep.min(client.timed(&path(page)).await);
                }
                ratios.push(deep.as_secs_f64() / first.as_secs_f64());
            }
            println!("P9  page {page}{sort}: {} × page 0 (goal: 1.2)", load::spread(&mut ratios));
        }
    }
}
