//! `muster jobs watch`: how far a job has come that another process carries out.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use clap::Args as Arguments;

use muster_engine::{Engine, JobDetail, JobState, Progress as _, RingDetail, Tally};
use serde_json::json;

use crate::app::App;
use crate::cli::ProgressStyle;
use crate::commands::change;
use crate::error::{Exit, Outcome};
use crate::output::Display;
use crate::wiring;

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    /// How often to look
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = crate::cli::duration)]
    pub(crate) every: Duration,
}

/// The rate is taken over this stretch of time.
const WINDOW: Duration = Duration::from_secs(30);

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let first = engine.job(&args.id).await?;
    let context = app.connection_name().unwrap_or_default();
    let quota = wiring::quota(app, &context, &first.tenant).await;
    let display = Display::new(app.globals.progress, app.notes);
    let mut seen: VecDeque<(Instant, u64)> = VecDeque::new();
    let mut told = String::new();
    let job = loop {
        let job = engine.job(&first.id.to_string()).await?;
        let tally = tally(&job, &mut seen);
        display.event(&muster_engine::Event::Tally(tally));
        let classes = engine.failure_classes(&job.id).await?;
        let rings = engine.rings(&job.id).await?;
        let left = match &quota {
            Some(quota) => quota.allowance().await?.left_today,
            None => None,
        };
        if app.globals.progress == ProgressStyle::Json {
            let classes: serde_json::Map<_, _> =
                classes.iter().map(|(class, count)| (class.clone(), json!(count))).collect();
            let event = json!({
                "event": "watch", "job": job.id, "state": job.state, "classes": classes, "rings": rings,
                "proofs": job.proofs, "calls_left_today": left,
            });
            app.notes.line(event.to_string());
        } else {
            let line = in_words(&classes, rings.last(), left);
            if line != told && !line.is_empty() {
                display.say(&line);
                told = line;
            }
        }
        if job.state != JobState::Running {
            break job;
        }
        tokio::select! {
            () = tokio::time::sleep(args.every) => {}
            () = change::interrupted() => break job,
        }
    };
    closing(app, &engine, &job).await
}

fn tally(job: &JobDetail, seen: &mut VecDeque<(Instant, u64)>) -> Tally {
    let counts = &job.counts;
    let through = counts.total() - counts.open();
    let now = Instant::now();
    seen.push_back((now, through));
    while seen.len() > 2 && seen.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
        seen.pop_front();
    }
    let rate = seen.front().map_or(0.0, |(at, before)| {
        let seconds = now.duration_since(*at).as_secs_f64();
        if seconds > 0.0 { through.saturating_sub(*before) as f64 / seconds } else { 0.0 }
    });
    let eta = (rate > 0.0).then(|| Duration::try_from_secs_f64(counts.open() as f64 / rate).unwrap_or(Duration::MAX));
    Tally {
        done: counts.done,
        failed: counts.failed + counts.expired,
        unknown: counts.unknown,
        skipped: counts.skipped + counts.cancelled,
        held: counts.held,
        total: counts.total(),
        per_second: rate,
        eta,
    }
}

/// `Failures: 3 throttled, 1 conflict - Ring 2 is open - 41000 calls left today`.
fn in_words(classes: &[(String, u64)], ring: Option<&RingDetail>, left: Option<u64>) -> String {
    let mut parts = Vec::new();
    if !classes.is_empty() {
        let classes: Vec<String> = classes.iter().map(|(class, count)| format!("{count} {class}")).collect();
        parts.push(format!("Failures: {}", classes.join(", ")));
    }
    if let Some(ring) = ring {
        let until = ring.soak_until.map(|until| format!(" until {until}")).unwrap_or_default();
        parts.push(format!("Ring {} is {}{until}", ring.ring + 1, ring.state.as_str()));
    }
    if let (Some(left), false) = (left, parts.is_empty()) {
        parts.push(format!("{left} calls left today"));
    }
    parts.join(" - ")
}

async fn closing(app: &mut App, engine: &Engine, job: &JobDetail) -> Outcome {
    let classes = engine.failure_classes(&job.id).await?;
    let document = json!({
        "schema": 1, "job": job.id, "purpose": job.purpose, "state": job.state, "counts": job.counts,
        "proofs": job.proofs, "classes": classes.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "stopped": job.stopped.as_ref().map(|stopped| stopped.why.clone()),
    });
    app.printer.document(&document, || {
        let stopped = job.stopped.as_ref().map(|stopped| format!(": {}", stopped.why)).unwrap_or_default();
        format!("{}: {}{stopped}, {} done, {} failed\n", job.purpose, job.state, job.counts.done, job.counts.failed)
    })?;
    Ok(Exit::Success)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_classes_and_what_is_left() {
        let classes = [("throttled".to_owned(), 3), ("conflict".to_owned(), 1)];
        assert_eq!(in_words(&classes, None, Some(12)), "Failures: 3 throttled, 1 conflict - 12 calls left today");
        assert_eq!(in_words(&[], None, Some(12)), "");
    }
}
