//! What is to be run, by whom and when: the documents that callers made, as far as agents care.

use std::collections::HashMap;

use muster_store::{Error, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::store::agent_runs::{SCRIPT, SCRIPT_ASSIGNMENT, SENSOR, SENSOR_ASSIGNMENT, WORKFLOW, bare_platform};
use crate::store::smart_groups;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sensor,
    Script,
    Workflow,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Sensor => SENSOR,
            Self::Script => SCRIPT,
            Self::Workflow => WORKFLOW,
        }
    }
}

/// Something that devices of some smart groups run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) subject: Uuid,
    pub(super) name: String,
    /// The document.
    pub(super) body: Map<String, Value>,
    /// As [`bare_platform`] spells it.
    pub(super) platform: String,
    /// Of the smart groups that have it.
    criteria: Vec<String>,
    /// Hours from one time to the next, if there is a schedule.
    pub(super) every: Option<f64>,
    /// Events that set it going.
    pub(super) events: Vec<String>,
    /// It goes by itself; else somebody has to ask for it on the device.
    pub(super) automatic: bool,
}

struct Document {
    uuid: Uuid,
    kind: String,
    parent: Option<Uuid>,
    name: String,
    state: String,
    body: Map<String, Value>,
}

/// Everything that is handed to somebody, in the order in which assignments win.
pub(super) async fn read(tx: &mut Transaction) -> Result<Vec<Plan>, Error> {
    let sql = "select uuid, kind, parent, name, state, body from objects \
               where kind in ('sensor', 'sensor-assignment', 'script', 'script-assignment', 'workflow') order by id";
    let rows = tx.fetch(sql, args![]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let document = |row: &muster_store::Row| {
        Ok((
            row.get::<Uuid>("uuid")?,
            Document {
                uuid: row.get("uuid")?,
                kind: row.get("kind")?,
                parent: row.get("parent")?,
                name: row.get("name")?,
                state: row.get("state")?,
                body: serde_json::from_str(&row.get::<String>("body")?).unwrap_or_default(),
            },
        ))
    };
    let documents: Vec<(Uuid, Document)> = rows.iter().map(document).collect::<Result<_, Error>>()?;
    let known: HashMap<Uuid, &Document> = documents.iter().map(|(uuid, document)| (*uuid, document)).collect();
    let groups = tx.fetch("select uuid, criteria from smart_groups", args![]).await?;
    let groups = groups.iter().map(|row| Ok((row.get("uuid")?, row.get("criteria")?)));
    let groups: HashMap<String, String> = groups.collect::<Result<_, Error>>()?;
    let mut plans: Vec<(i64, Plan)> =
        documents.iter().filter_map(|(_, document)| plan(document, &known, &groups)).collect();
    plans.sort_by_key(|(rank, _)| *rank);
    Ok(plans.into_iter().map(|(_, plan)| plan).collect())
}

fn plan(
    document: &Document,
    known: &HashMap<Uuid, &Document>,
    groups: &HashMap<String, String>,
) -> Option<(i64, Plan)> {
    let owner = || document.parent.and_then(|parent| known.get(&parent).copied());
    let (kind, subject) = match document.kind.as_str() {
        SENSOR_ASSIGNMENT => (Kind::Sensor, owner()?),
        SCRIPT_ASSIGNMENT => (Kind::Script, owner()?),
        WORKFLOW if matches!(document.state.as_str(), "Published" | "Resumed") => (Kind::Workflow, document),
        _ => return None,
    };
    let body = &document.body;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let list = |name: &str| body.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let trigger = text("trigger_type").unwrap_or("SCHEDULE");
    // Version 1 of sensors keeps the interval with the sensor.
    let interval = text("schedule_trigger").or_else(|| subject.body.get("schedule_trigger")?.as_str());
    let platform = ["platform", "device_type"].iter().find_map(|name| subject.body.get(*name)?.as_str());
    let rank = ["ranking", "priority"].iter().find_map(|name| body.get(*name)?.as_i64()).unwrap_or_default();
    Some((
        rank,
        Plan {
            kind,
            subject: subject.uuid,
            name: subject.name.clone(),
            body: subject.body.clone(),
            platform: bare_platform(platform.unwrap_or_default()),
            criteria: list("smart_group_uuids").filter_map(|uuid| groups.get(uuid).cloned()).collect(),
            every: trigger.contains("SCHEDULE").then(|| hours(interval)),
            events: list("event_triggers").map(str::to_owned).collect(),
            automatic: text("deployment_mode").is_none_or(|mode| mode.eq_ignore_ascii_case("auto")),
        },
    ))
}

/// Without an interval, every ordinary check-in.
fn hours(interval: Option<&str>) -> f64 {
    match interval {
        Some("SIX_HOURS") => 6.0,
        Some("EIGHT_HOURS") => 8.0,
        Some("TWELVE_HOURS") => 12.0,
        Some("TWENTY_FOUR_HOURS") => 24.0,
        _ => 4.0,
    }
}

/// Which of these devices a plan is for.
pub(super) async fn members(tx: &mut Transaction, plan: &Plan, devices: &[i64]) -> Result<Vec<i64>, Error> {
    let Some((members, mut filter)) = smart_groups::any_of(plan.criteria.iter().map(String::as_str)) else {
        return Ok(Vec::new());
    };
    let platform = filter.arg(plan.platform.as_str());
    // Numbers of ours, and more of them than a statement should have parameters.
    let ids: Vec<String> = devices.iter().map(i64::to_string).collect();
    let sql = format!(
        "select d.id from devices d where ({members}) and lower(d.platform) = {platform} and d.id in ({}) order by d.id",
        ids.join(", ")
    );
    tx.fetch(sql, filter.args()).await?.iter().map(|row| row.get("id")).collect()
}
