//! Administrators and service accounts.

use serde_json::{Map, Value};

use super::{Desk, Done, Objection, missing, named};
use crate::authority::password::Passwords;
use crate::store::access::admins::{self, AccountKind, Admin, Grant, NewAdmin};
use crate::store::access::roles;

/// Shorter passwords are refused.
const SHORTEST: usize = 8;

/// What makes an account.
pub(crate) struct NewAccount<'a> {
    pub(crate) username: &'a str,
    /// `None` makes an account that signs in with a key or a certificate only.
    pub(crate) password: Option<&'a str>,
    pub(crate) kind: AccountKind,
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) group: i64,
    /// Roles with the groups that they hold in.
    pub(crate) grants: &'a [Grant],
    pub(crate) details: Map<String, Value>,
}

impl Desk<'_> {
    pub(crate) async fn accounts(&self) -> Done<Vec<Admin>> {
        let mut all = admins::all(self.database).await?;
        all.retain(|admin| self.scope.sees(admin.group));
        Ok(all)
    }

    pub(crate) async fn account(&self, id: i64) -> Done<Admin> {
        match admins::get(self.database, id).await? {
            Some(admin) if self.scope.sees(admin.group) => Ok(admin),
            _ => missing("Administrator", id),
        }
    }

    pub(crate) async fn account_named(&self, name: &str) -> Done<Admin> {
        let all = self.accounts().await?;
        let id = name.parse::<i64>().ok();
        let means = |admin: &Admin| admin.username.to_lowercase() == name.to_lowercase();
        let found = all.iter().find(|admin| means(admin)).or_else(|| all.iter().find(|admin| Some(admin.id) == id));
        found.cloned().map_or_else(|| missing("Administrator", name), Ok)
    }

    pub(crate) async fn add_account(&self, passwords: &Passwords, new: &NewAccount<'_>) -> Done<i64> {
        named("UserName", new.username)?;
        if new.username.contains(':') {
            return Err(Objection::Invalid("A user name holds no colon: Basic could not tell it apart.".to_owned()));
        }
        self.sees(new.group).await?;
        for grant in new.grants {
            self.may_grant(*grant).await?;
        }
        let password_hash = match new.password {
            Some(password) => passwords.hash(strong(password)?.to_owned()).await?,
            None => String::new(),
        };
        let mut tx = self.begin().await?;
        if admins::id_of(&mut tx, new.username).await?.is_some() {
            return Err(Objection::Conflict(format!("A user of the name '{}' exists already.", new.username)));
        }
        let row = NewAdmin {
            username: new.username,
            kind: new.kind,
            password_hash: &password_hash,
            first_name: new.first_name,
            last_name: new.last_name,
            email: new.email,
            group: new.group,
            details: &new.details,
            grants: new.grants,
            created_by: self.by,
        };
        let (id, _) = admins::add(&mut tx, &row, self.now).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Whether this desk may give a role in a group.
    async fn may_grant(&self, grant: Grant) -> Done<()> {
        self.sees(grant.group).await?;
        match roles::get(self.database, grant.role).await? {
            Some(role) if self.sees_role(&role) => self.may_give(&role.rights),
            _ => missing("Role", grant.role),
        }
    }

    /// Whether this desk may change an account or act as it: nobody gets at one that may more than they do.
    pub(super) async fn may_be(&self, admin: &Admin) -> Done<()> {
        for grant in &admin.grants {
            let rights = roles::get(self.database, grant.role).await?.map(|role| role.rights).unwrap_or_default();
            self.may_give(&rights)?;
            if !self.scope.sees(grant.group) {
                return Err(Objection::Forbidden("The account has roles outside your groups.".to_owned()));
            }
        }
        Ok(())
    }

    /// Writes what is known of the person.
    pub(crate) async fn change_account(&self, changed: &Admin) -> Done<()> {
        let before = self.account(changed.id).await?;
        self.may_be(&before).await?;
        named("UserName", &changed.username)?;
        self.sees(changed.group).await?;
        let mut tx = self.begin().await?;
        if admins::id_of(&mut tx, &changed.username).await?.is_some_and(|owner| owner != changed.id) {
            return Err(Objection::Conflict(format!("A user of the name '{}' exists already.", changed.username)));
        }
        admins::write(&mut tx, changed, self.now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn set_password(&self, passwords: &Passwords, id: i64, password: &str) -> Done<()> {
        let admin = self.account(id).await?;
        self.may_be(&admin).await?;
        let hash = passwords.hash(strong(password)?.to_owned()).await?;
        let mut tx = self.begin().await?;
        admins::set_password(&mut tx, id, &hash, self.now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn set_active(&self, id: i64, active: bool) -> Done<()> {
        let admin = self.account(id).await?;
        self.may_be(&admin).await?;
        let mut tx = self.begin().await?;
        admins::set_active(&mut tx, id, active, self.now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn unlock(&self, id: i64) -> Done<()> {
        self.account(id).await?;
        let mut tx = self.begin().await?;
        admins::set_lock(&mut tx, id, None).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn grant(&self, id: i64, grant: Grant) -> Done<()> {
        self.account(id).await?;
        self.may_grant(grant).await?;
        let mut tx = self.begin().await?;
        admins::grant(&mut tx, id, grant).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a role away; the role may be one that this desk could not give.
    pub(crate) async fn withdraw(&self, id: i64, grant: Grant) -> Done<()> {
        self.account(id).await?;
        self.sees(grant.group).await?;
        let mut tx = self.begin().await?;
        if !admins::revoke(&mut tx, id, grant).await? {
            return missing("Role", grant.role);
        }
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn remove_account(&self, id: i64) -> Done<()> {
        let admin = self.account(id).await?;
        self.may_be(&admin).await?;
        let mut tx = self.begin().await?;
        admins::remove(&mut tx, id, self.now).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn strong(password: &str) -> Done<&str> {
    if password.chars().count() < SHORTEST {
        return Err(Objection::Invalid(format!("A password has at least {SHORTEST} characters.")));
    }
    Ok(password)
}
