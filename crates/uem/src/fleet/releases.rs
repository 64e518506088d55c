//! Operating-system releases: what a device can run, what it can be updated to, and the oldest that
//! the tenant's policy accepts.

/// A family of releases with one history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Os {
    /// iOS and iPadOS.
    Ios,
    Mac,
    Android,
    Windows,
    Chrome,
    Linux,
}

/// One release. `line` is what a model is limited by: the major version, or the Windows build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Release {
    pub(super) line: u32,
    pub(super) version: &'static str,
    pub(super) build: &'static str,
}

const fn release(line: u32, version: &'static str, build: &'static str) -> Release {
    Release { line, version, build }
}

const IOS: &[Release] = &[
    release(15, "15.8.3", "19H386"),
    release(15, "15.8.4", "19H390"),
    release(16, "16.7.8", "20H343"),
    release(16, "16.7.10", "20H350"),
    release(16, "16.7.11", "20H360"),
    release(17, "17.5.1", "21F90"),
    release(17, "17.6.1", "21G93"),
    release(17, "17.7.2", "21H221"),
    release(18, "18.0.1", "22A3370"),
    release(18, "18.1.1", "22B91"),
    release(18, "18.2.1", "22C161"),
    release(18, "18.3.2", "22D82"),
    release(18, "18.4.1", "22E252"),
    release(18, "18.5", "22F76"),
    release(18, "18.6.2", "22G100"),
    release(18, "18.7.1", "22H31"),
    release(26, "26.0.1", "23A355"),
    release(26, "26.1", "23B85"),
];

const MACOS: &[Release] = &[
    release(12, "12.7.6", "21H1320"),
    release(13, "13.6.9", "22G830"),
    release(13, "13.7.8", "22H730"),
    release(14, "14.5", "23F79"),
    release(14, "14.6.1", "23G93"),
    release(14, "14.7.6", "23H626"),
    release(14, "14.8.1", "23J30"),
    release(15, "15.1.1", "24B91"),
    release(15, "15.3.2", "24D81"),
    release(15, "15.4.1", "24E263"),
    release(15, "15.5", "24F74"),
    release(15, "15.6.1", "24G90"),
    release(15, "15.7.1", "24G231"),
    release(26, "26.0.1", "25A362"),
    release(26, "26.1", "25B78"),
];

const ANDROID: &[Release] = &[
    release(10, "10", "QP1A.190711.020"),
    release(11, "11", "RP1A.200720.012"),
    release(12, "12", "SP1A.210812.016"),
    release(13, "13", "TP1A.220624.014"),
    release(14, "14", "UP1A.231005.007"),
    release(15, "15", "AP3A.240905.015"),
    release(16, "16", "BP2A.250605.031"),
];

const WINDOWS: &[Release] = &[
    release(19045, "10.0.19045.3803", "19045.3803"),
    release(19045, "10.0.19045.4651", "19045.4651"),
    release(19045, "10.0.19045.5247", "19045.5247"),
    release(19045, "10.0.19045.6456", "19045.6456"),
    release(22631, "10.0.22631.3880", "22631.3880"),
    release(22631, "10.0.22631.4602", "22631.4602"),
    release(22631, "10.0.22631.5472", "22631.5472"),
    release(22631, "10.0.22631.6060", "22631.6060"),
    release(26100, "10.0.26100.2605", "26100.2605"),
    release(26100, "10.0.26100.4652", "26100.4652"),
    release(26100, "10.0.26100.6584", "26100.6584"),
    release(26100, "10.0.26100.6899", "26100.6899"),
    release(26200, "10.0.26200.6899", "26200.6899"),
    release(26200, "10.0.26200.7171", "26200.7171"),
];

const CHROMEOS: &[Release] = &[
    release(1, "126.0.6478.252", "15886.86.0"),
    release(1, "132.0.6834.208", "16093.103.0"),
    release(1, "134.0.6998.198", "16181.61.0"),
    release(1, "138.0.7204.255", "16295.74.0"),
    release(1, "140.0.7339.201", "16371.49.0"),
];

const LINUX: &[Release] = &[
    release(20, "20.04.6", "5.15.0-139"),
    release(22, "22.04.4", "6.5.0-45"),
    release(22, "22.04.5", "6.8.0-85"),
    release(24, "24.04.2", "6.11.0-26"),
    release(24, "24.04.3", "6.14.0-33"),
];

impl Os {
    /// Every release, oldest first.
    pub(super) fn releases(self) -> &'static [Release] {
        match self {
            Self::Ios => IOS,
            Self::Mac => MACOS,
            Self::Android => ANDROID,
            Self::Windows => WINDOWS,
            Self::Chrome => CHROMEOS,
            Self::Linux => LINUX,
        }
    }

    /// The oldest version that the policy "OS Version" accepts.
    pub(super) fn minimum(self) -> &'static str {
        match self {
            Self::Ios => "18.3",
            Self::Mac => "14.7",
            Self::Android => "12",
            Self::Windows => "10.0.19045.5247",
            Self::Chrome => "132",
            Self::Linux => "22.04",
        }
    }

    /// How people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ios => "iOS",
            Self::Mac => "macOS",
            Self::Android => "Android",
            Self::Windows => "Windows",
            Self::Chrome => "ChromeOS",
            Self::Linux => "Ubuntu",
        }
    }
}

/// Whether a dotted version is at least another one; missing parts count as 0, unreadable ones too.
pub(super) fn at_least(version: &str, minimum: &str) -> bool {
    let parts = |text: &str| -> [u64; 4] {
        let mut numbers = [0; 4];
        for (slot, part) in numbers.iter_mut().zip(text.split('.')) {
            *slot = part.parse().unwrap_or(0);
        }
        numbers
    };
    parts(version) >= parts(minimum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number_and_histories_ascend() {
        assert!(at_least("18.10", "18.9.1"));
        assert!(!at_least("10.0.19045.4651", "10.0.19045.5247"));
        assert!(at_least("14", "14"));
        for os in [Os::Ios, Os::Mac, Os::Android, Os::Windows, Os::Chrome, Os::Linux] {
            for pair in os.releases().windows(2) {
                assert!(at_least(pair[1].version, pair[0].version) && pair[0].line <= pair[1].line, "{pair:?}");
            }
        }
    }
}
