//! `schedules` and `schedule_fires`.

use std::time::Duration;

use jiff::Timestamp;
use muster_store::{Row, args};

use super::{Rows, big};
use crate::Error;
use crate::schedule::{Declared, Fire, Schedule, Workflow};

impl Rows {
    /// Brings the table in line with what is declared: new schedules appear, changed ones change, and
    /// those that are no longer declared go. The history of runs stays.
    pub(crate) async fn declare(&self, declared: &[Declared], now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.database.begin().await.map_err(Error::writing)?;
        let rows = transaction
            .fetch(
                "select name, workflow, every_seconds, apply, last_fire, next_due from schedules where tenant = $1",
                args![&self.tenant],
            )
            .await
            .map_err(Error::writing)?;
        let known = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        for gone in known.iter().filter(|schedule| declared.iter().all(|wanted| wanted.name != schedule.name)) {
            transaction
                .execute("delete from schedules where tenant = $1 and name = $2", args![&self.tenant, &gone.name])
                .await
                .map_err(Error::writing)?;
        }
        for wanted in declared {
            let schedule = match known.iter().find(|schedule| schedule.name == wanted.name) {
                Some(known) => known.clone().redeclared(wanted),
                None => Schedule::new(wanted, now),
            };
            transaction
                .execute(
                    "insert into schedules (tenant, name, workflow, every_seconds, apply, last_fire, next_due) \
                     values ($1, $2, $3, $4, $5, $6, $7) \
                     on conflict (tenant, name) do update set workflow = excluded.workflow, \
                     every_seconds = excluded.every_seconds, apply = excluded.apply, next_due = excluded.next_due",
                    args![
                        &self.tenant,
                        &schedule.name,
                        schedule.workflow.as_str(),
                        big(schedule.every.as_secs()),
                        schedule.apply,
                        schedule.last_fire,
                        schedule.next_due
                    ],
                )
                .await
                .map_err(Error::writing)?;
        }
        transaction.commit().await.map_err(Error::writing)
    }

    /// Every schedule, by name.
    pub(crate) async fn schedules(&self) -> Result<Vec<Schedule>, Error> {
        let rows = self
            .database
            .fetch(
                "select name, workflow, every_seconds, apply, last_fire, next_due from schedules \
                 where tenant = $1 order by name",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        rows.iter().map(read).collect()
    }

    /// Claims a scheduled instant for `controller`; `false` when another controller has had it. In one
    /// transaction the instant gets its row, whose key admits no second one, and the schedule moves on.
    pub(crate) async fn claim_fire(
        &self,
        schedule: &Schedule,
        fire: &Fire,
        controller: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.database.begin().await.map_err(Error::writing)?;
        // Whoever reads the schedule a little later than another controller fires may compute a later
        // instant from an old row: the instant that was read must still be the next one.
        let moved = transaction
            .execute(
                "update schedules set last_fire = $1, next_due = $2 where tenant = $3 and name = $4 and next_due = $5",
                args![fire.due, fire.next_due, &self.tenant, &schedule.name, schedule.next_due],
            )
            .await
            .map_err(Error::writing)?;
        if moved == 0 {
            return Ok(false);
        }
        let claimed = transaction
            .execute(
                "insert into schedule_fires (tenant, schedule, due, fired_at, controller, missed) \
                 values ($1, $2, $3, $4, $5, $6) on conflict (tenant, schedule, due) do nothing",
                args![&self.tenant, &schedule.name, fire.due, now, controller, big(fire.missed)],
            )
            .await
            .map_err(Error::writing)?;
        // Moving on past an instant that was acted upon already is right too.
        transaction.commit().await.map_err(Error::writing)?;
        Ok(claimed == 1)
    }
}

fn read(row: &Row) -> Result<Schedule, Error> {
    let workflow: String = row.get("workflow").map_err(Error::reading)?;
    Ok(Schedule {
        name: row.get("name").map_err(Error::reading)?,
        workflow: Workflow::known(&workflow).ok_or(Error::Corrupt {
            table: "schedules",
            what: "workflow",
            value: workflow,
        })?,
        every: Duration::from_secs(row.get("every_seconds").map_err(Error::reading)?),
        apply: row.get("apply").map_err(Error::reading)?,
        last_fire: row.get("last_fire").map_err(Error::reading)?,
        next_due: row.get("next_due").map_err(Error::reading)?,
    })
}
