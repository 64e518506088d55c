//! What the guard weighs of the past: what was sent lately, and how many targets a selection had the last time.

use jiff::Timestamp;
use muster_store::{Value, args};

use super::{Journal, plan_rows, reading, value_of};
use crate::error::Error;
use crate::plan::{Action, Risk, Selection, Sent, Target, counted};

/// How far, and for what, to look back.
pub(crate) struct Lookback<'a> {
    pub tenant: &'a str,
    /// Only what was sent after this; `None` does not look at all.
    pub since: Option<Timestamp>,
    /// Of these classes of risk …
    pub risks: Vec<Risk>,
    /// … or of actions with these words.
    pub words: Vec<&'a str>,
}

const SENT: &str = "\
    select t.sending_at, i.target, i.action from jobs j \
    join plan_items i on i.plan_id = j.plan_id \
    join tasks t on t.job_id = j.id and t.idx = i.idx \
    where j.tenant = $1 and (j.finished_at is null or j.finished_at > $2) and t.sending_at > $2";

const LAST: &str = "\
    select p.items, j.created_at from plans p join jobs j on j.plan_id = p.id \
    where p.selection_key = $1 and p.tenant = $2 and p.retry_of is null order by j.created_at desc limit 1";

impl Journal {
    /// How many targets the last run of the same selection had, and when it was.
    pub(crate) async fn last_run(
        &self,
        purpose: &str,
        selection: &Selection,
        tenant: &str,
    ) -> Result<Option<(u64, Timestamp)>, Error> {
        let Some(key) = plan_rows::selection_key(purpose, selection) else { return Ok(None) };
        let row = self.database.fetch_optional(LAST, args![key, tenant]).await.map_err(reading)?;
        row.map(|row| Ok((row.get("items").map_err(reading)?, row.get("created_at").map_err(reading)?))).transpose()
    }

    /// What was sent lately.
    pub(crate) async fn sent(&self, back: &Lookback<'_>) -> Result<Vec<Sent>, Error> {
        let Some(since) = back.since.filter(|_| !(back.risks.is_empty() && back.words.is_empty())) else {
            return Ok(Vec::new());
        };
        let mut values: Vec<Value> = args![back.tenant, since];
        let mut wanted: Vec<String> = Vec::new();
        if !back.risks.is_empty() {
            let risks: Vec<String> = back.risks.iter().map(|risk| format!("'{risk}'")).collect();
            // The first condition lets the small index be used that leaves out what is reversible.
            let weighty = if back.risks.contains(&Risk::Reversible) { "" } else { "i.risk <> 'reversible' and " };
            wanted.push(format!("({weighty}i.risk in ({}))", risks.join(", ")));
        }
        if !back.words.is_empty() {
            let mut places = Vec::new();
            for word in &back.words {
                values.push(word.to_lowercase().into());
                places.push(format!("${}", values.len()));
            }
            wanted.push(format!("lower(i.word) in ({})", places.join(", ")));
        }
        let sql = format!("{SENT} and ({})", wanted.join(" or "));
        let rows = self.database.fetch(sql, values).await.map_err(reading)?;
        let mut sent = Vec::with_capacity(rows.len());
        for row in &rows {
            let text = |column: &str| row.get::<String>(column).map_err(reading);
            let target: Target = value_of("target", &text("target")?)?;
            let action: Action = value_of("action", &text("action")?)?;
            let at = row.get("sending_at").map_err(reading)?;
            sent.extend(counted(&target, &action).into_iter().map(|one| Sent {
                at,
                target: one.target,
                group: one.group.cloned(),
                word: action.word().to_owned(),
                verb: action.verb(),
                risk: action.risk(),
                reach: one.reach,
            }));
        }
        Ok(sent)
    }
}
