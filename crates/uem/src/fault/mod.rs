//! An order for a fault: what goes wrong, for whom, how often. It has a text, for a flag and for the lab:
//! `throttle:every=10,retry-after=2`.

pub(crate) mod words;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use self::words::Words;

/// Which requests a fault meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// Every call of the API.
    Any,
    /// Calls that only read.
    Reads,
    /// Calls that change something.
    Writes,
    /// Requests for an access token, which no other choice includes.
    Tokens,
    /// Calls of one operation, by the name of its route.
    Operation(String),
}

/// How often an order is met by the requests that it is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Often {
    Always,
    /// By every so-manieth.
    Every(u32),
    /// By each with this probability.
    Share {
        share: f64,
        seed: u64,
    },
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// The effect happens, then the connection ends without an answer.
    LoseAnswer,
    /// Nothing happens but this answer.
    FailBefore(Broken),
    /// The effect happens, then this answer comes.
    FailAfter(Broken),
    /// 429, and nothing happens.
    Throttle { retry_after: Option<Duration> },
    /// The answer comes this much later.
    Delay(Duration),
    /// Nothing happens, and a web page comes with status 200: what a proxy or a login page does.
    Page,
    /// The body of the answer drips out over this time.
    SlowBody(Duration),
    /// The body of the answer ends half way, and the connection with it.
    CutBody,
    /// The answer tells of success, but nothing is changed.
    NoEffect,
    /// Of a bulk call, each item fails with this probability.
    Partial { share: f64 },
    /// Pages after the first begin so many rows later (rows before them went away while the client read) or,
    /// below 0, earlier (rows came).
    ShiftPages { rows: i64 },
    /// Each page after the first tells of so many fewer rows.
    ShrinkTotals { rows: u64 },
    /// No page has more rows than this.
    CapPages { size: u32 },
    /// 401, as if the access token had just expired. Callers without a token are not met.
    ExpireToken,
    /// This share of the fleet is out of reach.
    Offline { share: f64 },
    /// This share of the commands is handed to devices and never answered.
    Stuck { share: f64 },
    /// Devices take this much longer to answer a command.
    Late(Duration),
    /// The tenant's clock is set forward or, below 0, back by so many seconds; once.
    Clock { seconds: i64 },
}

/// A failure that is no throttle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) status: u16,
    /// A page of HTML instead of an error body, as proxies send.
    pub(crate) html: bool,
    pub(crate) retry_after: Option<Duration>,
}

/// What devices suffer from on order.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Hardship {
    /// This share of them is out of reach.
    pub(crate) offline: f64,
    /// This share of their commands is never answered.
    pub(crate) stuck: f64,
    /// Answers to commands take this much longer.
    pub(crate) late: Duration,
}

/// An order for a fault. Its text is what `FromStr` reads and `Display` writes.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultOrder {
    pub(crate) on: On,
    pub(crate) fault: Fault,
    pub(crate) often: Often,
    /// How many requests meet it; without it, all until it is taken back.
    pub(crate) count: Option<u32>,
}

impl Often {
    /// Whether the request with this number, counted from 1, meets the order.
    pub(crate) fn meets(&self, number: u64) -> bool {
        match *self {
            Self::Always => true,
            Self::Every(every) => number.is_multiple_of(u64::from(every.max(1))),
            Self::Share { share, seed } => chance(share, seed, number),
        }
    }
}

/// The same draw for the same seed and number.
pub(crate) fn chance(share: f64, seed: u64, number: u64) -> bool {
    let mut drawn = seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(factor);
    }
    let unit = ((drawn ^ (drawn >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
    unit < share
}

impl FromStr for FaultOrder {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let mut words = Words::read(rest)?;
        let fault = fault(kind.trim(), &mut words)?;
        let on = match words.text("on") {
            None => On::Any,
            Some(on) => match on.as_str() {
                "any" => On::Any,
                "reads" => On::Reads,
                "writes" => On::Writes,
                "tokens" => On::Tokens,
                _ => On::Operation(on),
            },
        };
        let often = match (words.number("every")?, words.share("share")?) {
            (Some(_), Some(_)) => return Err("a fault has either every= or share=".to_owned()),
            (Some(0), None) => return Err("every= is at least 1".to_owned()),
            (Some(every), None) => Often::Every(every),
            (None, Some(share)) => Often::Share { share, seed: words.number("seed")?.unwrap_or(1) },
            (None, None) => Often::Always,
        };
        let count = words.number("count")?;
        words.nothing_left(kind)?;
        let order = Self { on, fault, often, count };
        if order.is_of_the_fleet() && order != (Self { fault: order.fault.clone(), ..Self::always(Fault::CutBody) }) {
            return Err(format!(
                "{kind} is about devices: on=, every=, share= of requests and count= mean nothing to it"
            ));
        }
        Ok(order)
    }
}

impl FaultOrder {
    fn always(fault: Fault) -> Self {
        Self { on: On::Any, fault, often: Often::Always, count: None }
    }

    /// Whether it is about devices or the clock, so that no request meets it.
    pub(crate) fn is_of_the_fleet(&self) -> bool {
        matches!(self.fault, Fault::Offline { .. } | Fault::Stuck { .. } | Fault::Late(_) | Fault::Clock { .. })
    }
}

/// Every kind with what it needs; the list of the guide follows it.
fn fault(kind: &str, words: &mut Words) -> Result<Fault, String> {
    Ok(match kind {
        "throttle" => Fault::Throttle { retry_after: words.span("retry-after")? },
        "fail" => Fault::FailBefore(broken(words)?),
        "fail-after" => Fault::FailAfter(broken(words)?),
        "lose-answer" => Fault::LoseAnswer,
        "delay" => Fault::Delay(words.needed_span("by")?),
        "slow-body" => Fault::SlowBody(words.needed_span("by")?),
        "cut-body" => Fault::CutBody,
        "page" => Fault::Page,
        "no-effect" => Fault::NoEffect,
        "partial" => Fault::Partial { share: words.share("items")?.unwrap_or(0.5) },
        "shift-pages" => Fault::ShiftPages { rows: words.number("rows")?.unwrap_or(1) },
        "shrink-totals" => Fault::ShrinkTotals { rows: words.number("rows")?.unwrap_or(1) },
        "cap-pages" => match words.number("size")?.unwrap_or(50) {
            0 => return Err("size= is at least 1".to_owned()),
            size => Fault::CapPages { size },
        },
        "expire-token" => Fault::ExpireToken,
        "offline" => Fault::Offline { share: words.share("devices")?.unwrap_or(0.2) },
        "stuck" => Fault::Stuck { share: words.share("commands")?.unwrap_or(0.2) },
        "late" => Fault::Late(words.needed_span("by")?),
        "clock" => Fault::Clock { seconds: words.needed_step("by")? },
        _ => {
            return Err(format!(
                "{kind:?} is no fault: throttle, fail, fail-after, lose-answer, delay, slow-body, cut-body, page, \
                 no-effect, partial, shift-pages, shrink-totals, cap-pages, expire-token, offline, stuck, late, clock"
            ));
        }
    })
}

fn broken(words: &mut Words) -> Result<Broken, String> {
    let status = words.number("status")?.unwrap_or(503);
    if !(400..=599).contains(&status) {
        return Err("status= is between 400 and 599".to_owned());
    }
    Ok(Broken { status, html: words.flag("html"), retry_after: words.span("retry-after")? })
}

impl fmt::Display for FaultOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said: Vec<String> = Vec::new();
        let kind = match &self.fault {
            Fault::LoseAnswer => "lose-answer",
            Fault::FailBefore(broken) => say_broken("fail", broken, &mut said),
            Fault::FailAfter(broken) => say_broken("fail-after", broken, &mut said),
            Fault::Throttle { retry_after } => {
                said.extend(retry_after.map(|after| format!("retry-after={}", words::span_text(after))));
                "throttle"
            }
            Fault::Delay(by) => say(&mut said, "by", words::span_text(*by), "delay"),
            Fault::Page => "page",
            Fault::SlowBody(by) => say(&mut said, "by", words::span_text(*by), "slow-body"),
            Fault::CutBody => "cut-body",
            Fault::NoEffect => "no-effect",
            Fault::Partial { share } => say(&mut said, "items", share, "partial"),
            Fault::ShiftPages { rows } => say(&mut said, "rows", rows, "shift-pages"),
            Fault::ShrinkTotals { rows } => say(&mut said, "rows", rows, "shrink-totals"),
            Fault::CapPages { size } => say(&mut said, "size", size, "cap-pages"),
            Fault::ExpireToken => "expire-token",
            Fault::Offline { share } => say(&mut said, "devices", share, "offline"),
            Fault::Stuck { share } => say(&mut said, "commands", share, "stuck"),
            Fault::Late(by) => say(&mut said, "by", words::span_text(*by), "late"),
            Fault::Clock { seconds } => say(&mut said, "by", format!("{seconds}s"), "clock"),
        };
        match &self.on {
            On::Any => {}
            On::Reads => said.push("on=reads".to_owned()),
            On::Writes => said.push("on=writes".to_owned()),
            On::Tokens => said.push("on=tokens".to_owned()),
            On::Operation(name) => said.push(format!("on={name}")),
        }
        match self.often {
            Often::Always => {}
            Often::Every(every) => said.push(format!("every={every}")),
            Often::Share { share, seed } => said.push(format!("share={share},seed={seed}")),
        }
        said.extend(self.count.map(|count| format!("count={count}")));
        write!(f, "{kind}{}{}", if said.is_empty() { "" } else { ":" }, said.join(","))
    }
}

fn say(said: &mut Vec<String>, name: &str, value: impl fmt::Display, kind: &'static str) -> &'static str {
    said.push(format!("{name}={value}"));
    kind
}

fn say_broken(kind: &'static str, broken: &Broken, said: &mut Vec<String>) -> &'static str {
    said.push(format!("status={}", broken.status));
    said.extend(broken.html.then(|| "html".to_owned()));
    said.extend(broken.retry_after.map(|after| format!("retry-after={}", words::span_text(after))));
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_and_written() {
        for text in [
            "throttle",
            "throttle:retry-after=2s,every=10",
            "fail:status=502,html,on=reads,share=0.25,seed=7",
            "fail-after:status=500,on=writes,count=3",
            "lose-answer:on=mdmv1/Tags_CreateTagAsync,count=1",
            "delay:by=1500ms",
            "slow-body:by=5s",
            "cut-body:count=1",
            "page",
            "no-effect:on=writes",
            "partial:items=0.3",
            "shift-pages:rows=-1",
            "shrink-totals:rows=5",
            "cap-pages:size=50",
            "expire-token:every=20",
            "offline:devices=0.2",
            "stuck:commands=1",
            "late:by=7200s",
            "clock:by=-300s",
        ] {
            let order: FaultOrder = text.parse().unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(order.to_string(), text);
        }
        let order: FaultOrder = "throttle: retry-after=2, every=10".parse().expect("reads");
        assert_eq!(order.to_string(), "throttle:retry-after=2s,every=10");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let refused = |text: &str| text.parse::<FaultOrder>().expect_err(text);
        assert!(refused("thunder").contains("lose-answer"));
        assert!(refused("throttle:evry=2").contains("evry"));
        assert!(refused("throttle:every=2,share=0.5").contains("either"));
        assert!(refused("fail:status=200").contains("400"));
        assert!(refused("delay").contains("by="));
        assert!(refused("partial:items=2").contains("items"));
        assert!(refused("offline:devices=0.5,count=2").contains("devices"));
    }

    #[test]
    fn a_share_is_kept_and_the_same_seed_draws_the_same() {
        let draws = |seed| (1..=1000).map(|number| chance(0.3, seed, number)).collect::<Vec<_>>();
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        let met = draws(1).into_iter().filter(|met| *met).count();
        assert!((250..350).contains(&met), "{met}");
    }
}
