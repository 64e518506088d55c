//! The columns of the roll. A device's place in each of them is its id.

use std::collections::HashMap;

use super::select::BLOCK;
use super::sorted::Sorted;
use super::texts::Texts;

/// Columns of words, in the order of [`Entry::words`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Platform,
    Ownership,
    Compliance,
    Enrollment,
    Model,
    Group,
}

/// A column of words, each of which is a small number.
#[derive(Default)]
pub(super) struct Coded {
    pub(super) codes: Vec<u16>,
    pub(super) words: Vec<String>,
    known: HashMap<String, u16>,
}

impl Coded {
    /// The number of a word; all that are too many have the same.
    fn code(&mut self, word: &str) -> u16 {
        if let Some(code) = self.known.get(word) {
            return *code;
        }
        let code = u16::try_from(self.words.len()).unwrap_or(u16::MAX);
        if code < u16::MAX {
            self.words.push(word.to_owned());
            self.known.insert(word.to_owned(), code);
        }
        code
    }

    pub(super) fn known(&self, word: &str) -> Option<u16> {
        self.known.get(word).copied()
    }
}

/// A device as the roll reads it.
pub(super) struct Entry<'a> {
    pub(super) id: u32,
    pub(super) words: [&'a str; 6],
    pub(super) user: u32,
    /// Microseconds since 1970.
    pub(super) seen: i64,
    pub(super) enrolled: i64,
    pub(super) has_modem: bool,
    pub(super) name: &'a str,
}

#[derive(Default)]
pub(super) struct Columns {
    /// 1 where there is a device.
    pub(super) present: Vec<u8>,
    pub(super) has_modem: Vec<u8>,
    pub(super) coded: [Coded; 6],
    pub(super) users: Vec<u32>,
    pub(super) seen: Vec<i64>,
    pub(super) enrolled: Vec<i64>,
    pub(super) names: Texts,
    /// Names of users, by their ids.
    usernames: Texts,
    pub(super) by_seen: Sorted,
    sorted: bool,
    /// A column has more words than it has numbers for.
    pub(super) is_full: bool,
}

impl Columns {
    /// Whether ids are near enough to each other to be places.
    pub(super) fn can_hold(devices: i64, last: i64) -> bool {
        last < 1_000_000 + 4 * devices
    }

    pub(super) fn coded(&self, column: Column) -> &Coded {
        &self.coded[column as usize]
    }

    /// Makes room for ids below a number.
    pub(super) fn make_room(&mut self, places: usize) {
        let places = places.next_multiple_of(BLOCK);
        if places <= self.present.len() {
            return;
        }
        self.present.resize(places, 0);
        self.has_modem.resize(places, 0);
        self.coded.iter_mut().for_each(|column| column.codes.resize(places, 0));
        self.users.resize(places, 0);
        self.seen.resize(places, 0);
        self.enrolled.resize(places, 0);
    }

    /// Takes a device on.
    pub(super) fn put(&mut self, entry: &Entry<'_>) {
        let place = entry.id as usize;
        self.make_room(place + 1);
        self.unsort(entry.id);
        self.present[place] = 1;
        self.has_modem[place] = u8::from(entry.has_modem);
        for (column, word) in self.coded.iter_mut().zip(entry.words) {
            column.codes[place] = column.code(word);
            self.is_full |= column.codes[place] == u16::MAX;
        }
        self.users[place] = entry.user;
        self.seen[place] = entry.seen;
        self.enrolled[place] = entry.enrolled;
        self.names.put(entry.id, entry.name);
        if self.sorted {
            self.by_seen.insert((entry.seen, entry.id));
        }
    }

    /// Takes it out of the sorted list.
    fn unsort(&mut self, id: u32) {
        let place = id as usize;
        if self.sorted && self.present[place] == 1 {
            self.by_seen.remove((self.seen[place], id));
        }
    }

    pub(super) fn remove(&mut self, id: u32) {
        if (id as usize) < self.present.len() {
            self.unsort(id);
            self.present[id as usize] = 0;
            self.names.remove(id);
        }
    }

    /// Sorts what was taken on; from here on it stays sorted.
    pub(super) fn sort(&mut self) {
        let there = self.seen.iter().zip(0_u32..).zip(&self.present).filter(|(_, present)| **present == 1);
        self.by_seen = Sorted::of(there.map(|((at, id), _)| (*at, id)).collect());
        self.sorted = true;
        self.names.settle();
        self.usernames.settle();
    }

    /// A device was heard from.
    pub(super) fn heard(&mut self, id: i64, at: i64) {
        let Ok(id) = u32::try_from(id) else { return };
        let place = id as usize;
        if self.present.get(place) == Some(&1) && self.seen[place] != at {
            self.unsort(id);
            self.seen[place] = at;
            self.by_seen.insert((at, id));
        }
    }

    pub(super) fn put_user(&mut self, id: u32, name: &str) {
        self.usernames.put(id, name);
    }

    pub(super) fn remove_user(&mut self, id: u32) {
        self.usernames.remove(id);
    }

    /// Users whose name contains a text.
    pub(super) fn users(&self, part: &str) -> Vec<u32> {
        self.usernames.containing(part)
    }

    /// Devices of many users.
    pub(super) fn of_users(&self, users: &[u32]) -> Vec<u32> {
        let mut wanted = vec![false; users.iter().max().map_or(0, |last| *last as usize + 1)];
        users.iter().for_each(|user| wanted[*user as usize] = true);
        let of = |user: &u32| wanted.get(*user as usize) == Some(&true);
        self.users.iter().zip(0_u32..).filter(|(user, _)| of(user)).map(|(_, id)| id).collect()
    }
}
