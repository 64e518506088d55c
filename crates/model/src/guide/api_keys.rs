//! `/API/v1/console/apikeys`: the keys that services call with. A key's text is in the answer that makes it, and
//! nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::ApiKeyId;
use crate::record::derived;
use crate::time::Stamp;

/// A key, without its text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ApiKey {
    pub id: ApiKeyId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    /// Who calls with it.
    pub service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_group_id: Option<i64>,
    /// The account that it signs in by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<i64>,
    /// Empty restricts nothing.
    pub permissions: Vec<String>,
    /// Empty restricts nothing.
    pub allowed_networks: Vec<String>,
    /// Requests a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_quota: Option<u64>,
    /// Requests today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_usage: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Stamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<Stamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ApiKeyList {
    pub api_keys: Vec<ApiKey>,
    pub total: u64,
}

/// The bounds of a key that is to be made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NewApiKey {
    pub service: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_group_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_networks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_quota: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Stamp>,
}

/// A key that was just made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ApiKeyMade {
    pub id: ApiKeyId,
    pub service: String,
    pub api_key: KeyText,
}

/// The text of a key, which is not shown when it is printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyText(String);

impl KeyText {
    /// The text, for whoever keeps it.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText")
    }
}

endpoint! {
    /// Every key that the caller sees, also those that are revoked or over.
    ApiKeysList = "console/apikeys.list" is "console/apikeys.list":
        GET "/API/v1/console/apikeys", Read;
    path: (); query: Nothing; body: Nothing; answer: ApiKeyList, or empty;
}

endpoint! {
    /// Makes a key.
    ApiKeysAdd = "console/apikeys.add" is "console/apikeys.add":
        POST "/API/v1/console/apikeys" => 201, Write;
    path: (); query: Nothing; body: NewApiKey; answer: ApiKeyMade;
}

endpoint! {
    /// Lets a key open nothing more, for ever.
    ApiKeysRevoke = "console/apikeys.revoke" is "console/apikeys.revoke":
        DELETE "/API/v1/console/apikeys/{id}" => 204, Destroy;
    path: ApiKeyId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}

derived! { ApiKeyList NewApiKey ApiKeyMade }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_key_is_not_shown() {
        let made: ApiKeyMade = serde_json::from_str(r#"{"Id":7,"Service":"s","ApiKey":"s3cret"}"#).expect("reads");
        assert!(!format!("{made:?}").contains("s3cret"));
        assert_eq!(made.api_key.into_text(), "s3cret");
    }
}
