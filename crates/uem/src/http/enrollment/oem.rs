//! Joining an organization group to a maker of devices: begun here, confirmed with a code, ended.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::seen;
use super::super::policy::Action::{Create, Delete, Edit};
use super::super::policy::Resource::Settings;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::organization_groups::Group;

const KIND: &str = "oem-registration";
/// How long a code is good.
const LIFE: SignedDuration = SignedDuration::from_mins(30);

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/RegistrationV1_InitiateRegistrationAsync", needs(Settings, Create), begin)
        .serve("mdmv1/RegistrationV1_CompleteRegistrationAsync", needs(Settings, Edit), complete)
        .serve("mdmv1/RegistrationV1_DeleteRegistrationAsync", needs(Settings, Delete), end);
}

async fn registration(
    context: &Context,
    tx: &mut muster_store::Transaction,
    group: &Group,
) -> Result<Option<Object>, Refusal> {
    let wanted = Wanted { name: Some("zebra"), group: Some(group.id), ..Wanted::default() };
    Ok(objects::first(tx, KIND, &wanted, context.scope()).await?)
}

fn missing(group: &Group) -> Refusal {
    Refusal::not_found(format!("The organization group '{}' is not being registered.", group.name))
}

async fn begin(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let mut tx = context.begin().await?;
    if let Some(old) = registration(&context, &mut tx, &group).await? {
        if old.state == "Completed" {
            return Err(Refusal::bad(format!("The organization group '{}' is registered already.", group.name)));
        }
        objects::remove(&mut tx, &old).await?;
    }
    let random = crate::secret::random().unwrap_or_default();
    let code: String = random.chars().filter(char::is_ascii_alphabetic).take(8).collect::<String>().to_uppercase();
    let end = context.now().saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    let body =
        Map::from_iter([("user_code".to_owned(), json!(code)), ("expires_on".to_owned(), json!(end.as_microsecond()))]);
    let new = NewObject {
        kind: KIND,
        group: group.id,
        parent: None,
        name: "zebra",
        state: "Pending",
        body,
        created_by: &context.caller.name,
    };
    objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    let address = "https://devices.zebra.example/activate";
    Ok(Said::json(
        200,
        json!({
            "user_code": code, "expires_on": end.as_microsecond(), "verification_uri": address,
            "verification_uri_complete": format!("{address}?user_code={code}"),
        }),
    ))
}

async fn complete(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let mut tx = context.begin().await?;
    let mut found = registration(&context, &mut tx, &group).await?.ok_or_else(|| missing(&group))?;
    let end = found.body.get("expires_on").and_then(Value::as_i64).unwrap_or_default();
    if found.state == "Completed" || end <= context.now().as_microsecond() {
        return Err(Refusal::bad("The code has been used or has expired."));
    }
    "Completed".clone_into(&mut found.state);
    objects::save(&mut tx, &found, context.now()).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

async fn end(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let mut tx = context.begin().await?;
    let found = registration(&context, &mut tx, &group).await?.ok_or_else(|| missing(&group))?;
    objects::remove(&mut tx, &found).await?;
    tx.commit().await?;
    Ok(Said::nothing(202))
}
