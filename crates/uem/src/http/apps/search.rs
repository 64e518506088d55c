//! Searching for apps.

use muster_model::apps::Search;
use serde_json::json;

use super::super::context::Context;
use super::super::given::Given;
use super::super::policy::Action::Read;
use super::super::policy::Resource::Apps;
use super::super::policy::needs;
use super::super::refusal::Refusal;
use super::super::said::Said;
use super::super::table::Table;
use super::{platform, shown};
use crate::store::apps::{self, INTERNAL, PUBLIC, Wanted, assignments};

pub(super) fn routes(table: &mut Table) {
    table.serve_as::<Search, _, _>(needs(Apps, Read), search);
}

async fn search(context: Context, given: Given) -> Result<Said, Refusal> {
    let page = given.page()?;
    let wanted = wanted(&context, &given).await?;
    let books = given.asked("type").is_some_and(|kind| kind.eq_ignore_ascii_case("Book"));
    // The tenant keeps no books.
    let (found, total) =
        if books { (Vec::new(), 0) } else { apps::search(context.database(), &wanted, page, context.scope()).await? };
    let ids: Vec<i64> = found.iter().map(|app| app.id).collect();
    let groups = assignments::of_apps(context.database(), &ids).await?;
    let answer = json!({
        "Application": shown::entities(&found, &groups), "Page": page.number, "PageSize": page.size, "Total": total
    });
    Ok(Said::list(answer, total))
}

/// What a search asks for; words outside the published ones are refused, because a filter that is ignored finds
/// everything.
async fn wanted<'a>(context: &Context, given: &'a Given) -> Result<Wanted<'a>, Refusal> {
    let unknown = |name: &str, value: &str| Err(Refusal::bad(format!("The value '{value}' of {name} is not valid.")));
    let kinds = match given.asked("applicationtype").map(str::to_lowercase).as_deref() {
        None => vec![INTERNAL, PUBLIC],
        Some("internal") => vec![INTERNAL],
        Some("public") => vec![PUBLIC],
        Some(other) => return unknown("applicationtype", other),
    };
    let kind = given.asked("type").unwrap_or("App");
    if !["app", "book"].contains(&kind.to_lowercase().as_str()) {
        return unknown("type", kind);
    }
    Ok(Wanted {
        name: given.asked("applicationname"),
        bundle_id: given.asked("bundleid"),
        kinds,
        platform: asked_platform(given)?,
        status: status(given)?,
        category: given.asked("category"),
        groups: groups(context, given).await?,
        order: order(given)?,
        without_counts: given.asked_flag("excludeAssignedOrInstalledDeviceCount").unwrap_or_default(),
        ..Wanted::default()
    })
}

/// The platform that is asked for, by itself or through a model.
pub(super) fn asked_platform(given: &Given) -> Result<Option<String>, Refusal> {
    let of_model = |model: &str| match model.to_lowercase().as_str() {
        "iphone" | "ipad" | "ipod" | "ipod touch" => Some("Apple"),
        "android" => Some("Android"),
        "desktop" => Some("WinRT"),
        model if model.starts_with("mac") || model == "imac" => Some("AppleOsX"),
        _ => None,
    };
    match (given.asked("platform"), given.asked("model")) {
        (Some(word), _) => match platform(word) {
            Some(platform) => Ok(Some(platform.as_str().to_owned())),
            None => Err(Refusal::bad(format!("The value '{word}' of platform is not valid."))),
        },
        (None, Some(model)) => match of_model(model) {
            Some(platform) => Ok(Some(platform.to_owned())),
            None => Err(Refusal::bad(format!("The value '{model}' of model is not valid."))),
        },
        (None, None) => Ok(None),
    }
}

pub(super) fn status(given: &Given) -> Result<Option<&'static str>, Refusal> {
    match given.asked("status").map(str::to_lowercase).as_deref() {
        None | Some("all") => Ok(None),
        Some("active") => Ok(Some("Active")),
        Some("inactive") => Ok(Some("InActive")),
        Some("retired") => Ok(Some("Retired")),
        Some(other) => Err(Refusal::bad(format!("The value '{other}' of status is not valid."))),
    }
}

/// The groups whose apps are asked for: one, with those below unless told otherwise, and with those above on demand.
pub(super) async fn groups(context: &Context, given: &Given) -> Result<Option<Vec<i64>>, Refusal> {
    let named = given.asked("locationgroupid").or_else(|| given.asked("organizationgroupid"));
    let group = match (named, given.asked_uuid("organizationgroupuuid")) {
        (Some(text), _) => {
            let wrong = |_| Refusal::bad(format!("The value '{text}' of locationgroupid is not valid."));
            super::group(context, text.parse::<i64>().map_err(wrong)?).await?.0
        }
        (None, Some(uuid)) => super::group(context, uuid).await?.0,
        (None, None) => return Ok(None),
    };
    let mut groups = vec![group];
    if given.asked_flag("includeAppsFromChildOgs").unwrap_or(true) {
        groups = apps::family(context.database(), group, false).await?;
    }
    if given.asked_flag("IncludeAppsFromParentOgs").unwrap_or_default() {
        groups.extend(apps::family(context.database(), group, true).await?);
    }
    Ok(Some(groups))
}

pub(super) fn order(given: &Given) -> Result<Option<(&'static str, bool)>, Refusal> {
    let Some(asked) = given.asked("orderby") else { return Ok(None) };
    let (word, direction) = asked.split_once(' ').unwrap_or((asked, ""));
    let column = match word.to_lowercase().as_str() {
        "applicationname" | "name" => "lower(a.name)",
        "bundleid" => "lower(a.bundle_id)",
        "appversion" => "a.version",
        "status" => "a.status",
        "platform" => "a.platform",
        "id" | "applicationid" => "a.id",
        _ => return Err(Refusal::bad(format!("The value '{asked}' of orderby is not valid."))),
    };
    let down = [direction, given.asked("sortorder").unwrap_or_default()];
    Ok(Some((column, down.iter().any(|word| word.trim().eq_ignore_ascii_case("desc")))))
}
