//! Which devices match, and which of them are on a page. Columns are gone through in blocks that fit into the
//! processor's nearest memory; each test clears marks in a block, in loops that compare many places at once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_model::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};

use super::super::super::page::Page;
use super::super::super::scope::Scope;
use super::super::search::{Order, Wanted};
use super::columns::{Column, Columns};

/// Places that are compared together.
pub(super) const BLOCK: usize = 4_096;

type Marks = [u8; BLOCK];

/// Something that must hold for a device.
pub(super) enum Test {
    /// A column has one of these codes.
    Is(Column, Vec<u16>),
    HasModem,
    /// Seen between two moments, both included.
    Seen(i64, i64),
    Enrolled(i64, i64),
    /// One of these, in ascending order.
    OneOf(Vec<u32>),
}

impl Test {
    pub(super) fn one_of(mut ids: Vec<u32>) -> Self {
        ids.sort_unstable();
        Self::OneOf(ids)
    }
}

/// Both ends of a span; an open one reaches as far as numbers do.
fn span(since: Option<Timestamp>, until: Option<Timestamp>) -> Option<(i64, i64)> {
    let bound = |at: Option<Timestamp>, open| at.map_or(open, Timestamp::as_microsecond);
    (since.is_some() || until.is_some()).then(|| (bound(since, i64::MIN), bound(until, i64::MAX)))
}

impl Columns {
    /// What a search tests, but for its user. `groups` are those that it asks for.
    pub(super) fn tests(&self, wanted: &Wanted, scope: &Scope, groups: Option<&BTreeSet<i64>>) -> Vec<Test> {
        let mut tests = Vec::new();
        let words = [
            (Column::Platform, wanted.platform.as_ref().map(Platform::as_str)),
            (Column::Ownership, wanted.ownership.as_ref().map(Ownership::as_str)),
            (Column::Compliance, wanted.compliance.as_ref().map(ComplianceStatus::as_str)),
            (Column::Enrollment, wanted.enrollment.as_ref().map(EnrollmentStatus::as_str)),
        ];
        for (column, word) in words {
            tests.extend(word.and_then(|word| self.is(column, |known| known == word)));
        }
        if let Some(part) = wanted.model.as_deref().map(str::to_lowercase) {
            tests.extend(self.is(Column::Model, |model| model.to_lowercase().contains(&part)));
        }
        if wanted.has_mail {
            tests.extend(self.is(Column::Platform, |platform| matches!(platform, "Apple" | "Android")));
        }
        if groups.is_some() || matches!(scope, Scope::Groups(_)) {
            let seen = |group: &str| {
                group.parse().is_ok_and(|id| scope.sees(id) && groups.is_none_or(|groups| groups.contains(&id)))
            };
            tests.extend(self.is(Column::Group, seen));
        }
        tests.extend(wanted.has_modem.then_some(Test::HasModem));
        tests.extend(span(wanted.seen_since, wanted.seen_until).map(|(from, to)| Test::Seen(from, to)));
        tests.extend(span(wanted.enrolled_since, wanted.enrolled_until).map(|(from, to)| Test::Enrolled(from, to)));
        if let Some(part) = wanted.friendly_name.as_deref().filter(|part| !part.is_empty()) {
            tests.push(Test::one_of(self.names.containing(part)));
        }
        tests
    }

    /// The test for words of a column; none if every word of it will do.
    fn is(&self, column: Column, fits: impl Fn(&str) -> bool) -> Option<Test> {
        let coded = self.coded(column);
        let codes: Vec<u16> =
            coded.words.iter().filter(|word| fits(word)).filter_map(|word| coded.known(word)).collect();
        (codes.len() < coded.words.len() || codes.is_empty()).then_some(Test::Is(column, codes))
    }

    /// The ids of a page, and how many devices match.
    pub(super) fn page(&self, tests: &[Test], order: Order, descending: bool, page: Page) -> (Vec<i64>, u64) {
        let column = match order {
            Order::Id | Order::LastSeen => None,
            Order::Model => Some(Column::Model),
            Order::Ownership => Some(Column::Ownership),
            Order::Platform => Some(Column::Platform),
        };
        let counts: Vec<u32> = (0..self.present.len() / BLOCK).map(|block| self.count(tests, block)).collect();
        let all: usize = counts.iter().map(|count| *count as usize).sum();
        let skip = usize::try_from(u64::from(page.number) * u64::from(page.size)).unwrap_or(usize::MAX).min(all);
        let take = (page.size as usize).min(all - skip);
        // Backwards, the same list is read from its end.
        let start = if descending { all - skip - take } else { skip };
        let mut ids = match (order, column) {
            (Order::LastSeen, _) => self.by_seen(tests, &counts, start, take),
            (_, Some(column)) => self.by_word(tests, column, start, take),
            _ => self.by_id(tests, &counts, start, take),
        };
        if descending {
            ids.reverse();
        }
        (ids.into_iter().map(i64::from).collect(), all as u64)
    }

    /// Marks the devices of a block that match.
    fn mark(&self, tests: &[Test], block: usize, marks: &mut Marks) {
        let places = block * BLOCK..(block + 1) * BLOCK;
        marks.copy_from_slice(&self.present[places.clone()]);
        for test in tests {
            match test {
                Test::Is(column, codes) => {
                    let column = &self.coded(*column).codes[places.clone()];
                    if let [code] = codes[..] {
                        keep(marks, column, |other| *other == code);
                    } else if codes.len() <= 6 {
                        let mut hits = [0; BLOCK];
                        for code in codes {
                            hits.iter_mut().zip(column).for_each(|(hit, other)| *hit |= u8::from(other == code));
                        }
                        keep(marks, &hits, |hit| *hit == 1);
                    } else {
                        let mut wanted = vec![false; usize::from(u16::MAX) + 1];
                        codes.iter().for_each(|code| wanted[usize::from(*code)] = true);
                        keep(marks, column, |other| wanted[usize::from(*other)]);
                    }
                }
                Test::HasModem => keep(marks, &self.has_modem[places.clone()], |modem| *modem == 1),
                Test::Seen(from, to) => keep(marks, &self.seen[places.clone()], |at| from <= at && at <= to),
                Test::Enrolled(from, to) => keep(marks, &self.enrolled[places.clone()], |at| from <= at && at <= to),
                Test::OneOf(ids) => {
                    let begin = ids.partition_point(|id| (*id as usize) < places.start);
                    let mut hits = [0; BLOCK];
                    for id in ids[begin..].iter().take_while(|id| (**id as usize) < places.end) {
                        hits[*id as usize - places.start] = 1;
                    }
                    keep(marks, &hits, |hit| *hit == 1);
                }
            }
        }
    }

    fn count(&self, tests: &[Test], block: usize) -> u32 {
        let mut marks = [0; BLOCK];
        self.mark(tests, block, &mut marks);
        sum(&marks)
    }

    /// Some of the devices that match, by id. `counts` are those of the blocks.
    fn by_id(&self, tests: &[Test], counts: &[u32], start: usize, take: usize) -> Vec<u32> {
        let (mut ids, mut skip, mut marks) = (Vec::with_capacity(take), start, [0; BLOCK]);
        for (block, count) in counts.iter().enumerate() {
            if ids.len() == take {
                break;
            }
            if skip >= *count as usize {
                skip -= *count as usize;
                continue;
            }
            self.mark(tests, block, &mut marks);
            let first = (block * BLOCK) as u32;
            let here = marks.iter().zip(first..).filter(|(mark, _)| **mark == 1).map(|(_, id)| id);
            ids.extend(here.skip(skip).take(take - ids.len()));
            skip = 0;
        }
        ids
    }

    /// Some of the devices that match, by a word and then by id.
    fn by_word(&self, tests: &[Test], column: Column, start: usize, take: usize) -> Vec<u32> {
        let coded = self.coded(column);
        let (mut shares, mut marks) = (vec![0_usize; coded.words.len() + 1], [0; BLOCK]);
        let places = shares.len() - 1;
        for block in 0..self.present.len() / BLOCK {
            self.mark(tests, block, &mut marks);
            for (mark, code) in marks.iter().zip(&coded.codes[block * BLOCK..]) {
                shares[usize::from(*code).min(places)] += usize::from(*mark);
            }
        }
        let mut codes: Vec<usize> = (0..places).collect();
        codes.sort_unstable_by_key(|code| &coded.words[*code]);
        let (mut ids, mut skip) = (Vec::with_capacity(take), start);
        for code in codes {
            if skip >= shares[code] {
                skip -= shares[code];
                continue;
            }
            if ids.len() == take {
                break;
            }
            let left = (shares[code] - skip).min(take - ids.len());
            ids.extend(self.with_word(tests, column, code as u16, skip, left));
            skip = 0;
        }
        ids
    }

    /// Some of the devices that match and have a word, by id.
    fn with_word(&self, tests: &[Test], column: Column, code: u16, start: usize, take: usize) -> Vec<u32> {
        let codes = &self.coded(column).codes;
        let (mut ids, mut skip, mut marks) = (Vec::with_capacity(take), start, [0; BLOCK]);
        for block in 0..self.present.len() / BLOCK {
            if ids.len() == take {
                break;
            }
            self.mark(tests, block, &mut marks);
            keep(&mut marks, &codes[block * BLOCK..(block + 1) * BLOCK], |other| *other == code);
            let count = sum(&marks) as usize;
            if skip >= count {
                skip -= count;
                continue;
            }
            let first = (block * BLOCK) as u32;
            let here = marks.iter().zip(first..).filter(|(mark, _)| **mark == 1).map(|(_, id)| id);
            ids.extend(here.skip(skip).take(take - ids.len()));
            skip = 0;
        }
        ids
    }

    /// Some of the devices that match, by when they were seen last.
    fn by_seen(&self, tests: &[Test], counts: &[u32], start: usize, take: usize) -> Vec<u32> {
        if tests.is_empty() {
            return self.by_seen.from(start).take(take).collect();
        }
        let mut all = vec![0; self.present.len()];
        let (blocks, _) = all.as_chunks_mut::<BLOCK>();
        for (block, marks) in blocks.iter_mut().enumerate() {
            if counts[block] > 0 {
                self.mark(tests, block, marks);
            }
        }
        let total: usize = counts.iter().map(|count| *count as usize).sum();
        let fits = |id: &u32| all[*id as usize] == 1;
        if start < total / 2 {
            return self.by_seen.from(0).filter(fits).skip(start).take(take).collect();
        }
        let mut ids: Vec<u32> = self.by_seen.from(0).rev().filter(fits).skip(total - start - take).take(take).collect();
        ids.reverse();
        ids
    }
}

/// Clears the marks of places at which a column does not fit.
fn keep<T>(marks: &mut Marks, column: &[T], fits: impl Fn(&T) -> bool) {
    marks.iter_mut().zip(column).for_each(|(mark, value)| *mark &= u8::from(fits(value)));
}

fn sum(marks: &Marks) -> u32 {
    marks.iter().map(|mark| u32::from(*mark)).sum()
}
