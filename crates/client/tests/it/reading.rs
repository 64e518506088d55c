//! Both dialects mean the same.

use std::collections::BTreeSet;

use muster_client::{DeviceFilter, Dialect, Settings, connect};
use muster_model::apps::App;
use muster_model::words::{ComplianceStatus, Ownership, Platform};
use muster_model::{devices, guide};

use crate::peer::{answer, plain};
use crate::stage::{Stage, settings, tenant};

#[tokio::test]
async fn lists_of_devices_are_whole_and_the_same() {
    let stage = Stage::set().await;
    let [guide, published] = stage.clients();
    let all = DeviceFilter::default();
    let devices = guide.devices(&all).await.expect("a list");
    assert_eq!(devices.len(), 300);
    assert_eq!(devices, published.devices(&all).await.expect("a list"));
    let (page, total) = published.device_page(&all, 1).await.expect("a page");
    assert_eq!((page.len(), total), (1, 300));

    let apple = DeviceFilter { platform: Some(Platform::Apple), ownership: Some(Ownership::Corporate), ..all.clone() };
    let expected: Vec<_> = devices
        .iter()
        .filter(|device| device.platform == Platform::Apple && device.ownership == Ownership::Corporate)
        .cloned()
        .collect();
    assert!(!expected.is_empty() && expected.len() < 300);
    for client in stage.clients() {
        assert_eq!(client.devices(&apple).await.expect("a list"), expected);
        let iphones = DeviceFilter { model: Some("iPhone".to_owned()), ..DeviceFilter::default() };
        let iphones = client.devices(&iphones).await.expect("a list");
        assert!(!iphones.is_empty() && iphones.iter().all(|device| device.model.contains("iPhone")));
        let none = DeviceFilter { platform: Some(Platform::BlackBerry), ..DeviceFilter::default() };
        assert!(client.devices(&none).await.expect("an empty list").is_empty());

        let few = client.pages::<guide::DevicesSearch>((), devices::DeviceQuery::default()).limit(7).collect().await;
        assert_eq!(few.expect("the first ones").len(), 7);
    }

    for client in stage.clients() {
        let record = client.device_record(devices[5].id.0).await.expect("a record");
        assert_eq!((record.id, &record.serial_number), (devices[5].id, &devices[5].serial_number));
        let device = client.device(devices[5].id.0).await.expect("a device");
        assert!(device.tags.is_some() && device.serial_number == devices[5].serial_number);
    }
}

#[tokio::test]
async fn compliance_is_the_same() {
    let stage = Stage::set().await;
    let [guide, published] = stage.clients();
    let broken = guide.noncompliant_devices().await.expect("a list");
    assert_eq!(broken, published.noncompliant_devices().await.expect("a list"));
    assert!(!broken.is_empty() && broken.len() < 300);
    for device in broken.iter().take(10) {
        let (says, mut tells) = (
            guide.device_compliance(device.id.0).await.expect("a verdict"),
            published.device_compliance(device.id.0).await.expect("a verdict"),
        );
        // The guide has no word for a pending rule and leaves it out.
        tells.rules.retain(|rule| rule.compliant.is_some());
        assert_eq!(says, tells);
        assert_eq!(says.overall, ComplianceStatus::NonCompliant);
        assert!(says.rules.iter().any(|rule| rule.compliant == Some(false) && !rule.name.is_empty()));
    }
}

/// Apps without the members that only one dialect has.
fn common(mut apps: Vec<App>) -> Vec<App> {
    apps.iter_mut().for_each(|app| app.other.clear());
    apps
}

#[tokio::test]
async fn people_apps_and_groups_are_the_same() {
    let stage = Stage::set().await;
    let [guide, published] = stage.clients();
    let users = guide.users(None).await.expect("a list");
    assert_eq!(users, published.users(None).await.expect("a list"));
    let name = &users[3].user_name;
    let groups = guide.user_groups(None).await.expect("a list");
    assert_eq!(groups, published.user_groups(None).await.expect("a list"));
    // The published rows say more about an app than the guide's; what both say is the same.
    let apps = common(guide.apps(None).await.expect("a list"));
    assert_eq!(apps, common(published.apps(None).await.expect("a list")));
    let smart_groups = guide.smart_groups(None).await.expect("a list");
    assert_eq!(smart_groups, published.smart_groups(None).await.expect("a list"));
    assert!(smart_groups.iter().any(|group| group.name == "All Devices" && group.devices > 0));

    let chrome = apps.iter().find(|app| app.application_name == "Google Chrome").expect("in the seed");
    let hub = apps.iter().find(|app| app.bundle_id == "com.airwatch.windowsprotectionagent").expect("in the seed");
    for client in stage.clients() {
        let found = client.user_by_name(&name.to_uppercase()).await.expect("an answer").expect("a user");
        assert_eq!(&found, &users[3]);
        assert_eq!(client.user_by_name(&name[..name.len() - 1]).await.expect("an answer"), None, "part of a name");
        let part = common(client.apps(Some("chrome")).await.expect("a list"));
        assert_eq!(part, std::slice::from_ref(chrome));
        assert!(client.apps(Some("no such app")).await.expect("an empty list").is_empty());
        assert_eq!(client.app_assignments(chrome).await.expect("a list"), []);
        assert!(!client.app_assignments(hub).await.expect("a list").is_empty());
        assert!(client.app_devices(chrome).await.expect("a list").is_empty());
    }
    let rows = guide.app_devices(hub).await.expect("a list");
    assert_eq!(rows, published.app_devices(hub).await.expect("a list"));
    assert!(rows.len() > 50, "more than one page");

    let largest = groups.iter().max_by_key(|group| group.user_count).expect("a group");
    let members: BTreeSet<String> = guide.user_group_members(largest.id).await.expect("members").into_iter().collect();
    let same = published.user_group_members(largest.id).await.expect("members").into_iter().collect();
    assert_eq!(members, same);
    assert_eq!(members.len() as u64, largest.user_count);
}

#[tokio::test]
async fn a_burst_is_let_through_and_the_rest_is_paced() {
    let uem = tenant().await;
    let mut given = Settings { dialect: Some(muster_client::Dialect::Guide), ..settings(&uem) };
    given.rate = muster_client::Rate { per_second: 50.0, burst: 10 };
    let (client, _writer) = connect(given).await.expect("connects");
    let begun = std::time::Instant::now();
    let calls = (0..20).map(|_| client.system_info());
    futures_util::future::join_all(calls).await.into_iter().for_each(|info| drop(info.expect("answers")));
    let took = begun.elapsed();
    assert!(took >= std::time::Duration::from_millis(195), "ten of them wait 20 ms each: {took:?}");
    let statistics = client.statistics();
    assert!(statistics.calls == 20 && statistics.bytes > 1000 && !statistics.waited.is_zero(), "{statistics:?}");
    uem.stop().await;
}

#[tokio::test]
async fn a_list_is_a_stream_that_goes_on_where_it_was_interrupted() {
    use futures_util::StreamExt as _;
    use muster_model::guide::DevicesSearch;

    let stage = Stage::set().await;
    // Little is read ahead, so that the trouble comes before the end.
    let slow = Settings { dialect: Some(Dialect::Guide), page_size: 20, lanes: 1, ..settings(&stage.uem) };
    let (client, _) = connect(slow).await.expect("connects");
    let pages = || client.pages::<DevicesSearch>((), muster_model::devices::DeviceQuery::default());
    let mut seen = std::collections::BTreeSet::new();
    let mut rows = pages().stream();
    for _ in 0..60 {
        seen.insert(rows.next().await.expect("a row").expect("read").id.0);
    }
    // Every attempt of the next page fails.
    stage.uem.faults().fail_with(503, 400);
    let error = loop {
        match rows.next().await.expect("an end") {
            Ok(device) => assert!(seen.insert(device.id.0), "twice"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), muster_client::Kind::Unreachable, "{error}");
    let place = rows.place().expect("a place");
    assert_eq!(place.rows(), seen.len());
    assert!(seen.len() < 300, "{}", seen.len());
    stage.uem.faults().clear();
    let mut rows = pages().go_on(place);
    while let Some(device) = rows.next().await {
        assert!(seen.insert(device.expect("read").id.0), "twice");
    }
    assert_eq!(seen.len(), 300);
}

/// Pages under way take all lanes; a call between two rows needs one too.
#[tokio::test]
async fn whoever_reads_a_stream_may_call_the_tenant_between_two_rows() {
    use futures_util::StreamExt as _;
    use muster_model::guide::DevicesSearch;

    let stage = Stage::set().await;
    let narrow = Settings { dialect: Some(Dialect::Guide), page_size: 20, lanes: 2, ..settings(&stage.uem) };
    let (client, _) = connect(narrow).await.expect("connects");
    let mut rows = client.pages::<DevicesSearch>((), muster_model::devices::DeviceQuery::default()).stream();
    let reading = async {
        let mut seen = 0;
        while let Some(device) = rows.next().await {
            let device = device.expect("read");
            assert_eq!(client.device(device.id.0).await.expect("answers").id, device.id);
            seen += 1;
        }
        seen
    };
    let seen = tokio::time::timeout(std::time::Duration::from_secs(60), reading).await;
    assert_eq!(seen.expect("no call waits for the stream"), 300);
}

#[tokio::test]
async fn a_list_is_whole_or_an_error_whatever_happens_to_its_pages() {
    use muster_client::Kind;

    let stage = Stage::set().await;
    let faults = stage.uem.faults();
    let mut whole = 0;
    for order in [
        "shift-pages:rows=1",
        "shift-pages:rows=7,every=3",
        "shift-pages:rows=60,every=2",
        "shift-pages:rows=-5",
        "shrink-totals:rows=1",
        "shrink-totals:rows=40",
        "cap-pages:size=20",
        "cap-pages:size=33",
        "cut-body:every=3",
        "lose-answer:every=4",
        "fail:status=502,html,share=0.2",
        "throttle:every=5",
        "page:every=4",
    ] {
        for client in stage.clients() {
            let fault: muster_uem::FaultOrder = order.parse().unwrap_or_else(|error| panic!("{order}: {error}"));
            faults.add(fault);
            match client.devices(&DeviceFilter::default()).await {
                Ok(devices) => {
                    let uuids: BTreeSet<_> = devices.iter().filter_map(|device| device.uuid).collect();
                    assert_eq!((devices.len(), uuids.len()), (300, 300), "{order}: a short list, or a row twice");
                    whole += 1;
                }
                Err(error) => assert!(
                    matches!(error.kind(), Kind::Incomplete | Kind::Unreachable | Kind::Protocol),
                    "{order}: {error}"
                ),
            }
            faults.clear();
        }
    }
    assert!(whole >= 14, "{whole} of 26 lists: trouble that passes should be survived");
}

#[tokio::test]
async fn rows_are_told_apart_by_their_uuids() {
    let row = |number: u32| format!(r#"{{"Id":{{"Value":7}},"Uuid":"00000000-0000-4000-8000-00000000000{number}"}}"#);
    let page = |total: u32| {
        // The first one comes twice.
        let rows = [1, 2, 3, 1].map(row).join(",");
        answer("200 OK", "application/json", &format!(r#"{{"Devices":[{rows}],"Page":0,"Total":{total}}}"#))
    };
    for dialect in Dialect::ALL {
        let list = async |total| {
            let url = format!("http://{}", plain(page(total)).await);
            let given = Settings { dialect: Some(dialect), ..crate::peer::settings(&url) };
            connect(given).await.expect("no contact needed").0.devices(&DeviceFilter::default()).await
        };
        let rows = list(3).await.expect("whole");
        assert_eq!(rows.iter().map(|row| row.uuid).collect::<BTreeSet<_>>().len(), 3);
        let error = list(4).await.expect_err("one is missing");
        assert!(matches!(error, muster_client::Error::Incomplete { expected: 4, got: 3, .. }), "{error}");
    }
}
