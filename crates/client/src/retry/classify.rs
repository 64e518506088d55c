//! What kind of failure an answer is. The status alone does not say it: a missing app is a 401, a wrong tenant
//! code a 403, and a web page a 404 that has nothing to do with the record asked for.

use std::time::Duration;

use jiff::Timestamp;
use muster_model::Fault;
use muster_model::catalog::{Shape, facts, xml};
use muster_model::error::code;

use serde_json::Value;

use super::Failure;
use crate::clock::http_date;
use crate::{Error, Kind};

/// An answer that is not a success, as far as its meaning goes.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) endpoint: &'static str,
    pub(crate) host: &'a str,
    pub(crate) status: u16,
    pub(crate) write: bool,
    /// Whether the path names one record.
    pub(crate) one_record: bool,
    pub(crate) body: &'a [u8],
    /// `Retry-After`: seconds or a date.
    pub(crate) retry_after: Option<&'a str>,
    /// `X-RateLimit-Remaining`, and `X-RateLimit-Reset` in seconds since 1970.
    pub(crate) remaining: Option<&'a str>,
    pub(crate) reset: Option<&'a str>,
    /// The server's time of the answer.
    pub(crate) date: Option<Timestamp>,
}

pub(crate) fn classify(answer: &Answer<'_>) -> Failure {
    let fault = fault(answer.body);
    let wait = wait(answer);
    let error = match answer.status {
        429 => Error::Throttled { endpoint: answer.endpoint, wait },
        // A gateway's or a login page: nobody of this API said no.
        200..=499 if fault.is_none() && looks_like_markup(answer.body) && answer.status != 401 => {
            not_the_api(answer.endpoint, answer.host, answer.status, answer.body)
        }
        status => {
            let kind = kind(status, fault.as_ref().map(|fault| fault.error_code), answer.write, answer.one_record);
            Error::Answered { endpoint: answer.endpoint, status, fault: fault.map(Box::new), kind }
        }
    };
    Failure { error, wait: wait.filter(|_| matches!(answer.status, 429 | 503)) }
}

pub(crate) fn not_the_api(endpoint: &'static str, host: &str, status: u16, body: &[u8]) -> Error {
    let what = if looks_like_markup(body) { "a web page" } else { "something else" };
    Error::NotTheApi { endpoint, host: host.to_owned(), status, what: what.to_owned() }
}

pub(crate) fn looks_like_markup(body: &[u8]) -> bool {
    body.trim_ascii_start().strip_prefix(b"\xef\xbb\xbf").unwrap_or(body.trim_ascii_start()).starts_with(b"<")
}

/// The API's error body; some routes answer a bare text instead.
fn fault(body: &[u8]) -> Option<Fault> {
    let bare = |message| Fault { error_code: 0, message, activity_id: None };
    serde_json::from_slice(body).ok().or_else(|| serde_json::from_slice(body).ok().map(bare)).or_else(|| in_xml(body))
}

/// `<AirWatchFaultContract><ActivityId/><ErrorCode/><Message/></AirWatchFaultContract>`.
fn in_xml(body: &[u8]) -> Option<Fault> {
    let text = std::str::from_utf8(body).ok().filter(|text| is_xml(text))?;
    let mut fault = xml::read(facts::published(), &Shape::Any, text).ok()?;
    let code: i64 = fault.get("ErrorCode")?.as_str()?.trim().parse().ok()?;
    *fault.get_mut("ErrorCode")? = code.into();
    // An activity that is left empty is none.
    if fault.get("ActivityId").and_then(Value::as_str).is_some_and(str::is_empty) {
        fault["ActivityId"] = Value::Null;
    }
    serde_json::from_value(fault).ok()
}

/// Whether markup is XML and no web page.
pub(crate) fn is_xml(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let begins = |word: &str| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    begins("<") && !begins("<!") && !begins("<html") && !start.contains("<html")
}

fn kind(status: u16, code: Option<i64>, write: bool, one_record: bool) -> Kind {
    match (status, code) {
        (_, Some(code::APP_NOT_FOUND | code::USER_GROUP_NOT_FOUND)) if status < 500 => Kind::NotFound,
        (400, Some(code::INVALID_INPUT | code::BAD_REQUEST)) if one_record && !write => Kind::NotFound,
        (401, Some(code::INVALID_INPUT)) => Kind::Permission,
        (401, _) | (403, Some(code::BAD_TENANT_CODE | 1030)) => Kind::Auth,
        (403, _) => Kind::Permission,
        (404, _) => Kind::NotFound,
        (409 | 412 | 423, _) | (400, Some(5206 | 5303 | 7147)) => Kind::Conflict,
        (410 | 501, _) => Kind::Unsupported,
        (405 | 406 | 411 | 415, _) => Kind::Bug,
        (500.. | 424 | 408, _) if write => Kind::UnknownOutcome,
        (500.. | 424 | 408, _) => Kind::Unreachable,
        _ => Kind::Invalid,
    }
}

/// How long the server asks to wait, by its own clock where it names a point in time.
fn wait(answer: &Answer<'_>) -> Option<Duration> {
    let until = |then: Timestamp| {
        let seconds = then.duration_since(answer.date?).as_secs().max(0);
        Some(Duration::from_secs(seconds.unsigned_abs()))
    };
    let retry_after = answer.retry_after.and_then(|text| match text.trim().parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(http_date(text)?),
    });
    retry_after.or_else(|| {
        // While requests remain, it is another limit that was hit.
        let used_up = answer.status == 429 && answer.remaining.is_some_and(|left| left.trim() == "0");
        let reset = answer.reset.filter(|_| used_up)?.trim().parse().ok()?;
        until(Timestamp::from_second(reset).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer<'_> {
        let (write, one_record, retry_after, remaining, reset) = (false, true, None, Some("0"), None);
        let (endpoint, host, body) = ("e", "h", body.as_bytes());
        let date = http_date("Tue, 15 Nov 1994 12:00:00 GMT");
        Answer { endpoint, host, status, write, one_record, body, retry_after, remaining, reset, date }
    }

    fn kind_of(status: u16, code: i64) -> Kind {
        classify(&answer(status, &format!(r#"{{"errorCode":{code},"message":"m"}}"#))).error.kind()
    }

    #[test]
    fn the_code_says_more_than_the_status() {
        for (status, code, kind) in [
            (401, 1005, Kind::Auth),
            (401, 1022, Kind::Auth),
            (401, 7000, Kind::NotFound),
            (403, 1013, Kind::Auth),
            (403, 1011, Kind::Permission),
            (404, 5002, Kind::NotFound),
            (400, 17, Kind::NotFound),
            (400, 6, Kind::NotFound),
            (422, 5003, Kind::Invalid),
            (409, 5303, Kind::Conflict),
            (501, 7019, Kind::Unsupported),
            (500, 1000, Kind::Unreachable),
        ] {
            assert_eq!(kind_of(status, code), kind, "{status}/{code}");
        }
        let list = Answer { one_record: false, ..answer(400, r#"{"errorCode":6,"message":""}"#) };
        assert_eq!(classify(&list).error.kind(), Kind::Invalid, "a list is never `not found`");
        let write = Answer { write: true, ..answer(502, "") };
        assert_eq!(classify(&write).error.kind(), Kind::UnknownOutcome);
    }

    #[test]
    fn a_web_page_is_not_an_answer_except_a_gateways() {
        let page = "\n<!DOCTYPE html><html>Login</html>";
        assert_eq!(classify(&answer(404, page)).error.kind(), Kind::Protocol);
        assert_eq!(classify(&answer(400, page)).error.kind(), Kind::Protocol);
        assert_eq!(classify(&answer(503, page)).error.kind(), Kind::Unreachable);
        assert_eq!(classify(&answer(401, page)).error.kind(), Kind::Auth);
        assert!(!classify(&answer(404, page)).error.to_string().contains("DOCTYPE"));
    }

    #[test]
    fn a_fault_in_xml_is_a_fault() {
        let fault = "<?xml version=\"1.0\"?><AirWatchFaultContract xmlns=\"http://www.air-watch.com/\"><ActivityId></ActivityId>\
                     <ErrorCode>5002</ErrorCode><Message>no &lt;such&gt; device</Message></AirWatchFaultContract>";
        let error = classify(&answer(404, fault)).error;
        assert_eq!(error.kind(), Kind::NotFound);
        let fault = error.fault().expect("a fault");
        assert_eq!((fault.error_code, fault.message.as_str()), (5002, "no <such> device"));
    }

    #[test]
    fn the_wait_is_read_in_every_form_and_by_the_servers_clock() {
        let wait = |retry_after, reset| classify(&Answer { retry_after, reset, ..answer(429, "") }).wait;
        assert_eq!(wait(Some("7"), None), Some(Duration::from_secs(7)));
        assert_eq!(wait(Some("Tue, 15 Nov 1994 12:00:30 GMT"), None), Some(Duration::from_secs(30)));
        assert_eq!(wait(Some("Tue, 15 Nov 1994 11:00:00 GMT"), None), Some(Duration::ZERO));
        assert_eq!(wait(None, Some("784900810")), Some(Duration::from_secs(10)));
        let others = Answer { remaining: Some("4711"), reset: Some("784900810"), ..answer(429, "") };
        assert_eq!(classify(&others).wait, None);
        assert_eq!(wait(Some("soon"), None), None);
        assert_eq!(wait(None, None), None);
        let unavailable = Answer { retry_after: Some("3"), ..answer(503, "") };
        assert_eq!(classify(&unavailable).wait, Some(Duration::from_secs(3)));
    }
}
