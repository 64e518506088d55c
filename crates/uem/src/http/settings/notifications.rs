//! Notices for administrators, until somebody has seen to them.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Edit, Read};
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::notifications::{ACTIVE, DISMISSED, KIND};
use crate::store::objects::{self, Object, Wanted};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/Notifications_AllAsync", needs(Settings, Read), list)
        .serve("systemv1/Notifications_GetNotificationCounts", needs(Settings, Read), count)
        .serve("systemv1/Notifications_DismissNotificationAsync", needs(Settings, Edit), dismiss);
}

async fn all(context: &Context, state: Option<&str>) -> Result<Vec<Object>, Refusal> {
    let wanted = Wanted { state, ..Wanted::default() };
    let everything = Page::asked_or_all(None, None);
    let (mut found, _) = objects::list(context.database(), KIND, &wanted, everything, context.scope()).await?;
    // The newest first.
    found.reverse();
    Ok(found)
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let state = given.asked_flag("active").map(|active| if active { ACTIVE } else { DISMISSED });
    let at = |name: &str, default: usize| {
        given.asked_id(name).map_or(default, |number| usize::try_from(number).unwrap_or_default())
    };
    let found = all(&context, state).await?;
    let rows: Vec<Value> = found
        .iter()
        .skip(at("startIndex", 0))
        .take(at("pageSize", 500))
        .map(|notice| {
            let dismissed = notice.state == DISMISSED;
            json!({
                "id": notice.id, "uuid": notice.uuid, "Title": notice.name, "Message": notice.body.get("Message"),
                "OrganizationGroupId": notice.group, "Priority": 2, "IsAcknowledged": dismissed,
                "CreatedOn": notice.created_at.as_microsecond(),
                "AcknowledgedOn": dismissed.then(|| notice.updated_at.as_microsecond()),
            })
        })
        .collect();
    Ok(Said::json(200, json!(rows)))
}

async fn count(context: Context, _: Given) -> Result<Said, Refusal> {
    let all = all(&context, None).await?;
    let active = all.iter().filter(|notice| notice.state == ACTIVE).count();
    let dismissed = all.len() - active;
    Ok(Said::json(
        200,
        json!({ "Active": active, "Unread": active, "Dismissed": dismissed, "Read": dismissed, "Total": all.len() }),
    ))
}

async fn dismiss(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.id("id");
    let mut tx = context.begin().await?;
    let found = objects::find(&mut tx, KIND, id, context.scope()).await?;
    let mut found = found.ok_or_else(|| Refusal::bad(format!("Notification not found: {id}.")))?;
    if found.state == DISMISSED {
        return Err(Refusal::bad("The notification has been dismissed already."));
    }
    DISMISSED.clone_into(&mut found.state);
    objects::save(&mut tx, &found, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Value": id })))
}
