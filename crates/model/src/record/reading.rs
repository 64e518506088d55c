//! Records out of a text, member by member, without a value in between. What is rare (a member that comes twice, a list
//! in an odd envelope) is read again as a value, so that there is one law for it.

use std::any::TypeId;

use serde::de::DeserializeOwned;
use serde_json::Error;

use super::cursor::Cursor;
use super::filling::known;
use super::{Member, Members, Names, Slot};

/// Rows of a page are made room for by the length of the first one, but for no more of them than this.
const MOST_EXPECTED: usize = 1024;
/// Names that are remembered of one kind of record.
const MOST_STEPS: usize = 256;
/// A record with more members is read as a value.
const MOST_MEMBERS: usize = u64::BITS as usize;

/// Reads what a server sent.
pub(crate) fn of_json<T: Member + DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // If not, it says what is wrong, and where.
    read(bytes).map_or_else(|| serde_json::from_slice(bytes), Ok)
}

/// What stands in a text, unless that is nothing or not understood.
pub(super) fn read<T: Member>(bytes: &[u8]) -> Option<T> {
    let mut cursor = Cursor::new(std::str::from_utf8(bytes).ok()?);
    if cursor.null()? {
        return None;
    }
    let read = T::take(&mut cursor)?;
    cursor.ends().then_some(read)
}

/// What the members of one kind of record were called the last time, in their order: rows of a list are alike.
#[derive(Debug, Default)]
pub(super) struct Order<'a> {
    steps: Vec<Step<'a>>,
}

/// A name as it stands in the text, with its quotes and its colon.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    written: &'a [u8],
    /// Which member it is; one that is not known has this place.
    member: usize,
}

const UNKNOWN: usize = usize::MAX;

impl<'a> Order<'a> {
    /// Takes a name and its colon; `step` counts the names of this record. Answers which member it is.
    #[inline]
    fn name(
        &mut self,
        step: &mut usize,
        cursor: &mut Cursor<'a>,
        names: Names,
        slots: &[&mut dyn Slot],
    ) -> Option<usize> {
        let member = match self.steps.get(*step) {
            Some(expected) if cursor.takes(expected.written) => expected.member,
            _ => self.other(step, cursor, names, slots)?,
        };
        *step += 1;
        Some(member)
    }

    #[cold]
    #[inline(never)]
    fn other(
        &mut self,
        step: &mut usize,
        cursor: &mut Cursor<'a>,
        names: Names,
        slots: &[&mut dyn Slot],
    ) -> Option<usize> {
        let (written, name) = cursor.name()?;
        if let Some(at) = self.steps.iter().position(|known| known.written == written) {
            *step = at;
            return self.steps.get(at).map(|known| known.member);
        }
        let member = known(names, name, |at| slots.get(at).is_some_and(|slot| slot.is_list())).unwrap_or(UNKNOWN);
        if self.steps.len() < MOST_STEPS {
            *step = (*step).min(self.steps.len());
            self.steps.insert(*step, Step { written, member });
        }
        Some(member)
    }
}

/// Reads an object into the members of a record; `None` if that takes more than a look at the text.
pub(crate) fn fill(
    kind: TypeId,
    names: Names,
    slots: &mut [&mut dyn Slot],
    other: &mut Members,
    cursor: &mut Cursor<'_>,
) -> Option<()> {
    if slots.len() > MOST_MEMBERS || !cursor.enter(b'{') {
        return None;
    }
    // Taken out meanwhile: a record may hold records of its own kind.
    let at = cursor.orders.iter().position(|(known, _)| *known == kind);
    let mut order =
        at.and_then(|at| cursor.orders.get_mut(at)).map(|(_, order)| std::mem::take(order)).unwrap_or_default();
    let filled = members(&mut order, names, slots, other, cursor);
    match cursor.orders.iter_mut().find(|(known, _)| *known == kind) {
        Some((_, kept)) => *kept = order,
        None => cursor.orders.push((kind, order)),
    }
    cursor.leave();
    filled
}

fn members<'a>(
    order: &mut Order<'a>,
    names: Names,
    slots: &mut [&mut dyn Slot],
    other: &mut Members,
    cursor: &mut Cursor<'a>,
) -> Option<()> {
    if cursor.is(b'}') {
        return Some(());
    }
    let (mut seen, mut step) = (0_u64, 0);
    loop {
        let before = cursor.place();
        let member = order.name(&mut step, cursor, names, slots)?;
        if !cursor.null()? {
            match slots.get_mut(member) {
                None => other.keep(cursor.member(before)?),
                Some(_) if seen & (1 << member) != 0 => return None,
                Some(slot) => {
                    if slot.take(cursor) {
                        seen |= 1 << member;
                    } else if slot.is_optional() {
                        // Better a member that is not understood than no record.
                        slot.clear();
                        cursor.back(before);
                        cursor.name()?;
                        other.keep(cursor.member(before)?);
                    } else {
                        return None;
                    }
                }
            }
        }
        match cursor.byte()? {
            b',' => {}
            b'}' => return Some(()),
            _ => return None,
        }
    }
}

/// The items of a list at the cursor; `None` if one of them is no such thing.
pub(crate) fn list<T: Member>(cursor: &mut Cursor<'_>) -> Option<Vec<T>> {
    if !cursor.enter(b'[') {
        return None;
    }
    let mut items = Vec::new();
    let whole = cursor.is(b']') || items_of(&mut items, cursor).is_some();
    if items.capacity() > 2 * items.len().max(4) {
        items.shrink_to_fit();
    }
    cursor.leave();
    whole.then_some(items)
}

fn items_of<T: Member>(items: &mut Vec<T>, cursor: &mut Cursor<'_>) -> Option<()> {
    loop {
        let place = cursor.place();
        if !cursor.null()? {
            T::push(items, cursor)?;
        }
        match cursor.byte()? {
            b',' => {}
            b']' => return Some(()),
            _ => return None,
        }
        if items.len() == 1 && cursor.is_of_a_page() {
            let (one, rest) = cursor.lengths(place);
            items.reserve((rest / one.max(1) + 1).min(MOST_EXPECTED));
        }
    }
}
