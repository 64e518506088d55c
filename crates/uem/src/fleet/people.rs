//! The people of the tenant: names from many places, departments, and the groups they belong to.

use std::collections::HashMap;

use uuid::Uuid;

use super::dice::{Dice, Purpose};

/// Ids of seeded users start here, so that one can tell them from device ids at a glance.
pub(super) const FIRST_USER: i64 = 1001;

/// One enrollment user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) uuid: Uuid,
    /// Unique; lower case.
    pub(super) username: String,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) department: &'static Department,
    pub(super) title: &'static str,
    /// From directory, or made by hand.
    pub(super) directory: bool,
    pub(super) active: bool,
    pub(super) phone_number: String,
    pub(super) mobile_number: String,
}

/// A department and the user group of its members.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Department {
    pub(super) name: &'static str,
    pub(super) group: &'static str,
    weight: u32,
    titles: &'static [&'static str],
}

/// The group that everybody is in.
pub(super) const EVERYBODY: &str = "All Users";

pub(super) const DEPARTMENTS: &[Department] = &[
    department("IT", "IT Admins", 7, &["System Administrator", "Service Desk Analyst", "Network Engineer"]),
    department("HR", "HR Team", 5, &["HR Manager", "Recruiter", "HR Partner"]),
    department("Sales", "Sales Team", 20, &["Sales Rep", "Account Executive", "Sales Manager"]),
    department("Engineering", "Engineering", 18, &["Software Engineer", "QA Engineer", "Engineering Manager"]),
    department("Finance", "Finance", 8, &["Accountant", "Controller", "Payroll Specialist"]),
    department("Marketing", "Marketing", 8, &["Designer", "Campaign Manager", "Content Editor"]),
    department("Operations", "Operations", 20, &["Warehouse Associate", "Shift Lead", "Fleet Dispatcher"]),
    department("Support", "Customer Support", 11, &["Support Agent", "Support Lead"]),
    department("Legal", "Legal", 3, &["Counsel", "Paralegal"]),
];

const fn department(
    name: &'static str,
    group: &'static str,
    weight: u32,
    titles: &'static [&'static str],
) -> Department {
    Department { name, group, weight, titles }
}

/// Draws people one after another. The first n do not depend on how many follow.
pub(super) struct People {
    seed: u64,
    first_names: Vec<&'static str>,
    last_names: Vec<&'static str>,
    taken: HashMap<String, u32>,
    /// For each person who was drawn, how many have the same first and last name so far.
    namesakes: Vec<u32>,
}

impl People {
    pub(super) fn new(seed: u64) -> Self {
        // The guide's sample file brings john.doe, jane.smith and bob.johnson, who must not be here already.
        let first_names = include_str!("names/first.txt").lines().collect();
        let last_names = include_str!("names/last.txt").lines().collect();
        Self { seed, first_names, last_names, taken: HashMap::new(), namesakes: Vec::new() }
    }

    /// How many people were drawn.
    pub(super) fn count(&self) -> usize {
        self.namesakes.len()
    }

    /// The next person.
    pub(super) fn draw(&mut self) -> Person {
        let place = self.count();
        let (_, first_name, last_name) = self.named(place);
        let count = self.taken.entry(plain(first_name, last_name)).or_insert(0);
        *count += 1;
        self.namesakes.push(*count);
        self.again(place)
    }

    /// Somebody who was drawn before, by their place: a million people are not kept in memory.
    pub(super) fn again(&self, place: usize) -> Person {
        let id = FIRST_USER + place as i64;
        let (mut dice, first_name, last_name) = self.named(place);
        let department = dice.weighted(DEPARTMENTS, |department| department.weight);
        Person {
            id,
            uuid: dice.uuid(),
            username: username(first_name, last_name, self.namesakes[place]),
            first_name,
            last_name,
            department,
            title: department.titles[dice.below(department.titles.len())],
            directory: dice.chance(0.9),
            active: dice.chance(0.985),
            phone_number: if dice.chance(0.4) { desk_number(&mut dice) } else { String::new() },
            mobile_number: if dice.chance(0.7) { phone_number(&mut dice) } else { String::new() },
        }
    }

    /// What somebody is called, and the sequence from which the rest of them is drawn.
    fn named(&self, place: usize) -> (Dice, &'static str, &'static str) {
        let mut dice = Dice::new(self.seed, Purpose::Person, FIRST_USER + place as i64, 0);
        let names = (*dice.pick(&self.first_names), *dice.pick(&self.last_names));
        (dice, names.0, names.1)
    }
}

fn plain(first: &str, last: &str) -> String {
    format!("{first}.{last}").to_lowercase().chars().filter(|c| !" '-".contains(*c)).collect()
}

fn username(first: &str, last: &str, count: u32) -> String {
    let plain = plain(first, last);
    if count == 1 { plain } else { format!("{plain}{count}") }
}

/// A mobile number out of the ranges that regulators set aside for fiction.
pub(super) fn phone_number(dice: &mut Dice) -> String {
    if dice.chance(0.25) {
        format!("+447700900{:03}", dice.below(1000))
    } else {
        format!("+1{}55501{:02}", dice.pick(AREAS), dice.below(100))
    }
}

fn desk_number(dice: &mut Dice) -> String {
    format!("+1{}55501{:02}", dice.pick(AREAS), dice.below(100))
}

const AREAS: &[u16] = &[
    202, 206, 212, 213, 303, 305, 312, 404, 415, 469, 503, 512, 602, 612, 617, 646, 702, 713, 718, 773, 802, 808, 816,
    901, 917,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn people_are_distinct_and_leave_room_for_the_guides_sample() {
        let mut people = People::new(3);
        let drawn: Vec<Person> = (0..3_000).map(|_| people.draw()).collect();
        let names: HashSet<&str> = drawn.iter().map(|person| person.username.as_str()).collect();
        assert_eq!(names.len(), drawn.len());
        assert_eq!((0..drawn.len()).map(|place| people.again(place)).collect::<Vec<_>>(), drawn);
        for sample in ["john.doe", "jane.smith", "bob.johnson"] {
            assert!(!names.contains(sample));
        }
        assert!(names.iter().all(|name| name.is_ascii() && !name.contains([' ', '\'', '-'])));
        for department in DEPARTMENTS {
            assert!(drawn.iter().any(|person| person.department == department), "{}", department.name);
        }
    }
}
