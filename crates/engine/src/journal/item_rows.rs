//! SQL of the items of plans, a page at a time: there may be a million of them.

use aws_lc_rs::digest::{Context, SHA256};
use jiff::{SignedDuration, Timestamp};
use muster_store::{Row, Transaction, Value, args};

use super::{Append, Journal, in_flight, reading, text_of, value_of, writing};
use crate::error::Error;
use crate::plan::{Action, Decision, PlanId, PlanItem, ring};

/// Items that are read, judged or written at one time.
pub(crate) const PAGE: usize = 500;
/// What has been written down for so long without becoming a plan was given up.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(6);

/// What is read of an item.
const READ: &str = "idx, target, action, reason, state_before, input, after_idx, decision, unsettled_since";

pub(super) const COLUMNS: [&str; 20] = [
    "plan_id",
    "idx",
    "target",
    "action",
    "reason",
    "state_before",
    "input",
    "after_idx",
    "decision",
    "verdict",
    "rule",
    "explanation",
    "unsettled_since",
    "origin_idx",
    "risk",
    "word",
    "effect_key",
    "seal",
    "twin",
    "place",
];

/// An item to be kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub item: PlanItem,
    /// In a plan that takes up an earlier job's tasks: the index of its task there.
    pub origin: Option<usize>,
}

/// What tells that target and action are still as they were written: the first eight bytes of a SHA-256.
pub(super) fn seal(target: &str, action: &str) -> i64 {
    let mut digest = Context::new(&SHA256);
    digest.update(target.as_bytes());
    digest.update(b"\n");
    digest.update(action.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.finish().as_ref()[..8]);
    i64::from_be_bytes(first)
}

/// A place as it is kept: databases know no numbers without a sign, and the order is what counts.
pub(super) fn kept_place(place: u64) -> i64 {
    (place ^ (1 << 63)).cast_signed()
}

/// The rows of items.
pub(super) fn rows(plan: &str, items: &[Kept]) -> Result<Vec<Vec<Value>>, Error> {
    let (mut actions, mut decisions) = (Written::default(), Written::default());
    let row = |Kept { item, origin }: &'_ Kept, action: &str, decision: &str| -> Result<Vec<Value>, Error> {
        let before = item.before.as_ref().map(text_of).transpose()?;
        let reasons = &item.decision.reasons;
        let target = text_of(&item.target)?;
        let (seal, twin) = (seal(&target, action), seal(&item.target.key(), action));
        Ok(args![
            plan,
            item.index,
            target,
            action,
            item.reason.as_str(),
            before,
            text_of(&item.input)?,
            item.after,
            decision,
            item.decision.verdict.as_str(),
            reasons.first().map(|reason| reason.rule.as_str()),
            (!reasons.is_empty()).then(|| item.decision.explain()),
            item.unsettled_since,
            *origin,
            item.action.risk().as_str(),
            item.action.word(),
            in_flight::key(&item.target, &item.action),
            seal,
            twin,
            kept_place(ring::place(ring::key(&item.target))),
        ])
    };
    items.iter().map(|kept| row(kept, actions.text(&kept.item.action)?, decisions.text(&kept.item.decision)?)).collect()
}

/// Pages of a plan's items.
pub(crate) struct Pages<'a> {
    journal: &'a Journal,
    plan: String,
    beyond: i64,
    only: &'static str,
}

impl Pages<'_> {
    /// The next page; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<PlanItem>>, Error> {
        let only = self.only;
        let sql = format!("select {READ} from plan_items where plan_id = $1 and idx > $2{only} order by idx limit $3");
        let values = args![self.plan.as_str(), self.beyond, PAGE];
        let rows = self.journal.database.fetch(sql, values).await.map_err(reading)?;
        let items = items(&rows)?;
        let Some(last) = items.last() else { return Ok(None) };
        self.beyond = i64::try_from(last.index).unwrap_or(i64::MAX);
        Ok(Some(items))
    }
}

impl Journal {
    /// The items of a plan, a page at a time.
    pub(crate) fn pages(&self, plan: PlanId) -> Pages<'_> {
        Pages { journal: self, plan: plan.to_string(), beyond: -1, only: "" }
    }

    /// Those that are held.
    pub(crate) fn held_pages(&self, plan: PlanId) -> Pages<'_> {
        Pages { only: " and verdict = 'hold'", ..self.pages(plan) }
    }

    /// The items of a plan beyond a place and up to another.
    pub(crate) async fn items_between(&self, plan: PlanId, beyond: i64, last: usize) -> Result<Vec<PlanItem>, Error> {
        let sql = format!("select {READ} from plan_items where plan_id = $1 and idx > $2 and idx <= $3 order by idx");
        items(&self.database.fetch(sql, args![plan.to_string(), beyond, last]).await.map_err(reading)?)
    }

    /// Whether any item of a plan that is not left out is more than reversible.
    pub(crate) async fn is_weighty(&self, plan: PlanId) -> Result<bool, Error> {
        let sql = "select 1 as one from plan_items where plan_id = $1 and risk <> 'reversible' and verdict <> 'skip' \
                   limit 1";
        Ok(self.database.fetch_optional(sql, args![plan.to_string()]).await.map_err(reading)?.is_some())
    }

    /// Some items of a plan, by their places.
    pub(crate) async fn items_at(&self, plan: PlanId, places: &[usize]) -> Result<Vec<PlanItem>, Error> {
        let mut found = Vec::with_capacity(places.len());
        for chunk in places.chunks(PAGE) {
            let list: Vec<String> = (0..chunk.len()).map(|place| format!("${}", place + 2)).collect();
            let sql = format!("select {READ} from plan_items where plan_id = $1 and idx in ({})", list.join(", "));
            let mut values = args![plan.to_string()];
            values.extend(chunk.iter().map(|index| Value::from(*index)));
            found.extend(items(&self.database.fetch(sql, values).await.map_err(reading)?)?);
        }
        Ok(found)
    }

    /// Writes items down before their plan is kept; those at the same places are replaced. Without a plan they are
    /// nothing, and [`Journal::forget_draft`] takes them away.
    pub(crate) async fn keep_page(&self, plan: PlanId, items: &[Kept]) -> Result<(), Error> {
        let (Some(first), Some(last)) = (items.first(), items.last()) else { return Ok(()) };
        let id = plan.to_string();
        let rows = rows(&id, items)?;
        let mut transaction = self.begin(Append::Draft).await?;
        let sql = "insert into drafts (id, at) values ($1, $2) on conflict (id) do nothing";
        transaction.execute(sql, args![id.as_str(), self.now()]).await.map_err(writing)?;
        let sql = "delete from plan_items where plan_id = $1 and idx between $2 and $3";
        transaction.execute(sql, args![id, first.item.index, last.item.index]).await.map_err(writing)?;
        transaction.insert("plan_items", &COLUMNS, rows).await.map_err(writing)?;
        self.commit(Append::Draft, transaction).await
    }

    /// Decides anew on items that were written down.
    pub(crate) async fn redecide(&self, plan: PlanId, decisions: &[(usize, Decision)]) -> Result<(), Error> {
        let mut transaction = self.begin(Append::Draft).await?;
        for (index, decision) in decisions {
            let sql = "update plan_items set decision = $3, verdict = $4, rule = $5, explanation = $6 \
                       where plan_id = $1 and idx = $2";
            let values = args![
                plan.to_string(),
                *index,
                text_of(decision)?,
                decision.verdict.as_str(),
                decision.reasons.first().map(|reason| reason.rule.as_str()),
                (!decision.reasons.is_empty()).then(|| decision.explain()),
            ];
            transaction.execute(sql, values).await.map_err(writing)?;
        }
        self.commit(Append::Draft, transaction).await
    }

    /// Takes away what was written down of a plan that was not kept.
    pub(crate) async fn forget_draft(&self, plan: &str) -> Result<(), Error> {
        let sql = "delete from plan_items where plan_id = $1 and idx in \
                   (select idx from plan_items where plan_id = $1 limit $2)";
        while self.database.execute(sql, args![plan, PAGE]).await.map_err(writing)? > 0 {}
        self.database.execute("delete from drafts where id = $1", args![plan]).await.map_err(writing)?;
        Ok(())
    }

    /// Takes away what others wrote down and gave up.
    pub(crate) async fn forget_given_up(&self) -> Result<(), Error> {
        let before = self.now().checked_sub(GIVEN_UP).unwrap_or(Timestamp::MIN);
        let sql = "select id from drafts where at < $1";
        for row in &self.database.fetch(sql, args![before]).await.map_err(reading)? {
            self.forget_draft(&row.get::<String>("id").map_err(reading)?).await?;
        }
        Ok(())
    }

    /// Items that do the same to the same target as an earlier one does, the first few: the places of both.
    pub(crate) async fn twins(&self, plan: PlanId, limit: usize) -> Result<Vec<(PlanItem, usize)>, Error> {
        let sql = "select min(idx) as first, max(idx) as second from plan_items \
                   where plan_id = $1 and verdict <> 'skip' group by twin having count(*) > 1 \
                   order by second limit $2";
        let rows = self.database.fetch(sql, args![plan.to_string(), limit]).await.map_err(reading)?;
        let mut twins = Vec::new();
        for row in &rows {
            let (first, second) = (row.get("first").map_err(reading)?, row.get("second").map_err(reading)?);
            let mut pair = self.items_at(plan, &[first, second]).await?;
            pair.sort_by_key(|item| item.index);
            let [one, other] = pair.as_slice() else { continue };
            // What is alike by eight bytes of a hash may still be two things.
            if one.target.key() == other.target.key() && one.action == other.action {
                twins.push((other.clone(), first));
            }
        }
        Ok(twins)
    }
}

/// The next held items of a plan, within a transaction.
pub(super) async fn held_after(
    transaction: &mut Transaction,
    plan: PlanId,
    beyond: i64,
) -> Result<Vec<PlanItem>, Error> {
    let sql = format!(
        "select {READ} from plan_items where plan_id = $1 and idx > $2 and verdict = 'hold' order by idx limit $3"
    );
    items(&transaction.fetch(sql, args![plan.to_string(), beyond, PAGE]).await.map_err(writing)?)
}

/// The last value with its text: most items of a plan have the same action and the same decision.
struct Written<T>(Option<(T, String)>);

impl<T> Default for Written<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Clone + PartialEq + serde::Serialize> Written<T> {
    fn text(&mut self, value: &T) -> Result<&str, Error> {
        let known = self.0.as_ref().is_some_and(|(last, _)| last == value);
        if !known {
            self.0 = Some((value.clone(), text_of(value)?));
        }
        Ok(self.0.as_ref().map_or("", |(_, text)| text))
    }
}

/// The same for reading: the last text with its value.
#[derive(Default)]
struct Known {
    action: Option<(String, Action)>,
    decision: Option<(String, Decision)>,
}

fn known<T: Clone + serde::de::DeserializeOwned>(
    last: &mut Option<(String, T)>,
    what: &'static str,
    text: String,
) -> Result<T, Error> {
    match last {
        Some((known, value)) if *known == text => Ok(value.clone()),
        _ => {
            let value: T = value_of(what, &text)?;
            *last = Some((text, value.clone()));
            Ok(value)
        }
    }
}

/// An item of a row that may be damaged, and whether it has a seal; `None` if it is not as it was written.
pub(super) fn intact(row: &Row) -> Option<(PlanItem, bool)> {
    let read = item(row, &mut Known::default()).ok()?;
    let text = |column: &str| row.get::<String>(column).ok();
    let sealed: Option<i64> = row.get("seal").ok()?;
    let whole = text("verdict")? == read.decision.verdict.as_str()
        && sealed.is_none_or(|sealed| Some(sealed) == text("target").zip(text("action")).map(|(t, a)| seal(&t, &a)));
    whole.then_some((read, sealed.is_some()))
}

fn items(rows: &[Row]) -> Result<Vec<PlanItem>, Error> {
    let mut known = Known::default();
    rows.iter().map(|row| item(row, &mut known)).collect()
}

fn item(row: &Row, last: &mut Known) -> Result<PlanItem, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    let before: Option<String> = row.get("state_before").map_err(reading)?;
    Ok(PlanItem {
        index: row.get("idx").map_err(reading)?,
        target: value_of("target", &text("target")?)?,
        action: known(&mut last.action, "action", text("action")?)?,
        reason: text("reason")?,
        before: before.as_deref().map(|text| value_of("state before", text)).transpose()?,
        input: value_of("input row", &text("input")?)?,
        after: row.get("after_idx").map_err(reading)?,
        decision: known(&mut last.decision, "decision", text("decision")?)?,
        unsettled_since: row.get("unsettled_since").map_err(reading)?,
    })
}
