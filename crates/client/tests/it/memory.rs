//! What is remembered, for how long, and what makes it forgotten.

use std::time::Duration;

use muster_client::{Client, Dialect, Settings, Writer, connect};
use muster_model::users::UserEdit;
use muster_uem::{On, Running};

use crate::stage::{settings, tenant};

async fn remembering(uem: &Running, dialect: Dialect) -> (Client, Writer) {
    let given = Settings { dialect: Some(dialect), keep: Duration::from_secs(60), ..settings(uem) };
    connect(given).await.expect("connects")
}

#[tokio::test]
async fn lists_are_asked_for_once_and_by_one_of_many() {
    let uem = tenant().await;
    for dialect in Dialect::ALL {
        let (client, _) = remembering(&uem, dialect).await;
        // So slow that all of them ask before the first has its answer.
        uem.faults().on(On::Reads).delay(Duration::from_millis(100), 1);
        let asked = futures_util::future::join_all((0..20).map(|_| client.smart_groups(None))).await;
        let first = asked[0].as_ref().expect("groups").clone();
        assert!(!first.is_empty() && asked.iter().all(|groups| groups.as_ref().is_ok_and(|groups| *groups == first)));
        let spent = client.statistics();
        assert_eq!((spent.calls, spent.saved), (1, 19), "{spent:?}");
        client.apps(None).await.expect("apps");
        client.user_by_name("nobody").await.expect("users");
        let before = client.statistics().calls;
        client.apps(None).await.expect("apps");
        client.user_by_name("nobody").await.expect("users");
        assert_eq!(client.statistics().calls, before);
        client.fresh().apps(None).await.expect("apps");
        assert!(client.statistics().calls > before, "asked again");
    }
}

#[tokio::test]
async fn a_write_of_our_own_is_seen_at_once() {
    let uem = tenant().await;
    for (dialect, name) in Dialect::ALL.into_iter().zip(["new.one", "new.two"]) {
        let (client, writer) = remembering(&uem, dialect).await;
        assert!(client.user_by_name(name).await.expect("users").is_none());
        let groups = client.smart_groups(None).await.expect("groups");
        let user = UserEdit {
            user_name: name.to_owned(),
            first_name: Some("New".to_owned()),
            last_name: Some("User".to_owned()),
            email: Some(format!("{name}@example.com")),
            password: Some("Aa1!Aa1!Aa1!".to_owned()),
            ..UserEdit::default()
        };
        writer.create_user(&user).await.expect("made");
        assert!(client.user_by_name(name).await.expect("users").is_some(), "{dialect}: not what was remembered");
        let before = client.statistics().calls;
        assert_eq!(client.smart_groups(None).await.expect("groups"), groups);
        assert_eq!(client.statistics().calls, before, "{dialect}: users have nothing to do with smart groups");
    }
}

#[tokio::test]
async fn errors_are_told_and_not_remembered() {
    let uem = tenant().await;
    let (client, _) = remembering(&uem, Dialect::Guide).await;
    uem.faults().fail_with(403, 1);
    client.apps(None).await.expect_err("refused");
    assert!(!client.apps(None).await.expect("apps").is_empty());
}
