//! Managed files that are meant for a device. A file is on the device as soon as it was heard from after the file's
//! last change.

use serde_json::{Value, json};

use super::super::content::{self, FILE};
use super::super::context::Context;
use super::super::given::Given;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::named;
use crate::store::devices::{Record, groups};
use crate::store::objects::{self, Object, Wanted};
use crate::store::page::Page;

/// The API's word for what kind of file it is, by the end of its name.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default().as_str() {
        "pdf" => "pdf",
        "txt" => "text",
        "csv" => "csv",
        "xml" => "xml",
        "html" | "htm" => "html",
        "png" => "png",
        "jpg" | "jpeg" => "jpg",
        "mp4" => "mpeg4",
        "epub" => "epub",
        "doc" | "docx" => "word",
        "xls" | "xlsx" => "excel",
        "ppt" | "pptx" => "powerpoint",
        _ => "unknown",
    }
}

fn setting<'a>(file: &'a Object, name: &str) -> Option<&'a Value> {
    file.body.get("DeploymentSettings")?.get(name)
}

async fn is_for(context: &Context, file: &Object, record: &Record) -> Result<bool, Refusal> {
    let audience = content::audience(context, file).await?;
    if audience.organization_groups.contains(&record.group) {
        return Ok(true);
    }
    if !audience.user_groups.is_empty() {
        let mine = groups::of_user(context.database(), record.user).await?;
        if mine.iter().any(|group| audience.user_groups.contains(group)) {
            return Ok(true);
        }
    }
    if audience.smart_groups.is_empty() {
        return Ok(false);
    }
    let mine = groups::of_devices(context.database(), &[record.id], context.scope()).await?;
    let mine = mine.get(&record.id).into_iter().flatten();
    Ok(mine.into_iter().any(|group| audience.smart_groups.iter().any(|uuid| uuid.parse() == Ok(group.uuid))))
}

pub(super) async fn list(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let record = named::device(&context, &given).await?;
    let everything = Page::asked_or_all(None, None);
    let (files, _) = objects::list(context.database(), FILE, &Wanted::default(), everything, context.scope()).await?;
    let mut rows = Vec::new();
    for file in files.iter().filter(|_| record.is_managed()) {
        if !is_for(&context, file, &record).await? {
            continue;
        }
        let required = setting(file, "isRequired").and_then(Value::as_bool).unwrap_or(false);
        rows.push(json!({
            "ContentName": file.name, "ContentType": kind(&file.name), "Id": file.id, "Uuid": file.uuid,
            "DeployMode": if required { "auto" } else { "ondemand" },
            "DownloadPriority": setting(file, "downloadPriority").cloned().unwrap_or(json!("Normal")),
            "Status": if record.seen_at > file.updated_at { "installed" } else { "pendinginstall" },
        }));
    }
    let total = rows.len() as u64;
    let (size, number) = (page.size as usize, page.number as usize);
    let rows: Vec<Value> = rows.into_iter().skip(size.saturating_mul(number)).take(size).collect();
    let answer = json!({
        "DeviceContents": rows, "DeviceId": record.reference(), "Page": page.number, "PageSize": page.size,
        "Total": total,
    });
    Ok(Said::list(answer, total))
}
