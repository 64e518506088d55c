//! What waits for a person, with the command that lets it go.

use jiff::Timestamp;

use crate::run::WaitingPlan;
use crate::web::words::{When, number, short};

/// Plans and jobs with held items.
pub(in crate::web::pages) struct Waiting {
    /// Held items altogether.
    pub(in crate::web::pages) items: String,
    pub(in crate::web::pages) plans: Vec<Row>,
}

/// One plan, or a job that left its held items behind.
pub(in crate::web::pages) struct Row {
    pub(in crate::web::pages) purpose: String,
    pub(in crate::web::pages) requested_by: String,
    pub(in crate::web::pages) held: String,
    pub(in crate::web::pages) total: String,
    pub(in crate::web::pages) since: When,
    pub(in crate::web::pages) until: When,
    pub(in crate::web::pages) commands: Vec<String>,
}

impl Waiting {
    pub(in crate::web::pages) fn new(waiting: &[WaitingPlan], now: Timestamp) -> Self {
        Self {
            items: number(waiting.iter().map(|plan| plan.held).sum()),
            plans: waiting.iter().map(|plan| row(plan, now)).collect(),
        }
    }
}

fn row(plan: &WaitingPlan, now: Timestamp) -> Row {
    // The end of an id is enough for the command line.
    let id = short(&plan.id);
    let commands = if plan.is_job {
        vec![format!("muster jobs show {id}"), format!("muster jobs retry {id} --only held")]
    } else {
        vec![format!("muster plan show {id}"), format!("muster approve {id}"), format!("muster plan apply {id}")]
    };
    Row {
        purpose: plan.purpose.clone(),
        requested_by: plan.requested_by.clone(),
        held: number(plan.held),
        total: number(plan.total),
        since: When::new(plan.created_at, now),
        until: When::new(plan.expires_at, now),
        commands,
    }
}
