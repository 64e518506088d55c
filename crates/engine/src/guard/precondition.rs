//! Keeps back what cannot succeed by what was read of its target when the plan was made, so that whoever approves it knows. A
//! verb looks again before it sends; this is what is known without a further call.

use muster_model::words::EnrollmentStatus;
use serde::Deserialize;
use serde_json::Value;

use super::{Facts, Opinion, Page};
use crate::plan::{Action, Verdict};

pub(super) use crate::plan::PRECONDITION as NAME;

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for (index, item) in page.open(opinion) {
        let seen = |name: &str| item.before.and_then(|before| before.get(name));
        match item.action {
            Action::DeleteDevice => {
                let status = seen("enrollment").and_then(|status| EnrollmentStatus::deserialize(status).ok());
                let in_the_way = status.filter(|status| !status.is_out());
                if let Some(status) = in_the_way {
                    let name = item.target.name();
                    let is =
                        if status == EnrollmentStatus::Enrolled { "enrolled".to_owned() } else { status.to_string() };
                    opinion.item(index, Verdict::Hold, format!("{name} is {is}; wipe or unenrol it first"));
                }
            }
            Action::InstallApp { app_name, .. } if seen("assigned").and_then(Value::as_bool) == Some(false) => {
                let text = format!(
                    "{app_name} is not assigned to {}; `apps deploy` assigns it to a smart group",
                    item.target.name()
                );
                opinion.item(index, Verdict::Skip, text);
            }
            _ => {}
        }
    }
}
