//! How far an observation has come, on stderr.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use muster_workflows::Watch;

use super::Notes;
use crate::app::App;
use crate::cli::ProgressStyle;

/// Nothing is said about readings that are quicker than this.
const QUIET: Duration = Duration::from_secs(2);

/// Tells of long readings: a rewritten line on a terminal, a line now and then elsewhere.
pub(crate) struct Reading {
    notes: Notes,
    style: ProgressStyle,
    begun: Instant,
    last: Mutex<Option<Instant>>,
}

impl Reading {
    pub(crate) fn new(app: &App) -> Self {
        Self { notes: app.notes, style: app.globals.progress, begun: Instant::now(), last: Mutex::new(None) }
    }
}

impl Watch for Reading {
    fn reading(&self, what: &'static str, done: usize, total: usize) {
        let now = Instant::now();
        let Ok(mut last) = self.last.lock() else { return };
        let due = last.is_none_or(|last| now.duration_since(last) >= QUIET) && now.duration_since(self.begun) >= QUIET;
        match self.style {
            ProgressStyle::None => {}
            ProgressStyle::Json if due || done == total => {
                *last = Some(now);
                let event = serde_json::json!({"event": "reading", "what": what, "done": done, "total": total});
                self.notes.line(event.to_string());
            }
            ProgressStyle::Json => {}
            ProgressStyle::Auto | ProgressStyle::Plain if due && done < total => {
                *last = Some(now);
                self.notes.line(format!("Reading {what}: {done} of {total}"));
            }
            ProgressStyle::Auto | ProgressStyle::Plain => {}
        }
    }
}
