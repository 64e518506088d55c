//! Groups that follow the directory. The simulated directory knows departments: a group of a department's name has
//! its people. A synchronisation finds out who came and who left; merging lets that happen.

use jiff::Timestamp;
use muster_model::ids::UserId;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Value, json};
use uuid::Uuid;

use super::members::{COLUMNS, Member, TABLES, join, leave, read};
use super::{Group, find, save};
use crate::store::notifications;
use crate::store::scope::Scope;

/// Who would come and who would leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) additions: Vec<Member>,
    pub(crate) removals: Vec<Member>,
}

/// What the last synchronisation left to be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Pending {
    additions: Vec<Uuid>,
    removals: Vec<Uuid>,
}

/// Ids of users as they stand in details.
fn pending(group: &Group) -> Pending {
    let list = |name: &str| -> Vec<Uuid> {
        let found = group.details.get(name).and_then(Value::as_array);
        found.into_iter().flatten().filter_map(|uuid| uuid.as_str()?.parse().ok()).collect()
    };
    Pending { additions: list("Additions"), removals: list("Removals") }
}

const ADDITIONS: &str = "u.security_type = 'Directory' and lower(u.department) = lower($2) and u.active = 1 and \
    not exists (select 1 from user_group_members m where m.user_id = u.id and m.group_id = $1)";
const REMOVALS: &str = "exists (select 1 from user_group_members m where m.user_id = u.id and m.group_id = $1) and \
    not (u.security_type = 'Directory' and lower(u.department) = lower($2) and u.active = 1)";

fn statement(condition: &str) -> String {
    format!("select {COLUMNS} from {TABLES} where {condition} order by u.id")
}

fn collect(rows: &[Row]) -> Result<Vec<Member>, Error> {
    rows.iter().map(read).collect()
}

/// What the last synchronisation of a group found, with the people's names.
pub(crate) async fn changes(database: &Database, group: &Group) -> Result<Changes, Error> {
    let Pending { additions, removals } = pending(group);
    let arguments = args![group.id, group.name.as_str()];
    let all = collect(&database.fetch(statement(ADDITIONS), arguments.clone()).await?)?;
    let gone = collect(&database.fetch(statement(REMOVALS), arguments).await?)?;
    Ok(Changes {
        additions: all.into_iter().filter(|member| additions.contains(&member.uuid)).collect(),
        removals: gone.into_iter().filter(|member| removals.contains(&member.uuid)).collect(),
    })
}

/// Compares a group with the directory. What differs waits to be merged, or is merged at once if the group wants so
/// and it is not more than the group allows.
pub(crate) async fn synchronize(tx: &mut Transaction, id: i64, now: Timestamp) -> Result<(), Error> {
    let Some(mut group) = find(tx, id, &Scope::Everything).await?.filter(Group::is_directory) else { return Ok(()) };
    let arguments = args![group.id, group.name.as_str()];
    let additions = collect(&tx.fetch(statement(ADDITIONS), arguments.clone()).await?)?;
    let removals = collect(&tx.fetch(statement(REMOVALS), arguments).await?)?;
    let most = group.details.get("MaxAllowableChanges").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let count = (additions.len() + removals.len()) as u64;
    let uuids = |members: &[Member]| members.iter().map(|member| member.uuid.to_string()).collect::<Vec<_>>();
    group.details.insert("Additions".to_owned(), json!(uuids(&additions)));
    group.details.insert("Removals".to_owned(), json!(uuids(&removals)));
    group.details.insert("SyncStatus".to_owned(), json!("Completed"));
    group.details.insert("MergeStatus".to_owned(), json!(if count == 0 { "Completed" } else { "Pending" }));
    group.details.insert("LastSyncedAt".to_owned(), json!(now.as_microsecond()));
    save(tx, &group, now).await?;
    if group.flag("AutoMergeEnabled") && count > 0 && count <= most {
        merge(tx, id, true, now).await?;
    } else if count > 0 {
        let message = format!("{count} changes of the user group '{}' wait to be merged.", group.name);
        notifications::tell(tx, group.owner, "User group changes", &message, now).await?;
    }
    Ok(())
}

/// Lets what the last synchronisation found happen; without `removals` nobody leaves.
pub(crate) async fn merge(tx: &mut Transaction, id: i64, removals: bool, now: Timestamp) -> Result<(), Error> {
    let Some(mut group) = find(tx, id, &Scope::Everything).await? else { return Ok(()) };
    let waiting = pending(&group);
    for uuid in waiting.additions {
        if let Some(user) = user(tx, uuid).await? {
            join(tx, id, user, now).await?;
        }
    }
    group.details.remove("Additions");
    if removals {
        for uuid in waiting.removals {
            if let Some(user) = user(tx, uuid).await? {
                leave(tx, id, user).await?;
            }
        }
        group.details.remove("Removals");
        group.details.remove("access_token");
        group.details.insert("MergeStatus".to_owned(), json!("Completed"));
    }
    save(tx, &group, now).await
}

/// A user may have gone since.
async fn user(tx: &mut Transaction, uuid: Uuid) -> Result<Option<UserId>, Error> {
    let row = tx.fetch_optional("select id from users where uuid = $1", args![uuid]).await?;
    row.map(|row| row.get("id").map(UserId)).transpose()
}
