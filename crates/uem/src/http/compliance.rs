//! Compliance of devices with policies, in both dialects.

use muster_model::compliance::{CompliancePolicy, DeviceCompliance, DeviceComplianceReport, Policies, PolicyPage};
use muster_model::devices::DevicePage;
use muster_model::guide::{ComplianceRule, ComplianceRules, DeviceComplianceAnswer};
use muster_model::ids::{DeviceId, PolicyId};
use muster_model::words::{ComplianceStatus, Platform};
use muster_model::{Call, guide};

use serde_json::json;
use uuid::Uuid;

use super::commands::identifier;
use super::context::Context;
use super::given::Given;
use super::policy::Action::Read;
use super::policy::Resource::Compliance;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::{Outcome, Table};
use crate::store::compliance::{Standing, Wanted};
use crate::store::devices;
use crate::store::page::Page;
use crate::store::{compliance, organization_groups};

pub(super) async fn of_device(context: Context, call: Call<DeviceCompliance>) -> Outcome<DeviceCompliance> {
    let found = compliance::of_device(context.database(), call.path, context.scope()).await?;
    let (overall, states) = found.ok_or_else(|| Refusal::no_device(call.path))?;
    let total = states.len() as u64;
    Ok(DeviceComplianceReport {
        device_compliance: states,
        overall_compliant_status: overall,
        page: 0,
        page_size: Page::asked(None, None).size,
        total,
        ..Default::default()
    })
}

pub(super) async fn guide_of_device(
    context: Context,
    call: Call<guide::DeviceCompliance>,
) -> Outcome<guide::DeviceCompliance> {
    let found = compliance::of_device(context.database(), call.path, context.scope()).await?;
    let (overall, states) = found.ok_or_else(|| Refusal::no_device(call.path))?;
    // The guide has no word for "not evaluated yet": such a rule is left out rather than called broken.
    let rules = states.into_iter().filter(|state| !state.compliance_pending).map(|state| ComplianceRule {
        rule_name: state.policy_name,
        is_compliant: state.compliant_status,
        detail: state.policy_detail,
        ..Default::default()
    });
    let compliance_status = ComplianceRules { overall, compliance_rules: rules.collect(), ..Default::default() };
    Ok(DeviceComplianceAnswer { device_id: call.path, compliance_status, ..Default::default() })
}

pub(super) async fn noncompliant(context: Context, call: Call<guide::NonCompliant>) -> Outcome<guide::NonCompliant> {
    let page = Page::asked_or_all(call.query.page, call.query.pagesize);
    let wanted = devices::Wanted { compliance: Some(ComplianceStatus::NonCompliant), ..devices::Wanted::default() };
    let (devices, total) = devices::search(context.roll(), &wanted, context.scope(), page).await?;
    Ok(DevicePage { devices, page: page.number, page_size: page.size, total, ..Default::default() })
}

pub(super) async fn policies(context: Context, call: Call<Policies>) -> Outcome<Policies> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let wanted = Wanted { group: call.query.organizationgroupid, ..Wanted::default() };
    let (found, total) = compliance::policies(context.database(), &wanted, page, context.scope()).await?;
    let policies = found.into_iter().map(|policy| CompliancePolicy {
        device_policy_id: PolicyId(policy.id),
        name: policy.name,
        description: policy.detail,
        platform: "Any".to_owned(),
        is_active: policy.active,
        assigned_devices: policy.assigned,
        compliant_devices: policy.compliant,
        non_compliant_devices: policy.assigned.saturating_sub(policy.compliant),
        ..Default::default()
    });
    let policies = policies.collect();
    Ok(PolicyPage { compliance_policy: policies, page: page.number, page_size: page.size, total, ..Default::default() })
}

pub(super) fn routes(table: &mut Table) {
    let right = needs(Compliance, Read);
    table
        .serve("mdmv1/ComplianceV1_GetComplianceByAlternateIdAsync", right, by_alternate_id)
        .serve("mdmv1/CompliancePolicyV1_GetCompliancePoliciesAsync", right, second_policies)
        .serve("guide/devicecompliance.list", right, list)
        .serve("guide/devicecompliance.search", right, list)
        .serve("guide/devicecompliance.get", right, one);
}

async fn by_alternate_id(context: Context, given: Given) -> Result<Said, Refusal> {
    let by = identifier(given.asked("searchBy").unwrap_or_default())?;
    let id = given.asked("id").unwrap_or_default();
    let found = devices::find(context.database(), by, id, context.scope()).await?;
    let device = DeviceId(found.ok_or_else(|| Refusal::no_device(id))?.id);
    let found = compliance::of_device(context.database(), device, context.scope()).await?;
    let (_, states) = found.ok_or_else(|| Refusal::no_device(id))?;
    let (page, total) = (given.page()?, states.len());
    let from = page.number as usize * page.size as usize;
    let rows: Vec<_> = states.into_iter().skip(from).take(page.size as usize).collect();
    Ok(Said::json(200, json!({ "DeviceCompliance": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

/// The newer list of policies, by the UUID of a group.
async fn second_policies(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.asked("organizationgroupuuid") {
        None => None,
        Some(text) => {
            let missing = || Refusal::no_group_of_uuid(text);
            let uuid: Uuid = text.parse().map_err(|_| missing())?;
            Some(organization_groups::get(context.database(), uuid, context.scope()).await?.ok_or_else(missing)?.id)
        }
    };
    let active = match given.asked("status").map(str::to_ascii_lowercase).as_deref() {
        None | Some("all") => None,
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        Some(other) => return Err(Refusal::bad(format!("'{other}' is no status: All, Active, Inactive."))),
    };
    let wanted = Wanted { group, name: given.asked("searchtext"), active };
    let page = given.page()?;
    let (found, total) = compliance::policies(context.database(), &wanted, page, context.scope()).await?;
    let rows = found.iter().map(|policy| {
        json!({
            "devicePolicyId": policy.id, "name": policy.name, "description": policy.detail, "platform": "Any",
            "policyType": "Compliance", "isActive": policy.active, "assignedDevices": policy.assigned,
            "compliantDevices": policy.compliant,
            "nonCompliantDevices": policy.assigned.saturating_sub(policy.compliant),
            "organizationGroupUuid": policy.group_uuid, "rootLocationGroupName": policy.group_name,
        })
    });
    let rows: Vec<_> = rows.collect();
    Ok(Said::json(200, json!({ "compliancePolicy": rows, "page": page.number, "pagesize": page.size, "total": total })))
}

/// Devices and how they stand, in the guide's dialect.
async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let word = |name: &str, all: &[&str], known: bool| match given.asked(name) {
        Some(word) if !known => Err(Refusal::bad(format!("'{word}' is no {name}. Valid are: {}.", all.join(", ")))),
        _ => Ok(()),
    };
    let status = given.asked("status").map(ComplianceStatus::known);
    let all: Vec<&str> = ComplianceStatus::ALL.iter().map(ComplianceStatus::as_str).collect();
    word("status", &all, status != Some(None))?;
    let platform = given.asked("platform").map(Platform::known);
    let all: Vec<&str> = Platform::ALL.iter().map(Platform::as_str).collect();
    word("platform", &all, platform != Some(None))?;
    let standing = Standing {
        status: status.flatten(),
        platform: platform.flatten(),
        breaking: given.asked_id("policyid"),
        group: given.asked_id("lgid"),
    };
    let page = given.page()?;
    let (found, total) = compliance::standing(context.database(), &standing, page, context.scope()).await?;
    let rows: Vec<_> = found
        .iter()
        .map(|device| {
            json!({
                "DeviceId": device.id, "DeviceFriendlyName": device.name, "Platform": device.platform,
                "ComplianceStatus": device.status,
                "LastComplianceCheckOn": device.checked_at.map(jiff::Timestamp::as_microsecond),
            })
        })
        .collect();
    Ok(Said::json(200, json!({ "DeviceCompliance": rows, "Page": page.number, "PageSize": page.size, "Total": total })))
}

async fn one(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = DeviceId(given.id("id"));
    let found = compliance::of_device(context.database(), id, context.scope()).await?;
    let (overall, states) = found.ok_or_else(|| Refusal::no_device(id))?;
    let rules: Vec<_> = states
        .iter()
        .filter(|state| !state.compliance_pending)
        .map(|state| {
            json!({ "RuleName": state.policy_name, "IsCompliant": state.compliant_status, "Detail": state.policy_detail })
        })
        .collect();
    let standing = json!({ "Overall": overall, "ComplianceRules": rules });
    Ok(Said::json(200, json!({ "DeviceId": id, "ComplianceStatus": standing })))
}
