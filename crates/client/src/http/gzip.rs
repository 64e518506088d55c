//! Answers that come compressed. A small one must not unpack into more than the memory has.

use std::io::{self, Read as _};
use std::sync::Arc;

use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::{Answer, Broken, Cut, LARGEST_ANSWER};

/// Unpacks the body, if it is packed.
pub(super) fn unpack(answer: &mut Answer) {
    let packed =
        answer.headers.get(CONTENT_ENCODING).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"));
    if !packed || answer.body.is_empty() {
        return;
    }
    match unpacked(&answer.body, LARGEST_ANSWER) {
        Ok(Some(body)) => {
            answer.headers.remove(CONTENT_ENCODING);
            answer.headers.remove(CONTENT_LENGTH);
            answer.body = body;
        }
        Ok(None) => (answer.body, answer.cut) = (Bytes::new(), Some(Cut::TooLarge)),
        Err(error) => {
            let lost = Broken::Lost { timed_out: false, not_http: false, source: Arc::new(error) };
            (answer.body, answer.cut) = (Bytes::new(), Some(Cut::Lost(lost)));
        }
    }
}

/// `None` if it would be larger than `most`.
fn unpacked(packed: &[u8], most: usize) -> io::Result<Option<Bytes>> {
    // JSON packs about fivefold.
    let mut body = Vec::with_capacity(packed.len().saturating_mul(5).min(most));
    let read = MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut body)?;
    Ok((read <= most).then(|| body.into()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn it_unpacks_and_stops_at_the_largest_size() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&[b'x'; 10_000]).expect("packs");
        let packed = encoder.finish().expect("packs");
        assert_eq!(unpacked(&packed, 10_000).expect("whole").expect("fits").len(), 10_000);
        assert!(unpacked(&packed, 9_999).expect("whole").is_none());
        assert!(unpacked(&packed[..packed.len() - 9], 10_000).is_err(), "broken off");
        assert!(unpacked(b"{}", 10).is_err());
    }
}
