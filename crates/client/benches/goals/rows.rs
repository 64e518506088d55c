//! Pages of devices as a tenant writes them: 500 rows of about 525 bytes with the fields that a search answers with.

use serde_json::{Value, json};

/// Rows of a page.
pub(crate) const ROWS: usize = 500;

/// Whole pages of the list.
pub(crate) const PAGES: usize = 8;

/// A number that looks like chance.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn device(id: u64) -> Value {
    let (a, b) = (mixed(id), mixed(id ^ 0xab_cdef));
    let pick = |words: [&'static str; 5], by: u64| words[usize::try_from(by % 5).expect("small")];
    json!({
        "Id": {"Value": id},
        "Uuid": format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a as u32, (a >> 32) as u16, (a >> 48) as u16, b as u16, b >> 16),
        "Udid": format!("{a:016X}{b:016X}{:08X}", id as u32),
        "SerialNumber": format!("C{:011X}", a & 0xfff_ffff_ffff),
        "Imei": format!("{:015}", b % 1_000_000_000_000_000),
        "DeviceFriendlyName": format!("store-{:05} till {} {}", a % 40_000, b % 9, pick(["iPhone", "Pixel 8a", "Surface", "Zebra TC52", "MacBook"], b)),
        "LocationGroupName": format!("Region {} / Store {:05}", a % 40, a % 40_000),
        "UserName": format!("user.{:06}", b % 900_000),
        "Ownership": pick(["C", "E", "S", "C", "C"], a),
        "Platform": pick(["Apple", "Android", "WinRT", "AppleOsX", "ChromeOS"], a),
        "Model": pick(["iPhone 15 Pro", "Pixel 8a", "Surface Pro 9", "Zebra TC52", "Galaxy XCover6"], b),
        "OperatingSystem": format!("{}.{}.{}", 12 + a % 6, b % 7, a % 3),
        "LastSeen": format!("2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", 1 + a % 12, 1 + b % 28, a % 24, b % 60, a % 60, b % 1000),
        "EnrollmentStatus": if a.is_multiple_of(17) { "Unenrolled" } else { "Enrolled" },
        "ComplianceStatus": if b.is_multiple_of(13) { "NonCompliant" } else { "Compliant" },
        "CompromisedStatus": b.is_multiple_of(997),
    })
}

/// Every row of the list, written once.
pub(crate) fn all() -> Vec<Vec<u8>> {
    (1..=(ROWS * PAGES) as u64).map(|id| serde_json::to_vec(&device(id)).expect("JSON")).collect()
}

/// The bytes of a page out of all rows.
pub(crate) fn page_of(all: &[Vec<u8>], number: usize, size: usize) -> Vec<u8> {
    let rows = all.iter().skip(number * size).take(size);
    let mut page = Vec::with_capacity(size * 560);
    page.extend_from_slice(b"{\"Devices\":[");
    for (index, row) in rows.enumerate() {
        if index > 0 {
            page.push(b',');
        }
        page.extend_from_slice(row);
    }
    let end = format!("],\"Page\":{number},\"PageSize\":{size},\"Total\":{}}}", all.len());
    page.extend_from_slice(end.as_bytes());
    page
}

/// The bytes of a whole page.
pub(crate) fn page(number: usize) -> Vec<u8> {
    page_of(&all(), number, ROWS)
}
