//! The fleet in a few figures, counted from what one run has read anyway.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_model::devices::Device;
use muster_model::words::EnrollmentStatus;

/// The fleet at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub taken_at: Timestamp,
    /// Every device record of the tenant.
    pub devices: u64,
    /// Those that are enrolled: only they can be managed, and shares are of them.
    pub enrolled: u64,
    /// Enrolled devices that break at least one policy.
    pub noncompliant: u64,
    /// Enrolled devices by platform.
    pub by_platform: BTreeMap<String, u64>,
    /// Devices that break a policy, by its name. A device can break several.
    pub by_rule: BTreeMap<String, u64>,
}

impl Snapshot {
    /// A fleet of nothing.
    pub fn empty(taken_at: Timestamp) -> Self {
        Self {
            taken_at,
            devices: 0,
            enrolled: 0,
            noncompliant: 0,
            by_platform: BTreeMap::new(),
            by_rule: BTreeMap::new(),
        }
    }

    /// Counts `devices`, of which `noncompliant` break the policies in `broken` (a policy's name, once for
    /// each device that breaks it).
    pub fn count<'a>(
        taken_at: Timestamp,
        devices: &[Device],
        noncompliant: u64,
        broken: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut snapshot = Self { devices: devices.len() as u64, noncompliant, ..Self::empty(taken_at) };
        for device in devices.iter().filter(|device| device.enrollment_status == EnrollmentStatus::Enrolled) {
            snapshot.enrolled += 1;
            *snapshot.by_platform.entry(device.platform.as_str().to_owned()).or_default() += 1;
        }
        for rule in broken {
            *snapshot.by_rule.entry(rule.to_owned()).or_default() += 1;
        }
        snapshot
    }

    /// The share of the enrolled devices that break a policy, in percent; `None` without a device.
    pub fn noncompliant_percent(&self) -> Option<f64> {
        (self.enrolled > 0).then(|| self.noncompliant as f64 * 100.0 / self.enrolled as f64)
    }
}

#[cfg(test)]
mod tests {
    use muster_model::words::Platform;

    use super::*;

    #[test]
    fn shares_are_of_the_enrolled_devices() {
        let device = |platform: Platform, enrollment_status: EnrollmentStatus| Device {
            platform,
            enrollment_status,
            ..Device::default()
        };
        let devices = [
            device(Platform::Apple, EnrollmentStatus::Enrolled),
            device(Platform::Apple, EnrollmentStatus::Enrolled),
            device(Platform::Android, EnrollmentStatus::Enrolled),
            device(Platform::Android, EnrollmentStatus::Enrolled),
            device(Platform::WinRt, EnrollmentStatus::Unenrolled),
        ];
        let snapshot = Snapshot::count(Timestamp::UNIX_EPOCH, &devices, 1, ["Passcode Policy", "Device Encryption"]);
        assert_eq!((snapshot.devices, snapshot.enrolled), (5, 4));
        assert_eq!(snapshot.by_platform, BTreeMap::from([("Android".into(), 2), ("Apple".into(), 2)]));
        assert_eq!(snapshot.noncompliant_percent(), Some(25.0));
        assert_eq!(snapshot.by_rule.len(), 2);
        assert_eq!(Snapshot::empty(Timestamp::UNIX_EPOCH).noncompliant_percent(), None);
    }
}
