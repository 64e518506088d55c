//! Progress on stderr: a bar on a terminal, a line now and then elsewhere, or one JSON object per event.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle as BarStyle};
use muster_engine::{Event, Progress, Tally, TaskState};
use serde_json::json;

use super::Notes;
use crate::cli::ProgressStyle;

/// How often a line is written where there is no terminal.
const INTERVAL: Duration = Duration::from_secs(5);

/// Shows the events of a run.
pub(crate) struct Display {
    notes: Notes,
    kind: Kind,
}

enum Kind {
    Bar(ProgressBar),
    /// When a line was last written, and what was last waited for.
    Lines {
        last: Mutex<Option<Instant>>,
        waits: Mutex<String>,
    },
    Json,
    Nothing,
}

impl Display {
    pub(crate) fn new(style: ProgressStyle, notes: Notes) -> Self {
        let kind = match style {
            ProgressStyle::Auto if notes.terminal => Kind::Bar(bar(notes)),
            ProgressStyle::Auto | ProgressStyle::Plain => {
                Kind::Lines { last: Mutex::default(), waits: Mutex::default() }
            }
            ProgressStyle::Json => Kind::Json,
            ProgressStyle::None => Kind::Nothing,
        };
        Self { notes, kind }
    }

    /// A line for people that does not disturb the bar.
    pub(crate) fn say(&self, text: &str) {
        match &self.kind {
            Kind::Bar(bar) => bar.suspend(|| self.notes.line(text)),
            Kind::Lines { .. } => self.notes.line(text),
            Kind::Json => self.notes.line(json!({"event": "note", "text": text}).to_string()),
            Kind::Nothing => {}
        }
    }

    fn tally(&self, tally: &Tally) {
        let settled = tally.done + tally.failed + tally.unknown + tally.skipped + tally.held;
        match &self.kind {
            Kind::Bar(bar) => {
                bar.set_length(tally.total);
                bar.set_position(settled);
                bar.set_message(message(tally));
            }
            Kind::Lines { last, .. } => {
                let Ok(mut last) = last.lock() else { return };
                let now = Instant::now();
                if settled == tally.total || last.is_some_and(|last| now.duration_since(last) >= INTERVAL) {
                    *last = Some(now);
                    self.notes.line(line(tally, settled));
                } else if last.is_none() {
                    *last = Some(now);
                }
            }
            Kind::Json => self.notes.line(
                json!({"event": "tally", "done": tally.done, "failed": tally.failed, "unknown": tally.unknown,
                    "skipped": tally.skipped, "held": tally.held, "total": tally.total,
                    "per_second": (tally.per_second * 10.0).round() / 10.0,
                    "eta_seconds": tally.eta.map(|eta| eta.as_secs())})
                .to_string(),
            ),
            Kind::Nothing => {}
        }
    }
}

impl Progress for Display {
    fn event(&self, event: &Event) {
        match event {
            Event::Started { total, open } => match &self.kind {
                Kind::Bar(bar) => {
                    bar.set_length(*total);
                    bar.set_position(total.saturating_sub(*open));
                    bar.enable_steady_tick(Duration::from_millis(200));
                }
                Kind::Json => self.notes.line(json!({"event": "started", "total": total, "open": open}).to_string()),
                Kind::Lines { .. } | Kind::Nothing => {}
            },
            Event::Item { index, name, state, reason, attempt } => {
                if matches!(self.kind, Kind::Json) {
                    self.notes.line(
                        json!({"event": "item", "index": index, "target": name, "status": state, "reason": reason,
                            "attempt": attempt})
                        .to_string(),
                    );
                } else if *state == TaskState::Failed {
                    tracing::info!(target = name.as_str(), attempt, "failed: {reason}");
                }
            }
            Event::Tally(tally) => self.tally(tally),
            Event::Settling { tasks } => match &self.kind {
                Kind::Json => self.notes.line(json!({"event": "settling", "tasks": tasks}).to_string()),
                _ => self.say(&format!("Reading back what became of {tasks} {} …", plural(*tasks, "item", "items"))),
            },
            Event::Ring { ring } => match &self.kind {
                Kind::Json => self.notes.line(json!({"event": "ring", "ring": ring}).to_string()),
                _ => self.say(&format!("Ring {} begins", ring + 1)),
            },
            Event::Waiting { why, duration } => match &self.kind {
                Kind::Json => self
                    .notes
                    .line(json!({"event": "waiting", "why": why, "seconds": duration.as_secs_f64()}).to_string()),
                Kind::Bar(bar) => bar.set_message(format!("waiting {}: {why}", clock(*duration))),
                // The same pause again and again is told once.
                Kind::Lines { waits, .. } => {
                    if waits.lock().is_ok_and(|mut last| std::mem::replace(&mut *last, why.clone()) != *why) {
                        self.notes.line(format!("Waiting {}: {why}", clock(*duration)));
                    }
                }
                Kind::Nothing => tracing::info!("waiting {}: {why}", clock(*duration)),
            },
            Event::Stopped { why } => match &self.kind {
                Kind::Json => self.notes.line(json!({"event": "stopped", "why": why}).to_string()),
                _ => self.say(&format!("Stopped: {why}")),
            },
            Event::Finished(summary) => match &self.kind {
                Kind::Bar(bar) => bar.finish_and_clear(),
                Kind::Json => self.notes.line(
                    json!({"event": "finished", "job": summary.job, "state": summary.state, "counts": summary.counts})
                        .to_string(),
                ),
                Kind::Lines { .. } | Kind::Nothing => {}
            },
        }
    }
}

fn bar(notes: Notes) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = if notes.paint.enabled() {
        "{bar:32.green/black.bright} {pos}/{len} ({percent}%)  {msg}"
    } else {
        "{bar:32} {pos}/{len} ({percent}%)  {msg}"
    };
    bar.with_style(BarStyle::with_template(template).unwrap_or_else(|_| BarStyle::default_bar()))
}

/// Rate, time left, and what went wrong so far.
fn message(tally: &Tally) -> String {
    let eta = tally.eta.map(|eta| format!("  ETA {}", clock(eta))).unwrap_or_default();
    let troubles = troubles(tally);
    let gap = if troubles.is_empty() { "" } else { "  " };
    format!("{:.1}/s{eta}{gap}{troubles}", tally.per_second)
}

/// What went wrong so far, if anything did.
fn troubles(tally: &Tally) -> String {
    let parts = [(tally.failed, "failed"), (tally.unknown, "unknown"), (tally.held, "held")];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    parts.join(", ")
}

fn line(tally: &Tally, settled: u64) -> String {
    let percent = if tally.total == 0 { 100.0 } else { settled as f64 * 100.0 / tally.total as f64 };
    let eta = tally.eta.map(|eta| format!(" - ETA: {}", clock(eta))).unwrap_or_default();
    let troubles = troubles(tally);
    let troubles = if troubles.is_empty() { troubles } else { format!(" - {troubles}") };
    format!("Progress: {settled}/{} ({percent:.1}%) - Rate: {:.1}/sec{eta}{troubles}", tally.total, tally.per_second)
}

/// `hh:mm:ss`, rounded up.
fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// How long something took, for people.
pub(crate) fn took(duration: Duration) -> String {
    if duration < Duration::from_secs(60) { format!("{:.1} s", duration.as_secs_f64()) } else { clock(duration) }
}

/// One word or the other.
pub(crate) fn plural<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_share_rate_and_time_left() {
        let tally = Tally {
            done: 90,
            failed: 10,
            unknown: 0,
            skipped: 0,
            held: 0,
            total: 400,
            per_second: 48.25,
            eta: Some(Duration::from_millis(6_200)),
        };
        assert_eq!(line(&tally, 100), "Progress: 100/400 (25.0%) - Rate: 48.2/sec - ETA: 00:00:07 - 10 failed");
    }
}
