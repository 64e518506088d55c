//! Who may call, and what: administrators and service accounts, roles, API keys, OAuth clients, certificates,
//! and the console's settings of an organization group. Secrets are here as hashes only.

pub(crate) mod admins;
pub(crate) mod certificates;
pub(crate) mod clients;
pub(crate) mod first;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod roles;
pub(crate) mod settings;
pub(crate) mod signing;

use std::collections::BTreeMap;

use muster_store::{Database, Error, args};

/// Everything that decides about a request, read at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identities {
    /// The group above each organization group.
    pub(crate) parents: BTreeMap<i64, Option<i64>>,
    pub(crate) roles: Vec<roles::Role>,
    pub(crate) admins: Vec<admins::Admin>,
    pub(crate) keys: Vec<keys::Key>,
    pub(crate) clients: Vec<clients::Client>,
    pub(crate) certificates: Vec<certificates::Issued>,
    pub(crate) settings: BTreeMap<i64, settings::ApiSettings>,
}

pub(crate) async fn load(database: &Database) -> Result<Identities, Error> {
    let groups = database.fetch("select id, parent_id from organization_groups", args![]).await?;
    let parents = groups.iter().map(|row| Ok((row.get("id")?, row.get("parent_id")?)));
    Ok(Identities {
        parents: parents.collect::<Result<_, Error>>()?,
        roles: roles::all(database).await?,
        admins: admins::all(database).await?,
        keys: keys::all(database).await?,
        clients: clients::all(database).await?,
        certificates: certificates::all(database).await?,
        settings: settings::all(database).await?,
    })
}
