//! Which of the rights that a purpose takes are there. Reading rights are tried by harmless reads; a right to change
//! something shows only when something is changed, which this never does.

use std::collections::BTreeSet;

use muster_client::{Client, DeviceFilter, Dialect, Error, Kind};
use muster_model::{Call, organization_groups, profiles, tags};
use serde_json::{Value, json};

use super::purpose::Purpose;
use crate::error::{Exit, Failure};
use crate::output::Paint;

/// Whether a right is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Yes,
    No,
    /// It cannot be told without changing something.
    Unseen,
}

impl Held {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "held",
            Self::No => "missing",
            Self::Unseen => "unseen",
        }
    }
}

/// What purposes take, and what of it is there.
#[derive(Debug)]
pub(crate) struct Needs {
    purposes: Vec<&'static str>,
    dialect: Dialect,
    /// With the tenant's words where it refused.
    rights: Vec<(String, Held, Option<String>)>,
    /// What could not be found out, for another reason than a missing right.
    trouble: Vec<String>,
}

impl Needs {
    /// Tries what can be tried. Without a client nothing can.
    pub(crate) async fn examine(purposes: &[Purpose], client: Option<&Client>, dialect: Dialect) -> Self {
        let rights: BTreeSet<String> = purposes.iter().flat_map(|purpose| purpose.rights(dialect)).collect();
        let mut needs = Self {
            purposes: purposes.iter().map(Purpose::word).collect(),
            dialect,
            rights: Vec::new(),
            trouble: Vec::new(),
        };
        for right in rights {
            let tried = match client {
                Some(client) => attempt(client, &right).await,
                None => None,
            };
            let (held, words) = match tried {
                None => (Held::Unseen, None),
                Some(Ok(())) => (Held::Yes, None),
                Some(Err(error)) if error.kind() == Kind::Permission => {
                    (Held::No, error.fault().map(|fault| fault.message.trim().to_owned()))
                }
                Some(Err(error)) => {
                    needs.trouble.push(format!("{right}: {error}"));
                    (Held::Unseen, None)
                }
            };
            needs.rights.push((right, held, words));
        }
        needs
    }

    fn of(&self, held: Held) -> Vec<&str> {
        self.rights.iter().filter(|(_, one, _)| *one == held).map(|(right, ..)| right.as_str()).collect()
    }

    /// The command that makes the role in a UEM of ours.
    fn role(&self) -> String {
        let rights: Vec<String> = self.rights.iter().map(|(right, ..)| format!("--right {right}")).collect();
        format!("muster uem admin role add muster-{} {}", self.purposes.join("-"), rights.join(" "))
    }

    /// Why the purpose would fail, if it is known that it would.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let missing = self.of(Held::No);
        (!missing.is_empty()).then(|| {
            Failure::new(Exit::Permission, "E_PERMISSION", format!("a right is missing: {}", missing.join(", ")))
                .because(format!("{} needs it", self.purposes.join(" and ")))
                .hint("give this account's role the rights that are listed, and no more")
        })
    }

    pub(crate) fn json(&self) -> Value {
        let row = |(right, held, words): &(String, Held, Option<String>)| json!({"right": right, "state": held.as_str(), "said": words});
        let rights: Vec<Value> = self.rights.iter().map(row).collect();
        let role: Vec<&str> = self.rights.iter().map(|(right, ..)| right.as_str()).collect();
        json!({
            "purposes": self.purposes, "dialect": self.dialect, "rights": rights, "role": role,
            "command": self.role(), "trouble": self.trouble,
        })
    }

    /// As people read it.
    pub(crate) fn text(&self, paint: Paint) -> String {
        let title = format!("=== Rights for {} ({} dialect) ===", self.purposes.join(", "), self.dialect);
        let mut text = format!("{}\n", paint.bold(&title));
        for (right, held, said) in &self.rights {
            let (sign, words) = match held {
                Held::Yes => (paint.green("✓"), "held"),
                Held::No => (paint.red("✗"), "missing"),
                Held::Unseen => (paint.dim("–"), "shows only when it is used"),
            };
            let said = said.as_ref().map(|said| format!(": {said}")).unwrap_or_default();
            text.push_str(&format!("{sign} {right:<36} {words}{said}\n"));
        }
        for line in &self.trouble {
            text.push_str(&format!("    why:  {line}\n"));
        }
        text.push_str("A role with these rights suffices. In a UEM of your own:\n");
        text.push_str(&format!("  {}\n", self.role()));
        text
    }
}

/// A read that needs this right and nothing else that the purpose would not need too; `None` where there is none.
async fn attempt(client: &Client, right: &str) -> Option<Result<(), Error>> {
    /// Nothing is called so, and an answer without rows is an answer.
    const NOBODY: &str = "muster-doctor-asks";
    let published = client.dialect() == Dialect::Published;
    Some(match right {
        "tenant:read" => client.system_info().await.map(|_| ()),
        "devices:read" => client.device_page(&DeviceFilter::default(), 1).await.map(|_| ()),
        "compliance:read" => {
            let (devices, _) = match client.device_page(&DeviceFilter::default(), 1).await {
                Ok(page) => page,
                Err(error) => return Some(Err(error)),
            };
            // An empty tenant has nothing to ask about.
            let device = devices.first()?;
            client.device_compliance(device.id.0).await.map(|_| ())
        }
        "users:read" => client.user_by_name(NOBODY).await.map(|_| ()),
        "usergroups:read" => client.user_groups(Some(NOBODY)).await.map(|_| ()),
        "apps:read" => client.apps(Some(NOBODY)).await.map(|_| ()),
        "smartgroups:read" => client.smart_groups(Some(NOBODY)).await.map(|_| ()),
        "tags:read" if published => {
            let query = tags::TagQuery { name: Some(NOBODY.to_owned()), ..tags::TagQuery::default() };
            client.read(Call::<tags::Search>::new((), query)).await.map(|_| ())
        }
        "profiles:read" => {
            let query = profiles::SearchQuery { searchtext: Some(NOBODY.to_owned()), ..Default::default() };
            client.read(Call::<profiles::Search>::new((), query)).await.map(|_| ())
        }
        "organizationgroups:read" => {
            let query = organization_groups::GroupQuery::default();
            client.read(Call::<organization_groups::Search>::new((), query)).await.map(|_| ())
        }
        _ => return None,
    })
}
