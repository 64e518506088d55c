//! How rows of tables that look alike are told apart, when nothing leads to them any more.

use muster_store::Value;
use muster_store::salvage::{Table, Tell};

/// Tables that are not salvaged: who held a job is nobody now, counts are counted anew, and what ran of the migrations
/// is a matter of the new file.
pub(super) const WITHOUT: [&str; 3] = ["leases", "muster_migrations", "job_counts"];

/// Microseconds since 1970 of no moment that a journal was written at.
const EARLY: i64 = 100_000_000_000_000;

/// Hours since 1970 that are long past; a lease never changes hands so often.
const HOURS: i64 = 200_000;

const TELLS: [(&str, Tell); 7] = [
    ("audit_head", |values| is_number(values, 0, |id| id == 1) && is_text(values, 2, |hash| hash.len() == 64)),
    ("audit_checkpoints", |values| {
        is_number(values, 1, |at| at > EARLY) && is_text(values, 3, |note| note.contains('\n'))
    }),
    ("leases", |values| {
        is_number(values, 2, |fence| fence < HOURS) && is_number(values, 3, |until| until == 0 || until > EARLY)
    }),
    ("quota_hours", |values| {
        is_number(values, 2, |hour| (HOURS..EARLY).contains(&hour)) && is_number(values, 3, |calls| calls < EARLY)
    }),
    ("template_uses", |values| is_number(values, 2, |at| at > EARLY) && is_text(values, 1, |plan| plan.len() == 36)),
    ("drafts", |values| is_number(values, 1, |at| at > EARLY) && is_text(values, 0, |plan| plan.len() == 36)),
    ("audit_log", |values| {
        is_number(values, 0, |id| id == 1) && is_text(values, 1, |name| name.starts_with("muster/"))
    }),
];

fn is_number(values: &[Value], place: usize, fits: impl Fn(i64) -> bool) -> bool {
    matches!(values.get(place), Some(Value::Integer(Some(number))) if fits(*number))
}

fn is_text(values: &[Value], place: usize, fits: impl Fn(&str) -> bool) -> bool {
    matches!(values.get(place), Some(Value::Text(Some(text))) if fits(text))
}

/// Says of these tables what tells them apart.
pub(super) fn told_apart(tables: &mut [Table]) {
    for table in tables {
        table.tell = TELLS.iter().find(|(name, _)| *name == table.name).map(|(_, tell)| *tell);
    }
}
