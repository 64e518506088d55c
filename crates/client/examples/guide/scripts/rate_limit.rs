//! The guide's rate limiting: so many requests a second, a burst at the start, and never a refusal.

use std::time::{Duration, Instant};

use muster_client::{Credentials, Rate, Settings, connect};

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (uem, _client, _writer) = tenant(20).await;
    let (username, password) = (uem.ready.username.clone(), uem.ready.password.clone().into());
    let credentials = Credentials::Basic { username, password, tenant_code: uem.ready.tenant_code.clone().into() };
    let slow = Settings { rate: Rate { per_second: 20.0, burst: 5 }, ..Settings::new(uem.url.clone(), credentials) };
    let (client, _) = connect(slow).await?;
    let begun = Instant::now();
    for _ in 0..14 {
        client.system_info().await?;
    }
    let took = begun.elapsed();
    say(format!("14 requests in {took:.1?}, {} of them refused", client.statistics().throttled));
    assert!(took >= Duration::from_millis(350), "a burst of 5 and 20 a second after it: {took:?}");
    Ok(())
}
