//! What to deploy: from a file of deployments, or from two flags.

use muster_model::apps::{DeploymentParameters, WhenToCallInstallComplete, WhenToInstall};
use muster_model::words::Platform;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Problems};
use crate::words;

/// An app that the devices of a smart group are to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Exact name of the app.
    pub app: String,
    /// Exact name of the smart group.
    pub smart_group: String,
    /// `Auto` or `On-Demand`; `Auto` if not given.
    #[serde(default)]
    pub assignment: Assignment,
    /// Which version; the highest active one if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Which platform, where apps of several platforms share a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
}

/// Who starts the installation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assignment {
    /// The tenant pushes the app.
    #[default]
    Auto,
    /// The person at the device asks for it.
    #[serde(rename = "On-Demand", alias = "OnDemand")]
    OnDemand,
}

impl Assignment {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "Auto",
            Self::OnDemand => "On-Demand",
        }
    }

    /// The assignment that a word stands for, without regard to case.
    ///
    /// # Errors
    /// [`Error::UnknownWord`] with the nearest word.
    pub fn read(word: &str) -> Result<Self, Error> {
        match word.trim().to_lowercase().replace(['-', '_', ' '], "").as_str() {
            "auto" => Ok(Self::Auto),
            "ondemand" => Ok(Self::OnDemand),
            _ => Err(words::unknown("kind of assignment", word, ["Auto", "On-Demand"])),
        }
    }

    /// What the tenant is told about how the app reaches the devices.
    pub fn parameters(self) -> DeploymentParameters {
        DeploymentParameters {
            assignment_type: self.as_str().to_owned(),
            push_mode: self.as_str().to_owned(),
            when_to_install: Some(WhenToInstall::default()),
            when_to_call_install_complete: Some(WhenToCallInstallComplete::default()),
            install_context: "Device".to_owned(),
            ..DeploymentParameters::default()
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    deployments: Vec<Deployment>,
}

/// Reads a YAML file with a list `deployments`; `name` is for messages.
///
/// # Errors
/// [`Error::Input`] with the place of a mistake, or with every entry that cannot be right.
pub fn read(name: &str, text: &str) -> Result<Vec<Deployment>, Error> {
    let file: File = serde_saphyr::from_str(text).map_err(|error| {
        let mut problems = Problems::of(name);
        problems.add(None, error.to_string());
        Error::Input(problems)
    })?;
    check(name, &file.deployments)?;
    Ok(file.deployments)
}

/// Checks a list of deployments, wherever it came from.
///
/// # Errors
/// [`Error::Input`] with every entry that is blank, doubled or names an unknown platform.
pub fn check(name: &str, deployments: &[Deployment]) -> Result<(), Error> {
    let mut problems = Problems::of(name);
    if deployments.is_empty() {
        problems.add(None, "there is nothing to deploy");
    }
    for (at, deployment) in deployments.iter().enumerate() {
        let place = format!("deployment {}", at + 1);
        if deployment.app.trim().is_empty() || deployment.smart_group.trim().is_empty() {
            problems.add(None, format!("{place} needs both an app and a smart group"));
        }
        if let Some(word) = &deployment.platform
            && let Err(error) = words::platform(word)
        {
            problems.add(None, format!("{place}: {error}"));
        }
        let same = |other: &Deployment| {
            (&other.app, &other.smart_group, &other.platform)
                == (&deployment.app, &deployment.smart_group, &deployment.platform)
        };
        if let Some(first) = deployments[..at].iter().position(same) {
            problems.add(None, format!("{place} is the same app and smart group as deployment {}", first + 1));
        }
    }
    problems.settle()
}

impl Deployment {
    /// The platform asked for, if one was.
    pub fn wanted_platform(&self) -> Option<Platform> {
        self.platform.as_deref().and_then(Platform::known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_deployments_is_read() {
        let text = "deployments:\n\
                    - app: Google Chrome\n  smart_group: All Devices\n\
                    - app: Slack\n  smart_group: Sales\n  assignment: On-Demand\n  version: \"4.41\"\n";
        let deployments = read("d.yaml", text).expect("reads");
        assert_eq!(deployments.len(), 2);
        assert_eq!(deployments[0].assignment, Assignment::Auto);
        assert_eq!(deployments[1].assignment.parameters().push_mode, "On-Demand");
        assert_eq!(deployments[1].version.as_deref(), Some("4.41"));
    }

    #[test]
    fn mistakes_are_shown_with_their_place() {
        for (text, expected) in [
            ("deployments:\n- app: A\n  smart_grup: B\n", "smart_grup"),
            ("deployments:\n- app: A\n  smart_group: B\n  assignment: Perhaps\n", "Perhaps"),
            ("deployments: []\n", "nothing to deploy"),
            ("deployments:\n- {app: A, smart_group: B}\n- {app: A, smart_group: B}\n", "same app and smart group"),
            ("deployments:\n- {app: A, smart_group: B, platform: Symbian}\n", "Symbian"),
        ] {
            let message = read("d.yaml", text).expect_err("refused").to_string();
            assert!(message.contains(expected), "`{expected}` in: {message}");
            assert!(message.starts_with("d.yaml"), "{message}");
        }
        let message = read("d.yaml", "deployments:\n- app: A\n  smart_grup: B\n").expect_err("refused").to_string();
        assert!(message.contains('3'), "has the line: {message}");
    }
}
