//! Which device a request is about, however it names it: by id, by UUID, or by `searchby` and `id`.

use muster_model::error::code;
use muster_store::Transaction;

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use crate::store::devices::{self, Identifier, Record};

/// Names of path arguments that name a device, and what they hold. (`{uuid}` is a group's where `{deviceUuid}` stands
/// beside it.)
const ARGUMENTS: [(&str, Identifier); 8] = [
    ("deviceUuid", Identifier::Uuid),
    ("device_uuid", Identifier::Uuid),
    ("deviceId", Identifier::Id),
    ("udid", Identifier::Udid),
    ("serialnumber", Identifier::SerialNumber),
    ("assetnumber", Identifier::AssetNumber),
    ("uuid", Identifier::Uuid),
    ("id", Identifier::Id),
];

/// The identifier that a word of `searchby` stands for.
pub(in super::super) fn identifier(searchby: &str) -> Result<Identifier, Refusal> {
    Ok(match searchby.to_ascii_lowercase().as_str() {
        "serialnumber" => Identifier::SerialNumber,
        "udid" => Identifier::Udid,
        "macaddress" => Identifier::MacAddress,
        "imeinumber" => Identifier::Imei,
        "easid" => Identifier::EasId,
        "deviceid" | "id" => Identifier::Id,
        "uuid" | "deviceuuid" => Identifier::Uuid,
        "assetnumber" => Identifier::AssetNumber,
        "alternateid" => Identifier::Any,
        _ => {
            let message = format!("'{searchby}' is not a valid value of searchby.");
            return Err(Refusal::new(422, code::BAD_SEARCH_BY, message));
        }
    })
}

/// What a request names its device by, and the name.
fn name(given: &Given) -> Result<(Identifier, &str), Refusal> {
    let arguments = ARGUMENTS.iter().map(|&(name, by)| (by, given.text(name)));
    if let Some(named) = arguments.into_iter().find(|(_, text)| !text.is_empty()) {
        return Ok(named);
    }
    let by = identifier(given.asked("searchby").unwrap_or_default())?;
    match given.asked("id") {
        Some(id) => Ok((by, id)),
        None => Err(Refusal::bad("The id parameter is required.")),
    }
}

fn missing(by: Identifier, name: &str, given: &Given) -> Refusal {
    let by_uuid = by == Identifier::Uuid && given.asked("searchby").is_none();
    let code = if by_uuid { code::DEVICE_UUID_NOT_FOUND } else { code::DEVICE_NOT_FOUND };
    Refusal::new(404, code, format!("Device not found: {name}."))
}

/// The device that a request is about, if its caller sees it.
pub(in super::super) async fn device(context: &Context, given: &Given) -> Result<Record, Refusal> {
    let (by, name) = name(given)?;
    let found = devices::find(context.database(), by, name, context.scope()).await?;
    found.ok_or_else(|| missing(by, name, given))
}

/// The same inside a change.
pub(in super::super) async fn device_in(
    context: &Context,
    tx: &mut Transaction,
    given: &Given,
) -> Result<Record, Refusal> {
    let (by, name) = name(given)?;
    let found = devices::find_in(tx, by, name, context.scope()).await?;
    found.ok_or_else(|| missing(by, name, given))
}

/// A device that is missing, in the words of operations that call it a wrong input (reference §5.4).
pub(super) fn as_input(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Fault { status: 404, message, .. } => Refusal::invalid(message),
        other => other,
    }
}

/// Identifiers of a bulk request, and what kind they are; without a word they are ids.
pub(super) fn bulk(given: &Given) -> Result<(Identifier, Vec<String>), Refusal> {
    let by = given.asked("searchby").map_or(Ok(Identifier::Id), identifier)?;
    let values = given.member("BulkValues").and_then(|values| values.get("Value")).and_then(|values| values.as_array());
    let values = values.into_iter().flatten().filter_map(|value| value.as_str()).map(|value| value.trim().to_owned());
    let values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
    if values.is_empty() {
        return Err(Refusal::shape("The BulkValues field needs at least one value."));
    }
    Ok((by, values))
}
