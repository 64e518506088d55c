//! The commands of the guide, one after the other and as they are written, typed into a shell. What would be asked at a
//! terminal is answered by `--yes`; only names that a reader has to put in are other ones.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Command;

use crate::tenant::{MUSTER, Tenant, json, pause};

/// The commands of a page, those that continue a line joined to it.
fn commands(page: &str) -> Vec<String> {
    let path = format!("{}/../../docs/guide/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a page").replace("\\\n", " ");
    let mut commands = Vec::new();
    for block in text.split("```").skip(1).step_by(2) {
        let console = block.starts_with("console\n");
        let lines = block.lines().skip(1).filter(|_| console || block.starts_with('\n'));
        commands.extend(lines.filter_map(|line| match console {
            true => line.strip_prefix("$ ").map(str::to_owned),
            false => Some(line.to_owned()).filter(|line| line.starts_with("muster ")),
        }));
    }
    commands.retain(|command| !command.starts_with("cargo "));
    commands
}

/// A page, and how far it was walked.
struct Walk<'a> {
    tenant: &'a Tenant,
    page: &'a str,
    left: std::vec::IntoIter<String>,
    /// What the page calls it, and what it is here.
    names: Vec<(String, String)>,
    /// Whether the tenant comes from the context that the page has added.
    by_context: bool,
}

impl<'a> Walk<'a> {
    fn of(page: &'a str, tenant: &'a Tenant) -> Self {
        Self { tenant, page, left: commands(page).into_iter(), names: Vec::new(), by_context: false }
    }

    fn call(&mut self, name: &str, here: impl Into<String>) {
        self.names.retain(|(known, _)| known != name);
        self.names.push((name.to_owned(), here.into()));
    }

    /// The page's next command, which begins like this, ends with one of these codes; answers what it wrote to stdout.
    #[track_caller]
    fn step(&mut self, begins: &str, codes: &[i32]) -> String {
        let written =
            self.left.next().unwrap_or_else(|| panic!("{} has no more commands than before {begins}", self.page));
        assert!(written.starts_with(begins), "{}: `{written}` comes before `{begins}`", self.page);
        let typed = self.names.iter().fold(written, |text, (name, here)| text.replace(name, here));
        let mut shell = Command::new("/bin/sh");
        let folder = self.tenant.home.folder.path();
        let typed = typed.replacen("muster ", "muster --yes ", 1);
        shell.arg("-c").arg(&typed).current_dir(folder).env_clear().stdin(std::process::Stdio::null());
        let like = if self.by_context { self.tenant.home.muster(&[]) } else { self.tenant.muster(&[]) };
        shell.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let programs = std::path::Path::new(MUSTER).parent().expect("a folder");
        shell.env("PATH", format!("{}:/usr/bin:/bin", programs.display())).env("USER", "tester");
        let ran =
            assert_cmd::Command::from_std(shell).timeout(std::time::Duration::from_secs(120)).output().expect("runs");
        let (out, told) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        let code = ran.status.code().unwrap_or(-1);
        assert!(codes.contains(&code), "{}: `{typed}` ended with {code}\n{out}\n{told}", self.page);
        out.into_owned()
    }

    /// As [`Walk::step`], for what has to succeed.
    #[track_caller]
    fn goes(&mut self, begins: &str) -> String {
        self.step(begins, &[0])
    }

    /// Passes over a command that is walked elsewhere.
    #[track_caller]
    fn passes(&mut self, begins: &str) {
        let written = self.left.next().unwrap_or_default();
        assert!(written.starts_with(begins), "{}: `{written}` comes before `{begins}`", self.page);
    }

    #[track_caller]
    fn ends(mut self) {
        assert_eq!(self.left.next(), None, "{} has a command that is not walked", self.page);
    }

    /// A plan that waits for an approval of so many devices.
    fn held(&mut self, devices: std::ops::Range<usize>) {
        let serials = self.tenant.serials(devices.end)[devices].join(",");
        let wipe = ["devices", "command", "EnterpriseWipe", "--serial", &serials, "--yes", "-o", "json"];
        let plan = json(&self.tenant.run(&wipe).code(8));
        self.call("PLAN", plan["plan"].as_str().expect("a plan"));
    }

    /// The last job.
    fn last_job(&mut self) {
        let jobs = self.tenant.json(&["jobs", "list", "-o", "json"]);
        self.call("JOB", jobs[0]["job"].as_str().expect("a job"));
    }

    /// A file with a heading and serial numbers.
    fn list(&self, name: &str, devices: usize) {
        self.tenant.home.file(name, format!("SerialNumber\n{}\n", self.tenant.serials(devices).join("\n")));
    }
}

/// The first block of a page that is TOML and has this word in it.
fn toml(page: &str, word: &str) -> String {
    let path = format!("{}/../../docs/guide/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a page");
    let mut blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.contains(word)).expect("a block").to_owned()
}

#[test]
fn approvals_and_the_record() {
    let tenant = Tenant::with_devices(60);
    let mut walk = Walk::of("approvals-and-audit.md", &tenant);
    walk.call("keyring:muster/ada", "file:ada.key");
    let ada = walk.goes("muster keys new ada");
    walk.call("ada+3f0c1b7e+AQ…", ada.trim());
    walk.goes("muster approvers add ada+");
    let grace = crate::tenant::stdout(&tenant.run(&["keys", "new", "grace", "--to", "file:grace.key"]).success());
    walk.call("grace+91d2…", grace.trim());
    walk.goes("muster approvers add grace+");
    walk.goes("muster approvers list");
    let config = toml("approvals-and-audit.md", "[approvals]").replace("keyring:muster/grace", "file:grace.key");
    std::fs::create_dir_all(tenant.home.path("home")).expect("a folder");
    tenant.home.file("home/config.toml", config.replace("ada+3f0c1b7e+AQ…", ada.trim()));

    walk.held(0..3);
    walk.goes("muster approve PLAN --confirm 3");
    walk.held(3..4);
    walk.call("--to approval.txt", "--to approval.txt --confirm 1");
    walk.goes("muster approve PLAN --to");
    walk.goes("muster approve PLAN --from");
    walk.goes("muster templates add retail-wipes");
    walk.goes("muster templates list");
    walk.goes("muster templates revoke");
    walk.held(4..5);
    walk.goes("muster approve PLAN --break-glass");

    walk.goes("muster audit list");
    walk.goes("muster audit verify");
    walk.goes("muster audit checkpoint > checkpoint.txt");
    walk.goes("muster audit verify --checkpoint");
    walk.goes("muster audit export --to audit.jsonl");
    walk.goes("muster audit checkpoint --key > audit.pub");
    let state = walk.goes("muster audit verify --log");
    assert!(state.contains("\"trusted\": true"), "{state}");
    walk.call("4711", "4");
    walk.goes("muster audit prove 4711 > entry.tlog-proof");
    walk.goes("muster audit verify --proof entry.tlog-proof");
    walk.goes("muster audit prove --since checkpoint.txt > growth.txt");
    walk.goes("muster audit verify --proof growth.txt");
    let collector = TcpListener::bind("127.0.0.1:0").expect("listens");
    walk.call("logs.example.com:601", collector.local_addr().expect("an address").to_string());
    let heard = std::thread::spawn(move || {
        let mut text = String::new();
        collector.accept().expect("somebody comes").0.read_to_string(&mut text).map(|_| text)
    });
    walk.goes("muster audit export --format syslog");
    assert!(heard.join().expect("reads").expect("is text").contains("plan.break-glass"));
    walk.ends();
    // JSON for who asks for it.
    assert!(tenant.json(&["audit", "checkpoint", "-o", "json"])["checkpoint"].is_string());
    assert!(tenant.json(&["audit", "prove", "4", "-o", "json"])["proof"].is_string());
}

#[test]
fn growing_looking_taking_back() {
    let tenant = Tenant::with_devices(60);
    let mut walk = Walk::of("changes.md", &tenant);
    walk.list("wave.csv", 12);
    walk.call("--soak 1h", "--soak 1s");
    walk.call("--gate failed=2%", "--gate failed=2% --soak 0s");
    // What a gate says of devices that live in another time is another matter.
    walk.step("muster devices command SyncDevice --all --at-most 5000 --rings", &[0, 7, 8]);
    walk.goes("muster devices tag --add Wave7 --from-file wave.csv --rings=1,5%,100%");
    walk.last_job();
    walk.goes("muster jobs show JOB");
    walk.step("muster jobs continue JOB", &[2]);
    walk.goes("muster jobs rollback JOB");
    tenant.run(&["devices", "tag", "--add", "Wave8", "--from-file", "wave.csv", "--yes"]).success();
    walk.last_job();
    walk.goes("muster jobs undo JOB -n");
    walk.goes("muster jobs undo JOB");
    tenant.run(&["devices", "command", "SyncDevice", "--from-file", "wave.csv", "--yes"]);
    walk.last_job();
    walk.call("--wait 2h", "--wait 20s");
    walk.step("muster jobs prove JOB", &[0, 7]);
    walk.step("muster jobs prove JOB --wait", &[0, 7]);

    let missing = "Username,FirstName,LastName,Email,Groups\nann,Ann,Lee,ann@x.org,No Such Group\n";
    tenant.home.file("users.csv", missing);
    tenant.run(&["users", "provision", "users.csv", "--yes", "--report", "users-report.csv"]).code(7);
    let sync = ["devices", "command", "SyncDevice", "--from-file", "wave.csv", "--yes", "--report", "report.csv"];
    tenant.run(&sync);
    let report = std::fs::read_to_string(tenant.home.path("report.csv")).expect("a report");
    tenant.home.file("report.csv", report.replacen(",done,", ",failed,", 1));
    walk.step("muster devices command SyncDevice --from-file report.csv --only failed", &[0]);
    walk.call("report.csv", "users-report.csv");
    walk.step("muster users provision report.csv --only failed", &[7]);
    walk.ends();
}

#[test]
fn policy() {
    let tenant = Tenant::with_devices(20);
    let mut walk = Walk::of("policy.md", &tenant);
    assert!(walk.goes("muster policy show").contains("[[caps]]"));
    walk.goes("muster policy show > muster.policy.toml");
    walk.goes("muster policy check muster.policy.toml");
    walk.held(0..1);
    walk.goes("muster policy explain PLAN");
    walk.ends();
    for word in ["[[caps]]", "[[protected]]", "[[freezes]]"] {
        let file = tenant.home.file("part.toml", toml("policy.md", word));
        tenant.run(&["policy", "check", &file]).success();
    }
}

#[test]
fn recipes() {
    let tenant = Tenant::with_devices(60);
    let mut walk = Walk::of("recipes.md", &tenant);
    walk.list("pilots.csv", 5);
    walk.goes("muster devices tag --add Pilot");
    let report = std::fs::read_to_string(tenant.home.path("pilots-done.csv")).expect("a report");
    assert!(report.starts_with("SerialNumber,"), "{report}");
    tenant.home.file("users.txt", "nobody\n");
    tenant.run(&["users", "deactivate", "--from-file", "users.txt", "--yes"]).code(4);
    walk.last_job();
    walk.goes("muster jobs show JOB --only failed");
    walk.step("muster jobs retry JOB --only failed", &[4]);
    walk.step("muster devices command InstallOSUpdate --platform Apple --batch-size 200", &[0, 7, 8]);
    tenant.home.file("remedies.toml", toml("recipes.md", "[[remedy]]"));
    walk.goes("muster compliance remediate --rules remedies.toml --dry-run");
    walk.goes("muster users provision --sample users.csv");
    walk.goes("muster users provision users.csv --dry-run");
    walk.step("muster users provision users.csv --report users-done.csv", &[0, 7]);
    let page = std::fs::read_to_string(format!("{}/../../docs/guide/recipes.md", env!("CARGO_MANIFEST_DIR")));
    let yaml =
        page.expect("a page").split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next().map(str::to_owned));
    tenant.home.file("deployments.yaml", yaml.expect("a block"));
    walk.call("--wait 30m", "--wait 1s");
    walk.step("muster apps deploy --file deployments.yaml", &[0, 4, 7]);
    walk.goes("muster compliance report -o jsonl > noncompliant.jsonl");
    walk.list("serials.txt", 5);
    walk.step("muster devices command SyncDevice --from-file serials.txt --yes", &[0]);
    walk.passes("muster uem serve");
    walk.ends();
}

#[test]
fn quickstart() {
    let tenant = Tenant::with_devices(60);
    let mut walk = Walk::of("quickstart.md", &tenant);
    walk.by_context = true;
    walk.passes("muster uem serve --data uem --devices 500");
    walk.call("uem.json", "ready.json");
    walk.goes("muster context add rehearsal --from uem.json --use");
    let doctor = walk.goes("muster doctor");
    assert!(doctor.contains("\"ok\": true"), "{doctor}");
    walk.goes("muster devices search");
    walk.goes("muster devices show 1");
    walk.goes("muster compliance report");
    walk.goes("muster apps status");
    walk.goes("muster devices command SyncDevice --platform Android --limit 20 --dry-run");
    walk.goes("muster devices command SyncDevice --platform Android --limit 20");
    let held = walk.step("muster devices command EnterpriseWipe --id 1", &[8]);
    let held: serde_json::Value = serde_json::from_str(&held).expect("is JSON");
    let public = walk.goes("muster keys new grace --to file:grace.key");
    walk.call("PUBLIC_KEY", public.trim());
    walk.goes("muster approvers add PUBLIC_KEY");
    walk.goes("muster plan list");
    walk.call("PLAN", held["plan"].as_str().expect("a plan"));
    walk.goes("muster approve PLAN --key");
    walk.goes("muster plan apply PLAN");
    walk.goes("muster compliance remediate --dry-run");
    walk.step("muster compliance remediate", &[0, 8]);

    // A job that is killed, and goes on.
    walk.passes("muster devices command SyncDevice --all --at-most 1000 --rate 20 --yes");
    let mut long =
        tenant.home.muster(&["devices", "command", "DeviceQuery", "--all", "--at-most", "1000", "--rate", "20"]);
    let mut long = long.args(["--yes"]).spawn().expect("starts");
    let before = tenant.sent();
    while tenant.sent() < before + 5 {
        pause();
    }
    long.kill().and_then(|()| long.wait()).expect("ends");
    walk.goes("muster jobs list");
    walk.last_job();
    walk.goes("muster jobs resume JOB");

    // A file with a secret is its owner's.
    for (named, file) in
        [("file:/run/secrets/uem-tenant-code", "code"), ("env:UEM_PASSWORD", "password"), ("env:UEM_SECRET", "secret")]
    {
        let set = tenant.home.muster(&["secrets", "set", &format!("file:{file}")]);
        assert_cmd::Command::from_std(set).write_stdin("a secret").assert().success();
        walk.call(named, format!("file:{file}"));
    }
    walk.call("https://as1234.example.com", "http://127.0.0.1:9");
    walk.step("muster context add prod --url", &[0, 9]);
    walk.step("muster doctor --context prod", &[2, 9]);
    walk.step("muster context add prod --url", &[0, 9]);
    walk.ends();
}
