//! What a device reports about its surroundings, derived from its row: the same device at the same check-in always
//! reports the same, so nothing of it needs a table, and a fleet of a million devices costs no more than one.

use uuid::Uuid;

use crate::store::devices::Record;

/// Numbers that follow from a device, what they are for, and the occasion.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn of(device: Uuid, purpose: &str, occasion: i64) -> Self {
        let (high, low) = device.as_u64_pair();
        let mut state = mix(high) ^ mix(low.rotate_left(17));
        for byte in purpose.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        Self(mix(state ^ occasion.unsigned_abs()))
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Uniform in `0..count`.
    pub(super) fn below(&mut self, count: u64) -> u64 {
        self.number() % count.max(1)
    }

    /// True once in so many cases.
    pub(super) fn once_in(&mut self, cases: u64) -> bool {
        self.below(cases) == 0
    }

    /// Uniform in `-1.0..1.0`.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a fraction has")]
    pub(super) fn around(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(list.len() as u64)).unwrap_or_default();
        &list[index]
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        let bytes = (u128::from(self.number()) << 64 | u128::from(self.number())).to_be_bytes();
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or_default())).collect()
    }

    /// Letters and digits that nobody misreads.
    pub(super) fn password(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        (0..length).map(|_| char::from(*self.pick(LETTERS))).collect()
    }
}

/// The mixing step of SplitMix64.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A UUID that follows from a text.
pub(super) fn uuid_of(text: &str) -> Uuid {
    Draw::of(Uuid::nil(), text, 0).uuid()
}

/// What a device is, as far as its samples depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Mobile,
    Laptop,
    Desktop,
}

const DESKTOPS: [&str; 5] = ["OptiPlex", "ThinkCentre", "EliteDesk", "iMac", "Mac mini"];

pub(super) fn form(record: &Record) -> Form {
    match record.device.platform.as_str() {
        "Apple" | "Android" | "WindowsMobile" | "BlackBerry" => Form::Mobile,
        _ if DESKTOPS.iter().any(|name| record.device.model.starts_with(name)) => Form::Desktop,
        _ => Form::Laptop,
    }
}

/// A place where the people of an organization group work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    country: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    pub(super) time_zone: &'static str,
    pub(super) mobile_country: i64,
    pub(super) mobile_network: i64,
    pub(super) carrier: &'static str,
}

const PLACES: &[Place] = &[
    place("Germany", 52.5200, 13.4050, "Europe/Berlin", 262, 2, "Linde Mobil"),
    place("United Kingdom", 51.5074, -0.1278, "Europe/London", 234, 15, "Albion Mobile"),
    place("United States", 40.7128, -74.0060, "America/New_York", 310, 410, "Hudson Wireless"),
    place("Brazil", -23.5505, -46.6333, "America/Sao_Paulo", 724, 6, "Aurora Celular"),
    place("Japan", 35.6762, 139.6503, "Asia/Tokyo", 440, 10, "Sakura Mobile"),
];

const fn place(
    country: &'static str,
    latitude: f64,
    longitude: f64,
    time_zone: &'static str,
    mobile_country: i64,
    mobile_network: i64,
    carrier: &'static str,
) -> Place {
    Place { country, latitude, longitude, time_zone, mobile_country, mobile_network, carrier }
}

/// Where a device is at home: in its group's country, or in one that its own identity picks.
pub(super) fn home(record: &Record) -> &'static Place {
    let named = PLACES.iter().find(|place| record.device.location_group_name.contains(place.country));
    named.unwrap_or_else(|| Draw::of(record.uuid, "home", 0).pick(PLACES))
}

/// How a device is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) wifi: Option<String>,
    pub(super) ethernet: Option<String>,
    pub(super) cellular: Option<String>,
    pub(super) public: String,
    /// Empty without Wi-Fi.
    pub(super) ssid: &'static str,
    /// Per cent.
    pub(super) signal: u64,
    pub(super) roaming: bool,
}

/// The network of the last sample. Addresses change about once a day of the device's life.
pub(super) fn network(record: &Record) -> Network {
    let mut draw = Draw::of(record.uuid, "network", record.checkins / 6);
    let mut private = |net: u64| format!("10.{net}.{}.{}", draw.below(256), 2 + draw.below(250));
    let (wifi, ethernet, cellular) = match form(record) {
        Form::Desktop => (None, Some(private(20)), None),
        Form::Laptop => (Some(private(40)), None, None),
        Form::Mobile => (Some(private(60)), None, (!record.device.imei.is_empty()).then(|| private(80))),
    };
    let roaming = cellular.is_some() && draw.once_in(40);
    Network {
        ssid: if wifi.is_some() { draw.pick::<&str>(&["Meridian", "Meridian-Guest", "Meridian-IoT"]) } else { "" },
        public: format!("203.0.113.{}", 1 + record.group.unsigned_abs() % 250),
        signal: 45 + draw.below(55),
        wifi,
        ethernet,
        cellular,
        roaming,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_occasion_draws_the_same_and_another_does_not() {
        let device = uuid_of("a device");
        let draws = |purpose, occasion| {
            let mut draw = Draw::of(device, purpose, occasion);
            (0..6).map(|_| draw.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draws("network", 3), draws("network", 3));
        assert_ne!(draws("network", 3), draws("network", 4));
        assert_ne!(draws("network", 3), draws("place", 3));
        assert!((0..1_000).all(|occasion| Draw::of(device, "x", occasion).around().abs() <= 1.0));
    }
}
