//! Baselines for Windows: the templates that vendors publish and the policies of their catalogue. The content is a
//! small selection of our own; it is the same in every tenant.

use serde_json::{Value, json};
use uuid::Uuid;

use super::context::Context;
use super::given::Given;
use super::policy::Action::Read;
use super::policy::Resource::Profiles;
use super::policy::needs;
use super::refusal::Refusal;
use super::said::Said;
use super::table::Table;

pub(super) fn routes(table: &mut Table) {
    table
        .serve("mdmv1/TemplatesV1_GetAllAsync", needs(Profiles, Read), templates)
        .serve("mdmv2/TemplatesV2_GetAllAsync", needs(Profiles, Read), templates_of)
        .serve("mdmv1/TemplatesV1_SearchTemplateAsync", needs(Profiles, Read), template)
        .serve("mdmv1/TemplatesV1_GetPolicyAsync", needs(Profiles, Read), policy_of_template)
        .serve("mdmv1/CatalogsV1_GetPolicyAsync", needs(Profiles, Read), policy)
        .serve("mdmv1/CatalogsV1_GetPolicyCatalogAsync", needs(Profiles, Read), catalog)
        .serve("mdmv1/CatalogsV1_GetAllPoliciesAsync", needs(Profiles, Read), policies);
}

/// Kinds of things in this catalogue; each has numbers of its own.
#[derive(Clone, Copy)]
enum Kind {
    Template = 1,
    Version = 2,
    Level = 3,
    Baseline = 4,
    Category = 5,
    Policy = 6,
}

fn uuid(kind: Kind, number: usize) -> Uuid {
    Uuid::from_u64_pair(0x6d75_7374_6572_4000 | kind as u64, 0x8000_0000_0000_0000 | number as u64)
}

/// The number behind a UUID of a kind, if it is one of ours.
fn number(kind: Kind, wanted: Uuid, most: usize) -> Option<usize> {
    (0..most).find(|number| uuid(kind, *number) == wanted)
}

/// Vendors' templates: name, short name.
const TEMPLATES: &[(&str, &str)] = &[("Windows Security Baseline", "MSB"), ("CIS Windows Benchmarks", "CIS")];
/// Windows: name, version.
const VERSIONS: &[(&str, &str)] =
    &[("Windows 10 22H2", "10.0.19045"), ("Windows 11 23H2", "10.0.22631"), ("Windows 11 24H2", "10.0.26100")];
const LEVELS: &[(&str, &str)] = &[("Level 1, for everybody", "L1"), ("Level 2, for much that is secret", "L2")];

const CATEGORIES: &[&str] = &["Account Policies", "BitLocker", "Firewall", "Windows Update", "Remote Access"];

/// A policy: category, name, class, explanation; and whether the templates turn it on.
struct Policy {
    category: usize,
    name: &'static str,
    class: &'static str,
    explanation: &'static str,
    enabled: bool,
}

const fn rule(category: usize, name: &'static str, class: &'static str, explanation: &'static str, on: bool) -> Policy {
    Policy { category, name, class, explanation, enabled: on }
}

const POLICIES: &[Policy] = &[
    rule(0, "Minimum password length", "Machine", "How many characters a password has at least.", true),
    rule(0, "Password must meet complexity requirements", "Machine", "Several kinds of characters are needed.", true),
    rule(0, "Account lockout threshold", "Machine", "After how many wrong passwords an account is locked.", true),
    rule(1, "Require additional authentication at startup", "Machine", "A PIN before Windows starts.", false),
    rule(1, "Choose drive encryption method", "Machine", "With which cipher drives are encrypted.", true),
    rule(
        1,
        "Deny write access to drives that are not encrypted",
        "Machine",
        "Nothing is written to open drives.",
        false,
    ),
    rule(2, "Domain profile: firewall state", "Machine", "The firewall is on in the own network.", true),
    rule(2, "Public profile: firewall state", "Machine", "The firewall is on in foreign networks.", true),
    rule(2, "Public profile: inbound connections", "Machine", "What comes in unasked is blocked.", true),
    rule(3, "Configure automatic updates", "Machine", "When updates are downloaded and installed.", true),
    rule(3, "Remove access to pause updates", "User", "People cannot put updates off.", false),
    rule(4, "Allow Remote Assistance to be offered", "Machine", "Helpers may ask for a session.", false),
    rule(4, "Require secure RPC communication", "Machine", "Remote desktops talk in encrypted form only.", true),
];

fn version(number: usize, with_levels: bool) -> Value {
    let (name, version) = VERSIONS[number];
    let levels: Vec<Value> = if with_levels { (0..LEVELS.len()).map(level).collect() } else { Vec::new() };
    json!({ "id": number + 1, "uuid": uuid(Kind::Version, number), "name": name, "version": version, "levels": levels })
}

fn level(number: usize) -> Value {
    let (name, short) = LEVELS[number];
    json!({ "id": number + 1, "uuid": uuid(Kind::Level, number), "name": name, "shortName": short })
}

fn vendor(number: usize) -> Value {
    let (name, short) = TEMPLATES[number];
    let versions: Vec<Value> = (0..VERSIONS.len()).map(|at| version(at, true)).collect();
    json!({ "id": number + 1, "uuid": uuid(Kind::Template, number), "name": name, "shortName": short,
        "versions": versions })
}

fn all_templates() -> Value {
    (0..TEMPLATES.len()).map(vendor).collect()
}

async fn templates(_: Context, _: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, all_templates()))
}

async fn templates_of(_: Context, given: Given) -> Result<Said, Refusal> {
    match given.asked("platformType").map(str::to_ascii_lowercase).as_deref() {
        None | Some("winrt" | "windows" | "12") => Ok(Said::json(200, all_templates())),
        Some(other) => Err(Refusal::bad(format!("There are no templates for '{other}'; there are for WinRT."))),
    }
}

/// The number of a baseline: which template, Windows and level.
fn baseline(template: usize, version: usize, level: usize) -> usize {
    (template * VERSIONS.len() + version) * LEVELS.len() + level
}

async fn template(_: Context, given: Given) -> Result<Said, Refusal> {
    let wanted = given.uuid("vendorTemplateUUID");
    let missing = |what: &str| Refusal::not_found(format!("{what} not found."));
    let vendor_number = number(Kind::Template, wanted, TEMPLATES.len()).ok_or_else(|| missing("Template"))?;
    let os = given.asked_uuid("osVersionUUID").unwrap_or_default();
    let os = number(Kind::Version, os, VERSIONS.len()).ok_or_else(|| missing("Version of Windows"))?;
    let at = match given.asked_uuid("securityLevelUUID") {
        None => 0,
        Some(level) => number(Kind::Level, level, LEVELS.len()).ok_or_else(|| missing("Security level"))?,
    };
    let number = baseline(vendor_number, os, at);
    let tree = if given.asked_flag("policyTree").unwrap_or(true) { tree() } else { Value::Array(Vec::new()) };
    Ok(Said::json(
        200,
        json!({
            "id": number + 1, "uuid": uuid(Kind::Baseline, number), "version": 1, "type": "LgpoSeeded",
            "vendorTemplate": vendor(vendor_number), "osVersion": version(os, false),
            "catalogOsVersion": version(os, false), "securityLevel": level(at), "policyTree": tree,
        }),
    ))
}

fn status(policy: &Policy) -> &'static str {
    if policy.enabled { "Enabled" } else { "NotConfigured" }
}

/// Categories with their policies.
fn tree() -> Value {
    let category = |(number, name): (usize, &&str)| {
        let policies: Vec<Value> = POLICIES
            .iter()
            .enumerate()
            .filter(|(_, policy)| policy.category == number)
            .map(|(at, policy)| {
                json!({ "id": at + 1, "uuid": uuid(Kind::Policy, at), "name": policy.name, "class": policy.class,
                    "className": policy.class, "status": status(policy) })
            })
            .collect();
        json!({ "id": number + 1, "uuid": uuid(Kind::Category, number), "name": name, "policies": policies,
            "categories": [] })
    };
    CATEGORIES.iter().enumerate().map(category).collect()
}

fn shown(at: usize) -> Value {
    let policy = &POLICIES[at];
    json!({
        "id": at + 1, "uuid": uuid(Kind::Policy, at), "name": policy.name, "class": policy.class,
        "className": policy.class, "explanation": policy.explanation, "status": status(policy),
        "path": format!("Computer Configuration/{}", CATEGORIES[policy.category]),
        "availableStates": ["NotConfigured", "Enabled", "Disabled"],
        "layout": [{ "id": "state", "label": policy.name, "type": "DropDownList" }],
    })
}

fn find(given: &Given) -> Result<usize, Refusal> {
    let wanted = given.uuid("policyUUID");
    number(Kind::Policy, wanted, POLICIES.len())
        .ok_or_else(|| Refusal::not_found(format!("Policy not found: {wanted}.")))
}

async fn policy(_: Context, given: Given) -> Result<Said, Refusal> {
    Ok(Said::json(200, shown(find(&given)?)))
}

async fn policy_of_template(_: Context, given: Given) -> Result<Said, Refusal> {
    let wanted = given.uuid("baselineTemplateUUID");
    let most = baseline(TEMPLATES.len(), 0, 0);
    number(Kind::Baseline, wanted, most).ok_or_else(|| Refusal::not_found(format!("Template not found: {wanted}.")))?;
    Ok(Said::json(200, shown(find(&given)?)))
}

/// The Windows that a path names; 400 where there is none.
fn windows(given: &Given) -> Result<usize, Refusal> {
    let wanted = given.uuid("osVersionUUID");
    let missing = || Refusal::bad(format!("Version of Windows not found: {wanted}."));
    number(Kind::Version, wanted, VERSIONS.len()).ok_or_else(missing)
}

async fn catalog(_: Context, given: Given) -> Result<Said, Refusal> {
    let os = windows(&given)?;
    Ok(Said::json(200, json!({ "osVersion": version(os, true), "policyTree": tree() })))
}

async fn policies(_: Context, given: Given) -> Result<Said, Refusal> {
    windows(&given)?;
    let number = |name: &str, usual: usize| {
        given
            .asked(name)
            .map_or(Ok(usual), |text| text.parse().map_err(|_| Refusal::bad(format!("The {name} is no number."))))
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", 50)?);
    let text = given.asked("q").unwrap_or_default().to_lowercase();
    let found: Vec<usize> =
        (0..POLICIES.len()).filter(|at| POLICIES[*at].name.to_lowercase().contains(&text)).collect();
    let rows: Vec<Value> = found.iter().skip(offset).take(limit).map(|at| shown(*at)).collect();
    Ok(Said::json(200, json!({ "results": rows, "total": found.len() })))
}
