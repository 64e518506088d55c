//! P6: pages of devices from bytes to rows.

use std::hint::black_box;
use std::time::Duration;

use muster_model::Wire as _;
use muster_model::devices::DevicePage;
use serde::Deserialize;

use crate::{process, rows, spread};

/// The yardstick: serde_json into owned values, and nothing more: no words, no times, nothing that is not known.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "it is read into, and that is what is measured")]
struct Plain {
    id: Id,
    uuid: String,
    udid: String,
    serial_number: String,
    imei: String,
    device_friendly_name: String,
    location_group_name: String,
    user_name: String,
    ownership: String,
    platform: String,
    model: String,
    operating_system: String,
    last_seen: String,
    enrollment_status: String,
    compliance_status: String,
    compromised_status: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "it is read into, and that is what is measured")]
struct Id {
    value: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    devices: Vec<Plain>,
}

/// Processor time of so many pages.
async fn pages(count: usize, page: impl Fn() -> usize) -> Duration {
    let (read, time) = process::timed(async { (0..count).map(|_| page()).sum::<usize>() }).await;
    assert_eq!(read, count * rows::ROWS, "every row was read");
    time
}

pub(crate) async fn decode(rounds: usize) {
    const COUNT: usize = 200;
    let bytes = rows::page(0);
    let plain = || black_box(serde_json::from_slice::<Page>(black_box(&bytes)).expect("a page")).devices.len();
    let typed = || black_box(DevicePage::of_json(black_box(&bytes)).expect("a page")).devices.len();
    let untyped = || {
        let value = black_box(serde_json::from_slice::<serde_json::Value>(black_box(&bytes)).expect("a page"));
        value["Devices"].as_array().map_or(0, Vec::len)
    };
    let (mut ratios, mut others) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let least = pages(COUNT, plain).await.as_secs_f64();
        ratios.push(least / pages(COUNT, typed).await.as_secs_f64());
        others.push(least / pages(COUNT, untyped).await.as_secs_f64());
    }
    println!("P6  typed rows: {} × the speed of serde_json into owned texts (goal: 3.0)", spread(&mut ratios));
    println!("P6  serde_json's own values: {} ×", spread(&mut others));
    let page = DevicePage::of_json(&bytes).expect("a page");
    let again = serde_json::to_value(&page.devices[7]).expect("JSON");
    let sent: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    for (name, value) in sent["Devices"][7].as_object().expect("a row") {
        assert_eq!(&again[name], value, "{name} is kept");
    }
}
