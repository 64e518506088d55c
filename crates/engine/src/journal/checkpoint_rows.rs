//! SQL of checkpoints, and of the hashes that proofs are made of.

use std::ops::Range;
use std::sync::atomic::Ordering;

use muster_store::{Row, Statement, Transaction, args};

use super::audit_rows::{Head, KEPT_LEVEL, record};
use super::{Append, Journal, reading, writing};
use crate::audit::tree::{self, Edge, Hash, Subtree};
use crate::audit::{self, Checkpoint};
use crate::error::Error;
use crate::note::{PublicKey, SigningKey};

/// Of a run's appends, every so many is followed by a checkpoint; others are rare, and each is.
const APPENDS: u32 = 64;

impl Journal {
    /// The name of this log, made when it is first asked for.
    pub(crate) async fn origin(&self) -> Result<String, Error> {
        let sql = "select origin from audit_log where id = 1";
        if let Some(row) = self.database.fetch_optional(sql, args![]).await.map_err(reading)? {
            return row.get("origin").map_err(reading);
        }
        let origin = format!("muster/{}", uuid::Uuid::new_v4().simple());
        let make = "insert into audit_log (id, origin) values (1, $1) on conflict (id) do nothing";
        self.database.execute(make, args![origin]).await.map_err(writing)?;
        self.database.fetch_one(sql, args![]).await.map_err(reading)?.get("origin").map_err(reading)
    }

    /// Who signs the head within an append, if it is time for it: both are durable, or neither.
    fn signer_of(&self, append: Append) -> Option<&SigningKey> {
        let signer = self.signer.as_ref()?;
        let due = append != Append::Tasks || (self.appends.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(APPENDS);
        due.then_some(signer)
    }

    /// Signs the head within an append, if it is time for it.
    pub(super) async fn sign_head(&self, append: Append, transaction: &mut Transaction) -> Result<(), Error> {
        match self.signer_of(append) {
            Some(signer) => self.sign(signer, transaction).await.map(drop),
            None => Ok(()),
        }
    }

    /// The same for a head that the database is about to get: the statement that keeps the signature.
    pub(super) fn signature_of(&self, append: Append, head: &Head) -> Option<Statement> {
        self.signer_of(append).map(|signer| self.signed(signer, head.number, &head.edge).1)
    }

    async fn sign(&self, signer: &SigningKey, transaction: &mut Transaction) -> Result<Checkpoint, Error> {
        let sql = "select number, edge from audit_head where id = 1";
        let row = transaction.fetch_one(sql, args![]).await.map_err(writing)?;
        let (number, text): (i64, String) = (row.get("number").map_err(writing)?, row.get("edge").map_err(writing)?);
        let edge = Edge::parse(number.unsigned_abs(), &text);
        let edge =
            edge.ok_or_else(|| Error::Corrupt { what: "head of the audit", why: "it has another size".into() })?;
        let (checkpoint, (sql, values)) = self.signed(signer, number, &edge);
        transaction.execute(sql, values).await.map_err(writing)?;
        Ok(checkpoint)
    }

    fn signed(&self, signer: &SigningKey, number: i64, edge: &Edge) -> (Checkpoint, Statement) {
        let checkpoint = Checkpoint::sign(signer.name(), edge.size(), edge.root(), signer);
        let sql = "insert into audit_checkpoints (size, at, verifier, note) values ($1, $2, $3, $4) \
                   on conflict (size) do nothing";
        let values = args![number, self.now(), signer.public().to_string(), checkpoint.text()];
        (checkpoint, (sql.into(), values))
    }

    /// Signs the head as it is. `None` if there is no key to sign with.
    pub(crate) async fn checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        let Some(signer) = &self.signer else { return Ok(None) };
        let mut transaction = self.database.begin().await.map_err(writing)?;
        let checkpoint = self.sign(signer, &mut transaction).await?;
        transaction.commit().await.map_err(writing)?;
        Ok(Some(checkpoint))
    }

    /// Checkpoints from this size on, the smallest first, each with the key that signed it.
    pub(crate) async fn checkpoints(&self, from: u64) -> Result<Vec<(Checkpoint, PublicKey)>, Error> {
        let sql = "select size, verifier, note from audit_checkpoints where size >= $1 order by size";
        let rows = self.database.fetch(sql, args![i64::try_from(from).unwrap_or(i64::MAX)]).await.map_err(reading)?;
        rows.iter().map(checkpoint).collect()
    }

    /// The text that proves a record, in the log of the last checkpoint.
    pub(crate) async fn prove(&self, number: u64) -> Result<String, Error> {
        let checkpoint = self.last_checkpoint().await?;
        if number == 0 || number > checkpoint.size() {
            return Err(Error::NotFound { what: "record that a checkpoint covers", id: number.to_string() });
        }
        let path = self.hashes(tree::path(number - 1, checkpoint.size())).await?;
        let after = i64::try_from(number - 1).unwrap_or(i64::MAX);
        let records = self.audit_page(after, 1).await?;
        let record = records.first().ok_or_else(|| Error::NotFound { what: "record", id: number.to_string() })?;
        Ok(audit::inclusion(record.content().text(), number - 1, &path, &checkpoint))
    }

    /// The text that proves that the log has only grown since a checkpoint.
    pub(crate) async fn prove_growth(&self, from: &Checkpoint) -> Result<String, Error> {
        let checkpoint = self.last_checkpoint().await?;
        if from.size() > checkpoint.size() || from.origin() != checkpoint.origin() {
            return Err(Error::Proof { why: "the log has never been at that checkpoint".to_owned() });
        }
        let proof = self.hashes(tree::growth(from.size(), checkpoint.size())).await?;
        Ok(audit::growth(from.size(), &proof, &checkpoint))
    }

    async fn last_checkpoint(&self) -> Result<Checkpoint, Error> {
        let sql = "select size, verifier, note from audit_checkpoints order by size desc limit 1";
        let row = self.database.fetch_optional(sql, args![]).await.map_err(reading)?;
        let row = row.ok_or_else(|| Error::NotFound { what: "checkpoint", id: "the last".to_owned() })?;
        checkpoint(&row).map(|(checkpoint, _)| checkpoint)
    }

    /// The hash over each range of records.
    async fn hashes(&self, ranges: Vec<Range<u64>>) -> Result<Vec<Hash>, Error> {
        let mut hashes = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut parts = Vec::new();
            for subtree in tree::subtrees(range) {
                parts.push(self.subtree(subtree).await?);
            }
            hashes.push(tree::join(&parts));
        }
        Ok(hashes)
    }

    async fn subtree(&self, subtree: Subtree) -> Result<Hash, Error> {
        let corrupt = || Error::Corrupt { what: "tree of the audit", why: "a part of it is missing".to_owned() };
        if subtree.level >= KEPT_LEVEL {
            let index = i64::try_from(subtree.index).unwrap_or(i64::MAX);
            let sql = "select hash from audit_subtrees where level = $1 and idx = $2";
            let row =
                self.database.fetch_optional(sql, args![i64::from(subtree.level), index]).await.map_err(reading)?;
            let text: String = row.ok_or_else(corrupt)?.get("hash").map_err(reading)?;
            return Edge::parse(1, &text).map(|edge| edge.root()).ok_or_else(corrupt);
        }
        let (first, count) =
            (i64::try_from(subtree.index << subtree.level).unwrap_or(i64::MAX), 1_i64 << subtree.level);
        let sql = "select * from audit where number > $1 order by number limit $2";
        let rows = self.database.fetch(sql, args![first, count]).await.map_err(reading)?;
        let mut edge = Edge::default();
        for row in &rows {
            edge.push(record(row)?.content().leaf(), |_, _| {});
        }
        if edge.size() == count.unsigned_abs() { Ok(edge.root()) } else { Err(corrupt()) }
    }
}

fn checkpoint(row: &Row) -> Result<(Checkpoint, PublicKey), Error> {
    let size: i64 = row.get("size").map_err(reading)?;
    let altered = |_| Error::Audit { record: size, why: "has a checkpoint that cannot be read".to_owned() };
    let note: String = row.get("note").map_err(reading)?;
    let verifier: String = row.get("verifier").map_err(reading)?;
    let checkpoint = Checkpoint::parse(&note).map_err(altered)?;
    if checkpoint.size() != size.unsigned_abs() {
        return Err(Error::Audit { record: size, why: "has the checkpoint of another place".to_owned() });
    }
    Ok((checkpoint, verifier.parse().map_err(altered)?))
}
