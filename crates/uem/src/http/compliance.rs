//! Compliance of devices with policies, in both dialects.

use muster_model::compliance::{DeviceCompliance, DeviceComplianceReport, Policies, PolicyPage};
use muster_model::devices::DevicePage;
use muster_model::guide::{ComplianceRule, ComplianceRules, DeviceComplianceAnswer};
use muster_model::words::ComplianceStatus;
use muster_model::{Call, guide};

use super::context::Context;
use super::refusal::Refusal;
use super::table::Outcome;
use crate::store::devices::{self, Wanted};
use crate::store::{compliance, page::Page};

pub(super) async fn of_device(context: Context, call: Call<DeviceCompliance>) -> Outcome<DeviceCompliance> {
    let found = compliance::of_device(context.database(), call.path).await?;
    let (overall, states) = found.ok_or_else(|| Refusal::no_device(call.path))?;
    let total = states.len() as u64;
    Ok(DeviceComplianceReport {
        device_compliance: states,
        overall_compliant_status: overall,
        page: 0,
        page_size: Page::asked(None, None).size,
        total,
    })
}

pub(super) async fn guide_of_device(
    context: Context,
    call: Call<guide::DeviceCompliance>,
) -> Outcome<guide::DeviceCompliance> {
    let found = compliance::of_device(context.database(), call.path).await?;
    let (overall, states) = found.ok_or_else(|| Refusal::no_device(call.path))?;
    // The guide has no word for "not evaluated yet": such a rule is left out rather than called broken.
    let rules = states.into_iter().filter(|state| !state.compliance_pending).map(|state| ComplianceRule {
        rule_name: state.policy_name,
        is_compliant: state.compliant_status,
        detail: state.policy_detail,
    });
    let compliance_status = ComplianceRules { overall, compliance_rules: rules.collect() };
    Ok(DeviceComplianceAnswer { device_id: call.path, compliance_status })
}

pub(super) async fn noncompliant(context: Context, call: Call<guide::NonCompliant>) -> Outcome<guide::NonCompliant> {
    let page = Page::asked_or_all(call.query.page, call.query.pagesize);
    let wanted = Wanted { compliance: Some(ComplianceStatus::NonCompliant), ..Wanted::default() };
    let (devices, total) = devices::search(context.database(), &wanted, context.scope(), page).await?;
    Ok(DevicePage { devices, page: page.number, page_size: page.size, total })
}

pub(super) async fn policies(context: Context, call: Call<Policies>) -> Outcome<Policies> {
    let page = Page::asked(Some(call.query.page), Some(call.query.pagesize));
    let (policies, total) = compliance::policies(context.database(), call.query.organizationgroupid, page).await?;
    Ok(PolicyPage { compliance_policy: policies, page: page.number, page_size: page.size, total })
}
