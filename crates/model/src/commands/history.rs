//! What became of the commands sent to a device.
//!
//! The guide names `/devicecommands` as the API's place for "remote device commands and actions"; its
//! reading side here is [`History`]. The published API has no command list: there the device's event
//! log ([`EventLog`]) is read, whose entries name the command and the administrator.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Wrapped};
use crate::page::paged;
use crate::time::{Stamp, or_never};
use crate::words::CommandStatus;

/// One command that a device was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CommandRecord {
    pub command_uuid: Option<Uuid>,
    pub command: String,
    pub status: CommandStatus,
    /// Why it failed or is not done yet, in the device's words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    pub requested_by: String,
    #[serde(with = "or_never")]
    pub queued_at: Option<Stamp>,
    #[serde(with = "or_never")]
    pub finished_at: Option<Stamp>,
    /// For `InstallApplication`: which application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HistoryPage {
    pub commands: Vec<CommandRecord>,
    pub total: u64,
}

endpoint! {
    /// The commands of one device, newest first.
    History = "guide.devices.commands": GET "/API/v1/devices/{id}/commands", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: HistoryPage, or empty;
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventLogQuery {
    /// `emergency` to `debug`: only entries of exactly this severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Days back from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dayrange: Option<u32>,
    pub page: u32,
    pub pagesize: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventLogEntry {
    #[serde(with = "or_never")]
    pub time_stamp: Option<Stamp>,
    pub severity: String,
    /// `SyncDevice Requested`, `EnterpriseWipe Confirmed`, …
    pub event: String,
    pub admin_account: String,
    pub source: String,
    pub event_data_list: Vec<EventData>,
    pub id: Wrapped<RecordId>,
}

/// A detail of an event: what it is about, and its value before and after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventData {
    /// `CommandUuid`, `ApplicationId`, `Reason`, …
    pub event_data_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub old_value: String,
    pub new_value: String,
}

impl EventData {
    /// A detail that had no value before.
    pub fn new(event_data_type: impl Into<String>, new_value: impl Into<String>) -> Self {
        Self { event_data_type: event_data_type.into(), old_value: String::new(), new_value: new_value.into() }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventLogPage {
    pub device_event_log_entries: Vec<EventLogEntry>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// What happened to a device, newest first; 204 when nothing did.
    EventLog = "devices.eventlog": GET "/api/mdm/devices/{id}/eventlog", Read;
    path: DeviceId; query: EventLogQuery; body: Nothing; answer: EventLogPage, or empty;
}

paged! { EventLog: EventLogEntry in device_event_log_entries, counted by total, told apart by id.0.0 }
