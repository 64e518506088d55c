//! Devices that match every given criterion. Which those are is asked of the roll; by what identifies a device, by tags
//! and by attributes it is asked of the database.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::devices::Device;
use muster_model::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};
use muster_store::{Database, Error, Row, Value};

use super::super::filter::Filter;
use super::super::page::Page;
use super::super::scope::Scope;
use super::roll::Roll;
use super::row::{self, COLUMNS, MORE_COLUMNS, MORE_TABLES, Record, TABLES};

/// What a search wants; `None` matches everything.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) id: Option<i64>,
    /// Part of the user's name.
    pub(crate) user: Option<String>,
    /// Part of the model's name.
    pub(crate) model: Option<String>,
    /// Part of the name that people gave it.
    pub(crate) friendly_name: Option<String>,
    pub(crate) platform: Option<Platform>,
    pub(crate) ownership: Option<Ownership>,
    /// An organization group: devices of it and of those below.
    pub(crate) group: Option<i64>,
    pub(crate) compliance: Option<ComplianceStatus>,
    pub(crate) enrollment: Option<EnrollmentStatus>,
    pub(crate) seen_since: Option<Timestamp>,
    pub(crate) seen_until: Option<Timestamp>,
    pub(crate) enrolled_since: Option<Timestamp>,
    pub(crate) enrolled_until: Option<Timestamp>,
    pub(crate) serial_number: Option<String>,
    /// Without separators.
    pub(crate) mac_address: Option<String>,
    pub(crate) phone_number: Option<String>,
    /// Only devices that can be in a mobile network.
    pub(crate) has_modem: bool,
    /// Only devices that fetch mail.
    pub(crate) has_mail: bool,
    /// Name of a tag that it has.
    pub(crate) tag: Option<String>,
    /// Application group, name and value of a custom attribute that it has; empty ones match everything.
    pub(crate) attribute: Option<(String, String, String)>,
    pub(crate) order: Order,
    pub(crate) descending: bool,
}

/// By what a search is sorted, and then by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Id,
    Model,
    LastSeen,
    Ownership,
    Platform,
}

impl Wanted {
    pub(super) fn filter(&self, scope: &Scope) -> Filter {
        let mut filter = Filter::default();
        filter.within("d.organization_group_id", scope);
        if let Some(id) = self.id {
            filter.equal("d.id", id);
        }
        let parts = [("u.username", &self.user), ("d.model", &self.model), ("d.friendly_name", &self.friendly_name)];
        for (column, text) in parts {
            if let Some(text) = text {
                filter.contains(column, text);
            }
        }
        let words = [
            ("d.platform", self.platform.as_ref().map(Platform::as_str)),
            ("d.ownership", self.ownership.as_ref().map(Ownership::as_str)),
            ("d.compliance_status", self.compliance.as_ref().map(ComplianceStatus::as_str)),
            ("d.enrollment_status", self.enrollment.as_ref().map(EnrollmentStatus::as_str)),
            ("d.serial_number", self.serial_number.as_deref()),
            ("d.mac_address", self.mac_address.as_deref()),
            ("d.phone_number", self.phone_number.as_deref()),
        ];
        for (column, word) in words {
            if let Some(word) = word {
                filter.equal(column, word);
            }
        }
        let times = [
            ("d.last_seen_at >=", self.seen_since),
            ("d.last_seen_at <=", self.seen_until),
            ("d.enrolled_at >=", self.enrolled_since),
            ("d.enrolled_at <=", self.enrolled_until),
        ];
        for (condition, at) in times {
            if let Some(at) = at {
                let at = filter.arg(at);
                filter.and(format!("{condition} {at}"));
            }
        }
        if let Some(group) = self.group {
            let group = filter.arg(group);
            filter.and(format!(
                "d.organization_group_id in (with recursive below (id) as (select {group} union all \
                 select o.id from organization_groups o join below on o.parent_id = below.id) select id from below)"
            ));
        }
        if self.has_modem {
            filter.and("d.imei <> ''");
        }
        if self.has_mail {
            filter.and("d.platform in ('Apple', 'Android')");
        }
        if let Some(tag) = &self.tag {
            let tag = filter.arg(tag.as_str());
            filter.and(format!(
                "exists (select 1 from device_tags dt join tags t on t.id = dt.tag_id \
                 where dt.device_id = d.id and lower(t.name) = lower({tag}))"
            ));
        }
        if let Some((group, name, value)) = &self.attribute {
            let mut which = String::new();
            for (column, text) in [("application_group", group), ("name", name), ("value", value)] {
                if !text.is_empty() {
                    let text = filter.arg(text.as_str());
                    which.push_str(&format!(" and a.{column} = {text}"));
                }
            }
            filter.and(format!("exists (select 1 from device_attributes a where a.device_id = d.id{which})"));
        }
        filter
    }

    /// Whether all that is wanted is in the [`Roll`]; the rest has indexes in the database.
    pub(super) fn is_in_roll(&self) -> bool {
        let texts = [&self.serial_number, &self.mac_address, &self.phone_number, &self.tag];
        self.id.is_none() && self.attribute.is_none() && texts.iter().all(|text| text.is_none())
    }

    fn order(&self) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let column = match self.order {
            Order::Id => return format!("d.id{direction}"),
            Order::Model => "d.model",
            Order::LastSeen => "d.last_seen_at",
            Order::Ownership => "d.ownership",
            Order::Platform => "d.platform",
        };
        format!("{column}{direction}, d.id{direction}")
    }

    /// Where the devices that match are found. Only a condition on the user needs the user's row for that.
    fn found_in(&self) -> &'static str {
        if self.user.is_some() { TABLES } else { "devices d" }
    }

    /// The devices of a page are found first, and what belongs to each is read for them alone: what lies before a
    /// deep page is passed over without reading it.
    fn text(&self, columns: &str, tables: &str, filter: &Filter, page: Page) -> String {
        let (found_in, condition, order, limit) = (self.found_in(), filter.text(), self.order(), page.text());
        format!(
            "select {columns} from {tables} where d.id in (select d.id from {found_in}{condition} order by {order}{limit}) \
             order by {order}"
        )
    }

    async fn total(&self, database: &Database, filter: &Filter) -> Result<u64, Error> {
        let counted = self.found_in();
        let count = format!("select count(*) as total from {counted}{}", filter.text());
        database.fetch_one(count, filter.args()).await?.get("total")
    }
}

/// How often a page is looked up again of which a device was removed meanwhile.
const AGAIN: usize = 3;

/// One page of rows in order, and how many match.
async fn rows(
    roll: &Roll,
    wanted: &Wanted,
    scope: &Scope,
    page: Page,
    (columns, tables): (&str, &str),
) -> Result<(Vec<Row>, u64), Error> {
    let database = roll.database();
    for _ in 0..AGAIN {
        let Some((ids, total)) = roll.find(wanted, scope, page).await? else { break };
        if ids.is_empty() {
            return Ok((Vec::new(), total));
        }
        let sql = format!("select {columns} from {tables} where d.id in ({})", roll.marks(ids.len()));
        let rows = database.fetch(sql, ids.iter().map(|id| Value::from(*id)).collect()).await?.into_iter();
        let mut rows = rows.map(|row| Ok((row.get::<i64>("id")?, row))).collect::<Result<HashMap<_, _>, Error>>()?;
        let ordered: Vec<Row> = ids.iter().filter_map(|id| rows.remove(id)).collect();
        // A page is never short.
        if ordered.len() == ids.len() {
            return Ok((ordered, total));
        }
    }
    let filter = wanted.filter(scope);
    let total = wanted.total(database, &filter).await?;
    Ok((database.fetch(wanted.text(columns, tables, &filter, page), filter.args()).await?, total))
}

/// One page of the devices that match, as version 1 shows them, and how many match.
pub(crate) async fn search(
    roll: &Roll,
    wanted: &Wanted,
    scope: &Scope,
    page: Page,
) -> Result<(Vec<Device>, u64), Error> {
    let (rows, total) = rows(roll, wanted, scope, page, (COLUMNS, TABLES)).await?;
    Ok((rows.iter().map(row::device).collect::<Result<_, _>>()?, total))
}

/// The same with everything that is known about each device.
pub(crate) async fn records(
    roll: &Roll,
    wanted: &Wanted,
    scope: &Scope,
    page: Page,
) -> Result<(Vec<Record>, u64), Error> {
    let (columns, tables) = (format!("{COLUMNS}, {MORE_COLUMNS}"), format!("{TABLES} {MORE_TABLES}"));
    let (rows, total) = rows(roll, wanted, scope, page, (&columns, &tables)).await?;
    Ok((rows.iter().map(row::record).collect::<Result<_, _>>()?, total))
}
