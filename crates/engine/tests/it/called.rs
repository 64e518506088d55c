//! A call of the catalogue that names devices comes under every guard of devices, as a verb does.

use muster_client::{Arguments, Client, Dialect, catalog};
use muster_engine::{
    Action, Draft, DraftItem, Error, GuardPolicy, OperationCall, Plan, Rings, Risk, Target, TaskState, Verdict,
};
use muster_model::commands::Command;
use muster_model::words::Platform;
use serde_json::{Value, json};

use crate::guarding::with_policy;
use crate::world::{TENANT, World, at_once, counts};

/// A call as `muster api` plans it, before its devices were read.
fn drafted(key: &str, arguments: Arguments) -> Draft {
    let operation = catalog::published(key).or_else(|| catalog::guide(key)).unwrap_or_else(|| panic!("no {key}"));
    Draft::of_call(operation, &arguments).unwrap_or_else(|why| panic!("{key}: {why}")).0
}

async fn known(world: &World, client: &Client, key: &str, arguments: Arguments) -> Draft {
    world.engine.devices_of(client, drafted(key, arguments)).await
}

fn policy(text: Value) -> GuardPolicy {
    serde_json::from_value(text).expect("a policy")
}

/// Disruptive and irreversible calls that name this device, in every way.
fn calls(world: &World, place: usize, dialect: Dialect) -> Vec<(&'static str, Arguments)> {
    let device = &world.devices[place];
    let (id, uuid) = (device.id.0.0, device.uuid.expect("a UUID").to_string());
    let serial = device.serial_number.to_string();
    let given = Arguments::default;
    let list = |value: &str| json!({"BulkValues": {"Value": [value]}});
    let clears = json!({"Command": "ClearPasscode"});
    let mut calls = vec![
        ("guide/devices.command", given().with("id", id).with_body(clears)),
        ("guide/devicecommands.send", given().with_body(json!({"DeviceId": id, "Command": "EnterpriseWipe"}))),
        ("guide/deviceprofiles.remove", given().with("id", 1).with_body(json!({"DeviceIds": [id]}))),
    ];
    if dialect == Dialect::Published {
        calls = vec![
            ("mdmv1/CommandsV1_ExecuteAsync", given().with("deviceid", id).with("command", "ClearPasscode")),
            (
                "mdmv1/CommandsV1_ExecuteByAlternateIdAsync",
                given().with("searchby", "Serialnumber").with("id", serial.as_str()).with("command", "EnterpriseWipe"),
            ),
            (
                "mdmv2/CommandsV2_ExecuteAsync",
                given().with("deviceUuid", uuid.as_str()).with("commandName", "SoftReset"),
            ),
            (
                "mdmv1/LostModeV1_UpdateLostModeAsync",
                given().with("deviceUuid", uuid.as_str()).with("enableLostMode", true),
            ),
            ("mdmv1/CommandsV1_ExecuteChangeDevicePasscodeAsync", given().with("id", id)),
            ("mdmv1/Devices_DeleteAsync", given().with("id", id)),
            ("mdmv1/Devices_BulkDeleteDevicesAsync", given().with_body(list(&id.to_string()))),
            (
                "mdmv1/CommandsV1_BulkExecuteAsync",
                given().with("command", "ClearPasscode").with("searchby", "Serialnumber").with_body(list(&serial)),
            ),
        ];
    }
    calls
}

#[tokio::test]
async fn a_call_that_names_a_protected_device_is_refused_after_one_read() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 40).await;
        let client = world.client().await;
        // They have all of the commands.
        let phones: Vec<usize> = (0..40).filter(|&place| world.devices[place].platform == Platform::Apple).collect();
        let id = world.devices[phones[0]].id.0.0;
        let engine = with_policy(&world, policy(json!({"protected": [{"name": "board", "ids": [id]}]}))).await;
        for (key, arguments) in calls(&world, phones[0], dialect) {
            let before = client.statistics().calls;
            let draft = known(&world, &client, key, arguments).await;
            assert_eq!(client.statistics().calls - before, 1, "{key}: one read a device");
            assert!(draft.items[0].action.risk() >= Risk::Disruptive, "{key}");
            let refused = engine.propose(draft, "ada", TENANT).await.expect_err(key);
            assert!(matches!(refused, Error::Refused { .. }), "{key}: {refused}");
            assert!(refused.to_string().contains("protected"), "{key}: {refused}");
        }
        for (key, arguments) in calls(&world, phones[1], dialect) {
            let draft = known(&world, &client, key, arguments).await;
            engine.propose(draft, "ada", TENANT).await.unwrap_or_else(|error| panic!("{key}: {error}"));
        }
    }
}

#[tokio::test]
async fn a_freeze_of_a_group_and_the_caps_see_the_devices_of_calls() {
    let world = World::speaking(Dialect::Published, 3).await;
    let client = world.client().await;
    let group = Target::Device((&world.devices[0]).into()).organization_group().expect("a group").id;
    let frozen = policy(json!({"freezes": [{
        "name": "year end", "from": "2000-01-01T00:00", "until": "2100-01-01T00:00", "groups": [group.to_string()],
        "risk": "reversible",
    }]}));
    let engine = with_policy(&world, frozen).await;
    let sync = |place: usize| {
        let id = world.devices[place].id.0.0;
        Arguments::default().with("deviceid", id).with("command", "SyncDevice")
    };
    let draft = known(&world, &client, "mdmv1/CommandsV1_ExecuteAsync", sync(0)).await;
    let plan = engine.propose(draft, "ada", TENANT).await.expect("a plan");
    assert!(plan.items[0].decision.explain().contains("year end"), "{}", plan.items[0].decision.explain());

    // A list that was sent counts device by device, and so does one that is to be sent.
    let engine =
        with_policy(&world, policy(json!({"caps": [{"risk": "disruptive", "window": "24h", "targets": 2}]}))).await;
    let ids: Vec<String> = world.devices[..2].iter().map(|device| device.id.0.to_string()).collect();
    let list = |ids: &[String]| {
        let body = json!({"BulkValues": {"Value": ids}});
        Arguments::default().with("command", "SoftReset").with("searchby", "DeviceId").with_body(body)
    };
    let three: Vec<String> = world.devices[..3].iter().map(|device| device.id.0.to_string()).collect();
    let draft = known(&world, &client, "mdmv1/CommandsV1_BulkExecuteAsync", list(&three)).await;
    let plan = engine.propose(draft, "ada", TENANT).await.expect("a plan");
    assert_eq!(plan.items[0].decision.verdict, Verdict::Hold, "three are more than two");
    let draft = known(&world, &client, "mdmv1/CommandsV1_BulkExecuteAsync", list(&ids)).await;
    assert_eq!(draft.items[0].target.devices().len(), 2);
    let plan = engine.propose(draft, "ada", TENANT).await.expect("a plan");
    assert_eq!(plan.items[0].decision.verdict, Verdict::Allow, "{}", plan.items[0].decision.explain());
    let job = engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&job).await.counts, counts(1, 0, 0, 0));
    let of_verb = |place: usize| {
        let action = Action::SendCommand { command: Command::SoftReset, parameters: serde_json::Map::default() };
        let item = DraftItem::new(Target::Device((&world.devices[place]).into()), action, "a story");
        crate::world::draft(vec![item])
    };
    let again = engine.propose(of_verb(0), "ada", TENANT).await.expect("a plan");
    assert_eq!(again.items[0].decision.verdict, Verdict::Allow, "the device was counted already");
    let more = engine.propose(of_verb(2), "ada", TENANT).await.expect("a plan");
    assert_eq!(more.items[0].decision.verdict, Verdict::Hold, "a third one");
}

#[tokio::test]
async fn what_is_about_no_device_costs_no_call_and_an_unknown_device_is_held_where_it_would_be_felt() {
    let world = World::speaking(Dialect::Published, 2).await;
    let client = world.client().await;
    let before = client.statistics().calls;
    let tag = json!({"TagName": "x", "TagType": 1, "LocationGroupId": world.uem.ready.organization_group.id});
    let draft = known(&world, &client, "tags.add", Arguments::default().with_body(tag)).await;
    assert_eq!((client.statistics().calls - before, draft.items[0].target.devices().len()), (0, 0));

    let send = |command: &str| Arguments::default().with("deviceid", 999_999).with("command", command);
    let verdict = async |draft: Draft| {
        let plan = world.propose(draft).await;
        (plan.items[0].decision.verdict, plan.items[0].decision.explain())
    };
    let key = "mdmv1/CommandsV1_ExecuteAsync";
    let (held, why) = verdict(known(&world, &client, key, send("ClearPasscode")).await).await;
    assert!(held == Verdict::Hold && why.contains("the tenant has no device 999999"), "{why}");
    assert_eq!(verdict(known(&world, &client, key, send("SyncDevice")).await).await.0, Verdict::Allow);
    // A plan of an earlier version, or one whose maker did not look.
    let (held, why) = verdict(drafted(key, send("ClearPasscode"))).await;
    assert!(held == Verdict::Hold && why.contains("was not read"), "{why}");

    let twice =
        json!({"BulkValues": {"Value": [world.devices[0].id.0.to_string(), world.devices[0].id.0.to_string()]}});
    let twice = Arguments::default().with("command", "SyncDevice").with("searchby", "DeviceId").with_body(twice);
    let draft = known(&world, &client, "mdmv1/CommandsV1_BulkExecuteAsync", twice).await;
    let refused = world.engine.propose(draft, "ada", TENANT).await.expect_err("twice");
    assert!(refused.to_string().contains("twice"), "{refused}");
}

#[tokio::test]
async fn a_plan_keeps_the_devices_and_no_call_goes_to_another_one() {
    let world = World::speaking(Dialect::Published, 2).await;
    let client = world.client().await;
    let key = "mdmv1/CommandsV1_ExecuteAsync";
    let send = Arguments::default().with("deviceid", world.devices[0].id.0.0).with("command", "SyncDevice");
    let mut draft = known(&world, &client, key, send.clone()).await;
    let plan = world.propose(draft.clone()).await;
    let kept = Plan::from_document(&serde_json::to_vec(&plan.to_document(&Rings::default())).expect("writes"));
    assert_eq!(kept.expect("reads").items, plan.items);
    assert!(plan.items[0].precondition_hash().is_some(), "it is checked again before it is applied");

    draft.items[0].target = Target::Device((&world.devices[1]).into());
    let refused = world.engine.propose(draft, "ada", TENANT).await.expect_err("another device");
    assert!(refused.to_string().contains("is not about"), "{refused}");

    // What an earlier version wrote is the same text still, and so has the same hash.
    let operation = catalog::published(key).expect("published");
    let (call, _) = OperationCall::new(operation, &send, key).expect("a call");
    let target = serde_json::to_value(Target::resource(call.address())).expect("JSON");
    assert_eq!(target, json!({"kind": "resource", "address": call.address()}));
}

#[tokio::test]
async fn records_of_devices_are_deleted_only_after_proof_by_any_way() {
    let world = World::speaking(Dialect::Published, 2).await;
    let client = world.client().await;
    let (first, second) = (world.devices[0].id.0, world.devices[1].id.0);
    let one = known(&world, &client, "mdmv1/Devices_DeleteAsync", Arguments::default().with("id", first.0)).await;
    assert_eq!(one.items[0].action, Action::DeleteDevice, "it is the verb");
    let list = json!({"BulkValues": {"Value": [second.to_string()]}});
    let list = Arguments::default().with_body(list);
    let many = known(&world, &client, "mdmv1/Devices_BulkDeleteDevicesAsync", list.clone()).await;
    let unread = drafted("mdmv1/Devices_BulkDeleteDevicesAsync", list);
    for (draft, says) in [(one, "only when the device was wiped"), (many, "only when"), (unread, "not known")] {
        let plan = world.propose(draft).await;
        assert_eq!(plan.items[0].decision.verdict, Verdict::Hold);
        let plan = world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved");
        let job = world.engine.start(&plan, at_once()).await.expect("a job");
        assert_eq!(world.run(&job).await.counts, counts(0, 1, 0, 0));
        let task = &world.tasks(&job).await[0];
        assert_eq!(task.state, TaskState::Failed);
        assert!(task.reason.contains("nothing was sent") && task.reason.contains(says), "{}", task.reason);
    }
    for id in [first, second] {
        client.fresh().device_record(id).await.expect("the record is there");
    }
}

#[tokio::test]
async fn a_custom_command_is_held_like_what_it_asks_for() {
    let world = World::speaking(Dialect::Guide, 40).await;
    let client = world.client().await;
    let xml = |name: &str| json!(format!("<dict><key>RequestType</key><string>{name}</string></dict>"));
    let phone = world.devices.iter().find(|device| device.platform == Platform::Apple).expect("an iPhone");
    let id = phone.id.0.0;
    for (asks, verdict, risk) in [
        ("DeviceInformation", Verdict::Allow, Risk::Reversible),
        ("RestartDevice", Verdict::Allow, Risk::Disruptive),
        ("EraseDevice", Verdict::Hold, Risk::Irreversible),
        ("Erase&#68;evice", Verdict::Hold, Risk::Irreversible),
    ] {
        let parameters = [("commandXML".to_owned(), xml(asks))].into_iter().collect();
        let action = Action::SendCommand { command: Command::CustomMdmCommand, parameters };
        let item = DraftItem::new(Target::Device(phone.into()), action, "a story");
        let body = json!({"DeviceId": id, "Command": "CustomMdmCommand", "Parameters": {"CommandXml": xml(asks)}});
        let call = Arguments::default().with_body(body);
        let called = known(&world, &client, "guide/devicecommands.send", call).await;
        for draft in [crate::world::draft(vec![item]), called] {
            let plan = world.propose(draft).await;
            let item = &plan.items[0];
            assert_eq!(item.action.risk(), risk, "{asks}");
            assert_eq!(item.decision.verdict, verdict, "{asks}: {}", item.decision.explain());
        }
    }
}
