//! May we ask again? The retry law, as a pure table:
//!
//! | what happened | a read | a write |
//! |---|---|---|
//! | never sent (no such host, refused, no connection in time) | again | again |
//! | certificate or TLS trouble | never | never |
//! | sent and lost (time-out, reset) | again | never: its outcome is unknown |
//! | 429 | after the wait the server asks for | the same: it was not carried out |
//! | 500, 502, 503, 504 | again | never: its outcome is unknown |
//! | 401 with a token | once, with a new token | the same |
//! | any other answer | never | never |

use std::time::Duration;

use super::Failure;
use crate::{Error, Kind, RetrySettings};

/// Longest pause that this client makes by itself because a server asks for it.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Throttled attempts of one call; they do not count as failures, since waiting is what was asked for.
const THROTTLED_ATTEMPTS: u32 = 10;

/// What is known about a call before its next attempt.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SoFar {
    /// Attempts that failed, throttled ones excluded.
    pub(crate) failed: u32,
    pub(crate) throttled: u32,
    /// Whether a new token was asked for already.
    pub(crate) renewed: bool,
}

/// What the call is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) write: bool,
    /// Whether a refused authorization can be renewed (a token, not a password).
    pub(crate) renewable: bool,
    pub(crate) manner: Manner,
}

/// How a caller wants failures to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Usual,
    /// The caller answers a time-out itself, with a smaller page.
    SmallerNext,
    /// A person waits to hear whether the address is right: no connection is an answer, and so is silence.
    FirstContact,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    GiveUp,
    /// After a back-off of our own.
    Again,
    /// After the wait that the server asked for, or a back-off if it did not say. Costs no budget.
    Throttled(Option<Duration>),
    /// At once, with a new token.
    Renew,
}

pub(crate) fn verdict(failure: &Failure, so_far: &SoFar, terms: Terms, settings: &RetrySettings) -> Verdict {
    let may_pass = match &failure.error {
        Error::Throttled { .. } => {
            return match failure.wait {
                Some(wait) if wait > LONGEST_WAIT => Verdict::GiveUp,
                _ if so_far.throttled >= THROTTLED_ATTEMPTS => Verdict::GiveUp,
                wait => Verdict::Throttled(wait),
            };
        }
        Error::Answered { status: 401, kind: Kind::Auth, .. } if terms.renewable && !so_far.renewed => {
            return Verdict::Renew;
        }
        Error::Connect { cause, .. } => cause.may_pass() && terms.manner != Manner::FirstContact,
        Error::Lost { timed_out, .. } => !(terms.write || *timed_out && terms.manner != Manner::Usual),
        Error::Answered { status: 500 | 502 | 503 | 504, .. } => !terms.write,
        _ => false,
    };
    if !may_pass || so_far.failed >= settings.attempts.max(1) {
        return Verdict::GiveUp;
    }
    match failure.wait {
        // 503 with `Retry-After`.
        Some(wait) if wait > LONGEST_WAIT => Verdict::GiveUp,
        Some(wait) => Verdict::Throttled(Some(wait)),
        None => Verdict::Again,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::NoConnection;

    fn connect(cause: NoConnection, write: bool) -> Error {
        Error::Connect { host: "h".into(), cause, write, source: Arc::new(std::io::Error::other("x")) }
    }
    fn lost(write: bool) -> Error {
        Error::Lost { endpoint: "e", timed_out: true, write, source: Arc::new(std::io::Error::other("x")) }
    }
    fn answered(status: u16, kind: Kind) -> Error {
        Error::Answered { endpoint: "e", status, fault: None, kind }
    }

    fn first(error: Error, write: bool, renewable: bool) -> Verdict {
        let terms = Terms { write, renewable, manner: Manner::Usual };
        verdict(&error.into(), &SoFar { failed: 1, ..SoFar::default() }, terms, &RetrySettings::default())
    }

    #[test]
    fn the_law() {
        use NoConnection::{CertificateExpired, CertificateForOtherHost, CertificateUntrusted, NotTls};
        use Verdict::{Again, GiveUp, Renew, Throttled};
        for (what, read, write) in [
            (
                "no such host",
                first(connect(NoConnection::NoSuchHost, false), false, false),
                first(connect(NoConnection::NoSuchHost, true), true, false),
            ),
            (
                "refused",
                first(connect(NoConnection::Refused, false), false, false),
                first(connect(NoConnection::Refused, true), true, false),
            ),
            (
                "no connection in time",
                first(connect(NoConnection::TimedOut, false), false, false),
                first(connect(NoConnection::TimedOut, true), true, false),
            ),
        ] {
            assert_eq!((read, write), (Again, Again), "{what}");
        }
        for cause in [CertificateExpired, CertificateUntrusted, CertificateForOtherHost, NotTls, NoConnection::Tls] {
            assert_eq!(first(connect(cause.clone(), false), false, false), GiveUp, "{cause:?}");
        }
        assert_eq!((first(lost(false), false, false), first(lost(true), true, false)), (Again, GiveUp));
        for status in [500, 502, 503, 504] {
            let kind = Kind::Unreachable;
            assert_eq!(first(answered(status, kind), false, false), Again, "{status}");
            assert_eq!(first(answered(status, Kind::UnknownOutcome), true, false), GiveUp, "{status}");
        }
        for status in [400, 403, 404, 409, 422, 501] {
            assert_eq!(first(answered(status, Kind::Invalid), false, true), GiveUp, "{status}");
        }
        assert_eq!(first(answered(401, Kind::Auth), true, true), Renew);
        assert_eq!(first(answered(401, Kind::Auth), true, false), GiveUp, "a password does not get better");
        assert_eq!(first(answered(401, Kind::NotFound), false, true), GiveUp, "401 with code 7000 is a missing app");
        assert_eq!(first(Error::Throttled { endpoint: "e", wait: None }, true, false), Throttled(None));
    }

    #[test]
    fn it_ends() {
        let settings = RetrySettings { attempts: 4, ..RetrySettings::default() };
        let terms = Terms { write: false, renewable: true, manner: Manner::Usual };
        let verdict = |error: Error, wait: Option<u64>, so_far: SoFar| {
            let failure = Failure { error, wait: wait.map(Duration::from_secs) };
            verdict(&failure, &so_far, terms, &settings)
        };
        let so_far = |failed| SoFar { failed, ..SoFar::default() };
        assert_eq!(verdict(lost(false), None, so_far(3)), Verdict::Again);
        assert_eq!(verdict(lost(false), None, so_far(4)), Verdict::GiveUp);
        let renewed = SoFar { renewed: true, ..SoFar::default() };
        assert_eq!(verdict(answered(401, Kind::Auth), None, renewed), Verdict::GiveUp);
        let throttled = || Error::Throttled { endpoint: "e", wait: None };
        let wait = |seconds| Verdict::Throttled(Some(Duration::from_secs(seconds)));
        assert_eq!(verdict(throttled(), Some(60), so_far(4)), wait(60), "waiting is no failure");
        assert_eq!(verdict(throttled(), Some(43_200), so_far(1)), Verdict::GiveUp, "a daily quota");
        let often = SoFar { throttled: THROTTLED_ATTEMPTS, ..SoFar::default() };
        assert_eq!(verdict(throttled(), Some(1), often), Verdict::GiveUp);
        assert_eq!(verdict(answered(503, Kind::Unreachable), Some(7), so_far(1)), wait(7));
    }

    #[test]
    fn a_caller_that_answers_a_failure_itself_gets_it_at_once() {
        let terms = Terms { write: false, renewable: false, manner: Manner::SmallerNext };
        let first = Terms { manner: Manner::FirstContact, ..terms };
        let so_far = SoFar { failed: 1, ..SoFar::default() };
        let settings = RetrySettings::default();
        assert_eq!(verdict(&lost(false).into(), &so_far, terms, &settings), Verdict::GiveUp);
        assert_eq!(verdict(&lost(false).into(), &so_far, first, &settings), Verdict::GiveUp);
        let refused = || connect(NoConnection::Refused, false).into();
        assert_eq!(verdict(&refused(), &so_far, terms, &settings), Verdict::Again);
        assert_eq!(verdict(&refused(), &so_far, first, &settings), Verdict::GiveUp);
        assert_eq!(verdict(&answered(503, Kind::Unreachable).into(), &so_far, terms, &settings), Verdict::Again);
    }
}
