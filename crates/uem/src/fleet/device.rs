//! A device as it lives: the part of its row that changes, the commands and installs that are open for
//! it, and what it has to tell.

use muster_model::commands::Command;
use muster_model::words::{CommandStatus, ComplianceStatus, EnrollmentStatus, InstallStatus, Ownership, Platform};
use serde::{Deserialize, Serialize};

use super::catalogue::{Form, Model, model_named};
use super::history::History;
use super::pace::Moment;

/// The living part of a row of `devices`: what the tenant knows from the last sample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Device {
    pub(super) id: i64,
    pub(super) platform: Platform,
    pub(super) model: String,
    pub(super) ownership: Ownership,
    pub(super) enrollment: EnrollmentStatus,
    pub(super) os_version: String,
    pub(super) os_build: String,
    pub(super) last_seen_at: Moment,
    pub(super) compliance: ComplianceStatus,
    pub(super) compliance_checked_at: Option<Moment>,
    pub(super) compromised: bool,
    pub(super) encrypted: bool,
    pub(super) passcode_present: bool,
    pub(super) passcode_compliant: bool,
    pub(super) supervised: bool,
    pub(super) battery_percent: i64,
    pub(super) capacity_gb: f64,
    pub(super) available_gb: f64,
    /// When the device is heard from next.
    pub(super) next_checkin_at: Moment,
    /// Until when it is out of reach.
    pub(super) offline_until: Moment,
    /// How often it has been heard from; every turn draws from a sequence of its own.
    pub(super) checkins: i64,
    pub(super) upcoming: Vec<Upcoming>,
}

/// Something that has begun on the device and shows in the first sample after it is finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Upcoming {
    pub(super) at: Moment,
    pub(super) change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Change {
    Encrypted,
    PasscodeSet,
    OsInstalled { version: String, build: String },
}

/// An open row of `commands`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) uuid: String,
    /// The word as it was queued; kept because one that this fleet does not know must be answered too.
    pub(super) word: String,
    pub(super) command: Option<Command>,
    pub(super) application: Option<i64>,
    pub(super) status: CommandStatus,
    pub(super) reason: String,
    pub(super) sent_at: Option<Moment>,
    pub(super) finished_at: Option<Moment>,
    /// When a sent one will be answered, or when one that came at a bad time may be handed out again.
    pub(super) due_at: Moment,
    pub(super) tries: i64,
    /// Differs from its row.
    pub(super) changed: bool,
}

impl Order {
    pub(super) fn is_open(&self) -> bool {
        matches!(self.status, CommandStatus::Queued | CommandStatus::Sent | CommandStatus::NotNow)
    }
}

/// A row of `device_apps` that is pending, to be removed, or that an open command names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Install {
    pub(super) app: i64,
    pub(super) status: InstallStatus,
    pub(super) reason: String,
    pub(super) installed_version: String,
    pub(super) tries: i64,
    pub(super) updated_at: Moment,
    /// When the install that runs now will have ended.
    pub(super) due_at: Option<Moment>,
    /// The device has removed it in one of these turns.
    pub(super) removed: bool,
    pub(super) changed: bool,
}

/// A row of `events`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) at: Moment,
    pub(super) severity: &'static str,
    pub(super) event: String,
    /// `Name=Value` texts.
    pub(super) details: Vec<String>,
}

/// A device with everything that is open for it, on its way through one or more turns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Life {
    pub(super) device: Device,
    /// The device as its row has it.
    pub(super) before: Device,
    /// Its row has the rank of its version; it has not where a caller has written the version.
    pub(super) is_ranked: bool,
    /// What has happened to it in these turns.
    pub(super) history: History,
    /// In the order in which they were queued.
    pub(super) orders: Vec<Order>,
    pub(super) installs: Vec<Install>,
    pub(super) events: Vec<Event>,
    /// The device left the tenant in one of these turns: its apps and policies go with it.
    pub(super) left: bool,
}

impl Life {
    pub(super) fn new(device: Device, orders: Vec<Order>, installs: Vec<Install>) -> Self {
        let (before, history) = (device.clone(), History::default());
        Self { device, before, is_ranked: true, history, orders, installs, events: Vec::new(), left: false }
    }

    /// Adds a line to the device's log.
    pub(super) fn tell(
        &mut self,
        at: Moment,
        severity: &'static str,
        event: impl Into<String>,
        details: &[(&str, &str)],
    ) {
        let details = details.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let event = event.into();
        self.history.happened(self.device.id, at, &event, &[]);
        self.events.push(Event { at, severity, event, details });
    }

    /// A check-in is over: what the device has reported.
    pub(super) fn reported(&mut self) {
        let Device { id, last_seen_at, checkins, battery_percent, available_gb, next_checkin_at, .. } = &self.device;
        let flags = [self.device.compromised, self.device.encrypted, self.device.passcode_compliant, self.left];
        let flags = flags.iter().fold(0, |number, flag| number << 1 | i64::from(*flag));
        let numbers = [*checkins, *battery_percent, available_gb.to_bits().cast_signed(), *next_checkin_at, flags];
        self.history.happened(*id, *last_seen_at, &self.device.os_version, &numbers);
    }
}

impl Device {
    pub(super) fn model(&self) -> Option<&'static Model> {
        model_named(&self.platform, &self.model)
    }

    pub(super) fn form(&self) -> Form {
        self.model().map_or(Form::Laptop, |model| model.form)
    }

    /// Whether the tenant still manages it.
    pub(super) fn is_managed(&self) -> bool {
        matches!(
            self.enrollment,
            EnrollmentStatus::Enrolled | EnrollmentStatus::EnterpriseWipePending | EnrollmentStatus::DeviceWipePending
        )
    }

    /// Whether all that seldom changes is as it was.
    pub(super) fn stands_as(&self, before: &Self) -> bool {
        let flags =
            |device: &Self| (device.compromised, device.encrypted, device.passcode_present, device.passcode_compliant);
        flags(self) == flags(before)
            && self.enrollment == before.enrollment
            && self.compliance == before.compliance
            && self.os_version == before.os_version
            && self.os_build == before.os_build
    }

    /// Schedules a change, in place of one of the same kind.
    pub(super) fn begin(&mut self, at: Moment, change: Change) {
        self.upcoming.retain(|other| std::mem::discriminant(&other.change) != std::mem::discriminant(&change));
        self.upcoming.push(Upcoming { at, change });
    }

    /// Takes storage, in megabytes; it never runs below nothing.
    pub(super) fn take_storage(&mut self, megabytes: f64) {
        self.available_gb = hundredths((self.available_gb - megabytes / 1024.0).clamp(0.0, self.capacity_gb));
    }
}

/// Two decimals are what a sample shows.
pub(super) fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
