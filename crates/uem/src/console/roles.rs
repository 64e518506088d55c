//! Roles of a tenant's own; the built-in ones can only be read and given.

use super::{Desk, Done, Objection, missing, named};
use crate::store::access::roles::{self, NewRole, Role};

impl Desk<'_> {
    pub(crate) async fn roles(&self) -> Done<Vec<Role>> {
        let mut all = roles::all(self.database).await?;
        all.retain(|role| self.sees_role(role));
        Ok(all)
    }

    pub(crate) async fn add_role(&self, new: &NewRole<'_>) -> Done<Role> {
        named("Name", new.name)?;
        self.sees(new.group).await?;
        self.may_give(new.rights)?;
        let mut tx = self.begin().await?;
        let Some(role) = roles::add(&mut tx, new, self.now).await? else {
            return Err(Objection::Conflict(format!("A role of the name '{}' exists already.", new.name)));
        };
        tx.commit().await?;
        Ok(role)
    }

    pub(crate) async fn change_role(&self, id: i64, new: &NewRole<'_>) -> Done<()> {
        let role = self.own_role(id).await?;
        named("Name", new.name)?;
        // Neither what it allows now nor what it will allow may be more than this desk has.
        self.may_give(&role.rights)?;
        self.may_give(new.rights)?;
        let all = roles::all(self.database).await?;
        let same = |other: &&Role| other.id != id && other.name.to_lowercase() == new.name.to_lowercase();
        if all.iter().filter(same).any(|other| other.built_in || other.group == role.group) {
            return Err(Objection::Conflict(format!("A role of the name '{}' exists already.", new.name)));
        }
        let mut tx = self.begin().await?;
        roles::write(&mut tx, id, new, self.now).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn remove_role(&self, id: i64) -> Done<()> {
        let role = self.own_role(id).await?;
        let mut tx = self.begin().await?;
        if !roles::remove(&mut tx, id).await? {
            return Err(Objection::Conflict(format!("The role '{}' is in use.", role.name)));
        }
        tx.commit().await?;
        Ok(())
    }

    async fn own_role(&self, id: i64) -> Done<Role> {
        match roles::get(self.database, id).await? {
            Some(role) if role.built_in => {
                Err(Objection::Invalid(format!("The role '{}' is built in and stays as it is.", role.name)))
            }
            Some(role) if self.scope.sees(role.group) => Ok(role),
            _ => missing("Role", id),
        }
    }
}
