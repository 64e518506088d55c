//! SQL of approvals and templates, and of what they let through.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use muster_store::{Row, Transaction, args};
use serde_json::json;
use uuid::Uuid;

use super::{
    Append, Journal, OpenTask, audit_rows, item_rows, reading, task_rows, text_of, value_of, word_of, writing,
};
use crate::approval::{self, BREAK_GLASS_A_DAY, Passage, Roster, Template};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::{Approval, ApprovalKind, Hash, JobId, PlanHead, PlanId, PlanItem};

const COLUMNS: [&str; 10] =
    ["plan_id", "at", "expires_at", "approver", "note", "hash", "kind", "signed", "items", "template_id"];

/// Every template with what was used of it since its window began.
const TEMPLATES: &str = "select * from templates order by at, id";
const USES: &str = "select template_id, at, items from template_uses where at > $1";

impl Journal {
    /// A plan's approvals, each with what there is to say against it. The held items are read where they matter and are
    /// not at hand.
    pub(super) async fn approvals(&self, plan: &PlanHead, held: Option<&[&PlanItem]>) -> Result<Vec<Approval>, Error> {
        let sql = "select * from approvals where plan_id = $1 order by at";
        let rows = self.database.fetch(sql, args![plan.id.to_string()]).await.map_err(reading)?;
        let mut approvals: Vec<Approval> = rows.iter().map(approval).collect::<Result<_, _>>()?;
        if approvals.is_empty() {
            return Ok(approvals);
        }
        let roster = self.roster().await?;
        let templates =
            if approvals.iter().any(|one| one.template.is_some()) { self.templates().await? } else { Vec::new() };
        let mut read = Vec::new();
        if held.is_none() && approvals.iter().any(|one| approval::looks_at_items(one.kind)) {
            let mut pages = self.held_pages(plan.id);
            while let Some(page) = pages.next().await? {
                read.extend(page);
            }
        }
        let read: Vec<&PlanItem> = read.iter().collect();
        let held = held.unwrap_or(&read);
        for one in &mut approvals {
            one.objection = approval::objection(plan, held, one, &roster, &templates);
        }
        Ok(approvals)
    }

    /// Adds an approval to a plan.
    pub(crate) async fn keep_approval(&self, plan: &PlanHead, approval: &Approval, actor: &str) -> Result<(), Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Approval).await?;
        let head = audit_rows::reserve(&mut transaction).await?;
        if approval.kind == ApprovalKind::BreakGlass {
            let since = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
            let sql = "select count(*) as count from approvals where kind = 'break-glass' and at > $1";
            let row = transaction.fetch_one(sql, args![since]).await.map_err(writing)?;
            if row.get::<i64>("count").map_err(writing)? >= BREAK_GLASS_A_DAY {
                let why = format!("the glass was broken {BREAK_GLASS_A_DAY} times within a day: ask another person");
                return Err(Error::NoConsent { why });
            }
        }
        insert(&mut transaction, plan, approval).await?;
        let event = match approval.kind {
            ApprovalKind::BreakGlass => "plan.break-glass",
            ApprovalKind::Confirmed => "plan.confirmed",
            _ => "plan.approved",
        };
        let details = json!({
            "hash": approval.hash, "note": approval.note, "expires_at": approval.expires_at,
            "signed": approval.signed, "kept_by": actor,
        });
        let record = Occurrence::new(&approval.by, event, plan.id, details);
        audit_rows::write(&mut transaction, now, head, vec![record]).await?;
        self.commit(Append::Approval, transaction).await
    }

    /// Records that an approval was turned away.
    pub(crate) async fn record_no_consent(&self, by: &str, plan: &PlanHead, why: &str) -> Result<(), Error> {
        let mut transaction = self.begin(Append::Refusal).await?;
        let record = Occurrence::new(by, "approval.refused", plan.id, json!({ "why": why }));
        audit_rows::append(&mut transaction, self.now(), record).await?;
        self.commit(Append::Refusal, transaction).await
    }

    /// Every time that the glass was broken since then, with the plan.
    pub(crate) async fn broken_glasses(&self, since: Timestamp) -> Result<Vec<(PlanId, Approval)>, Error> {
        let sql = "select * from approvals where kind = 'break-glass' and at > $1 order by at";
        let rows = self.database.fetch(sql, args![since]).await.map_err(reading)?;
        let plan = |row: &Row| row.get("plan_id").map(PlanId).map_err(reading);
        rows.iter().map(|row| Ok((plan(row)?, approval(row)?))).collect()
    }

    /// Keeps a template.
    pub(crate) async fn keep_template(&self, template: &Template, actor: &str) -> Result<(), Error> {
        let mut transaction = self.begin(Append::Trust).await?;
        let head = audit_rows::reserve(&mut transaction).await?;
        let columns = ["id", "at", "terms", "signed_by", "signed"];
        let id = template.terms.id.to_string();
        let row = args![
            id.as_str(),
            template.at,
            text_of(&template.terms)?,
            template.signed_by.as_str(),
            template.signed.as_str(),
        ];
        transaction.insert("templates", &columns, vec![row]).await.map_err(writing)?;
        let details = json!({ "terms": template.terms, "signed_by": template.signed_by, "signed": template.signed });
        let record = Occurrence::new(actor, "template.added", id, details);
        audit_rows::write(&mut transaction, self.now(), head, vec![record]).await?;
        self.commit(Append::Trust, transaction).await
    }

    /// Takes a template back: from now on it lets nothing through.
    pub(crate) async fn revoke_template(&self, id: Uuid, actor: &str) -> Result<(), Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Trust).await?;
        let head = audit_rows::reserve(&mut transaction).await?;
        let sql = "update templates set revoked_at = $1, revoked_by = $2 where id = $3 and revoked_at is null";
        transaction.execute(sql, args![now, actor, id.to_string()]).await.map_err(writing)?;
        let record = Occurrence::new(actor, "template.revoked", id, json!({}));
        audit_rows::write(&mut transaction, now, head, vec![record]).await?;
        self.commit(Append::Trust, transaction).await
    }

    /// Every template, each with what there is to say against it.
    pub(crate) async fn templates(&self) -> Result<Vec<Template>, Error> {
        let roster = self.roster().await?;
        let rows = self.database.fetch(TEMPLATES, args![]).await.map_err(reading)?;
        let uses = self.database.fetch(USES, args![Timestamp::MIN]).await.map_err(reading)?;
        templates(&rows, &uses, &roster, self.now())
    }

    /// Lets through, of a new job, what templates cover, and notes that they were used. Both happen in the
    /// transaction that makes the job: a template can be used no further than its bounds.
    pub(super) async fn use_templates(
        &self,
        transaction: &mut Transaction,
        plan: &PlanHead,
        job: JobId,
        (roster, now): (&Roster, Timestamp),
    ) -> Result<Vec<String>, Error> {
        // Two jobs that start at one time must not both see what is left.
        transaction.execute("update templates set at = at", args![]).await.map_err(writing)?;
        let rows = transaction.fetch(TEMPLATES, args![]).await.map_err(writing)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let uses = transaction.fetch(USES, args![Timestamp::MIN]).await.map_err(writing)?;
        let templates = templates(&rows, &uses, roster, now)?;
        let mut by_template: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut passage = Passage::new(plan, &templates, roster);
        let mut beyond = -1;
        while !passage.is_closed() {
            let page = item_rows::held_after(transaction, plan.id, beyond).await?;
            let Some(last) = page.last() else { break };
            beyond = i64::try_from(last.index).unwrap_or(i64::MAX);
            for item in &page {
                if let Some(place) = passage.next(item) {
                    by_template.entry(place).or_default().push(item.index);
                }
            }
        }
        let mut names = Vec::new();
        for (place, items) in by_template {
            let Template { terms, signed_by, signed, .. } = &templates[place];
            let values = args![terms.id.to_string(), plan.id.to_string(), now, items.len()];
            let sql = "insert into template_uses (template_id, plan_id, at, items) values ($1, $2, $3, $4)";
            transaction.execute(sql, values).await.map_err(writing)?;
            for chunk in items.chunks(500) {
                let places: Vec<String> = (0..chunk.len()).map(|place| format!("${}", place + 2)).collect();
                let sql = format!(
                    "update tasks set state = case when sending_at is null then 'pending' else 'unknown' end, class = null, \
                     reason = (select i.reason from plan_items i join jobs j on j.plan_id = i.plan_id \
                               where j.id = tasks.job_id and i.idx = tasks.idx) \
                     where job_id = $1 and idx in ({}) and state = 'held'",
                    places.join(", ")
                );
                let mut values = args![job.to_string()];
                values.extend(chunk.iter().flat_map(|index| args![*index]));
                transaction.execute(sql, values).await.map_err(writing)?;
            }
            let approval = Approval {
                by: signed_by.clone(),
                at: now,
                expires_at: terms.until,
                note: terms.name.clone(),
                hash: plan.hash.clone(),
                kind: ApprovalKind::Template,
                signed: Some(signed.clone()),
                items: Some(items),
                template: Some(terms.id),
                objection: None,
            };
            insert(transaction, plan, &approval).await?;
            names.push(terms.name.clone());
        }
        Ok(names)
    }

    /// Waiting tasks that nothing lets through, or nothing any more: they were held when the plan was made. The plan
    /// is verified anew, from its items to the signatures.
    pub(crate) async fn not_let_through(&self, job: JobId) -> Result<Vec<OpenTask>, Error> {
        let waiting = task_rows::held_once(&self.database, job).await?;
        if waiting.is_empty() {
            return Ok(waiting);
        }
        let sql = "select plan_id as id from jobs where id = $1";
        let row = self.database.fetch_one(sql, args![job.to_string()]).await.map_err(reading)?;
        let plan = self.plan_head(&row.get::<String>("id").map_err(reading)?).await?;
        let (mut hash, mut pages) = (Hash::default(), self.pages(plan.id));
        while let Some(page) = pages.next().await? {
            page.iter().for_each(|item| hash.item(item));
        }
        if hash.of(&plan.tenant) != plan.hash {
            return Err(Error::Altered { plan: plan.id });
        }
        let now = self.now();
        Ok(waiting.into_iter().filter(|task| plan.let_through_by(task.index, now).is_none()).collect())
    }
}

async fn insert(transaction: &mut Transaction, plan: &PlanHead, approval: &Approval) -> Result<(), Error> {
    let row = args![
        plan.id.to_string(),
        approval.at,
        approval.expires_at,
        approval.by.as_str(),
        approval.note.as_str(),
        approval.hash.as_str(),
        approval.kind.as_str(),
        approval.signed.as_deref(),
        approval.items.as_ref().map(text_of).transpose()?,
        approval.template.map(|id| id.to_string()),
    ];
    transaction.insert("approvals", &COLUMNS, vec![row]).await.map_err(writing)
}

fn approval(row: &Row) -> Result<Approval, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    let items: Option<String> = row.get("items").map_err(reading)?;
    Ok(Approval {
        by: text("approver")?,
        at: row.get("at").map_err(reading)?,
        expires_at: row.get("expires_at").map_err(reading)?,
        note: text("note")?,
        hash: text("hash")?,
        kind: word_of("kind of approval", ApprovalKind::known, &text("kind")?)?,
        signed: row.get("signed").map_err(reading)?,
        items: items.as_deref().map(|text| value_of("items of an approval", text)).transpose()?,
        template: row.get("template_id").map_err(reading)?,
        objection: None,
    })
}

/// Templates out of their rows and those of their uses.
fn templates(rows: &[Row], uses: &[Row], roster: &Roster, now: Timestamp) -> Result<Vec<Template>, Error> {
    let mut used: Vec<(Uuid, Timestamp, u64)> = Vec::with_capacity(uses.len());
    for row in uses {
        let get = (row.get("template_id"), row.get("at"), row.get("items"));
        used.push((get.0.map_err(reading)?, get.1.map_err(reading)?, get.2.map_err(reading)?));
    }
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.get::<String>(column).map_err(reading);
            let revoked_at: Option<Timestamp> = row.get("revoked_at").map_err(reading)?;
            let revoked_by: Option<String> = row.get("revoked_by").map_err(reading)?;
            let mut template = Template {
                terms: value_of("terms of a template", &text("terms")?)?,
                signed_by: text("signed_by")?,
                signed: text("signed")?,
                at: row.get("at").map_err(reading)?,
                revoked: revoked_at.map(|at| (at, revoked_by.unwrap_or_default())),
                used: 0,
                objection: None,
            };
            let since = template.terms.window_begins(now);
            let of_it = used.iter().filter(|(id, at, _)| *id == template.terms.id && *at > since);
            template.used = of_it.map(|(_, _, items)| items).sum();
            template.objection = approval::template_objection(&template, roster, now);
            Ok(template)
        })
        .collect()
}
