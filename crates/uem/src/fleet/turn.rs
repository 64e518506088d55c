//! One turn of a device: it is heard from, tells how it is, answers the command that it was handed, takes
//! the next one, and says when it will be heard from again.
//!
//! Pure: the same device at the same moment does the same. A device's turns need nothing from any other
//! device, so many of them run in one go and are written once.

use std::collections::BTreeMap;

use muster_model::commands::Command;
use muster_model::words::{CommandStatus, ComplianceStatus, EnrollmentStatus, InstallStatus};

use super::catalogue::Form;
use super::commands::{carry_out, forbidden, manner, unsupported};
use super::device::{Device, Life, Order};
use super::dice::{Dice, Purpose};
use super::installs::{self, App};
use super::pace::{Moment, NEVER, Pace};
use super::policies::Rule;
use super::sample;
use crate::fault::Hardship;

/// How often a device is asked again that answered "not now".
const TRIES: i64 = 5;

/// For how many hours a command waits for its device. What was meant for a lost device must not happen to it when it
/// is found a year later.
pub(super) const EXPIRY: f64 = 7.0 * 24.0;

/// Why a command ends that nobody came for.
pub(super) const NOT_SEEN: &str = "The device has not checked in for 7 days";

/// What is the same for every device.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) pace: Pace,
    pub(super) hardship: Hardship,
    pub(super) apps: BTreeMap<i64, App>,
    /// Policies that can be evaluated.
    pub(super) policies: Vec<(i64, Rule)>,
    /// When policies were made or changed last, of those that were.
    pub(super) changed: BTreeMap<i64, Moment>,
}

/// Lets a device live through what is due up to a moment, but not through more than so many turns; answers
/// with their number.
pub(super) fn live(life: &mut Life, world: &World, until: Moment, most: u64) -> u64 {
    let mut turns = 0;
    while turns < most && life.device.next_checkin_at <= until && life.device.is_managed() {
        if is_cut_off(&life.device, world) {
            stay_away(&mut life.device, world.pace);
            continue;
        }
        turn(life, world);
        life.reported();
        turns += 1;
    }
    if !life.device.is_managed() {
        life.device.next_checkin_at = NEVER;
    }
    turns
}

/// Whether the device belongs to the share of the fleet that is out of reach on order; always the same ones.
fn is_cut_off(device: &Device, world: &World) -> bool {
    world.hardship.offline > 0.0
        && Dice::new(world.seed, Purpose::Hardship, device.id, 0).chance(world.hardship.offline)
}

/// Nothing is heard from the device; it tries again in a while.
fn stay_away(device: &mut Device, pace: Pace) {
    let again = device.next_checkin_at + pace.minutes(10.0);
    device.offline_until = device.offline_until.max(again);
    device.next_checkin_at = again;
}

fn turn(life: &mut Life, world: &World) {
    let at = life.device.next_checkin_at;
    let dice = &mut Dice::new(world.seed, Purpose::Turn, life.device.id, life.device.checkins);
    let hours = world.pace.hours_between(life.device.last_seen_at, at);
    life.device.checkins += 1;
    life.device.last_seen_at = at;
    sample::take(life, at, hours, dice);
    answer(life, world, at, dice);
    if life.left {
        for order in life.orders.iter_mut().filter(|order| order.is_open()) {
            close(order, CommandStatus::Cancelled, "The device is no longer enrolled", at);
        }
        life.device.compliance = ComplianceStatus::NotAvailable;
        return;
    }
    end_install(life, world, at, dice);
    installs::remove(life, &world.apps, at);
    hand_out(life, world, at, dice);
    installs::begin_next(life, &world.apps, at, world.pace, dice);
    check(life, world, at);
    life.device.next_checkin_at = next(life, world.pace, at, dice).max(at + 1);
}

/// The command that the device was handed ends.
fn answer(life: &mut Life, world: &World, at: Moment, dice: &mut Dice) {
    let due = |order: &Order| order.status == CommandStatus::Sent && order.due_at <= at;
    let Some(index) = life.orders.iter().position(due) else { return };
    let Some(command) = life.orders[index].command else { return };
    let manner = manner(command);
    let outcome = if command == Command::InstallApplication {
        install(life, world, index, at, dice)
    } else if dice.chance(manner.failing) && !manner.reasons.is_empty() {
        Err((*dice.pick(manner.reasons)).to_owned())
    } else {
        carry_out(command, life, at, world.pace, dice);
        Ok(())
    };
    match outcome {
        Ok(()) => end(life, index, CommandStatus::Acknowledged, "", at),
        Err(reason) => end(life, index, CommandStatus::Error, &reason, at),
    }
}

fn install(life: &mut Life, world: &World, index: usize, at: Moment, dice: &mut Dice) -> Result<(), String> {
    let app = life.orders[index].application.unwrap_or_default();
    let row = life.installs.iter().position(|install| install.app == app);
    match (row, world.apps.get(&app)) {
        (Some(row), Some(app)) => installs::finish(life, row, app, at, dice),
        _ => Err("The application is not assigned to this device".to_owned()),
    }
}

/// An install that nobody commanded ends.
fn end_install(life: &mut Life, world: &World, at: Moment, dice: &mut Dice) {
    let Some(index) = life.installs.iter().position(|install| install.due_at.is_some_and(|due| due <= at)) else {
        return;
    };
    match world.apps.get(&life.installs[index].app) {
        // Why it failed stands in the row and in the log.
        Some(app) => drop(installs::finish(life, index, app, at, dice)),
        None => life.installs[index].due_at = None,
    }
}

/// Hands the device its next command. What it cannot or may not do is answered at once, and so is "not
/// now"; then the one after it gets its chance.
fn hand_out(life: &mut Life, world: &World, at: Moment, dice: &mut Dice) {
    if life.orders.iter().any(|order| order.status == CommandStatus::Sent) {
        return;
    }
    for index in 0..life.orders.len() {
        let order = &mut life.orders[index];
        let waiting = match order.status {
            CommandStatus::Queued => true,
            CommandStatus::NotNow => order.due_at <= at,
            _ => false,
        };
        if !waiting {
            continue;
        }
        // What has never been handed out is due since it was queued.
        if order.status == CommandStatus::Queued && at - order.due_at > world.pace.hours(EXPIRY) {
            end(life, index, CommandStatus::Expired, NOT_SEEN, at);
            continue;
        }
        order.sent_at = Some(at);
        order.changed = true;
        let Some(command) = order.command else {
            end(life, index, CommandStatus::Unsupported, "The device does not know this command", at);
            continue;
        };
        if let Some(reason) = unsupported(command, &life.device) {
            end(life, index, CommandStatus::Unsupported, reason, at);
            continue;
        }
        if let Some(reason) = forbidden(command, &life.device).or_else(|| misplaced(life, world, index)) {
            end(life, index, CommandStatus::Error, reason, at);
            continue;
        }
        let manner = manner(command);
        let order = &mut life.orders[index];
        order.tries += 1;
        if dice.chance(manner.busy) {
            if order.tries >= TRIES {
                end(life, index, CommandStatus::Error, "The device was busy every time it was asked", at);
                continue;
            }
            order.status = CommandStatus::NotNow;
            order.reason = "The device is busy or locked".to_owned();
            order.due_at = at + world.pace.minutes(dice.real(3.0, 20.0));
            continue;
        }
        order.status = CommandStatus::Sent;
        order.reason.clear();
        order.due_at = at + world.pace.seconds(dice.real(manner.seconds.0, manner.seconds.1));
        begin(life, world, index, command, at, dice);
        hold_up(&mut life.orders[index], world);
        return;
    }
}

/// Commands that are answered late or never, on order.
fn hold_up(order: &mut Order, world: &World) {
    let Hardship { stuck, late, .. } = world.hardship;
    if stuck > 0.0 && Dice::new(world.seed, Purpose::Hardship, order.id, 1).chance(stuck) {
        order.due_at = NEVER;
    } else if !late.is_zero() {
        order.due_at += world.pace.seconds(late.as_secs_f64());
    }
}

/// Why an app cannot be installed on this device, for the command that asks for one.
fn misplaced(life: &Life, world: &World, index: usize) -> Option<&'static str> {
    let order = &life.orders[index];
    if order.command != Some(Command::InstallApplication) {
        return None;
    }
    let app = order.application.unwrap_or_default();
    if !life.installs.iter().any(|install| install.app == app) {
        return Some("The application is not assigned to this device");
    }
    let fits = world.apps.get(&app).is_some_and(|app| app.fits(&life.device.platform));
    (!fits).then_some("The application does not run on this platform")
}

/// What shows as soon as the device has taken a command.
fn begin(life: &mut Life, world: &World, index: usize, command: Command, at: Moment, dice: &mut Dice) {
    match command {
        Command::EnterpriseWipe => life.device.enrollment = EnrollmentStatus::EnterpriseWipePending,
        Command::DeviceWipe => life.device.enrollment = EnrollmentStatus::DeviceWipePending,
        Command::InstallApplication => {
            let order = &mut life.orders[index];
            let Some(app) = order.application.and_then(|id| world.apps.get(&id)) else { return };
            order.due_at = at + app.duration(world.pace, dice);
            if let Some(install) = life.installs.iter_mut().find(|install| Some(install.app) == order.application) {
                install.status = InstallStatus::Pending;
                install.reason = "Downloading".to_owned();
                install.due_at = None;
                install.updated_at = at;
                install.changed = true;
            }
        }
        _ => {}
    }
}

/// Ends a command and writes it into the device's log.
fn end(life: &mut Life, index: usize, status: CommandStatus, reason: &str, at: Moment) {
    let done = status == CommandStatus::Acknowledged;
    let order = &mut life.orders[index];
    close(order, status, reason, at);
    let word = order.command.map_or_else(|| order.word.clone(), |command| command.as_str().to_owned());
    let event = format!("{word} {}", if done { "Confirmed" } else { "Failed" });
    let uuid = order.uuid.clone();
    let wipe = matches!(order.command, Some(Command::EnterpriseWipe | Command::DeviceWipe));
    let details = [("CommandUuid", uuid.as_str()), ("Reason", reason)];
    let (severity, details) = if done { ("Information", &details[..1]) } else { ("Warning", &details[..]) };
    life.tell(at, severity, event, details);
    if wipe && !done {
        life.device.enrollment = EnrollmentStatus::Enrolled;
    }
}

fn close(order: &mut Order, status: CommandStatus, reason: &str, at: Moment) {
    order.status = status;
    order.reason = reason.to_owned();
    order.finished_at = Some(at);
    order.changed = true;
}

/// Evaluates the policies; tells when the answer is another than before.
fn check(life: &mut Life, world: &World, at: Moment) {
    let status = status(&life.device, &world.policies);
    life.device.compliance_checked_at = Some(at);
    if status != life.device.compliance {
        life.device.compliance = status.clone();
        let severity = if status == ComplianceStatus::NonCompliant { "Warning" } else { "Information" };
        life.tell(at, severity, "Compliance Status Changed", &[("Status", status.as_str())]);
    }
}

/// Whether a device keeps to all policies that apply to it.
pub(super) fn status(device: &Device, policies: &[(i64, Rule)]) -> ComplianceStatus {
    if !device.is_managed() {
        return ComplianceStatus::NotAvailable;
    }
    let broken = policies.iter().any(|(_, rule)| rule.verdict(device) == Some(false));
    if broken { ComplianceStatus::NonCompliant } else { ComplianceStatus::Compliant }
}

/// When the device is heard from next: at its ordinary check-in, or earlier if something ends before that;
/// in any case not while it is out of reach.
fn next(life: &mut Life, pace: Pace, at: Moment, dice: &mut Dice) -> Moment {
    let Life { device, orders, installs, .. } = life;
    // Devices that break a policy are looked at more often.
    let hours = if device.compliance == ComplianceStatus::NonCompliant { 1.0 } else { 4.0 } * dice.real(0.75, 1.25);
    let mut next = at + pace.hours(hours);
    let handed = orders.iter().any(|order| order.status == CommandStatus::Sent);
    let awaited = if handed { CommandStatus::Sent } else { CommandStatus::NotNow };
    let commands = orders.iter().filter(|order| order.status == awaited).map(|order| order.due_at);
    let apps = installs.iter().filter_map(|install| install.due_at);
    let changes = device.upcoming.iter().map(|begun| begun.at);
    let idle = match commands.chain(apps).min() {
        Some(due) => {
            next = next.min(due);
            false
        }
        None => device.upcoming.is_empty(),
    };
    // A change is reported by the next sample after it, which an agent on the device brings on soon.
    if let Some(change) = changes.min() {
        next = next.min(change + pace.seconds(dice.real(5.0, 90.0)));
    }
    if idle && let Some(hours) = absence(device.form(), hours, dice) {
        device.offline_until = at + pace.hours(hours);
    }
    if device.offline_until > at {
        next = next.max(device.offline_until + pace.seconds(dice.real(1.0, 60.0)));
    }
    next
}

/// For how many hours the device goes out of reach now, if it does: laptops are closed over night and at the
/// weekend, phones lie in drawers. `hours` is what would have passed until the next check-in.
fn absence(form: Form, hours: f64, dice: &mut Dice) -> Option<f64> {
    let (share, from, to) = match form {
        Form::Phone | Form::Tablet => (0.03, 1.0, 12.0),
        Form::Laptop => (0.09, 5.0, 15.0),
        Form::Desktop => (0.03, 8.0, 15.0),
        Form::Rugged => (0.05, 4.0, 14.0),
    };
    if !dice.chance(share * hours / 4.0) {
        return None;
    }
    Some(if dice.chance(0.07) { dice.real(40.0, 64.0) } else { dice.real(from, to) })
}
