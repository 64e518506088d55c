//! Which app a name means. An exact name may stand for several versions and platforms. Pure.

use std::cmp::Ordering;

use muster_client::SmartGroup;
use muster_model::apps::App;
use muster_model::words::Platform;

use super::params::Deployment;
use crate::words::nearest;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice<T> {
    One {
        chosen: T,
        /// What people should know about the choice: the versions that were passed over.
        note: Option<String>,
    },
    /// Nothing has this name.
    Missing { suggestion: Option<String> },
    /// Several, and nothing tells which is meant.
    Ambiguous { candidates: Vec<String> },
}

/// The app that a deployment means, among those whose name contains the one asked for.
pub(super) fn app(wanted: &Deployment, known: &[App]) -> Choice<App> {
    let named: Vec<&App> = same(known, &wanted.app, |app| &app.application_name);
    if named.is_empty() {
        return missing(&wanted.app, known.iter().map(|app| app.application_name.as_str()));
    }
    let platform = wanted.wanted_platform().and_then(|platform| platform.number());
    let fits = |app: &&App| {
        platform.is_none_or(|number| app.platform == number)
            && wanted.version.as_ref().is_none_or(|version| app.app_version == *version)
    };
    let fitting: Vec<&App> = named.iter().copied().filter(fits).collect();
    let active: Vec<&App> = fitting.iter().copied().filter(|app| is_active(app)).collect();
    // An app that is retired everywhere is still better named than called missing.
    let ambiguous = |apps: &[&App]| Choice::Ambiguous { candidates: apps.iter().map(|app| describe(app)).collect() };
    match active.as_slice() {
        [] => ambiguous(if fitting.is_empty() { &named } else { &fitting }),
        [app] => Choice::One { chosen: (*app).clone(), note: passed_over(app, &fitting) },
        several if several.iter().any(|app| app.platform != several[0].platform) => ambiguous(several),
        several => match highest(several) {
            Some(app) => Choice::One { chosen: app.clone(), note: passed_over(app, &fitting) },
            None => ambiguous(several),
        },
    }
}

/// The smart group of exactly this name.
pub(super) fn smart_group(name: &str, known: &[SmartGroup]) -> Choice<SmartGroup> {
    match same(known, name, |group| &group.name).as_slice() {
        [] => missing(name, known.iter().map(|group| group.name.as_str())),
        [group] => Choice::One { chosen: (*group).clone(), note: None },
        several => Choice::Ambiguous {
            candidates: several.iter().map(|group| format!("id {} with {} devices", group.id, group.devices)).collect(),
        },
    }
}

/// Rows of exactly this name, or, if there is none, of this name in another case.
fn same<'a, T>(rows: &'a [T], name: &str, of: impl Fn(&T) -> &String) -> Vec<&'a T> {
    let exact: Vec<&T> = rows.iter().filter(|row| of(row) == name.trim()).collect();
    if exact.is_empty() {
        return rows.iter().filter(|row| of(row).to_lowercase() == name.trim().to_lowercase()).collect();
    }
    exact
}

fn missing<'a, T>(name: &str, known: impl Iterator<Item = &'a str>) -> Choice<T> {
    Choice::Missing { suggestion: nearest(name, known).map(str::to_owned) }
}

/// A tenant that does not say is believed to mean yes.
fn is_active(app: &App) -> bool {
    app.status.is_empty() || app.status.eq_ignore_ascii_case("Active")
}

/// The app with the highest version; `None` if versions cannot be compared or two are the same.
fn highest<'a>(apps: &[&'a App]) -> Option<&'a App> {
    let mut numbered = Vec::with_capacity(apps.len());
    for app in apps {
        numbered.push((numbers(&app.app_version)?, *app));
    }
    numbered.sort_by(|(a, _), (b, _)| compare(b, a));
    match numbered.as_slice() {
        [(first, _), (second, _), ..] if compare(first, second) == Ordering::Equal => None,
        [(_, app), ..] => Some(app),
        [] => None,
    }
}

/// `128.0.6613` as numbers; `None` if a part is no number.
fn numbers(version: &str) -> Option<Vec<u64>> {
    version.trim().trim_start_matches(['v', 'V']).split('.').map(|part| part.parse().ok()).collect()
}

/// `1.2` and `1.2.0` are the same.
fn compare(a: &[u64], b: &[u64]) -> Ordering {
    let part = |parts: &[u64], at: usize| parts.get(at).copied().unwrap_or_default();
    (0..a.len().max(b.len()))
        .map(|at| part(a, at).cmp(&part(b, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn passed_over(chosen: &App, fitting: &[&App]) -> Option<String> {
    let others = fitting.iter().filter(|app| app.id != chosen.id);
    let others: Vec<String> = others
        .map(
            |app| {
                if is_active(app) { app.app_version.clone() } else { format!("{} ({})", app.app_version, app.status) }
            },
        )
        .collect();
    let (name, version) = (&chosen.application_name, &chosen.app_version);
    (!others.is_empty()).then(|| format!("{name}: version {version} was chosen, not {}", others.join(", ")))
}

fn describe(app: &App) -> String {
    let known = Platform::ALL.iter().find(|platform| platform.number() == Some(app.platform));
    let platform = known.map_or_else(|| app.platform.to_string(), ToString::to_string);
    let status = if app.status.is_empty() { String::new() } else { format!(", {}", app.status) };
    format!("id {}: version {} for {platform}{status}", app.id.0, app.app_version)
}

#[cfg(test)]
mod tests {
    use muster_model::ids::{AppId, Wrapped};

    use super::*;

    fn known(id: i64, name: &str, version: &str, platform: i64, status: &str) -> App {
        App {
            id: Wrapped(AppId(id)),
            application_name: name.to_owned(),
            app_version: version.to_owned(),
            platform,
            status: status.to_owned(),
            ..App::default()
        }
    }

    fn chosen(wanted: &str, apps: &[App]) -> String {
        let mut wanted =
            super::super::params::read("d", &format!("deployments:\n- {{smart_group: All, {wanted}}}")).expect("reads");
        match app(&wanted.remove(0), apps) {
            Choice::One { chosen, note } => format!("{} {}", chosen.id.0, note.unwrap_or_default()),
            Choice::Missing { suggestion } => format!("missing {}", suggestion.unwrap_or_default()),
            Choice::Ambiguous { candidates } => format!("ambiguous {}", candidates.join(" / ")),
        }
    }

    #[test]
    fn a_name_means_the_highest_active_version() {
        let apps = [
            known(1, "Chrome", "9.10", 12, "Active"),
            known(2, "Chrome", "9.9", 12, "Active"),
            known(3, "Chrome", "10.0", 12, "Retired"),
            known(4, "Chrome Remote Desktop", "1", 12, "Active"),
        ];
        assert_eq!(chosen("app: Chrome", &apps), "1 Chrome: version 9.10 was chosen, not 9.9, 10.0 (Retired)");
        assert_eq!(chosen("app: chrome, version: '9.9'", &apps), "2 ");
        assert_eq!(chosen("app: Chrme", &apps), "missing Chrome");
        assert_eq!(chosen("app: Firefox", &apps), "missing ");
    }

    #[test]
    fn what_cannot_be_compared_is_shown() {
        let apps = [known(1, "A", "2024-R1", 12, ""), known(2, "A", "2024-R2", 12, "")];
        assert_eq!(
            chosen("app: A", &apps),
            "ambiguous id 1: version 2024-R1 for WinRT / id 2: version 2024-R2 for WinRT"
        );
        let apps = [known(1, "A", "1.0", 12, "Active"), known(2, "A", "2.0", 10, "Active")];
        assert_eq!(
            chosen("app: A", &apps),
            "ambiguous id 1: version 1.0 for WinRT, Active / id 2: version 2.0 for AppleOsX, Active"
        );
        assert_eq!(chosen("app: A, platform: macOS", &apps), "2 ");
        let apps = [known(1, "A", "1.0", 12, "Active"), known(2, "A", "1.0.0", 12, "Active")];
        assert!(chosen("app: A", &apps).starts_with("ambiguous"));
        let apps = [known(1, "A", "1.0", 12, "Retired")];
        assert_eq!(chosen("app: A", &apps), "ambiguous id 1: version 1.0 for WinRT, Retired");
    }
}
