//! Logs of the cloud connector, which come in parts: begun, sent part by part, completed or given up.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_store::Transaction;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::assigned;
use super::context::Context;
use super::given::Given;
use super::policy::Action::Create;
use super::policy::Resource::Operations;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;
use crate::store::objects::{self, NewObject, Object, Wanted};

const KIND: &str = "log-upload";
/// Parts belong to their upload; their name is their number.
const PART: &str = "log-upload-part";
const OPEN: &str = "Open";
/// Smaller parts are fine for the last one only.
const CHUNK: i64 = 64 * 1024;
const LARGEST: i64 = 256 * 1024 * 1024;

pub(super) fn routes(table: &mut Table) {
    let key = |name: &str| format!("systemv1/AccMultiPartLogUpload_{name}");
    table
        .serve(&key("InitiateChunkedUploadAsync"), needs(Operations, Create), begin)
        .serve(&key("UploadChunkAsync"), needs(Operations, Create), part)
        .serve(&key("CompleteUploadAsync"), needs(Operations, Create), complete)
        .serve(&key("NotifyAsync"), needs(Operations, Create), give_up);
}

/// The group of the address. Everything that is wrong is 400 here.
async fn group(context: &Context, given: &Given) -> Result<i64, Refusal> {
    let text = given.text("organizationGroupUuid");
    let wrong = || Refusal::bad(format!("Organization group {text} is not found."));
    let uuid: Uuid = text.parse().map_err(|_| wrong())?;
    assigned::group(context, Some(uuid)).await.map_err(|_| wrong())
}

fn key_path(upload: &Object) -> String {
    format!("logs/{}/{}/{}", upload.group, upload.uuid, upload.name)
}

/// The open upload that a body names by its id and its path.
async fn open(context: &Context, tx: &mut Transaction, given: &Given) -> Result<Object, Refusal> {
    let id = given.required_text("upload_id")?;
    let wrong = || Refusal::bad(format!("There is no open upload {id}."));
    let uuid: Uuid = id.parse().map_err(|_| wrong())?;
    let found = objects::find(tx, KIND, uuid, context.scope()).await?;
    let path = given.required_text("key_path")?;
    found.filter(|upload| upload.state == OPEN && key_path(upload) == path).ok_or_else(wrong)
}

async fn begin(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = group(&context, &given).await?;
    let name = given.required_text("file_name")?;
    let length = given.member_id("content_length").unwrap_or_default();
    if !(1..=LARGEST).contains(&length) || name.contains(['/', '\\']) {
        return Err(Refusal::bad("The file has no name that could be kept, or is empty or too large."));
    }
    let mut body = Map::new();
    body.insert("content_length".to_owned(), length.into());
    let by = &context.caller.name;
    let mut tx = context.begin().await?;
    let new = NewObject { kind: KIND, group, parent: None, name, state: OPEN, body, created_by: by };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    let said = json!({
        "upload_id": made.uuid, "key_path": key_path(&made), "is_success": true, "min_required_chunk_size": CHUNK,
    });
    Ok(Said::json(201, said))
}

async fn stored(tx: &mut Transaction, upload: &Object, number: &str) -> Result<Option<Object>, Refusal> {
    let wanted = Wanted { parent: Some(upload.uuid), name: Some(number), ..Wanted::default() };
    Ok(objects::first(tx, PART, &wanted, &crate::store::scope::Scope::Everything).await?)
}

/// Keeps a part. One that is sent again takes the place of the first.
async fn part(context: Context, given: Given) -> Result<Said, Refusal> {
    group(&context, &given).await?;
    let number = given.member_id("part_number").filter(|number| *number > 0);
    let number = number.ok_or_else(|| Refusal::bad("Parts are counted from 1."))?;
    let data = given.required_text("part_data")?;
    let size = STANDARD.decode(data).map(|bytes| bytes.len() as i64).unwrap_or(-1);
    if given.member_id("part_size") != Some(size) {
        return Err(Refusal::bad("The part is not as long as it says."));
    }
    let mut tx = context.begin().await?;
    let upload = open(&context, &mut tx, &given).await?;
    if let Some(old) = stored(&mut tx, &upload, &number.to_string()).await? {
        objects::remove(&mut tx, &old).await?;
    }
    let body = json!({ "size": size, "data": data });
    let new = NewObject {
        kind: PART,
        group: upload.group,
        parent: Some(upload.uuid),
        name: &number.to_string(),
        state: "",
        body: body.as_object().cloned().unwrap_or_default(),
        created_by: &context.caller.name,
    };
    let made = objects::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "part_upload_id": made.uuid, "part_number": number, "is_success": true })))
}

/// Every part that is named must be there, and together they must be the whole file.
async fn complete(context: Context, given: Given) -> Result<Said, Refusal> {
    group(&context, &given).await?;
    let mut tx = context.begin().await?;
    let mut upload = open(&context, &mut tx, &given).await?;
    let named = given.member("part_upload_reference").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut size = 0;
    for (number, id) in &named {
        let found = stored(&mut tx, &upload, number).await?;
        let found = found.filter(|part| id.as_str() == Some(part.uuid.to_string().as_str()));
        let found = found.ok_or_else(|| Refusal::bad(format!("The part {number} was not sent.")))?;
        size += found.body.get("size").and_then(Value::as_i64).unwrap_or_default();
    }
    let length = upload.body.get("content_length").and_then(Value::as_i64).unwrap_or_default();
    if size != length {
        return Err(Refusal::bad(format!("The parts have {size} bytes together, the file has {length}.")));
    }
    "Complete".clone_into(&mut upload.state);
    objects::save(&mut tx, &upload, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(201, json!({ "is_success": true })))
}

/// The sender tells that it will not go on: its parts go, why stays.
async fn give_up(context: Context, given: Given) -> Result<Said, Refusal> {
    group(&context, &given).await?;
    let mut tx = context.begin().await?;
    let mut upload = open(&context, &mut tx, &given).await?;
    let wanted = Wanted { parent: Some(upload.uuid), ..Wanted::default() };
    while let Some(part) = objects::first(&mut tx, PART, &wanted, &crate::store::scope::Scope::Everything).await? {
        objects::remove(&mut tx, &part).await?;
    }
    "GivenUp".clone_into(&mut upload.state);
    upload.body.insert("error_message".to_owned(), given.required_text("error_message")?.into());
    objects::save(&mut tx, &upload, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(202, json!({ "result": true })))
}
