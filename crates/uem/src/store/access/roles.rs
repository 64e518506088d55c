//! Roles: names for sets of rights. Built-in ones are kept as the program knows them; others are a tenant's own.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    /// 0 for built-in roles: they are everybody's.
    pub(crate) group: i64,
    pub(crate) built_in: bool,
    /// Words separated by spaces.
    pub(crate) rights: String,
}

/// What makes a role.
#[derive(Debug, Clone)]
pub(crate) struct NewRole<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) group: i64,
    pub(crate) rights: &'a str,
}

const COLUMNS: &str = "id, uuid, name, description, organization_group_id, built_in, rights";

pub(crate) async fn all(database: &Database) -> Result<Vec<Role>, Error> {
    let rows = database.fetch(format!("select {COLUMNS} from roles order by id"), args![]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn get(database: &Database, id: i64) -> Result<Option<Role>, Error> {
    let sql = format!("select {COLUMNS} from roles where id = $1");
    database.fetch_optional(sql, args![id]).await?.as_ref().map(read).transpose()
}

/// Makes a tenant's own role; `None` if its group has one of that name, or a built-in one has it.
pub(crate) async fn add(tx: &mut Transaction, role: &NewRole<'_>, now: Timestamp) -> Result<Option<Role>, Error> {
    let folded = role.name.to_lowercase();
    let taken = "select 1 as found from roles where name_folded = $1 and organization_group_id in ($2, 0)";
    if tx.fetch_optional(taken, args![folded.as_str(), role.group]).await?.is_some() {
        return Ok(None);
    }
    // Ids of built-in roles are below; a later version may bring more of them.
    let sql = format!(
        "insert into roles (id, uuid, name, name_folded, description, organization_group_id, built_in, rights, \
         created_at, updated_at) select case when coalesce(max(id), 0) < 10000 then 10000 else max(id) + 1 end, \
         $1, $2, $3, $4, $5, 0, $6, $7, $7 from roles returning {COLUMNS}"
    );
    let args = args![Uuid::new_v4(), role.name, folded, role.description, role.group, role.rights, now];
    Ok(Some(read(&tx.fetch_one(sql, args).await?)?))
}

/// Writes name, description and rights of an own role. Answers whether there is one.
pub(crate) async fn write(tx: &mut Transaction, id: i64, role: &NewRole<'_>, now: Timestamp) -> Result<bool, Error> {
    let sql = "update roles set name = $2, name_folded = $3, description = $4, rights = $5, updated_at = $6 \
               where id = $1 and built_in = 0";
    let args = args![id, role.name, role.name.to_lowercase(), role.description, role.rights, now];
    Ok(tx.execute(sql, args).await? > 0)
}

/// Removes an own role that nobody has. Answers whether it is gone.
pub(crate) async fn remove(tx: &mut Transaction, id: i64) -> Result<bool, Error> {
    let sql = "delete from roles where id = $1 and built_in = 0 \
               and not exists (select 1 from admin_roles a where a.role_id = $1) \
               and not exists (select 1 from oauth_clients c where c.role_id = $1 and c.revoked_at is null)";
    Ok(tx.execute(sql, args![id]).await? > 0)
}

/// Writes the built-in roles as this version of the program knows them: id, name, description, rights.
pub(crate) async fn keep_built_in(
    tx: &mut Transaction,
    roles: impl IntoIterator<Item = (i64, &str, &str, String)>,
    now: Timestamp,
) -> Result<(), Error> {
    for (id, name, description, rights) in roles {
        let sql = "insert into roles (id, uuid, name, name_folded, description, organization_group_id, built_in, \
                   rights, created_at, updated_at) values ($1, $2, $3, $4, $5, 0, 1, $6, $7, $7) \
                   on conflict (id) do update set name = excluded.name, name_folded = excluded.name_folded, \
                   description = excluded.description, rights = excluded.rights";
        let args = args![id, Uuid::new_v4(), name, name.to_lowercase(), description, rights, now];
        tx.execute(sql, args).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Role, Error> {
    Ok(Role {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        description: row.get("description")?,
        group: row.get("organization_group_id")?,
        built_in: row.get("built_in")?,
        rights: row.get("rights")?,
    })
}
