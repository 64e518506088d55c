//! What a name or a number on the command line stands for: an organization group, a profile, an app, a smart group, a
//! user group. Nothing is guessed: a name that fits none or several is an error.

use muster_client::Client;
use muster_model::apps::App;
use muster_model::ids::{OrganizationGroupId, RecordId, SmartGroupId, UserGroupId};
use muster_model::{organization_groups, profiles};

use crate::error::Error;
use crate::words::nearest;

/// The organization group of this id, group id or name.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Ambiguous`], or the tenant cannot be read.
pub async fn organization_group(client: &Client, name: &str) -> Result<(OrganizationGroupId, String), Error> {
    let groups = client.pages::<organization_groups::Search>((), Default::default()).collect().await;
    let groups = groups.map_err(Error::reading("searching organization groups"))?;
    let rows = groups.into_iter().map(|group| (group.id, group.name, group.group_id)).collect::<Vec<_>>();
    if let Some((id, named, _)) = rows.iter().find(|(_, _, group_id)| group_id.eq_ignore_ascii_case(name.trim())) {
        return Ok((*id, named.clone()));
    }
    one("organization group", name, rows.into_iter().map(|(id, named, _)| (id.0, named)))
        .map(|(id, named)| (OrganizationGroupId(id), named))
}

/// The profile of this id or name.
///
/// # Errors
/// As [`organization_group`].
pub async fn profile(client: &Client, name: &str) -> Result<(RecordId, String), Error> {
    let found = client.pages::<profiles::Search>((), Default::default()).collect().await;
    let found = found.map_err(Error::reading("searching profiles"))?;
    let rows = found.into_iter().filter_map(|row| Some((row.profile_id?, row.profile_name.unwrap_or_default())));
    one("profile", name, rows).map(|(id, named)| (RecordId(id), named))
}

/// The app of this id or name.
///
/// # Errors
/// As [`organization_group`].
pub async fn app(client: &Client, name: &str) -> Result<App, Error> {
    let apps = client.apps(None).await.map_err(Error::reading("searching apps"))?;
    let rows = apps.iter().map(|app| (app.id.0.0, app.application_name.clone()));
    let (id, _) = one("app", name, rows)?;
    let missing = || Error::NotFound { what: "app", name: name.to_owned(), suggestion: None };
    apps.into_iter().find(|app| app.id.0.0 == id).ok_or_else(missing)
}

/// The smart group of this id or name.
///
/// # Errors
/// As [`organization_group`].
pub async fn smart_group(client: &Client, name: &str) -> Result<(SmartGroupId, String), Error> {
    let groups = client.smart_groups(None).await.map_err(Error::reading("searching smart groups"))?;
    one("smart group", name, groups.into_iter().map(|group| (group.id.0, group.name)))
        .map(|(id, named)| (SmartGroupId(id), named))
}

/// The user group of this id or name.
///
/// # Errors
/// As [`organization_group`].
pub async fn user_group(client: &Client, name: &str) -> Result<(UserGroupId, String), Error> {
    let groups = client.user_groups(None).await.map_err(Error::reading("searching user groups"))?;
    one("user group", name, groups.into_iter().map(|group| (group.id.0, group.name)))
        .map(|(id, named)| (UserGroupId(id), named))
}

fn one(what: &'static str, name: &str, rows: impl Iterator<Item = (i64, String)>) -> Result<(i64, String), Error> {
    let name = name.trim();
    let rows: Vec<(i64, String)> = rows.collect();
    let exact: Vec<&(i64, String)> = rows.iter().filter(|(_, named)| named == name).collect();
    let folded = || rows.iter().filter(|(_, named)| named.to_lowercase() == name.to_lowercase()).collect();
    let found: Vec<&(i64, String)> = if exact.is_empty() { folded() } else { exact };
    match found.as_slice() {
        [one] => return Ok((*one).clone()),
        [] => {}
        several => {
            let candidates = several.iter().map(|(id, named)| format!("{named} (id {id})")).collect();
            return Err(Error::Ambiguous { what, name: name.to_owned(), candidates });
        }
    }
    if let Some(row) = name.parse().ok().and_then(|id: i64| rows.iter().find(|(known, _)| *known == id)) {
        return Ok(row.clone());
    }
    let suggestion = nearest(name, rows.iter().map(|(_, named)| named.as_str())).map(str::to_owned);
    Err(Error::NotFound { what, name: name.to_owned(), suggestion })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_row_or_for_none() {
        let rows = || [(7, "Sales"), (8, "sales"), (9, "Ops"), (10, "7")].map(|(id, name)| (id, name.to_owned()));
        let find = |name: &str| one("group", name, rows().into_iter());
        assert_eq!(find("Sales").expect("exact").0, 7);
        assert_eq!(find("ops").expect("in any case").0, 9);
        assert_eq!(find("8").expect("by its id").0, 8);
        assert_eq!(find("7").expect("a name comes before an id").0, 10);
        assert!(matches!(find("SALES"), Err(Error::Ambiguous { .. })));
        assert!(matches!(find("Oops"), Err(Error::NotFound { .. })));
    }
}
