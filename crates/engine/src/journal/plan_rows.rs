//! SQL of plans, their items and approvals.

use aws_lc_rs::digest::{Context, SHA256};
use muster_store::{Row, Transaction, args};
use serde_json::json;

use super::{Append, Journal, audit_rows, in_flight, reading, text_of, value_of, word_of, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::{
    Action, Decision, JobId, Plan, PlanItem, PlanStatus, PlanSummary, Reason, Selection, Surroundings, Verdict,
};

const PLAN_COLUMNS: [&str; 16] = [
    "id",
    "hash",
    "created_at",
    "expires_at",
    "requested_by",
    "tenant",
    "purpose",
    "selection",
    "decision",
    "verdict",
    "items",
    "held",
    "retry_of",
    "selection_key",
    "surroundings",
    "authors",
];
const ITEM_COLUMNS: [&str; 18] = [
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
];

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

/// Where a plan comes from that takes up an earlier job's tasks: the index of each item's task there.
pub(crate) struct Origin(pub Vec<usize>);

impl Journal {
    /// Keeps a plan.
    pub(crate) async fn keep_plan(&self, plan: &Plan, origin: Option<&Origin>) -> Result<(), Error> {
        let id = plan.id.to_string();
        let row = args![
            id.as_str(),
            plan.hash.as_str(),
            plan.created_at,
            plan.expires_at,
            plan.requested_by.as_str(),
            plan.tenant.as_str(),
            plan.purpose.as_str(),
            text_of(&plan.selection)?,
            text_of(&plan.decision)?,
            plan.decision.verdict.as_str(),
            plan.items.len(),
            plan.count(Verdict::Hold),
            plan.retry_of.map(|job| job.to_string()),
            selection_key(&plan.purpose, &plan.selection),
            text_of(&plan.surroundings)?,
            text_of(&plan.authors)?,
        ];
        let mut items = Vec::with_capacity(plan.items.len());
        let (mut actions, mut decisions) = (Written::default(), Written::default());
        for item in &plan.items {
            let before = item.before.as_ref().map(text_of).transpose()?;
            let reasons = &item.decision.reasons;
            let (target, action) = (text_of(&item.target)?, actions.text(&item.action)?);
            let seal = seal(&target, &action);
            items.push(args![
                id.as_str(),
                item.index,
                target,
                action,
                item.reason.as_str(),
                before,
                text_of(&item.input)?,
                item.after,
                decisions.text(&item.decision)?,
                item.decision.verdict.as_str(),
                reasons.first().map(|reason| reason.rule.as_str()),
                (!reasons.is_empty()).then(|| item.decision.explain()),
                item.unsettled_since,
                origin.map(|origin| origin.0[item.index]),
                item.action.risk().as_str(),
                item.action.word(),
                in_flight::key(&item.target, &item.action),
                seal,
            ]);
        }
        let details = json!({
            "purpose": plan.purpose, "tenant": plan.tenant, "hash": plan.hash, "items": plan.items.len(),
            "held": plan.count(Verdict::Hold), "decision": plan.decision, "retry_of": plan.retry_of,
            "authors": plan.authors,
        });
        let mut transaction = self.begin(Append::Plan).await?;
        transaction.insert("plans", &PLAN_COLUMNS, vec![row]).await.map_err(writing)?;
        transaction.insert("plan_items", &ITEM_COLUMNS, items).await.map_err(writing)?;
        let record = Occurrence::new(&plan.requested_by, "plan.proposed", plan.id, details);
        audit_rows::append(&mut transaction, self.now(), record).await?;
        self.commit(Append::Plan, transaction).await
    }

    /// Records that a draft was refused; the draft itself is not kept.
    pub(crate) async fn record_refusal(&self, by: &str, purpose: &str, reasons: &[Reason]) -> Result<(), Error> {
        let details = json!({ "purpose": purpose, "reasons": reasons });
        let mut transaction = self.begin(Append::Refusal).await?;
        let record = Occurrence::new(by, "plan.refused", "-", details);
        audit_rows::append(&mut transaction, self.now(), record).await?;
        self.commit(Append::Refusal, transaction).await
    }

    /// A plan with its items, by its id or an unambiguous beginning or end of it.
    pub(crate) async fn plan(&self, id: &str) -> Result<Plan, Error> {
        let id = self.full_id("plan", "plans", id).await?;
        let sql = "select p.*, j.id as job from plans p left join jobs j on j.plan_id = p.id where p.id = $1";
        let row = self.database.fetch_one(sql, args![id.as_str()]).await.map_err(reading)?;
        let sql = "select * from plan_items where plan_id = $1 order by idx";
        let items = self.database.fetch(sql, args![id.as_str()]).await.map_err(reading)?;

        let text = |column: &str| row.get::<String>(column).map_err(reading);
        let mut plan = Plan {
            id: row.get("id").map(crate::plan::PlanId).map_err(reading)?,
            hash: text("hash")?,
            created_at: row.get("created_at").map_err(reading)?,
            expires_at: row.get("expires_at").map_err(reading)?,
            requested_by: text("requested_by")?,
            authors: value_of("authors", &text("authors")?)?,
            tenant: text("tenant")?,
            purpose: text("purpose")?,
            selection: value_of("selection", &text("selection")?)?,
            items: {
                let mut known = Known::default();
                items.iter().map(|row| item(row, &mut known)).collect::<Result<_, _>>()?
            },
            decision: value_of("decision", &text("decision")?)?,
            status: self.status(&row)?,
            approvals: Vec::new(),
            retry_of: row.get::<Option<_>>("retry_of").map_err(reading)?.map(JobId),
            surroundings: match row.get::<Option<String>>("surroundings").map_err(reading)? {
                Some(text) => value_of("surroundings", &text)?,
                None => Surroundings::default(),
            },
        };
        plan.approvals = self.approvals(&plan).await?;
        Ok(plan)
    }

    /// Every plan, newest first.
    pub(crate) async fn plans(&self) -> Result<Vec<PlanSummary>, Error> {
        let sql = "select p.*, j.id as job from plans p left join jobs j on j.plan_id = p.id \
                   order by p.created_at desc, p.id desc";
        let rows = self.database.fetch(sql, args![]).await.map_err(reading)?;
        rows.iter()
            .map(|row| {
                let text = |column: &str| row.get::<String>(column).map_err(reading);
                Ok(PlanSummary {
                    id: row.get("id").map(crate::plan::PlanId).map_err(reading)?,
                    created_at: row.get("created_at").map_err(reading)?,
                    expires_at: row.get("expires_at").map_err(reading)?,
                    requested_by: text("requested_by")?,
                    tenant: text("tenant")?,
                    purpose: text("purpose")?,
                    verdict: word_of("verdict", Verdict::known, &text("verdict")?)?,
                    status: self.status(row)?,
                    items: row.get("items").map_err(reading)?,
                    held: row.get("held").map_err(reading)?,
                })
            })
            .collect()
    }

    fn status(&self, plan: &Row) -> Result<PlanStatus, Error> {
        if let Some(job) = plan.get::<Option<_>>("job").map_err(reading)? {
            return Ok(PlanStatus::Applied { job: JobId(job) });
        }
        let expires_at: jiff::Timestamp = plan.get("expires_at").map_err(reading)?;
        Ok(if self.now() < expires_at { PlanStatus::Proposed } else { PlanStatus::Expired })
    }

    /// The whole id that a beginning or an end of it stands for. (The beginnings of ids that were made
    /// within the same minute are alike; their ends never are.)
    pub(super) async fn full_id(&self, what: &'static str, table: &'static str, id: &str) -> Result<String, Error> {
        let wanted = id.trim().to_lowercase();
        let missing = || Error::NotFound { what, id: id.trim().to_owned() };
        if wanted.is_empty() || !wanted.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
            return Err(missing());
        }
        let sql = format!("select id from {table} where id like $1 or id like $2 order by id limit 20");
        let rows = self.database.fetch(sql, args![format!("{wanted}%"), format!("%{wanted}")]).await;
        let ids: Vec<String> =
            rows.map_err(reading)?.iter().map(|row| row.get("id")).collect::<Result<_, _>>().map_err(reading)?;
        match ids.as_slice() {
            [] => Err(missing()),
            [one] => Ok(one.clone()),
            _ => Err(Error::Ambiguous { what, id: wanted, candidates: ids }),
        }
    }
}

/// What makes two plans runs of the same selection: what they are for, and the filter. Others are not compared.
pub(super) fn selection_key(purpose: &str, selection: &Selection) -> Option<String> {
    match selection {
        Selection::Filter { text, .. } => Some(format!("{purpose} / {text}")),
        Selection::Listed | Selection::Decided { .. } => None,
    }
}

/// The last value with its text: most items of a plan have the same action and the same decision.
struct Written<'a, T>(Option<(&'a T, String)>);

impl<T> Default for Written<'_, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'a, T: PartialEq + serde::Serialize> Written<'a, T> {
    fn text(&mut self, value: &'a T) -> Result<String, Error> {
        match &self.0 {
            Some((last, text)) if *last == value => Ok(text.clone()),
            _ => {
                let text = text_of(value)?;
                self.0 = Some((value, text.clone()));
                Ok(text)
            }
        }
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

/// Looks up, within a transaction, the job that a plan became.
pub(super) async fn job_of(transaction: &mut Transaction, plan: &str) -> Result<Option<JobId>, Error> {
    let row = transaction.fetch_optional("select id from jobs where plan_id = $1", args![plan]).await;
    row.map_err(writing)?.map(|row| row.get("id").map(JobId).map_err(writing)).transpose()
}
