//! The gate: bursts, pauses, order.

use super::*;

fn limiter(per_second: f64, burst: u32) -> Limiter {
    Limiter::new(Rate { per_second, burst }).expect("a rate")
}

async fn take(limiter: &Limiter, count: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..count {
        limiter.permit().await;
    }
    start.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_burst_leaves_at_once_and_the_rest_at_the_rate() {
    let limiter = limiter(10.0, 5);
    assert_eq!(take(&limiter, 5).await, Duration::ZERO);
    let rest = take(&limiter, 10).await;
    assert!(rest >= Duration::from_millis(1000) && rest < Duration::from_millis(1020), "{rest:?}");
    // The bucket fills again while nobody asks, and never above the burst.
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(take(&limiter, 5).await, Duration::ZERO);
    assert!(take(&limiter, 1).await >= Duration::from_millis(99));
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_everybody_even_those_already_waiting() {
    let limiter = std::sync::Arc::new(limiter(1.0, 1));
    take(&limiter, 1).await;
    let waiting = tokio::spawn({
        let limiter = limiter.clone();
        async move { take(&limiter, 1).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    limiter.refused(Instant::now(), Some(Duration::from_secs(30)));
    let waited = waiting.await.expect("no panic");
    assert!(waited >= Duration::from_millis(30_499), "{waited:?}");
}

#[tokio::test]
async fn a_rate_that_lets_nothing_through_is_refused() {
    for (per_second, burst) in [(0.0, 5), (-1.0, 5), (f64::NAN, 5), (5.0, 0), (f64::MIN_POSITIVE, 1)] {
        assert!(Limiter::new(Rate { per_second, burst }).is_err(), "{per_second} {burst}");
    }
}
