//! SQL of approvers: who may approve, and who could once.

use jiff::Timestamp;
use muster_store::{Row, Transaction, args};
use serde_json::json;

use super::{Append, Journal, audit_rows, reading, text_of, value_of, writing};
use crate::approval::{Approver, Entry, Roster};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::note::{PublicKey, SigningKey};

const COLUMNS: [&str; 8] = ["number", "name", "verifier", "roles", "accounts", "at", "vouched_by", "signed"];

impl Journal {
    /// The same record; its first approver has to be the one with this key.
    pub(crate) fn rooted_in(self, key: PublicKey) -> Self {
        Self { root: Some(key), ..self }
    }

    /// Everybody who may approve, each entry verified.
    pub(crate) async fn roster(&self) -> Result<Roster, Error> {
        let rows = self.database.fetch("select * from approvers order by number", args![]).await.map_err(reading)?;
        Ok(Roster::of(rows.iter().map(entry).collect::<Result<_, _>>()?, self.root.as_ref()))
    }

    /// The roster within a transaction that changes it: two people who are first at the same time are one too many.
    async fn locked_roster(&self, transaction: &mut Transaction) -> Result<(audit_rows::Head, Roster, usize), Error> {
        let head = audit_rows::reserve(transaction).await?;
        let rows = transaction.fetch("select * from approvers order by number", args![]).await.map_err(writing)?;
        let entries = rows.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok((head, Roster::of(entries, self.root.as_ref()), rows.len()))
    }

    /// Adds an approver, vouched for with `by`.
    pub(crate) async fn add_approver(
        &self,
        approver: Approver,
        by: &SigningKey,
        actor: &str,
    ) -> Result<Approver, Error> {
        let mut transaction = self.begin(Append::Trust).await?;
        let (head, roster, count) = self.locked_roster(&mut transaction).await?;
        let approver = Approver { at: self.now(), ..approver };
        let Entry { approver, signed, .. } = roster.admit(approver, by)?;
        let row = args![
            count + 1,
            approver.name(),
            approver.key.to_string(),
            text_of(&approver.roles)?,
            text_of(&approver.accounts)?,
            approver.at,
            approver.vouched_by.as_str(),
            signed,
        ];
        transaction.insert("approvers", &COLUMNS, vec![row]).await.map_err(writing)?;
        let details = json!({
            "key": approver.key.to_string(), "roles": approver.roles, "accounts": approver.accounts,
            "vouched_by": approver.vouched_by, "first": roster.is_empty(),
        });
        let record = Occurrence::new(actor, "approver.added", approver.name(), details);
        audit_rows::write(&mut transaction, self.now(), head, vec![record]).await?;
        self.commit(Append::Trust, transaction).await?;
        Ok(approver)
    }

    /// Ends an approver's entry, signed with `by`.
    pub(crate) async fn remove_approver(&self, name: &str, by: &SigningKey, actor: &str) -> Result<(), Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Trust).await?;
        let (head, roster, _) = self.locked_roster(&mut transaction).await?;
        let removal = roster.remove(name, by, now)?;
        let sql = "update approvers set removed_at = $1, removed_by = $2, removal = $3 where name = $4 \
                   and removed_at is null";
        transaction.execute(sql, args![now, by.name(), removal, name]).await.map_err(writing)?;
        let record = Occurrence::new(actor, "approver.removed", name, json!({ "by": by.name() }));
        audit_rows::write(&mut transaction, now, head, vec![record]).await?;
        self.commit(Append::Trust, transaction).await
    }
}

fn entry(row: &Row) -> Result<Entry, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    let corrupt = |error: Error| Error::Corrupt { what: "approver", why: error.to_string() };
    let removed_at: Option<Timestamp> = row.get("removed_at").map_err(reading)?;
    let removed_by: Option<String> = row.get("removed_by").map_err(reading)?;
    Ok(Entry {
        approver: Approver {
            key: text("verifier")?.parse().map_err(corrupt)?,
            roles: value_of("roles", &text("roles")?)?,
            accounts: value_of("accounts", &text("accounts")?)?,
            at: row.get("at").map_err(reading)?,
            vouched_by: text("vouched_by")?,
            removed: removed_at.map(|at| (at, removed_by.unwrap_or_default())),
            objection: None,
        },
        signed: text("signed")?,
        removal: row.get("removal").map_err(reading)?,
    })
}
