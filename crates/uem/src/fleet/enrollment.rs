//! Draws a tenant's devices one after another: hardware, owner, state, and where each stands in its life.
//!
//! Pure. The first n devices do not depend on how many follow.

use std::collections::HashSet;

use muster_model::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};
use uuid::Uuid;

use super::catalogue::{Form, Model, SHARES};
use super::device::{Device, hundredths};
use super::dice::{Dice, Purpose, mix};
use super::hardware::{Identity, identity};
use super::pace::{Moment, NEVER, Pace};
use super::people::{People, Person, phone_number};
use super::policies::Rule;
use super::turn::status;

/// Of each five devices the last belongs to somebody who has one already.
const PER_PERSON: i64 = 5;
/// One in so many devices was enrolled twice: the old record stays behind, with the same serial number.
const PER_RETURN: i64 = 331;
const RETURN: i64 = 17;
/// Share that is never heard from again although still enrolled.
const LOST: f64 = 0.02;
/// Share that left the tenant.
const LEFT: f64 = 0.01;

/// A device as its first row has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    pub(super) device: Device,
    pub(super) uuid: Uuid,
    pub(super) identity: Identity,
    pub(super) asset_number: String,
    pub(super) friendly_name: String,
    pub(super) reported_name: String,
    pub(super) phone_number: String,
    pub(super) organization_group: i64,
    pub(super) user: i64,
    pub(super) memory_mb: i64,
    pub(super) enrolled_at: Moment,
}

/// The sequence of a tenant's devices and of the people who carry them.
pub(super) struct Enrollment<'a> {
    pub(super) seed: u64,
    pub(super) pace: Pace,
    pub(super) now: Moment,
    /// Organization groups that devices are in; not empty.
    pub(super) groups: &'a [i64],
    pub(super) policies: &'a [(i64, Rule)],
    people: People,
    /// Those who got their first device since somebody took them.
    newcomers: Vec<Person>,
    /// Hashes of the serial numbers that are given away.
    serials: HashSet<u64>,
    previous: Option<Record>,
}

impl<'a> Enrollment<'a> {
    pub(super) fn new(seed: u64, pace: Pace, now: Moment, groups: &'a [i64], policies: &'a [(i64, Rule)]) -> Self {
        let (people, newcomers, serials) = (People::new(seed), Vec::new(), HashSet::new());
        Self { seed, pace, now, groups, policies, people, newcomers, serials, previous: None }
    }

    /// Everybody who has got a first device since this was asked last.
    pub(super) fn take_newcomers(&mut self) -> Vec<Person> {
        std::mem::take(&mut self.newcomers)
    }

    /// The device with the given number, counted from 0; call it with ascending numbers.
    pub(super) fn draw(&mut self, number: i64) -> Record {
        let place = number % PER_RETURN;
        let record = match self.previous.take() {
            Some(previous) if place == RETURN + 1 => self.returned(&previous),
            _ => self.fresh(number, place == RETURN),
        };
        self.previous = Some(record.clone());
        record
    }

    fn fresh(&mut self, number: i64, returns: bool) -> Record {
        let id = number + 1;
        let dice = &mut Dice::new(self.seed, Purpose::Hardware, id, 0);
        let share = dice.weighted(SHARES, |share| share.parts);
        let model = dice.weighted(share.models, |model| model.weight);
        let identity = self.identity(model, dice);
        let person = self.person(number, dice);
        let ownership = ownership(model, dice);
        let mut record = Record {
            device: device(id, &share.platform, model, ownership.clone(), dice),
            uuid: dice.uuid(),
            asset_number: if ownership == Ownership::Employee {
                String::new()
            } else {
                format!("AST-{:06}", 100_000 + id)
            },
            friendly_name: friendly_name(&person, model, &identity),
            reported_name: reported_name(&person, model, &identity),
            phone_number: if identity.imei.is_empty() { String::new() } else { phone_number(dice) },
            identity,
            organization_group: *dice.pick(self.groups),
            user: person.id,
            memory_mb: i64::from(model.memory),
            enrolled_at: 0,
        };
        let dice = &mut Dice::new(self.seed, Purpose::Enrollment, id, 0);
        if returns || dice.chance(LEFT) {
            self.leaves(&mut record, dice)
        } else {
            self.stands(&mut record, dice)
        }
        record
    }

    /// The record that follows when an unenrolled device comes back.
    fn returned(&mut self, previous: &Record) -> Record {
        let id = previous.device.id + 1;
        let dice = &mut Dice::new(self.seed, Purpose::Enrollment, id, 0);
        let mut record = previous.clone();
        record.device.id = id;
        record.device.enrollment = EnrollmentStatus::Enrolled;
        record.uuid = dice.uuid();
        self.stands(&mut record, dice);
        // It came back after it had left, and before it was last seen.
        let left = previous.device.last_seen_at;
        record.enrolled_at = left + ((record.device.last_seen_at - left) as f64 * dice.real(0.2, 0.8)) as Moment;
        record
    }

    fn identity(&mut self, model: &Model, dice: &mut Dice) -> Identity {
        loop {
            let identity = identity(model, dice);
            // Two numbers with one hash would only mean that another one is drawn.
            if self.serials.insert(mix(identity.serial.as_bytes())) {
                return identity;
            }
        }
    }

    fn person(&mut self, number: i64, dice: &mut Dice) -> Person {
        if number % PER_PERSON == PER_PERSON - 1 && self.people.count() > 0 {
            return self.people.again(dice.below(self.people.count()));
        }
        let person = self.people.draw();
        self.newcomers.push(person.clone());
        person
    }

    /// Where an enrolled device stands: within reach, away for hours, or lost.
    fn stands(&self, record: &mut Record, dice: &mut Dice) {
        let (now, pace) = (self.now, self.pace);
        let device = &mut record.device;
        device.compliance = status(device, self.policies);
        let away = match device.form() {
            Form::Phone | Form::Tablet => 0.05,
            Form::Laptop => 0.18,
            Form::Desktop => 0.06,
            Form::Rugged => 0.1,
        };
        if dice.chance(LOST) {
            device.last_seen_at = now - days(dice.real(15.0, 200.0));
            (device.offline_until, device.next_checkin_at) = (NEVER, NEVER);
        } else if dice.chance(away) {
            device.last_seen_at = now - pace.hours(dice.real(1.0, 20.0));
            device.offline_until = now + pace.hours(dice.real(0.5, 14.0));
            device.next_checkin_at = device.offline_until + pace.seconds(dice.real(1.0, 60.0));
        } else {
            let hours = if device.compliance == ComplianceStatus::NonCompliant { 1.0 } else { 4.0 };
            let (since, left) = (dice.unit(), dice.real(0.05, 1.0));
            device.last_seen_at = now - pace.hours(hours * since);
            device.next_checkin_at = now + pace.hours(hours * left);
        }
        device.compliance_checked_at = Some(device.last_seen_at);
        record.enrolled_at = device.last_seen_at - days(dice.real(2.0, 900.0));
    }

    /// The device of somebody who is gone, or the old record of one that came back.
    fn leaves(&self, record: &mut Record, dice: &mut Dice) {
        let device = &mut record.device;
        device.enrollment = EnrollmentStatus::Unenrolled;
        device.compliance = ComplianceStatus::NotAvailable;
        device.last_seen_at = self.now - days(dice.real(210.0, 400.0));
        device.next_checkin_at = NEVER;
        record.enrolled_at = device.last_seen_at - days(dice.real(30.0, 600.0));
    }
}

/// Days of the calendar: what lies in the past does not depend on the tenant's speed.
fn days(days: f64) -> Moment {
    Pace::new(1.0).hours(days * 24.0)
}

fn ownership(model: &Model, dice: &mut Dice) -> Ownership {
    let parts: (u32, u32, u32) = match model.form {
        Form::Laptop | Form::Desktop => (93, 2, 5),
        Form::Phone => (61, 34, 5),
        Form::Tablet => (55, 10, 35),
        Form::Rugged => (20, 0, 80),
    };
    let owners = [(parts.0, Ownership::Corporate), (parts.1, Ownership::Employee), (parts.2, Ownership::Shared)];
    dice.weighted(&owners, |owner| owner.0).1.clone()
}

fn device(id: i64, platform: &Platform, model: &Model, ownership: Ownership, dice: &mut Dice) -> Device {
    let employee = ownership == Ownership::Employee;
    let mobile = matches!(platform, Platform::Apple | Platform::Android);
    let capacity = f64::from(*dice.pick(model.capacities));
    let release = release(model, dice);
    let passcode_present = dice.chance(0.984);
    Device {
        id,
        platform: platform.clone(),
        model: model.name.to_owned(),
        enrollment: EnrollmentStatus::Enrolled,
        os_version: release.version.to_owned(),
        os_build: release.build.to_owned(),
        last_seen_at: 0,
        compliance: ComplianceStatus::Unknown,
        compliance_checked_at: None,
        compromised: mobile && dice.chance(if employee { 0.009 } else { 0.003 }),
        encrypted: dice.chance(match platform {
            Platform::WinRt => 0.955,
            Platform::AppleOsX => 0.96,
            Platform::Android => 0.992,
            Platform::Linux => 0.9,
            _ => 1.0,
        }),
        passcode_present,
        passcode_compliant: passcode_present && dice.chance(0.987),
        supervised: !employee && matches!(platform, Platform::Apple | Platform::AppleOsX) && dice.chance(0.86),
        battery_percent: if model.form == Form::Desktop { 100 } else { dice.whole(12, 100) },
        capacity_gb: capacity,
        // One in fifty is nearly full.
        available_gb: hundredths(if dice.chance(0.02) { dice.real(0.2, 1.5) } else { capacity * dice.real(0.08, 0.8) }),
        next_checkin_at: NEVER,
        offline_until: 0,
        checkins: 0,
        upcoming: Vec::new(),
        ownership,
    }
}

/// Most devices run a recent release of what their model can run, a few were forgotten.
fn release(model: &Model, dice: &mut Dice) -> super::releases::Release {
    let releases = model.releases();
    let behind = if dice.chance(0.02) {
        dice.below(releases.len())
    } else {
        dice.weighted(&[(42, 0), (24, 1), (14, 2), (9, 3), (6, 4), (3, 5), (2, 6)], |step| step.0).1
    };
    releases[releases.len() - 1 - behind.min(releases.len() - 1)]
}

fn friendly_name(person: &Person, model: &Model, identity: &Identity) -> String {
    let tail = &identity.serial[identity.serial.len() - 4..];
    format!("{} {} {} {tail}", person.username, model.name, model.os.name())
}

fn reported_name(person: &Person, model: &Model, identity: &Identity) -> String {
    let tail = &identity.serial[identity.serial.len() - 7..];
    match (model.os, model.form) {
        (super::releases::Os::Windows, Form::Desktop) => format!("DESKTOP-{tail}"),
        (super::releases::Os::Windows, _) => format!("LAPTOP-{tail}"),
        (super::releases::Os::Linux, _) => format!("{}-{}", person.username.replace('.', "-"), tail.to_lowercase()),
        (super::releases::Os::Ios | super::releases::Os::Mac, _) => {
            let kind = model.name.split(['(', ',']).next().unwrap_or(model.name).trim();
            let kind = kind.split(' ').take(2).filter(|word| word.starts_with(char::is_alphabetic));
            format!("{}'s {}", person.first_name, kind.collect::<Vec<_>>().join(" "))
        }
        _ => model.name.to_owned(),
    }
}
