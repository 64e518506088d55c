//! Reads what the tenant knows of the users and groups that a table names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use muster_client::UserGroup;
use muster_model::ids::UserGroupId;
use muster_model::users::User;

use super::table::Table;
use crate::error::Error;
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::words::nearest;
use crate::workflow::Watch;

/// From this many rows (or group names) on, all users (or groups) are read, a page at a time.
const READ_ALL: usize = 50;

/// What a provisioning is decided by. Names are keys in lower case.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Users of the table that exist.
    pub users: HashMap<String, User>,
    /// Groups of the table, by the name it gives them.
    pub groups: BTreeMap<String, Found>,
    /// User names of the members of each group that an existing user is to be in.
    pub members: HashMap<UserGroupId, HashSet<String>>,
}

/// What a group's name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    One(UserGroup),
    /// No group has this name; perhaps another one was meant.
    Missing {
        suggestion: Option<String>,
    },
    Several(Vec<UserGroupId>),
}

/// Reads users, groups, and memberships, as far as the table names them.
///
/// # Errors
/// The tenant cannot be read.
pub async fn observe(inventory: &dyn Inventory, table: &Table, watch: &dyn Watch) -> Result<Facts, Error> {
    let users = users(inventory, table, watch).await?;
    let names: BTreeSet<&str> = table.rows.iter().flat_map(|row| &row.groups).map(String::as_str).collect();
    let groups = groups(inventory, &names, watch).await?;

    // Only a user who exists can be a member already.
    let existing = table.rows.iter().filter(|row| users.contains_key(&row.username.to_lowercase()));
    let asked: BTreeSet<&str> = existing.flat_map(|row| &row.groups).map(String::as_str).collect();
    let ids = asked.into_iter().filter_map(|name| match groups.get(name) {
        Some(Found::One(group)) => Some(group.id),
        _ => None,
    });
    let members =
        gather("members of groups", watch, ids.collect::<BTreeSet<_>>().into_iter().collect(), |id| async move {
            let names = inventory.user_group_members(id).await?;
            Ok((id, names.into_iter().map(|name| name.to_lowercase()).collect()))
        });
    let members = members.await?.into_iter().collect();
    Ok(Facts { users, groups, members })
}

async fn users(inventory: &dyn Inventory, table: &Table, watch: &dyn Watch) -> Result<HashMap<String, User>, Error> {
    let found = if table.rows.len() > READ_ALL {
        let all = inventory.users(None).await?;
        watch.reading("users", all.len(), all.len());
        let named: HashSet<String> = table.rows.iter().map(|row| row.username.to_lowercase()).collect();
        all.into_iter().filter(|user| named.contains(&user.user_name.to_lowercase())).collect()
    } else {
        let names: Vec<&str> = table.rows.iter().map(|row| row.username.as_str()).collect();
        let found = gather("users", watch, names, |name| inventory.user_by_name(name)).await?;
        found.into_iter().flatten().collect::<Vec<User>>()
    };
    Ok(found.into_iter().map(|user| (user.user_name.to_lowercase(), user)).collect())
}

async fn groups(
    inventory: &dyn Inventory,
    names: &BTreeSet<&str>,
    watch: &dyn Watch,
) -> Result<BTreeMap<String, Found>, Error> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut known: Vec<UserGroup> = if names.len() > READ_ALL {
        inventory.user_groups(None).await?
    } else {
        let names = names.iter().copied().collect();
        let found = gather("user groups", watch, names, |name| inventory.user_groups(Some(name))).await?;
        found.into_iter().flatten().collect()
    };
    known.sort_by_key(|group| group.id);
    known.dedup_by_key(|group| group.id);
    let missing = |name: &&str| matches!(lookup(name, &known), Found::Missing { .. });
    if names.len() <= READ_ALL && names.iter().any(missing) {
        // Only for the suggestion: what was asked for did not even contain the name.
        known = inventory.user_groups(None).await?;
    }
    Ok(names.iter().map(|name| ((*name).to_owned(), lookup(name, &known))).collect())
}

/// The group of exactly this name; one that differs only in case will do if there is no other.
fn lookup(name: &str, known: &[UserGroup]) -> Found {
    let exact: Vec<&UserGroup> = known.iter().filter(|group| group.name == name).collect();
    let folded = || known.iter().filter(|group| group.name.to_lowercase() == name.to_lowercase()).collect();
    let hits: Vec<&UserGroup> = if exact.is_empty() { folded() } else { exact };
    match hits.as_slice() {
        [] => Found::Missing {
            suggestion: nearest(name, known.iter().map(|group| group.name.as_str())).map(str::to_owned),
        },
        [group] => Found::One((*group).clone()),
        several => Found::Several(several.iter().map(|group| group.id).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_known_by_its_exact_name() {
        let group = |id, name: &str| UserGroup { id: UserGroupId(id), name: name.to_owned(), user_count: 0 };
        let known =
            [group(1, "IT Admins"), group(2, "it admins"), group(3, "HR Team"), group(4, "Twin"), group(5, "Twin")];
        assert_eq!(lookup("IT Admins", &known), Found::One(group(1, "IT Admins")));
        assert_eq!(lookup("hr team", &known), Found::One(group(3, "HR Team")));
        assert_eq!(lookup("Twin", &known), Found::Several(vec![UserGroupId(4), UserGroupId(5)]));
        assert_eq!(lookup("HR Taem", &known), Found::Missing { suggestion: Some("HR Team".to_owned()) });
        assert_eq!(lookup("Finance", &known), Found::Missing { suggestion: None });
    }
}
