//! The process environment, read once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// A copy of the environment; tests make their own.
#[derive(Clone, Default)]
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect())
    }

    /// A variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0
            .get(std::ffi::OsStr::new(name))
            .and_then(|value| value.to_str())
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    }

    /// A variable that holds a path.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.0.get(std::ffi::OsStr::new(name)).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The variables of these names, or whose names begin so, for a program that we start.
    pub(crate) fn only(&self, names: &[&str], beginnings: &[&str]) -> Vec<(OsString, OsString)> {
        let kept = |name: &OsString| {
            name.to_str().is_some_and(|name| {
                names.contains(&name) || beginnings.iter().any(|beginning| name.starts_with(beginning))
            })
        };
        self.0.iter().filter(|(name, _)| kept(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Whether `NO_COLOR` or a dumb terminal asks for plain text.
    pub(crate) fn plain(&self) -> bool {
        self.get("NO_COLOR").is_some() || self.get("TERM").is_some_and(|term| term == "dumb")
    }

    /// The proxy that calls to `scheme` would take, by its variable's name.
    pub(crate) fn proxy(&self, scheme: &str) -> Option<&'static str> {
        let names: &[&'static str] = match scheme {
            "https" => &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
            // Upper-case HTTP_PROXY is not honoured for http: a CGI caller could set it.
            _ => &["http_proxy", "ALL_PROXY", "all_proxy"],
        };
        names.iter().copied().find(|name| self.get(name).is_some())
    }
}
