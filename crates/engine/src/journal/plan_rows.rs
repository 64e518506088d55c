//! SQL of plans. Their items are in [`super::item_rows`].

use muster_store::{Row, Transaction, args};
use serde_json::json;

use super::{Append, Journal, Kept, audit_rows, item_rows, reading, text_of, value_of, word_of, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::{
    JobId, Plan, PlanHead, PlanItem, PlanStatus, PlanSummary, Reason, Selection, Surroundings, Verdict, Verdicts,
};

const PLAN_COLUMNS: [&str; 17] = [
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
    "verdicts",
];

impl Journal {
    /// Keeps a plan of which these are the items, or the last ones: those before were written down by
    /// [`Journal::keep_page`].
    pub(crate) async fn keep_plan(&self, plan: &PlanHead, items: &[Kept]) -> Result<(), Error> {
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
            number(plan.verdicts.total()),
            number(plan.verdicts.hold),
            plan.retry_of.map(|job| job.to_string()),
            selection_key(&plan.purpose, &plan.selection),
            text_of(&plan.surroundings)?,
            text_of(&plan.authors)?,
            text_of(&plan.verdicts)?,
        ];
        let details = json!({
            "purpose": plan.purpose, "tenant": plan.tenant, "hash": plan.hash, "items": plan.verdicts.total(),
            "held": plan.verdicts.hold, "decision": plan.decision, "retry_of": plan.retry_of,
            "authors": plan.authors,
        });
        let rows = item_rows::rows(&id, items)?;
        let mut transaction = self.begin(Append::Plan).await?;
        transaction.insert("plans", &PLAN_COLUMNS, vec![row]).await.map_err(writing)?;
        transaction.insert("plan_items", &item_rows::COLUMNS, rows).await.map_err(writing)?;
        transaction.execute("delete from drafts where id = $1", args![id]).await.map_err(writing)?;
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
        let (head, _) = self.bare_head(id).await?;
        let mut items = Vec::with_capacity(usize::try_from(head.verdicts.total()).unwrap_or_default());
        let mut pages = self.pages(head.id);
        while let Some(page) = pages.next().await? {
            items.extend(page);
        }
        let mut plan = Plan::new(head, items);
        let held: Vec<&PlanItem> = plan.items.iter().filter(|item| item.decision.verdict == Verdict::Hold).collect();
        plan.head.approvals = self.approvals(&plan.head, Some(&held)).await?;
        Ok(plan)
    }

    /// A plan without its items, by its id or an unambiguous beginning or end of it.
    pub(crate) async fn plan_head(&self, id: &str) -> Result<PlanHead, Error> {
        let (mut head, counted) = self.bare_head(id).await?;
        if !counted {
            let sql = "select verdict, count(*) as items from plan_items where plan_id = $1 group by verdict";
            let rows = self.database.fetch(sql, args![head.id.to_string()]).await.map_err(reading)?;
            for row in &rows {
                let verdict = word_of("verdict", Verdict::known, &row.get::<String>("verdict").map_err(reading)?)?;
                *head.verdicts.slot(verdict) = row.get("items").map_err(reading)?;
            }
        }
        head.approvals = self.approvals(&head, None).await?;
        Ok(head)
    }

    /// The row of a plan, and whether it tells how many items have which verdict: plans of earlier versions do not.
    async fn bare_head(&self, id: &str) -> Result<(PlanHead, bool), Error> {
        let id = self.full_id("plan", "plans", id).await?;
        let sql = "select p.*, j.id as job from plans p left join jobs j on j.plan_id = p.id where p.id = $1";
        let row = self.database.fetch_one(sql, args![id]).await.map_err(reading)?;
        let text = |column: &str| row.get::<String>(column).map_err(reading);
        let maybe = |column: &str| row.get::<Option<String>>(column).map_err(reading);
        let verdicts: Option<Verdicts> =
            maybe("verdicts")?.map(|text| value_of("verdicts of a plan", &text)).transpose()?;
        let head = PlanHead {
            id: row.get("id").map(crate::plan::PlanId).map_err(reading)?,
            hash: text("hash")?,
            created_at: row.get("created_at").map_err(reading)?,
            expires_at: row.get("expires_at").map_err(reading)?,
            requested_by: text("requested_by")?,
            authors: value_of("authors", &text("authors")?)?,
            tenant: text("tenant")?,
            purpose: text("purpose")?,
            selection: value_of("selection", &text("selection")?)?,
            decision: value_of("decision", &text("decision")?)?,
            status: self.status(&row)?,
            approvals: Vec::new(),
            retry_of: row.get::<Option<_>>("retry_of").map_err(reading)?.map(JobId),
            surroundings: match maybe("surroundings")? {
                Some(text) => value_of("surroundings", &text)?,
                None => Surroundings::default(),
            },
            verdicts: verdicts.unwrap_or_default(),
        };
        Ok((head, verdicts.is_some()))
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

/// Neither engine counts further.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Looks up, within a transaction, the job that a plan became.
pub(super) async fn job_of(transaction: &mut Transaction, plan: &str) -> Result<Option<JobId>, Error> {
    let row = transaction.fetch_optional("select id from jobs where plan_id = $1", args![plan]).await;
    row.map_err(writing)?.map(|row| row.get("id").map(JobId).map_err(writing)).transpose()
}
