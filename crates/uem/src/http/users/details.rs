//! What a user may say beside its own fields: read as published, kept as it is.

use muster_model::catalog::facts;
use serde_json::{Map, Value};

use super::super::refusal::Refusal;

/// Members of the published user that have columns of their own, or that nobody sets.
const NOT_DETAILS: [&str; 20] = [
    "Id",
    "Uuid",
    "UserName",
    "Password",
    "FirstName",
    "LastName",
    "Email",
    "Status",
    "SecurityType",
    "ContactNumber",
    "MobileNumber",
    "Department",
    "Role",
    "LocationGroupId",
    "OrganizationGroupUuid",
    "EnrolledDevicesCount",
    "Group",
    "Title",
    "PhoneNumber",
    "Username",
];

/// The details among the other members of a body: known ones, of the published kind and spelling.
pub(super) fn said(other: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let facts = facts::published();
    let Some(shape) = facts.operation("systemv1/User_AddUserAsync").and_then(|add| add.body.as_ref()) else {
        return Ok(Map::new());
    };
    let rest = other.iter().filter(|(name, _)| !NOT_DETAILS.iter().any(|known| known.eq_ignore_ascii_case(name)));
    let rest = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
    match shape.read(facts, Value::Object(rest)).map_err(Refusal::shape)? {
        Value::Object(read) => Ok(read),
        _ => Ok(Map::new()),
    }
}
