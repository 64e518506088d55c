//! Many users at once: each value succeeds or fails by itself, and the answer says which.

use muster_model::ids::UserId;
use muster_store::Transaction;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Delete, Edit};
use super::super::policy::Resource::Users;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::more;
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("systemv1/User_BulkActivate", needs(Users, Edit), activate)
        .serve("systemv1/User_BulkDeActivateAsync", needs(Users, Edit), deactivate)
        .serve("systemv1/User_BulkDeleteAsync", needs(Users, Delete), delete);
}

/// More than so many are refused.
const MOST: usize = 1_000;

/// Texts of `{"BulkValues": {"Value": [...]}}`.
pub(in super::super) fn values(given: &Given) -> Result<Vec<String>, Refusal> {
    let list = given.member("BulkValues").and_then(|values| values.get("Value")).and_then(Value::as_array);
    let values: Vec<String> = list
        .into_iter()
        .flatten()
        .map(|value| value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned()))
        .collect();
    if values.is_empty() {
        return Err(Refusal::bad("The BulkValues field is required."));
    }
    if values.len() > MOST {
        return Err(Refusal::new(403, 403, format!("More than {MOST} values are not accepted at once.")));
    }
    Ok(values)
}

/// How a bulk request ended.
pub(in super::super) fn summary(total: usize, faults: &[(String, Refusal)]) -> Said {
    let fault = |(value, refusal): &(String, Refusal)| {
        let (code, message) = match refusal {
            Refusal::Fault { code, message, .. } => (*code, message.as_str()),
            Refusal::Page => (404, ""),
        };
        json!({ "ErrorCode": code, "ItemValue": value, "Message": message })
    };
    let faults: Vec<_> = faults.iter().map(fault).collect();
    let (failed, accepted) = (faults.len(), total - faults.len());
    let said = json!({
        "TotalItems": total, "AcceptedItems": accepted, "FailedItems": failed, "Faults": { "Fault": faults },
    });
    Said::json(200, said)
}

async fn activate(context: Context, given: Given) -> Result<Said, Refusal> {
    each(&context, &given, async |context, tx, id| set_active(context, tx, id, true).await).await
}

async fn deactivate(context: Context, given: Given) -> Result<Said, Refusal> {
    each(&context, &given, async |context, tx, id| set_active(context, tx, id, false).await).await
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    each(&context, &given, async |context, tx, id| {
        let user = users::get_in(tx, id, context.scope()).await?.ok_or_else(|| super::missing(id))?;
        more::remove(tx, &user).await
    })
    .await
}

async fn each(
    context: &Context,
    given: &Given,
    act: impl AsyncFn(&Context, &mut Transaction, UserId) -> Result<(), Refusal>,
) -> Result<Said, Refusal> {
    let values = values(given)?;
    let mut faults = Vec::new();
    let mut tx = context.begin().await?;
    for value in &values {
        let done = match value.parse() {
            Ok(id) => act(context, &mut tx, id).await,
            Err(_) => Err(Refusal::invalid(format!("'{value}' is not an id."))),
        };
        match done {
            Ok(()) => {}
            Err(refusal) if refusal.status() >= 500 => return Err(refusal),
            Err(refusal) => faults.push((value.clone(), refusal)),
        }
    }
    tx.commit().await?;
    Ok(summary(values.len(), &faults))
}

async fn set_active(context: &Context, tx: &mut Transaction, id: UserId, active: bool) -> Result<(), Refusal> {
    let user = users::get_in(tx, id, context.scope()).await?.ok_or_else(|| super::missing(id))?;
    super::differs(&user, active)?;
    Ok(users::set_active(tx, id, active, context.now()).await?)
}
