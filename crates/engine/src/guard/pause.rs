//! What has come up since a job began and speaks against going on with it: a freeze has begun, a window has closed, or the
//! context may only be read now. What held already when the job began was weighed then, and approved where it had to be.

use jiff::Timestamp;

use super::policy::{GuardPolicy, Opening};
use super::{freeze, read_only, window};
use crate::plan::{Action, Target};

/// Looks at tasks that are about to be sent.
pub(crate) struct Pause<'a> {
    policy: &'a GuardPolicy,
    /// When the job began.
    since: Timestamp,
    read_only: Option<&'a str>,
}

impl<'a> Pause<'a> {
    /// `None` where the policy has nothing that could come up.
    pub(crate) fn of(policy: &'a GuardPolicy, tenant: &str, context: Option<&str>, since: Timestamp) -> Option<Self> {
        let read_only = read_only::named(policy, tenant, context);
        let free = read_only.is_none() && policy.freezes.is_empty() && policy.windows.is_empty();
        (!free).then_some(Self { policy, since, read_only })
    }

    /// Why a task is not sent now, if so.
    pub(crate) fn objects(&self, now: Timestamp, target: &Target, action: &Action) -> Option<String> {
        if let Some(named) = self.read_only {
            return Some(format!("`{named}` is read-only by the policy now"));
        }
        self.freeze(now, target, action).or_else(|| self.window(now, target, action))
    }

    fn freeze(&self, now: Timestamp, target: &Target, action: &Action) -> Option<String> {
        self.policy.freezes.iter().filter(|freeze| freeze::is_for(freeze, target, action)).find_map(|freeze| {
            // One whose time zone is unknown has held all the time.
            let until = freeze.holds(now).ok()??;
            let held = freeze.holds(self.since).ok()?.is_some();
            (!held).then(|| format!("the freeze `{}` has begun and lasts until {}", freeze.name, window::moment(until)))
        })
    }

    fn window(&self, now: Timestamp, target: &Target, action: &Action) -> Option<String> {
        let open =
            |window: &crate::guard::policy::MaintenanceWindow, at| matches!(window.opens(at), Ok(Opening::Open { .. }));
        let closed = target.organization_groups().into_iter().find_map(|group| {
            let windows = self.policy.windows.iter();
            let meant: Vec<_> = windows.filter(|window| window::is_for(window, group, action.risk())).collect();
            let left: Vec<_> = meant.iter().copied().filter(|window| open(window, self.since)).collect();
            (!left.is_empty() && !meant.iter().any(|window| open(window, now))).then_some((meant, left))
        });
        let (meant, left) = closed?;
        let names: Vec<&str> = left.iter().map(|window| window.name.as_str()).collect();
        let opens = meant.iter().filter_map(|window| match window.opens(now) {
            Ok(Opening::Closed { opens }) => opens,
            _ => None,
        });
        Some(format!("the window `{}` has closed{}", names.join("`, `"), window::next(opens.min())))
    }
}
