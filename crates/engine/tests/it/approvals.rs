//! Who may let a held plan through, and who may not, whatever is written into the database.

use std::time::Duration;

use muster_engine::{
    ApprovalKind, Draft, Engine, Error, JobOptions, JobState, Only, Plan, Requester, Role, Selection, SigningKey, Task,
    TaskState, Terms,
};
use muster_model::commands::Command;
use muster_store::args;
use muster_store::testing::Postgres;

use crate::world::{TENANT, World, draft, key, send};

const HOUR: Duration = Duration::from_secs(3600);

/// A tenant, its first approver, and one who may approve plans only.
async fn scene(devices: u32) -> (World, SigningKey) {
    let world = World::new(devices).await;
    let (root, grace) = (key("root"), world.grace.clone());
    world.engine.add_approver(root.public(), &Role::ALL, &[], &root, "root").await.expect("the first");
    let roles = [Role::Plans];
    world.engine.add_approver(grace.public(), &roles, &["g.hopper".into()], &root, "root").await.expect("vouched for");
    (world, root)
}

fn wipes(world: &World, count: usize) -> Draft {
    draft((0..count).map(|place| send(world.target(place), Command::EnterpriseWipe)).collect())
}

async fn refused(approved: Result<Plan, Error>, because: &str) {
    match approved {
        Err(Error::NoConsent { why }) => assert!(why.contains(because), "{why}"),
        other => panic!("not refused: {other:?}"),
    }
}

async fn tasks(world: &World, plan: &Plan) -> Vec<Task> {
    let job = world.engine.start(plan, JobOptions::default()).await.expect("a job");
    world.run(&job).await;
    world.tasks(&job).await
}

/// Wipes that the tenant was sent.
async fn sent(world: &World) -> u64 {
    world.effects().await.iter().filter(|((_, name), _)| name.contains("Wipe")).map(|(_, count)| count).sum()
}

#[tokio::test]
async fn only_a_known_second_person_approves_and_everything_is_in_the_audit() {
    let (world, root) = scene(1).await;
    let plan = world.propose(wipes(&world, 1)).await;
    let id = plan.id.to_string();
    let eve = key("eve");
    refused(world.engine.approve(&id, &eve, "").await, "none of a known approver").await;
    refused(world.engine.approve(&id, &key("grace"), "").await, "none of a known approver").await;
    assert!(world.engine.add_approver(eve.public(), &[Role::Plans], &[], &eve, "eve").await.is_err());
    assert!(world.engine.add_approver(eve.public(), &[Role::Plans], &[], &world.grace, "eve").await.is_err());

    let approved = world.engine.approve(&id, &world.grace, "lost\nhash 1").await.expect("approved");
    let approval = &approved.approvals[0];
    assert_eq!(
        (approval.kind, approval.by.as_str(), approval.note.as_str()),
        (ApprovalKind::Signed, "grace", "lost hash 1")
    );
    assert_eq!(tasks(&world, &approved).await[0].state, TaskState::Done);

    // Who is removed counts no more.
    let plan = world.propose(wipes(&world, 1)).await;
    let approved = world.engine.approve(&plan.id.to_string(), &world.grace, "").await.expect("approved");
    world.engine.remove_approver("grace", &root, "root").await.expect("removed");
    assert_eq!(tasks(&world, &approved).await[0].state, TaskState::Held);
    assert_eq!(sent(&world).await, 1);

    let audit = world.engine.audit().await.expect("records");
    let count = |event: &str| audit.iter().filter(|record| record.event == event).count();
    assert_eq!((count("approver.added"), count("approval.refused"), count("plan.approved")), (2, 2, 2));
    assert_eq!(count("approver.removed"), 1);
}

#[tokio::test]
async fn nobody_approves_the_own_request_or_the_own_work_under_any_name() {
    let (world, root) = scene(1).await;
    let propose = async |name: &str, others: &[&str]| {
        let requester =
            Requester { name: name.to_owned(), others: others.iter().map(|name| (*name).to_owned()).collect() };
        world.engine.propose(wipes(&world, 1), requester, TENANT).await.expect("a plan").id.to_string()
    };
    for (name, others) in [("grace", &[][..]), ("G.Hopper", &[]), ("ada", &["Grace"]), ("ada", &["root", "g.hopper"])] {
        let id = propose(name, others).await;
        refused(world.engine.approve(&id, &world.grace, "").await, "nobody approves the own").await;
    }
    // What is taken up again stays the work of who asked first.
    let id = propose("grace", &[]).await;
    let plan = world.engine.plan(&id).await.expect("the plan");
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    world.run(&job).await;
    let again = world.engine.retry(&job.to_string(), Only::Held, "ada").await.expect("a plan");
    refused(world.engine.approve(&again.id.to_string(), &world.grace, "").await, "had a hand in it").await;
    world.engine.approve(&again.id.to_string(), &root, "").await.expect("somebody else may");

    // Nor after the requester was written over.
    let id = propose("grace", &[]).await;
    let ada = propose("ada", &[]).await;
    let approved = world.engine.approve(&ada, &world.grace, "").await.expect("approved");
    let signed = approved.approvals[0].signed.clone().expect("signed");
    refused(world.engine.take_approval(&id, &signed, "grace").await, "another plan").await;
    let sql = "update plans set requested_by = 'eve' where id = $1";
    world.database.execute(sql, args![ada.as_str()]).await.expect("written over");
    assert!(world.engine.plan(&ada).await.expect("the plan").approvals[0].objection.is_some());
}

#[tokio::test]
async fn a_signature_travels_and_nothing_else_passes_for_one() {
    let (world, _) = scene(2).await;
    let plan = world.propose(wipes(&world, 1)).await;
    let id = plan.id.to_string();
    let signed = world.engine.sign_approval(&id, &world.grace, "seen").await.expect("signed");
    assert!(world.engine.plan(&id).await.expect("the plan").approvals.is_empty(), "nothing is kept where it is signed");
    for (from, to) in [("note seen", "note unseen"), ("held 1", "held 2"), ("muster/approval", "muster/break-glass")] {
        let changed = signed.replacen(from, to, 1);
        assert!(world.engine.take_approval(&id, &changed, "ada").await.is_err(), "{to}");
    }
    world.engine.take_approval(&id, &signed, "ada").await.expect("taken in");

    // A row that somebody wrote into the table, with the signature of another plan or none.
    let other = world.propose(wipes(&world, 2)).await;
    let sql = "insert into approvals (plan_id, at, expires_at, approver, note, hash, kind, signed) \
               select $1, at, expires_at, approver, note, $2, $3, signed from approvals where plan_id = $4";
    for kind in ["signed", "break-glass", "confirmed", "template", "unsigned"] {
        let values = args![other.id.to_string(), other.hash.as_str(), kind, id.as_str()];
        world.database.execute(sql, values).await.expect("written");
    }
    let read = world.engine.plan(&other.id.to_string()).await.expect("the plan");
    assert!(read.approvals.len() == 5 && read.approvals.iter().all(|approval| approval.objection.is_some()));
    assert!(tasks(&world, &other).await.iter().all(|task| task.state == TaskState::Held));
    assert_eq!(sent(&world).await, 0);
}

/// The job was started in good order, and then somebody wrote into the database.
#[tokio::test]
async fn the_runner_believes_nobody() {
    let (world, _) = scene(2).await;
    // Tasks that were set free by hand.
    let plan = world.propose(wipes(&world, 2)).await;
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    let free = "update tasks set state = 'pending', class = null where job_id = $1";
    world.database.execute(free, args![job.to_string()]).await.expect("written");
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.held), (JobState::Finished, 2));
    assert_eq!(world.tasks(&job).await[0].class.as_deref(), Some("approval"));

    // The plan's own count of them taken away as well.
    let plan = world.propose(wipes(&world, 1)).await;
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    world.database.execute(free, args![job.to_string()]).await.expect("written");
    let count = "update plans set held = 0 where id = $1";
    world.database.execute(count, args![plan.id.to_string()]).await.expect("written");
    assert_eq!(world.run(&job).await.counts.held, 1);

    // An approval that ran out between the start and the run.
    let plan = world.propose(wipes(&world, 1)).await;
    let approved = world.engine.approve(&plan.id.to_string(), &world.grace, "").await.expect("approved");
    let job = world.engine.start(&approved, JobOptions::default()).await.expect("a job");
    assert_eq!(world.tasks(&job).await[0].state, TaskState::Pending);
    world.advance(5 * HOUR).await;
    assert_eq!(world.run(&job).await.counts.held, 1);

    // A plan that was changed after its job was made.
    let plan = world.propose(wipes(&world, 1)).await;
    let approved = world.engine.approve(&plan.id.to_string(), &world.grace, "").await.expect("approved");
    let job = world.engine.start(&approved, JobOptions::default()).await.expect("a job");
    let sql = "update plan_items set action = replace(action, 'EnterpriseWipe', 'DeviceWipe') where plan_id = $1";
    world.database.execute(sql, args![plan.id.to_string()]).await.expect("written");
    let tenant = world.tenant().await;
    let run = world.engine.run(&job, &tenant, &crate::world::Heard::default(), &muster_engine::Stop::new()).await;
    assert!(matches!(run, Err(Error::Altered { .. })), "{run:?}");
    assert_eq!(sent(&world).await, 0);
}

#[tokio::test]
async fn a_broken_glass_is_for_one_device_with_a_reason_thrice_a_day_and_loud() {
    let (world, root) = scene(2).await;
    let one = async || world.propose(wipes(&world, 1)).await.id.to_string();
    let two = world.propose(wipes(&world, 2)).await.id.to_string();
    refused(world.engine.break_glass(&two, &root, "stolen").await, "for one device").await;
    refused(world.engine.break_glass(&one().await, &root, " \n").await, "needs a reason").await;
    refused(world.engine.break_glass(&one().await, &world.grace, "stolen").await, "has not the role").await;

    // The requester may do it alone: that is what it is for.
    let requester = Requester { name: "root".to_owned(), others: Vec::new() };
    let plan = world.engine.propose(wipes(&world, 1), requester, TENANT).await.expect("a plan");
    let broken = world.engine.break_glass(&plan.id.to_string(), &root, "stolen").await.expect("broken");
    assert_eq!(tasks(&world, &broken).await[0].state, TaskState::Done);
    let audit = world.engine.audit().await.expect("records");
    let loud = audit.iter().find(|record| record.event == "plan.break-glass").expect("a record");
    assert_eq!((loud.severity(), loud.details["note"].as_str()), (muster_engine::Severity::Alert, Some("stolen")));

    // It counts for an hour.
    let late = world.engine.break_glass(&one().await, &root, "stolen").await.expect("broken");
    world.advance(HOUR).await;
    assert_eq!(tasks(&world, &late).await[0].state, TaskState::Held);
    world.engine.break_glass(&one().await, &root, "stolen").await.expect("broken");
    refused(world.engine.break_glass(&one().await, &root, "stolen").await, "times within a day").await;
    world.advance(24 * HOUR).await;
    world.engine.break_glass(&one().await, &root, "stolen").await.expect("broken again");
    let since = world.engine.plan(&plan.id.to_string()).await.expect("the plan").created_at;
    assert_eq!(world.engine.broken_glasses(since).await.expect("read").len(), 4);
}

fn terms(world: &World, engine: &Engine, at_most: u64) -> Terms {
    let now = muster_store::Clock::now(&world.clock);
    Terms {
        id: engine.template_id(),
        name: "nightly".to_owned(),
        tenant: TENANT.to_owned(),
        requested_by: "schedule compliance".to_owned(),
        actions: vec!["EnterpriseWipe".to_owned()],
        groups: Vec::new(),
        selection: Some("compliance".to_owned()),
        at_most,
        window_seconds: 86_400,
        from: now,
        until: now + Duration::from_secs(30 * 86_400),
    }
}

/// What a schedule asks for.
async fn scheduled(world: &World, devices: std::ops::Range<usize>, by: &str) -> Plan {
    let items = devices.map(|place| send(world.target(place), Command::EnterpriseWipe)).collect();
    let selection = Selection::Decided { by: "compliance".to_owned() };
    world.engine.propose(Draft { selection, ..draft(items) }, by, TENANT).await.expect("a plan")
}

#[tokio::test]
async fn a_template_lets_automation_through_within_its_bounds_and_is_used_up() {
    let (world, root) = scene(8).await;
    let schedule = "schedule compliance";
    let plan = scheduled(&world, 0..2, schedule).await;
    assert_eq!(world.engine.let_through(&plan).await.expect("asked"), 0);
    refused_terms(&world, terms(&world, &world.engine, 3), &world.grace, "has not the role").await;
    world.engine.add_template(terms(&world, &world.engine, 3), &root, "root").await.expect("signed");

    assert_eq!(world.engine.let_through(&plan).await.expect("asked"), 2);
    assert!(tasks(&world, &plan).await.iter().all(|task| task.state == TaskState::Done));
    // One is left; the rest of the next plan waits for a person.
    let plan = scheduled(&world, 2..5, schedule).await;
    let states: Vec<TaskState> = tasks(&world, &plan).await.iter().map(|task| task.state).collect();
    assert_eq!(states, [TaskState::Done, TaskState::Held, TaskState::Held]);
    let plan = scheduled(&world, 5..6, schedule).await;
    assert_eq!(tasks(&world, &plan).await[0].state, TaskState::Held);
    assert_eq!(sent(&world).await, 3);
    // A day later there is room again, and a template that is taken back has none.
    world.advance(24 * HOUR).await;
    let plan = scheduled(&world, 5..6, schedule).await;
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    assert_eq!(world.tasks(&job).await[0].state, TaskState::Pending);
    world.engine.revoke_template("nightly", "grace").await.expect("taken back");
    assert_eq!(world.run(&job).await.counts.held, 1, "taken back before it was sent");
    assert_eq!(sent(&world).await, 3);
}

#[tokio::test]
async fn a_template_is_for_one_requester_one_action_one_scope_and_one_tenant() {
    let (world, root) = scene(3).await;
    let open = terms(&world, &world.engine, 100);
    let long = open.from + Duration::from_secs(100 * 86_400);
    let bad = [
        (Terms { selection: None, ..open.clone() }, "bounded by organization groups"),
        (Terms { actions: Vec::new(), ..open.clone() }, "names its actions"),
        (Terms { at_most: 0, ..open.clone() }, "bounded by a number"),
        (Terms { until: long, ..open.clone() }, "92 days"),
        (Terms { requested_by: "root".to_owned(), ..open.clone() }, "own request"),
    ];
    for (terms, because) in bad {
        refused_terms(&world, terms, &root, because).await;
    }
    let id = || world.engine.template_id();
    let narrow = [
        Terms { id: id(), name: "other tenant".into(), tenant: "elsewhere".into(), ..open.clone() },
        Terms { id: id(), name: "other action".into(), actions: vec!["DeviceWipe".into()], ..open.clone() },
        Terms { id: id(), name: "other scope".into(), selection: Some("deployment".into()), ..open.clone() },
        Terms { id: id(), name: "other group".into(), groups: vec!["Nowhere".into()], ..open.clone() },
        Terms { id: id(), name: "later".into(), from: open.from + HOUR, ..open.clone() },
    ];
    for terms in narrow {
        world.engine.add_template(terms, &root, "root").await.expect("signed");
    }
    let plan = scheduled(&world, 0..3, "schedule compliance").await;
    assert_eq!(world.engine.let_through(&plan).await.expect("asked"), 0);
    let group = world.target(0).organization_group().map(|group| group.name.clone()).unwrap_or_default();
    let fits = Terms { id: id(), name: "fits".into(), groups: vec![group], ..open.clone() };
    world.engine.add_template(fits, &root, "root").await.expect("signed");
    assert!(world.engine.let_through(&plan).await.expect("asked") > 0);
    for (by, others) in [("ada", vec![]), ("schedule compliance", vec!["root".to_owned()])] {
        let requester = Requester { name: by.to_owned(), others };
        let selection = Selection::Decided { by: "compliance".to_owned() };
        let plan =
            world.engine.propose(Draft { selection, ..wipes(&world, 1) }, requester, TENANT).await.expect("a plan");
        assert_eq!(world.engine.let_through(&plan).await.expect("asked"), 0, "{by}");
    }
    // Terms that were widened in the database are not what was signed.
    world
        .database
        .execute("update templates set terms = replace(terms, '\"at_most\":100', '\"at_most\":999')", args![])
        .await
        .expect("written");
    assert_eq!(world.engine.let_through(&plan).await.expect("asked"), 0);
    assert!(world.engine.templates().await.expect("read").iter().all(|template| template.objection.is_some()));
}

async fn refused_terms(world: &World, terms: Terms, key: &SigningKey, because: &str) {
    match world.engine.add_template(terms, key, "root").await {
        Err(Error::NoConsent { why }) => assert!(why.contains(because), "{why}"),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_word_is_enough_only_for_taking_back_a_key() {
    let (world, _) = scene(1).await;
    let plan = world.propose(wipes(&world, 1)).await;
    refused(world.engine.confirm(&plan.id.to_string(), "ada", "").await, "signature of another person").await;
    assert!(matches!(world.engine.confirm(&plan.id.to_string(), " ", "").await, Err(Error::Nameless)));
}

#[tokio::test]
async fn the_first_approver_is_the_one_that_was_noted_elsewhere() {
    let (world, root) = scene(1).await;
    let engine = world.reopen().await.rooted_in(root.public());
    assert!(engine.approvers().await.expect("read").iter().all(|one| one.is_active()));
    let engine = world.reopen().await.rooted_in(key("root").public());
    assert!(engine.approvers().await.expect("read").iter().all(|one| !one.is_active()));
}

#[tokio::test]
async fn on_a_server_it_is_the_same() {
    let Some(postgres) = Postgres::shared().expect("an installed PostgreSQL starts") else { return };
    let address = postgres.database().await.expect("a database");
    let world = World::over(Some(address), muster_client::Dialect::Guide, 4).await;
    let root = key("root");
    world.engine.add_approver(root.public(), &Role::ALL, &[], &root, "root").await.expect("the first");
    world.engine.add_template(terms(&world, &world.engine, 1), &root, "root").await.expect("signed");
    let plan = scheduled(&world, 0..2, "schedule compliance").await;
    let states: Vec<TaskState> = tasks(&world, &plan).await.iter().map(|task| task.state).collect();
    assert_eq!(states, [TaskState::Done, TaskState::Held]);
    let plan = world.propose(wipes(&world, 1)).await;
    let broken = world.engine.break_glass(&plan.id.to_string(), &root, "stolen").await.expect("broken");
    assert_eq!(world.engine.broken_glasses(plan.created_at).await.expect("read").len(), 1);
    world.engine.remove_approver("root", &root, "root").await.expect("removed");
    assert_eq!(tasks(&world, &broken).await[0].state, TaskState::Held);
    world.engine.checkpoint().await.expect("signed");
    world.engine.prove(3).await.expect("a proof");
    world.engine.verify_audit(&muster_engine::Trust::default()).await.expect("holds");
}
