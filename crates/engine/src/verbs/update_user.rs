//! Set some fields of a user.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::Client;
use muster_model::users::{User, UserEdit};
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct UpdateUser {
    pub name: String,
    pub changes: UserEdit,
}

#[async_trait]
impl Verb for UpdateUser {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let user = self.find(tools.client).await.map_err(|error| Failure::before(&error))?;
        let user = user.ok_or_else(|| Failure::missing(format!("there is no user {}", self.name)))?;
        if differences(&user, &self.changes).is_empty() {
            return Ok(Applied::already("the fields are so already"));
        }
        tools.before(json!(image(&user, &self.changes))).await?;
        tools.writer.update_user(&user, &self.changes).await.map_err(|error| Failure::write(&error))?;
        Ok(Applied::sent(None))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let user = self.find(tools.client).await.map_err(|error| Failure::after(&error))?;
        Ok(match user {
            None => Evidence::Contradicted(format!("there is no user {}", self.name)),
            Some(user) if differences(&user, &self.changes).is_empty() => Evidence::Fulfilled { command_id: None },
            Some(_) => Evidence::Absent,
        })
    }
}

impl UpdateUser {
    async fn find(&self, client: &Client) -> Result<Option<User>, muster_client::Error> {
        client.user_by_name(&self.name).await
    }
}

/// The fields that an edit changes, as they are. Those that `differences` leaves out are not known, and stay.
fn image(user: &User, edit: &UserEdit) -> UserEdit {
    let text = |changed: &Option<String>, now: &String| changed.as_ref().map(|_| now.clone());
    UserEdit {
        first_name: text(&edit.first_name, &user.first_name),
        last_name: text(&edit.last_name, &user.last_name),
        email: text(&edit.email, &user.email),
        contact_number: text(&edit.contact_number, &user.contact_number),
        mobile_number: text(&edit.mobile_number, &user.mobile_number),
        department: text(&edit.department, &user.department),
        title: text(&edit.title, &user.title),
        status: edit.status.map(|_| user.status),
        ..UserEdit::default()
    }
}

/// The fields that are not as the edit wants them. Role, kind of sign-in and organization group are not
/// compared: tenants write them in another form than they take them.
pub(super) fn differences(user: &User, edit: &UserEdit) -> Vec<&'static str> {
    let texts = [
        ("first name", &user.first_name, &edit.first_name),
        ("last name", &user.last_name, &edit.last_name),
        ("e-mail address", &user.email, &edit.email),
        ("contact number", &user.contact_number, &edit.contact_number),
        ("mobile number", &user.mobile_number, &edit.mobile_number),
        ("department", &user.department, &edit.department),
        ("title", &user.title, &edit.title),
    ];
    let differs = |has: &str, wants: &Option<String>| wants.as_ref().is_some_and(|wants| has.trim() != wants.trim());
    let mut other: Vec<&'static str> =
        texts.into_iter().filter(|(_, has, wants)| differs(has, wants)).map(|(name, _, _)| name).collect();
    if edit.status.is_some_and(|wants| wants != user.status) {
        other.push("status");
    }
    other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_edit_sets_is_compared() {
        let user = User { first_name: "Ada".to_owned(), status: true, ..User::default() };
        let edit = |first: Option<&str>, status| UserEdit {
            first_name: first.map(str::to_owned),
            status,
            ..UserEdit::default()
        };
        assert!(differences(&user, &edit(Some("Ada "), None)).is_empty());
        assert!(differences(&user, &edit(None, Some(true))).is_empty());
        assert_eq!(differences(&user, &edit(Some("Grace"), Some(false))), ["first name", "status"]);
    }
}
