//! What an administrator of the tenant does beside its devices: accounts, roles, keys, clients, certificates and
//! settings of the API. The API and the command line both do it through here, so both check the same.
//!
//! A [`Desk`] is somebody at work: nothing outside their part of the tree exists for them, and nobody gives away
//! a right that they do not have.

mod accounts;
mod certificates;
mod clients;
mod keys;
mod offline;
mod roles;
mod settings;

use jiff::Timestamp;
use muster_store::{Database, args};

pub(crate) use accounts::NewAccount;
pub(crate) use clients::NewOauthClient;
pub(crate) use keys::NewApiKey;
pub use offline::{AccountWish, CertificateFiles, ClientWish, Console, KeyWish, LogWish, SettingsWish};

use crate::authority::rights::Rights;
use crate::store::access::roles as stored;
use crate::store::organization_groups;
use crate::store::scope::Scope;

/// Somebody at work.
pub(crate) struct Desk<'a> {
    pub(crate) database: &'a Database,
    pub(crate) now: Timestamp,
    /// As what they make names them.
    pub(crate) by: &'a str,
    pub(crate) scope: &'a Scope,
    pub(crate) rights: &'a Rights,
}

/// Why the console does not do something.
#[derive(Debug, thiserror::Error)]
pub enum Objection {
    /// There is none, or none that this desk sees.
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Invalid(String),
    /// The name is taken, or the thing is in use.
    #[error("{0}")]
    Conflict(String),
    /// It would give more than this desk has.
    #[error("{0}")]
    Forbidden(String),
    #[error(transparent)]
    Failed(#[from] crate::error::Error),
}

impl From<muster_store::Error> for Objection {
    fn from(error: muster_store::Error) -> Self {
        Self::Failed(error.into())
    }
}

type Done<T> = Result<T, Objection>;

fn missing<T>(what: &str, name: impl std::fmt::Display) -> Done<T> {
    Err(Objection::NotFound(format!("{what} {name} is not found or not accessible.")))
}

impl Desk<'_> {
    /// The group that a text means, by id, UUID or group id.
    pub(crate) async fn group(&self, text: &str) -> Done<i64> {
        let sql = "select id from organization_groups where lower(group_id) = lower($1) or uuid = $2 or id = $3";
        let id = text.parse::<i64>().unwrap_or(-1);
        let row = self.database.fetch_optional(sql, args![text, text.to_lowercase(), id]).await?;
        match row.map(|row| row.get::<i64>("id")).transpose()? {
            Some(id) if self.scope.sees(id) => Ok(id),
            _ => missing("Organization group", text),
        }
    }

    /// The role that a text means, by id, UUID or name; it must be one that this desk may give.
    pub(crate) async fn role(&self, text: &str) -> Done<stored::Role> {
        let roles = stored::all(self.database).await?;
        let id = text.parse::<i64>().ok();
        let means = |role: &&stored::Role| {
            let named = role.name.eq_ignore_ascii_case(text) || role.uuid.to_string().eq_ignore_ascii_case(text);
            (named || Some(role.id) == id) && self.sees_role(role)
        };
        match roles.iter().find(means) {
            Some(role) => Ok(role.clone()),
            None => missing("Role", text),
        }
    }

    fn sees_role(&self, role: &stored::Role) -> bool {
        role.built_in || self.scope.sees(role.group)
    }

    /// Refuses to give rights that this desk does not have.
    fn may_give(&self, rights: &str) -> Done<()> {
        let given = Rights::parse(rights).map_err(|word| Objection::Invalid(format!("There is no right '{word}'.")))?;
        if self.rights.cover(&given) {
            return Ok(());
        }
        Err(Objection::Forbidden("Nobody can give rights that they do not have.".to_owned()))
    }

    /// Refuses a group that there is not, or that this desk does not see.
    async fn sees(&self, group: i64) -> Done<()> {
        let seen = self.scope.sees(group) && organization_groups::exists(self.database, group).await?;
        if seen { Ok(()) } else { missing("Organization group", group) }
    }

    async fn begin(&self) -> Done<muster_store::Transaction> {
        Ok(crate::store::begin(self.database).await?)
    }
}

/// A name that is not blank.
fn named(what: &str, name: &str) -> Done<()> {
    if name.trim().is_empty() { Err(Objection::Invalid(format!("The {what} field is required."))) } else { Ok(()) }
}
