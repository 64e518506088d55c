//! The models that people carry, with what each of them can run.

use muster_model::words::Platform;

use super::releases::{Os, Release};

/// How a device is used, which decides when it is within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Phone,
    Tablet,
    Laptop,
    Desktop,
    /// A rugged scanner of a warehouse or shop.
    Rugged,
}

/// Who made it, which decides the shape of its serial number and MAC address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    Apple,
    Samsung,
    Google,
    Zebra,
    Dell,
    Lenovo,
    Hp,
    Microsoft,
    Acer,
}

/// One model.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) maker: Maker,
    pub(super) form: Form,
    pub(super) os: Os,
    /// First and last line of releases that it runs.
    pub(super) lines: (u32, u32),
    /// How many there are, relative to the other models of the platform.
    pub(super) weight: u32,
    /// Gigabytes.
    pub(super) capacities: &'static [u32],
    /// Megabytes.
    pub(super) memory: u32,
    /// Type allocation code of a cellular model: the first eight digits of its IMEI.
    pub(super) tac: Option<&'static str>,
}

/// A platform with its share of the fleet, in parts of a thousand.
pub(super) struct Share {
    pub(super) platform: Platform,
    pub(super) parts: u32,
    pub(super) models: &'static [Model],
}

pub(super) const SHARES: &[Share] = &[
    Share { platform: Platform::Apple, parts: 340, models: APPLE },
    Share { platform: Platform::WinRt, parts: 300, models: WINDOWS },
    Share { platform: Platform::Android, parts: 220, models: ANDROID },
    Share { platform: Platform::AppleOsX, parts: 110, models: MAC },
    Share { platform: Platform::ChromeOs, parts: 18, models: CHROME },
    Share { platform: Platform::Linux, parts: 12, models: LINUX },
];

#[expect(clippy::too_many_arguments, reason = "one row of the tables below")]
const fn model(
    name: &'static str,
    maker: Maker,
    form: Form,
    os: Os,
    lines: (u32, u32),
    weight: u32,
    capacities: &'static [u32],
    memory: u32,
    tac: Option<&'static str>,
) -> Model {
    Model { name, maker, form, os, lines, weight, capacities, memory, tac }
}

use Form::{Desktop, Laptop, Phone, Rugged, Tablet};
use Maker::{Acer, Dell, Google, Hp, Lenovo, Microsoft, Samsung, Zebra};

const SMALL: &[u32] = &[64, 128];
const MEDIUM: &[u32] = &[128, 256];
const LARGE: &[u32] = &[256, 512];
const HUGE: &[u32] = &[512, 1024];

const APPLE: &[Model] = &[
    model("iPhone X", Maker::Apple, Phone, Os::Ios, (15, 16), 1, SMALL, 3072, Some("35391109")),
    model("iPhone XR", Maker::Apple, Phone, Os::Ios, (16, 18), 4, SMALL, 3072, Some("35738009")),
    model("iPhone 11", Maker::Apple, Phone, Os::Ios, (16, 26), 9, SMALL, 4096, Some("35300911")),
    model("iPhone SE (2nd generation)", Maker::Apple, Phone, Os::Ios, (16, 26), 7, SMALL, 3072, Some("35640611")),
    model("iPhone 12", Maker::Apple, Phone, Os::Ios, (16, 26), 12, MEDIUM, 4096, Some("35316411")),
    model("iPhone 13", Maker::Apple, Phone, Os::Ios, (16, 26), 16, MEDIUM, 4096, Some("35013511")),
    model("iPhone SE (3rd generation)", Maker::Apple, Phone, Os::Ios, (16, 26), 10, MEDIUM, 4096, Some("35411311")),
    model("iPhone 14", Maker::Apple, Phone, Os::Ios, (17, 26), 16, MEDIUM, 6144, Some("35070511")),
    model("iPhone 15", Maker::Apple, Phone, Os::Ios, (17, 26), 18, MEDIUM, 6144, Some("35849311")),
    model("iPhone 15 Pro", Maker::Apple, Phone, Os::Ios, (17, 26), 7, LARGE, 8192, Some("35849411")),
    model("iPhone 16", Maker::Apple, Phone, Os::Ios, (18, 26), 14, MEDIUM, 8192, Some("35960211")),
    model("iPhone 16e", Maker::Apple, Phone, Os::Ios, (18, 26), 6, MEDIUM, 8192, Some("35960511")),
    model("iPhone 17", Maker::Apple, Phone, Os::Ios, (26, 26), 5, LARGE, 8192, Some("35112611")),
    model("iPad (7th generation)", Maker::Apple, Tablet, Os::Ios, (16, 18), 3, SMALL, 3072, None),
    model("iPad (9th generation)", Maker::Apple, Tablet, Os::Ios, (16, 26), 11, SMALL, 3072, None),
    model("iPad (10th generation)", Maker::Apple, Tablet, Os::Ios, (16, 26), 10, SMALL, 4096, None),
    model("iPad Air (5th generation)", Maker::Apple, Tablet, Os::Ios, (16, 26), 6, MEDIUM, 8192, None),
    model("iPad mini (6th generation)", Maker::Apple, Tablet, Os::Ios, (16, 26), 4, MEDIUM, 4096, Some("35418212")),
    model("iPad Pro 11-inch (M4)", Maker::Apple, Tablet, Os::Ios, (17, 26), 4, LARGE, 8192, Some("35229012")),
];

const MAC: &[Model] = &[
    model("MacBook Pro 13-inch (2018)", Maker::Apple, Laptop, Os::Mac, (12, 15), 3, LARGE, 16384, None),
    model("MacBook Air (M1, 2020)", Maker::Apple, Laptop, Os::Mac, (13, 26), 20, MEDIUM, 8192, None),
    model("MacBook Pro 14-inch (2021)", Maker::Apple, Laptop, Os::Mac, (13, 26), 15, HUGE, 16384, None),
    model("MacBook Air (M2, 2022)", Maker::Apple, Laptop, Os::Mac, (13, 26), 22, LARGE, 8192, None),
    model("MacBook Pro 14-inch (M3, 2023)", Maker::Apple, Laptop, Os::Mac, (14, 26), 18, HUGE, 18432, None),
    model("MacBook Air (M4, 2025)", Maker::Apple, Laptop, Os::Mac, (15, 26), 12, LARGE, 16384, None),
    model("iMac (24-inch, M1, 2021)", Maker::Apple, Desktop, Os::Mac, (13, 26), 5, LARGE, 8192, None),
    model("Mac mini (M2, 2023)", Maker::Apple, Desktop, Os::Mac, (13, 26), 5, LARGE, 8192, None),
];

const ANDROID: &[Model] = &[
    model("Galaxy A14", Samsung, Phone, Os::Android, (13, 15), 12, SMALL, 4096, Some("35467382")),
    model("Galaxy A54 5G", Samsung, Phone, Os::Android, (13, 16), 16, MEDIUM, 6144, Some("35012345")),
    model("Galaxy S21", Samsung, Phone, Os::Android, (12, 15), 10, MEDIUM, 8192, Some("35236411")),
    model("Galaxy S23", Samsung, Phone, Os::Android, (13, 16), 16, MEDIUM, 8192, Some("35076223")),
    model("Galaxy S24", Samsung, Phone, Os::Android, (14, 16), 12, LARGE, 8192, Some("35229711")),
    model("Galaxy XCover6 Pro", Samsung, Phone, Os::Android, (13, 16), 7, MEDIUM, 6144, Some("35498311")),
    model("Galaxy Tab Active3", Samsung, Tablet, Os::Android, (11, 13), 5, SMALL, 4096, Some("35184711")),
    model("Galaxy Tab S9", Samsung, Tablet, Os::Android, (13, 16), 4, MEDIUM, 8192, None),
    model("Pixel 6a", Google, Phone, Os::Android, (13, 16), 6, MEDIUM, 6144, Some("35845512")),
    model("Pixel 7", Google, Phone, Os::Android, (13, 16), 7, MEDIUM, 8192, Some("35763011")),
    model("Pixel 8", Google, Phone, Os::Android, (14, 16), 8, MEDIUM, 8192, Some("35823411")),
    model("Pixel 9", Google, Phone, Os::Android, (15, 16), 4, MEDIUM, 12288, Some("35710912")),
    model("TC52", Zebra, Rugged, Os::Android, (10, 14), 7, &[32], 4096, None),
    model("TC57", Zebra, Rugged, Os::Android, (11, 14), 5, &[32], 4096, Some("99001219")),
    model("MC9300", Zebra, Rugged, Os::Android, (10, 11), 2, &[32], 4096, None),
];

const WINDOWS: &[Model] = &[
    model("Latitude 5400", Dell, Laptop, Os::Windows, (19045, 19045), 8, LARGE, 8192, None),
    model("Latitude 5430", Dell, Laptop, Os::Windows, (19045, 26200), 16, LARGE, 16384, None),
    model("Latitude 5440", Dell, Laptop, Os::Windows, (22631, 26200), 18, LARGE, 16384, None),
    model("OptiPlex 7010", Dell, Desktop, Os::Windows, (22631, 26200), 8, LARGE, 16384, None),
    model("ThinkPad T480", Lenovo, Laptop, Os::Windows, (19045, 19045), 5, MEDIUM, 8192, None),
    model("ThinkPad T14 Gen 3", Lenovo, Laptop, Os::Windows, (22631, 26200), 14, LARGE, 16384, None),
    model("ThinkPad X1 Carbon Gen 11", Lenovo, Laptop, Os::Windows, (22631, 26200), 9, HUGE, 32768, None),
    model("ThinkCentre M70q", Lenovo, Desktop, Os::Windows, (19045, 26200), 5, MEDIUM, 8192, None),
    model("EliteBook 840 G8", Hp, Laptop, Os::Windows, (19045, 26200), 13, LARGE, 16384, None),
    model("EliteBook 840 G10", Hp, Laptop, Os::Windows, (22631, 26200), 12, LARGE, 16384, None),
    model("EliteDesk 800 G6", Hp, Desktop, Os::Windows, (19045, 26200), 5, LARGE, 16384, None),
    model("Surface Laptop 5", Microsoft, Laptop, Os::Windows, (22631, 26200), 7, LARGE, 16384, None),
    model("Surface Pro 9", Microsoft, Tablet, Os::Windows, (22631, 26200), 6, LARGE, 16384, None),
];

const CHROME: &[Model] = &[
    model("Chromebook Spin 514", Acer, Laptop, Os::Chrome, (1, 1), 5, MEDIUM, 8192, None),
    model("Chromebook x360 14 G1", Hp, Laptop, Os::Chrome, (1, 1), 4, SMALL, 8192, None),
    model("Latitude 5430 Chromebook", Dell, Laptop, Os::Chrome, (1, 1), 3, MEDIUM, 8192, None),
];

const LINUX: &[Model] = &[
    model("Precision 5570", Dell, Laptop, Os::Linux, (20, 24), 4, HUGE, 32768, None),
    model("ThinkPad P1 Gen 5", Lenovo, Laptop, Os::Linux, (22, 24), 4, HUGE, 32768, None),
    model("OptiPlex 5090", Dell, Desktop, Os::Linux, (20, 24), 2, LARGE, 16384, None),
];

impl Model {
    /// The releases that run on it, oldest first; never empty.
    pub(super) fn releases(&self) -> &'static [Release] {
        let all = self.os.releases();
        let start = all.partition_point(|release| release.line < self.lines.0);
        let end = all.partition_point(|release| release.line <= self.lines.1);
        &all[start..end]
    }

    /// The release after the one with the given version, and the newest one; both `None` if nothing
    /// newer runs on it.
    pub(super) fn newer(&self, version: &str) -> Option<(Release, Release)> {
        let releases = self.releases();
        let at = releases.iter().position(|release| release.version == version)?;
        Some((*releases.get(at + 1)?, *releases.last()?))
    }
}

/// The model of a platform by name; a device that no seed made may be of none.
pub(super) fn model_named(platform: &Platform, name: &str) -> Option<&'static Model> {
    let share = SHARES.iter().find(|share| share.platform == *platform)?;
    share.models.iter().find(|model| model.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_runs_something_and_says_what_is_newer() {
        for model in SHARES.iter().flat_map(|share| share.models) {
            let releases = model.releases();
            assert!(!releases.is_empty(), "{}", model.name);
            assert_eq!(model.newer(releases[releases.len() - 1].version), None, "{}", model.name);
            assert!(model.tac.is_none_or(|tac| tac.len() == 8), "{}", model.name);
        }
        let old = model_named(&Platform::Apple, "iPhone X").expect("is listed");
        assert_eq!(old.newer("15.8.3").map(|(next, last)| (next.version, last.version)), Some(("15.8.4", "16.7.11")));
        assert_eq!(SHARES.iter().map(|share| share.parts).sum::<u32>(), 1000);
    }
}
