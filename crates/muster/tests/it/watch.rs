//! What runs until it is stopped, or shows everything at once: `controller serve` and `demo`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::tenant::{Home, Tenant, json};

/// Asks a local server and answers status line and body.
fn get(url: &str, path: &str) -> (String, String) {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).expect("connects");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("asks");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
}

/// The first line on stderr that is an event of that name.
fn event(child: &mut Child, name: &str) -> Value {
    let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    lines
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
        .find(|line| line["event"] == name)
        .expect("the event")
}

fn interrupt(child: &Child) {
    let status = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill is there").success());
}

#[test]
fn a_controller_shows_a_dashboard_and_proposes_plans_until_it_is_stopped() {
    let tenant = Tenant::with_devices(120);
    let args = ["controller", "serve", "--listen", "127.0.0.1:0", "--every", "1s", "-o", "json"];
    let mut child = tenant.muster(&args).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("starts");
    let url = event(&mut child, "ready")["url"].as_str().expect("a url").to_owned();

    let (status, page) = get(&url, "/");
    assert!(status.contains("200") && page.contains("<title>"), "{status}");
    // The first instant of the schedule comes by itself; what it proposes waits for a person.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let plans = loop {
        let plans = tenant.json(&["plan", "list", "-o", "json"]);
        if !plans.as_array().expect("a list").is_empty() {
            break plans;
        }
        assert!(std::time::Instant::now() < deadline, "no plan was proposed");
        get(&url, "/healthz");
    };
    assert_eq!(plans[0]["purpose"], "compliance remediate", "{plans}");
    assert_eq!(tenant.sent(), 0, "nothing is sent without --apply");
    let (status, metrics) = get(&url, "/metrics");
    assert!(status.contains("200") && metrics.contains("muster_"), "{status}");

    interrupt(&child);
    assert!(child.wait().expect("ends").success());
}

#[test]
fn a_dashboard_for_the_whole_network_is_refused() {
    let tenant = Tenant::with_devices(20);
    let run = tenant.run(&["controller", "serve", "--listen", "0.0.0.0:0"]).code(2);
    assert!(String::from_utf8_lossy(&run.get_output().stderr).contains("loopback"));
}

#[test]
fn the_demo_does_everything_and_leaves_only_its_reports() {
    let home = Home::new();
    let run = home.run(&["demo", "--devices", "60", "--seed", "7", "--out", "reports", "-o", "json"]).success();
    let story = json(&run);
    let titles: Vec<&str> =
        story["acts"].as_array().expect("acts").iter().filter_map(|act| act["title"].as_str()).collect();
    assert_eq!(titles.len(), 6, "{titles:?}");
    assert!(story["audit_records"].as_u64().is_some_and(|records| records > 10), "{story}");
    for file in ["bulk-commands", "bulk-tags", "compliance", "user-provisioning", "app-deployment"] {
        for ending in ["csv", "html"] {
            let path = home.path("reports").join(format!("{file}.{ending}"));
            assert!(std::fs::metadata(&path).is_ok_and(|file| file.len() > 100), "{}", path.display());
        }
    }
    assert!(!home.path("home").exists(), "the demo has a state of its own");
}

#[test]
fn an_interrupted_demo_leaves_nothing() {
    for act in ["Starting", "Compliance monitoring"] {
        let home = Home::new();
        let args = ["demo", "--devices", "60", "--out", "reports"];
        let temporary = home.path("tmp");
        std::fs::create_dir(&temporary).expect("a folder");
        let mut command = home.muster(&args);
        let mut child =
            command.env("TMPDIR", &temporary).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("starts");
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let begun = lines.map_while(Result::ok).any(|line| line.contains(act));
        assert!(begun, "the demo came as far as {act}");
        interrupt(&child);
        assert_eq!(child.wait().expect("ends").code(), Some(130), "{act}");
        assert!(!home.path("reports").exists());
        assert_eq!(std::fs::read_dir(&temporary).expect("lists").count(), 0, "{act}");
    }
}
