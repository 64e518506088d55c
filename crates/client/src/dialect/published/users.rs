//! Users and their groups: a change needs the whole user, and whether one is active is a call of its own.

use muster_model::error::code;
use muster_model::ids::{UserGroupId, UserId};
use muster_model::user_groups::{self, AddUser, Member, Members, MembersQuery, UserGroupQuery};
use muster_model::users::{Activate, Add, Deactivate, Search, Update, User, UserEdit, UserQuery};
use muster_model::{Call, Nothing};

use super::halfway;
use crate::dialect::search;
use crate::pages::{Chunk, Source, Walk};
use crate::{Client, Error, UserGroup, Writer};

pub(crate) async fn users(client: &Client, name: Option<&str>) -> Result<Vec<User>, Error> {
    let query = UserQuery { username: search(name), ..UserQuery::default() };
    client.pages::<Search>((), query).collect().await
}

pub(crate) async fn user_groups(client: &Client, name: Option<&str>) -> Result<Vec<UserGroup>, Error> {
    let query = UserGroupQuery { groupname: search(name), ..UserGroupQuery::default() };
    let groups = client.pages::<user_groups::Search>((), query).collect().await?;
    let group = |group: user_groups::UserGroup| UserGroup {
        id: group.user_group_id,
        name: group.user_group_name,
        user_count: group.user_count,
    };
    Ok(groups.into_iter().map(group).collect())
}

pub(crate) async fn user_group_members(client: &Client, id: UserGroupId) -> Result<Vec<String>, Error> {
    let paging = client.paging();
    let walk = Walk { endpoint: "usergroups.members", size: paging.size.min(500), lanes: paging.lanes, limit: None };
    let members = walk.collect(&MemberPages { client, id }).await?;
    Ok(members.into_iter().map(|member| member.user_name).collect())
}

/// Members have no ids here: their names identify them.
struct MemberPages<'a> {
    client: &'a Client,
    id: UserGroupId,
}

impl Source for MemberPages<'_> {
    type Row = Member;
    type Key = String;

    async fn page(&self, page: u32, size: u32) -> Result<Chunk<Member>, Error> {
        let query = MembersQuery { page, pagesize: size, ..Default::default() };
        let answer = self.client.read(Call::<Members>::new(self.id, query)).await?;
        Ok(Chunk { rows: answer.enrollment_user, total: Some(answer.total) })
    }

    fn key(row: &Member) -> String {
        row.user_name.to_lowercase()
    }
}

pub(crate) async fn create_user(writer: &Writer, user: UserEdit) -> Result<Option<UserId>, Error> {
    let created = writer.send(Call::<Add>::with_body((), user)).await?;
    Ok(created.map(|created| UserId(created.value)))
}

pub(crate) async fn update_user(writer: &Writer, current: &User, edit: &UserEdit) -> Result<(), Error> {
    let whole = merged(current, edit);
    let changes_fields = edit.password.is_some() || whole != merged(current, &UserEdit::default());
    let activates = edit.status.filter(|active| *active != current.status);
    if changes_fields {
        writer.send(Call::<Update>::with_body(current.id.0, whole)).await?;
    }
    let Some(active) = activates else { return Ok(()) };
    let id = current.id.0;
    let set = if active {
        writer.send(Call::<Activate>::new(id, Nothing)).await
    } else {
        writer.send(Call::<Deactivate>::new(id, Nothing)).await
    };
    match set {
        Ok(_) => Ok(()),
        // "User is already active."
        Err(error) if error.fault().is_some_and(|fault| is_already_so(fault.error_code, &fault.message)) => Ok(()),
        Err(error) => Err(halfway(usize::from(changes_fields), 2, error)),
    }
}

fn is_already_so(code: i64, message: &str) -> bool {
    matches!(code, code::INVALID_INPUT | code::BAD_REQUEST) && message.to_ascii_lowercase().contains("already")
}

/// The whole user as it shall be. Whether the user is active stays as it is: that has calls of its own.
fn merged(current: &User, edit: &UserEdit) -> UserEdit {
    let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let either = |new: &Option<String>, old: &String| new.clone().or_else(|| known(old));
    let security_type = Some(current.security_type.clone());
    UserEdit {
        user_name: if edit.user_name.is_empty() { current.user_name.clone() } else { edit.user_name.clone() },
        password: edit.password.clone(),
        first_name: either(&edit.first_name, &current.first_name),
        last_name: either(&edit.last_name, &current.last_name),
        email: either(&edit.email, &current.email),
        security_type: edit.security_type.clone().or(security_type),
        status: Some(current.status),
        contact_number: either(&edit.contact_number, &current.contact_number),
        mobile_number: either(&edit.mobile_number, &current.mobile_number),
        department: either(&edit.department, &current.department),
        title: either(&edit.title, &current.title),
        role: either(&edit.role, &current.role),
        location_group_id: either(&edit.location_group_id, &current.location_group_id),
        other: current.other.clone(),
    }
}

pub(crate) async fn add_to_user_group(writer: &Writer, group: UserGroupId, user: UserId) -> Result<(), Error> {
    writer.send(Call::<AddUser>::new((group, user), Nothing)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use muster_model::words::SecurityType;

    use super::*;

    #[test]
    fn a_change_carries_the_whole_user() {
        let current = User {
            user_name: "jdoe".to_owned(),
            first_name: "Jane".to_owned(),
            email: "old@example.com".to_owned(),
            location_group_id: "570".to_owned(),
            status: true,
            security_type: SecurityType::Basic,
            other: [("ExternalId".to_owned(), "e-7".into())].into_iter().collect(),
            ..User::default()
        };
        let edit = UserEdit { email: Some("new@example.com".to_owned()), status: Some(false), ..UserEdit::default() };
        let whole = merged(&current, &edit);
        let expected = UserEdit {
            user_name: "jdoe".to_owned(),
            first_name: Some("Jane".to_owned()),
            email: Some("new@example.com".to_owned()),
            location_group_id: Some("570".to_owned()),
            status: Some(true),
            security_type: Some(SecurityType::Basic),
            other: current.other.clone(),
            ..UserEdit::default()
        };
        assert!(whole == expected, "fields unknown to us are sent back");
        assert!(is_already_so(6, "User is already active.") && !is_already_so(6, "Invalid phone"));
    }
}
