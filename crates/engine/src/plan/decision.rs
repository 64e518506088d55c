//! What the guard says: a verdict and its reasons.

use serde::{Deserialize, Serialize};

use super::Approval;

/// Whether something may be done. Ordered: a later one is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    #[default]
    Allow,
    /// Not needed or not possible; the rest goes on without it.
    Skip,
    /// Only with an approval.
    Hold,
    /// Not at all; a plan with such an item is refused as a whole.
    Refuse,
}

impl Verdict {
    /// The word for it in the journal and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Skip => "skip",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
        }
    }

    /// The verdict a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Allow, Self::Skip, Self::Hold, Self::Refuse].into_iter().find(|verdict| verdict.as_str() == word)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a rule decided as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Name of the rule: `destructive`, `empty-selection`, …
    pub rule: String,
    /// One sentence for people.
    pub text: String,
}

/// How held items get through. Without the plan's id: a plan that was applied in part is not approved any
/// more, its rest is a plan of its own.
const APPROVAL: &str = "it waits for an approval (`muster approve`)";

/// A verdict with its reasons; no reasons means that no rule objected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Decision {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// Takes in one rule's opinion: the stricter verdict stands, every reason is kept.
    pub(crate) fn add(&mut self, verdict: Verdict, rule: &str, text: impl Into<String>) {
        self.verdict = self.verdict.max(verdict);
        self.reasons.push(Reason { rule: rule.to_owned(), text: text.into() });
    }

    /// The reasons as one text, or an empty one; of what is held, also how it gets through.
    pub fn explain(&self) -> String {
        self.explain_with(None)
    }

    /// The same, of what is held, with who has let it through.
    pub fn explain_with(&self, approval: Option<&Approval>) -> String {
        let mut texts: Vec<String> = self.reasons.iter().map(|reason| reason.text.clone()).collect();
        if self.verdict == Verdict::Hold {
            texts.push(approval.map_or_else(|| APPROVAL.to_owned(), |given| format!("approved by {}", given.by)));
        }
        texts.join("; ")
    }
}
