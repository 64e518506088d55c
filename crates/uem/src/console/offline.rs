//! The console of a tenant that is stopped: on its folder or database itself, with every right.
//!
//! Rows come as JSON objects with names in snake_case, as the command line prints them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use muster_store::{Clock, Database, FolderLock, Options};
use serde_json::{Map, Value, json};

use super::{Desk, Done, NewAccount, NewApiKey, NewOauthClient, Objection};
use crate::authority::ca::{Authority, KeyKind};
use crate::authority::password::Passwords;
use crate::authority::rights::Rights;
use crate::authority::roles::BUILT_IN;
use crate::secret;
use crate::settings::Data;
use crate::store;
use crate::store::access::admins::{AccountKind, Admin, Grant};
use crate::store::access::keys::AccountType;
use crate::store::access::log::{self, Wanted};
use crate::store::access::roles::{NewRole, Role};
use crate::store::access::settings::ApiSettings;
use crate::store::page::Page;
use crate::store::scope::Scope;

/// What the things that it makes name as their maker.
const BY: &str = "command line";

/// A stopped tenant, opened to administer it.
pub struct Console {
    database: Database,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    authority: Authority,
    rights: Rights,
    /// Kept until the database is closed.
    _lock: Option<FolderLock>,
}

/// What an account is to be. Groups and roles are named by id, UUID or name.
#[derive(Debug, Clone, Default)]
pub struct AccountWish {
    pub username: String,
    /// Without one, one is made and answered.
    pub password: Option<String>,
    /// Otherwise a service account.
    pub administrator: bool,
    pub role: String,
    /// Without one, the topmost.
    pub group: Option<String>,
}

/// What an API key is to be.
#[derive(Debug, Clone, Default)]
pub struct KeyWish {
    pub service: String,
    pub group: Option<String>,
    pub for_enrollment_users: bool,
    /// The account that the key signs in by itself.
    pub account: Option<String>,
    pub rights: Vec<String>,
    pub networks: Vec<String>,
    pub daily_quota: Option<u64>,
    pub expires_at: Option<Timestamp>,
}

/// What an OAuth client is to be.
#[derive(Debug, Clone, Default)]
pub struct ClientWish {
    pub name: String,
    pub role: String,
    pub group: Option<String>,
    pub daily_quota: Option<u64>,
}

/// The API's settings of a group; `None` inherits.
#[derive(Debug, Clone, Copy, Default)]
pub struct SettingsWish {
    pub enabled: Option<bool>,
    pub timeout_seconds: Option<u32>,
    pub rate_limit: Option<u32>,
    pub daily_quota: Option<u32>,
    pub logging: Option<bool>,
    pub log_days: Option<u32>,
}

/// What of the log is wanted; `None` matches everything.
#[derive(Debug, Clone, Default)]
pub struct LogWish {
    pub caller: Option<String>,
    pub operation: Option<String>,
    pub status: Option<u16>,
    pub since: Option<Timestamp>,
    /// Newest first.
    pub limit: u32,
}

/// A new client certificate. The key is kept nowhere else.
#[derive(Clone)]
pub struct CertificateFiles {
    pub serial: String,
    pub certificate_pem: String,
    pub private_key_pem: String,
    pub authority_pem: String,
    /// Key and certificates in one file, if a password was given for it.
    pub pkcs12: Option<Vec<u8>>,
}

impl Console {
    /// Opens a tenant that was started before and is stopped now.
    ///
    /// # Errors
    /// [`crate::Error`], of kind `Locked` while a process serves the folder; [`Objection::NotFound`] if there is no tenant.
    pub async fn open(data: &Data, clock: Arc<dyn Clock>) -> Result<Self, Objection> {
        let nothing = || Objection::NotFound("There is no UEM: `muster uem serve` makes one.".to_owned());
        let folder = data.folder();
        // Opening a file of SQLite would make one.
        let own = matches!(data, Data::Folder(_));
        if folder.is_some_and(|folder| !folder.exists() || own && !folder.join("tenant.db").exists()) {
            return Err(nothing());
        }
        let lock = folder.map(FolderLock::acquire).transpose()?;
        let database = Database::open(&data.address(), Options::default()).await?;
        store::migrate(&database).await?;
        if !store::tenant::is_there(&database).await? {
            return Err(nothing());
        }
        let now = clock.now();
        let built_in = BUILT_IN.iter().map(|role| (role.id, role.name, role.description, role.rights.to_owned()));
        let mut tx = store::begin(&database).await?;
        store::access::roles::keep_built_in(&mut tx, built_in, now).await?;
        tx.commit().await?;
        let authority = Authority::open(&database, now).await?;
        let rights = Rights::EVERYTHING;
        Ok(Self { database, clock, passwords: Passwords::new()?, authority, rights, _lock: lock })
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            database: &self.database,
            now: self.clock.now(),
            by: BY,
            scope: &Scope::Everything,
            rights: &self.rights,
        }
    }

    async fn group(&self, named: Option<&str>) -> Done<i64> {
        match named {
            Some(text) => self.desk().group(text).await,
            None => Ok(store::tenant::root(&self.database).await?.0),
        }
    }

    /// Closes the database.
    pub async fn close(self) {
        self.database.close().await;
    }

    /// # Errors
    /// [`Objection`], as of everything below.
    pub async fn accounts(&self) -> Result<Vec<Value>, Objection> {
        let (accounts, roles) = (self.desk().accounts().await?, self.desk().roles().await?);
        Ok(accounts.iter().map(|account| account_row(account, &roles)).collect())
    }

    /// Makes an account. Answers it, with its password if that was made too.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn add_account(&self, wish: &AccountWish) -> Result<Value, Objection> {
        let (desk, group) = (self.desk(), self.group(wish.group.as_deref()).await?);
        let role = desk.role(&wish.role).await?;
        let made = secret::random()?;
        let new = NewAccount {
            username: &wish.username,
            password: Some(wish.password.as_deref().unwrap_or(&made)),
            kind: if wish.administrator { AccountKind::Administrator } else { AccountKind::ServiceAccount },
            first_name: "",
            last_name: "",
            email: "",
            group,
            grants: &[Grant { role: role.id, group }],
            details: Map::new(),
        };
        let id = desk.add_account(&self.passwords, &new).await?;
        let mut row = account_row(&desk.account(id).await?, &desk.roles().await?);
        if wish.password.is_none() {
            row["password"] = made.into();
        }
        Ok(row)
    }

    /// Sets a password, or makes one. Answers the one that was made.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn set_password(&self, account: &str, password: Option<&str>) -> Result<Option<String>, Objection> {
        let id = self.desk().account_named(account).await?.id;
        let made = secret::random()?;
        self.desk().set_password(&self.passwords, id, password.unwrap_or(&made)).await?;
        Ok(password.is_none().then_some(made))
    }

    /// Enables or disables an account.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn set_active(&self, account: &str, active: bool) -> Result<(), Objection> {
        let id = self.desk().account_named(account).await?.id;
        self.desk().set_active(id, active).await
    }

    /// Ends the lock that wrong passwords brought.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn unlock(&self, account: &str) -> Result<(), Objection> {
        let id = self.desk().account_named(account).await?.id;
        self.desk().unlock(id).await
    }

    /// # Errors
    /// [`Objection`].
    pub async fn remove_account(&self, account: &str) -> Result<(), Objection> {
        let id = self.desk().account_named(account).await?.id;
        self.desk().remove_account(id).await
    }

    /// Gives a role in a group (or takes it away), or in the account's own.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn set_role(&self, account: &str, role: &str, group: Option<&str>, has: bool) -> Result<(), Objection> {
        let desk = self.desk();
        let (account, role) = (desk.account_named(account).await?, desk.role(role).await?.id);
        let group = match group {
            Some(group) => desk.group(group).await?,
            None => account.group,
        };
        let grant = Grant { role, group };
        if has { desk.grant(account.id, grant).await } else { desk.withdraw(account.id, grant).await }
    }

    /// # Errors
    /// [`Objection`].
    pub async fn roles(&self) -> Result<Vec<Value>, Objection> {
        Ok(self.desk().roles().await?.iter().map(role_row).collect())
    }

    /// # Errors
    /// [`Objection`].
    pub async fn add_role(
        &self,
        name: &str,
        description: &str,
        rights: &[String],
        group: Option<&str>,
    ) -> Result<Value, Objection> {
        let (group, rights) = (self.group(group).await?, rights.join(" "));
        Ok(role_row(&self.desk().add_role(&NewRole { name, description, group, rights: &rights }).await?))
    }

    /// # Errors
    /// [`Objection`].
    pub async fn remove_role(&self, role: &str) -> Result<(), Objection> {
        let id = self.desk().role(role).await?.id;
        self.desk().remove_role(id).await
    }

    /// # Errors
    /// [`Objection`].
    pub async fn keys(&self) -> Result<Vec<Value>, Objection> {
        let today = self.clock.now().as_second().div_euclid(24 * 60 * 60);
        let row = |key: &store::access::keys::Key| {
            json!({
                "id": key.id, "service": key.service, "account_type": key.account_type.as_str(),
                "organization_group_id": key.group, "account_id": key.admin, "permissions": key.rights,
                "networks": key.networks, "daily_quota": key.daily_quota,
                "used_today": if key.used_day == today { key.used_count } else { 0 },
                "last_used_at": key.last_used_at, "expires_at": key.expires_at, "revoked_at": key.revoked_at,
                "rotated_until": key.previous.as_ref().map(|(_, until)| until), "created_by": key.created_by,
                "created_at": key.created_at,
            })
        };
        Ok(self.desk().keys().await?.iter().map(row).collect())
    }

    /// Makes a key. Answers its id and its text, which nobody can read again.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn add_key(&self, wish: &KeyWish) -> Result<(i64, String), Objection> {
        let (desk, group) = (self.desk(), self.group(wish.group.as_deref()).await?);
        let admin = match &wish.account {
            Some(account) => Some(desk.account_named(account).await?.id),
            None => None,
        };
        let (rights, networks) = (wish.rights.join(" "), wish.networks.join(" "));
        let new = NewApiKey {
            service: &wish.service,
            account_type: if wish.for_enrollment_users { AccountType::EnrollmentUser } else { AccountType::Admin },
            group,
            admin,
            rights: &rights,
            networks: &networks,
            daily_quota: wish.daily_quota,
            expires_at: wish.expires_at,
        };
        let (key, text) = desk.add_key(&new).await?;
        Ok((key.id, text))
    }

    /// A new text for a key; the old one opens for a while beside it.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn rotate_key(&self, id: i64, overlap: SignedDuration) -> Result<String, Objection> {
        Ok(self.desk().rotate_key(id, overlap).await?.1)
    }

    /// # Errors
    /// [`Objection`].
    pub async fn revoke_key(&self, id: i64) -> Result<(), Objection> {
        self.desk().revoke_key(id).await
    }

    /// # Errors
    /// [`Objection`].
    pub async fn clients(&self) -> Result<Vec<Value>, Objection> {
        let row = |client: &store::access::clients::Client| {
            json!({
                "id": client.id, "client_id": client.client_id, "name": client.name,
                "organization_group_id": client.group, "role_id": client.role, "daily_quota": client.daily_quota,
                "last_used_at": client.last_used_at, "revoked_at": client.revoked_at,
                "created_by": client.created_by, "created_at": client.created_at,
            })
        };
        Ok(self.desk().clients().await?.iter().map(row).collect())
    }

    /// Makes a client. Answers its client id and its secret, which nobody can read again.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn add_client(&self, wish: &ClientWish) -> Result<(String, String), Objection> {
        let group = self.group(wish.group.as_deref()).await?;
        let new = NewOauthClient { name: &wish.name, group, role: &wish.role, daily_quota: wish.daily_quota };
        let (client, secret) = self.desk().add_client(&new).await?;
        Ok((client.client_id, secret))
    }

    /// # Errors
    /// [`Objection`].
    pub async fn revoke_client(&self, client: &str) -> Result<(), Objection> {
        self.desk().revoke_client(client).await
    }

    /// # Errors
    /// [`Objection`].
    pub async fn certificates(&self) -> Result<Vec<Value>, Objection> {
        let row = |issued: &store::access::certificates::Issued| {
            json!({
                "serial": issued.serial, "account_id": issued.admin, "subject": issued.subject,
                "fingerprint": issued.fingerprint, "issued_at": issued.issued_at, "expires_at": issued.expires_at,
                "revoked_at": issued.revoked_at, "created_by": issued.created_by,
            })
        };
        Ok(self.desk().certificates().await?.iter().map(row).collect())
    }

    /// Issues a certificate with which an account signs in; RSA, or P-256 on wish.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn issue_certificate(
        &self,
        account: &str,
        days: u32,
        p256: bool,
        pkcs12_password: Option<&str>,
    ) -> Result<CertificateFiles, Objection> {
        let id = self.desk().account_named(account).await?.id;
        let kind = if p256 { KeyKind::P256 } else { KeyKind::Rsa2048 };
        let new = self.desk().issue_certificate(&self.authority, id, kind, days).await?;
        let pkcs12 = pkcs12_password.map(|password| new.pkcs12(password)).transpose()?;
        Ok(CertificateFiles {
            serial: new.issued.serial.clone(),
            certificate_pem: new.certificate_pem.clone(),
            private_key_pem: new.private_key_pem.clone(),
            authority_pem: self.authority.pem().to_owned(),
            pkcs12,
        })
    }

    /// # Errors
    /// [`Objection`].
    pub async fn revoke_certificate(&self, serial: &str) -> Result<(), Objection> {
        self.desk().revoke_certificate(serial).await
    }

    /// The certificate of the tenant's authority, for clients that have to trust it.
    pub fn authority(&self) -> &str {
        self.authority.pem()
    }

    /// What a group sets about the API; `null` is inherited.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn settings(&self, group: Option<&str>) -> Result<Value, Objection> {
        let group = self.group(group).await?;
        let own = self.desk().settings(group).await?;
        Ok(json!({
            "organization_group_id": group, "enabled": own.enabled, "timeout_seconds": own.timeout_seconds,
            "rate_limit": own.rate_limit, "daily_quota": own.daily_quota, "logging": own.logging,
            "log_days": own.log_days,
        }))
    }

    /// Changes what `wish` names; `inherit` forgets everything else that the group set.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn set_settings(&self, group: Option<&str>, wish: SettingsWish, inherit: bool) -> Result<(), Objection> {
        let group = self.group(group).await?;
        let own = if inherit { ApiSettings::default() } else { self.desk().settings(group).await? };
        let new = ApiSettings {
            enabled: wish.enabled.or(own.enabled),
            timeout_seconds: wish.timeout_seconds.or(own.timeout_seconds),
            rate_limit: wish.rate_limit.or(own.rate_limit),
            daily_quota: wish.daily_quota.or(own.daily_quota),
            logging: wish.logging.or(own.logging),
            log_days: wish.log_days.or(own.log_days),
        };
        self.desk().set_settings(group, &new).await
    }

    /// Entries of the log, newest first.
    ///
    /// # Errors
    /// [`Objection`].
    pub async fn log(&self, wish: &LogWish) -> Result<Vec<Value>, Objection> {
        let wanted = Wanted {
            caller: wish.caller.as_deref(),
            operation: wish.operation.as_deref(),
            status: wish.status,
            since: wish.since,
            ..Wanted::default()
        };
        let (entries, _) = log::search(&self.database, &wanted, Page { number: 0, size: wish.limit }).await?;
        let row = |entry: &log::Entry| {
            json!({
                "at": entry.at, "caller": entry.caller, "credential": entry.credential, "address": entry.address,
                "method": entry.method, "path": entry.path, "operation": entry.operation, "object": entry.object,
                "status": entry.status, "duration_us": entry.duration_us, "correlation_id": entry.correlation,
                "organization_group_id": entry.group,
            })
        };
        Ok(entries.iter().map(row).collect())
    }
}

impl std::fmt::Debug for CertificateFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateFiles").field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").finish_non_exhaustive()
    }
}

fn account_row(account: &Admin, roles: &[Role]) -> Value {
    let named = |grant: &Grant| {
        let name = roles.iter().find(|role| role.id == grant.role).map_or("?", |role| role.name.as_str());
        format!("{name} in {}", grant.group)
    };
    json!({
        "id": account.id, "username": account.username, "kind": account.kind.as_str(),
        "organization_group_id": account.group, "active": account.active, "locked_until": account.locked_until,
        "roles": account.grants.iter().map(named).collect::<Vec<_>>(), "created_at": account.created_at,
    })
}

fn role_row(role: &Role) -> Value {
    json!({
        "id": role.id, "name": role.name, "description": role.description, "built_in": role.built_in,
        "organization_group_id": role.group, "rights": role.rights,
    })
}
