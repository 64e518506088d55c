//! HashiCorp Vault and Azure Key Vault: every request as their makers document it, checked by a local listener.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::listener::{Listener, Sent, Turn};
use crate::secrets::typed;
use crate::tenant::{Home, json as output, stderr, stdout};

fn vault(line: &'static str, token: &str, status: u16, answer: Value) -> Turn {
    let headers = vec![("x-vault-token", token.to_owned()), ("x-vault-request", "true".into())];
    Turn { line, headers, body: Sent::Nothing, status, answer }
}

fn mount(line: &'static str, path: &str, version: &str) -> Turn {
    let options = if version.is_empty() { Value::Null } else { json!({ "version": version }) };
    vault(line, "t0ken", 200, json!({ "data": { "path": path, "type": "kv", "options": options } }))
}

fn second(fields: Value, version: u64) -> Value {
    let metadata = json!({ "created_time": "2026-03-22T02:36:43.986212308Z", "deletion_time": "", "destroyed": false,
        "version": version });
    json!({ "data": { "data": fields, "metadata": metadata } })
}

/// The program with Vault at the listener and a token in the environment.
fn with_vault(home: &Home, listener: &Listener, args: &[&str]) -> std::process::Command {
    let mut command = home.muster(args);
    command.env("VAULT_ADDR", format!("http://127.0.0.1:{}", listener.port)).env("VAULT_TOKEN", "t0ken");
    command
}

#[test]
fn a_field_of_the_second_engine_is_read_with_its_age() {
    let home = Home::new();
    let listener = Listener::expecting(vec![
        mount("GET /v1/sys/internal/ui/mounts/it/kv/uem/prod", "it/kv/", "2"),
        vault("GET /v1/it/kv/data/uem/prod", "t0ken", 200, second(json!({ "key": "s3cret", "other": "x" }), 4)),
    ]);
    let get = ["secrets", "get", "vault:it/kv/uem/prod#key", "-o", "json"];
    let facts = output(&typed(with_vault(&home, &listener, &get), "").success());
    assert_eq!((&facts["characters"], &facts["changed_at"]), (&6.into(), &"2026-03-22T02:36:43.986212308Z".into()));
    listener.finished();
}

#[test]
fn an_old_version_and_the_first_engine_are_read() {
    let home = Home::new();
    let listener = Listener::expecting(vec![
        mount("GET /v1/sys/internal/ui/mounts/secret/uem", "secret/", "2"),
        vault("GET /v1/secret/data/uem?version=3", "t0ken", 200, second(json!({ "key": "third" }), 3)),
        mount("GET /v1/sys/internal/ui/mounts/kv/a%20b", "kv/", ""),
        vault("GET /v1/kv/a%20b", "t0ken", 200, json!({ "data": { "key": "first" }, "lease_duration": 2764800 })),
    ]);
    for (reference, value) in [("vault:secret/uem#key@3", "third\n"), ("vault:kv/a b#key", "first\n")] {
        let get = typed(with_vault(&home, &listener, &["secrets", "get", reference, "--reveal"]), "");
        assert_eq!(stdout(&get.success()), value);
    }
    listener.finished();
}

#[test]
fn writing_keeps_other_fields_and_refuses_to_overwrite_what_it_has_not_seen() {
    let home = Home::new();
    let write = |data: Value, cas: u64, status| Turn {
        body: Sent::Json(json!({ "options": { "cas": cas }, "data": data })),
        ..vault("POST /v1/secret/data/uem", "t0ken", status, json!({ "data": { "version": cas + 1 } }))
    };
    let ask = || mount("GET /v1/sys/internal/ui/mounts/secret/uem", "secret/", "2");
    let read = |status, answer| vault("GET /v1/secret/data/uem", "t0ken", status, answer);
    let listener = Listener::expecting(vec![
        // There is none yet, and it is read back.
        ask(),
        read(404, json!({ "errors": [] })),
        write(json!({ "key": "s3cret" }), 0, 200),
        ask(),
        read(200, second(json!({ "key": "s3cret" }), 1)),
        // The others stay; somebody was faster.
        ask(),
        read(200, second(json!({ "key": "old", "other": "x" }), 7)),
        write(json!({ "key": "s3cret", "other": "x" }), 7, 400),
        // What was deleted goes on where it was.
        ask(),
        read(
            404,
            json!({ "data": { "data": null, "metadata": { "version": 9, "deletion_time": "2026-01-01T00:00:00Z" } } }),
        ),
        write(json!({ "key": "s3cret" }), 9, 200),
        ask(),
        read(200, second(json!({ "key": "s3cret" }), 10)),
        // Taking one away leaves the rest.
        ask(),
        read(200, second(json!({ "key": "s3cret", "other": "x" }), 10)),
        write(json!({ "other": "x" }), 10, 200),
    ]);
    let set = || typed(with_vault(&home, &listener, &["secrets", "set", "vault:secret/uem#key"]), "s3cret");
    set().success();
    assert!(stderr(&set().code(8)).contains("somebody else"));
    set().success();
    let remove = ["secrets", "remove", "vault:secret/uem#key", "--yes"];
    typed(with_vault(&home, &listener, &remove), "").success();
    listener.finished();
}

fn configured(home: &Home, text: &str) {
    std::fs::create_dir_all(home.path("home")).expect("a folder");
    std::fs::write(home.path("home").join("config.toml"), text).expect("writes");
}

#[test]
fn an_approle_and_a_pod_sign_in_within_their_namespace() {
    let home = Home::new();
    let login = |line, body: Value| Turn {
        line,
        headers: vec![
            ("x-vault-namespace", "it/devices".into()),
            ("x-vault-request", "true".into()),
            ("x-vault-token", String::new()),
        ],
        body: Sent::Json(body),
        status: 200,
        answer: json!({ "auth": { "client_token": "made", "lease_duration": 1200 } }),
    };
    let namespaced = |turn: Turn| {
        let mut headers = turn.headers;
        headers.push(("x-vault-namespace", "it/devices".into()));
        Turn { headers, ..turn }
    };
    let rest = || {
        let denied = json!({ "errors": ["permission denied"] });
        [
            // The policy does not let it ask which engine there is.
            namespaced(vault("GET /v1/sys/internal/ui/mounts/secret/uem", "made", 403, denied)),
            namespaced(vault("GET /v1/secret/data/uem", "made", 200, second(json!({ "key": "s3cret" }), 1))),
        ]
    };
    let approle = json!({ "role_id": "fleet", "secret_id": "s1d" });
    let pod = json!({ "role": "muster", "jwt": "p0d" });
    let mut turns = vec![login("POST /v1/auth/approle/login", approle)];
    turns.extend(rest());
    turns.push(login("POST /v1/auth/cluster-1/login", pod));
    turns.extend(rest());
    let listener = Listener::expecting(turns);
    let head =
        format!("[secrets.vault]\naddress = \"http://127.0.0.1:{}\"\nnamespace = \"it/devices\"\n", listener.port);
    for ways in [
        "role_id = \"fleet\"\nsecret_id = \"env:SECRET_ID\"\n",
        "kubernetes_role = \"muster\"\nkubernetes_token = \"env:POD\"\nlogin_mount = \"cluster-1\"\n",
    ] {
        configured(&home, &format!("{head}{ways}"));
        let mut get = home.muster(&["secrets", "get", "vault:secret/uem#key", "--reveal"]);
        get.env("SECRET_ID", "s1d").env("POD", "p0d");
        assert_eq!(stdout(&typed(get, "").success()), "s3cret\n");
    }
    listener.finished();
}

#[test]
fn vault_is_believed_with_its_authority_only() {
    let (config, authority) = certificate();
    let listener = Listener::by_tls(
        config,
        vec![
            mount("GET /v1/sys/internal/ui/mounts/secret/uem", "secret/", "2"),
            vault("GET /v1/secret/data/uem", "t0ken", 200, second(json!({ "key": "s3cret" }), 1)),
        ],
    );
    let home = Home::new();
    let authority = home.file("ca.pem", authority);
    let mut get = home.muster(&["secrets", "get", "vault:secret/uem#key", "--reveal"]);
    get.env("VAULT_ADDR", format!("https://localhost:{}", listener.port));
    get.env("VAULT_TOKEN", "t0ken").env("VAULT_CACERT", authority);
    assert_eq!(stdout(&typed(get, "").success()), "s3cret\n");
    listener.finished();
}

#[test]
fn what_vault_refuses_is_told_by_its_status_and_nothing_of_its_answer() {
    for (status, code) in [(400, 2), (401, 3), (403, 5), (404, 2), (307, 2), (429, 6), (500, 9), (503, 9)] {
        let home = Home::new();
        let errors = json!({ "errors": ["t0ken and s3cret"] });
        let listener = Listener::expecting(vec![
            mount("GET /v1/sys/internal/ui/mounts/secret/uem", "secret/", "2"),
            vault("GET /v1/secret/data/uem", "t0ken", status, errors),
        ]);
        let get = with_vault(&home, &listener, &["secrets", "get", "vault:secret/uem#key", "-vvv"]);
        let text = stderr(&typed(get, "").code(code));
        assert!(!text.contains("t0ken") && !text.contains("s3cret"), "{status}: {text}");
        listener.finished();
    }
    // Not by plain HTTP over the network.
    let home = Home::new();
    let mut get = home.muster(&["secrets", "get", "vault:secret/uem#key"]);
    get.env("VAULT_ADDR", "http://vault.invalid:8200").env("VAULT_TOKEN", "t0ken");
    assert!(stderr(&typed(get, "").code(2)).contains("https"));
}

const SECRET: &str = "GET /secrets/uem-key?api-version=7.4";

fn key_vault(line: &'static str, token: &str, body: Sent, status: u16, answer: Value) -> Turn {
    Turn { line, headers: vec![("authorization", format!("Bearer {token}"))], body, status, answer }
}

fn bundle(value: &str) -> Value {
    let attributes =
        json!({ "enabled": true, "created": 1_774_000_000, "updated": 1_774_100_000, "exp": 1_990_000_000 });
    json!({ "value": value, "id": "https://fleet.vault.azure.net/secrets/uem-key/0a1b", "attributes": attributes })
}

fn issued(token: &str) -> Value {
    json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": token })
}

#[test]
fn an_application_signs_in_and_reads_and_writes_a_secret() {
    let home = Home::new();
    let sign_in = || Turn {
        line: "POST /d1r/oauth2/v2.0/token",
        headers: Vec::new(),
        body: Sent::Form(vec![
            ("grant_type", "client_credentials".into()),
            ("client_id", "app".into()),
            ("client_secret", "app s3cret&more".into()),
            ("scope", "https://vault.azure.net/.default".into()),
        ]),
        status: 200,
        answer: issued("t0ken"),
    };
    let put = Sent::Json(json!({ "value": "s3cret" }));
    let authority = Listener::expecting((0..4).map(|_| sign_in()).collect());
    let listener = Listener::expecting(vec![
        key_vault(SECRET, "t0ken", Sent::Nothing, 200, bundle("s3cret")),
        key_vault("GET /secrets/uem-key/0a1b?api-version=7.4", "t0ken", Sent::Nothing, 200, bundle("old")),
        key_vault("PUT /secrets/uem-key?api-version=7.4", "t0ken", put, 200, bundle("s3cret")),
        key_vault(SECRET, "t0ken", Sent::Nothing, 200, bundle("s3cret")),
    ]);
    let address = format!("azure-key-vault:http://127.0.0.1:{}/secrets/uem-key", listener.port);
    let run = |args: &[&str], input: &str| {
        let mut command = home.muster(args);
        command
            .env("AZURE_AUTHORITY_HOST", format!("http://127.0.0.1:{}", authority.port))
            .env("AZURE_TENANT_ID", "d1r")
            .env("AZURE_CLIENT_ID", "app")
            .env("AZURE_CLIENT_SECRET", "app s3cret&more");
        typed(command, input)
    };
    let facts = output(&run(&["secrets", "get", &address, "-o", "json"], "").success());
    assert_eq!(
        (&facts["changed_at"], &facts["expires_at"]),
        (&"2026-03-21T13:33:20Z".into(), &"2033-01-22T09:46:40Z".into()),
        "{facts}"
    );
    let old = format!("{address}/0a1b");
    assert_eq!(stdout(&run(&["secrets", "get", &old, "--reveal"], "").success()), "old\n");
    run(&["secrets", "set", &old], "s3cret").code(2);
    run(&["secrets", "set", &address], "s3cret").success();
    authority.finished();
    listener.finished();
}

#[test]
fn a_federated_token_and_a_managed_identity_need_no_secret() {
    let home = Home::new();
    let token = home.file("federated", "f3derated\n");
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o644)).expect("sets the mode");
    let authority = Listener::expecting(vec![Turn {
        line: "POST /d1r/oauth2/v2.0/token",
        headers: Vec::new(),
        body: Sent::Form(vec![
            ("grant_type", "client_credentials".into()),
            ("client_id", "app".into()),
            ("client_assertion", "f3derated".into()),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()),
            ("scope", "https://vault.azure.net/.default".into()),
        ]),
        status: 200,
        answer: issued("one"),
    }]);
    let machine = Listener::expecting(vec![
        Turn {
            line: "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net",
            headers: vec![("metadata", "true".into())],
            body: Sent::Nothing,
            status: 200,
            answer: json!({ "access_token": "two", "expires_in": "86399", "resource": "https://vault.azure.net" }),
        },
        Turn {
            line: "GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net&client_id=app",
            headers: vec![("x-identity-header", "h3ader".into())],
            body: Sent::Nothing,
            status: 200,
            answer: json!({ "access_token": "three", "expires_on": "1990000000" }),
        },
    ]);
    let read = |token| key_vault(SECRET, token, Sent::Nothing, 200, bundle("s3cret"));
    let listener = Listener::expecting(vec![read("one"), read("two"), read("three")]);
    let address = format!("azure-key-vault:http://127.0.0.1:{}/secrets/uem-key", listener.port);
    let (authority_url, machine_url) =
        (format!("http://127.0.0.1:{}", authority.port), format!("http://127.0.0.1:{}", machine.port));
    let endpoint = format!("{machine_url}/msi/token");
    let ways: [Vec<(&str, &str)>; 3] = [
        vec![
            ("AZURE_AUTHORITY_HOST", &authority_url),
            ("AZURE_TENANT_ID", "d1r"),
            ("AZURE_CLIENT_ID", "app"),
            ("AZURE_FEDERATED_TOKEN_FILE", &token),
        ],
        vec![("AZURE_POD_IDENTITY_AUTHORITY_HOST", &machine_url)],
        vec![("IDENTITY_ENDPOINT", &endpoint), ("IDENTITY_HEADER", "h3ader"), ("AZURE_CLIENT_ID", "app")],
    ];
    for way in ways {
        let mut get = home.muster(&["secrets", "get", &address, "--reveal"]);
        get.envs(way);
        assert_eq!(stdout(&typed(get, "").success()), "s3cret\n");
    }
    authority.finished();
    machine.finished();
    listener.finished();
}

#[test]
fn what_key_vault_refuses_is_told_by_its_status_and_nothing_of_its_answer() {
    for (status, code) in [(401, 3), (403, 5), (404, 2), (429, 6), (500, 9)] {
        let home = Home::new();
        let machine = Listener::expecting(vec![Turn {
            line: "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net",
            headers: vec![("metadata", "true".into())],
            body: Sent::Nothing,
            status: 200,
            answer: issued("t0ken"),
        }]);
        let error = json!({ "error": { "code": "X", "message": "t0ken" } });
        let listener = Listener::expecting(vec![key_vault(SECRET, "t0ken", Sent::Nothing, status, error)]);
        let address = format!("azure-key-vault:http://127.0.0.1:{}/secrets/uem-key", listener.port);
        let mut get = home.muster(&["secrets", "get", &address, "-vvv"]);
        get.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", format!("http://127.0.0.1:{}", machine.port));
        assert!(!stderr(&typed(get, "").code(code)).contains("t0ken"), "{status}");
        machine.finished();
        listener.finished();
    }
}

/// A certificate of `localhost`, and the authority behind it.
fn certificate() -> (ServerConfig, String) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(vec![String::from("localhost")]).expect("parameters");
    let certificate = params.self_signed(&key).expect("a certificate");
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = std::sync::Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a configuration");
    (config, certificate.pem())
}
