//! What people are told, and that they are told once.

use std::sync::atomic::Ordering;

use muster_controller::Tick;
use muster_controller::alerts::Rule;
use muster_controller::run::Outcome;
use muster_engine::{Role, SigningKey};
use muster_uem::On;

use crate::scene::{MINUTE, QUARTER, Scene};

fn opened(tick: &Tick) -> Vec<Rule> {
    tick.opened.iter().map(|alert| alert.rule).collect()
}

fn resolved(tick: &Tick) -> Vec<Rule> {
    tick.resolved.iter().map(|alert| alert.rule).collect()
}

/// Settings under which a fleet of any kind is no alert by itself.
fn calm(scene: &Scene, apply: bool) -> muster_controller::Settings {
    let mut settings = scene.settings("one", apply);
    settings.thresholds.noncompliant_percent = 100.0;
    settings.thresholds.rise_points = 100.0;
    settings
}

#[tokio::test]
async fn a_tenant_that_goes_away_is_told_once_and_so_is_its_return() {
    for scene in Scene::everywhere().await {
        let controller = scene.controller_with(calm(&scene, true), Vec::new()).await;
        scene.tick(&controller).await;
        scene.lose_the_tenant();
        let mut told = Vec::new();
        for _ in 0..20 {
            scene.clock.advance(MINUTE);
            let tick = scene.tick(&controller).await;
            told.extend(opened(&tick));
            assert!(tick.resolved.is_empty());
        }
        // Also a run that failed meanwhile, for the same reason, is no alert of its own.
        assert_eq!(told, [Rule::TenantUnreachable]);

        scene.uem.faults().clear();
        scene.clock.advance(MINUTE);
        assert!(scene.tick(&controller).await.resolved.is_empty(), "one answer may be chance");
        scene.clock.advance(MINUTE);
        assert_eq!(resolved(&scene.tick(&controller).await), [Rule::TenantUnreachable]);
        scene.clock.advance(MINUTE);
        let tick = scene.tick(&controller).await;
        assert!(tick.opened.is_empty() && tick.resolved.is_empty());
    }
}

#[tokio::test]
async fn a_probe_that_was_lost_by_chance_is_not_told() {
    let scene = Scene::new().await;
    let mut settings = calm(&scene, false);
    settings.schedules.clear();
    let controller = scene.controller_with(settings, Vec::new()).await;
    for round in 0..10 {
        if round % 2 == 1 {
            scene.uem.faults().fail_with(503, 1);
        }
        let tick = scene.tick(&controller).await;
        assert!(tick.opened.is_empty(), "round {round}");
        scene.clock.advance(MINUTE);
    }
}

#[tokio::test]
async fn two_controllers_tell_it_once() {
    let scene = Scene::new().await;
    let (one, other) = (
        scene.controller_with(calm(&scene, false), Vec::new()).await,
        scene.controller_with(calm(&scene, false), Vec::new()).await,
    );
    scene.lose_the_tenant();
    let mut told = 0;
    for _ in 0..5 {
        let (a, b) = tokio::join!(scene.tick(&one), scene.tick(&other));
        told += a.opened.len() + b.opened.len();
        scene.clock.advance(MINUTE);
    }
    assert_eq!(told, 1);
    assert_eq!(scene.number("select count(*) as number from alerts").await, 1);
}

#[tokio::test]
async fn refused_credentials_are_told_at_once_and_new_ones_are_tried() {
    let scene = Scene::new().await;
    let mut settings = calm(&scene, false);
    settings.schedules.clear();
    let controller = scene.controller_with(settings, Vec::new()).await;
    scene.password_is_right.store(false, Ordering::SeqCst);
    let tick = scene.tick(&controller).await;
    assert_eq!(opened(&tick), [Rule::AuthenticationRefused]);
    assert!(tick.opened[0].summary.contains("refuses the credentials"), "{}", tick.opened[0].summary);

    scene.password_is_right.store(true, Ordering::SeqCst);
    scene.clock.advance(MINUTE);
    assert_eq!(resolved(&scene.tick(&controller).await), [Rule::AuthenticationRefused]);
}

#[tokio::test]
async fn held_items_are_told_until_somebody_approves_them() {
    let scene = Scene::new().await;
    let controller = scene.controller_with(calm(&scene, false), Vec::new()).await;
    let tick = scene.tick(&controller).await;
    let plan = tick.runs[0].plan.clone().expect("a plan");
    assert_eq!(opened(&tick), [Rule::ApprovalWaiting]);
    assert_eq!(tick.opened[0].subject, plan);
    scene.clock.advance(QUARTER);
    assert!(scene.tick(&controller).await.opened.is_empty(), "the same plan is told once");

    let ada = SigningKey::generate("ada").expect("a key");
    scene.engine.add_approver(ada.public(), &Role::ALL, &[], &ada, "ada").await.expect("an approver");
    scene.engine.approve(&plan, &ada, "seen").await.expect("approved");
    scene.clock.advance(MINUTE);
    assert_eq!(resolved(&scene.tick(&controller).await), [Rule::ApprovalWaiting]);
}

#[tokio::test]
async fn held_items_of_a_job_are_told_until_they_are_taken_up() {
    let scene = Scene::new().await;
    let controller = scene.controller_with(calm(&scene, true), Vec::new()).await;
    let tick = scene.tick(&controller).await;
    let job = tick.runs[0].job.clone().expect("a job");
    assert_eq!(tick.opened[0].subject, job);

    let plan = scene.engine.retry(&job, muster_engine::Only::Held, "ada").await.expect("a plan");
    scene.clock.advance(MINUTE);
    let tick = scene.tick(&controller).await;
    assert_eq!(tick.resolved[0].subject, job);
    assert_eq!(tick.opened[0].subject, plan.id.to_string());
}

#[tokio::test]
async fn a_fleet_beyond_the_threshold_and_tasks_that_fail_are_told() {
    let scene = Scene::new().await;
    let mut settings = calm(&scene, true);
    settings.thresholds.noncompliant_percent = 0.5;
    let controller = scene.controller_with(settings, Vec::new()).await;
    scene.uem.faults().on(On::Writes).fail_with(400, 1_000_000);
    let tick = scene.tick(&controller).await;
    let run = &tick.runs[0];
    assert!(run.tally.failed > 0, "{run:?}");
    let told = opened(&tick);
    assert!(told.contains(&Rule::NoncompliantShare), "{told:?}");
    let is_told =
        told.contains(&Rule::TaskFailures) || run.outcome == Outcome::Failed && told.contains(&Rule::RunFailed);
    assert!(is_told, "{told:?} {run:?}");
}

#[tokio::test]
async fn a_broken_glass_is_told_at_once_and_for_a_day() {
    let scene = Scene::new().await;
    let controller = scene.controller_with(calm(&scene, false), Vec::new()).await;
    let tick = scene.tick(&controller).await;
    let plan = tick.runs[0].plan.clone().expect("a plan");
    let ada = SigningKey::generate("ada").expect("a key");
    scene.engine.add_approver(ada.public(), &Role::ALL, &[], &ada, "ada").await.expect("an approver");
    // Only what holds one device back can be let through alone.
    let held = scene.engine.plan(&plan).await.expect("the plan");
    let first = held.items.iter().find(|item| item.decision.verdict == muster_engine::Verdict::Hold).expect("an item");
    let item = muster_engine::DraftItem::new(first.target.clone(), first.action.clone(), "stolen");
    let selection = muster_engine::Selection::Listed;
    let draft = muster_engine::Draft { purpose: "stolen".to_owned(), selection, items: vec![item] };
    let plan = scene.engine.propose(draft, "ada", &held.tenant).await.expect("a plan");
    scene.clock.advance(MINUTE);
    scene.tick(&controller).await;
    scene.engine.break_glass(&plan.id.to_string(), &ada, "stolen at the airport").await.expect("broken");
    scene.clock.advance(MINUTE);
    let tick = scene.tick(&controller).await;
    let told = tick.opened.iter().find(|alert| alert.rule == Rule::GlassBroken).expect("it is told");
    assert_eq!(
        (told.subject.as_str(), told.summary.as_str()),
        (plan.id.to_string().as_str(), "ada broke the glass: stolen at the airport")
    );
    scene.clock.advance(MINUTE);
    assert!(!opened(&scene.tick(&controller).await).contains(&Rule::GlassBroken), "once");
    scene.clock.advance(24 * 60 * MINUTE);
    assert!(resolved(&scene.tick(&controller).await).contains(&Rule::GlassBroken));
}
