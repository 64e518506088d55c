//! Holds a call that names devices which nobody has read: whether they are protected, frozen or silent cannot be told.
//! What is felt by nobody and can be set back goes through.

use super::{Facts, Opinion, Page};
use crate::plan::{Action, Risk, Verdict};

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for (index, item) in page.open(opinion) {
        let Action::CallOperation { call } = item.action else { continue };
        if item.action.risk() < Risk::Disruptive {
            continue;
        }
        if let Some(why) = call.unknown(item.target) {
            let text = format!("which devices it concerns, and how they stand, is not known: {why}");
            opinion.item(index, Verdict::Hold, text);
        }
    }
}
