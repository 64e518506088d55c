//! The API's settings of an organization group. What a group does not set it inherits.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::limits::Counted;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Access;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{desk, limit};
use crate::console::Objection;
use crate::store::access::settings::ApiSettings;

pub(super) fn routes(table: &mut Table) {
    table.serve("console/settings.get", needs(Access, Read), get).serve(
        "console/settings.set",
        needs(Access, Edit),
        set,
    );
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = desk(&context).group(given.text("id")).await?;
    shown(&context, group).await
}

async fn set(context: Context, given: Given) -> Result<Said, Refusal> {
    let desk = desk(&context);
    let group = desk.group(given.text("id")).await?;
    let flag = |name| given.member(name).and_then(Value::as_bool);
    let new = ApiSettings {
        enabled: flag("Enabled"),
        timeout_seconds: limit(&given, "TimeoutSeconds"),
        rate_limit: limit(&given, "RateLimit"),
        daily_quota: limit(&given, "DailyQuota"),
        logging: flag("Logging"),
        log_days: limit(&given, "LogDays"),
    };
    desk.set_settings(group, &new).await?;
    context.reception.gate.reload(context.database()).await.map_err(Objection::from)?;
    shown(&context, group).await
}

async fn shown(context: &Context, group: i64) -> Result<Said, Refusal> {
    let own = desk(context).settings(group).await?;
    let holds = context.reception.gate.book().settings(group);
    // The quota is counted where it is set.
    let counted = holds.daily_quota.map_or(group, |(group, _)| group);
    let used = context.reception.days.used(Counted::Group(counted), context.now());
    Ok(Said::json(
        200,
        json!({
            "LocationGroupId": group,
            "Own": {
                "Enabled": own.enabled, "TimeoutSeconds": own.timeout_seconds, "RateLimit": own.rate_limit,
                "DailyQuota": own.daily_quota, "Logging": own.logging, "LogDays": own.log_days,
            },
            "Effective": {
                "Enabled": holds.enabled, "TimeoutSeconds": holds.timeout_seconds,
                "RateLimit": holds.rate_limit.map_or(context.reception.limiter.tenants(), |(_, limit)| limit),
                "DailyQuota": holds.daily_quota.map(|(_, quota)| quota), "Logging": holds.logging,
                "LogDays": holds.log_days,
            },
            "DailyUsage": used,
        }),
    ))
}
