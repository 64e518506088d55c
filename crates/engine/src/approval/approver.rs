//! Who may approve: public keys with roles. Each was vouched for by one who was there before; the first one
//! vouches for itself. So nobody becomes a second person by adding a name to a table.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::statement::{APPROVER, REMOVAL, Statement, list};
use crate::error::Error;
use crate::note::{self, Note, PublicKey, SigningKey};

/// What an approver may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Vouch for others, and remove them.
    Approvers,
    /// Approve plans of other people.
    Plans,
    /// Sign what automation may do without being asked each time.
    Templates,
    /// Get past the guard alone, for one device.
    BreakGlass,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Approvers, Self::Plans, Self::Templates, Self::BreakGlass];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approvers => "approvers",
            Self::Plans => "plans",
            Self::Templates => "templates",
            Self::BreakGlass => "break-glass",
        }
    }

    /// The role that a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Somebody who may approve, or once could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approver {
    pub key: PublicKey,
    pub roles: BTreeSet<Role>,
    /// Other names under which the same person works: accounts of machines and of the tenant.
    pub accounts: Vec<String>,
    pub at: Timestamp,
    /// Who vouched; the first one did it alone.
    pub vouched_by: String,
    /// When, and by whom, the entry was ended.
    pub removed: Option<(Timestamp, String)>,
    /// Why the entry does not count, if it does not.
    pub objection: Option<String>,
}

impl Approver {
    /// The name that signatures carry.
    pub fn name(&self) -> &str {
        self.key.name()
    }

    /// Whether the entry counts now.
    pub fn is_active(&self) -> bool {
        self.removed.is_none() && self.objection.is_none()
    }

    /// Whether that is a name of this person.
    pub(crate) fn is(&self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        self.name().to_lowercase() == name || self.accounts.iter().any(|account| account.trim().to_lowercase() == name)
    }

    fn statement(&self) -> String {
        Statement::new(APPROVER)
            .with("key", &self.key)
            .with("roles", list(self.roles.iter().map(|role| role.as_str())))
            .with("accounts", list(self.accounts.iter().map(String::as_str)))
            .with("at", self.at)
            .text()
    }

    fn removal(&self, at: Timestamp) -> String {
        Statement::new(REMOVAL).with("key", &self.key).with("at", at).text()
    }
}

/// An approver as the table has it: nothing of it is believed before its signatures were verified.
pub(crate) struct Entry {
    pub approver: Approver,
    pub signed: String,
    pub removal: Option<String>,
}

/// Everybody who may approve.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roster(Vec<Approver>);

impl Roster {
    /// Verifies every entry, in the order in which they were made. `root` is the key of the first one, if
    /// somebody has noted it elsewhere.
    pub(crate) fn of(entries: Vec<Entry>, root: Option<&PublicKey>) -> Self {
        let mut roster = Self::default();
        let mut removals = Vec::new();
        for Entry { mut approver, signed, removal } in entries {
            approver.objection = roster.objection(&approver, &signed, root);
            removals.push(removal);
            roster.0.push(approver);
        }
        // Who ended an entry may have come after it.
        for (place, removal) in removals.into_iter().enumerate() {
            let approver = &roster.0[place];
            let Some((at, by)) = &approver.removed else { continue };
            let remover = roster.0.iter().filter(|one| one.objection.is_none()).find(|one| one.name() == by);
            let genuine = remover.zip(removal).is_some_and(|(remover, removal)| {
                Note::parse(&removal).is_ok_and(|n| n.text == approver.removal(*at) && n.is_signed_by(&remover.key))
            });
            // One that somebody wanted to end stays ended, whoever that was; it is told, however.
            if !genuine {
                let why = "its removal was signed by nobody known".to_owned();
                roster.0[place].objection.get_or_insert(why);
            }
        }
        roster
    }

    fn objection(&self, approver: &Approver, signed: &str, root: Option<&PublicKey>) -> Option<String> {
        let note = match Note::parse(signed) {
            Ok(note) if note.text == approver.statement() => note,
            _ => return Some("the entry is not what was signed".to_owned()),
        };
        if self.0.is_empty() {
            if root.is_some_and(|root| *root != approver.key) {
                return Some("the first approver is not the one that the configuration names".to_owned());
            }
            return (!note.is_signed_by(&approver.key))
                .then(|| "the first approver has not signed for itself".to_owned());
        }
        let then = |one: &&Approver| {
            one.objection.is_none()
                && one.roles.contains(&Role::Approvers)
                && one.name() == approver.vouched_by
                && one.removed.as_ref().is_none_or(|(at, _)| approver.at < *at)
        };
        let vouched = self.0.iter().filter(then).any(|one| note.is_signed_by(&one.key));
        (!vouched).then(|| format!("{} could not vouch for it", approver.vouched_by))
    }

    /// Everybody, in the order in which they came.
    pub(crate) fn into_inner(self) -> Vec<Approver> {
        self.0
    }

    /// Whether nobody ever was one.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who signs with this key now.
    pub(crate) fn holder(&self, key: &PublicKey) -> Option<&Approver> {
        self.0.iter().find(|one| one.is_active() && one.key == *key)
    }

    /// Who has this name now.
    pub(crate) fn named(&self, name: &str) -> Option<&Approver> {
        self.0.iter().find(|one| one.is_active() && one.name() == name)
    }

    /// The holder of a key, if it has the role.
    pub(crate) fn with_role(&self, key: &PublicKey, role: Role) -> Result<&Approver, Error> {
        let who = key.name();
        let Some(approver) = self.holder(key) else {
            return Err(Error::NoConsent { why: format!("the key of {who} is none of a known approver") });
        };
        if !approver.roles.contains(&role) {
            return Err(Error::NoConsent { why: format!("{who} has not the role `{}`", role.as_str()) });
        }
        Ok(approver)
    }

    /// A new entry, vouched for with `by`. The first one vouches for itself.
    pub(crate) fn admit(&self, mut approver: Approver, by: &SigningKey) -> Result<Entry, Error> {
        let refused = |why: String| Err(Error::NoConsent { why });
        let separated = |name: &String| name.contains(',') || name.trim().is_empty();
        if approver.roles.is_empty() || approver.accounts.iter().any(separated) {
            return refused("an approver has roles, and accounts without commas".to_owned());
        }
        let twin = self.0.iter().find(|one| {
            one.is_active()
                && (one.key.is_same_key(&approver.key)
                    || one.is(approver.name())
                    || approver.accounts.iter().any(|account| one.is(account)))
        });
        if let Some(twin) = twin {
            return refused(format!("{} is an approver under one of these names, or with this key", twin.name()));
        }
        if self.is_empty() {
            if by.public() != approver.key {
                return refused("the first approver signs the own entry with the own key".to_owned());
            }
            if !approver.roles.contains(&Role::Approvers) {
                return refused("the first approver needs the role `approvers`, or nobody could come after".to_owned());
            }
        } else {
            self.with_role(&by.public(), Role::Approvers)?;
        }
        approver.vouched_by = by.name().to_owned();
        let signed = note::sign(&approver.statement(), by);
        Ok(Entry { approver, signed, removal: None })
    }

    /// The signed end of an entry: by one who may vouch, or by its holder.
    pub(crate) fn remove(&self, name: &str, by: &SigningKey, at: Timestamp) -> Result<String, Error> {
        let Some(approver) = self.named(name) else {
            return Err(Error::NotFound { what: "approver", id: name.to_owned() });
        };
        if approver.key != by.public() {
            self.with_role(&by.public(), Role::Approvers)?;
        }
        Ok(note::sign(&approver.removal(at), by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn key(name: &str) -> SigningKey {
        SigningKey::generate(name).expect("a key")
    }

    fn person(key: &SigningKey, roles: &[Role], second: i64) -> Approver {
        Approver {
            key: key.public(),
            roles: roles.iter().copied().collect(),
            accounts: vec![format!("{}.account", key.name())],
            at: at(second),
            vouched_by: String::new(),
            removed: None,
            objection: None,
        }
    }

    fn again(entry: &Entry) -> Entry {
        Entry { approver: entry.approver.clone(), signed: entry.signed.clone(), removal: entry.removal.clone() }
    }

    #[test]
    fn the_first_vouches_for_itself_and_everybody_else_is_vouched_for() {
        let (root, grace, eve) = (key("root"), key("grace"), key("eve"));
        let nobody = Roster::default();
        assert!(nobody.admit(person(&grace, &[Role::Approvers], 1), &root).is_err(), "not for somebody else");
        assert!(nobody.admit(person(&root, &[Role::Plans], 1), &root).is_err(), "not without the role");
        let first = nobody.admit(person(&root, &Role::ALL, 1), &root).expect("the first");
        let roster = Roster::of(vec![again(&first)], Some(&root.public()));
        assert!(roster.holder(&root.public()).is_some());
        assert!(Roster::of(vec![again(&first)], Some(&eve.public())).holder(&root.public()).is_none(), "another root");

        assert!(roster.admit(person(&eve, &[Role::Plans], 2), &eve).is_err(), "not by oneself");
        let second = roster.admit(person(&grace, &[Role::Plans], 2), &root).expect("vouched for");
        let roster = Roster::of(vec![again(&first), again(&second)], None);
        assert!(roster.with_role(&grace.public(), Role::Plans).is_ok());
        assert!(roster.with_role(&grace.public(), Role::BreakGlass).is_err());
        assert!(roster.admit(person(&eve, &[Role::Plans], 3), &grace).is_err(), "grace may not vouch");
        // The same person is not two.
        assert!(roster.admit(person(&grace.named("gracie"), &[Role::Plans], 3), &root).is_err());
        let other = Approver { accounts: vec!["GRACE".to_owned()], ..person(&eve, &[Role::Plans], 3) };
        assert!(roster.admit(other, &root).is_err());
    }

    #[test]
    fn an_entry_that_was_written_into_the_table_does_not_count() {
        let (root, grace, eve) = (key("root"), key("grace"), key("eve"));
        let first = Roster::default().admit(person(&root, &Role::ALL, 1), &root).expect("the first");
        let roster = Roster::of(vec![again(&first)], None);
        let second = roster.admit(person(&grace, &[Role::Plans], 2), &root).expect("vouched for");
        // With another key, more roles, or signed by oneself.
        let mut entries = Vec::new();
        for change in 0..3 {
            let mut forged = again(&second);
            match change {
                0 => forged.approver.key = eve.named("grace").public(),
                1 => drop(forged.approver.roles.insert(Role::Approvers)),
                _ => forged.signed = note::sign(&forged.approver.statement(), &eve.named("root")),
            }
            entries.push(forged);
        }
        for forged in entries {
            let roster = Roster::of(vec![again(&first), forged], None);
            assert!(roster.named("grace").is_none());
        }
    }

    #[test]
    fn who_was_removed_counts_no_more_and_neither_does_what_was_vouched_for_later() {
        let (root, grace) = (key("root"), key("grace"));
        let mut first = Roster::default().admit(person(&root, &Role::ALL, 1), &root).expect("the first");
        let roster = Roster::of(vec![again(&first)], None);
        let second = roster.admit(person(&grace, &Role::ALL, 2), &root).expect("vouched for");
        let late = roster.admit(person(&key("late"), &[Role::Plans], 9), &root).expect("vouched for");
        let roster = Roster::of(vec![again(&first), again(&second)], None);
        let removal = roster.remove("root", &grace, at(5)).expect("removed");
        first.approver.removed = Some((at(5), "grace".to_owned()));
        first.removal = Some(removal);
        let roster = Roster::of(vec![again(&first), again(&second), again(&late)], None);
        assert!(roster.named("root").is_none() && roster.named("grace").is_some() && roster.named("late").is_none());
    }
}
