//! Commands with a call of their own: a route of the model, filled with one device and its parameters.

use muster_model::catalog::facts::Operation;
use muster_model::commands::{Carried, Form, Naming, Route};
use serde_json::{Map, Value, json};

use crate::dialect::Recipient;
use crate::{Arguments, Client, Error, Writer};

/// A call that is complete but for its device.
#[derive(Debug)]
pub(super) struct Routed {
    route: &'static Route,
    operation: &'static Operation,
    query: Vec<(&'static str, Value)>,
    body: Map<String, Value>,
}

impl Routed {
    /// Fits the parameters into the route. One that it cannot carry is refused rather than dropped, and what the
    /// tenant would refuse for want of a parameter is not sent.
    pub(super) fn fit(route: &'static Route, parameters: &Map<String, Value>) -> Result<Self, Error> {
        let key = route.operation;
        let operation = crate::catalog::published(key);
        let operation = operation.ok_or_else(|| Error::Bug(format!("the catalogue has no operation {key}")))?;
        let mut routed = Self { route, operation, query: Vec::new(), body: Map::new() };
        for (name, value) in parameters {
            let Some(carried) = route.carries.iter().find(|carried| carried.is_called(name)) else {
                return Err(refused(route, name));
            };
            let value = shaped(carried, value)?;
            match carried.in_query {
                true => routed.query.push((carried.member, value)),
                false => put(&mut routed.body, carried.member, value),
            }
        }
        let given = |word: &str| {
            route.carries.iter().any(|carried| {
                let given = |(name, value): (&String, &Value)| carried.is_called(name) && !empty(value);
                carried.word() == word && parameters.iter().any(given)
            })
        };
        match route.needs.iter().find(|needs| !needs.iter().any(|word| given(word))) {
            None => Ok(routed),
            Some(needs) => Err(Error::Invalid(format!("{} needs the parameter {}", route.command, needs.join(" or ")))),
        }
    }

    pub(super) async fn send(mut self, writer: &Writer, device: Recipient) -> Result<(), Error> {
        let mut arguments = Arguments::default();
        match self.route.device {
            Naming::Id(name) => arguments.set(name, device.id.0),
            Naming::Query => {
                arguments.set("searchby", "DeviceId");
                arguments.set("id", device.id.to_string());
            }
            Naming::Uuid(name) => {
                let uuid = match device.uuid {
                    Some(uuid) => uuid,
                    None => self.read(writer.client(), device).await?.0,
                };
                arguments.set(name, uuid.to_string());
            }
            Naming::Listed => {
                let uuid = match device.uuid {
                    Some(uuid) => uuid,
                    None => self.read(writer.client(), device).await?.0,
                };
                self.body.insert("assigned_devices".to_owned(), json!([{ "device_uuid": uuid }]));
            }
            Naming::ListedInGroup => {
                let (uuid, group) = self.read(writer.client(), device).await?;
                let unknown = || Error::Unsupported(format!("device {} has no organization group by UUID", device.id));
                let group = group.ok_or_else(unknown)?;
                let filter = json!({ "organization_group_uuid": group, "device_uuids": [uuid] });
                self.body.insert("filter".to_owned(), filter);
            }
        }
        for &(name, value) in self.route.fixed {
            let known = self.operation.parameters.iter().any(|known| known.name.eq_ignore_ascii_case(name));
            if known {
                arguments.set(name, value);
            } else {
                self.body.insert(name.to_owned(), value.into());
            }
        }
        for (name, value) in self.query {
            arguments.set(name, value);
        }
        if self.operation.body.is_some() {
            arguments = arguments.with_body(Value::Object(self.body));
        }
        let answer = writer.call(self.operation, &arguments).await?;
        if !matches!(self.route.device, Naming::Listed | Naming::ListedInGroup) {
            return Ok(());
        }
        // Such a call succeeds also where it refuses the one device that it names.
        let lost = || Error::Invalid("what the tenant said of the device was lost".to_owned());
        let answer = answer.ok_or_else(|| Error::Halfway { done: 1, steps: 2, source: Box::new(lost()) })?;
        let faults = answer.json().and_then(|said| said.get("faults")?.as_array()?.first().cloned());
        match faults {
            None => Ok(()),
            Some(fault) => {
                let why = fault.get("message").and_then(Value::as_str).unwrap_or("it does not say why");
                Err(Error::Invalid(format!("the tenant refused the device: {why}")))
            }
        }
    }

    /// The UUIDs of the device and of its organization group, for a device that is known by its id only.
    async fn read(&self, client: &Client, device: Recipient) -> Result<(uuid::Uuid, Option<uuid::Uuid>), Error> {
        let found = super::device_record(client, device.id).await.map_err(super::before)?;
        let unknown = || Error::Unsupported(format!("{} needs the UUID of device {}", self.route.command, device.id));
        Ok((device.uuid.or(found.uuid).ok_or_else(unknown)?, found.location_group_id.uuid))
    }
}

fn refused(route: &Route, name: &str) -> Error {
    let words: Vec<&str> = route.carries.iter().map(Carried::word).collect();
    let may = if words.is_empty() { "takes none".to_owned() } else { format!("takes {}", words.join(", ")) };
    Error::Unsupported(format!("the published API cannot carry `{name}` with {}, which {may}", route.command))
}

fn empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The value in the form of the API: `--parameter` cannot tell the number 7 from the text 7.
fn shaped(carried: &Carried, value: &Value) -> Result<Value, Error> {
    let text = value.as_str().map(str::trim);
    let shaped = match carried.form {
        Form::Text => match value {
            Value::String(_) => Some(value.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string().into()),
            _ => None,
        },
        Form::Number => value.as_i64().or_else(|| text?.parse().ok()).map(Value::from),
        Form::Flag => value.as_bool().or_else(|| text?.to_ascii_lowercase().parse().ok()).map(Value::from),
    };
    let kind = match carried.form {
        Form::Text => "a text",
        Form::Number => "a number",
        Form::Flag => "true or false",
    };
    shaped.ok_or_else(|| Error::Invalid(format!("the parameter {} has to be {kind}", carried.word())))
}

/// Puts a value where its dotted name says.
fn put(body: &mut Map<String, Value>, member: &str, value: Value) {
    match member.split_once('.') {
        None => {
            body.insert(member.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = body.entry(head).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use muster_model::commands::Command;

    use super::*;
    use crate::Kind;

    fn fit(command: Command, parameters: Value) -> Result<Routed, Error> {
        let route = Route::of(command).expect("a route");
        Routed::fit(route, parameters.as_object().expect("an object"))
    }

    #[test]
    fn parameters_stand_where_the_call_has_them_and_in_its_form() {
        let body = |command, parameters| Value::Object(fit(command, parameters).expect("fits").body);
        let lost = body(Command::EnableLostMode, json!({"PhoneNumber": 4_412_345, "Message": "call us"}));
        assert_eq!(lost, json!({"phone_number": "4412345", "message": "call us"}));
        let log = body(Command::RequestDeviceLog, json!({"devicelogduration": "5"}));
        assert_eq!(log, json!({"DeviceLogDuration": 5}));
        let lock = body(Command::SetRecoveryLock, json!({"Length": 12, "include_numbers": "true"}));
        let policy = json!({"length": 12, "include_numbers": true});
        assert_eq!(lock, json!({"set_recovery_lock": {"password_policy": policy}}));
        let view = fit(Command::RemoteView, json!({"RemoteViewId": 7})).expect("fits");
        assert_eq!((view.query, view.body), (vec![("remoteviewId", json!(7))], Map::new()));
    }

    #[test]
    fn what_is_missing_or_has_no_place_is_said() {
        let said = |command, parameters| fit(command, parameters).expect_err("does not fit");
        let error = said(Command::EnableLostMode, json!({"message": " "}));
        assert_eq!(error.kind(), Kind::Invalid);
        assert_eq!(error.to_string(), "EnableLostMode needs the parameter message or phone_number");
        let error = said(Command::ChangePasscode, json!({"Pin": 1}));
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.to_string().ends_with("which takes Passcode, WorkPasscode"), "{error}");
        assert_eq!(said(Command::SuspendBitlocker, json!({"reboot_count": "two"})).kind(), Kind::Invalid);
    }
}
