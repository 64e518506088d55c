//! What is told through the webhook: delivered, tried again, in order, and given up at last.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use muster_controller::notify::{ATTEMPTS, Address, Channel, Webhook};
use serde_json::Value;

use crate::scene::{MINUTE, QUARTER, Scene};

/// Somebody who listens on loopback, answers as ordered, and remembers what came.
#[derive(Clone, Default)]
struct Listener {
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

#[derive(Clone, Debug)]
struct Heard {
    delivery: String,
    attempt: String,
    message: Value,
}

impl Listener {
    /// Starts to listen; the channel leads here.
    async fn start(&self) -> Arc<dyn Channel> {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/hook?token=secret", socket.local_addr().expect("an address"));
        let routes = Router::new().route("/hook", post(hear)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(socket, routes).await });
        Arc::new(Webhook::new(Address::parse(&address).expect("an address")).expect("a webhook"))
    }

    fn answer(&self, status: StatusCode, times: usize) {
        self.answers.lock().expect("no panic").extend(std::iter::repeat_n(status, times));
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic").clone()
    }

    fn events(&self) -> Vec<String> {
        self.heard().iter().map(|heard| format!("{} {}", heard.message["rule"], heard.message["event"])).collect()
    }
}

async fn hear(State(listener): State<Listener>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let (delivery, attempt) = (header("muster-delivery"), header("muster-attempt"));
    let message = serde_json::from_str(&body).expect("JSON");
    listener.heard.lock().expect("no panic").push(Heard { delivery, attempt, message });
    listener.answers.lock().expect("no panic").pop_front().unwrap_or(StatusCode::NO_CONTENT)
}

/// A controller whose only alert can be the tenant's absence.
async fn watching(scene: &Scene, channel: Arc<dyn Channel>) -> muster_controller::Controller {
    let mut settings = scene.settings("one", false);
    settings.schedules.clear();
    scene.controller_with(settings, vec![channel]).await
}

/// Two probes find the tenant gone: the alert opens.
async fn open(scene: &Scene, controller: &muster_controller::Controller) -> muster_controller::Tick {
    scene.lose_the_tenant();
    scene.tick(controller).await;
    scene.clock.advance(MINUTE);
    let tick = scene.tick(controller).await;
    assert_eq!(tick.opened.len(), 1);
    tick
}

#[tokio::test]
async fn a_message_is_delivered_once() {
    for scene in Scene::everywhere().await {
        let listener = Listener::default();
        let controller = watching(&scene, listener.start().await).await;
        assert_eq!(open(&scene, &controller).await.drained.delivered, 1);
        for _ in 0..3 {
            scene.clock.advance(QUARTER);
            scene.tick(&controller).await;
        }
        let heard = listener.heard();
        assert_eq!(heard.len(), 1);
        let message = &heard[0].message;
        assert_eq!(message["event"], "opened");
        assert_eq!(message["rule"], "tenant-unreachable");
        assert_eq!(message["severity"], "critical");
        assert_eq!(message["tenant"], "acme");
        let text = message["text"].as_str().expect("text");
        assert!(text.starts_with("[muster acme] critical: The tenant cannot be reached"), "{text}");
    }
}

#[tokio::test]
async fn after_a_500_it_is_tried_again_and_the_order_is_kept() {
    for scene in Scene::everywhere().await {
        let listener = Listener::default();
        let controller = watching(&scene, listener.start().await).await;
        listener.answer(StatusCode::INTERNAL_SERVER_ERROR, 3);
        let tick = open(&scene, &controller).await;
        assert_eq!((tick.drained.delivered, tick.drained.failed), (0, 1));
        let error: String = scene.rows("select last_error from deliveries").await[0].get("last_error").expect("text");
        assert_eq!(error, "the receiver answered 500 Internal Server Error");

        // It is not due yet: nobody is asked.
        scene.clock.advance(Duration::from_secs(14));
        assert_eq!(scene.tick(&controller).await.drained, Default::default());
        scene.clock.advance(Duration::from_secs(1));
        assert_eq!(scene.tick(&controller).await.drained.failed, 1);

        // The tenant is back before the first message has arrived: its resolution waits its turn.
        scene.uem.faults().clear();
        scene.clock.advance(Duration::from_secs(10));
        scene.tick(&controller).await;
        scene.clock.advance(Duration::from_secs(10));
        assert_eq!(scene.tick(&controller).await.resolved.len(), 1);
        scene.clock.advance(Duration::from_secs(10));
        assert_eq!(scene.tick(&controller).await.drained.failed, 1);
        scene.clock.advance(MINUTE);
        assert_eq!(scene.tick(&controller).await.drained.delivered, 2);
        let unreachable = "\"tenant-unreachable\"";
        let expected =
            ["opened", "opened", "opened", "opened", "resolved"].map(|event| format!("{unreachable} \"{event}\""));
        assert_eq!(listener.events(), expected);
        let heard = listener.heard();
        let attempts: Vec<&str> = heard.iter().map(|heard| heard.attempt.as_str()).collect();
        assert_eq!(attempts, ["1", "2", "3", "4", "1"]);
        assert!(heard[..4].iter().all(|attempt| attempt.delivery == heard[0].delivery), "the id tells a repetition");
    }
}

#[tokio::test]
async fn a_receiver_that_never_answers_well_is_given_up() {
    let scene = Scene::new().await;
    let listener = Listener::default();
    let controller = watching(&scene, listener.start().await).await;
    listener.answer(StatusCode::SERVICE_UNAVAILABLE, 1_000);
    open(&scene, &controller).await;
    for _ in 0..2 * ATTEMPTS {
        scene.clock.advance(QUARTER * 4);
        scene.tick(&controller).await;
    }
    assert_eq!(listener.heard().len(), ATTEMPTS as usize);
    assert_eq!(scene.number("select count(*) as number from deliveries where state = 'given-up'").await, 1);
}

#[tokio::test]
async fn two_controllers_send_a_message_once() {
    let scene = Scene::new().await;
    let listener = Listener::default();
    let channel = listener.start().await;
    let (one, other) = (watching(&scene, Arc::clone(&channel)).await, watching(&scene, channel).await);
    open(&scene, &one).await;
    for _ in 0..3 {
        tokio::join!(scene.tick(&one), scene.tick(&other));
        scene.clock.advance(MINUTE);
    }
    assert_eq!(listener.heard().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let scene = Scene::new().await;
    let listener = Listener::default();
    let controller = watching(&scene, listener.start().await).await;
    listener.answer(StatusCode::TEMPORARY_REDIRECT, 1);
    assert_eq!(open(&scene, &controller).await.drained.failed, 1);
    assert_eq!(listener.heard().len(), 1);
}
