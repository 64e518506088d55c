//! The error body of the API and the codes that clients decide by.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// `{"errorCode":1013,"message":"…","activityId":"…"}`; older answers write the names in Pascal case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(rename = "errorCode", alias = "ErrorCode")]
    pub error_code: i64,
    /// Usually a text; a server may put a list of validation messages here.
    #[serde(default, alias = "Message", deserialize_with = "message")]
    pub message: String,
    #[serde(rename = "activityId", alias = "ActivityId", default, skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<Uuid>,
}

fn message<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// Error codes by meaning (reference §1.6).
pub mod code {
    /// Invalid input; also "not found or no access" on many v1 routes.
    pub const INVALID_INPUT: i64 = 6;
    /// Generic "bad request" that says the rest in its message.
    pub const BAD_REQUEST: i64 = 400;
    /// Generic "not found".
    pub const NOT_FOUND: i64 = 404;
    /// Generic "unprocessable": the message carries the meaning.
    pub const UNPROCESSABLE: i64 = 422;
    /// User group not found.
    pub const USER_GROUP_NOT_FOUND: i64 = 17;
    /// Something broke on the server.
    pub const INTERNAL: i64 = 1000;
    /// Credentials wrong or user not found.
    pub const BAD_CREDENTIALS: i64 = 1005;
    /// The caller's role lacks the right.
    pub const FORBIDDEN: i64 = 1011;
    /// A field of the body failed validation.
    pub const VALIDATION: i64 = 1012;
    /// The tenant code does not identify an organization group.
    pub const BAD_TENANT_CODE: i64 = 1013;
    /// The API key belongs to another hierarchy than the user.
    pub const OTHER_HIERARCHY: i64 = 1030;
    /// The account is locked.
    pub const LOCKED: i64 = 1022;
    /// Device not found (by id).
    pub const DEVICE_NOT_FOUND: i64 = 5002;
    /// `searchby` names no known identifier.
    pub const BAD_SEARCH_BY: i64 = 5003;
    /// Device not found (by UUID).
    pub const DEVICE_UUID_NOT_FOUND: i64 = 5061;
    /// The device is not eligible for the command.
    pub const NOT_ELIGIBLE: i64 = 5100;
    /// No command has that name.
    pub const NO_COMMAND: i64 = 5101;
    /// The platform does not have the command.
    pub const COMMAND_NOT_SUPPORTED: i64 = 5102;
    /// The device is not enrolled.
    pub const NOT_ENROLLED: i64 = 6213;
    /// Application not found or no access; sent with status 401 on v1 routes.
    pub const APP_NOT_FOUND: i64 = 7000;
    /// Organization group not found.
    pub const GROUP_NOT_FOUND: i64 = 6008;
    /// Too many requests.
    pub const THROTTLED: i64 = 429;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_and_structured_messages_are_read() {
        let old: Fault = serde_json::from_str(r#"{"ErrorCode":6,"Message":["a","b"]}"#).expect("reads");
        assert_eq!((old.error_code, old.message.as_str()), (6, r#"["a","b"]"#));
        let new: Fault = serde_json::from_str(r#"{"errorCode":1013,"message":"x"}"#).expect("reads");
        assert_eq!((new.error_code, new.message.as_str()), (code::BAD_TENANT_CODE, "x"));
    }
}
