//! One line of the test: whether the secrets of the tenant are old, near their end or over, and whether a rotation
//! waits for its end.

use muster_store::{Clock as _, SystemClock};

use super::Examination;
use crate::app::App;
use crate::commands::secrets::due;
use crate::error::{Exit, Failure};
use crate::secrets::{self, Age, Facts, Ledger};

pub(super) const NAME: &str = "Secrets";

/// Looks at what the context refers to. What cannot be read was told by an earlier line.
pub(super) async fn examine(app: &App, context: &str, found: &mut Examination) {
    let Some(entry) = app.file.contexts.get(context) else {
        return found.skip(NAME, "they come from the environment, which knows nothing of their age");
    };
    let now = SystemClock.now();
    let ledger = app.places().map(|places| Ledger::read(&places.state)).ok();
    let (mut worries, mut over, mut count) = (Vec::new(), None, 0);
    for (setting, reference) in entry.references() {
        let Ok(looked) = secrets::look(&reference, &app.surroundings()).await else { continue };
        count += 1;
        let known = ledger.as_ref().map(|ledger| ledger.get(&reference)).unwrap_or_default();
        let facts = Facts {
            changed_at: looked.facts.changed_at.or(known.changed_at),
            expires_at: looked.facts.expires_at.or(known.expires_at),
        };
        match Age::of(&facts, &app.file.secrets, now) {
            Age::Fine => {}
            Age::Old(days) => worries.push(format!("{setting} is {days} days old")),
            Age::Ends(days) => worries.push(format!("{setting} is good for {days} days more")),
            Age::Over(end) => over = over.or(Some(format!("{setting} was good until {end:.0}"))),
        }
    }
    if let Some(moment) = due(app, context) {
        worries.push(if moment <= now {
            String::from("the key before the last rotation can be revoked now")
        } else {
            format!("the key before the last rotation opens until it is revoked, from {moment:.0} on")
        });
    }
    let hint = "muster secrets rotate; passwords are changed where they were made";
    match (over, worries.is_empty()) {
        (Some(over), _) => {
            found.fail(NAME, Failure::new(Exit::Authentication, "E_SECRET_OVER", over).hint(hint));
        }
        (None, true) => found.ok(NAME, format!("{count} looked at, none is old or near its end")),
        (None, false) => found.ok(NAME, format!("{} (next: {hint})", worries.join("; "))),
    }
}
