//! Notes about a device. A device that is missing is a wrong input where it is named by its id.

use muster_model::Stamp;
use serde_json::{Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::named;
use crate::store::devices::Record;
use crate::store::devices::notes::{self, Note};

/// Fewest characters of a note.
const SHORTEST: usize = 3;

async fn device(context: &Context, given: &Given) -> Result<Record, Refusal> {
    let found = named::device(context, given).await;
    if given.asked("searchby").is_some() { found } else { found.map_err(named::as_input) }
}

fn shown(note: &Note) -> Value {
    json!({
        "Id": note.id, "DeviceId": note.device, "Note": note.text, "CreatedOn": Stamp(note.created_at).to_string(),
        "ModifiedOn": Stamp(note.modified_at).to_string(),
    })
}

fn missing(id: i64) -> Refusal {
    Refusal::invalid(format!("The device has no note {id}."))
}

fn text(given: &Given) -> Result<&str, Refusal> {
    let text = given.member_text("Note").unwrap_or_default();
    if text.chars().count() < SHORTEST {
        return Err(Refusal::bad(format!("The Note field needs at least {SHORTEST} characters.")));
    }
    Ok(text)
}

pub(super) async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let record = device(&context, &given).await?;
    let found = notes::list(context.database(), record.id).await?;
    let (shown, total): (Vec<Value>, usize) = (found.iter().map(shown).collect(), found.len());
    let answer = json!({
        "DeviceNotes": shown, "DeviceId": record.reference(), "Page": 0, "PageSize": total, "Total": total,
    });
    Ok(Said::json(200, answer))
}

pub(super) async fn get(context: Context, given: Given) -> Result<Said, Refusal> {
    let (record, id) = (device(&context, &given).await?, given.id("noteid"));
    let note = notes::get(context.database(), record.id, id).await?.ok_or_else(|| missing(id))?;
    Ok(Said::json(200, shown(&note)))
}

pub(super) async fn add(context: Context, given: Given) -> Result<Said, Refusal> {
    let (record, text) = (device(&context, &given).await?, text(&given)?);
    let mut tx = context.begin().await?;
    let id = notes::add(&mut tx, record.id, text, &context.caller.name, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "Value": id })))
}

/// 204 by id, 201 by alternate id: so it is published.
pub(super) async fn update(context: Context, given: Given) -> Result<Said, Refusal> {
    let (record, text, id) = (device(&context, &given).await?, text(&given)?, given.id("noteid"));
    let mut tx = context.begin().await?;
    if !notes::rewrite(&mut tx, record.id, id, text, context.now()).await? {
        return Err(missing(id));
    }
    tx.commit().await?;
    Ok(Said::nothing(if given.asked("searchby").is_some() { 201 } else { 204 }))
}

pub(super) async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let (record, id) = (device(&context, &given).await?, given.id("noteid"));
    let mut tx = context.begin().await?;
    if !notes::remove(&mut tx, record.id, id).await? {
        return Err(missing(id));
    }
    tx.commit().await?;
    Ok(Said::nothing(204))
}
