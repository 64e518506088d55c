//! Where configuration and state live on this machine.

use std::path::PathBuf;

use super::Environment;
use crate::error::Failure;

/// `MUSTER_HOME` holds both; otherwise the XDG folders do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) config_file: PathBuf,
    pub(crate) state: PathBuf,
}

impl Places {
    pub(crate) fn find(environment: &Environment) -> Result<Self, Failure> {
        if let Some(home) = environment.path("MUSTER_HOME") {
            return Ok(Self { config_file: home.join("config.toml"), state: home.join("state") });
        }
        let folder = |name, below: &[&str]| {
            environment.path(name).filter(|path| path.is_absolute()).or_else(|| {
                let home = environment.path("HOME").or_else(|| environment.path("USERPROFILE"))?;
                Some(below.iter().fold(home, |path, part| path.join(part)))
            })
        };
        match (folder("XDG_CONFIG_HOME", &[".config"]), folder("XDG_STATE_HOME", &[".local", "state"])) {
            (Some(config), Some(state)) => {
                Ok(Self { config_file: config.join("muster").join("config.toml"), state: state.join("muster") })
            }
            _ => Err(Failure::config("there is no home folder for configuration and state")
                .hint("set MUSTER_HOME to a folder that muster may write")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn muster_home_wins_over_xdg_and_xdg_over_home() {
        let find = |pairs: &[(&str, &str)]| Places::find(&Environment::from_pairs(pairs)).ok();
        let all = find(&[("MUSTER_HOME", "/m"), ("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]).expect("places");
        assert_eq!((all.config_file, all.state), ("/m/config.toml".into(), "/m/state".into()));
        let xdg = find(&[("XDG_CONFIG_HOME", "/c"), ("HOME", "/h")]).expect("places");
        assert_eq!((xdg.config_file, xdg.state), ("/c/muster/config.toml".into(), "/h/.local/state/muster".into()));
        assert_eq!(find(&[]), None);
    }
}
