//! The tenant's compliance policies and whether a device keeps to them.

use muster_model::words::Platform;

use super::device::Device;
use super::releases::at_least;

/// What a policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Encryption,
    Passcode,
    OsVersion,
    Integrity,
}

/// The policies of a new tenant: rule, name, detail. The names are the ones that the guide's script
/// decides by.
pub(super) const POLICIES: &[(Rule, &str, &str)] = &[
    (Rule::Encryption, "Device Encryption", "Storage must be encrypted"),
    (Rule::Passcode, "Passcode Policy", "A passcode of the required strength must be set"),
    (Rule::OsVersion, "OS Version", "The operating system must be recent enough"),
    (Rule::Integrity, "Jailbreak/Root Detection", "The device must not be jailbroken or rooted"),
];

impl Rule {
    /// The rule that a policy says, or else the one of its name.
    pub(super) fn of(word: &str, name: &str) -> Option<Self> {
        match word {
            "Encryption" => Some(Self::Encryption),
            "Passcode" => Some(Self::Passcode),
            "OsVersion" => Some(Self::OsVersion),
            "Integrity" => Some(Self::Integrity),
            _ => Self::named(name),
        }
    }

    /// The rule of a policy by its name; a policy that somebody else made has none here and is not evaluated.
    pub(super) fn named(name: &str) -> Option<Self> {
        POLICIES.iter().find(|policy| policy.1 == name).map(|policy| policy.0)
    }

    /// Whether a device keeps to it; `None` if it does not apply to the device's platform.
    pub(super) fn verdict(self, device: &Device) -> Option<bool> {
        match self {
            Self::Encryption => Some(device.encrypted),
            Self::Passcode => Some(device.passcode_present && device.passcode_compliant),
            Self::OsVersion => {
                // A device of no known model cannot be held to a history.
                let os = device.model()?.os;
                Some(at_least(&device.os_version, os.minimum()))
            }
            Self::Integrity => {
                matches!(device.platform, Platform::Apple | Platform::Android).then_some(!device.compromised)
            }
        }
    }
}
