//! Closed vocabularies of the wire: platforms, ownership, states.
//!
//! The API writes such a value as a word, a letter or a number, depending on endpoint and release. A
//! vocabulary reads all of them without regard to case, keeps what it does not know, and writes one
//! canonical word.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares a vocabulary: variant, canonical word, further words and numbers that mean the same.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A word that this program does not know, kept as it came.
            Other(String),
        }

        impl $name {
            /// Every known value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The canonical word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }

            /// The value a word, letter or number stands for, if it is known.
            pub fn known(word: &str) -> Option<Self> {
                match word {
                    $($word => return Some(Self::$variant),)+
                    _ => {}
                }
                let word = word.trim();
                $(
                    if word.eq_ignore_ascii_case($word) $(|| word.eq_ignore_ascii_case($alias))* {
                        return Some(Self::$variant);
                    }
                )+
                None
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::known(word).unwrap_or_else(|| Self::Other(word.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl crate::record::Member for $name {
            fn read(value: serde_json::Value) -> Result<Self, crate::record::Unfit> {
                <String as crate::record::Member>::read(value).map(|word| Self::from(word.as_str()))
            }
            fn of_text(word: &str) -> Option<Self> {
                Some(Self::from(word))
            }
            fn piece(&self) -> Option<crate::record::Piece<'_>> {
                Some(crate::record::Piece::Text(self.as_str()))
            }
            fn sketch() -> crate::record::Sketch {
                crate::record::Sketch::Text
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::from(text(deserializer)?.as_str()))
            }
        }
    };
}

/// A word or a number as text; `null` is the empty word.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(word) => Ok(word),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        serde_json::Value::Bool(flag) => Ok(flag.to_string()),
        serde_json::Value::Null => Ok(String::new()),
        other => Err(serde::de::Error::custom(format!("`{other}` is not a word"))),
    }
}

words! {
    /// Operating-system family (reference §1.11).
    Platform {
        WindowsMobile = "WindowsMobile" | "1";
        /// iOS and iPadOS.
        Apple = "Apple" | "2" | "iOS";
        BlackBerry = "BlackBerry" | "3";
        Android = "Android" | "5";
        WindowsPc = "WindowsPc" | "9";
        /// macOS.
        AppleOsX = "AppleOsX" | "10" | "macOS";
        /// Windows 10 and 11 desktops.
        WinRt = "WinRT" | "12" | "Windows" | "WIN_RT";
        AppleTv = "AppleTv" | "14";
        Qnx = "Qnx" | "15";
        ChromeBook = "ChromeBook" | "16";
        ChromeOs = "ChromeOS";
        Tizen = "Tizen" | "17";
        Linux = "Linux" | "21";
    }
}

impl Platform {
    /// The number that v1 bodies write; `None` for a platform without a confirmed one.
    pub fn number(&self) -> Option<i64> {
        Some(match self {
            Self::WindowsMobile => 1,
            Self::Apple => 2,
            Self::BlackBerry => 3,
            Self::Android => 5,
            Self::WindowsPc => 9,
            Self::AppleOsX => 10,
            Self::WinRt => 12,
            Self::AppleTv => 14,
            Self::Qnx => 15,
            Self::ChromeBook => 16,
            Self::Tizen => 17,
            Self::Linux => 21,
            Self::ChromeOs | Self::Other(_) => return None,
        })
    }
}

words! {
    /// Who owns a device; one letter on the wire.
    Ownership {
        /// Corporate, dedicated to one person.
        Corporate = "C" | "CorporateDedicated" | "Corporate" | "CORPORATE";
        /// The employee's own.
        Employee = "E" | "EmployeeOwned" | "Employee";
        /// Corporate, shared by several people.
        Shared = "S" | "CorporateShared" | "Shared";
        Undefined = "Undefined" | "U";
    }
}

words! {
    /// Where a device stands in its enrollment.
    EnrollmentStatus {
        Unknown = "Unknown";
        Registered = "Registered";
        EnrollmentInProgress = "EnrollmentInProgress";
        Enrolled = "Enrolled";
        EnterpriseWipePending = "EnterpriseWipePending";
        DeviceWipePending = "DeviceWipePending";
        Retired = "Retired";
        Unenrolled = "Unenrolled";
    }
}

words! {
    /// Whether a device keeps to its compliance policies.
    ComplianceStatus {
        Compliant = "Compliant";
        NonCompliant = "NonCompliant" | "NOT_COMPLIANT";
        NotAvailable = "NotAvailable";
        PendingComplianceCheck = "PendingComplianceCheck";
        Unknown = "Unknown";
    }
}

words! {
    /// How an enrollment user signs in; a number on the wire in v1.
    SecurityType {
        Directory = "Directory" | "1";
        Basic = "Basic" | "2";
    }
}

words! {
    /// What became of an app on a device.
    InstallStatus {
        Installed = "Installed";
        Failed = "Failed";
        Pending = "Pending" | "PendingInstall";
        NotInstalled = "NotInstalled";
    }
}

words! {
    /// How far a queued device command has come.
    CommandStatus {
        /// Waiting for the device's next check-in.
        Queued = "Queued";
        /// Handed to the device.
        Sent = "Sent";
        /// The device did it.
        Acknowledged = "Acknowledged";
        /// The device tried and failed.
        Error = "Error";
        /// The device asked to be asked again later.
        NotNow = "NotNow";
        /// The device cannot do this.
        Unsupported = "Unsupported";
        Expired = "Expired";
        Cancelled = "Cancelled";
    }
}

words! {
    /// State of a long-running operation, in the guide's words.
    OperationStatus {
        Pending = "Pending";
        InProgress = "InProgress" | "Running";
        Completed = "Completed" | "RanToCompletion";
        Failed = "Failed" | "Faulted";
    }
}

impl EnrollmentStatus {
    /// Whether it proves that nobody manages the device any more. On its way out it is managed still.
    #[must_use]
    pub fn is_out(&self) -> bool {
        matches!(self, Self::Unenrolled | Self::Retired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_letters_and_numbers_mean_the_same() {
        assert_eq!(Platform::from("winrt"), Platform::WinRt);
        let number: Platform = serde_json::from_str("12").expect("reads");
        assert_eq!(number, Platform::WinRt);
        assert_eq!(Ownership::from("CorporateDedicated").as_str(), "C");
        assert_eq!(Platform::known("Symbian"), None);
    }

    #[test]
    fn an_unknown_word_comes_back_unchanged() {
        let status: EnrollmentStatus = serde_json::from_str("\"RelinquishOwnershipPending\"").expect("reads");
        assert_eq!(serde_json::to_string(&status).expect("writes"), "\"RelinquishOwnershipPending\"");
    }
}
