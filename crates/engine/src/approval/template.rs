//! What automation may do without being asked each time: one kind of action, for one requester, within a scope,
//! so many within a window, until a date. Signed beforehand, and used up as it is used.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::approver::{Role, Roster};
use super::statement::{Statement, TEMPLATE, list};
use crate::error::Error;
use crate::note::{self, Note, SigningKey};
use crate::plan::{Action, Approval, PlanHead, PlanItem, Selection, Verdict};

/// The longest time for which somebody can sign beforehand.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 92);

/// What a template allows. Everything in it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub id: Uuid,
    pub name: String,
    /// As plans name it.
    pub tenant: String,
    /// Who may use it, as plans name who asked: `schedule compliance`.
    pub requested_by: String,
    /// Commands by their name (`EnterpriseWipe`), other actions by that of their verb (`RevokeApiKey`).
    pub actions: Vec<String>,
    /// Names or ids of organization groups that a device has to be in; without any, it may be in all.
    pub groups: Vec<String>,
    /// Name of the workflow that has to have decided; without one, the targets may have been chosen in any way.
    pub selection: Option<String>,
    /// Items within a window.
    pub at_most: u64,
    pub window_seconds: u64,
    pub from: Timestamp,
    /// At most 92 days after `from`.
    pub until: Timestamp,
}

/// A template as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub terms: Terms,
    pub signed_by: String,
    pub(crate) signed: String,
    pub at: Timestamp,
    /// When, and by whom, it was taken back.
    pub revoked: Option<(Timestamp, String)>,
    /// Items that were let through within the window that ends now.
    pub used: u64,
    /// Why it lets nothing through, if it does not.
    pub objection: Option<String>,
}

impl Terms {
    fn statement(&self) -> String {
        let names = |names: &[String]| list(names.iter().map(String::as_str));
        Statement::new(TEMPLATE)
            .with("id", self.id)
            .with("name", &self.name)
            .with("tenant", &self.tenant)
            .with("for", &self.requested_by)
            .with("actions", names(&self.actions))
            .with("groups", names(&self.groups))
            .with("selection", self.selection.as_deref().unwrap_or_default())
            .with("at-most", self.at_most)
            .with("window-seconds", self.window_seconds)
            .with("from", self.from)
            .with("until", self.until)
            .text()
    }

    /// Whether the terms bound anything; the error says what does not.
    fn check(&self) -> Result<(), String> {
        let unfit = |text: &String| text.trim().is_empty() || text.contains(',');
        if [&self.name, &self.tenant, &self.requested_by].into_iter().any(|text| text.trim().is_empty()) {
            return Err("a template has a name, a tenant, and somebody whom it is for".to_owned());
        }
        if self.actions.is_empty() || self.actions.iter().chain(&self.groups).any(unfit) {
            return Err("a template names its actions, and no name has a comma in it".to_owned());
        }
        if self.groups.is_empty() && self.selection.is_none() {
            return Err("a template is bounded by organization groups, by a workflow, or by both".to_owned());
        }
        if self.at_most == 0 || self.window_seconds == 0 {
            return Err("a template is bounded by a number and a window".to_owned());
        }
        if self.until <= self.from || self.until > self.from.checked_add(LONGEST).unwrap_or(Timestamp::MAX) {
            return Err("a template ends, after 92 days at most".to_owned());
        }
        Ok(())
    }

    /// Whether an item is what was meant.
    fn covers(&self, plan: &PlanHead, item: &PlanItem) -> bool {
        let selection = self
            .selection
            .as_ref()
            .is_none_or(|name| matches!(&plan.selection, Selection::Decided { by } if by == name));
        let group = self.groups.is_empty()
            || item
                .target
                .organization_group()
                .is_some_and(|group| self.groups.iter().any(|name| group.is_called(name)));
        selection && group && item.decision.verdict == Verdict::Hold && self.actions.contains(&word(&item.action))
    }

    /// From when on uses count against the number.
    pub(crate) fn window_begins(&self, now: Timestamp) -> Timestamp {
        let window = SignedDuration::from_secs(i64::try_from(self.window_seconds).unwrap_or(i64::MAX));
        now.checked_sub(window).unwrap_or(Timestamp::MIN)
    }
}

/// The name of an action in the terms of a template.
fn word(action: &Action) -> String {
    match (action, action.command()) {
        (_, Some(command)) => command.to_string(),
        (Action::CallOperation { call }, None) => call.operation.to_string(),
        (action, None) => action.verb().to_owned(),
    }
}

/// Signs terms.
pub(crate) fn sign(terms: Terms, key: &SigningKey, roster: &Roster, now: Timestamp) -> Result<Template, Error> {
    let refused = |why| Error::NoConsent { why };
    terms.check().map_err(refused)?;
    let approver = roster.with_role(&key.public(), Role::Templates)?;
    if approver.is(&terms.requested_by) {
        return Err(refused(format!("{} would use it, and nobody approves the own request", key.name())));
    }
    let signed = note::sign(&terms.statement(), key);
    Ok(Template { terms, signed_by: key.name().to_owned(), signed, at: now, revoked: None, used: 0, objection: None })
}

/// Why a template lets nothing through, if it does not.
pub(crate) fn objection(template: &Template, roster: &Roster, now: Timestamp) -> Option<String> {
    let Template { terms, signed_by, signed, revoked, .. } = template;
    if let Some((at, by)) = revoked {
        return Some(format!("{by} took it back at {at}"));
    }
    let genuine = roster.named(signed_by).filter(|one| one.roles.contains(&Role::Templates)).is_some_and(|one| {
        Note::parse(signed).is_ok_and(|note| note.text == terms.statement() && note.is_signed_by(&one.key))
    });
    if !genuine {
        return Some(format!("it is not what {signed_by} has signed, or {signed_by} may not sign templates"));
    }
    if let Err(why) = terms.check() {
        return Some(why);
    }
    if now < terms.from {
        return Some(format!("it begins at {}", terms.from));
    }
    (now >= terms.until).then(|| format!("it ended at {}", terms.until))
}

/// Whether a template is for a plan at all.
fn fits(template: &Template, plan: &PlanHead, roster: &Roster) -> bool {
    let Template { terms, signed_by, .. } = template;
    // Whoever signed must not have had a hand in the plan.
    let own = roster
        .named(signed_by)
        .is_some_and(|one| one.is(&plan.requested_by) || plan.authors.iter().any(|author| one.is(author)));
    terms.tenant == plan.tenant && terms.requested_by == plan.requested_by && !own
}

/// Templates while they let held items of a plan through: the first ones in the order of the plan, as many as are left.
pub(crate) struct Passage<'a> {
    plan: &'a PlanHead,
    templates: &'a [Template],
    /// Of the templates that are for the plan: their places, and how many items each still lets through.
    left: Vec<(usize, u64)>,
}

impl<'a> Passage<'a> {
    pub(crate) fn new(plan: &'a PlanHead, templates: &'a [Template], roster: &Roster) -> Self {
        let fitting =
            templates.iter().enumerate().filter(|(_, one)| one.objection.is_none() && fits(one, plan, roster));
        let left = fitting.map(|(place, one)| (place, one.terms.at_most.saturating_sub(one.used))).collect();
        Self { plan, templates, left }
    }

    /// The place of the template that lets the next item through, if one does.
    pub(crate) fn next(&mut self, item: &PlanItem) -> Option<usize> {
        let Self { plan, templates, left } = self;
        let found = left.iter_mut().find(|(place, left)| *left > 0 && templates[*place].terms.covers(plan, item))?;
        found.1 -= 1;
        Some(found.0)
    }

    /// Whether nothing goes through any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.left.iter().all(|(_, left)| *left == 0)
    }
}

/// Why a use of a template does not count (any more), if it does not.
pub(crate) fn use_objection(
    plan: &PlanHead,
    held: &[&PlanItem],
    approval: &Approval,
    templates: &[Template],
    roster: &Roster,
) -> Option<String> {
    let Some(template) = approval.template.and_then(|id| templates.iter().find(|one| one.terms.id == id)) else {
        return Some("its template is gone".to_owned());
    };
    if let Some(why) = &template.objection {
        return Some(format!("template {}: {why}", template.terms.name));
    }
    let Some(items) = &approval.items else { return Some("it names no items".to_owned()) };
    let covered = |index: &usize| {
        let found = held.binary_search_by_key(index, |item| item.index);
        found.is_ok_and(|place| template.terms.covers(plan, held[place]))
    };
    let few = items.iter().collect::<BTreeSet<_>>().len() as u64 <= template.terms.at_most;
    let genuine = few && fits(template, plan, roster) && items.iter().all(covered);
    (!genuine).then(|| format!("template {} is not for that", template.terms.name))
}
