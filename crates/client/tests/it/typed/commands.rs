//! Commands and messages, to one device and to many.

use muster_model::Nothing;
use muster_model::bulk::{BulkValues, Values};
use muster_model::commands::*;
use muster_model::devices::{ByQuery, FindQuery};
use muster_model::messages::*;
use muster_model::words::Platform;
use serde_json::json;

use super::{Tenant, body};

pub(super) async fn story(tenant: &Tenant) {
    let phones = tenant.devices(Platform::Apple).await;
    let macs = tenant.devices(Platform::AppleOsX).await;
    let device = &phones[0];
    let one = FindQuery { searchby: "Serialnumber".to_owned(), id: device.serial.clone(), ..Default::default() };
    let by = || ByQuery { searchby: "Serialnumber".to_owned(), ..Default::default() };

    let query = SendFoundQuery {
        searchby: Some("Serialnumber".to_owned()),
        id: Some(device.serial.clone()),
        command: Some("SyncDevice".to_owned()),
        ..Default::default()
    };
    tenant.change::<SendFound>((), query, CommandBody::default()).await;
    let query = SendManyQuery {
        command: Some("LockDevice".to_owned()),
        searchby: Some("Serialnumber".to_owned()),
        ..Default::default()
    };
    let some = BulkValues::of(phones.iter().take(3).map(|phone| &phone.serial));
    assert_eq!(tenant.change::<SendMany>((), query, some.clone()).await.accepted_items, 3);
    tenant.send::<SendV2>((device.uuid, "SyncDevice".to_owned()), CommandSettings::default()).await;
    let many = CommandForMany { device_uuids: Some(vec![device.uuid, phones[1].uuid]), ..Default::default() };
    tenant.send::<SendManyV2>("Lock".to_owned(), many).await;
    let command = "<dict><key>RequestType</key><string>DeviceInformation</string></dict>";
    let settings = CommandSettingsV3 {
        custom_mdm_command: Some(CommandBody { command_xml: Some(command.to_owned()), ..Default::default() }),
        ..Default::default()
    };
    tenant.send::<SendV3>((macs[0].uuid, "CustomMdmCommand".to_owned()), settings).await;
    let targets = body(json!({"assigned_devices": [{"device_uuid": device.uuid}]}));
    tenant.send::<Act>("SYNC_DEVICE".to_owned(), targets).await;

    let mac = &macs[0];
    let query = ScheduleOsUpdateQuery {
        searchby: Some("Serialnumber".to_owned()),
        id: Some(mac.serial.clone()),
        installaction: Some("Default".to_owned()),
        ..Default::default()
    };
    tenant.change::<ScheduleOsUpdate>((), query, Vec::new()).await;
    let query = ScheduleOsUpdateOfManyQuery {
        searchby: Some("Serialnumber".to_owned()),
        installaction: Some("Default".to_owned()),
        ..Default::default()
    };
    tenant.change::<ScheduleOsUpdateOfMany>((), query, BulkValues::of([&mac.serial])).await;
    let android = &tenant.devices(Platform::Android).await[0];
    tenant.send::<ChangePasscode>(android.id, body(json!({"Passcode": "1234", "WorkPasscode": false}))).await;
    tenant.send::<FindDevice>(android.id, body(json!({"Application": "Hub", "Message": "Here"}))).await;
    let found = FindQuery { searchby: "Serialnumber".to_owned(), id: android.serial.clone(), ..Default::default() };
    let log = body(json!({"DeviceLogLevel": "DEBUG", "DeviceLogSource": "AGENT", "DeviceLogDuration": 1}));
    tenant.change::<RequestLog>((), found.clone(), log).await;
    tenant.change::<StopLog>((), found, Nothing).await;

    let push = PushMessage {
        application: Some("Hub".to_owned()),
        message_body: Some("Hello".to_owned()),
        ..Default::default()
    };
    tenant.send::<Push>(device.id, push.clone()).await;
    tenant.change::<PushFound>((), one, push).await;
    let sms = SmsMessage {
        message_body: Some("Hello".to_owned()),
        phone_number: Some("+49".to_owned()),
        ..Default::default()
    };
    tenant.send::<Sms>(device.id, sms).await;
    let email: EmailMessage = body(json!({"Subject": "s", "MessageBody": "b", "ToAddress": "a@example.com"}));
    tenant.send::<Email>(device.id, email).await;
    let to = || Some(Values { value: some.bulk_values.value.clone(), ..Default::default() });
    let text = || Some("Hello".to_owned());
    let many = PushForMany {
        bulk_values: to(),
        message_body: text(),
        application: Some("Hub".to_owned()),
        ..Default::default()
    };
    tenant.change::<PushMany>((), by(), many).await;
    tenant
        .change::<SmsMany>((), by(), SmsForMany { bulk_values: to(), message_body: text(), ..Default::default() })
        .await;
    let many = EmailForMany { bulk_values: to(), message_body: text(), subject: text(), ..Default::default() };
    tenant.change::<EmailMany>((), by(), many).await;
}
