//! Holds changes outside of the maintenance windows that are for them. A change for which there is no window is free;
//! one for which there are several may be made in any of them.

use jiff::Timestamp;

use super::policy::{MaintenanceWindow, Opening};
use super::{Facts, Opinion, Page, Rule};
use crate::plan::{OrganizationGroup, Risk, Verdict};

pub(super) struct Windows;

impl Rule for Windows {
    fn begin(&mut self, facts: &Facts, opinion: &mut Opinion) {
        for (window, opening) in windows(facts) {
            opinion.note(match opening {
                Ok(Opening::Open { until }) => format!("the window `{}` is open until {}", window.name, moment(until)),
                Ok(Opening::Closed { opens }) => format!("the window `{}` is closed{}", window.name, next(opens)),
                Err(why) => format!("the window `{}` cannot be read: {why}", window.name),
            });
        }
    }

    fn page(&mut self, facts: &Facts, page: &Page, opinion: &mut Opinion) {
        let windows = windows(facts);
        for (index, item) in page.open(opinion) {
            // Each device has to be in an open window of its own, if there is one for it.
            let closed = item.target.organization_groups().into_iter().find_map(|group| {
                let meant: Vec<_> =
                    windows.iter().filter(|(window, _)| is_for(window, group, item.action.risk())).collect();
                let open = meant.iter().any(|(_, opening)| matches!(opening, Ok(Opening::Open { .. })));
                (!meant.is_empty() && !open).then_some(meant)
            });
            let Some(meant) = closed else { continue };
            let names: Vec<&str> = meant.iter().map(|(window, _)| window.name.as_str()).collect();
            let opens = meant.iter().filter_map(|(_, opening)| match opening {
                Ok(Opening::Closed { opens }) => *opens,
                _ => None,
            });
            let text = format!(
                "{} actions are kept to the window `{}`, which is closed{}",
                item.action.risk(),
                names.join("`, `"),
                next(opens.min())
            );
            opinion.item(index, Verdict::Hold, text);
        }
    }
}

/// Every window, with how it stands now.
fn windows<'a>(facts: &Facts<'a>) -> Vec<(&'a MaintenanceWindow, Result<Opening, String>)> {
    facts.policy.windows.iter().map(|window| (window, window.opens(facts.now))).collect()
}

/// Whether a change of this class is kept to it in such a group.
pub(super) fn is_for(window: &MaintenanceWindow, group: Option<&OrganizationGroup>, risk: Risk) -> bool {
    let meant =
        window.groups.is_empty() || group.is_some_and(|group| window.groups.iter().any(|named| group.is_called(named)));
    meant && risk >= window.risk
}

pub(super) fn next(opens: Option<Timestamp>) -> String {
    opens.map_or_else(String::new, |opens| format!(" and opens {}", moment(opens)))
}

pub(super) fn moment(moment: Timestamp) -> impl std::fmt::Display {
    moment.strftime("%Y-%m-%d %H:%M UTC")
}
