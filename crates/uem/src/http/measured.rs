//! What stands between a request and its handler, timed: credentials, limits, the right, and the number under which
//! the answer is found again. It is carried out as for any request, only without one.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use tokio::time::Instant;

use super::reception::Turned;
use super::respond::find;
use super::table::Found;
use super::wire::Peer;
use super::{Server, correlation, path};

impl Server {
    /// How long one of `times` such requests took, on average. `certificate` is what a TLS handshake has proven.
    ///
    /// # Errors
    /// The status with which the request is refused.
    pub(crate) async fn time_reception(
        &self,
        request: Request<()>,
        certificate: Option<&[u8]>,
        times: u32,
    ) -> Result<Duration, u16> {
        let (head, ()) = request.into_parts();
        let Found::Route { route, .. } = find(self, &head, &path::segments(head.uri.path())) else { return Err(404) };
        let right = route.right().ok_or(501_u16)?;
        let peer = Peer { address: IpAddr::V4(Ipv4Addr::LOCALHOST), client_certificate: certificate.map(Arc::from) };
        let began = Instant::now();
        for _ in 0..times {
            let (number, now) = (correlation(), self.tenant.clock.now());
            let received = self.reception.receive(&head.headers, head.uri.path(), &peer, now).await;
            let caller = received.outcome.map_err(|turned| match turned {
                Turned::Away(refusal) | Turned::Back { refusal, .. } => refusal.status(),
            })?;
            let caller = caller.with(right);
            if !caller.rights.allow(right) {
                return Err(403);
            }
            black_box((number, caller));
        }
        Ok(began.elapsed() / times.max(1))
    }
}
