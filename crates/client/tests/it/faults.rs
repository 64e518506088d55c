//! The retry law over a real connection: what is repeated, what is not, and what the tenant did meanwhile.

use std::time::{Duration, Instant};

use muster_client::{Client, DeviceFilter, Dialect, Error, Kind, Settings, Writer, connect};
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::words::EnrollmentStatus;
use muster_uem::On;
use muster_uem::Running;
use serde_json::Map;

use crate::stage::{Stage, settings};

async fn enrolled(client: &Client) -> DeviceId {
    let devices = client.devices(&DeviceFilter::default()).await.expect("a list");
    let enrolled = devices.iter().find(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
    enrolled.expect("an enrolled device").id.0
}

/// How often the tenant accepted a lock for the device.
async fn locks(uem: &Running, device: DeviceId) -> u64 {
    let effects = uem.effects().await.expect("effects");
    effects
        .iter()
        .filter(|effect| (effect.device_id, effect.command.as_str()) == (device.0, "DeviceLock"))
        .map(|effect| effect.count)
        .sum()
}

async fn lock(writer: &Writer, device: DeviceId) -> Result<muster_client::Receipt, Error> {
    writer.command(device, Command::Lock, &Map::new()).await
}

#[tokio::test]
async fn a_read_survives_what_passes() {
    let stage = Stage::set().await;
    let faults = stage.uem.faults();
    for client in stage.clients() {
        for status in [500, 502, 503, 504] {
            faults.fail_with(status, 3);
            client.system_info().await.unwrap_or_else(|error| panic!("{status}: {error}"));
        }
        faults.lose_answers(3);
        client.system_info().await.expect("the fourth attempt");
        faults.throttle(3, None);
        client.system_info().await.expect("after three waits");
        assert_eq!(client.statistics().throttled, 3);

        faults.fail_with(503, 4);
        let error = client.system_info().await.expect_err("four attempts are enough");
        assert_eq!((error.kind(), error.status()), (Kind::Unreachable, Some(503)), "{error}");
        faults.lose_answers(4);
        assert_eq!(client.system_info().await.expect_err("lost").kind(), Kind::Unreachable);
        faults.answer_with_page(1);
        assert_eq!(client.system_info().await.expect_err("a page").kind(), Kind::Protocol);
        client.system_info().await.expect("all faults are met");
    }
}

#[tokio::test]
async fn a_write_is_sent_once_unless_it_was_not_carried_out() {
    let stage = Stage::set().await;
    let faults = stage.uem.faults().on(On::Writes);
    let device = enrolled(stage.clients()[0]).await;
    let mut count = 0;
    for (_, writer) in &stage.dialects {
        faults.lose_answers(1);
        let error = lock(writer, device).await.expect_err("lost");
        count += 1;
        assert_eq!((error.kind(), locks(&stage.uem, device).await), (Kind::UnknownOutcome, count), "{error}");
        for status in [500, 502, 503, 504] {
            faults.fail_after(status, 1);
            let error = lock(writer, device).await.expect_err("nobody knows");
            count += 1;
            assert_eq!((error.kind(), locks(&stage.uem, device).await), (Kind::UnknownOutcome, count), "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("read back")));
        }
        faults.answer_with_page(1);
        let error = lock(writer, device).await.expect_err("a page is no receipt");
        assert_eq!((error.kind(), locks(&stage.uem, device).await), (Kind::Protocol, count), "{error}");
        faults.throttle(2, None);
        lock(writer, device).await.expect("a throttled write was not carried out and is sent again");
        count += 1;
        assert_eq!(locks(&stage.uem, device).await, count);
    }
}

#[tokio::test]
async fn everybody_waits_as_long_as_the_server_asks() {
    let stage = Stage::set().await;
    let client = stage.clients()[0];
    stage.uem.faults().throttle(1, Some(Duration::from_secs(1)));
    let begun = Instant::now();
    let calls = (0..8).map(|_| client.system_info());
    futures_util::future::join_all(calls).await.into_iter().for_each(|info| drop(info.expect("answers")));
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(client.statistics().throttled, 1);

    // A daily quota: the person decides, not the client.
    stage.uem.faults().throttle(1, Some(Duration::from_secs(40_000)));
    let begun = Instant::now();
    let error = client.system_info().await.expect_err("too long");
    assert!(matches!(error, Error::Throttled { wait: Some(wait), .. } if wait.as_secs() == 40_000), "{error:?}");
    assert!(error.kind() == Kind::Throttled && begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_asked_for_in_smaller_pieces() {
    let stage = Stage::set().await;
    for dialect in Dialect::ALL {
        let impatient = Settings {
            dialect: Some(dialect),
            timeout: Duration::from_millis(400),
            page_size: 100,
            ..settings(&stage.uem)
        };
        let (client, writer) = connect(impatient).await.expect("connects");
        let device = enrolled(&client).await;
        let usual = client.statistics().calls;
        stage.uem.faults().on(On::Reads).delay(Duration::from_millis(800), 1);
        assert_eq!(client.devices(&DeviceFilter::default()).await.expect("a list").len(), 300);
        assert!(client.statistics().calls > 2 * usual, "{:?}", client.statistics());

        stage.uem.faults().on(On::Writes).delay(Duration::from_millis(800), 1);
        let error = lock(&writer, device).await.expect_err("no answer in time");
        assert!(matches!(error, Error::Lost { timed_out: true, .. }), "{error:?}");
        assert_eq!(error.kind(), Kind::UnknownOutcome);
    }
}

#[tokio::test]
async fn a_write_of_several_steps_says_how_far_it_came() {
    let stage = Stage::set().await;
    let (client, writer) = &stage.dialects[1];
    let device = client.device(enrolled(client).await).await.expect("a device");
    let wanted = ["VIP".to_owned(), "Kiosk".to_owned()];
    let faults = stage.uem.faults();

    // Reading what is needed first fails: nothing was changed.
    faults.on(On::Reads).fail_with(503, 4);
    let error = writer.set_tags(&device, &wanted).await.expect_err("no tags");
    assert_eq!(error.kind(), Kind::NotSent, "{error:?}");
    let tags = client.device(device.id.0).await.expect("a device").tags;
    assert_eq!(tags, device.tags);

    // The second step meets a definite refusal: the device is between two states.
    faults.on(On::Writes).throttle(1, None);
    faults.on(On::Writes).fail_with(403, 1);
    let refused = writer.set_tags(&device, &wanted).await.expect_err("refused");
    assert_eq!(refused.kind(), Kind::Permission, "the first step was refused: {refused:?}");
    writer.set_tags(&device, &wanted).await.expect("tags");
    let device = client.device(device.id.0).await.expect("a device");
    faults.on(On::Writes).delay(Duration::from_millis(1), 1);
    faults.on(On::Writes).fail_with(403, 1);
    let error = writer.set_tags(&device, &["Pilot".to_owned()]).await.expect_err("stopped");
    assert!(matches!(error, Error::Halfway { done: 1, steps: 3, .. }), "{error:?}");
    assert_eq!(error.kind(), Kind::UnknownOutcome);
}
