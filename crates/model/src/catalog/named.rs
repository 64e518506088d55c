//! Which devices a call names, by its address, its query or its body. A guard of devices has to know, whichever way a
//! change takes.
//!
//! The rules go by the words of the facts; what they make of every operation that changes something is a snapshot
//! beside the tests, which is read by hand when the facts change.

use serde_json::Value;
use uuid::Uuid;

use super::call::Arguments;
use super::effects::collect;
use super::facts::{Facts, Operation};
use super::shape::Shape;
use crate::commands::Command;
use crate::endpoint::Method;
use crate::ids::DeviceId;

/// How a call names a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceName {
    Id(DeviceId),
    Uuid(Uuid),
    Serial(String),
    /// By another identifier: the word that `searchby` takes, and the value.
    Other(&'static str, String),
}

impl std::fmt::Display for DeviceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Uuid(uuid) => write!(f, "{uuid}"),
            Self::Serial(serial) => f.write_str(serial),
            Self::Other(by, value) => write!(f, "{by} {value}"),
        }
    }
}

/// The devices that a call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// It is about something else.
    Nothing,
    /// About one device.
    One(DeviceName),
    /// About several, or about one in a list.
    Many(Vec<DeviceName>),
    /// About devices, and which ones cannot be told: one sentence.
    Unclear(String),
}

/// Where in a call devices are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// A parameter, read as this kind of name.
    Parameter(&'static str, By),
    /// `searchby` and `id`.
    Search,
    /// The one device of a body: any of these members.
    Body(&'static [(&'static str, By)]),
    /// The way to a list in the body.
    List(&'static str, By),
    /// Devices that the call does not name although it is about them.
    Elsewhere(&'static str),
}

/// By what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Id or UUID, whichever it looks like.
    Key,
    Serial,
    /// What `searchby` says; an id without it.
    Query,
    Other(&'static str),
}

/// Members of a body that name its one device.
const ONE: &[(&str, By)] = &[
    ("DeviceId", By::Key),
    ("deviceUuid", By::Key),
    ("device_uuid", By::Key),
    ("SerialNumber", By::Serial),
    ("serial_number", By::Serial),
    ("Udid", By::Other("Udid")),
    ("device_udid", By::Other("Udid")),
    ("MacAddress", By::Other("Macaddress")),
    ("mac_address", By::Other("Macaddress")),
];

/// Ways to lists of devices in bodies.
const LISTS: &[(&str, By)] = &[
    ("device_uuids", By::Key),
    ("filter.device_uuids", By::Key),
    ("assigned_devices.device_uuid", By::Key),
    ("applications.device_uuid", By::Key),
    ("device_assigned_app_uuids.device_uuid", By::Key),
    ("DeviceIds.ID", By::Key),
    ("DeviceIds", By::Key),
    ("ComputerSIDUpdates.DeviceIdentifier", By::Query),
];

impl Operation {
    /// The devices that it names with these arguments.
    #[must_use]
    pub fn devices(&self, arguments: &Arguments) -> Named {
        let spots = self.spots();
        if spots.is_empty() {
            return Named::Nothing;
        }
        let (mut names, mut many) = (Vec::new(), false);
        for spot in spots {
            let found = match self.read(spot, arguments) {
                Ok(found) => found,
                Err(why) => return Named::Unclear(why),
            };
            let lists = matches!(spot, Spot::List(..));
            // Two places may name the same device; a list that does is looked at by the guard.
            names.extend(found.into_iter().filter(|name| lists || !names.contains(name)).collect::<Vec<_>>());
            many = many || lists;
        }
        match (names.len(), many) {
            (0, _) => Named::Unclear("the call is about devices and names none".to_owned()),
            (1, false) => names.pop().map_or(Named::Nothing, Named::One),
            _ => Named::Many(names),
        }
    }

    /// Whether it removes the records of the devices that it names.
    #[must_use]
    pub fn deletes_devices(&self) -> bool {
        matches!(
            (self.method, self.path.to_ascii_lowercase().as_str()),
            (Method::Delete, "/api/mdm/devices" | "/api/mdm/devices/{id}") | (Method::Post, "/api/mdm/devices/bulk")
        )
    }

    /// The command that its own route stands for, where no word names it.
    pub(super) fn command_of_route(&self, arguments: &Arguments) -> Option<Command> {
        let path = self.path.to_ascii_lowercase();
        if let Some((_, parameter)) = path.split_once("/lostmode/") {
            let name = parameter.strip_prefix('{')?.strip_suffix('}')?;
            let off = arguments.parameter(name).next().is_some_and(|value| text(value).eq_ignore_ascii_case("false"));
            return Some(if off { Command::DisableLostMode } else { Command::EnableLostMode });
        }
        if self.key == "guide/appinstalls.add" {
            return Some(Command::InstallApplication);
        }
        let (_, route) = path.split_once("/devices/")?.1.split_once("commands/")?;
        Some(match route {
            "changepasscode" => Command::ChangePasscode,
            "containerpasscode" => Command::ChangeContainerPasscode,
            "finddevice" => Command::FindDevice,
            "remoteview" => Command::RemoteView,
            "requestdevicelog" => Command::RequestDeviceLog,
            "stopdevicelog" => Command::StopDeviceLog,
            "startairplay" => Command::StartAirPlay,
            "appdeploymentlog" => Command::RefreshAppDeploymentLog,
            "scheduleosupdate" | "bulk/scheduleosupdate" => Command::InstallOsUpdate,
            _ => return None,
        })
    }

    fn spots(&self) -> Vec<Spot> {
        let path = self.path.to_ascii_lowercase();
        // Devices that somebody will enroll are no devices yet.
        if path.contains("/registereddevices/") || path.ends_with("/registerdevice") || path.contains("-contexts") {
            return Vec::new();
        }
        if path.ends_with("/device-wipes") {
            return vec![Spot::Elsewhere("it decides on wipes that wait, and of which devices they are is not told")];
        }
        if self.key == "guide/devicecommands.cancel" {
            return vec![Spot::Elsewhere("it takes back a command, and of which device that is is not told")];
        }
        self.in_address(&path).into_iter().chain(self.in_body(&path)).collect()
    }

    fn in_address(&self, path: &str) -> Option<Spot> {
        let below = |start: &str| path.strip_prefix(start).and_then(|rest| rest.split('/').next());
        let named = |name: &str| self.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(name));
        for name in ["deviceid", "deviceuuid", "device_uuid"] {
            if named(name) {
                return Some(Spot::Parameter(name, By::Key));
            }
        }
        let starts = ["/api/mdm/devices/", "/api/v1/devices/", "/api/mdm/devices/messages/"];
        for name in ["id", "uuid"] {
            if starts.iter().any(|start| below(start) == Some(format!("{{{name}}}").as_str())) {
                return Some(Spot::Parameter(name, By::Key));
            }
        }
        if path.starts_with("/api/mdm/") && named("searchby") && named("id") {
            return Some(Spot::Search);
        }
        if path.contains("/{serialnumber}") && path.starts_with("/api/mdm/") {
            return Some(Spot::Parameter("serialnumber", By::Serial));
        }
        (below("/api/mdm/devices/assetnumber/") == Some("{assetnumber}"))
            .then_some(Spot::Elsewhere("it names a device by its asset number, which several may have"))
    }

    fn in_body(&self, path: &str) -> Option<Spot> {
        let has = |way: &str| self.body.as_ref().is_some_and(|body| body.has(self.facts(), way));
        let bulk = path.starts_with("/api/mdm/devices/") || path.starts_with("/api/mdm/tags/");
        if bulk && has("BulkValues.Value") {
            return Some(Spot::List("BulkValues.Value", By::Query));
        }
        if path == "/api/mdm/devices/customattributes" {
            return Some(Spot::List("serialNumber", By::Serial));
        }
        if let Some((way, by)) = LISTS.iter().find(|(way, _)| has(way)) {
            return Some(Spot::List(way, *by));
        }
        // Where the address names the device, a body that names one too is about the same or a different one: both count.
        let makes = path.ends_with("/devices") && self.method == Method::Post;
        (!makes && ONE.iter().any(|(name, _)| has(name))).then_some(Spot::Body(ONE))
    }

    fn read(&self, spot: Spot, arguments: &Arguments) -> Result<Vec<DeviceName>, String> {
        let body = || arguments.body_value().unwrap_or(&Value::Null);
        let values = |way: &str| {
            let steps: Vec<&str> = way.split('.').collect();
            let mut found = Vec::new();
            collect(body(), &steps, &mut found);
            found
        };
        match spot {
            Spot::Elsewhere(why) => Err(why.to_owned()),
            Spot::Parameter(name, by) => arguments.parameter(name).map(|value| name_of(value, by, arguments)).collect(),
            Spot::Search => {
                let named = arguments.parameter("id").map(|value| name_of(value, By::Query, arguments));
                named.collect()
            }
            Spot::Body(members) => {
                let mut found = Vec::new();
                for (member, by) in members {
                    let given = values(member).into_iter().filter(|value| !is_nothing(value));
                    for value in given {
                        found.push(name_of(value, *by, arguments)?);
                    }
                }
                Ok(found)
            }
            Spot::List(way, by) => {
                let found = values(way);
                if !values("filter_criteria").is_empty() {
                    return Err("its body chooses devices by a filter".to_owned());
                }
                if found.is_empty() {
                    return Err(format!("its body names no devices in {way}"));
                }
                found.into_iter().map(|value| name_of(value, by, arguments)).collect()
            }
        }
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || matches!(text(value).trim(), "" | "0")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn name_of(value: &Value, by: By, arguments: &Arguments) -> Result<DeviceName, String> {
    if !(value.is_string() || value.is_number()) {
        return Err("it names a device by what is no text and no number".to_owned());
    }
    let value = text(value).trim().to_owned();
    let unclear = || format!("`{value}` is no id of a device");
    let by = match by {
        By::Query => match arguments.parameter("searchby").next().map(text) {
            None => By::Key,
            Some(word) => match word.trim().to_ascii_lowercase().as_str() {
                "" | "none" | "deviceid" | "uuid" => By::Key,
                "serialnumber" => By::Serial,
                "udid" => By::Other("Udid"),
                "macaddress" => By::Other("Macaddress"),
                "imeinumber" => By::Other("ImeiNumber"),
                "easid" => By::Other("EasId"),
                _ => return Err(format!("it names devices by `{word}`, which is not known here")),
            },
        },
        other => other,
    };
    match by {
        _ if value.is_empty() => Err("it names a device by nothing".to_owned()),
        By::Serial => Ok(DeviceName::Serial(value)),
        By::Other(word) => Ok(DeviceName::Other(word, value)),
        By::Key | By::Query => match (value.parse::<i64>(), value.parse::<Uuid>()) {
            (Ok(id), _) => Ok(DeviceName::Id(DeviceId(id))),
            (_, Ok(uuid)) => Ok(DeviceName::Uuid(uuid)),
            _ => Err(unclear()),
        },
    }
}

impl Shape {
    /// Whether it has a member at the end of a way through objects and lists.
    fn has(&self, facts: &Facts, way: &str) -> bool {
        let (first, rest) = way.split_once('.').unwrap_or((way, ""));
        match self {
            Self::Named(index) => facts.shape(*index).has(facts, way),
            Self::List(each) => each.has(facts, way),
            Self::Members { members, .. } => members
                .iter()
                .any(|(name, shape)| name.eq_ignore_ascii_case(first) && (rest.is_empty() || shape.has(facts, rest))),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
