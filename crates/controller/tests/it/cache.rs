//! What is remembered of the tenant, and for how long.

use std::sync::Arc;

use muster_controller::Connect;
use muster_controller::inventory::Cached;
use muster_workflows::Inventory;

use crate::scene::{MINUTE, Scene};

async fn asked(scene: &Scene, read: impl AsyncFn()) -> u64 {
    let count = || scene.uem.served().values().sum::<u64>();
    let before = count();
    read().await;
    count() - before
}

#[tokio::test]
async fn groups_and_apps_are_remembered_for_their_time() {
    let scene = Scene::new().await;
    let tenant = scene.connector().connect().await.expect("connected");
    let cached = Cached::new(tenant.client.clone(), Arc::new(scene.clock.clone()), 60 * MINUTE);

    let all = async || {
        cached.smart_groups(None).await.expect("read");
        cached.user_groups(None).await.expect("read");
        cached.apps(None).await.expect("read");
    };
    let first = asked(&scene, &all).await;
    assert!(first >= 3, "{first}");
    assert_eq!(asked(&scene, &all).await, 0);
    assert_ne!(asked(&scene, async || drop(cached.apps(Some("zoom")).await)).await, 0, "another question");
    let groups = cached.smart_groups(None).await.expect("remembered");
    assert_eq!(groups, tenant.client.smart_groups(None).await.expect("read"));

    scene.clock.advance(59 * MINUTE);
    assert_eq!(asked(&scene, &all).await, 0);
    scene.clock.advance(MINUTE);
    assert_eq!(asked(&scene, &all).await, first);
}

#[tokio::test]
async fn callers_who_ask_together_ask_once() {
    let scene = Scene::new().await;
    let tenant = scene.connector().connect().await.expect("connected");
    let cached = Cached::new(tenant.client, Arc::new(scene.clock.clone()), 60 * MINUTE);
    let one = asked(&scene, async || drop(cached.user_groups(Some("a")).await)).await;
    let eight = asked(&scene, async || {
        let calls = (0..8).map(|_| cached.user_groups(Some("b")));
        futures_util::future::try_join_all(calls).await.expect("read");
    });
    assert_eq!(eight.await, one);
}

#[tokio::test]
async fn an_error_is_not_remembered_and_devices_never_are() {
    let scene = Scene::new().await;
    let tenant = scene.connector().connect().await.expect("connected");
    let cached = Cached::new(tenant.client, Arc::new(scene.clock.clone()), 60 * MINUTE);
    scene.uem.faults().fail_with(503, 1);
    assert!(cached.apps(None).await.is_err());
    assert!(cached.apps(None).await.is_ok());
    for _ in 0..2 {
        assert_ne!(asked(&scene, async || drop(cached.noncompliant_devices().await)).await, 0);
    }
}
