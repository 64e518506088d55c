//! Compliance as callers see it. The fleet evaluates it.

use muster_model::Stamp;
use muster_model::compliance::{CompliancePolicy, PolicyState};
use muster_model::ids::{DeviceId, PolicyId, Wrapped};
use muster_model::words::ComplianceStatus;
use muster_store::{Database, Error, Row, args};

use super::page::Page;

/// Every policy's state on a device and the sum of them; `None` if there is no such device.
pub(crate) async fn of_device(
    database: &Database,
    device: DeviceId,
) -> Result<Option<(ComplianceStatus, Vec<PolicyState>)>, Error> {
    let device = args![device.0];
    let sql = "select compliance_status from devices where id = $1";
    let Some(row) = database.fetch_optional(sql, device.clone()).await? else { return Ok(None) };
    let overall = ComplianceStatus::from(row.get::<String>("compliance_status")?.as_str());
    let sql = "select p.id, p.uuid, p.name, p.detail, c.compliant, c.checked_at, c.next_check_at \
               from device_compliance c join compliance_policies p on p.id = c.policy_id \
               where c.device_id = $1 order by p.id";
    let rows = database.fetch(sql, device).await?;
    let pending = overall == ComplianceStatus::PendingComplianceCheck;
    let states = rows.iter().map(|row| state(row, pending)).collect::<Result<_, Error>>()?;
    Ok(Some((overall, states)))
}

fn state(row: &Row, pending: bool) -> Result<PolicyState, Error> {
    Ok(PolicyState {
        compliant_status: row.get("compliant")?,
        compliance_pending: pending,
        policy_name: row.get("name")?,
        policy_detail: row.get("detail")?,
        last_compliance_check: Some(Stamp(row.get("checked_at")?)),
        next_compliance_check: Some(Stamp(row.get("next_check_at")?)),
        action_taken: Vec::new(),
        id: Wrapped(PolicyId(row.get("id")?)),
        uuid: Some(row.get("uuid")?),
    })
}

/// One page of the policies with the devices that keep to each, and how many policies there are.
pub(crate) async fn policies(
    database: &Database,
    group: Option<i64>,
    page: Page,
) -> Result<(Vec<CompliancePolicy>, u64), Error> {
    let mut filter = super::filter::Filter::default();
    if let Some(group) = group {
        filter.equal("p.organization_group_id", group);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from compliance_policies p{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!(
        "select p.id, p.name, p.detail, count(c.device_id) as assigned, \
         coalesce(sum(c.compliant), 0) as compliant from compliance_policies p \
         left join device_compliance c on c.policy_id = p.id{condition} \
         group by p.id, p.name, p.detail order by p.id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &Row| {
        let (assigned, compliant): (u64, u64) = (row.get("assigned")?, row.get("compliant")?);
        Ok(CompliancePolicy {
            device_policy_id: PolicyId(row.get("id")?),
            name: row.get("name")?,
            description: row.get("detail")?,
            platform: "Any".to_owned(),
            is_active: true,
            assigned_devices: assigned,
            compliant_devices: compliant,
            non_compliant_devices: assigned.saturating_sub(compliant),
        })
    };
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}
