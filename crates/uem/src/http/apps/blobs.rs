//! Files: uploaded whole or in chunks, fetched and removed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use uuid::Uuid;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::{Create, Delete, Read};
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::settings;
use crate::store::apps;
use crate::store::blobs::{self, Blob, Chunk, NewBlob};
use crate::store::objects::Key;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mamv1/BlobsV1_UploadBlobAsync", needs(Apps, Create), upload)
        .serve("mamv2/BlobsV2_UploadBlobAsync", needs(Apps, Create), upload)
        .serve("mamv1/BlobsV1_DownloadBlobAsync", needs(Apps, Read), download)
        .serve("mamv2/BlobsV2_DownloadBlobAsync", needs(Apps, Read), download)
        .serve("mamv1/BlobsV1_DeleteBlobAsync", needs(Apps, Delete), delete)
        .serve("mamv2/BlobsV2_Delete", needs(Apps, Delete), delete)
        .serve("mamv1/InternalAppsV1_InsertInternalApplicationChunkAsync", needs(Apps, Create), upload_chunk)
        .serve("mamv1/Chunk_ChunkAsync", needs(Apps, Create), chunk)
        .serve("mamv1/Chunk_mergechunkAsync", needs(Apps, Create), merge);
}

async fn upload(context: Context, given: Given) -> Result<Said, Refusal> {
    let (group, _) = super::group(&context, given.asked_id("organizationGroupId").unwrap_or_default()).await?;
    if given.asked("fileLink").is_some() && given.raw.is_empty() {
        return Err(Refusal::new(422, 7019, "This server does not fetch files from links: send the file itself."));
    }
    if given.raw.is_empty() {
        return Err(Refusal::new(400, 7019, "The request has no file."));
    }
    let told = given.asked("SHA256FileHash");
    if told.is_some_and(|hash| !hash.eq_ignore_ascii_case(&blobs::sha256(&given.raw))) {
        return Err(Refusal::bad("The file does not have the hash that SHA256FileHash tells."));
    }
    let new = NewBlob {
        group,
        file_name: given.asked("fileName").unwrap_or_default(),
        module_type: given.asked("moduleType").unwrap_or("Application"),
        bytes: &given.raw,
    };
    let mut tx = context.begin().await?;
    let blob = blobs::create(&mut tx, new, context.now()).await?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Value": blob.id, "uuid": blob.uuid })))
}

fn key(given: &Given) -> Option<Key> {
    let text = if given.text("blobId").is_empty() { given.text("uuid") } else { given.text("blobId") };
    text.parse().map(Key::Id).or_else(|_| text.parse().map(Key::Uuid)).ok()
}

/// Real tenants have been seen to answer 500 in version 1; a server that tells its callers that it broke would hide
/// when it did.
fn missing() -> Refusal {
    Refusal::not_found("The file is not found or not accessible.")
}

async fn download(context: Context, given: Given) -> Result<Said, Refusal> {
    let key = key(&given).ok_or_else(missing)?;
    let found = blobs::bytes(context.database(), key, context.scope()).await?;
    let (_, bytes) = found.ok_or_else(missing)?;
    Ok(Said::bytes("application/octet-stream", bytes))
}

async fn delete(context: Context, given: Given) -> Result<Said, Refusal> {
    let key = key(&given).ok_or_else(missing)?;
    let mut tx = context.begin().await?;
    let blob = blobs::find(&mut tx, key, context.scope()).await?.ok_or_else(missing)?;
    if apps::uses(&mut tx, blob.id, blob.uuid).await? {
        return Err(Refusal::new(403, 403, "The file belongs to an application."));
    }
    blobs::remove(&mut tx, blob.id).await?;
    tx.commit().await?;
    Ok(Said::nothing(200))
}

/// A chunk on its way in, checked against what its sender says about it.
struct Sent<'a> {
    transaction: Option<&'a str>,
    sequence: i64,
    /// The sizes that are told of the chunk and of the whole.
    size: Option<i64>,
    total: i64,
    bytes: &'a [u8],
}

/// Stores a chunk; answers the transaction that it belongs to.
async fn take(context: &Context, sent: Sent<'_>, group: i64) -> Result<String, Refusal> {
    let length = i64::try_from(sent.bytes.len()).unwrap_or(i64::MAX);
    if sent.sequence < 1 {
        return Err(Refusal::bad("Chunk sequence number cannot be zero."));
    }
    if length == 0 {
        return Err(Refusal::bad("The chunk has no data."));
    }
    if sent.size.is_some_and(|size| size != length) {
        let message = format!("The chunk has {length} bytes, and its size is told as {}.", sent.size.unwrap_or(0));
        return Err(Refusal::bad(message));
    }
    if sent.total > settings::MOST_MEGABYTES * 1024 * 1024 {
        let message = format!("Files of applications have {} MB at most.", settings::MOST_MEGABYTES);
        return Err(Refusal::new(422, 7602, message));
    }
    if sent.total < length {
        return Err(Refusal::bad(format!("The file is told to have {} bytes, and a chunk has {length}.", sent.total)));
    }
    let mut tx = context.begin().await?;
    let known = match sent.transaction {
        None => None,
        Some(transaction) => blobs::arrived(&mut tx, transaction).await?,
    };
    let known = known.filter(|known| context.scope().sees(known.group));
    let transaction = match (sent.transaction, &known) {
        (None, _) => Uuid::new_v4().to_string(),
        (Some(transaction), Some(_)) => transaction.to_owned(),
        (Some(transaction), None) => {
            return Err(Refusal::bad(format!("There is no upload with the transaction {transaction}.")));
        }
    };
    let chunk =
        Chunk { transaction: &transaction, sequence: sent.sequence, group, total: sent.total, bytes: sent.bytes };
    blobs::add_chunk(&mut tx, chunk, context.now()).await?;
    let arrived = blobs::arrived(&mut tx, &transaction).await?;
    if arrived.is_some_and(|arrived| arrived.size > arrived.total) {
        return Err(Refusal::bad("The chunks are larger than the file is told to be."));
    }
    tx.commit().await?;
    Ok(transaction)
}

async fn upload_chunk(context: Context, given: Given) -> Result<Said, Refusal> {
    let data = given.member_text("ChunkData").ok_or_else(|| Refusal::bad("The ChunkData field is required."))?;
    let packed: String = data.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(packed).map_err(|_| Refusal::bad("The ChunkData is no Base64."))?;
    let sequence = given.member_id("ChunkSequenceNumber").unwrap_or_default();
    let sent = Sent {
        transaction: given.member_text("TransactionId"),
        sequence,
        size: given.member_id("ChunkSize"),
        total: given.member_id("TotalApplicationSize").unwrap_or_default(),
        bytes: &bytes,
    };
    let transaction = take(&context, sent, context.caller.group).await?;
    // The name of the first member is misspelt in the published API.
    Ok(Said::json(200, json!({ "TranscationId": transaction, "ChunkSequenceNumber": sequence, "UploadSuccess": true })))
}

async fn chunk(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = match given.asked_uuid("organization_group_uuid") {
        None => context.caller.group,
        Some(uuid) => match apps::group(context.database(), uuid, context.scope()).await? {
            Some((group, _)) => group,
            None => return Err(Refusal::new(404, 6183, "The organization group is not found or not accessible.")),
        },
    };
    let sequence = given.asked_id("chunk_sequence_number").unwrap_or_default();
    let sent = Sent {
        transaction: given.asked("transaction_id"),
        sequence,
        size: given.asked_id("chunk_size"),
        total: given.asked_id("total_blob_size").unwrap_or_default(),
        bytes: &given.raw,
    };
    let transaction = take(&context, sent, group).await?;
    Ok(Said::json(
        200,
        json!({ "transaction_id": transaction, "chunk_sequence_number": sequence, "upload_success": true }),
    ))
}

/// Puts the chunks of a transaction together, if all of them are there.
pub(super) async fn whole(
    context: &Context,
    tx: &mut muster_store::Transaction,
    transaction: &str,
    group: i64,
    file_name: &str,
) -> Result<Option<Blob>, Refusal> {
    let arrived = blobs::arrived(tx, transaction).await?.filter(|arrived| context.scope().sees(arrived.group));
    if !arrived.is_some_and(|arrived| arrived.gapless && arrived.size == arrived.total) {
        return Ok(None);
    }
    let bytes = blobs::merge(tx, transaction).await?;
    let new = NewBlob { group, file_name, module_type: "Application", bytes: &bytes };
    Ok(Some(blobs::create(tx, new, context.now()).await?))
}

async fn merge(context: Context, given: Given) -> Result<Said, Refusal> {
    let name = given.member_text("filename_with_extension");
    let name = name.ok_or_else(|| Refusal::new(400, 7008, "File name cannot be null or empty."))?;
    let group = match given.member_uuid("organization_group_uuid") {
        None => context.caller.group,
        Some(uuid) => match apps::group(context.database(), uuid, context.scope()).await? {
            Some((group, _)) => group,
            None => return Err(Refusal::new(404, 6183, "The organization group is not found or not accessible.")),
        },
    };
    let transaction = given.member_text("transaction_uuid").unwrap_or_default();
    let mut tx = context.begin().await?;
    let blob = whole(&context, &mut tx, transaction, group, name).await?;
    let blob = blob.ok_or_else(|| Refusal::new(422, 8212, "Chunks not found or merge failed."))?;
    tx.commit().await?;
    Ok(Said::json(200, json!({ "Value": blob.id, "Uuid": blob.uuid })))
}
