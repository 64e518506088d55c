//! Planted faults: each is something that an engine could do wrong, and some day has to show it. None of them is in the
//! engine. Most are triggers in the journal's database, which forget or change what was written just as a wrong
//! statement would have; the others are a limiter that counts wrongly and a clock that does not notice sleep.

use std::sync::Mutex;

use super::all;
use super::day::live;
use super::quota::Wrong;
use super::record::say;

/// What is wrong with the engine of a day.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Planted {
    pub(crate) name: &'static str,
    /// Put into the journal's database when it has its tables.
    pub(crate) sql: &'static [&'static str],
    pub(crate) quota: Option<Wrong>,
    /// Whether clocks stop while their process stands still.
    pub(crate) sleeps: bool,
    /// What the day has to complain of, in part.
    shows: &'static str,
}

/// Nothing is wrong.
pub(crate) const NOTHING: Planted = Planted { name: "nothing", sql: &[], quota: None, sleeps: false, shows: "" };

const PLANTED: [Planted; 17] = [
    Planted {
        name: "a request leaves before its mark is durable",
        sql: &["create trigger planted after update on tasks when new.state = 'sending' begin \
                update tasks set state = 'pending' where job_id = new.job_id and idx = new.idx; end"],
        shows: "was carried out",
        ..NOTHING
    },
    Planted {
        name: "a lost answer is a failure that is tried again",
        sql: &["create trigger planted after update on tasks when new.state = 'unknown' begin \
                update tasks set state = 'pending' where job_id = new.job_id and idx = new.idx; end"],
        shows: "was carried out",
        ..NOTHING
    },
    Planted {
        name: "what a dead run was sending is taken for not sent",
        sql: &["create trigger planted after update of fence on jobs when new.fence > old.fence begin \
                update tasks set state = 'pending' where job_id = new.id and state = 'sending'; end"],
        shows: "was carried out",
        ..NOTHING
    },
    Planted {
        name: "what a dead run was sending is taken for done",
        sql: &["create trigger planted after update of fence on jobs when new.fence > old.fence begin \
                update tasks set state = 'done' where job_id = new.id and state = 'sending'; end"],
        shows: "was carried out 0 times",
        ..NOTHING
    },
    Planted {
        name: "time spent asleep does not count against the lease",
        sleeps: true,
        shows: "was carried out",
        ..NOTHING
    },
    Planted {
        name: "the last outcome of a job is dropped",
        sql: &["create trigger planted after update on tasks when new.state = 'done' \
                and new.idx = (select max(idx) from tasks where job_id = new.job_id) begin \
                update tasks set state = 'sending' where job_id = new.job_id and idx = new.idx; end"],
        shows: "does not come to its end",
        ..NOTHING
    },
    Planted {
        name: "the end of a run is noted before the outcomes are known",
        sql: &["create trigger planted after update on jobs when new.state in ('stopped', 'finished') begin \
                update tasks set state = 'done' where job_id = new.id and state in ('unknown', 'sending'); end"],
        shows: "was carried out 0 times",
        ..NOTHING
    },
    Planted {
        name: "the deadline is lost",
        sql: &["create trigger planted after insert on jobs begin \
                update jobs set options = json_remove(options, '$.deadline') where id = new.id; end"],
        shows: "after the deadline",
        ..NOTHING
    },
    Planted {
        name: "the gate opens although it holds",
        sql: &["create trigger planted after update on rings when new.state = 'held' begin \
                update rings set state = 'passed' where job_id = new.job_id and ring = new.ring; end"],
        shows: "although",
        ..NOTHING
    },
    Planted {
        name: "a ring is watched for no time",
        sql: &["create trigger planted after update on rings when new.state = 'soaking' begin \
                update rings set soak_until = opened_at where job_id = new.job_id and ring = new.ring; end"],
        shows: "was watched for long enough",
        ..NOTHING
    },
    Planted {
        name: "nobody looks whether somebody approved",
        sql: &["create trigger planted after insert on plan_items when new.verdict = 'hold' begin \
                update plan_items set verdict = 'allow' where plan_id = new.plan_id and idx = new.idx; end"],
        shows: "without an approval",
        ..NOTHING
    },
    Planted {
        name: "what cannot be undone is sent again like everything else",
        sql: &["create trigger planted after update on tasks when new.class = 'not-arrived' begin \
                update tasks set state = 'pending' where job_id = new.job_id and idx = new.idx; end"],
        shows: "sent again after",
        ..NOTHING
    },
    Planted {
        name: "a cancelled job goes on",
        sql: &[
            "create trigger planted after update on jobs when new.state = 'cancelled' begin \
             update jobs set state = 'running' where id = new.id; end",
            "create trigger planted_again after update on tasks when new.state = 'cancelled' begin \
             update tasks set state = 'pending' where job_id = new.job_id and idx = new.idx; end",
        ],
        shows: "after its job was cancelled",
        ..NOTHING
    },
    Planted {
        name: "a record of the audit is dropped",
        sql: &["create trigger planted before insert on audit when new.event = 'task.unknown' begin \
                select raise(ignore); end"],
        shows: "the audit does not verify",
        ..NOTHING
    },
    Planted {
        name: "every process has the limit for itself",
        sql: &["create trigger planted after update of next_turn on quotas when new.next_turn > old.next_turn begin \
                update quotas set next_turn = 0 where tenant = new.tenant; end"],
        shows: "permits in a minute",
        ..NOTHING
    },
    Planted {
        name: "permits are counted after they are given",
        quota: Some(Wrong::CountsLate),
        shows: "permits in a minute",
        ..NOTHING
    },
    Planted {
        name: "nobody else is told that the tenant asks for quiet",
        quota: Some(Wrong::Deaf),
        shows: "all are to wait",
        ..NOTHING
    },
];

/// No fault is worth its seed if it takes longer to find than this.
const SEEDS: u64 = 200;

/// The first day that shows a fault, with what it shows.
fn first(planted: &Planted) -> Option<(u64, String)> {
    (1..=SEEDS).find_map(|seed| {
        let wrongs = live(seed, planted, false).wrongs;
        wrongs.into_iter().find(|wrong| wrong.contains(planted.shows)).map(|wrong| (seed, wrong))
    })
}

#[test]
fn every_planted_fault_is_found() {
    let missed = Mutex::new(Vec::new());
    all(0..PLANTED.len() as u64, |place| {
        let planted = &PLANTED[place as usize];
        match first(planted) {
            Some((seed, wrong)) => {
                say(&format!("{}: day {seed}: {wrong}", planted.name));
                // The same day without the fault is a good one.
                let healthy = live(seed, &NOTHING, false).wrongs;
                assert!(healthy.is_empty(), "day {seed}: {healthy:?}");
            }
            None => missed.lock().expect("no panic").push(planted.name),
        }
    });
    let missed = missed.into_inner().expect("no panic");
    assert!(missed.is_empty(), "nobody notices that {missed:?}");
}
