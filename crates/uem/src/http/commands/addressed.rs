//! Which devices a call means: one by its id, UUID or another identifier, or many in one body.

use muster_model::error::code;
use muster_store::Transaction;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::accept::{Accepted, Asked, accept};
use crate::store::devices::Identifier;
use crate::store::recipients::{self, Recipient};

/// The identifier that a `searchby` names.
pub(in crate::http) fn identifier(word: &str) -> Result<Identifier, Refusal> {
    match word.trim().to_ascii_lowercase().as_str() {
        "deviceid" | "id" => Ok(Identifier::Id),
        "uuid" => Ok(Identifier::Uuid),
        "serialnumber" => Ok(Identifier::SerialNumber),
        "udid" => Ok(Identifier::Udid),
        "macaddress" => Ok(Identifier::MacAddress),
        "imeinumber" => Ok(Identifier::Imei),
        "easid" => Ok(Identifier::EasId),
        "assetnumber" => Ok(Identifier::AssetNumber),
        _ => Err(Refusal::new(422, code::UNPROCESSABLE, format!("Invalid searchby parameter: '{word}'."))),
    }
}

/// The device that the path names by its id, as `name`.
pub(super) async fn by_id(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
    name: &str,
) -> Result<Recipient, Refusal> {
    let id = given.text(name);
    recipients::one(tx, Identifier::Id, id, context.scope()).await?.ok_or_else(|| Refusal::no_device(id))
}

/// The device that the path names by its UUID, as `name`.
pub(in crate::http) async fn by_uuid(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
    name: &str,
) -> Result<Recipient, Refusal> {
    let uuid = given.text(name);
    let found = recipients::one(tx, Identifier::Uuid, uuid, context.scope()).await?;
    found.ok_or_else(|| Refusal::new(404, code::DEVICE_UUID_NOT_FOUND, format!("Device not found: {uuid}.")))
}

/// The device that the query names by `searchby` and `id`.
pub(in crate::http) async fn by_query(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
) -> Result<Recipient, Refusal> {
    let required = |name: &str| Refusal::bad(format!("The {name} parameter is required."));
    let by = identifier(given.asked("searchby").ok_or_else(|| required("searchby"))?)?;
    let id = given.asked("id").ok_or_else(|| required("id"))?;
    recipients::one(tx, by, id, context.scope()).await?.ok_or_else(|| Refusal::no_device(id))
}

/// The values of a bulk body, which must be some and not too many.
pub(in crate::http) fn bulk_values(given: &Given, most: u32) -> Result<Vec<String>, Refusal> {
    let values = given.member("BulkValues").and_then(|values| values.get("Value")).and_then(Value::as_array);
    let texts = values.into_iter().flatten().filter_map(Value::as_str);
    let values: Vec<String> = texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    if values.is_empty() {
        return Err(Refusal::shape("The BulkValues field is required."));
    }
    if values.len() > most as usize {
        return Err(Refusal::new(403, 403, "Devices provided is more than Bulk settings for this action."));
    }
    Ok(values)
}

/// What became of each item of a bulk call.
#[derive(Debug, Default)]
pub(in crate::http) struct Tally {
    pub(in crate::http) total: usize,
    /// The code, the item as it was given, and why.
    pub(in crate::http) faults: Vec<(i64, String, String)>,
}

impl Tally {
    pub(in crate::http) fn fault(&mut self, item: &str, refusal: &Refusal) {
        let (code, message) = match refusal {
            Refusal::Fault { code, message, .. } => (*code, message.clone()),
            Refusal::Page => (code::NOT_FOUND, "Not found".to_owned()),
        };
        self.faults.push((code, item.to_owned(), message));
    }

    /// The answer of the older bulk calls.
    pub(in crate::http) fn said(&self, status: u16) -> Said {
        let faults: Vec<Value> = self
            .faults
            .iter()
            .map(|(code, item, message)| json!({ "ErrorCode": code, "ItemValue": item, "Message": message }))
            .collect();
        let failed = faults.len();
        let answer = json!({
            "TotalItems": self.total, "AcceptedItems": self.total - failed, "FailedItems": failed,
            "Faults": { "Fault": faults },
        });
        Said::json(status, answer)
    }

    /// The refusal of a call none of whose items could be used.
    pub(in crate::http) fn refused_if_all_failed(&self) -> Result<(), Refusal> {
        if self.faults.len() < self.total {
            return Ok(());
        }
        let message = "Devices provided in the input could not be found or not enrolled or user does not have access.";
        Err(Refusal::not_found(message))
    }
}

/// Sends a command to every device of a list; what one of them refuses is a fault of its own.
pub(in crate::http) async fn send_to_all(
    context: &Context,
    tx: &mut Transaction,
    asked: &Asked<'_>,
    by: Identifier,
    values: &[String],
) -> Result<Tally, Refusal> {
    let texts: Vec<&str> = values.iter().map(String::as_str).collect();
    let found = recipients::find(tx, by, &texts, context.scope()).await?;
    let mut tally = Tally { total: values.len(), ..Tally::default() };
    let (mut items, mut known) = (Vec::new(), Vec::new());
    for (value, recipient) in texts.iter().zip(found) {
        match recipient {
            Some(recipient) => {
                items.push(*value);
                known.push(recipient);
            }
            None => tally.fault(value, &Refusal::not_found("Device not found")),
        }
    }
    let answers: Vec<Result<Accepted, Refusal>> = accept(context, tx, asked, &known).await?;
    for (item, answer) in items.into_iter().zip(answers) {
        if let Err(refusal) = answer {
            tally.fault(item, &refusal);
        }
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_known_in_any_case_or_refused() {
        assert_eq!(identifier("SerialNumber"), Ok(Identifier::SerialNumber));
        assert_eq!(identifier("none").expect_err("no identifier").status(), 422);
    }
}
