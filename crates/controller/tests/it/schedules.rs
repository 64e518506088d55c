//! When workflows are nudged, by whom, and what is not done twice.

use muster_controller::run::Outcome;
use muster_engine::TaskState;

use crate::scene::{MINUTE, QUARTER, Scene};

#[tokio::test]
async fn two_controllers_act_upon_an_instant_once() {
    for scene in Scene::everywhere().await {
        let (one, other) = (scene.controller("one", false).await, scene.controller("other", false).await);
        for round in 1..=3 {
            let (a, b) = tokio::join!(scene.tick(&one), scene.tick(&other));
            assert_eq!(a.runs.len() + b.runs.len(), 1, "round {round}");
            let late = scene.tick(&other).await;
            assert!(late.runs.is_empty(), "round {round}");
            assert_eq!(scene.number("select count(*) as number from schedule_fires").await, round);
            scene.pass(QUARTER).await;
        }
    }
}

#[tokio::test]
async fn missed_instants_are_one_run() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", false).await;
    scene.tick(&controller).await;
    scene.pass(14 * MINUTE).await;
    assert!(scene.tick(&controller).await.runs.is_empty(), "not due yet");

    scene.pass(3 * 60 * MINUTE).await;
    assert_eq!(scene.tick(&controller).await.runs.len(), 1);
    assert!(scene.tick(&controller).await.runs.is_empty());
    assert_eq!(scene.number("select max(missed) as number from schedule_fires").await, 11);
    // The grid is kept: the next instant is on the quarter, not a quarter after the late run.
    scene.pass(MINUTE).await;
    assert_eq!(scene.tick(&controller).await.runs.len(), 1);
}

#[tokio::test]
async fn a_schedule_that_only_plans_sends_nothing_and_asks_once() {
    for scene in Scene::everywhere().await {
        let controller = scene.controller("one", false).await;
        let first = scene.tick(&controller).await.runs.remove(0);
        assert_eq!(first.outcome, Outcome::Finished, "{first:?}");
        assert!(first.tally.noncompliant > 0 && first.tally.planned > 0, "{first:?}");
        assert_eq!((first.job.as_ref(), first.tally.waiting), (None, 0));
        assert_eq!(scene.commands().await, 0, "a plan is not a deed");
        let plan = scene.engine.plan(first.plan.as_deref().expect("a plan")).await.expect("the plan");
        assert_eq!(plan.requested_by, "schedule compliance");

        scene.clock.advance(QUARTER);
        let second = scene.tick(&controller).await.runs.remove(0);
        assert_eq!(second.tally.planned, first.tally.planned, "nothing has changed");
        assert_eq!((second.tally.waiting, second.plan), (first.tally.planned, None), "it waits already");
        assert_eq!(scene.engine.plans().await.expect("plans").len(), 1);

        // A plan that lapsed is asked for again.
        scene.clock.advance(QUARTER * 4 * 24);
        let third = scene.tick(&controller).await.runs.remove(0);
        assert_eq!(third.tally.waiting, 0, "{third:?}");
        assert!(third.plan.is_some());
    }
}

#[tokio::test]
async fn a_schedule_that_applies_sends_what_is_allowed_and_leaves_the_rest_held() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", true).await;
    let first = scene.tick(&controller).await.runs.remove(0);
    assert_eq!(first.outcome, Outcome::Finished, "{first:?}");
    let tally = first.tally;
    assert!(tally.done > 0 && tally.held > 0, "{tally:?}");
    assert_eq!(tally.failed + tally.unknown, 0, "{tally:?}");
    assert_eq!(tally.done + tally.held, tally.planned, "{tally:?}");
    assert_eq!(scene.commands().await, tally.done);

    let job = scene.engine.job(first.job.as_deref().expect("a job")).await.expect("the job");
    let tasks = scene.engine.tasks(&job.id).await.expect("tasks");
    let held: Vec<String> =
        tasks.iter().filter(|task| task.state == TaskState::Held).map(|task| task.action.describe()).collect();
    assert!(held.iter().all(|action| action == "EnterpriseWipe"), "{held:?}");
    assert!(scene.uem.effects().await.expect("effects").iter().all(|effect| effect.command != "EnterpriseWipe"));

    // Nobody has approved anything and no device has checked in: nothing is sent or asked for again.
    scene.clock.advance(QUARTER);
    let second = scene.tick(&controller).await.runs.remove(0);
    assert_eq!(second.outcome, Outcome::Finished, "{second:?}");
    assert_eq!((second.tally.waiting, second.job, second.plan), (tally.held, None, None));
    assert_eq!(scene.commands().await, tally.done);
}

#[tokio::test]
async fn the_fleet_gets_better_and_nobody_is_sent_the_same_twice_a_day() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", true).await;
    let first = scene.tick(&controller).await.runs.remove(0);
    // Seven times three hours: devices check in, carry things out, and some do not become compliant by it.
    for _ in 0..7 {
        scene.pass(QUARTER * 12).await;
        let run = scene.tick(&controller).await.runs.remove(0);
        assert_eq!(run.outcome, Outcome::Finished, "{run:?}");
    }
    let rows = scene.rows("select noncompliant from fleet_snapshots order by taken_at").await;
    let devices: Vec<u64> = rows.iter().map(|row| row.get("noncompliant").expect("a number")).collect();
    assert_eq!((devices.len(), devices[0]), (8, first.tally.noncompliant));
    assert!(devices.last() < devices.first(), "a day of remedies has an effect: {devices:?}");
    let effects = scene.uem.effects().await.expect("effects");
    assert!(effects.iter().all(|effect| effect.count == 1), "{effects:?}");

    // A day later it is worth another attempt.
    scene.pass(QUARTER * 4 * 24).await;
    let run = scene.tick(&controller).await.runs.remove(0);
    assert!(run.tally.noncompliant > run.tally.held && run.tally.done > 0, "{run:?}");
}

#[tokio::test]
async fn what_is_no_longer_declared_is_no_longer_done() {
    let scene = Scene::new().await;
    scene.controller("one", false).await;
    let mut settings = scene.settings("one", false);
    settings.schedules.clear();
    let controller = scene.controller_with(settings, Vec::new()).await;
    assert!(scene.tick(&controller).await.runs.is_empty());
    assert_eq!(scene.number("select count(*) as number from schedules").await, 0);
}

#[tokio::test]
async fn a_restart_keeps_the_instants() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", false).await;
    scene.tick(&controller).await;
    drop(controller);
    scene.pass(MINUTE).await;
    let again = scene.controller("two", false).await;
    assert!(scene.tick(&again).await.runs.is_empty(), "the next instant is in a quarter");
}

#[tokio::test]
async fn history_is_forgotten_after_its_time() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", false).await;
    scene.tick(&controller).await;
    scene.clock.advance(QUARTER * 4 * 24 * 91);
    scene.tick(&controller).await;
    for table in [
        "select count(*) as number from workflow_runs",
        "select count(*) as number from fleet_snapshots",
        "select count(*) as number from schedule_fires",
        "select count(*) as number from tenant_probes",
    ] {
        assert_eq!(scene.number(table).await, 1, "{table}");
    }
}
