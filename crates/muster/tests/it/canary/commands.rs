//! How every command is called so that it does its work. A command that is not here fails the test.

/// Where the key is that signs.
const KEY: &str = "file:seeds/signing-key";

/// What commands are told about.
pub(crate) struct Names {
    pub(crate) serial: String,
    pub(crate) plan: String,
    pub(crate) job: String,
    /// Public key of a second approver.
    pub(crate) second: String,
    /// A key of the stopped UEM.
    pub(crate) listener: String,
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    ByItself,
    /// It runs until it is stopped.
    Stopped,
}

/// The command lines of a command; they share one world, in the order of the commands' names.
pub(crate) fn lines(command: &str, names: &Names) -> Option<(End, Vec<String>)> {
    let serial = &names.serial;
    let own = "--data own";
    let one = |line: String| Some((End::ByItself, vec![line]));
    let text = |line: &str| one(format!("{command} {line}"));
    match command {
        "api list" => text(""),
        "api show" | "api call" => text("DevicesV1_Search"),
        "api GET" => text("/mdm/devices/search"),
        "api POST" | "api PUT" | "api PATCH" | "api DELETE" => text("/mdm/devices/1 -n"),
        "approve" => one(format!("approve {} --confirm 1 --key {KEY}", names.plan)),
        "approvers add" => one(format!("approvers add {} --key {KEY} --yes", names.second)),
        "approvers remove" => one(format!("approvers remove second --key {KEY} --yes")),
        "approvers list" | "audit checkpoint" | "templates list" => text(""),
        "audit export" => text("--to exported.jsonl"),
        "audit prove" => text("1"),
        "keys new" => text("third --to file:seeds/third-key"),
        "keys show" => text(KEY),
        "templates add" => one(format!(
            "templates add nightly --for schedule --action EnterpriseWipe --workflow compliance --at-most 1 --per 24h \
             --for-days 1 --key {KEY} --yes"
        )),
        "templates revoke" => text("nightly"),
        "apps deploy" => Some((End::ByItself, vec![
            "apps deploy --app Google_Chrome --smart-group All_Devices --yes --report report.html --report report.csv".into(),
        ])),
        "apps install" | "apps remove" => one(format!("{command} Google_Chrome --serial {serial} -n")),
        "apps unassign" => text("Google_Chrome --group All_Devices -n"),
        "apps status" => text("Google_Chrome --report report.json"),
        "audit list" | "audit verify" | "jobs list" | "plan list" | "state check" => text(""),
        "state salvage" => text("--to salvaged.db"),
        "compliance remediate" => text("--yes --report report.html"),
        "compliance report" => text("--report report.csv"),
        "context add" => text("more --from ready.json --yes"),
        "context list" | "context show" => text(""),
        "context remove" => text("gone --yes"),
        "context use" => text("local"),
        "controller serve" => Some((End::Stopped, vec![
            "controller serve --listen 127.0.0.1:0 --every 1s --webhook env:CANARY_WEBHOOK".into(),
        ])),
        "demo" => text("--devices 20 --out demo"),
        "devices command" => Some((End::ByItself, vec![
            format!("devices command SyncDevice --serial {serial} --yes --report report.json"),
            format!("devices command DeviceWipe --serial {serial} -n"),
        ])),
        "devices rename" => one(format!("devices rename Canary-{{serial}} --serial {serial} --yes")),
        "devices set" => one(format!("devices set --asset-number C1 --attribute Site=Bonn --serial {serial} --yes")),
        "devices move" => one(format!("devices move Japan --serial {serial} -n")),
        "devices message" => one(format!("devices message Hello --serial {serial} --yes")),
        "devices update" => one(format!("devices update 99.0 --serial {serial} -n")),
        "devices delete" => text("--platform Apple -n"),
        "profiles install" | "profiles remove" => one(format!("{command} 1301 --serial {serial} -n")),
        "users activate" | "users deactivate" | "users delete" => text("nobody -n"),
        "users join" | "users leave" => text("nobody --group Engineering -n"),
        "devices search" => text("--report report.csv"),
        "devices show" => one(format!("devices show {serial}")),
        "devices tag" => one(format!("devices tag --add Canary --serial {serial} --yes")),
        "doctor" => text("--report report.html"),
        "jobs continue" | "jobs rollback" | "jobs undo" => one(format!("{command} {} --yes", names.job)),
        "jobs prove" | "jobs watch" => one(format!("{command} {}", names.job)),
        "jobs prune" => text("--older-than 30 --yes"),
        "jobs cancel" | "jobs show" => one(format!("{command} {}", names.job)),
        "jobs resume" => one(format!("jobs resume {} --yes --passwords-from seeds/users.csv", names.job)),
        "jobs retry" => one(format!("jobs retry {} --only failed", names.job)),
        "operations wait" => text("00000000-0000-0000-0000-000000000000 --timeout 1s"),
        "plan apply" => Some((
            End::ByItself,
            vec![format!("plan apply {} --yes", names.plan)],
        )),
        "plan diff" => one(format!("plan diff {} {}", names.plan, names.plan)),
        "plan export" => one(format!("plan export {} exported.json", names.plan)),
        "plan import" => Some((
            End::ByItself,
            vec![format!("plan export {} taken.json", names.plan), "plan import taken.json".into()],
        )),
        "plan show" => one(format!("plan show {} --html plan.html", names.plan)),
        "policy check" | "policy show" => text(""),
        "policy explain" => one(format!("policy explain {}", names.plan)),
        "secrets check" => Some((
            End::ByItself,
            vec!["secrets check --report report.json".into(), "secrets check --context local".into()],
        )),
        "secrets get" => Some((End::ByItself, vec![
            "secrets get env:MUSTER_PASSWORD".into(),
            "secrets get file:seeds/document.json#a.b".into(),
            "secrets get exec:cat_seeds/output".into(),
            "secrets get sealed:seeds/sealed#inside".into(),
            "secrets get vault:secret/uem#key".into(),
            "secrets get --context approle vault:secret/uem#key".into(),
            format!("secrets get azure-key-vault:{}/secrets/uem-key", names.listener),
            "secrets get keyring:muster/none".into(),
        ])),
        "secrets list" => text(""),
        "secrets remove" => Some((End::ByItself, vec![
            "secrets remove file:seeds/removed --yes".into(),
            "secrets remove sealed:seeds/sealed#nothing --yes".into(),
        ])),
        "secrets rotate" => Some((End::ByItself, vec![
            "secrets rotate --context local --to file:seeds/rotated -n".into(),
            "secrets rotate --context local --to file:seeds/rotated --yes".into(),
            "secrets rotate --context other --to file:seeds/by-hand --key-from-stdin --yes".into(),
        ])),
        "secrets set" => Some((End::ByItself, vec![
            "secrets set file:seeds/set".into(),
            "secrets set sealed:seeds/sealed#set".into(),
            "secrets set vault:secret/uem#key".into(),
            format!("secrets set azure-key-vault:{}/secrets/uem-key", names.listener),
        ])),
        "uem admin account add" => one(format!("{command} bot --role 1 --password env:CANARY_ACCOUNT {own}")),
        "uem admin account password" => one(format!("{command} bot --password env:CANARY_ACCOUNT {own}")),
        "uem admin account disable" | "uem admin account enable" | "uem admin account unlock" => {
            one(format!("{command} bot {own} --yes"))
        }
        "uem admin account grant" | "uem admin account withdraw" => one(format!("{command} bot --role 1 {own} --yes")),
        "uem admin account list" | "uem admin role list" | "uem admin key list" | "uem admin client list" => {
            one(format!("{command} {own}"))
        }
        "uem admin account remove" => one(format!("{command} nobody {own} --yes")),
        "uem admin certificate issue" => {
            one(format!("{command} bot --pkcs12-password env:CANARY_PKCS12 --out . {own}"))
        }
        "uem admin certificate authority" => one(format!("{command} authority.pem {own}")),
        "uem admin certificate list" => one(format!("{command} {own}")),
        "uem admin certificate revoke" => one(format!("{command} 00 {own} --yes")),
        "uem admin client add" => one(format!("{command} reports --role 1 {own}")),
        "uem admin client revoke" => one(format!("{command} nobody {own} --yes")),
        "uem admin key add" => one(format!("{command} reports {own}")),
        "uem admin key rotate" | "uem admin key revoke" => one(format!("{command} 999 {own} --yes")),
        "uem admin log" => one(format!("{command} {own}")),
        "uem admin role add" => one(format!("{command} readers --right devices:read {own}")),
        "uem admin role remove" => one(format!("{command} nobody {own} --yes")),
        "uem admin settings show" => one(format!("{command} {own}")),
        "uem admin settings set" => one(format!("{command} --logging true {own}")),
        "uem backup" => Some((
            End::ByItself,
            vec![
                "uem backup --data own --database env:CANARY_DATABASE backup".into(),
                "uem backup --data own backup-of-own".into(),
            ],
        )),
        "uem restore" => one(format!("{command} --data other --database env:CANARY_DATABASE backup")),
        "uem coverage" => text(""),
        "uem export openapi" => text("--dialect guide --out papers"),
        // With --from it writes credentials, because that is what it is for.
        "uem export postman" => text("--dialect guide --out papers"),
        "uem serve" => Some((End::Stopped, vec![
            "uem serve --data served --devices 5 --database env:CANARY_DATABASE".into(),
            "uem serve --data served --devices 5".into(),
        ])),
        "users provision" => Some((End::ByItself, vec![
            "users provision seeds/users.csv --yes --report report.csv".into(),
            "users provision --sample sample.csv".into(),
        ])),
        _ => None,
    }
}
