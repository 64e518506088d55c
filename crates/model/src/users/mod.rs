//! Enrollment users: the people whose devices are managed.

mod activate;
mod activate_many;
mod add;
mod create_v2;
mod deactivate;
mod deactivate_many;
mod delete;
mod delete_many;
mod delete_v2;
mod get;
mod get_v2;
mod move_to;
mod search;
mod search_v2;
mod update;
mod update_v2;

pub use activate::Activate;
pub use activate_many::ActivateMany;
pub use add::Add;
pub use create_v2::{CreateV2, NewUserV2};
pub use deactivate::Deactivate;
pub use deactivate_many::DeactivateMany;
pub use delete::Delete;
pub use delete_many::DeleteMany;
pub use delete_v2::DeleteV2;
pub use get::Get;
pub use get_v2::{GetV2, UserV2};
pub use move_to::{MoveTo, MoveToQuery};
pub use search::{Search, UserPage, UserQuery};
pub use search_v2::{SearchV2, SearchV2Query, UserRowV2};
pub use update::Update;
pub use update_v2::{UpdateV2, UserEditV2};

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::ids::{UserId, Wrapped};
use crate::record::{Members, derived, record};
use crate::words::SecurityType;

record! {
    /// A user as the v1 API and the guide dialect write it (reference §3.15). A password is never written.
    User {
        id: Wrapped<UserId> = "Id",
        uuid: Option<Uuid> = "Uuid",
        /// The guide dialect also sends it as `Username`.
        user_name: String = "UserName",
        first_name: String = "FirstName",
        last_name: String = "LastName",
        display_name: String = "DisplayName",
        email: String = "Email",
        /// Whether the user is active.
        status: bool = "Status",
        security_type: SecurityType = "SecurityType",
        contact_number: String = "ContactNumber" | "PhoneNumber",
        mobile_number: String = "MobileNumber",
        department: String = "Department",
        title: String = "Title",
        role: String = "Role",
        /// Organization group id as a text.
        location_group_id: String = "LocationGroupId",
        /// A number as a text.
        enrolled_devices_count: String = "EnrolledDevicesCount",
    }
}

/// The fields a client may set. An absent one is not set, or stays as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserEdit {
    /// The published API writes `UserName`, the guide `Username`; see [`crate::guide::UserEdit`].
    #[serde(alias = "Username")]
    pub user_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_type: Option<SecurityType>,
    #[serde(deserialize_with = "maybe_active", skip_serializing_if = "Option::is_none")]
    pub status: Option<bool>,
    #[serde(alias = "PhoneNumber", skip_serializing_if = "Option::is_none")]
    pub contact_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Organization group id as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_group_id: Option<String>,
    /// Fields this program does not know. A published update replaces the whole user, so whoever merges
    /// has to send them back.
    #[serde(flatten)]
    pub other: Members,
}

/// Without the password, so that no log can hold it.
impl std::fmt::Debug for UserEdit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserEdit").field("user_name", &self.user_name).finish_non_exhaustive()
    }
}

/// `true`, `"true"`, `"Active"` and `1` are active.
pub(crate) fn maybe_active<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::Bool(flag) => Ok(Some(flag)),
        serde_json::Value::Number(number) => Ok(Some(number.as_i64() == Some(1))),
        serde_json::Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "active" | "true" | "1" => Ok(Some(true)),
            "inactive" | "false" | "0" => Ok(Some(false)),
            _ => Err(serde::de::Error::custom(format!("`{word}` is neither Active nor Inactive"))),
        },
        other => Err(serde::de::Error::custom(format!("`{other}` is not a status"))),
    }
}

derived! { UserEdit }
