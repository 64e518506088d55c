//! One line of the test: who may approve here, and whether somebody got past the guard alone lately.

use jiff::{SignedDuration, Timestamp};
use muster_store::{Clock as _, SystemClock};

use super::Examination;
use crate::app::App;
use crate::error::{Exit, Failure};
use crate::wiring;

pub(super) const NAME: &str = "Approvals";

/// How far back a broken glass is told of.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Looks at this machine's state, if there is any: a test changes nothing.
pub(super) async fn examine(app: &App, found: &mut Examination) {
    let is_there = app.places().is_ok_and(|places| places.state.join("muster.db").exists());
    if !is_there {
        return found.skip(NAME, "nothing was planned on this machine yet");
    }
    match looked(app).await {
        Ok(text) => found.ok(NAME, text),
        Err(failure) => found.fail(NAME, failure),
    }
}

async fn looked(app: &App) -> Result<String, Failure> {
    let engine = wiring::engine(app).await?;
    let approvers = engine.approvers().await?;
    if let Some((name, why)) = approvers.iter().find_map(|one| Some((one.name(), one.objection.as_ref()?))) {
        let failure = Failure::new(Exit::Refused, "E_APPROVERS", format!("the approver {name} does not count"));
        return Err(failure.because(why.as_str()).hint("muster approvers list; muster audit verify"));
    }
    let active = approvers.iter().filter(|one| one.is_active()).count();
    let since = SystemClock.now().checked_sub(BACK).unwrap_or(Timestamp::MIN);
    let broken = engine.broken_glasses(since).await?;
    let mut text = match active {
        0 => String::from("nobody can approve yet (next: muster keys new, muster approvers add)"),
        1 => String::from("one approver, who cannot approve the own plans"),
        many => format!("{many} approvers"),
    };
    for (plan, glass) in &broken {
        text.push_str(&format!(
            "; ALERT: {} broke the glass at {:.0} for plan {plan}: {}",
            glass.by, glass.at, glass.note
        ));
    }
    Ok(text)
}
