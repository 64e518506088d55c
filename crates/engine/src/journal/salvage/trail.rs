//! The audit of a salvaged journal: which records are as they were written, and where the log goes on.

use std::collections::BTreeSet;

use muster_store::{Transaction, Value, args};

use super::words::Words;
use super::{Salvaged, SalvagedAudit};
use crate::audit::tree::{self, Edge};
use crate::audit::{Checkpoint, ORIGIN};
use crate::error::Error;
use crate::journal::{audit_rows, writing};
use crate::note::PublicKey;
use crate::plan::hash::canonical;

/// Records that are read at one time.
const PAGE: i64 = 2_000;

/// Goes along all records, takes out those that are not as they were written, and mends the head, so that the log can
/// go on. Answers what the log says.
pub(super) async fn follow(transaction: &mut Transaction, torn: bool, found: &mut Salvaged) -> Result<Words, Error> {
    let (mut words, mut audit, mut edge) = (Words::default(), SalvagedAudit::default(), Edge::default());
    let (mut previous, mut last) = (ORIGIN.to_owned(), 0_i64);
    let (mut altered, mut subtrees) = (Vec::new(), Vec::new());
    let mut beyond = i64::MIN;
    loop {
        let sql = "select * from audit where number > $1 order by number limit $2";
        let rows = transaction.fetch(sql, args![beyond, PAGE]).await.map_err(writing)?;
        let Some(end) = rows.last() else { break };
        beyond = end.get("number").map_err(writing)?;
        for row in &rows {
            let number: i64 = row.get("number").map_err(writing)?;
            let record = audit_rows::record(row).ok();
            let Some(record) = record else {
                altered.push(number);
                continue;
            };
            let content = record.content();
            // What was made canonical when it was written is canonical now.
            let details: String = row.get("details").map_err(writing)?;
            if content.hash() != record.hash || canonical(&record.details) != details || number <= last {
                altered.push(number);
                continue;
            }
            if number > last + 1 || record.previous != previous {
                let _ = audit.missing.get_or_insert(last.unsigned_abs() + 1);
            }
            // What is missing leaves a gap in the tree: only its place is known.
            while edge.size() + 1 < number.unsigned_abs() {
                edge.push(tree::leaf(b""), |_, _| {});
            }
            edge.push(content.leaf(), |subtree, hash| audit_rows::keep(&mut subtrees, subtree, hash));
            (last, previous) = (number, record.hash.clone());
            audit.records += 1;
            words.hear(record);
        }
    }
    for number in &altered {
        transaction.execute("delete from audit where number = $1", args![*number]).await.map_err(writing)?;
    }
    found.leave_out("audit", altered.len() as u64);
    mend_head(transaction, (last, &previous, &edge), &mut audit).await?;
    if audit.missing.is_none() {
        grow_again(transaction, subtrees, found).await?;
    }
    audit.whole = audit.missing.is_none() && !torn;
    found.damaged |= !audit.whole;
    found.audit = audit;
    let strange = checkpoints(transaction).await?;
    found.leave_out("audit_checkpoints", strange);
    Ok(words)
}

/// The head goes on from the last record that is known of.
async fn mend_head(
    transaction: &mut Transaction,
    (last, hash, edge): (i64, &str, &Edge),
    audit: &mut SalvagedAudit,
) -> Result<(), Error> {
    let rows = transaction.fetch("select * from audit_head", args![]).await.map_err(writing)?;
    let noted = rows.iter().find_map(|row| {
        let number: i64 = row.get("number").ok()?;
        let (hash, text): (String, String) = (row.get("hash").ok()?, row.get("edge").ok()?);
        let fits = row.get::<i64>("id").ok()? == 1 && hash.len() == 64 && number >= 0;
        fits.then(|| Edge::parse(number.unsigned_abs(), &text).map(|edge| (number, hash, edge))).flatten()
    });
    audit.last = last.unsigned_abs();
    if let Some((number, noted_hash, noted_edge)) = &noted {
        let same = *number == last && noted_hash == hash;
        if same && (audit.missing.is_some() || noted_edge == edge) && rows.len() == 1 {
            return Ok(());
        }
        // It has seen records that are not there any more: the log goes on behind them, and they are missed.
        if *number > last && *number - last < MISSING {
            let _ = audit.missing.get_or_insert(last.unsigned_abs() + 1);
            audit.last = number.unsigned_abs();
            return Ok(());
        }
    }
    // Nobody can say whether anything stood behind the last record.
    let _ = audit.missing.get_or_insert(last.unsigned_abs() + 1);
    transaction.execute("delete from audit_head", args![]).await.map_err(writing)?;
    let sql = "insert into audit_head (id, number, hash, edge) values (1, $1, $2, $3)";
    transaction.execute(sql, args![last, hash, edge.to_text()]).await.map_err(writing)?;
    Ok(())
}

/// Records that a head may have seen beyond those that are left; more is a head that is damaged itself.
const MISSING: i64 = 10_000_000;

/// Whole parts of the tree follow from the records.
async fn grow_again(
    transaction: &mut Transaction,
    subtrees: Vec<Vec<Value>>,
    found: &mut Salvaged,
) -> Result<(), Error> {
    let sql = "select level, idx, hash from audit_subtrees";
    let rows = transaction.fetch(sql, args![]).await.map_err(writing)?;
    let mut known = BTreeSet::new();
    for row in &rows {
        let values = (row.get::<i64>("level"), row.get::<i64>("idx"), row.get::<String>("hash"));
        let (Ok(level), Ok(index), Ok(hash)) = values else { continue };
        known.insert(format!("{:?}", args![level, index, hash]));
    }
    if rows.len() == subtrees.len() && subtrees.iter().all(|row| known.contains(&format!("{row:?}"))) {
        return Ok(());
    }
    found.damaged = true;
    transaction.execute("delete from audit_subtrees", args![]).await.map_err(writing)?;
    transaction.insert("audit_subtrees", &["level", "idx", "hash"], subtrees).await.map_err(writing)
}

/// Takes out checkpoints that nobody has signed as they are, and answers how many. Every one of them has the name of the
/// log.
async fn checkpoints(transaction: &mut Transaction) -> Result<u64, Error> {
    let sql = "select size, verifier, note from audit_checkpoints order by size";
    let (mut origin, mut strange) = (None, 0);
    for row in &transaction.fetch(sql, args![]).await.map_err(writing)? {
        let size: i64 = row.get("size").map_err(writing)?;
        let (verifier, note): (String, String) =
            (row.get("verifier").map_err(writing)?, row.get("note").map_err(writing)?);
        let key: Option<PublicKey> = verifier.parse().ok();
        let checkpoint = Checkpoint::parse(&note).ok().filter(|checkpoint| {
            checkpoint.size() == size.unsigned_abs() && key.is_some_and(|key| checkpoint.is_signed_by(&[key]))
        });
        match checkpoint {
            Some(checkpoint) => origin = Some(checkpoint.origin().to_owned()),
            None => {
                let sql = "delete from audit_checkpoints where size = $1";
                strange += transaction.execute(sql, args![size]).await.map_err(writing)?;
            }
        }
    }
    if let Some(origin) = origin {
        transaction
            .execute("delete from audit_log where id <> 1 or origin <> $1", args![origin.as_str()])
            .await
            .map_err(writing)?;
        let sql = "insert into audit_log (id, origin) values (1, $1) on conflict (id) do nothing";
        transaction.execute(sql, args![origin]).await.map_err(writing)?;
    }
    Ok(strange)
}
