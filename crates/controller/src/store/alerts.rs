//! `alerts`, and the deliveries that are born with them.

use jiff::Timestamp;
use muster_store::{Row, Value, args};

use super::Rows;
use crate::alerts::{Alert, Change, Rule, State};
use crate::notify::{self, Event, Message};
use crate::{Error, ids};

impl Rows {
    /// Writes a change of an alert and, in the same transaction, one delivery for each of `channels` if
    /// there is something to tell. `false`: another controller has noticed the same at the same time and
    /// was faster; nothing was written.
    pub(crate) async fn change_alert(
        &self,
        change: &Change,
        before: Option<&Alert>,
        channels: &[&'static str],
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.database.begin().await.map_err(Error::writing)?;
        let alert = change.alert();
        let written = match (before, change) {
            (None, _) => {
                let mut values = args![
                    alert.id,
                    &self.tenant,
                    alert.rule.as_str(),
                    alert.subject.as_str(),
                    alert.rule.severity().as_str(),
                    alert.first_seen_at
                ];
                values.extend(state(alert));
                transaction
                    .execute(
                        "insert into alerts (id, tenant, rule, subject, severity, first_seen_at, state, summary, \
                         resolution, seen, clear, evidence_at, opened_at, resolved_at) \
                         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing",
                        values,
                    )
                    .await
            }
            (Some(before), Change::Forgotten(_)) => {
                transaction
                    .execute("delete from alerts where id = $1 and evidence_at = $2", args![alert.id, before.evidence])
                    .await
            }
            (Some(before), _) => {
                let mut values = args![alert.id, before.evidence, before.state.as_str()];
                values.extend(state(alert));
                transaction
                    .execute(
                        "update alerts set state = $4, summary = $5, resolution = $6, seen = $7, clear = $8, \
                         evidence_at = $9, opened_at = $10, resolved_at = $11 \
                         where id = $1 and evidence_at = $2 and state = $3",
                        values,
                    )
                    .await
            }
        };
        if written.map_err(Error::writing)? == 0 {
            return Ok(false);
        }
        let event = match change {
            Change::Opened(_) => Some(Event::Opened),
            Change::Resolved(_) => Some(Event::Resolved),
            Change::Watched(_) | Change::Noted(_) | Change::Forgotten(_) => None,
        };
        if let Some(event) = event {
            let message = serde_json::json!(Message::new(event, alert, &self.tenant)).to_string();
            for channel in channels {
                transaction
                    .execute(
                        "insert into deliveries (id, tenant, alert_id, event, channel, payload, state, attempts, \
                         next_attempt_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)",
                        args![
                            ids::fresh(now),
                            &self.tenant,
                            alert.id,
                            event.as_str(),
                            *channel,
                            message.as_str(),
                            notify::State::Waiting.as_str(),
                            now
                        ],
                    )
                    .await
                    .map_err(Error::writing)?;
            }
        }
        transaction.commit().await.map_err(Error::writing)?;
        Ok(true)
    }

    /// Alerts that are watched or open, oldest first.
    pub(crate) async fn living_alerts(&self) -> Result<Vec<Alert>, Error> {
        self.select_alerts("and state <> 'resolved' order by first_seen_at, id limit $2", 10_000).await
    }

    /// The newest resolved alerts, newest first.
    pub(crate) async fn resolved_alerts(&self, limit: u32) -> Result<Vec<Alert>, Error> {
        self.select_alerts("and state = 'resolved' order by resolved_at desc, id desc limit $2", limit).await
    }

    async fn select_alerts(&self, rest: &'static str, limit: u32) -> Result<Vec<Alert>, Error> {
        let sql = format!(
            "select id, rule, subject, state, summary, resolution, seen, clear, evidence_at, first_seen_at, opened_at, \
             resolved_at from alerts where tenant = $1 {rest}"
        );
        let rows = self.database.fetch(sql, args![&self.tenant, limit]).await.map_err(Error::reading)?;
        rows.iter().map(read).collect()
    }
}

/// The part of an alert that changes, in the order of the statements above.
fn state(alert: &Alert) -> Vec<Value> {
    args![
        alert.state.as_str(),
        alert.summary.as_str(),
        alert.resolution.as_deref(),
        alert.seen,
        alert.clear,
        alert.evidence,
        alert.opened_at,
        alert.resolved_at
    ]
}

fn read(row: &Row) -> Result<Alert, Error> {
    let word = |column: &'static str| row.get::<String>(column).map_err(Error::reading);
    let corrupt = |what, value| Error::Corrupt { table: "alerts", what, value };
    let (rule, state) = (word("rule")?, word("state")?);
    let (rule, state) = (
        Rule::known(&rule).ok_or_else(|| corrupt("rule", rule))?,
        State::known(&state).ok_or_else(|| corrupt("state", state))?,
    );
    let columns = || -> Result<Alert, muster_store::Error> {
        Ok(Alert {
            id: row.get("id")?,
            rule,
            subject: row.get("subject")?,
            state,
            summary: row.get("summary")?,
            resolution: row.get("resolution")?,
            seen: row.get("seen")?,
            clear: row.get("clear")?,
            evidence: row.get("evidence_at")?,
            first_seen_at: row.get("first_seen_at")?,
            opened_at: row.get("opened_at")?,
            resolved_at: row.get("resolved_at")?,
        })
    };
    columns().map_err(Error::reading)
}
