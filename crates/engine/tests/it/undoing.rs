//! Taking back: exactly what was there comes back, and what others did meanwhile is not overwritten without a word.

use muster_client::Dialect;
use muster_engine::{Action, DeviceChange, DraftItem, JobId, Plan, Target, Verdict};
use muster_model::apps::{AssignedGroup, DeploymentParameters};
use muster_model::users::UserEdit;
use serde_json::json;

use crate::world::{World, at_once, draft};

/// Does one change, approved where the guard wants that.
async fn change(world: &World, target: Target, action: Action) -> JobId {
    let plan = world.propose(draft(vec![DraftItem::new(target, action, "a story")])).await;
    carry_out(world, plan).await
}

async fn carry_out(world: &World, plan: Plan) -> JobId {
    let plan = match plan.count(Verdict::Hold) {
        0 => plan,
        _ => world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved"),
    };
    let job = world.engine.start(&plan, at_once()).await.expect("a job");
    let summary = world.run(&job).await;
    assert_eq!(summary.counts.failed + summary.counts.unknown, 0, "{:?}", world.tasks(&job).await);
    job
}

fn named(name: &str) -> Action {
    Action::EditDevice { changes: DeviceChange { friendly_name: Some(name.to_owned()), ..DeviceChange::default() } }
}

#[tokio::test]
async fn an_assignment_that_was_taken_away_comes_back_as_it_was() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 20).await;
        let client = world.client().await;
        let apps = client.apps(None).await.expect("apps");
        let internal = apps.into_iter().find(|app| app.app_type.is_empty() || app.app_type == "Internal");
        let app = internal.expect("an internal app");
        let target = Target::App { id: app.id.0, uuid: app.uuid, name: app.application_name.clone() };
        let taken = client.app_assignments(&app).await.expect("assignments");
        let groups = client.smart_groups(None).await.expect("smart groups");
        let free: Vec<_> = groups.iter().filter(|group| !taken.contains(&group.id)).take(2).collect();
        let group = |place: usize| (free[place].id, free[place].name.clone());
        // Each its own way, and other than by default.
        for (place, mode) in [(0, "On-Demand"), (1, "Auto")] {
            let other = json!({"VisibleInAppCatalog": false, "RemoveOnUnEnroll": place == 0, "PreventRemoval": true});
            let parameters = DeploymentParameters {
                push_mode: mode.to_owned(),
                other: other.as_object().expect("an object").clone(),
                ..DeploymentParameters::default()
            };
            change(&world, target.clone(), Action::AssignApp { groups: vec![group(place)], parameters }).await;
        }
        let shown = async || {
            let mut all: Vec<AssignedGroup> = client.fresh().assigned_groups(&app).await.expect("assignments");
            all.sort_by_key(|one| one.smart_group_id);
            serde_json::to_value(all).expect("JSON")
        };
        let before = shown().await;
        let job = change(&world, target.clone(), Action::UnassignApp { groups: vec![group(0), group(1)] }).await;
        assert_ne!(shown().await, before);
        let plan = world.undo(&job).await;
        assert_eq!((plan.count(Verdict::Allow), plan.items.len()), (2, 2), "{plan:?}");
        if dialect == Dialect::Guide {
            assert!(plan.items[0].reason.contains("push mode only"), "{}", plan.items[0].reason);
        }
        carry_out(&world, plan).await;
        let (mut before, mut after) = (before, shown().await);
        // Rank and date are those of the day on which it was assigned; the plan says so of the rank.
        for one in [&mut before, &mut after].into_iter().flat_map(|all| all.as_array_mut().expect("a list")) {
            let one = one.as_object_mut().expect("an object");
            one.remove("Rank");
            one.remove("EffectiveDate");
        }
        assert_eq!(after, before, "{dialect}");
        world.uem.stop().await;
    }
}

#[tokio::test]
async fn what_was_changed_since_is_not_overwritten_without_a_word() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 5).await;
        let client = world.client().await;
        let was = world.devices[0].device_friendly_name.to_string();
        let first = change(&world, world.target(0), named("first")).await;
        let second = change(&world, world.target(0), named("second")).await;
        let plan = world.undo(&first).await;
        let item = &plan.items[0];
        assert_eq!(item.decision.verdict, Verdict::Hold);
        let why = "changed since: name is second, and the job left first";
        assert_eq!(item.doubt(), Some(why), "{}", item.decision.explain());
        let changes = muster_engine::plan::change::changes(item);
        assert_eq!(changes[0].to_string(), format!("name: second → {was}"));
        // As the last job left it, it is put back at once; then the first one has nothing in its way.
        carry_out(&world, world.undo(&second).await).await;
        let plan = world.undo(&first).await;
        assert_eq!(plan.count(Verdict::Allow), 1, "{:?}", plan.items[0].decision);
        carry_out(&world, plan).await;
        assert_eq!(client.device(world.devices[0].id.0).await.expect("a device").device_friendly_name.to_string(), was);
        // What is so again already is left alone.
        let plan = world.undo(&first).await;
        assert!(plan.items[0].nothing_to_do().is_some_and(|why| why.contains("so again")), "{:?}", plan.items[0]);
        world.uem.stop().await;
    }
}

#[tokio::test]
async fn groups_attributes_and_users_are_compared_as_well() {
    let world = World::speaking(Dialect::Published, 5).await;
    let set =
        |value: &str| Action::SetAttributes { set: vec![("Site".to_owned(), value.to_owned())], remove: Vec::new() };
    let first = change(&world, world.target(0), set("Bonn")).await;
    change(&world, world.target(0), set("Kyoto")).await;
    let plan = world.undo(&first).await;
    let doubt = plan.items[0].doubt().unwrap_or_default();
    assert!(doubt.contains("Site is Kyoto, and the job left Bonn"), "{:?}", plan.items[0].decision);

    let name = world.devices.iter().map(|device| device.user_name.to_string()).find(|name| !name.is_empty());
    let user = Target::User { name: name.expect("a user"), id: None };
    let moved = |department: &str| Action::UpdateUser {
        changes: UserEdit { department: Some(department.to_owned()), ..UserEdit::default() },
    };
    let first = change(&world, user.clone(), moved("Sales")).await;
    let second = change(&world, user, moved("Support")).await;
    let doubt = world.undo(&first).await.items[0].doubt().map(str::to_owned).unwrap_or_default();
    assert!(doubt.contains("Department is Support, and the job left Sales"), "{doubt}");
    assert_eq!(world.undo(&second).await.count(Verdict::Allow), 1);

    // Nobody asked the tenant: nobody knows.
    let blind = world.engine.undo(&first.to_string(), "ada").await.expect("a plan");
    assert_eq!(blind.items[0].doubt(), Some("whether it was changed since is not known"));
}
