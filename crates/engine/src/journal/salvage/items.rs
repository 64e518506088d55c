//! The items of a salvaged plan: which are as they were written.

use std::collections::BTreeMap;

use muster_store::{Transaction, args};

use super::Salvaged;
use crate::error::Error;
use crate::journal::{item_rows, writing};
use crate::plan::{Hash, PlanItem, Verdict};

/// What is known of an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub after: Option<i64>,
    pub skipped: bool,
}

/// The items of a plan that are as they were written.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub intact: BTreeMap<i64, Item>,
    /// The hash over all of them is that of the plan.
    pub hash_fits: bool,
}

impl Items {
    /// Whether nothing is missing of so many.
    pub(super) fn is_whole(&self, count: i64) -> bool {
        let places = self.intact.keys().next().copied().zip(self.intact.keys().next_back().copied());
        count == 0 || (self.intact.len() as i64 == count && places == Some((0, count - 1)))
    }
}

/// Reads the items of a plan, and takes out those that are not as they were written.
pub(super) async fn read(
    transaction: &mut Transaction,
    plan: &str,
    tenant: &str,
    hash: &str,
    found: &mut Salvaged,
) -> Result<Items, Error> {
    let mut items = Items::default();
    let (mut whole, mut unsealed) = (Hash::default(), Vec::new());
    let (mut altered, mut beyond) = (Vec::new(), i64::MIN);
    loop {
        let sql = "select * from plan_items where plan_id = $1 and idx > $2 order by idx limit $3";
        let rows = transaction.fetch(sql, args![plan, beyond, item_rows::PAGE]).await.map_err(writing)?;
        let Some(end) = rows.last() else { break };
        beyond = end.get("idx").map_err(writing)?;
        for row in &rows {
            let index: i64 = row.get("idx").map_err(writing)?;
            match item_rows::intact(row) {
                Some((item, sealed)) => {
                    whole.item(&item);
                    unsealed.extend((!sealed).then_some(index));
                    items.intact.insert(index, facts(&item));
                }
                None => altered.push(index),
            }
        }
    }
    items.hash_fits = whole.of(tenant) == hash;
    if !items.hash_fits {
        // Without a seal there is only the hash to prove it.
        altered.extend(unsealed);
    }
    for index in &altered {
        items.intact.remove(index);
        let sql = "delete from plan_items where plan_id = $1 and idx = $2";
        transaction.execute(sql, args![plan, *index]).await.map_err(writing)?;
    }
    found.leave_out("plan_items", altered.len() as u64);
    Ok(items)
}

fn facts(item: &PlanItem) -> Item {
    Item {
        after: item.after.and_then(|after| i64::try_from(after).ok()),
        skipped: item.decision.verdict == Verdict::Skip,
    }
}
