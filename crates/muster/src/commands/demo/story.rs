//! What the demo says at the end: the figures of every act, where the reports are, and what to try next.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use muster_client::Statistics;
use muster_engine::PlanId;
use muster_workflows::report::Summary;
use serde_json::{Value, json};

use super::Args;

/// The figures of every act.
pub(super) struct Story {
    begun: Instant,
    url: String,
    devices: u32,
    seed: u64,
    acts: Vec<Summary>,
    took: Duration,
    calls: Statistics,
    audited: u64,
}

impl Story {
    pub(super) fn begin(begun: Instant, url: &str, args: &Args) -> Self {
        Self {
            begun,
            url: url.to_owned(),
            devices: args.devices,
            seed: args.seed,
            acts: Vec::new(),
            took: Duration::ZERO,
            calls: Statistics::default(),
            audited: 0,
        }
    }

    pub(super) fn tell(&mut self, act: Summary) {
        self.acts.push(act);
    }

    pub(super) fn end(&mut self, calls: Statistics, audited: u64) {
        (self.took, self.calls, self.audited) = (self.begun.elapsed(), calls, audited);
    }

    /// For people, who have seen the figures of each act already.
    pub(super) fn text(&self, out: &Path, files: &[String]) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "\n=== Demo ===");
        let _ = writeln!(text, "Devices: {} (seed {})", self.devices, self.seed);
        let _ = writeln!(
            text,
            "API calls: {} ({} repeated, {} throttled)",
            self.calls.calls, self.calls.retries, self.calls.throttled
        );
        let _ = writeln!(text, "Audit: {} records, the chain holds", self.audited);
        let _ = writeln!(text, "Time: {:.1} s", self.took.as_secs_f64());
        let _ = writeln!(text, "Reports in {}: {}", out.display(), files.join(", "));
        text
    }

    /// For programs.
    pub(super) fn document(&self, out: &Path, files: &[String]) -> Value {
        let acts: Vec<Value> = self
            .acts
            .iter()
            .map(|act| {
                // In order, and as pairs: the figures of several apps have the same names.
                let figures: Vec<Value> =
                    act.figures.iter().map(|(name, figure)| json!({"name": name.trim(), "figure": figure})).collect();
                json!({"title": act.title, "figures": figures})
            })
            .collect();
        json!({
            "schema": 1,
            "url": self.url,
            "devices": self.devices,
            "seed": self.seed,
            "acts": acts,
            "calls": self.calls.calls,
            "retries": self.calls.retries,
            "throttled": self.calls.throttled,
            "audit_records": self.audited,
            "seconds": (self.took.as_secs_f64() * 10.0).round() / 10.0,
            "reports": files.iter().map(|file| out.join(file)).collect::<Vec<_>>(),
        })
    }
}

/// Where this program is.
pub(super) fn program() -> String {
    std::env::current_exe().map_or_else(|_| String::from("muster"), |path| path.display().to_string())
}

/// What to try after the demo.
pub(super) fn what_next() -> String {
    format!(
        "\nTry next (muster is {}):\n  \
         muster demo --keep-running          the same, and the UEM stays up for you to play with\n  \
         muster uem serve --data uem --ready-file uem.json --speed 60\n  \
         muster context add local --from uem.json --use && muster doctor\n  \
         muster --help",
        program()
    )
}

/// How to speak to the tenant that was left running.
pub(super) fn keep_running(url: &str, entry: &Path, held: Option<PlanId>) -> String {
    let approve =
        held.map(|plan| format!("  muster approve {plan}    the wipes on hold\n  muster plan apply {plan}\n"));
    format!(
        "\nThe UEM is still up at {url}. In another terminal:\n  \
         . {entry}\n  \
         muster doctor\n  \
         muster devices search --platform WinRT --limit 5\n  \
         muster compliance remediate --dry-run\n{approve}\
         Ctrl-C here stops it and removes everything but the reports.",
        entry = entry.display(),
        approve = approve.unwrap_or_default()
    )
}
