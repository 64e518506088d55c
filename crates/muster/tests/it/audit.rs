//! The record as others see it: exported, proven, sent to a syslog, and verified with nothing at hand.

use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use crate::tenant::{Home, Tenant, envelope, json, stderr, stdout};

/// A tenant with a job behind it, and the public key of its record.
fn with_a_job() -> (Tenant, String) {
    let tenant = Tenant::with_devices(30);
    tenant.run(&["devices", "command", "SyncDevice", "--limit", "5", "--yes"]).success();
    let key = tenant.json(&["audit", "checkpoint", "-o", "json"])["public_key"].as_str().expect("a key").to_owned();
    (tenant, key)
}

#[test]
fn an_exported_record_is_verified_where_nothing_else_is() {
    let (tenant, key) = with_a_job();
    let checkpoint = stdout(&tenant.run(&["audit", "checkpoint"]).success());
    assert!(checkpoint.starts_with("muster/") && checkpoint.lines().count() == 5, "{checkpoint}");
    tenant.run(&["devices", "command", "SyncDevice", "--limit", "5", "--yes"]).success();
    tenant.run(&["audit", "export", "--to", "log.jsonl"]).success();
    let log = std::fs::read_to_string(tenant.home.path("log.jsonl")).expect("is there");

    // Another machine: no state, and a configuration that cannot be read.
    let other = Home::new();
    std::fs::create_dir_all(other.path("home")).expect("a folder");
    std::fs::write(other.path("home").join("config.toml"), "not toml at all").expect("writes");
    let (file, kept, public) =
        (other.file("log.jsonl", &log), other.file("kept.txt", &checkpoint), other.file("key.pub", format!("{key}\n")));
    let verify = |log: &str| {
        other.run(&["audit", "verify", "--log", log, "--key", &public, "--checkpoint", &kept, "-o", "json"])
    };
    let state = json(&verify(&file).success());
    assert_eq!((&state["trusted"], &state["records"]), (&true.into(), &state["covered"]), "{state}");
    assert!(!other.state().exists(), "nothing is left behind");
    other.run(&["audit", "verify", "--log", &file]).code(2);
    other.run(&["audit", "verify", "--log", &file, "--key", "hunter2"]).code(2);

    let lines: Vec<&str> = log.lines().collect();
    let missing: Vec<&str> = lines.iter().copied().filter(|line| !line.starts_with("{\"number\":2,")).collect();
    // Before the checkpoint that was kept; behind it, a shorter record could be an older one.
    let cut = &lines[..5];
    for (what, text) in [
        ("edited", log.replacen("tester", "nobody", 1)),
        ("without a line", missing.join("\n")),
        ("cut off", cut.join("\n")),
    ] {
        let error = envelope(&verify(&other.file("tampered.jsonl", text)).code(1));
        assert_eq!(error["code"], "E_AUDIT", "{what}: {error}");
    }
    // The record on the machine itself, with the checkpoint that was kept.
    let mine = tenant.home.file("kept.txt", &checkpoint);
    let state = tenant.json(&["audit", "verify", "--checkpoint", &mine, "--key", &key]);
    assert_eq!(state["trusted"], true, "{state}");
}

#[test]
fn a_proof_is_verified_where_nothing_else_is() {
    let (tenant, key) = with_a_job();
    let before = stdout(&tenant.run(&["audit", "checkpoint"]).success());
    tenant.run(&["devices", "command", "SyncDevice", "--limit", "3", "--yes"]).success();
    let proof = stdout(&tenant.run(&["audit", "prove", "3"]).success());
    assert!(proof.starts_with("c2sp.org/tlog-proof@v1\nextra "), "{proof}");
    let other = Home::new();
    let file = other.file("entry.tlog-proof", &proof);
    let proven = json(&other.run(&["audit", "verify", "--proof", &file, "--key", &key, "-o", "json"]).success());
    let audit = tenant.json(&["audit", "list"]);
    assert_eq!((&proven["record"]["event"], &proven["number"]), (&audit[2]["event"], &3.into()), "{proven}");
    let moved = other.file("moved.tlog-proof", proof.replace("index 2\n", "index 3\n"));
    let error = envelope(&other.run(&["audit", "verify", "--proof", &moved, "--key", &key, "-o", "json"]).code(1));
    assert_eq!(error["code"], "E_PROOF");

    let kept = tenant.home.file("before.txt", &before);
    let growth = stdout(&tenant.run(&["audit", "prove", "--since", &kept]).success());
    let (growth, kept) = (other.file("growth.txt", &growth), other.file("before.txt", &before));
    let args = ["audit", "verify", "--proof", &growth, "--checkpoint", &kept, "--key", &key, "-o", "json"];
    assert_eq!(json(&other.run(&args).success())["proven"], "growth");
    tenant.run(&["audit", "prove", "100000"]).code(4);
}

#[test]
fn a_syslog_gets_messages_of_its_standard() {
    let (tenant, _) = with_a_job();
    let records = tenant.json(&["audit", "list"]).as_array().expect("a list").len();
    let text = stdout(&tenant.run(&["audit", "export", "--format", "syslog"]).success());
    assert_eq!(text.lines().count(), records);
    let first = text.lines().next().expect("a line");
    assert!(first.starts_with("<110>1 20") && first.contains("Z - muster - plan.proposed - {\"number\":1,"), "{first}");

    let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
    let address = format!("tcp://{}", listener.local_addr().expect("an address"));
    let collector = std::thread::spawn(move || {
        let mut text = String::new();
        listener.accept().expect("somebody comes").0.read_to_string(&mut text).expect("reads");
        text
    });
    tenant.run(&["audit", "export", "--format", "syslog", "--to", &address]).success();
    let counted = collector.join().expect("reads");
    let mut rest = counted.as_str();
    let mut messages = 0;
    while !rest.is_empty() {
        let (length, after) = rest.split_once(' ').expect("a length");
        let (message, next) = after.split_at(length.parse().expect("a number"));
        assert!(message.starts_with('<') && message.ends_with('}'), "{message}");
        (rest, messages) = (next, messages + 1);
    }
    assert_eq!(messages, records);

    let socket = UdpSocket::bind("127.0.0.1:0").expect("listens");
    socket.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
    let address = format!("udp://{}", socket.local_addr().expect("an address"));
    let after = (records - 2).to_string();
    let run = tenant.run(&["audit", "export", "--format", "syslog", "--to", &address, "--after", &after]).success();
    assert!(stderr(&run).contains(&format!("2 records; the next time:  --after {records}")), "{}", stderr(&run));
    let mut buffer = [0; 4096];
    for _ in 0..2 {
        let length = socket.recv(&mut buffer).expect("a datagram");
        assert!(buffer[..length].starts_with(b"<1"));
    }
    tenant.run(&["audit", "export", "--to", &address]).code(2);
    tenant.run(&["audit", "export", "--format", "syslog", "--to", "tcp://127.0.0.1:9"]).code(9);
}
