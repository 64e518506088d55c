//! What rarely changes is asked for once in a while: lists of organization groups, smart groups, apps, tags, users and
//! user groups. Callers who ask for the same at the same time wait for one answer, an answer is believed for a while,
//! and a write of our own makes us forget what it may have changed. Errors are told and not remembered.
//!
//! Not remembered: anything about single devices, members, assignments and outcomes, because decisions are made by it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::Error;
use crate::request::Request;
use crate::statistics::Counters;
use crate::transport::Reply;

/// Answers that are kept at most; then the memory starts over.
const MOST_ANSWERS: usize = 512;
/// Bytes of an answer that is kept, at most.
const LARGEST: usize = 4 << 20;

/// What answers are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    OrganizationGroups,
    SmartGroups,
    Apps,
    Tags,
    Users,
    UserGroups,
}

/// Remembered answers of one tenant.
#[derive(Debug)]
pub(crate) struct Cache {
    keep: Duration,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    slots: HashMap<String, Slot>,
    /// Rises with every write that makes us forget: what was asked for before it is not kept after it.
    writes: u64,
}

#[derive(Debug)]
struct Slot {
    family: Family,
    answer: Arc<tokio::sync::Mutex<Option<Kept>>>,
}

#[derive(Debug)]
struct Kept {
    at: Instant,
    writes: u64,
    reply: Reply,
}

impl Cache {
    /// Answers are believed for so long; nothing is remembered for zero.
    pub(crate) fn new(keep: Duration) -> Self {
        Self { keep, memory: Mutex::default() }
    }

    /// The remembered answer, or what `ask` brings.
    pub(crate) async fn through(
        &self,
        request: &Request,
        counters: &Counters,
        ask: impl Future<Output = Result<Reply, Error>>,
    ) -> Result<Reply, Error> {
        let Some(family) = self.remembers(request) else { return ask.await };
        let slot = self.slot(request, family);
        let mut slot = slot.lock().await;
        let writes = self.memory().writes;
        if let Some(kept) = slot.as_ref().filter(|kept| kept.writes == writes && kept.at.elapsed() < self.keep) {
            counters.saved();
            return Ok(kept.reply.clone());
        }
        let reply = ask.await?;
        let small = reply.body.as_ref().is_none_or(|body| body.len() <= LARGEST);
        *slot = small.then(|| Kept { at: Instant::now(), writes, reply: reply.clone() });
        Ok(reply)
    }

    /// A write begins, or has ended somehow: what it may change is forgotten.
    pub(crate) fn forget(&self, request: &Request) {
        if self.keep.is_zero() {
            return;
        }
        let families = changed(request.target.path());
        if families.is_empty() {
            return;
        }
        let mut memory = self.memory();
        memory.writes += 1;
        let writes = memory.writes;
        memory.slots.retain(|_, slot| {
            if families.contains(&slot.family) {
                return false;
            }
            // What the write has nothing to do with stays believed; what is being asked for is not kept, that is all.
            if let Ok(mut kept) = slot.answer.try_lock()
                && let Some(kept) = kept.as_mut()
            {
                kept.writes = writes;
            }
            true
        });
    }

    fn remembers(&self, request: &Request) -> Option<Family> {
        let usable =
            !self.keep.is_zero() && request.remembered && !request.write && request.method == http::Method::GET;
        family(request.target.path()).filter(|(_, list)| usable && *list).map(|(family, _)| family)
    }

    fn slot(&self, request: &Request, family: Family) -> Arc<tokio::sync::Mutex<Option<Kept>>> {
        let mut memory = self.memory();
        if memory.slots.len() >= MOST_ANSWERS {
            memory.slots.clear();
        }
        // Another version is another answer.
        let key = format!("{} {}", request.accept.to_str().unwrap_or_default(), request.target);
        let slot = memory.slots.entry(key).or_insert_with(|| Slot { family, answer: Arc::default() });
        slot.answer.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a path is about, and whether it is a list of them.
fn family(path: &str) -> Option<(Family, bool)> {
    let path = path.to_ascii_lowercase();
    // What stands before may be a gateway's.
    let (_, path) = path.split_once("/api/")?;
    let segments: Vec<&str> = path.split('/').collect();
    let is_version = |segment: &str| segment.strip_prefix('v').is_some_and(|rest| rest.parse::<u8>().is_ok());
    let (resource, rest) = match segments.as_slice() {
        [version, resource, rest @ ..] if is_version(version) => (*resource, rest),
        [_, version, resource, rest @ ..] if is_version(version) => (*resource, rest),
        [_, resource, rest @ ..] => (*resource, rest),
        _ => return None,
    };
    let family = match resource {
        "groups" => Family::OrganizationGroups,
        "smartgroups" => Family::SmartGroups,
        "apps" => Family::Apps,
        "tags" => Family::Tags,
        "users" => Family::Users,
        "usergroups" => Family::UserGroups,
        _ => return None,
    };
    let list = rest == ["search"] || (family == Family::OrganizationGroups && rest.last() == Some(&"children"));
    Some((family, list))
}

/// What a write to a path may change. Commands, edits of devices and the tags of devices change none of the lists.
fn changed(path: &str) -> Vec<Family> {
    use Family::{Apps, OrganizationGroups, SmartGroups, Tags, UserGroups, Users};
    match family(path) {
        // What is below a group goes and comes with it.
        Some((OrganizationGroups, _)) => vec![OrganizationGroups, SmartGroups, Apps, Tags, Users, UserGroups],
        Some((Users, _)) => vec![Users, UserGroups],
        Some((UserGroups, _)) => vec![UserGroups],
        Some((Tags, _)) if path.ends_with("/adddevices") || path.ends_with("/removedevices") => Vec::new(),
        Some((family, _)) => vec![family],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_remembered_and_decisions_are_not() {
        for (path, expected) in [
            ("/api/system/groups/search", Some((Family::OrganizationGroups, true))),
            ("/gate/api/system/groups/7/children", Some((Family::OrganizationGroups, true))),
            ("/API/v1/smartgroups/search", Some((Family::SmartGroups, true))),
            ("/api/mam/apps/search", Some((Family::Apps, true))),
            ("/api/system/v2/users/search", Some((Family::Users, true))),
            ("/api/mam/apps/internal/5/assignments", Some((Family::Apps, false))),
            ("/API/v1/usergroups/3/users", Some((Family::UserGroups, false))),
            ("/api/mdm/devices/search", None),
            ("/api/mdm/devices/3/commands", None),
        ] {
            assert_eq!(family(path), expected, "{path}");
        }
    }

    #[test]
    fn a_write_changes_its_own_family_and_what_depends_on_it() {
        assert!(changed("/api/mdm/devices/3/commands").is_empty());
        assert!(changed("/api/mdm/tags/3/adddevices").is_empty());
        assert_eq!(changed("/api/mdm/tags/addtag"), [Family::Tags]);
        assert_eq!(changed("/API/v1/users"), [Family::Users, Family::UserGroups]);
        assert_eq!(changed("/api/system/groups/7").len(), 6);
    }
}
