//! What the agents of devices run: which device has which sensor, script or workflow, and how it went.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::scope::Scope;
use super::smart_groups;

/// `agent_runs.kind`, and `objects.kind` of what is run.
pub(crate) const SENSOR: &str = "sensor";
pub(crate) const SCRIPT: &str = "script";
pub(crate) const WORKFLOW: &str = "workflow";
/// `objects.kind` of what hands sensors and scripts to smart groups; their parent is the sensor or the script.
pub(crate) const SENSOR_ASSIGNMENT: &str = "sensor-assignment";
pub(crate) const SCRIPT_ASSIGNMENT: &str = "script-assignment";

/// `agent_runs.status` of what a device has and has not run.
pub(crate) const NOT_STARTED: &str = "NOT_STARTED";

/// One device's run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) subject: Uuid,
    pub(crate) subject_name: String,
    pub(crate) status: String,
    pub(crate) value: String,
    pub(crate) return_code: Option<i64>,
    pub(crate) millis: Option<i64>,
    pub(crate) executed_at: Option<Timestamp>,
    pub(crate) updated_at: Timestamp,
    pub(crate) device_id: i64,
    pub(crate) device_uuid: Uuid,
    pub(crate) device_name: String,
    pub(crate) platform: String,
    pub(crate) enrolled: bool,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) user_uuid: Option<Uuid>,
    pub(crate) username: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

/// By what runs are sorted; what is equal in it comes by device and name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Device,
    Name,
    Status,
    Executed,
    Seen,
    User,
}

/// Which runs are listed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subject: Option<Uuid>,
    pub(crate) device: Option<Uuid>,
    /// Part of the name of the device or of what is run.
    pub(crate) text: Option<&'a str>,
    /// Any of these; none are no restriction.
    pub(crate) statuses: Vec<&'a str>,
    /// Only what has been run.
    pub(crate) executed: bool,
    pub(crate) order: Order,
    pub(crate) descending: bool,
}

const TABLES: &str = "agent_runs r join devices d on d.id = r.device_id left join objects o on o.uuid = r.subject \
    left join users u on u.id = d.user_id";

impl Wanted<'_> {
    fn filter(&self, scope: &Scope) -> Filter {
        let mut filter = Filter::default();
        filter.equal("r.kind", self.kind);
        if let Some(subject) = self.subject {
            filter.equal("r.subject", subject);
        }
        if let Some(device) = self.device {
            filter.equal("d.uuid", device);
        }
        if let Some(text) = self.text {
            let either = filter.group(|filter| filter.contains("d.friendly_name", text));
            let other = filter.group(|filter| filter.contains("o.name", text));
            filter.and(format!("({either} or {other})"));
        }
        filter.one_of("r.status", self.statuses.iter().copied());
        if self.executed {
            filter.and("r.executed_at is not null");
        }
        filter.within("d.organization_group_id", scope);
        filter
    }

    fn order(&self) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let column = match self.order {
            Order::Device => "lower(d.friendly_name)",
            Order::Name => "lower(o.name)",
            Order::Status => "r.status",
            Order::Executed => "r.executed_at",
            Order::Seen => "d.last_seen_at",
            Order::User => "u.username",
        };
        format!("{column}{direction}, r.device_id, r.subject")
    }
}

fn read(row: &Row) -> Result<Run, Error> {
    let outer = |column: &str| Ok::<_, Error>(row.get::<Option<String>>(column)?.unwrap_or_default());
    Ok(Run {
        subject: row.get("subject")?,
        subject_name: outer("subject_name")?,
        status: row.get("status")?,
        value: row.get("value")?,
        return_code: row.get("return_code")?,
        millis: row.get("millis")?,
        executed_at: row.get("executed_at")?,
        updated_at: row.get("updated_at")?,
        device_id: row.get("device_id")?,
        device_uuid: row.get("device_uuid")?,
        device_name: row.get("friendly_name")?,
        platform: row.get("platform")?,
        enrolled: row.get::<String>("enrollment_status")? == "Enrolled",
        last_seen_at: row.get("last_seen_at")?,
        user_uuid: row.get("user_uuid")?,
        username: outer("username")?,
        first_name: outer("first_name")?,
        last_name: outer("last_name")?,
    })
}

/// Some of the runs that are wanted, and how many there are in all.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    limit: u32,
    offset: u64,
    scope: &Scope,
) -> Result<(Vec<Run>, u64), Error> {
    let filter = wanted.filter(scope);
    let (condition, order) = (filter.text(), wanted.order());
    let count = format!("select count(*) as total from {TABLES}{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select r.subject, o.name as subject_name, r.status, r.value, r.return_code, r.millis, r.executed_at, \
         r.updated_at, r.device_id, d.uuid as device_uuid, d.friendly_name, d.platform, d.enrollment_status, \
         d.last_seen_at, u.uuid as user_uuid, u.username, u.first_name, u.last_name from {TABLES}{condition} \
         order by {order} limit {limit} offset {offset}"
    );
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// How many devices stand where, by status.
pub(crate) async fn counts(database: &Database, subject: Uuid, scope: &Scope) -> Result<Vec<(String, i64)>, Error> {
    let mut filter = Filter::default();
    filter.equal("r.subject", subject);
    filter.within("d.organization_group_id", scope);
    let sql = format!(
        "select r.status, count(*) as devices from agent_runs r join devices d on d.id = r.device_id{} \
         group by r.status order by r.status",
        filter.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    rows.iter().map(|row| Ok((row.get("status")?, row.get("devices")?))).collect()
}

/// What is handed to devices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handed<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subject: Uuid,
    /// As the areas spell it (`WIN_RT`, `AppleOsX`); devices of other platforms get nothing.
    pub(crate) platform: &'a str,
}

/// A platform's name as it is compared: the areas spell it in many ways.
pub(crate) fn bare_platform(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Hands something to the devices that smart groups describe now; what a device has already stays as it is.
pub(crate) async fn hand_out(
    tx: &mut Transaction,
    handed: Handed<'_>,
    criteria: &[String],
    now: Timestamp,
) -> Result<u64, Error> {
    let Some((members, mut filter)) = smart_groups::any_of(criteria.iter().map(String::as_str)) else { return Ok(0) };
    let (subject, kind, now) = (filter.arg(handed.subject), filter.arg(handed.kind), filter.arg(now));
    let platform = filter.arg(bare_platform(handed.platform));
    let sql = format!(
        "insert into agent_runs (subject, device_id, kind, status, value, updated_at) \
         select {subject}, d.id, {kind}, '{NOT_STARTED}', '', {now} from devices d \
         where ({members}) and lower(d.platform) = {platform} on conflict (subject, device_id) do nothing"
    );
    tx.execute(sql, filter.args()).await
}

/// Takes something back from all devices; with `only_unstarted` results stay.
pub(crate) async fn take_back(tx: &mut Transaction, subject: Uuid, only_unstarted: bool) -> Result<(), Error> {
    let which = if only_unstarted { " and executed_at is null" } else { "" };
    tx.execute(format!("delete from agent_runs where subject = $1{which}"), args![subject]).await.map(|_| ())
}
