//! What the agent of a device does at a check-in besides answering: it runs the sensors, scripts and workflows that
//! its smart groups have, when it is time for them.
//!
//! What is run is read once for a batch of devices, what becomes of it is written once. In between everything is
//! pure: the same device at the same check-in reports the same.

mod plans;
mod scripts;
mod sensors;
mod workflows;

use std::collections::{HashMap, HashSet};

use muster_model::commands::Command;
use muster_model::words::CommandStatus;
use muster_store::{Error, Transaction, Value, args};
use uuid::Uuid;

use self::plans::{Kind, Plan};
use super::bulk::{Bulk, ids, placeholders};
use super::device::Life;
use super::dice::{Dice, Purpose};
use super::pace::{Moment, Pace};
use super::turn::World;

/// How a run stands.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    status: String,
    value: String,
    return_code: Option<i64>,
    millis: Option<i64>,
    /// `None` before the first time.
    executed_at: Option<Moment>,
}

/// One device at its check-in, as far as what it runs depends on it.
struct Visit<'a> {
    life: &'a Life,
    pace: Pace,
    /// Its sensors were asked for by a command.
    asked: bool,
}

impl Visit<'_> {
    fn at(&self) -> Moment {
        self.life.device.last_seen_at
    }

    /// Whether it is time again, for something that was done before.
    fn is_due(&self, plan: &Plan, before: Moment, dice: &mut Dice) -> bool {
        let scheduled = plan.every.is_some_and(|hours| self.at() - before >= self.pace.hours(hours * 0.7));
        // What the documents call events happens on devices, not here: a sign-in is likely between two check-ins.
        let happened = plan.events.iter().any(|event| {
            dice.chance(match event.as_str() {
                "LOGIN" | "LOGOUT" => 0.5,
                "NETWORK_CHANGE" => 0.4,
                "STARTUP" | "USER_SWITCH" => 0.2,
                _ => 0.0,
            })
        });
        scheduled || happened
    }
}

/// Lets the agents of a batch of devices run what they have.
pub(super) async fn run(tx: &mut Transaction, lives: &[Life], world: &World) -> Result<(), Error> {
    let plans = plans::read(tx).await?;
    let devices: Vec<i64> =
        lives.iter().filter(|life| life.device.is_managed() && !life.left).map(|life| life.device.id).collect();
    if plans.is_empty() || devices.is_empty() {
        return Ok(());
    }
    let lives: HashMap<i64, &Life> = lives.iter().map(|life| (life.device.id, life)).collect();
    let before = runs(tx, &devices).await?;
    // A device that several assignments describe follows the first of them.
    let (mut served, mut rows) = (HashSet::new(), Vec::new());
    for plan in &plans {
        for device in plans::members(tx, plan, &devices).await? {
            let Some(life) = lives.get(&device).filter(|_| served.insert((plan.subject, device))) else { continue };
            let visit = Visit { life, pace: world.pace, asked: synced(life) };
            let old = before.get(&(plan.subject, device));
            if let Some(run) = next(plan, &visit, old, world.seed) {
                rows.push(row(plan, &visit, run));
            }
        }
    }
    UPSERT.run(tx, rows).await
}

fn synced(life: &Life) -> bool {
    let done = |order: &super::device::Order| order.changed && order.status == CommandStatus::Acknowledged;
    life.orders.iter().any(|order| done(order) && order.command == Some(Command::SyncSensors))
}

fn next(plan: &Plan, visit: &Visit<'_>, old: Option<&Run>, seed: u64) -> Option<Run> {
    let device = &visit.life.device;
    let occasion = (plan.subject.as_u128() as i64).wrapping_add(device.checkins);
    let dice = &mut Dice::new(seed, Purpose::Agent, device.id, occasion);
    match plan.kind {
        Kind::Sensor => sensors::next(plan, visit, old, dice),
        Kind::Script => scripts::next(plan, visit, old, dice),
        Kind::Workflow => workflows::next(plan, visit, old, dice),
    }
}

async fn runs(tx: &mut Transaction, devices: &[i64]) -> Result<HashMap<(Uuid, i64), Run>, Error> {
    let sql = format!(
        "select subject, device_id, status, value, return_code, millis, executed_at from agent_runs \
         where device_id in ({})",
        placeholders(tx.engine(), devices.len())
    );
    let rows = tx.fetch(sql, ids(devices)).await?;
    let read = |row: &muster_store::Row| {
        let run = Run {
            status: row.get("status")?,
            value: row.get("value")?,
            return_code: row.get("return_code")?,
            millis: row.get("millis")?,
            executed_at: row.get("executed_at")?,
        };
        Ok(((row.get("subject")?, row.get("device_id")?), run))
    };
    rows.iter().map(read).collect()
}

const UPSERT: Bulk = Bulk {
    before: "insert into agent_runs (subject, device_id, kind, status, value, return_code, millis, executed_at, \
             updated_at) values ",
    after: " on conflict (subject, device_id) do update set status = excluded.status, value = excluded.value, \
            return_code = excluded.return_code, millis = excluded.millis, executed_at = excluded.executed_at, \
            updated_at = excluded.updated_at",
};

fn row(plan: &Plan, visit: &Visit<'_>, run: Run) -> Vec<Value> {
    args![
        plan.subject,
        visit.life.device.id,
        plan.kind.word(),
        run.status,
        run.value,
        run.return_code,
        run.millis,
        run.executed_at,
        visit.at()
    ]
}
