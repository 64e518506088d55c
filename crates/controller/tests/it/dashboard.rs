//! The dashboard over HTTP: what it shows, to whom, and what it never does.

use std::net::SocketAddr;
use std::sync::Arc;

use muster_controller::{Controller, Error, Kind};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::scene::{MINUTE, Scene};

/// A controller that serves, until it is asked to stop.
struct Served {
    address: SocketAddr,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    work: JoinHandle<Result<(), Error>>,
}

impl Served {
    async fn start(controller: &Controller) -> Self {
        // Nothing here speaks TLS, but the HTTP client wants to know how it would.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let (stop, stopped) = oneshot::channel();
        let (ready, address) = oneshot::channel();
        let controller = controller.clone();
        let work = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            let listen = SocketAddr::from(([127, 0, 0, 1], 0));
            controller.serve(listen, shutdown, |address| ready.send(address).expect("the story waits")).await
        });
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { address: address.await.expect("it listens"), http, stop, work }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("http://{}{path}", self.address)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        self.work.await.expect("no panic").expect("an orderly end");
    }
}

/// A controller that only watches: what it knows comes from the ticks of the story.
async fn watching(scene: &Scene) -> Controller {
    let mut settings = scene.settings("web", true);
    settings.schedules.clear();
    scene.controller_with(settings, Vec::new()).await
}

#[tokio::test]
async fn the_pages_show_what_a_run_did() {
    for scene in Scene::everywhere().await {
        let run = scene.tick(&scene.controller("worker", true).await).await.runs.remove(0);
        let served = Served::start(&watching(&scene).await).await;

        let (status, page) = served.get("/").await;
        assert_eq!(status, 200);
        for text in ["Reachable", "Waiting for you", "OS Version", "compliance remediate", "muster jobs retry"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        let job = run.job.expect("a job");
        assert!(page.contains(&format!("/jobs/{job}")), "{page}");
        let (status, page) = served.get(&format!("/jobs/{job}")).await;
        assert_eq!(status, 200);
        for text in ["EnterpriseWipe", "held", "done", "schedule compliance"] {
            assert!(page.contains(text), "{text}: {page}");
        }

        let (status, metrics) = served.get("/metrics").await;
        assert_eq!(status, 200);
        for line in [
            "# TYPE muster_api_calls_total counter".to_owned(),
            "muster_tenant_reachable 1".to_owned(),
            "muster_runs{outcome=\"finished\"} 1".to_owned(),
            "muster_alerts_open{rule=\"tenant-unreachable\"} 0".to_owned(),
            format!("muster_tasks{{state=\"done\"}} {}", run.tally.done),
            format!("muster_devices_noncompliant {}", run.tally.noncompliant),
        ] {
            assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
        }
        served.stop().await;
    }
}

#[tokio::test]
async fn pages_are_protected_and_change_nothing() {
    let scene = Scene::new().await;
    let served = Served::start(&watching(&scene).await).await;
    let url = |path: &str| format!("http://{}{path}", served.address);
    for path in ["/", "/style.css", "/icon.svg", "/metrics", "/healthz", "/nothing", "/jobs/none"] {
        let answer = served.http.get(url(path)).send().await.expect("an answer");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
    assert_eq!(served.get("/nothing").await.0, 404);
    assert_eq!(served.get("/jobs/none").await.0, 404);
    for method in [reqwest::Method::POST, reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::OPTIONS] {
        let answer = served.http.request(method.clone(), url("/")).send().await.expect("an answer");
        assert_eq!(answer.status(), 405, "{method}");
    }
    // A page of another site whose name leads here gets nothing.
    let answer = served.http.get(url("/")).header("host", "rebind.example.com").send().await.expect("an answer");
    assert_eq!(answer.status(), 421);
    served.stop().await;
}

#[tokio::test]
async fn an_address_that_others_can_reach_is_refused_with_a_sentence() {
    let scene = Scene::new().await;
    let controller = watching(&scene).await;
    for address in ["0.0.0.0:0", "192.0.2.1:8600", "[::]:0"] {
        let error = controller.serve(address.parse().expect("an address"), std::future::ready(()), |_| ()).await;
        let error = error.expect_err("refused");
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.to_string().contains("no sign-in yet"), "{error}");
    }
}

#[tokio::test]
async fn health_fails_when_the_tenant_is_gone_and_recovers_with_it() {
    let scene = Scene::new().await;
    let controller = watching(&scene).await;
    let served = Served::start(&controller).await;
    scene.tick(&controller).await;
    let health = async || {
        let (status, body) = served.get("/healthz").await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        (status, body["tenant"]["ok"].clone(), body["database"]["ok"].clone(), body["process"]["ok"].clone(), body)
    };
    let (status, tenant, database, process, body) = health().await;
    assert_eq!((status, tenant, database, process), (200, true.into(), true.into(), true.into()), "{body}");

    scene.lose_the_tenant();
    for _ in 0..5 {
        scene.clock.advance(MINUTE);
        scene.tick(&controller).await;
    }
    let (status, tenant, database, process, body) = health().await;
    assert_eq!((status, tenant, database, process), (503, false.into(), true.into(), true.into()), "{body}");
    assert!(body["tenant"]["reason"].as_str().is_some_and(|reason| reason.contains("503")), "{body}");
    let (_, page) = served.get("/").await;
    assert!(page.contains("Unreachable"), "{page}");

    scene.uem.faults().clear();
    scene.clock.advance(MINUTE);
    scene.tick(&controller).await;
    assert_eq!(health().await.0, 200);

    // Nobody looks around any more: time goes on and the watch does not.
    scene.clock.advance(10 * MINUTE);
    let (status, _, _, process, body) = health().await;
    assert_eq!((status, process), (503, false.into()), "{body}");
    served.stop().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let scene = Scene::new().await;
    let controller = Arc::new(watching(&scene).await);
    let served = Served::start(&controller).await;
    let error = controller.serve(served.address, std::future::ready(()), |_| ()).await.expect_err("taken");
    assert_eq!(error.kind(), Kind::System);
    assert!(error.to_string().contains(&served.address.to_string()), "{error}");
    served.stop().await;
}
