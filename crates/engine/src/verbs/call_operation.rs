//! Call one operation of the catalogue. What became of a call without an answer is read where the API has a record of
//! what it changed; where it has none the outcome stays unknown, and nothing is sent again.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::catalog::Answer;
use muster_client::{Arguments, Kind};
use muster_model::Method;
use muster_model::catalog::facts::Operation;
use muster_model::catalog::{DeviceName, Named, is_secret};
use muster_model::ids::DeviceId;
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::delete_device::still_in;
use super::failure::Certainty;
use super::{Applied, Evidence, Failure, Sent, Standing, Tools, Verb, records};
use crate::plan::OperationCall;

pub(super) struct CallOperation {
    pub call: OperationCall,
    /// The devices that it names, as far as they are known …
    pub devices: Vec<DeviceId>,
    /// … and why they are not, or not all of them.
    pub unknown: Option<String>,
}

#[async_trait]
impl Verb for CallOperation {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let operation = self.operation()?;
        if self.call.deletes_devices() {
            self.all_are_out(tools).await?;
        }
        let secret = |key: &str| tools.secrets.get(key).map(|secret| secret.expose_secret().to_owned());
        let file = |hash: &str| tools.secrets.file(hash).map(<[u8]>::to_vec);
        let arguments = self.call.filled(secret, file).map_err(|what| {
            Failure::invalid(format!(
                "{what} is not at hand, because secrets and files are never stored: give the call again"
            ))
        })?;
        let answer = tools.writer.call(operation, &arguments).await.map_err(|error| Failure::write(&error))?;
        let Some(answer) = answer else { return Ok(Applied::sent(None)) };
        let (refused, made) = (answer.json().and_then(refused), answer.json().and_then(made));
        tools.secrets.answered(self.call.address(), answer);
        match refused {
            Some(reason) => Err(Failure::invalid(reason)),
            None => Ok(Applied::sent(made)),
        }
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        let operation = self.operation()?;
        let arguments = self.call.arguments();
        // A command leaves its trace in the record of its device.
        if let (Some(command), Some(device)) = (operation.command_by_word(&arguments), self.device()) {
            return records::look(tools.client, device, command, None, since).await;
        }
        let Some(record) = record(operation) else {
            return Err(unseen("the API has no record of what it changed"));
        };
        let named = record.path_names().flat_map(|name| arguments.parameter(name).map(move |value| (name, value)));
        let asked = named.fold(Arguments::default(), |asked, (name, value)| asked.with(name, value.clone()));
        let seen = tools.client.call(record, &asked).await;
        match (operation.method, seen) {
            (Method::Delete, Err(error)) if error.kind() == Kind::NotFound => {
                Ok(Evidence::Fulfilled { command_id: None })
            }
            (Method::Delete, Ok(_)) => Ok(Evidence::Absent),
            (_, Err(error)) => Err(Failure::after(&error)),
            (_, Ok(answer)) => compare(self.call.body.as_ref(), answer.json()),
        }
    }

    fn noted(&self) -> Standing {
        if self.call.command().is_some() { Standing::Accepted } else { Standing::Verified }
    }

    /// Proof of a command is the device's answer, and of everything else the record that shows it.
    async fn prove(&self, tools: &Tools<'_>, sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        if let (Some(command), Some(device)) = (self.call.command(), self.device()) {
            return records::prove(tools.client, device, command, None, sent).await;
        }
        Ok(match self.read_back(tools, sent.since).await? {
            Evidence::Fulfilled { .. } => Some(self.noted()),
            Evidence::Records(_) | Evidence::Absent | Evidence::Contradicted(_) => None,
        })
    }
}

impl CallOperation {
    fn operation(&self) -> Result<&'static Operation, Failure> {
        self.call
            .facts()
            .ok_or_else(|| Failure::unsupported(format!("this program knows no operation {}", self.call.operation)))
    }

    /// The one device that it is for.
    fn device(&self) -> Option<DeviceId> {
        match (&self.devices[..], self.call.devices()) {
            ([device], Named::One(_)) => Some(*device),
            // Jobs of earlier versions kept the address alone.
            ([], Named::One(DeviceName::Id(id))) => Some(id),
            _ => None,
        }
    }

    /// The records of devices are removed by no way but that of [`super::delete_device`].
    async fn all_are_out(&self, tools: &Tools<'_>) -> Result<(), Failure> {
        if let Some(why) = &self.unknown {
            return Err(Failure::invalid(format!("nothing was sent: which devices it deletes is not known: {why}")));
        }
        let found = tools.client.devices_by_id(&self.devices).await.map_err(|error| Failure::before(&error))?;
        match found.iter().find(|device| !device.enrollment_status.is_out()) {
            Some(device) => Err(still_in(&format!("the device {}", device.id.0), &device.enrollment_status)),
            None => Ok(()),
        }
    }
}

/// What cannot be seen stays unknown.
fn unseen(why: &str) -> Failure {
    let reason =
        format!("its outcome is not known, and cannot be read: {why}; look for yourself before you call again");
    Failure { kind: Kind::Unsupported, reason, certainty: Certainty::Open }
}

/// The operation that reads what this one changes: a GET at the same address, or at the one in front of `/update`.
fn record(operation: &'static Operation) -> Option<&'static Operation> {
    operation.path_names().next()?;
    let path = match operation.method {
        Method::Put | Method::Patch | Method::Delete => operation.path.as_str(),
        Method::Post => operation.path.strip_suffix("/update")?,
        Method::Get => return None,
    };
    let path = path.strip_suffix("/delete").unwrap_or(path);
    operation.facts().at(Method::Get, path, operation.version)
}

/// Whether a record shows what was sent. Only what both of them say is compared.
fn compare(sent: Option<&Value>, seen: Option<&Value>) -> Result<Evidence, Failure> {
    let (Some(Value::Object(sent)), Some(Value::Object(seen))) = (sent, seen) else {
        return Err(unseen("the record does not show what was sent"));
    };
    let (mut same, mut other) = (0, Vec::new());
    for (name, value) in sent.iter().filter(|(name, value)| !value.is_null() && !is_secret(name)) {
        let Some((wanted, found)) = plain(value).zip(find(seen, name).and_then(plain)) else { continue };
        if wanted.eq_ignore_ascii_case(&found) {
            same += 1;
        } else {
            other.push(name.as_str());
        }
    }
    match (same, other.is_empty()) {
        (0, true) => Err(unseen("the record does not show what was sent")),
        (_, true) => Ok(Evidence::Fulfilled { command_id: None }),
        (_, false) => Err(unseen(&format!("the record says something else of {}", other.join(", ")))),
    }
}

/// A single value as a text: `7`, `"7"`, `{"Value": 7}`.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(wrapped) => wrapped.get("Value").or_else(|| wrapped.get("Id")).and_then(plain),
        _ => None,
    }
}

fn find<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let letters = |name: &str| name.replace('_', "").to_lowercase();
    members
        .get(name)
        .or_else(|| members.iter().find(|(known, _)| letters(known) == letters(name)).map(|(_, value)| value))
}

/// What the tenant calls what it made.
fn made(answer: &Value) -> Option<String> {
    let names = ["Value", "value", "Uuid", "uuid", "CommandId", "Id", "id", "workflow_job_uuid"];
    let found = names.iter().filter_map(|name| answer.get(name)).find(|value| !value.is_null());
    let id = found.or_else(|| answer.is_number().then_some(answer)).and_then(plain);
    id.filter(|id| id != "0")
}

/// What a tenant that took a call for many refused of it.
fn refused(answer: &Value) -> Option<String> {
    let count = |names: [&str; 2]| names.iter().find_map(|name| answer.get(name)).and_then(Value::as_u64);
    let failed = count(["FailedItems", "failed_count"]).filter(|failed| *failed > 0)?;
    let accepted = count(["AcceptedItems", "accepted_count"]).unwrap_or_default();
    let faults = answer.pointer("/Faults/Fault").or_else(|| answer.get("faults")).and_then(Value::as_array);
    let said = faults.into_iter().flatten().take(3).filter_map(|fault| {
        let text = |names: [&str; 2]| names.iter().find_map(|name| fault.get(name)).and_then(plain).unwrap_or_default();
        let (item, message) = (text(["ItemValue", "request_item"]), text(["Message", "message"]));
        (!message.is_empty()).then(|| format!("{item}: {message}"))
    });
    let said: Vec<String> = said.collect();
    Some(format!("the tenant accepted {accepted} and refused {failed} of them: {}", said.join("; ")))
}

/// An answer as it is remembered for whoever ran the call.
pub(super) type Answered = (String, Answer);

#[cfg(test)]
mod tests {
    use muster_client::catalog::published;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_record_of_a_change_is_found_where_the_api_has_one() {
        let found = |key: &str| record(published(key).expect(key)).map(|operation| operation.key.as_str());
        assert_eq!(found("mdmv1/SmartGroups_UpdateSmartGroupAsync"), Some("mdmv1/SmartGroups_LoadSmartGroupAsync"));
        assert_eq!(found("mdmv1/SmartGroups_DeleteAsync"), Some("mdmv1/SmartGroups_LoadSmartGroupAsync"));
        assert_eq!(found("systemv1/User_UpdateUserAsync"), Some("systemv1/User_Get#2"));
        assert_eq!(found("systemv1/User_DeleteAsync"), Some("systemv1/User_Get#2"));
        assert_eq!(found("mdmv1/Tags_AddTag"), None);
        assert_eq!(found("mdmv1/Devices_BulkDeleteDevicesAsync"), None);
    }

    #[test]
    fn only_a_record_that_shows_all_of_it_is_evidence() {
        let sent = json!({"Name": "a", "Group": 570, "Password": "x", "Unseen": 1});
        let shows = |seen: Value| compare(Some(&sent), Some(&seen));
        let whole = shows(json!({"name": "A", "Group": {"Value": 570}, "More": 1}));
        assert_eq!(whole, Ok(Evidence::Fulfilled { command_id: None }));
        for seen in [json!({"name": "b", "Group": 570}), json!({"Other": 1}), json!([])] {
            let failure = shows(seen).expect_err("no evidence");
            assert_eq!(failure.certainty, Certainty::Open);
        }
    }

    #[test]
    fn answers_say_what_was_made_and_what_was_refused() {
        assert_eq!(made(&json!({"Value": 7})), Some("7".to_owned()));
        assert_eq!(made(&json!({"id": 0, "uuid": "u"})), Some("u".to_owned()));
        assert_eq!(made(&json!({"ok": true})), None);
        let bulk =
            json!({"AcceptedItems": 1, "FailedItems": 1, "Faults": {"Fault": [{"ItemValue": "9", "Message": "gone"}]}});
        assert_eq!(refused(&bulk), Some("the tenant accepted 1 and refused 1 of them: 9: gone".to_owned()));
        assert_eq!(refused(&json!({"AcceptedItems": 2, "FailedItems": 0})), None);
    }
}
