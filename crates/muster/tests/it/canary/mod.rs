//! Secret canaries: every command runs with twenty secrets in its reach, well and badly, as quietly and as loudly as it
//! can, and nothing that it leaves behind holds any of them in any form.

mod commands;
mod scanner;

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use self::commands::{End, Names, lines};
use self::scanner::{Canary, Scanner};
use crate::listener;
use crate::secrets::typed;
use crate::tenant::{Home, MUSTER, Tenant, json as output, pause, stdout};

/// What has nothing to work on in this world: no operation is under way, nothing has failed, and the backup would
/// come from a database that is not there.
const IN_VAIN: &[&str] = &[
    "api DELETE",
    "api PATCH",
    "api POST",
    "api PUT",
    "api call",
    "api show",
    "jobs retry",
    "jobs continue",
    "jobs rollback",
    "jobs undo",
    "jobs cancel",
    "operations wait",
    "uem admin account remove",
    "uem admin certificate revoke",
    "uem admin client revoke",
    "uem admin key revoke",
    "uem admin key rotate",
    "uem admin role remove",
    "uem restore",
];

/// A run that hangs is a failure of its own.
const PATIENCE: Duration = Duration::from_secs(120);
/// For what runs until it is stopped: long enough for its first round.
const WHILE: Duration = Duration::from_secs(3);

/// The ways in which a command line may go.
const CIRCUMSTANCES: [Circumstance; 4] = [
    Circumstance { name: "well, in JSON", flags: &["-o", "json", "-vvv"], change: |_, _| {} },
    Circumstance {
        name: "signed in wrongly, as a table",
        flags: &["-o", "table", "-v"],
        change: |command, seeds| {
            command.env("MUSTER_PASSWORD", seeds.value("wrong password"));
            command.env("MUSTER_TENANT_CODE", seeds.value("wrong API key"));
            command.env("VAULT_TOKEN", seeds.value("Vault token"));
        },
    },
    Circumstance {
        name: "with a token that is refused",
        flags: &["-o", "jsonl", "-vvv"],
        change: |command, seeds| {
            command.env_remove("MUSTER_USERNAME").env_remove("MUSTER_PASSWORD");
            command.env("MUSTER_CLIENT_ID", "canary").env("MUSTER_CLIENT_SECRET", seeds.value("OAuth secret"));
            command.env("MUSTER_TOKEN_URL", format!("{}/token", seeds.listener));
        },
    },
    Circumstance {
        name: "through a proxy that is not there",
        flags: &["-o", "table", "-vvv"],
        change: |command, seeds| {
            let proxy = format!("http://canary:{}@127.0.0.1:9", seeds.value("proxy password"));
            command.env("http_proxy", &proxy).env("https_proxy", &proxy).env("ALL_PROXY", &proxy);
        },
    },
];

struct Circumstance {
    name: &'static str,
    flags: &'static [&'static str],
    change: fn(&mut Command, &Seeds),
}

/// All canaries, and where the scripted listener is.
struct Seeds {
    canaries: Vec<Canary>,
    listener: String,
}

impl Seeds {
    fn value(&self, name: &str) -> &str {
        &self.canaries.iter().find(|canary| canary.name == name).expect("a canary of that name").value
    }
}

/// Twenty and more; those of the tenant are real, the others hold signs that every encoding changes.
fn seeds(tenant: &Tenant, listener: String) -> Seeds {
    let real = [
        ("API key", tenant.ready.tenant_code.clone()),
        ("password", tenant.ready.password.clone()),
        ("OAuth secret", tenant.ready.oauth.client_secret.clone()),
        ("signing key", std::fs::read_to_string(tenant.home.path("seeds/signing-key")).expect("reads")),
    ];
    let made = [
        "wrong password",
        "wrong API key",
        "access token",
        "proxy password",
        "webhook secret",
        "Vault token",
        "AppRole secret",
        "secret in Vault",
        "Azure secret",
        "secret in Key Vault",
        "passphrase",
        "sealed secret",
        "secret of a file",
        "secret of a program",
        "typed secret",
        "user's password",
        "account's password",
        "certificate's password",
        "database password",
    ];
    let made = made.iter().enumerate().map(|(index, name)| (*name, format!("Cn{index:02}/x+Q9&z{index:02}_kW7Lq4")));
    let canaries = real.into_iter().chain(made).map(|(name, value)| Canary { name, value }).collect();
    Seeds { canaries, listener }
}

#[test]
fn no_command_leaves_a_secret_behind() {
    let tenant = Tenant::serve(&["--devices", "40", "--speed", "1000"]);
    let listener = listener::Answering::start();
    let second = sign(&tenant.home);
    let seeds = seeds(&tenant, listener.url.clone());
    assert!(seeds.canaries.len() >= 20, "{}", seeds.canaries.len());
    listener.say(json!({
        "access_token": seeds.value("access token"), "token_type": "Bearer", "expires_in": 3600,
        "auth": { "client_token": seeds.value("Vault token") },
        "value": seeds.value("secret in Key Vault"),
        "data": { "path": "secret/", "options": { "version": "2" }, "metadata": { "version": 1 },
                  "data": { "key": seeds.value("secret in Vault") } },
    }));
    let scanner = Scanner::new(&seeds.canaries);
    let home = &tenant.home;
    let names = prepare(&tenant, &seeds, second);

    let (leaves, mut runs, mut hits, mut failed) = (leaves(home), 0, Vec::new(), Vec::new());
    for leaf in &leaves {
        let Some((end, lines)) = lines(leaf, &names) else {
            panic!(
                "say in tests/it/canary/commands.rs how `muster {leaf}` is run, so that it is known to keep secrets"
            );
        };
        let mut went_well = false;
        for line in &lines {
            for circumstance in &CIRCUMSTANCES {
                let (ok, out, err) = run(&tenant, &seeds, line, end, circumstance);
                runs += 1;
                went_well |= ok;
                for (stream, bytes) in [("stdout", out), ("stderr", err)] {
                    let found = scanner.find(&bytes);
                    hits.extend(found.iter().map(|hit| format!("{hit}: {stream} of `{line}` {}", circumstance.name)));
                }
            }
        }
        if !went_well && !IN_VAIN.contains(&leaf.as_str()) {
            failed.push(format!("muster {leaf}"));
        }
    }
    assert!(failed.is_empty(), "these never did their work, so nothing is known of them:\n  {}", failed.join("\n  "));
    // A process that dies leaves a core file, if it is let.
    die(&tenant, &seeds);
    let (files, in_files) = scan(home.folder.path(), &scanner);
    hits.extend(in_files);
    assert!(hits.is_empty(), "{} secrets were found:\n  {}", hits.len(), hits.join("\n  "));
    assert!(leaves.len() > 50 && runs > 200 && files > 20, "{} commands, {runs} runs, {files} files", leaves.len());

    // All of that would be worth nothing if it could not fail: what is asked for explicitly is found.
    let reveal = typed(reach(&tenant, &seeds, &["secrets", "get", "file:seeds/document.json#a.b", "--reveal"]), "");
    assert_eq!(scanner.find(&reveal.success().get_output().stdout), ["secret of a file as it is"]);
    home.file("planted.log", base64_of(&format!("user:{}", seeds.value("password"))));
    let (_, planted) = scan(home.folder.path(), &scanner);
    assert!(
        planted.iter().any(|hit| hit.starts_with("password in base64") && hit.contains("planted.log")),
        "{planted:?}"
    );
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Somebody who may approve, and the public key of a second one.
fn sign(home: &Home) -> String {
    std::fs::create_dir_all(home.path("seeds")).expect("a folder");
    let make = |name: &str, to: &str| -> String {
        let made = output(&home.run(&["keys", "new", name, "--to", to, "-o", "json"]).success());
        made["public_key"].as_str().expect("a key").to_owned()
    };
    let (first, second) = (make("grace", "file:seeds/signing-key"), make("second", "file:seeds/second-key"));
    home.run(&["approvers", "add", &first, "--key", "file:seeds/signing-key", "--yes"]).success();
    second
}

/// Puts the canaries where commands look, and lets the tenant have something to show.
fn prepare(tenant: &Tenant, seeds: &Seeds, second: String) -> Names {
    let home = &tenant.home;
    let private = |name: &str, content: &str| {
        let path = home.file(&format!("seeds/{name}"), content);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("sets the mode");
    };
    private("document.json", &json!({ "a": { "b": seeds.value("secret of a file") } }).to_string());
    private("output", seeds.value("secret of a program"));
    private("removed", seeds.value("secret of a file"));
    private("key", seeds.value("API key"));
    private("password", seeds.value("password"));
    let users = "Username,FirstName,LastName,Email,Password\ncanary,Ca,Nary,canary@example.com,";
    private("users.csv", &format!("{users}\"{}\"\n", seeds.value("user's password")));
    let set = ["secrets", "set", "sealed:seeds/sealed#inside"];
    typed(reach(tenant, seeds, &set), seeds.value("sealed secret")).success();

    for name in ["local", "gone", "other"] {
        home.run(&["context", "add", name, "--from", "ready.json", "--no-test"]).success();
    }
    let config = home.path("home").join("config.toml");
    let text = std::fs::read_to_string(&config).expect("reads");
    let own = format!(
        "\n[secrets.vault]\naddress = \"{}\"\nrole_id = \"fleet\"\nsecret_id = \"env:CANARY_APPROLE\"\n\
         [contexts.approle]\nurl = \"{}\"\ntenant_code = \"sealed:seeds/sealed#inside\"\n\
         [contexts.approle.basic]\nusername = \"api\"\npassword = \"exec:cat seeds/output\"\n",
        seeds.listener, tenant.ready.url
    );
    std::fs::write(&config, format!("{text}{own}")).expect("writes");

    // A UEM of its own that is stopped, for what is done to one.
    let (mut child, _) = crate::tenant::serve_as(home, "own", "seeds/own.json", &["--devices", "5"]);
    child.kill().and_then(|()| child.wait()).expect("ends");

    let serial = tenant.serials(1).remove(0);
    let held =
        output(&tenant.run(&["devices", "command", "DeviceWipe", "--serial", &serial, "--yes", "-o", "json"]).code(8));
    tenant.run(&["devices", "command", "SyncDevice", "--serial", &serial, "--yes"]).success();
    let jobs = tenant.json(&["jobs", "list", "-o", "json"]);
    let word = |value: &serde_json::Value| value.as_str().expect("an id").to_owned();
    Names { serial, second, plan: word(&held["plan"]), job: word(&jobs[0]["job"]), listener: seeds.listener.clone() }
}

/// The program with every secret in its environment.
fn reach(tenant: &Tenant, seeds: &Seeds, args: &[&str]) -> Command {
    let mut command = tenant.muster(args);
    command
        .env("PATH", "/usr/bin:/bin")
        .env("RUST_BACKTRACE", "full")
        .env("MUSTER_PASSPHRASE", seeds.value("passphrase"))
        .env("CANARY_WEBHOOK", format!("{}/{}", seeds.listener, seeds.value("webhook secret")))
        .env("CANARY_APPROLE", seeds.value("AppRole secret"))
        .env("CANARY_ACCOUNT", seeds.value("account's password"))
        .env("CANARY_PKCS12", seeds.value("certificate's password"))
        .env("CANARY_DATABASE", format!("postgres://canary:{}@127.0.0.1:9/none", seeds.value("database password")))
        .env("AZURE_AUTHORITY_HOST", &seeds.listener)
        .env("AZURE_TENANT_ID", "canary")
        .env("AZURE_CLIENT_ID", "canary")
        .env("AZURE_CLIENT_SECRET", seeds.value("Azure secret"));
    command
}

/// Runs a line, whose words may hold `_` for a space, and answers whether it did its work and what it wrote.
fn run(tenant: &Tenant, seeds: &Seeds, line: &str, end: End, circumstance: &Circumstance) -> (bool, Vec<u8>, Vec<u8>) {
    let spaced = |word: &str| {
        if word.starts_with("exec:") || word.starts_with(char::is_uppercase) {
            word.replace('_', " ")
        } else {
            word.to_owned()
        }
    };
    let words: Vec<String> = line.split_whitespace().map(spaced).collect();
    let args: Vec<&str> = words.iter().map(String::as_str).chain(circumstance.flags.iter().copied()).collect();
    let mut command = reach(tenant, seeds, &args);
    if args.contains(&"--context") {
        // The tenant comes from the context then, with its secrets.
        command.env_remove("MUSTER_URL");
    }
    (circumstance.change)(&mut command, seeds);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    // Nobody may be waiting for it any more.
    let _ = std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), seeds.value("typed secret").as_bytes());
    let read = |mut pipe: Box<dyn std::io::Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            bytes
        })
    };
    let out = read(Box::new(child.stdout.take().expect("a pipe")));
    let err = read(Box::new(child.stderr.take().expect("a pipe")));
    let (begun, mut told) = (Instant::now(), false);
    let status = loop {
        if let Some(status) = child.try_wait().expect("can be asked") {
            break status;
        }
        if end == End::Stopped && !told && begun.elapsed() > WHILE {
            told = true;
            let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            assert!(stopped.expect("kill is there").success());
        }
        assert!(begun.elapsed() < PATIENCE, "`{line}` does not end");
        pause();
    };
    (status.success(), out.join().expect("reads"), err.join().expect("reads"))
}

/// A rotation that dies as if by a fault of ours, where core files are allowed.
fn die(tenant: &Tenant, seeds: &Seeds) {
    let args = ["secrets", "rotate", "--context", "other", "--to", "file:seeds/died", "--yes", "-vvv"];
    let command = reach(tenant, seeds, &args);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -c unlimited; exec \"$0\" \"$@\"", MUSTER])
        .args(args)
        .current_dir(tenant.home.folder.path());
    shell.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("MUSTER_TEST_DIE_AT", "making+").env_remove("MUSTER_URL");
    let _ = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("runs");
}

/// Every file that is there now, but those that hold secrets because that is what they are for.
fn scan(folder: &Path, scanner: &Scanner) -> (usize, Vec<String>) {
    // The seeds themselves; what the served UEM tells its owner; where a UEM keeps that.
    let kept = |path: &Path| {
        let name = path.strip_prefix(folder).expect("is below").to_string_lossy().into_owned();
        name.starts_with("seeds/") || name == "ready.json" || name.ends_with("/credentials.json")
    };
    let (mut open, mut files, mut hits): (Vec<PathBuf>, _, _) = (vec![folder.to_owned()], 0, Vec::new());
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).expect("lists") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if !kept(&path) {
                let mut bytes = Vec::new();
                std::fs::File::open(&path).and_then(|mut file| file.read_to_end(&mut bytes)).expect("reads");
                files += 1;
                hits.extend(scanner.find(&bytes).iter().map(|hit| format!("{hit}: {}", path.display())));
            }
        }
    }
    (files, hits)
}

/// Every command without commands below it, as the program itself lists them.
fn leaves(home: &Home) -> Vec<String> {
    let (mut open, mut found) = (vec![String::new()], Vec::new());
    while let Some(name) = open.pop() {
        let args: Vec<&str> = name.split_whitespace().chain(["--help"]).collect();
        let help = stdout(&home.run(&args).success());
        let below: Vec<&str> = crate::help::below(&help).collect();
        if below.is_empty() {
            found.push(name.clone());
        }
        open.extend(below.into_iter().map(|word| format!("{name} {word}").trim().to_owned()));
    }
    found.sort();
    found
}
