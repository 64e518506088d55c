//! A call of one operation of the catalogue, as a plan keeps it: all of it that may be written down. Secrets and files
//! are marked, and put in again when it is sent.

use aws_lc_rs::digest;
use muster_model::Effect;
use muster_model::catalog::call::{Arguments, Content, Part};
use muster_model::catalog::facts::{Operation, guide, published};
use muster_model::catalog::is_secret;
use muster_model::commands::{Asked, Command};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call without its secrets and without the bytes of its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationCall {
    /// The key of its facts: `mdmv1/Tags_AddTag`.
    pub operation: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<(String, Value)>,
    /// JSON, in which every secret is `null`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileMark>,
    /// What was taken out, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretSpot>,
}

/// A file that is sent: what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    /// SHA-256, in hexadecimal digits.
    pub sha256: String,
    pub bytes: u64,
    /// The part of a form that it is, and the name it has there; else it is all of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<(String, Option<String>)>,
}

/// Where a secret was taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretSpot {
    /// Its name in the secrets of a run.
    pub key: String,
    #[serde(flatten)]
    pub place: SecretPlace,
    /// Whether it was a number.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub number: bool,
}

/// A parameter by name, or a member of the body by its JSON pointer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretPlace {
    Parameter(String),
    Body(String),
}

/// What a plan does not keep.
#[derive(Default)]
pub struct Withheld {
    /// Secrets by their key.
    pub secrets: Vec<(String, String)>,
    /// The bytes of the file.
    pub file: Option<Vec<u8>>,
}

impl OperationCall {
    /// Takes a call apart. `name` tells its secrets from those of other calls of the same run. A form of more than one
    /// part is refused: no operation of the API takes one.
    ///
    /// # Errors
    /// One sentence.
    pub fn new(operation: &Operation, arguments: &Arguments, name: &str) -> Result<(Self, Withheld), String> {
        let mut call = Self {
            operation: operation.key.clone(),
            parameters: Vec::new(),
            body: None,
            file: None,
            secrets: Vec::new(),
        };
        let mut withheld = Withheld::default();
        for (parameter, value) in arguments.parameters() {
            if is_secret(parameter) && takes_out(value) {
                call.take(&mut withheld, name, SecretPlace::Parameter(parameter.clone()), value);
            } else {
                call.parameters.push((parameter.clone(), value.clone()));
            }
        }
        match arguments.content() {
            None => {}
            Some(Content::Json(body)) => {
                let mut kept = body.clone();
                call.strip(&mut withheld, name, &mut kept, "");
                call.body = Some(kept);
            }
            Some(Content::Bytes(bytes)) => call.mark(&mut withheld, bytes, None),
            Some(Content::Form(parts)) => match &parts[..] {
                [part] => call.mark(&mut withheld, &part.bytes, Some((part.name.clone(), part.file_name.clone()))),
                _ => return Err(format!("{}: a form is planned with one file", operation.key)),
            },
        }
        Ok((call, withheld))
    }

    fn mark(&mut self, withheld: &mut Withheld, bytes: &[u8], part: Option<(String, Option<String>)>) {
        let digest = digest::digest(&digest::SHA256, bytes);
        let sha256 = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.file = Some(FileMark { sha256, bytes: bytes.len() as u64, part });
        withheld.file = Some(bytes.to_vec());
    }

    /// Replaces every secret of a body by `null`.
    fn strip(&mut self, withheld: &mut Withheld, name: &str, value: &mut Value, at: &str) {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    let pointer = format!("{at}/{}", member.replace('~', "~0").replace('/', "~1"));
                    if is_secret(member) && takes_out(value) {
                        self.take(withheld, name, SecretPlace::Body(pointer), value);
                        *value = Value::Null;
                    } else {
                        self.strip(withheld, name, value, &pointer);
                    }
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter_mut().enumerate() {
                    self.strip(withheld, name, value, &format!("{at}/{index}"));
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, withheld: &mut Withheld, name: &str, place: SecretPlace, value: &Value) {
        let key = match &place {
            SecretPlace::Parameter(parameter) => format!("{name} {parameter}"),
            SecretPlace::Body(pointer) => format!("{name} {pointer}"),
        };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.secrets.push(SecretSpot { key: key.clone(), place, number: value.is_number() });
        withheld.secrets.push((key, text));
    }

    /// The operation, if this program knows it.
    pub fn facts(&self) -> Option<&'static Operation> {
        published().operation(&self.operation).or_else(|| guide().operation(&self.operation))
    }

    /// The arguments as far as they are kept.
    pub fn arguments(&self) -> Arguments {
        let mut arguments = Arguments::default();
        for (name, value) in &self.parameters {
            arguments.set(name.clone(), value.clone());
        }
        match &self.body {
            Some(body) => arguments.with_body(body.clone()),
            None => arguments,
        }
    }

    /// The arguments whole, with secrets and bytes from where they are at hand.
    ///
    /// # Errors
    /// The name of what is not at hand.
    pub(crate) fn filled(
        &self,
        secret: impl Fn(&str) -> Option<String>,
        file: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Arguments, String> {
        let mut arguments = self.arguments();
        let mut body = self.body.clone();
        for spot in &self.secrets {
            let text = secret(&spot.key).ok_or_else(|| format!("the secret `{}`", spot.key))?;
            let value =
                if spot.number { serde_json::from_str(&text).unwrap_or(Value::String(text)) } else { text.into() };
            match &spot.place {
                SecretPlace::Parameter(name) => arguments.set(name.clone(), value),
                SecretPlace::Body(pointer) => {
                    if let Some(member) = body.as_mut().and_then(|body| body.pointer_mut(pointer)) {
                        *member = value;
                    }
                }
            }
        }
        if let Some(body) = body {
            arguments = arguments.with_body(body);
        }
        let Some(mark) = &self.file else { return Ok(arguments) };
        let bytes = file(&mark.sha256).ok_or_else(|| format!("its file of {} bytes", mark.bytes))?;
        Ok(arguments.with_content(match &mark.part {
            None => Content::Bytes(bytes),
            Some((name, file_name)) => {
                Content::Form(vec![Part { name: name.clone(), file_name: file_name.clone(), bytes }])
            }
        }))
    }

    /// What it does. What nobody knows is the worst.
    pub fn effect(&self) -> Effect {
        self.facts().map_or(Effect::Destroy, |operation| operation.effect_of(&self.arguments()))
    }

    /// The command that it sends, if it sends one.
    pub fn command(&self) -> Option<Command> {
        self.facts()?.command(&self.arguments())
    }

    /// What it asks of a device, if it sends a command of somebody's own.
    pub fn asked(&self) -> Option<Asked> {
        let custom = self.command() == Some(Command::CustomMdmCommand);
        custom.then(|| Asked::within(self.body.as_ref().unwrap_or(&Value::Null)))
    }

    /// How many things it is about; 1 unless its body lists several.
    pub fn reach(&self) -> u64 {
        self.body.as_ref().and_then(many).map_or(1, |count| count.max(1) as u64)
    }

    /// Method and address; besides, in brackets, the id, the command where the address does not tell it, and how many
    /// things a call for many is about: `POST /api/mdm/devices/bulk (Devices_BulkDeleteDevicesAsync, 42 values)`.
    pub fn describe(&self) -> String {
        let method = self.facts().map_or("call", |operation| operation.method.as_str());
        let id = self.operation.split_once('/').map_or(self.operation.as_str(), |(_, id)| id);
        let (address, mut besides) = (self.address(), vec![id.to_owned()]);
        if let Some(command) = self.command() {
            let word = command.as_str();
            match self.asked() {
                Some(asked) => besides.push(format!("{word} {asked}")),
                None if address.contains(word) => {}
                None => besides.push(word.to_owned()),
            }
        }
        besides.extend(self.body.as_ref().and_then(many).map(|count| format!("{count} values")));
        format!("{method} {address} ({})", besides.join(", "))
    }

    /// The path with its arguments, and the query, without what is secret.
    pub fn address(&self) -> String {
        let Some(operation) = self.facts() else { return self.operation.clone() };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let arguments = self.arguments();
        let parts = operation.path.split('/').map(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let given = name.and_then(|name| arguments.parameter(name).next().map(text));
            given.unwrap_or_else(|| part.to_owned())
        });
        let path = parts.collect::<Vec<_>>().join("/");
        let query: Vec<String> = self
            .parameters
            .iter()
            .filter(|(name, _)| !operation.path_names().any(|known| known.eq_ignore_ascii_case(name)))
            .map(|(name, value)| format!("{name}={}", text(value)))
            .collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

/// Texts and numbers are secrets; flags and rules beside them are not.
fn takes_out(value: &Value) -> bool {
    value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
}

/// How many things a body lists, if it is a list or has one of the lists that calls for many have.
fn many(body: &Value) -> Option<usize> {
    let list = body.as_array().or_else(|| body.pointer("/BulkValues/Value")?.as_array()).or_else(|| {
        body.as_object()?.iter().find(|(name, _)| name.ends_with("_uuids") || name.ends_with("_ids"))?.1.as_array()
    });
    list.map(Vec::len)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(key: &str, arguments: &Arguments) -> (OperationCall, Withheld) {
        let operation = published().operation(key).expect("published");
        OperationCall::new(operation, arguments, "call").expect("a call")
    }

    #[test]
    fn secrets_are_taken_out_and_put_in_again() {
        let body = json!({"UserName": "ada", "Password": "c0rrect", "Nested": [{"unlock_pin": 4711, "Open": true}]});
        let given = Arguments::default().with("password", "in the query").with("fileName", "x").with_body(body.clone());
        let (call, withheld) = taken("systemv1/User_AddUserAsync", &given);
        let kept = serde_json::to_string(&call).expect("JSON");
        assert!(!kept.contains("c0rrect") && !kept.contains("4711") && !kept.contains("in the query"), "{kept}");
        assert_eq!(withheld.secrets.len(), 3);
        let read: OperationCall = serde_json::from_str(&kept).expect("reads");
        assert_eq!(read, call);
        let secret = |key: &str| withheld.secrets.iter().find(|(known, _)| known == key).map(|(_, text)| text.clone());
        let whole = read.filled(secret, |_| None).expect("all is at hand");
        assert_eq!(whole.body_value(), Some(&body));
        assert_eq!(whole.parameter("password").next(), Some(&json!("in the query")));
        assert_eq!(read.filled(|_| None, |_| None), Err("the secret `call password`".to_owned()));
    }

    #[test]
    fn a_file_is_kept_by_its_hash() {
        let given = Arguments::default().with_content(Content::Bytes(b"an app".to_vec()));
        let (call, withheld) = taken("mamv1/BlobsV1_UploadBlobAsync", &given);
        let mark = call.file.clone().expect("a mark");
        assert_eq!((mark.bytes, mark.sha256.len()), (6, 64));
        let whole = call.filled(|_| None, |hash| withheld.file.clone().filter(|_| hash == mark.sha256)).expect("whole");
        assert_eq!(whole.content(), given.content());
        assert!(call.filled(|_| None, |_| None).is_err_and(|what| what.contains("6 bytes")));
    }

    #[test]
    fn a_call_says_what_it_does_and_where() {
        let wipe = Arguments::default().with("deviceid", 17).with("command", "DeviceWipe");
        let (call, _) = taken("mdmv1/CommandsV1_ExecuteAsync", &wipe);
        assert_eq!((call.effect(), call.command()), (Effect::Destroy, Some(Command::DeviceWipe)));
        assert_eq!(call.address(), "/api/mdm/devices/17/commands?command=DeviceWipe");
        let many = json!({"BulkValues": {"Value": ["1", "2"]}});
        let (call, _) = taken("mdmv1/Devices_BulkDeleteDevicesAsync", &Arguments::default().with_body(many));
        assert_eq!(call.describe(), "POST /api/mdm/devices/bulk (Devices_BulkDeleteDevicesAsync, 2 values)");
        let here = Arguments::default().with("deviceuuid", uuid::Uuid::nil().to_string()).with("enableLostMode", true);
        let (lost, _) = taken("mdmv1/LostModeV1_UpdateLostModeAsync", &here);
        let address = "/api/mdm/devices/00000000-0000-0000-0000-000000000000/lostmode/true";
        assert_eq!(lost.describe(), format!("PUT {address} (LostModeV1_UpdateLostModeAsync, EnableLostMode)"));
        let unknown = OperationCall { operation: "mdmv9/Nothing".to_owned(), ..call };
        assert_eq!(unknown.effect(), Effect::Destroy);
    }
}
