//! User groups and their members.

use jiff::Timestamp;
use muster_model::ids::{UserGroupId, UserId};
use muster_model::user_groups::UserGroup;
use muster_store::{Database, Error, Row, Transaction, args};

use super::filter::Filter;
use super::page::Page;

/// One page of the groups whose name contains a text, and how many there are. A group of exactly the
/// name comes first.
pub(crate) async fn search(
    database: &Database,
    name: Option<&str>,
    page: Page,
) -> Result<(Vec<UserGroup>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = name {
        filter.contains("g.name", name);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from user_groups g{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let exact = filter.exact_first("g.name", name);
    let sql = format!(
        "select g.id, g.name, g.organization_group_id, \
         (select count(*) from user_group_members m where m.group_id = g.id) as members \
         from user_groups g{condition} order by {exact}g.id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &Row| {
        Ok(UserGroup {
            user_group_id: UserGroupId(row.get("id")?),
            user_group_name: row.get("name")?,
            user_count: row.get("members")?,
            organization_group: row.get::<i64>("organization_group_id")?.to_string(),
        })
    };
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

pub(crate) async fn exists(database: &Database, group: UserGroupId) -> Result<bool, Error> {
    let sql = "select id from user_groups where id = $1";
    Ok(database.fetch_optional(sql, args![group.0]).await?.is_some())
}

/// Makes a user a member, if it is not one yet.
pub(crate) async fn join(tx: &mut Transaction, group: UserGroupId, user: UserId, now: Timestamp) -> Result<(), Error> {
    let sql = "insert into user_group_members (group_id, user_id, added_at) values ($1, $2, $3) on conflict do nothing";
    tx.execute(sql, args![group.0, user.0, now]).await.map(|_| ())
}
