//! Who lets a held plan through: another person, with a signature that is bound to the plan's hash and counts for
//! a limited time. Pure; the journal keeps what is made here and the runner asks it again.
//!
//! - An *approval* is the signature of an approver who neither asked for the plan nor had a hand in it.
//! - A *template* is signed beforehand, for automation, and is used up within its bounds.
//! - A *broken glass* is one person's own signature, for one device, and an alarm.
//! - A *confirmation* is no signature: it is for what needs no second person, which is a short list in the code.

mod approver;
mod consent;
mod statement;
mod template;

pub use approver::{Approver, Role};
pub use template::{Template, Terms};

pub(crate) use approver::{Entry, Roster};
pub(crate) use consent::{confirm, read, sign};
pub(crate) use template::{Passage, objection as template_objection, sign as sign_template};

use crate::plan::{Approval, ApprovalKind, PlanHead, PlanItem};

/// Broken glasses of all people together within a day: more than that is no emergency but a way around.
pub(crate) const BREAK_GLASS_A_DAY: i64 = 3;

/// Why an approval of a plan does not count, if it does not. `held` are the held items in their order, where
/// [`looks_at_items`] says that they matter.
pub(crate) fn objection(
    plan: &PlanHead,
    held: &[&PlanItem],
    approval: &Approval,
    roster: &Roster,
    templates: &[Template],
) -> Option<String> {
    match approval.kind {
        ApprovalKind::Template => template::use_objection(plan, held, approval, templates, roster),
        _ => consent::objection(plan, held, approval, roster),
    }
}

/// Whether it depends on the held items if an approval of this kind counts. Another person's signature is for all of
/// them, by the plan's hash.
pub(crate) fn looks_at_items(kind: ApprovalKind) -> bool {
    match kind {
        ApprovalKind::Signed | ApprovalKind::Unsigned => false,
        ApprovalKind::Template | ApprovalKind::BreakGlass | ApprovalKind::Confirmed => true,
    }
}
