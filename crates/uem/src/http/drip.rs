//! Bodies that do not simply arrive: they drip out slowly, or end half way.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;

/// In how many pieces a slow body comes.
const PIECES: usize = 10;

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drip {
    /// In pieces over this time.
    Slowly(Duration),
    /// Half of it; then the connection ends.
    HalfOfIt,
}

/// A body that is sent in this way. Its length is told beforehand by whoever sends it.
pub(super) fn body(whole: Bytes, how: Drip) -> Body {
    let pieces: Vec<Option<Bytes>> = match how {
        Drip::Slowly(_) => {
            let size = whole.len().div_ceil(PIECES).max(1);
            (0..whole.len()).step_by(size).map(|at| Some(whole.slice(at..(at + size).min(whole.len())))).collect()
        }
        Drip::HalfOfIt => vec![Some(whole.slice(..whole.len() / 2)), None],
    };
    let pause = match how {
        Drip::Slowly(by) => by / PIECES as u32,
        Drip::HalfOfIt => Duration::ZERO,
    };
    Body::from_stream(stream::unfold(pieces.into_iter(), move |mut pieces| async move {
        let piece = pieces.next()?;
        // What was sent before it must have left.
        tokio::task::yield_now().await;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let piece = piece.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        Some((piece, pieces))
    }))
}
