//! One token for all callers, fetched once however many wait for it, and renewed before it expires.

use std::time::Duration;

use http::header::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::Error;

/// A token is renewed this long before it expires, or when a tenth of its life is left if that is less.
const EARLY: Duration = Duration::from_secs(300);

/// And earlier by up to this part of it, by chance: processes that started together do not renew together.
const JITTER: f64 = 0.2;

/// A refusal stands for this long: a job of thousands of calls must not lock the account.
const REFUSAL_STANDS: Duration = Duration::from_secs(10);

/// What the authorization server grants.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) header: HeaderValue,
    pub(super) lifetime: Duration,
    /// From 0 to 1: how early it is renewed, so that not everybody comes at once.
    pub(super) chance: f64,
}

/// Single flight: whoever comes first fetches, the others wait for the same outcome.
#[derive(Debug, Default)]
pub(super) struct Flight(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    token: Option<Token>,
    fetched: u64,
    failed: Option<(Instant, Error)>,
}

#[derive(Debug)]
struct Token {
    header: HeaderValue,
    generation: u64,
    renew_at: Instant,
    expires_at: Instant,
}

/// How long before the end a token is renewed; `chance` is a number from 0 to 1.
fn early(lifetime: Duration, chance: f64) -> Duration {
    EARLY.min(lifetime / 10).mul_f64(1.0 + JITTER * chance)
}

impl Flight {
    /// How long the present token lives.
    pub(super) async fn expires_in(&self) -> Option<Duration> {
        let state = self.0.lock().await;
        state.token.as_ref().map(|token| token.expires_at.saturating_duration_since(Instant::now()))
    }

    pub(super) async fn token<F>(&self, fetch: impl FnOnce() -> F) -> Result<(HeaderValue, u64), Error>
    where
        F: Future<Output = Result<Grant, Error>>,
    {
        let asked = Instant::now();
        let mut state = self.0.lock().await;
        let now = Instant::now();
        if let Some(token) = state.token.as_ref().filter(|token| now < token.renew_at) {
            return Ok((token.header.clone(), token.generation));
        }
        if let Some((at, error)) = &state.failed {
            // It failed while this caller waited for it, or it is a refusal that still stands.
            let stands = matches!(error, Error::Credentials { .. }) && now < *at + REFUSAL_STANDS;
            if *at > asked || stands {
                return Err(error.clone());
            }
        }
        match fetch().await {
            Ok(grant) => {
                let now = Instant::now();
                state.fetched += 1;
                let token = Token {
                    header: grant.header,
                    generation: state.fetched,
                    renew_at: now + grant.lifetime.saturating_sub(early(grant.lifetime, grant.chance)),
                    expires_at: now + grant.lifetime,
                };
                let given = (token.header.clone(), token.generation);
                state.token = Some(token);
                state.failed = None;
                Ok(given)
            }
            Err(error) => {
                let now = Instant::now();
                // Renewing early has this use too: while the old token lives, trouble may pass.
                let living = state.token.as_ref().filter(|token| now < token.expires_at);
                if let Some(token) = living.filter(|_| !matches!(error, Error::Credentials { .. })) {
                    tracing::warn!(%error, "the token could not be renewed; the old one is used while it lives");
                    return Ok((token.header.clone(), token.generation));
                }
                state.failed = Some((now, error.clone()));
                Err(error)
            }
        }
    }

    pub(super) async fn discard(&self, generation: u64) {
        let mut state = self.0.lock().await;
        if state.token.as_ref().is_some_and(|token| token.generation == generation) {
            state.token = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::{advance, sleep};

    use super::*;
    use crate::Kind;

    fn granted(number: u32, seconds: u64) -> Grant {
        let header = HeaderValue::try_from(format!("Bearer {number}")).expect("fits");
        Grant { header, lifetime: Duration::from_secs(seconds), chance: 0.5 }
    }

    /// Fetches take a second, and count.
    async fn take(flight: &Flight, fetches: &AtomicU32, lifetime: u64) -> Result<(HeaderValue, u64), Error> {
        flight
            .token(async || {
                sleep(Duration::from_secs(1)).await;
                Ok(granted(fetches.fetch_add(1, Ordering::Relaxed) + 1, lifetime))
            })
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn many_callers_share_one_fetch() {
        let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
        let taken = futures_util::future::join_all((0..50).map(|_| take(&flight, &fetches, 3600))).await;
        assert!(taken.iter().all(|token| matches!(token, Ok((_, 1)))));
        assert_eq!(fetches.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_before_it_expires() {
        for (lifetime, renewed_after) in [(3600, 3300), (1000, 900), (60, 54)] {
            let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
            take(&flight, &fetches, lifetime).await.expect("a token");
            let left = lifetime - renewed_after;
            advance(Duration::from_secs(renewed_after - 1) - Duration::from_secs(left).mul_f64(JITTER)).await;
            assert_eq!(take(&flight, &fetches, lifetime).await.expect("a token").1, 1, "{lifetime}");
            advance(Duration::from_secs(1) + Duration::from_secs(left).mul_f64(JITTER)).await;
            assert_eq!(take(&flight, &fetches, lifetime).await.expect("a token").1, 2, "{lifetime}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_thrown_away_once() {
        let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
        take(&flight, &fetches, 3600).await.expect("a token");
        flight.discard(1).await;
        assert_eq!(take(&flight, &fetches, 3600).await.expect("a token").1, 2);
        // A second caller that was refused with the first token does not cost the second.
        flight.discard(1).await;
        assert_eq!(take(&flight, &fetches, 3600).await.expect("a token").1, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_by_those_who_waited_and_a_refusal_stands_for_a_while() {
        let fetches = Arc::new(AtomicU32::new(0));
        let refused = || Error::Credentials { host: "h".into(), reason: "invalid_client".into() };
        let lost = || Error::Throttled { endpoint: "token", wait: None };
        for (error, later) in [(&refused as &dyn Fn() -> Error, 1), (&lost, 2)] {
            fetches.store(0, Ordering::Relaxed);
            let flight = Flight::default();
            let fail = || {
                flight.token(async || {
                    sleep(Duration::from_secs(1)).await;
                    fetches.fetch_add(1, Ordering::Relaxed);
                    Err(error())
                })
            };
            let failed = futures_util::future::join_all((0..50).map(|_| fail())).await;
            assert!(failed.iter().all(Result::is_err));
            assert_eq!(fetches.load(Ordering::Relaxed), 1, "fifty callers, one fetch");
            advance(Duration::from_secs(5)).await;
            assert!(fail().await.is_err());
            assert_eq!(fetches.load(Ordering::Relaxed), later);
            advance(Duration::from_secs(10)).await;
            assert!(take(&flight, &fetches, 3600).await.is_ok());
        }
        assert_eq!(refused().kind(), Kind::Auth);
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_while_renewing_is_survived_with_the_old_token() {
        let (flight, fetches) = (Flight::default(), AtomicU32::new(0));
        take(&flight, &fetches, 3600).await.expect("a token");
        let trouble = || flight.token(async || Err(Error::Throttled { endpoint: "token", wait: None }));
        advance(Duration::from_secs(3400)).await;
        assert_eq!(trouble().await.expect("the old one").1, 1);
        advance(Duration::from_secs(200)).await;
        assert!(trouble().await.is_err(), "it has expired");
    }
}
