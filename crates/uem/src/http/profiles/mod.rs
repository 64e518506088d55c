//! Configuration profiles in all four versions and the guide's dialect: documents of payload sections that smart
//! groups get. What becomes of them on devices is the fleet's business.

mod certificates;
mod details;
mod guide;
mod install;
mod launcher;
mod platforms;
mod resources;
mod search;
mod state;
mod third;
mod write;

use muster_store::Transaction;

use super::context::Context;
use super::refusal::Refusal;
use super::table::Table;
use crate::store::objects::Key;
use crate::store::profiles::{self, Profile, assignments};

pub(super) fn routes(table: &mut Table) {
    search::routes(table);
    details::routes(table);
    write::routes(table);
    third::routes(table);
    state::routes(table);
    install::routes(table);
    resources::routes(table);
    certificates::routes(table);
    launcher::routes(table);
    guide::routes(table);
}

/// The profile of a key inside a change, or `missing`.
async fn profile(
    context: &Context,
    tx: &mut Transaction,
    key: impl Into<Key>,
    missing: impl FnOnce() -> Refusal,
) -> Result<Profile, Refusal> {
    profiles::find(tx, key, context.scope()).await?.ok_or_else(missing)
}

/// 404: what most routes say of a profile that is not there.
fn no_profile(key: impl std::fmt::Display) -> Refusal {
    Refusal::not_found(format!("Profile not found: {key}."))
}

/// The general part of a profile, for those who list it among other things.
pub(super) async fn general_of(context: &Context, id: i64) -> Result<Option<serde_json::Value>, Refusal> {
    let Some(profile) = profiles::get(context.database(), id, context.scope()).await? else { return Ok(None) };
    let groups = assignments::of(context.database(), &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(details::general(&profile, &groups)))
}
