//! Everybody who may call, read from the tables at once and kept at hand, so that letting a request in asks
//! no database. A change of the tables makes a new book; whoever reads the old one goes on undisturbed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::network::Network;
use super::rights::Rights;
use crate::store::access::certificates::Issued;
use crate::store::access::keys::{AccountType, Key};
use crate::store::access::settings::ApiSettings;
use crate::store::access::{Identities, clients, log};
use crate::store::scope::Scope;

/// What the console's settings come to when no group sets them.
const TIMEOUT_SECONDS: u32 = 300;
const LOG_DAYS: u32 = 30;

/// A role in a part of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granted {
    pub(crate) rights: Arc<Rights>,
    pub(crate) scope: Scope,
}

/// Somebody who may call: an administrator, a service account or an OAuth client.
#[derive(Debug)]
pub(crate) struct Account {
    /// 0 for OAuth clients.
    pub(crate) id: i64,
    pub(crate) name: Arc<str>,
    pub(crate) group: i64,
    pub(crate) active: bool,
    pub(crate) password_hash: Arc<str>,
    pub(crate) grants: Arc<[Granted]>,
}

/// An API key that is not revoked.
#[derive(Debug)]
pub(crate) struct ApiKey {
    pub(crate) id: i64,
    pub(crate) service: Arc<str>,
    pub(crate) account_type: AccountType,
    pub(crate) group: i64,
    pub(crate) admin: Option<i64>,
    /// `None` restricts nothing.
    pub(crate) rights: Option<Arc<Rights>>,
    pub(crate) networks: Vec<Network>,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// An OAuth client that is not revoked.
#[derive(Debug)]
pub(crate) struct OauthClient {
    pub(crate) id: i64,
    pub(crate) secret_hash: String,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) account: Arc<Account>,
}

/// The console's settings as they hold for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Effective {
    pub(crate) enabled: bool,
    pub(crate) timeout_seconds: u32,
    /// The limit and the group that sets it: all below share it. `None` is the tenant's own.
    pub(crate) rate_limit: Option<(i64, u32)>,
    pub(crate) daily_quota: Option<(i64, u32)>,
    pub(crate) logging: bool,
    pub(crate) log_days: u32,
}

impl Effective {
    /// What holds when nobody sets anything.
    pub(crate) const DEFAULT: Self = Self {
        enabled: true,
        timeout_seconds: TIMEOUT_SECONDS,
        rate_limit: None,
        daily_quota: None,
        logging: true,
        log_days: LOG_DAYS,
    };
}

#[derive(Debug, Default)]
pub(crate) struct Book {
    parents: BTreeMap<i64, Option<i64>>,
    scopes: HashMap<i64, Scope>,
    accounts: HashMap<i64, Arc<Account>>,
    /// Ids by names in lower case.
    names: HashMap<String, i64>,
    /// By the hash of the secret, with the moment at which that secret ends.
    keys: HashMap<String, (Arc<ApiKey>, Option<Timestamp>)>,
    clients: HashMap<String, Arc<OauthClient>>,
    certificates: HashMap<String, Issued>,
    settings: HashMap<i64, Effective>,
    /// Locks that were there when the book was read.
    pub(crate) locks: Vec<(Arc<str>, Timestamp)>,
    /// How much of a day keys and clients had used: kind, id, day, count.
    pub(crate) uses: Vec<(log::UseOf, i64, i64, u64)>,
}

impl Book {
    pub(crate) fn new(identities: Identities) -> Self {
        let parents = identities.parents;
        let scopes: HashMap<i64, Scope> = parents.keys().map(|&group| (group, scope(&parents, group))).collect();
        let mut book = Self { parents, scopes, ..Self::default() };
        let roles: HashMap<i64, Arc<Rights>> = identities
            .roles
            .iter()
            .map(|role| {
                let rights = Rights::parse(&role.rights).unwrap_or_else(|word| {
                    // A role that cannot be read allows nothing.
                    tracing::error!(role = role.name, word, "a role names a right that there is not");
                    Rights::NONE
                });
                (role.id, Arc::new(rights))
            })
            .collect();
        let grant = |role: i64, group: i64| {
            let rights = Arc::clone(roles.get(&role)?);
            Some(Granted { rights, scope: book.scopes.get(&group)?.clone() })
        };
        let accounts: Vec<Arc<Account>> = identities
            .admins
            .iter()
            .map(|admin| {
                Arc::new(Account {
                    id: admin.id,
                    name: admin.username.as_str().into(),
                    group: admin.group,
                    active: admin.active,
                    password_hash: admin.password_hash.as_str().into(),
                    grants: admin.grants.iter().filter_map(|given| grant(given.role, given.group)).collect(),
                })
            })
            .collect();
        let clients: Vec<(String, Arc<OauthClient>)> = identities
            .clients
            .iter()
            .filter(|client| client.revoked_at.is_none())
            .map(|client| (client.client_id.clone(), Arc::new(oauth_client(client, grant(client.role, client.group)))))
            .collect();
        book.settings =
            book.parents.keys().map(|&group| (group, effective(&book.parents, &identities.settings, group))).collect();
        book.locks = identities
            .admins
            .iter()
            .filter_map(|admin| Some((admin.username.as_str().into(), admin.locked_until?)))
            .collect();
        let keys = identities.keys.iter().map(|key| (log::UseOf::Key, key.id, key.used_day, key.used_count));
        let uses = identities.clients.iter().map(|one| (log::UseOf::Client, one.id, one.used_day, one.used_count));
        book.uses = keys.chain(uses).collect();
        for account in accounts {
            book.names.insert(account.name.to_lowercase(), account.id);
            book.accounts.insert(account.id, account);
        }
        book.clients = clients.into_iter().collect();
        for key in identities.keys.iter().filter(|key| key.revoked_at.is_none()) {
            book.add_key(key);
        }
        book.certificates = identities
            .certificates
            .into_iter()
            .filter(|issued| issued.revoked_at.is_none())
            .map(|issued| (issued.fingerprint.clone(), issued))
            .collect();
        book
    }

    fn add_key(&mut self, key: &Key) {
        // What cannot be read admits nothing and nobody.
        let rights = (!key.rights.is_empty()).then(|| Arc::new(Rights::parse(&key.rights).unwrap_or(Rights::NONE)));
        let Ok(networks) = Network::parse_all(&key.networks) else { return };
        let known = Arc::new(ApiKey {
            id: key.id,
            service: key.service.as_str().into(),
            account_type: key.account_type,
            group: key.group,
            admin: key.admin,
            rights,
            networks,
            daily_quota: key.daily_quota,
            expires_at: key.expires_at,
        });
        if let Some((hash, until)) = &key.previous {
            self.keys.insert(hash.clone(), (Arc::clone(&known), Some(*until)));
        }
        self.keys.insert(key.hash.clone(), (known, None));
    }

    pub(crate) fn account(&self, id: i64) -> Option<&Arc<Account>> {
        self.accounts.get(&id)
    }

    pub(crate) fn account_named(&self, name: &str) -> Option<&Arc<Account>> {
        self.accounts.get(self.names.get(&name.to_lowercase())?)
    }

    /// The key with this hash, unless it is over.
    pub(crate) fn key(&self, hash: &str, now: Timestamp) -> Option<&Arc<ApiKey>> {
        let (key, until) = self.keys.get(hash)?;
        let over = |moment: &Timestamp| *moment <= now;
        (!until.as_ref().is_some_and(over) && !key.expires_at.as_ref().is_some_and(over)).then_some(key)
    }

    pub(crate) fn client(&self, client_id: &str) -> Option<&Arc<OauthClient>> {
        self.clients.get(client_id)
    }

    pub(crate) fn certificate(&self, fingerprint: &str) -> Option<&Issued> {
        self.certificates.get(fingerprint)
    }

    pub(crate) fn settings(&self, group: i64) -> Effective {
        self.settings.get(&group).copied().unwrap_or(Effective::DEFAULT)
    }

    /// How long the log of each group is kept, in days. Group 0 is that of callers whom nobody recognised.
    pub(crate) fn log_days(&self) -> impl Iterator<Item = (i64, u32)> {
        let groups = self.settings.iter().map(|(group, settings)| (*group, settings.log_days));
        groups.chain([(0, LOG_DAYS)])
    }

    /// Whether one of two groups is above the other, or they are the same.
    pub(crate) fn same_line(&self, one: i64, other: i64) -> bool {
        above(&self.parents, one).any(|group| group == other) || above(&self.parents, other).any(|group| group == one)
    }
}

fn oauth_client(client: &clients::Client, grant: Option<Granted>) -> OauthClient {
    OauthClient {
        id: client.id,
        secret_hash: client.secret_hash.clone(),
        daily_quota: client.daily_quota,
        account: Arc::new(Account {
            id: 0,
            name: client.client_id.as_str().into(),
            group: client.group,
            active: true,
            password_hash: Arc::from(""),
            grants: grant.into_iter().collect(),
        }),
    }
}

/// A group and all above it. (A parent that points back below would be a damaged tree; it ends the walk.)
fn above(parents: &BTreeMap<i64, Option<i64>>, group: i64) -> impl Iterator<Item = i64> {
    let up = std::iter::successors(Some(group), |group| parents.get(group).copied().flatten());
    up.take(parents.len() + 1)
}

fn scope(parents: &BTreeMap<i64, Option<i64>>, group: i64) -> Scope {
    let groups: BTreeSet<i64> =
        parents.keys().copied().filter(|&below| above(parents, below).any(|one| one == group)).collect();
    if groups.len() == parents.len() { Scope::Everything } else { Scope::Groups(Arc::new(groups)) }
}

fn effective(parents: &BTreeMap<i64, Option<i64>>, set: &BTreeMap<i64, ApiSettings>, group: i64) -> Effective {
    let mut found = Effective::DEFAULT;
    let nearest: Vec<(i64, &ApiSettings)> =
        above(parents, group).filter_map(|group| Some((group, set.get(&group)?))).collect();
    // From the top down, so that the nearest group has the last word.
    for &(group, settings) in nearest.iter().rev() {
        found.enabled = settings.enabled.unwrap_or(found.enabled);
        found.timeout_seconds = settings.timeout_seconds.unwrap_or(found.timeout_seconds);
        found.rate_limit = settings.rate_limit.map(|limit| (group, limit)).or(found.rate_limit);
        found.daily_quota = settings.daily_quota.map(|quota| (group, quota)).or(found.daily_quota);
        found.logging = settings.logging.unwrap_or(found.logging);
        found.log_days = settings.log_days.unwrap_or(found.log_days);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 ─ 2 ─ 3, 1 ─ 4, and 9 alone.
    fn tree() -> BTreeMap<i64, Option<i64>> {
        [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1)), (9, None)].into()
    }

    #[test]
    fn a_scope_is_a_group_and_what_is_below() {
        let groups = |ids: &[i64]| Scope::Groups(Arc::new(ids.iter().copied().collect()));
        assert_eq!(scope(&tree(), 2), groups(&[2, 3]));
        assert_eq!(scope(&tree(), 1), groups(&[1, 2, 3, 4]));
        assert_eq!(scope(&tree(), 9), groups(&[9]));
        let alone: BTreeMap<i64, Option<i64>> = [(1, None), (2, Some(1))].into();
        assert_eq!(scope(&alone, 1), Scope::Everything);
    }

    #[test]
    fn groups_are_in_line_upwards_and_downwards_but_not_sideways() {
        let book = Book::new(Identities { parents: tree(), ..Identities::default() });
        for (one, other, line) in [(1, 3, true), (3, 1, true), (2, 2, true), (2, 4, false), (3, 9, false)] {
            assert_eq!(book.same_line(one, other), line, "{one} {other}");
        }
    }

    #[test]
    fn settings_are_inherited_and_a_limit_is_shared_from_where_it_is_set() {
        let top = ApiSettings { rate_limit: Some(100), logging: Some(false), ..ApiSettings::default() };
        let middle = ApiSettings { enabled: Some(false), rate_limit: Some(10), ..ApiSettings::default() };
        let set = [(1, top), (2, middle)].into();
        let book = Book::new(Identities { parents: tree(), settings: set, ..Identities::default() });
        let (lowest, beside) = (book.settings(3), book.settings(4));
        assert_eq!((lowest.enabled, lowest.rate_limit, lowest.logging), (false, Some((2, 10)), false));
        assert_eq!((beside.enabled, beside.rate_limit, beside.timeout_seconds), (true, Some((1, 100)), 300));
        assert_eq!(book.settings(9), Effective::DEFAULT);
    }
}
