//! `deliveries`: they are written with their alert; here they are claimed, settled and counted.

use std::time::Duration;

use jiff::Timestamp;
use muster_store::{Row, args};
use uuid::Uuid;

use super::Rows;
use crate::Error;
use crate::notify::{Delivery, State};

impl Rows {
    /// Takes the next delivery of `channel` that is due, and keeps it from everybody else for `hold`: if
    /// this process dies while it sends, the delivery is due again after that. What an alert has to say
    /// is said in its order: a resolution waits until the opening has arrived or was given up.
    pub(crate) async fn claim_delivery(
        &self,
        channel: &str,
        now: Timestamp,
        hold: Duration,
    ) -> Result<Option<Delivery>, Error> {
        let until = now.checked_add(hold).unwrap_or(Timestamp::MAX);
        let row = self
            .database
            .fetch_optional(
                "update deliveries set attempts = attempts + 1, next_attempt_at = $1 where id = ( \
                   select d.id from deliveries d where d.tenant = $2 and d.channel = $3 and d.state = 'waiting' \
                   and d.next_attempt_at <= $4 and not exists ( \
                     select 1 from deliveries o where o.alert_id = d.alert_id and o.channel = d.channel \
                     and o.event = 'opened' and o.state = 'waiting' and o.id <> d.id) \
                   order by d.created_at, d.id limit 1 \
                 ) and state = 'waiting' and next_attempt_at <= $4 \
                 returning id, alert_id, payload, attempts, created_at",
                args![until, &self.tenant, channel, now],
            )
            .await
            .map_err(Error::writing)?;
        row.as_ref().map(read).transpose().map_err(Error::reading)
    }

    /// Notes what became of a delivery: with an error it is tried again at `next`, or given up if that is
    /// `None`.
    pub(crate) async fn settle_delivery(
        &self,
        id: Uuid,
        error: Option<&str>,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (state, delivered_at) = match (error, next) {
            (None, _) => (State::Delivered, Some(now)),
            (Some(_), Some(_)) => (State::Waiting, None),
            (Some(_), None) => (State::GivenUp, None),
        };
        self.database
            .execute(
                "update deliveries set state = $2, delivered_at = $3, last_error = $4, next_attempt_at = $5 where id = $1",
                args![id, state.as_str(), delivered_at, error, next.unwrap_or(now)],
            )
            .await
            .map(drop)
            .map_err(Error::writing)
    }

    /// When the next delivery of any channel is due.
    pub(crate) async fn next_delivery(&self) -> Result<Option<Timestamp>, Error> {
        let row = self
            .database
            .fetch_one(
                "select min(next_attempt_at) as due from deliveries where tenant = $1 and state = 'waiting'",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        row.get("due").map_err(Error::reading)
    }

    /// How many deliveries are in each state, by the state's word, and the newest error there is.
    pub(crate) async fn delivery_counts(&self) -> Result<Vec<(String, u64)>, Error> {
        let rows = self
            .database
            .fetch(
                "select state, count(*) as number from deliveries where tenant = $1 group by state order by state",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        rows.iter()
            .map(|row| Ok((row.get("state")?, row.get("number")?)))
            .collect::<Result<_, _>>()
            .map_err(Error::reading)
    }

    /// What the last failed attempt said, among the deliveries that have not arrived.
    pub(crate) async fn delivery_error(&self) -> Result<Option<String>, Error> {
        let row = self
            .database
            .fetch_optional(
                "select last_error from deliveries where tenant = $1 and state <> 'delivered' \
                 and last_error is not null order by next_attempt_at desc limit 1",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        row.map(|row| row.get("last_error")).transpose().map_err(Error::reading)
    }
}

fn read(row: &Row) -> Result<Delivery, muster_store::Error> {
    Ok(Delivery {
        id: row.get("id")?,
        alert: row.get("alert_id")?,
        payload: row.get("payload")?,
        attempts: row.get("attempts")?,
        created_at: row.get("created_at")?,
    })
}
