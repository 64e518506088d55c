//! What a request meets when a fault was ordered for it.

use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use bytes::Bytes;
use muster_model::error::code;
use uuid::Uuid;

use super::{Met, rows};
use crate::fault::{Broken, Fault};
use crate::http::answer::{Answer, Drip};
use crate::http::refusal::Refusal;
use crate::http::wire::Scissors;

/// What of a request a fault may change before it is carried out.
#[derive(Debug, Clone)]
pub(in crate::http) struct Sent {
    pub(in crate::http) query: String,
    pub(in crate::http) body: Bytes,
    /// Whether what it changes is dropped.
    pub(in crate::http) in_vain: bool,
}

/// Carries a request out, or what the fault makes of it.
pub(in crate::http) async fn meet<R, F>(
    met: Option<Met>,
    sent: Sent,
    run: R,
    scissors: &Scissors,
    correlation: Uuid,
) -> Answer
where
    R: Fn(Sent) -> F,
    F: Future<Output = Answer>,
{
    let Some(Met { fault, number }) = met else { return run(sent).await };
    match fault {
        Fault::LoseAnswer => {
            let answer = run(sent).await;
            scissors.cut();
            answer
        }
        Fault::FailBefore(how) => broken(&how, correlation),
        Fault::FailAfter(how) => {
            run(sent).await;
            broken(&how, correlation)
        }
        Fault::Throttle { retry_after } => throttled(retry_after, correlation),
        Fault::Delay(by) => {
            let answer = run(sent).await;
            tokio::time::sleep(by).await;
            answer
        }
        Fault::Page => {
            let page = b"<!DOCTYPE html>\n<html><body>Please sign in.</body></html>\n";
            Answer::text("text/html; charset=utf-8", page)
        }
        Fault::SlowBody(by) => dripping(run(sent).await, Drip::Slowly(by)),
        Fault::CutBody => dripping(run(sent).await, Drip::HalfOfIt),
        Fault::NoEffect => run(Sent { in_vain: true, ..sent }).await,
        Fault::Partial { share } => partial(sent, run, share, number).await,
        Fault::ShiftPages { rows } => shifted(sent, run, rows).await,
        Fault::ShrinkTotals { rows } => {
            let page = rows::asked(&sent.query).page.max(0).unsigned_abs();
            let mut answer = run(sent).await;
            replace(&mut answer, |body| rows::shrunk(body, rows.saturating_mul(page)));
            answer
        }
        Fault::CapPages { size } => {
            let wanted = rows::asked(&sent.query).size;
            let query = match wanted {
                Some(wanted) if wanted <= size => sent.query,
                _ => rows::with(&sent.query, None, Some(size)),
            };
            run(Sent { query, ..sent }).await
        }
        Fault::ExpireToken => {
            let message = "An error occurred while validating remote service client credentials or user not found : \
                           access token";
            Answer::refused(&Refusal::new(401, code::BAD_CREDENTIALS, message), correlation)
        }
        // They are about devices and the clock; no request meets them.
        Fault::Offline { .. } | Fault::Stuck { .. } | Fault::Late(_) | Fault::Clock { .. } => run(sent).await,
    }
}

async fn partial<R, F>(sent: Sent, run: R, share: f64, number: u64) -> Answer
where
    R: Fn(Sent) -> F,
    F: Future<Output = Answer>,
{
    let Some((body, failed)) = rows::part(&sent.body, share, number) else { return run(sent).await };
    let mut answer = run(Sent { body: body.into(), ..sent }).await;
    replace(&mut answer, |body| rows::with_failed(body, &failed));
    answer
}

/// The page is put together from the page itself and the one beside it.
async fn shifted<R, F>(sent: Sent, run: R, by: i64) -> Answer
where
    R: Fn(Sent) -> F,
    F: Future<Output = Answer>,
{
    let page = rows::asked(&sent.query).page;
    let mut answer = run(sent.clone()).await;
    if page > 0 && by != 0 {
        let query = rows::with(&sent.query, Some(page + by.signum()), None);
        let beside = run(Sent { query, ..sent }).await;
        replace(&mut answer, |body| rows::shifted(body, &beside.body, by));
    }
    answer
}

/// Replaces the body of a success, if there is one and it is of the expected form.
fn replace(answer: &mut Answer, with: impl FnOnce(&[u8]) -> Option<Vec<u8>>) {
    if (200..300).contains(&answer.status)
        && let Some(body) = with(&answer.body)
    {
        answer.body = body.into();
    }
}

fn dripping(mut answer: Answer, how: Drip) -> Answer {
    answer.drip = Some(how);
    answer
}

fn broken(how: &Broken, correlation: Uuid) -> Answer {
    let mut answer = if how.html {
        let page = format!("<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n", how.status);
        let mut answer = Answer::text("text/html", page.as_bytes());
        answer.status = how.status;
        answer
    } else {
        Answer::refused(&Refusal::new(how.status, code::INTERNAL, "Ordered fault."), correlation)
    };
    after(&mut answer, how.retry_after);
    answer
}

fn throttled(retry_after: Option<Duration>, correlation: Uuid) -> Answer {
    let refusal = Refusal::new(429, code::THROTTLED, "Too many requests: the API quota of this minute is used up.");
    let mut answer = Answer::refused(&refusal, correlation);
    after(&mut answer, retry_after);
    answer
}

fn after(answer: &mut Answer, retry_after: Option<Duration>) {
    if let Some(after) = retry_after {
        answer.header(RETRY_AFTER, &after.as_secs().to_string());
    }
}
