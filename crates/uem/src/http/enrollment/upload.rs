//! Registration records from a file: one row a device, and each row succeeds or fails by itself.

use muster_model::ids::UserId;
use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::given::Given;
use super::super::organization_groups::seen;
use super::super::policy::Action::Create;
use super::super::policy::Resource::Devices;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{ACTIVE, ALLOWED, register};
use crate::store::users;

pub(super) fn routes(table: &mut Table) {
    table.serve("mdmv3/EnrollmentTokenV3_UploadEnrollmentTokensAsync", needs(Devices, Create), upload);
}

/// Rows of a file whose first line names the columns; names are compared without case, spaces and marks.
pub(in super::super) fn rows(bytes: &[u8]) -> Result<Vec<Map<String, Value>>, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(bytes);
    let bad = |error: csv::Error| Refusal::bad(format!("The file is not CSV: {error}."));
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let names: Vec<String> = reader.headers().map_err(bad)?.iter().map(plain).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let row = names.iter().zip(record.iter()).map(|(name, value)| (name.clone(), json!(value)));
        rows.push(row.collect());
    }
    if rows.is_empty() {
        return Err(Refusal::bad("The file has no rows."));
    }
    Ok(rows)
}

async fn upload(context: Context, given: Given) -> Result<Said, Refusal> {
    let group = seen(&context, given.uuid("organizationGroupUuid")).await?;
    let rows = rows(&given.raw)?;
    let mut tx = context.begin().await?;
    let (mut succeeded, mut failed) = (Vec::new(), Vec::new());
    for row in rows {
        let of = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let shown = json!({
            "friendly_name": of("friendlyname"), "serial_number": of("serialnumber"), "model_name": of("modelname"),
            "tag_name": of("tagname"),
        });
        let mut body = Map::new();
        for (column, name) in [
            ("friendlyname", "friendly_name"),
            ("serialnumber", "serial_number"),
            ("modelname", "model_name"),
            ("imei", "imei"),
            ("assetnumber", "asset_number"),
        ] {
            if !of(column).is_empty() {
                body.insert(name.to_owned(), json!(of(column)));
            }
        }
        if !of("tagname").is_empty() {
            body.insert("tags".to_owned(), json!([{ "name": of("tagname") }]));
        }
        let made = async {
            if of("serialnumber").is_empty() {
                return Err(Refusal::shape("The serial number is required."));
            }
            let mut state = ALLOWED;
            if !of("username").is_empty() {
                let id = users::id_of(&mut tx, &of("username")).await?.unwrap_or(UserId(0));
                let user = users::get_in(&mut tx, id, context.scope()).await?;
                let missing = || Refusal::new(400, 12, format!("The user {} is not found.", of("username")));
                let user = user.ok_or_else(missing)?;
                body.insert("user_id".to_owned(), json!(user.id.0.0));
                body.insert("user_name".to_owned(), json!(user.user_name));
                state = ACTIVE;
            }
            register(&context, &mut tx, &group, state, body).await
        };
        match made.await {
            Ok(_) => succeeded.push(shown),
            Err(Refusal::Fault { status, code, message }) if status < 500 => {
                let mut shown = shown;
                shown["error_code"] = json!(code);
                shown["message"] = json!(message);
                failed.push(shown);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    tx.commit().await?;
    let result = match (succeeded.is_empty(), failed.is_empty()) {
        (_, true) => "SUCCESS",
        (true, false) => "FAILED",
        (false, false) => "PARTIAL",
    };
    let said = json!({ "overall_result": result, "success_entries": succeeded, "failed_entries": failed });
    Ok(Said::json(200, said))
}
