//! What reports are made of, and the files that hold them.

use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::scope::Scope;

/// What a report lists: a heading for each column, and the statement behind it.
struct Source {
    head: &'static [&'static str],
    columns: &'static [&'static str],
    tables: &'static str,
    /// By which the text of a search is compared.
    name: &'static str,
    group: &'static str,
    order: &'static str,
    /// When what a row is about happened.
    at: &'static str,
}

const DEVICES: Source = Source {
    head: &["Id", "Uuid", "Name", "Serial Number", "Platform", "Model", "OS", "Ownership", "Enrollment", "Compliance"],
    columns: &[
        "d.id",
        "d.uuid",
        "d.friendly_name",
        "d.serial_number",
        "d.platform",
        "d.model",
        "d.os_version",
        "d.ownership",
        "d.enrollment_status",
        "d.compliance_status",
    ],
    tables: "devices d",
    name: "d.friendly_name",
    group: "d.organization_group_id",
    order: "d.id",
    at: "d.last_seen_at",
};

const COMPLIANCE: Source = Source {
    head: &["Device Id", "Name", "Platform", "Policy", "Compliant"],
    columns: &["d.id", "d.friendly_name", "d.platform", "p.name", "case c.compliant when 1 then 'Yes' else 'No' end"],
    tables: "device_compliance c join devices d on d.id = c.device_id join compliance_policies p on p.id = c.policy_id",
    name: "d.friendly_name",
    group: "d.organization_group_id",
    order: "d.id, p.id",
    at: "d.compliance_checked_at",
};

const APPS: Source = Source {
    head: &["Device Id", "Name", "Platform", "Application", "Version", "Status", "Reason"],
    columns: &["d.id", "d.friendly_name", "d.platform", "a.name", "x.installed_version", "x.status", "x.reason"],
    tables: "device_apps x join devices d on d.id = x.device_id join apps a on a.id = x.app_id",
    name: "a.name",
    group: "d.organization_group_id",
    order: "d.id, a.id",
    at: "x.updated_at",
};

const USERS: Source = Source {
    head: &["Id", "Uuid", "User Name", "First Name", "Last Name", "Email", "Department"],
    columns: &["u.id", "u.uuid", "u.username", "u.first_name", "u.last_name", "u.email", "u.department"],
    tables: "users u",
    name: "u.username",
    group: "u.organization_group_id",
    order: "u.id",
    at: "u.updated_at",
};

/// Which rows a report has.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) text: Option<&'a str>,
    /// Microseconds since 1970.
    pub(crate) from: Option<i64>,
    pub(crate) until: Option<i64>,
    pub(crate) descending: bool,
}

/// Headings and rows of a report: `LIST_VIEW` are devices, `REPORTS` their compliance, `NEW_REPORTS` their apps,
/// `OTHERS` users. `None` if there is no report of that kind.
pub(crate) async fn rows(
    database: &Database,
    kind: &str,
    wanted: &Wanted<'_>,
    scope: &Scope,
) -> Result<Option<(&'static [&'static str], Vec<Vec<String>>)>, Error> {
    let source = match kind {
        "LIST_VIEW" => DEVICES,
        "REPORTS" => COMPLIANCE,
        "NEW_REPORTS" => APPS,
        "OTHERS" => USERS,
        _ => return Ok(None),
    };
    let mut filter = Filter::default();
    filter.within(source.group, scope);
    if let Some(text) = wanted.text {
        filter.contains(source.name, text);
    }
    if let Some(from) = wanted.from {
        let from = filter.arg(from);
        filter.and(format!("{} >= {from}", source.at));
    }
    if let Some(until) = wanted.until {
        let until = filter.arg(until);
        filter.and(format!("{} <= {until}", source.at));
    }
    let columns: Vec<String> = source
        .columns
        .iter()
        .enumerate()
        .map(|(number, column)| format!("cast({column} as text) as column{number}"))
        .collect();
    let sql =
        format!("select {} from {}{} order by {}", columns.join(", "), source.tables, filter.text(), source.order);
    let found = database.fetch(sql, filter.args()).await?;
    let width = columns.len();
    let row = |row: &muster_store::Row| {
        (0..width)
            .map(|number| Ok(row.get::<Option<String>>(&format!("column{number}"))?.unwrap_or_default()))
            .collect::<Result<Vec<String>, Error>>()
    };
    let mut rows = found.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    if wanted.descending {
        rows.reverse();
    }
    Ok(Some((source.head, rows)))
}

/// Keeps a file.
pub(crate) async fn keep(tx: &mut Transaction, uuid: Uuid, content: &str) -> Result<(), Error> {
    tx.insert("exported_files", &["uuid", "content"], vec![args![uuid, content]]).await
}

pub(crate) async fn file(database: &Database, uuid: Uuid) -> Result<Option<String>, Error> {
    let row = database.fetch_optional("select content from exported_files where uuid = $1", args![uuid]).await?;
    row.map(|row| row.get("content")).transpose()
}
