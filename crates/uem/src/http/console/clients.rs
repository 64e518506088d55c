//! OAuth clients. The secret of one is in the answer that makes it, and nowhere else.

use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::limits::Counted;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Access;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{desk, group_of, moment, number};
use crate::console::NewOauthClient;
use crate::store::access::clients::Client;
use crate::store::access::log::UseOf;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("console/oauthclients.list", needs(Access, Read), list)
        .serve("console/oauthclients.add", needs(Access, Create), add)
        .serve("console/oauthclients.revoke", needs(Access, Delete), revoke);
}

async fn list(context: Context, _: Given) -> Result<Said, Refusal> {
    let clients = desk(&context).clients().await?;
    let shown: Vec<Value> = clients.iter().map(|client| shown(&context, client)).collect();
    Ok(Said::json(200, json!({ "OauthClients": shown, "Total": shown.len() })))
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let new = NewOauthClient {
        name: given.required_text("Name")?,
        group: group_of(&context, &given),
        role: given.required_text("Role")?,
        daily_quota: number(&given, "DailyQuota"),
    };
    let (client, secret) = desk(&context).add_client(&new).await?;
    let value = json!({ "Id": client.id, "Uuid": client.uuid, "ClientId": client.client_id, "ClientSecret": secret });
    Ok(Said::made_at(201, format!("/API/v1/console/oauthclients/{}", client.id), value))
}

async fn revoke(context: Context, given: Given) -> Result<Said, Refusal> {
    desk(&context).revoke_client(given.text("id")).await?;
    Ok(Said::nothing(204))
}

fn shown(context: &Context, client: &Client) -> Value {
    let (days, whose) = (&context.reception.days, Counted::Credential(UseOf::Client, client.id));
    json!({
        "Id": client.id, "Uuid": client.uuid, "ClientId": client.client_id, "Name": client.name,
        "LocationGroupId": client.group, "RoleId": client.role, "DailyQuota": client.daily_quota,
        "DailyUsage": days.used(whose, context.now()), "RevokedOn": moment(client.revoked_at),
        "LastUsedOn": moment(days.last(whose).or(client.last_used_at)), "CreatedBy": client.created_by,
        "CreatedOn": moment(Some(client.created_at)),
    })
}
