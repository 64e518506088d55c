//! One person's consent to one plan: a signed statement that names the plan, its hash, who asked for it and
//! until when it counts.

use jiff::{SignedDuration, Timestamp};

use super::approver::{Role, Roster};
use super::statement::{APPROVAL, BREAK_GLASS, Statement, field, list};
use crate::error::Error;
use crate::note::{self, Note, SigningKey, one_line};
use crate::plan::{Action, Approval, ApprovalKind, Plan, PlanHead, PlanItem, PlanStatus, Verdict};

/// Hours for which a broken glass stays broken.
const BREAK_GLASS_HOURS: u32 = 1;
/// How far the clock of whoever signed elsewhere may be ahead.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);

/// What is signed. Made from the plan as it is, so that nothing in it can change without the signature failing.
fn statement(plan: &PlanHead, approval: &Approval) -> String {
    let what = if approval.kind == ApprovalKind::BreakGlass { BREAK_GLASS } else { APPROVAL };
    Statement::new(what)
        .with("plan", plan.id)
        .with("hash", &approval.hash)
        .with("tenant", &plan.tenant)
        .with("requested-by", &plan.requested_by)
        .with("authors", list(plan.authors.iter().map(String::as_str)))
        .with("held", plan.verdicts.hold)
        .with("at", approval.at)
        .with("expires", approval.expires_at)
        .with("note", &approval.note)
        .text()
}

/// A plan can be approved while it waits, unchanged, with something held.
fn approvable(plan: &Plan) -> Result<(), Error> {
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
    Ok(())
}

/// Signs a plan.
pub(crate) fn sign(
    plan: &Plan,
    kind: ApprovalKind,
    (key, note): (&SigningKey, &str),
    roster: &Roster,
    (now, hours): (Timestamp, u32),
) -> Result<Approval, Error> {
    approvable(plan)?;
    let hours = if kind == ApprovalKind::BreakGlass { BREAK_GLASS_HOURS } else { hours };
    let until = now.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MAX);
    let mut approval = Approval {
        by: key.name().to_owned(),
        at: now,
        expires_at: until.min(plan.expires_at),
        note: one_line(note),
        hash: plan.hash.clone(),
        kind,
        signed: None,
        items: None,
        template: None,
        objection: None,
    };
    if kind == ApprovalKind::BreakGlass && approval.note.is_empty() {
        return Err(Error::NoConsent { why: "a broken glass needs a reason".to_owned() });
    }
    approval.signed = Some(note::sign(&statement(plan, &approval), key));
    // Only what would count afterwards is signed at all. The key itself is the proof of who it is.
    roster.with_role(&key.public(), role(kind))?;
    match objection(plan, &held(plan), &approval, roster) {
        Some(why) => Err(Error::NoConsent { why }),
        None => Ok(approval),
    }
}

/// Takes in what somebody signed elsewhere.
pub(crate) fn read(plan: &Plan, signed: &str, roster: &Roster, now: Timestamp) -> Result<Approval, Error> {
    approvable(plan)?;
    let bad = |why: &str| Error::Note { what: "approval", why: why.to_owned() };
    let note = Note::parse(signed).map_err(|why| bad(&why))?;
    let kind = match note.text.lines().next() {
        Some(APPROVAL) => ApprovalKind::Signed,
        Some(BREAK_GLASS) => ApprovalKind::BreakGlass,
        _ => return Err(bad("it is a statement about something else")),
    };
    let moment =
        |name| field(&note.text, name).and_then(|text| text.parse().ok()).ok_or_else(|| bad("it has no times"));
    let approval = Approval {
        by: note.signer().to_owned(),
        at: moment("at")?,
        expires_at: moment("expires")?,
        note: field(&note.text, "note").unwrap_or_default().to_owned(),
        hash: field(&note.text, "hash").unwrap_or_default().to_owned(),
        kind,
        signed: Some(signed.to_owned()),
        items: None,
        template: None,
        objection: None,
    };
    if approval.hash != plan.hash || field(&note.text, "plan") != Some(plan.id.to_string().as_str()) {
        return Err(Error::NoConsent {
            why: "it was given to another plan, or to this one before it changed".to_owned(),
        });
    }
    if approval.at > now.checked_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX) {
        return Err(Error::NoConsent { why: format!("it was signed at {}, which is still to come", approval.at) });
    }
    if now >= approval.expires_at {
        return Err(Error::NoConsent { why: format!("it counted until {}", approval.expires_at) });
    }
    match objection(plan, &held(plan), &approval, roster) {
        Some(why) => Err(Error::NoConsent { why }),
        None => Ok(approval),
    }
}

/// A word of the requester for what needs nobody else.
pub(crate) fn confirm(plan: &Plan, by: &str, note: &str, now: Timestamp, hours: u32) -> Result<Approval, Error> {
    approvable(plan)?;
    let by = by.trim();
    if by.is_empty() {
        return Err(Error::Nameless);
    }
    let until = now.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MAX);
    let approval = Approval {
        by: by.to_owned(),
        at: now,
        expires_at: until.min(plan.expires_at),
        note: one_line(note),
        hash: plan.hash.clone(),
        kind: ApprovalKind::Confirmed,
        signed: None,
        items: None,
        template: None,
        objection: None,
    };
    match objection(plan, &held(plan), &approval, &Roster::default()) {
        Some(why) => Err(Error::NoConsent { why }),
        None => Ok(approval),
    }
}

fn role(kind: ApprovalKind) -> Role {
    if kind == ApprovalKind::BreakGlass { Role::BreakGlass } else { Role::Plans }
}

/// The held items of a plan.
fn held(plan: &Plan) -> Vec<&PlanItem> {
    plan.items.iter().filter(|item| item.decision.verdict == Verdict::Hold).collect()
}

/// Why an approval does not count, if it does not. Whether it has run out is the clock's to say. `held` are the held
/// items of the plan, unless another person signed for all of them, which no item can speak against.
pub(crate) fn objection(plan: &PlanHead, held: &[&PlanItem], approval: &Approval, roster: &Roster) -> Option<String> {
    match approval.kind {
        ApprovalKind::Unsigned => return Some("it was given before approvals were signed".to_owned()),
        ApprovalKind::Template => return Some("it is for a template to say".to_owned()),
        ApprovalKind::Confirmed => {
            let needs = held.iter().any(|item| !needs_no_second_person(item));
            return needs.then(|| "what is held needs the signature of another person".to_owned());
        }
        ApprovalKind::Signed | ApprovalKind::BreakGlass => {}
    }
    let Some(approver) = roster.named(&approval.by) else {
        return Some(format!("{} is no approver", approval.by));
    };
    if !approver.roles.contains(&role(approval.kind)) {
        return Some(format!("{} has not the role `{}`", approval.by, role(approval.kind).as_str()));
    }
    let note = approval.signed.as_deref().and_then(|signed| Note::parse(signed).ok());
    match note {
        Some(note) if note.text == statement(plan, approval) && note.is_signed_by(&approver.key) => {}
        _ => return Some(format!("it is not what {} has signed", approval.by)),
    }
    let longest = match approval.kind {
        ApprovalKind::BreakGlass => approval.at.checked_add(SignedDuration::from_hours(BREAK_GLASS_HOURS.into())),
        _ => Ok(plan.expires_at),
    };
    if longest.is_ok_and(|longest| approval.expires_at > longest) {
        return Some("it would count for longer than an approval can".to_owned());
    }
    if approval.kind == ApprovalKind::BreakGlass {
        let mut keys: Vec<String> = held.iter().map(|item| item.target.key()).collect();
        keys.dedup();
        let one = keys.len() == 1 && held.iter().all(|item| item.target.kind() == "device");
        return (!one).then(|| "the glass is broken for one device, and the plan holds more than that".to_owned());
    }
    if approver.is(&plan.requested_by) {
        return Some(format!("{} asked for it, and nobody approves the own request", approval.by));
    }
    let author = plan.authors.iter().find(|author| approver.is(author));
    author.map(|author| format!("{} had a hand in it (as {author}), and nobody approves the own work", approval.by))
}

/// Taking back what only this program uses: it removes nothing that is anybody else's, and leaving it would be the
/// danger.
fn needs_no_second_person(item: &PlanItem) -> bool {
    matches!(item.action, Action::RevokeApiKey)
}
