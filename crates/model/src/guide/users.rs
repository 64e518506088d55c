//! `/API/v1/users`: search, read, create, change.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{Created, UserId};
use crate::page::paged;
use crate::record::{Members, derived};
use crate::users::{User, UserPage, UserQuery, maybe_active};
use crate::words::SecurityType;

endpoint! {
    /// Users whose name contains the given text.
    UsersSearch = "guide.users.search" is "guide/users.search":
        GET "/API/v1/users/search", Read;
    path: (); query: UserQuery; body: Nothing; answer: UserPage, or empty;
}

paged! { UsersSearch: User in users, counted by total, told apart by uuid or id }

endpoint! {
    /// One user by id.
    UsersGet = "guide.users.get" is "guide/users.get":
        GET "/API/v1/users/{id}", Read;
    path: UserId; query: Nothing; body: Nothing; answer: User;
}

/// The fields that the guide's provisioning script sends. An absent one is not set, or stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserEdit {
    #[serde(alias = "UserName")]
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_type: Option<SecurityType>,
    /// `Active` or `Inactive`; a flag is read too.
    #[serde(serialize_with = "status", deserialize_with = "maybe_active", skip_serializing_if = "Option::is_none")]
    pub status: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
}

/// Without the password, so that no log can hold it.
impl std::fmt::Debug for UserEdit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserEdit").field("username", &self.username).finish_non_exhaustive()
    }
}

fn status<S: serde::Serializer>(active: &Option<bool>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if active == &Some(false) { "Inactive" } else { "Active" })
}

impl From<crate::users::UserEdit> for UserEdit {
    fn from(edit: crate::users::UserEdit) -> Self {
        Self {
            username: edit.user_name,
            first_name: edit.first_name,
            last_name: edit.last_name,
            email: edit.email,
            password: edit.password,
            security_type: edit.security_type,
            status: edit.status,
            department: edit.department,
            title: edit.title,
            phone_number: edit.contact_number,
            mobile_number: edit.mobile_number,
        }
    }
}

impl From<UserEdit> for crate::users::UserEdit {
    fn from(edit: UserEdit) -> Self {
        Self {
            user_name: edit.username,
            password: edit.password,
            first_name: edit.first_name,
            last_name: edit.last_name,
            email: edit.email,
            security_type: edit.security_type,
            status: edit.status,
            contact_number: edit.phone_number,
            mobile_number: edit.mobile_number,
            department: edit.department,
            title: edit.title,
            role: None,
            location_group_id: None,
            other: Members::new(),
        }
    }
}

endpoint! {
    /// Makes a user.
    UsersAdd = "guide.users.add" is "guide/users.add":
        POST "/API/v1/users", Write;
    path: (); query: Nothing; body: UserEdit; answer: Created;
}

endpoint! {
    /// Changes a user; whether the user is active can be changed here too.
    UsersUpdate = "guide.users.update" is "guide/users.update":
        PUT "/API/v1/users/{id}", Write;
    path: UserId; query: Nothing; body: UserEdit; answer: Nothing, or empty;
}

derived! { UserEdit }
