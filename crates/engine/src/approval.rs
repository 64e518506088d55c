//! Who lets a held plan through, and for how long. The approval is bound to the plan's hash, so that it
//! counts for exactly what the approver saw.
//!
//! First form: the approver has to give a name, which the audit keeps. Whether it is another person than
//! the requester is not checked yet.

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::plan::{Approval, Plan, PlanStatus, Verdict};

/// The approval of a plan by somebody at `now`, if it can be approved.
pub(crate) fn approve(plan: &Plan, by: &str, note: &str, now: Timestamp, hours: u32) -> Result<Approval, Error> {
    let by = by.trim();
    if by.is_empty() {
        return Err(Error::Nameless);
    }
    match plan.status {
        PlanStatus::Applied { job } => return Err(Error::AlreadyApplied { plan: plan.id, job }),
        PlanStatus::Expired => return Err(Error::Expired { plan: plan.id }),
        PlanStatus::Proposed => {}
    }
    if plan.count(Verdict::Hold) == 0 {
        return Err(Error::NothingHeld { plan: plan.id });
    }
    if plan.compute_hash() != plan.hash {
        return Err(Error::Altered { plan: plan.id });
    }
    let until = now.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MAX);
    let (by, note) = (by.to_owned(), note.trim().to_owned());
    Ok(Approval { by, at: now, expires_at: until.min(plan.expires_at), note, hash: plan.hash.clone() })
}
