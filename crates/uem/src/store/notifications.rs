//! Notices for administrators: something waits for them in an organization group.

use jiff::Timestamp;
use muster_store::{Error, Transaction};
use serde_json::{Map, json};

use super::objects::{self, NewObject};

pub(crate) const KIND: &str = "notification";
pub(crate) const ACTIVE: &str = "Active";
pub(crate) const DISMISSED: &str = "Dismissed";

/// Tells administrators of a group something.
pub(crate) async fn tell(
    tx: &mut Transaction,
    group: i64,
    title: &str,
    message: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let body = Map::from_iter([("Message".to_owned(), json!(message))]);
    let new = NewObject { kind: KIND, group, parent: None, name: title, state: ACTIVE, body, created_by: "" };
    objects::create(tx, new, now).await.map(|_| ())
}
