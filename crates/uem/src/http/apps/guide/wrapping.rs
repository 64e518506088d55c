//! The guide's `/appwrapping`: jobs that put protection around an internal app. A job waits, runs and ends as an
//! operation of the tenant does; an app is wrapped when one of its jobs has ended.

use muster_model::words::OperationStatus;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::super::context::Context;
use super::super::super::given::Given;
use super::super::super::policy::Action::{Create, Delete, Edit, Read};
use super::super::super::policy::Resource::Apps;
use super::super::super::policy::needs;
use super::super::super::refusal::Refusal;
use super::super::super::said::Said;
use super::super::super::table::Table;
use super::catalogue::without;
use super::deploy::known;
use crate::store::apps::{App, INTERNAL};
use crate::store::objects::{self, NewObject, Object, Wanted};
use crate::store::operations::{self, Subject};
use crate::store::page::Page;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("guide/appwrapping.list", needs(Apps, Read), list)
        .serve("guide/appwrapping.search", needs(Apps, Read), list)
        .serve("guide/appwrapping.get", needs(Apps, Read), get)
        .serve("guide/appwrapping.add", needs(Apps, Create), add)
        .serve("guide/appwrapping.update", needs(Apps, Edit), update)
        .serve("guide/appwrapping.delete", needs(Apps, Delete), delete);
}

const KIND: &str = "app-wrapping";
const OPERATION: &str = "Operation";

/// How far a job is, and in percent.
async fn state(context: &Context, job: &Object) -> Result<(&'static str, u32), Refusal> {
    let uuid = job.body.get(OPERATION).and_then(Value::as_str).and_then(|text| text.parse::<Uuid>().ok());
    let operation = operations::get(context.database(), uuid.unwrap_or_default(), context.scope()).await?;
    Ok(match operation {
        None => ("Failed", 0),
        Some(operation) => {
            let word = match operation.status {
                OperationStatus::Pending => "Queued",
                OperationStatus::InProgress => "InProgress",
                OperationStatus::Completed => "Completed",
                _ => "Failed",
            };
            (word, operation.progress)
        }
    })
}

async fn shown(context: &Context, job: &Object) -> Result<Value, Refusal> {
    let (status, progress) = state(context, job).await?;
    let mut shown = job.body.clone();
    shown.remove(OPERATION);
    let own = json!({
        "Id": { "Value": job.id }, "Uuid": job.uuid, "ApplicationName": job.name, "Status": status,
        "Progress": progress, "OperationId": job.body.get(OPERATION),
        "CreatedOn": job.created_at.as_microsecond(), "CreatedBy": job.created_by,
    });
    super::super::shown::overlay(&mut shown, own);
    Ok(Value::Object(shown))
}

/// Whether a job of an app has ended well.
pub(super) async fn is_wrapped(context: &Context, app: &App) -> Result<bool, Refusal> {
    let mine = Wanted { parent: Some(app.uuid), ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    for job in objects::list(context.database(), KIND, &mine, all, context.scope()).await?.0 {
        if state(context, &job).await?.0 == "Completed" {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let parent = match given.asked_id("applicationid") {
        None => None,
        Some(id) => Some(known(&context, id).await?.uuid),
    };
    let wanted = Wanted { name_contains: given.asked("applicationname"), parent, ..Wanted::default() };
    let all = Page::asked_or_all(None, None);
    let (jobs, _) = objects::list(context.database(), KIND, &wanted, all, context.scope()).await?;
    let mut found = Vec::new();
    for job in &jobs {
        let one = shown(&context, job).await?;
        let fits = given.asked("status").is_none_or(|word| one["Status"].as_str() == Some(word));
        if fits {
            found.push(one);
        }
    }
    let total = found.len();
    let (skip, take) = (page.number as usize * page.size as usize, page.size as usize);
    let found: Vec<Value> = found.into_iter().skip(skip).take(take).collect();
    Ok(Said::json(200, json!({ "AppWrappings": found, "Page": page.number, "PageSize": page.size, "Total": total })))
}

fn missing(id: i64) -> Refusal {
    Refusal::not_found(format!("Wrapping job not found: {id}."))
}

async fn job(context: &Context, given: &Given) -> Result<Object, Refusal> {
    let id = given.id("id");
    objects::get(context.database(), KIND, id, context.scope()).await?.ok_or_else(|| missing(id))
}

async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let job = job(&context, &given).await?;
    Ok(Said::json(200, shown(&context, &job).await?))
}

/// What is asked of the wrapping.
fn options(given: &Given) -> Map<String, Value> {
    without(given, &["Id", "Uuid", "ApplicationName", "Status", "Progress", "OperationId", "CreatedOn", "CreatedBy"])
}

async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let id = given.member_id("ApplicationId").ok_or_else(|| Refusal::bad("The ApplicationId field is required."))?;
    let app = known(&context, id).await?;
    if app.kind != INTERNAL || !["Apple", "Android"].contains(&app.platform.as_str()) {
        return Err(Refusal::bad("Only internal applications for iOS and Android can be wrapped."));
    }
    let mut body = options(&given);
    let mut tx = context.begin().await?;
    let operation = operations::start(&mut tx, operations::APP_WRAP, Subject::App(app.id), context.now()).await?;
    body.insert(OPERATION.to_owned(), operation.uuid.to_string().into());
    let new = NewObject {
        kind: KIND,
        group: app.group,
        parent: Some(app.uuid),
        name: &app.name,
        state: "",
        body,
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    let address = format!("{}/API/v1/appwrapping/{}", context.tenant.url, made.id);
    let answer = shown(&context, &made).await?;
    Ok(Said::made_at(201, address, answer))
}

/// A job that has begun cannot be changed any more.
async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let mut job = job(&context, &given).await?;
    let (status, _) = state(&context, &job).await?;
    if status != "Queued" {
        return Err(Refusal::new(409, 409, format!("The job is {status} and cannot be changed.")));
    }
    let mut sent = options(&given);
    sent.remove("ApplicationId");
    job.body.extend(sent);
    let mut tx = context.begin().await?;
    objects::save(&mut tx, &job, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, shown(&context, &job).await?))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let job = job(&context, &given).await?;
    let mut tx = context.begin().await?;
    if let Some(uuid) = job.body.get(OPERATION).and_then(Value::as_str) {
        operations::cancel(&mut tx, uuid).await?;
    }
    objects::remove(&mut tx, &job).await?;
    tx.commit().await?;
    Ok(Said::nothing(204))
}
