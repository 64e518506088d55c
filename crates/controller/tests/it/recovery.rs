//! Controllers that die, and those that come after them.

use std::time::Duration;

use jiff::Timestamp;
use muster_controller::Settings;
use muster_controller::run::Outcome;
use muster_store::{Clock, args};
use muster_uem::On;

use crate::scene::{MINUTE, QUARTER, Scene};

/// Makes the newest run look as its controller would have left it, had it died.
async fn die(scene: &Scene, with_job: bool) {
    let forget = if with_job { "" } else { ", plan_id = null" };
    scene
        .database
        .execute(
            format!("update workflow_runs set outcome = 'running', finished_at = null, job_id = null{forget}"),
            args![],
        )
        .await
        .expect("written");
}

#[tokio::test]
async fn a_run_that_had_sent_nothing_ends_and_the_next_looks_again() {
    let scene = Scene::new().await;
    let dead = scene.controller("dead", false).await;
    scene.tick(&dead).await;
    die(&scene, false).await;

    let heir = scene.controller("heir", false).await;
    let runs = scene.tick(&heir).await.runs;
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].outcome, Outcome::Interrupted);
    scene.pass(QUARTER).await;
    assert_eq!(scene.tick(&heir).await.runs[0].outcome, Outcome::Finished);
}

#[tokio::test]
async fn a_job_that_was_left_open_is_finished_without_sending_twice() {
    let scene = Scene::new().await;
    let dead = scene.controller("dead", false).await;
    let run = scene.tick(&dead).await.runs.remove(0);
    // It died right after the job was written, before it could note the job's id.
    let plan = scene.engine.plan(run.plan.as_deref().expect("a plan")).await.expect("the plan");
    let job = scene.engine.start(&plan, Default::default()).await.expect("a job");
    die(&scene, true).await;

    let heir = scene.controller("heir", true).await;
    let runs = scene.tick(&heir).await.runs;
    assert_eq!(runs.len(), 1, "the next instant has not come");
    assert_eq!(runs[0].outcome, Outcome::Finished, "{:?}", runs[0]);
    assert_eq!(runs[0].job, Some(job.to_string()));
    assert!(runs[0].tally.done > 0);
    assert_eq!(scene.commands().await, runs[0].tally.done);
    let effects = scene.uem.effects().await.expect("effects");
    assert!(effects.iter().all(|effect| effect.count == 1), "{effects:?}");
}

#[tokio::test]
async fn a_dead_controller_keeps_others_away_for_a_minute_only() {
    let scene = Scene::new().await;
    let heir = scene.controller("heir", false).await;
    let expires: Timestamp = scene.clock.now() + MINUTE;
    scene
        .execute(
            "insert into leases (name, owner, fence, expires_at) values ('controller run acme compliance', 'dead', 1, $1)",
            args![expires],
        )
        .await;
    assert!(scene.tick(&heir).await.runs.is_empty());
    scene.pass(MINUTE).await;
    assert_eq!(scene.tick(&heir).await.runs.len(), 1);
}

#[tokio::test]
async fn a_job_waits_while_another_process_has_the_state_folder() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", true).await;
    let folder = scene.settings("one", true).state_folder.expect("a folder");
    let lock = muster_store::FolderLock::acquire(&folder).expect("free");
    let run = scene.tick(&controller).await.runs.remove(0);
    assert_eq!(run.outcome, Outcome::Running, "{run:?}");
    assert_eq!(scene.commands().await, 0);
    drop(lock);
    let run = scene.tick(&controller).await.runs.remove(0);
    assert_eq!(run.outcome, Outcome::Finished, "{run:?}");
    assert_eq!(scene.commands().await, run.tally.done);
}

#[tokio::test]
async fn a_controller_that_is_asked_to_stop_leaves_its_job_to_the_next_start() {
    let scene = Scene::new().await;
    let mut settings = scene.settings("one", true);
    settings.job.lanes = 1;
    let controller = scene.controller_with(settings, Vec::new()).await;
    // Slow enough that the job cannot be through before somebody has seen its first command.
    scene.uem.faults().on(On::Writes).delay(Duration::from_millis(100), 1_000);
    controller
        .run(async {
            while scene.commands().await == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    let sent = scene.commands().await;
    assert_eq!(scene.number("select count(*) as number from workflow_runs where outcome = 'running'").await, 1);

    scene.uem.faults().clear();
    let heir = scene.controller("heir", true).await;
    scene.clock.advance(MINUTE);
    let run = scene.tick(&heir).await.runs.remove(0);
    assert_eq!(run.outcome, Outcome::Finished, "{run:?}");
    assert!(run.tally.done > sent, "{sent} were sent before the stop: {run:?}");
    let effects = scene.uem.effects().await.expect("effects");
    assert_eq!(effects.len() as u64, run.tally.done);
    assert!(effects.iter().all(|effect| effect.count == 1), "{effects:?}");
}

#[tokio::test]
async fn a_controller_that_is_asked_to_stop_at_once_stops() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", true).await;
    // The shutdown is ready before anything is: the loops have to notice by themselves.
    controller.run(std::future::ready(())).await;
}

#[tokio::test]
async fn a_run_that_is_stopped_while_it_looks_is_interrupted() {
    let scene = Scene::new().await;
    let controller = scene.controller("one", true).await;
    scene.tick(&controller).await;
    scene.pass(QUARTER).await;
    // The tenant takes its time over the first list, and the controller is stopped meanwhile.
    scene.uem.faults().on(On::Reads).delay(Duration::from_secs(3_600), 1_000);
    controller
        .run(async {
            while scene.number("select count(*) as number from workflow_runs where outcome = 'running'").await == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    assert_eq!(scene.number("select count(*) as number from workflow_runs where outcome = 'interrupted'").await, 1);
}

#[tokio::test]
async fn old_jobs_are_forgotten_and_what_they_did_stays_in_the_audit() {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let scene = Scene::new().await;
    let settings = Settings { keep_jobs: 10 * DAY, ..scene.settings("keeper", true) };
    let keeper = scene.controller_with(settings, Vec::new()).await;
    let job = scene.tick(&keeper).await.runs.remove(0).job.expect("a job");
    scene.pass(29 * DAY).await;
    scene.tick(&keeper).await;
    assert!(scene.engine.job(&job).await.is_ok(), "caps count what was sent in the last thirty days");
    scene.pass(2 * DAY).await;
    scene.tick(&keeper).await;
    assert!(scene.engine.job(&job).await.is_err(), "it came to its end thirty-one days ago");
    let told = "select count(*) as number from audit where event = 'journal.pruned' and actor = 'keeper'";
    assert_eq!(scene.number(told).await, 1);
}
