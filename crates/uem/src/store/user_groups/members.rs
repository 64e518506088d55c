//! Who belongs to a group.

use jiff::Timestamp;
use muster_model::ids::UserId;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use crate::store::page::Page;

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) username: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) organization_group: String,
}

pub(super) const COLUMNS: &str = "u.id, u.uuid, u.username, u.first_name, u.last_name, o.name as organization_group";
pub(super) const TABLES: &str = "users u join organization_groups o on o.id = u.organization_group_id";

pub(super) fn read(row: &Row) -> Result<Member, Error> {
    Ok(Member {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        username: row.get("username")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        organization_group: row.get("organization_group")?,
    })
}

/// Makes a user a member, if it is not one yet; tells whether it was not.
pub(crate) async fn join(tx: &mut Transaction, group: i64, user: UserId, now: Timestamp) -> Result<bool, Error> {
    let sql = "insert into user_group_members (group_id, user_id, added_at) values ($1, $2, $3) on conflict do nothing";
    Ok(tx.execute(sql, args![group, user.0, now]).await? > 0)
}

/// Takes a user out of a group; tells whether it was in it.
pub(crate) async fn leave(tx: &mut Transaction, group: i64, user: UserId) -> Result<bool, Error> {
    let sql = "delete from user_group_members where group_id = $1 and user_id = $2";
    Ok(tx.execute(sql, args![group, user.0]).await? > 0)
}

/// One page of the members of a group.
pub(crate) async fn members(database: &Database, group: i64, page: Page) -> Result<Vec<Member>, Error> {
    let sql = format!(
        "select {COLUMNS} from {TABLES} join user_group_members m on m.user_id = u.id where m.group_id = $1 \
         order by u.id{}",
        page.text()
    );
    database.fetch(sql, args![group]).await?.iter().map(read).collect()
}

/// The groups of a user: id, UUID and name.
pub(crate) async fn of_user(database: &Database, user: UserId) -> Result<Vec<(i64, Uuid, String)>, Error> {
    let sql = "select g.id, g.uuid, g.name from user_groups g join user_group_members m on m.group_id = g.id \
               where m.user_id = $1 order by g.id";
    let rows = database.fetch(sql, args![user.0]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("uuid")?, row.get("name")?))).collect()
}

/// Takes everybody out of a group.
pub(crate) async fn empty(tx: &mut Transaction, group: i64) -> Result<(), Error> {
    tx.execute("delete from user_group_members where group_id = $1", args![group]).await.map(|_| ())
}
