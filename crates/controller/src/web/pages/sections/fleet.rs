//! What the fleet looks like, and where compliance is going.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::inventory::Snapshot;
use crate::web::chart::{Line, line};
use crate::web::words::{When, number, percent, share};

/// The most points that a chart is drawn from.
const POINTS: usize = 240;

/// The fleet's tiles, its trend and its breakdowns; nothing is known before the first run.
#[derive(Default)]
pub(in crate::web::pages) struct Fleet {
    pub(in crate::web::pages) taken: Option<When>,
    pub(in crate::web::pages) devices: String,
    pub(in crate::web::pages) enrolled: String,
    pub(in crate::web::pages) noncompliant: String,
    pub(in crate::web::pages) percent: String,
    /// How the share has changed within a day: direction (`up`, `down`, `level`) and words.
    pub(in crate::web::pages) change: Option<(&'static str, String)>,
    pub(in crate::web::pages) trend: Option<Line>,
    /// First and last moment of the trend.
    pub(in crate::web::pages) trend_span: Option<(When, When)>,
    pub(in crate::web::pages) rules: Vec<Share>,
    pub(in crate::web::pages) platforms: Vec<Share>,
}

/// One bar of a breakdown.
pub(in crate::web::pages) struct Share {
    pub(in crate::web::pages) name: String,
    pub(in crate::web::pages) number: String,
    /// Of the enrolled devices.
    pub(in crate::web::pages) percent: String,
    /// Width in percent of the longest bar.
    pub(in crate::web::pages) width: f64,
}

impl Fleet {
    /// `snapshots` has the newest first.
    pub(in crate::web::pages) fn new(snapshots: &[Snapshot], now: Timestamp) -> Self {
        let Some(newest) = snapshots.first() else { return Self::default() };
        let points: Vec<(i64, f64)> = snapshots
            .iter()
            .rev()
            .filter_map(|snapshot| Some((snapshot.taken_at.as_microsecond(), snapshot.noncompliant_percent()?)))
            .collect();
        let trend = line(&thin(&points), 640, 290);
        let oldest = snapshots.last().filter(|_| trend.is_some());
        Self {
            taken: Some(When::new(newest.taken_at, now)),
            devices: number(newest.devices),
            enrolled: number(newest.enrolled),
            noncompliant: number(newest.noncompliant),
            percent: percent(newest.noncompliant_percent()),
            change: change(snapshots),
            trend_span: oldest.map(|oldest| (When::new(oldest.taken_at, now), When::new(newest.taken_at, now))),
            trend,
            rules: shares(&newest.by_rule, newest.enrolled),
            platforms: shares(&newest.by_platform, newest.enrolled),
        }
    }
}

/// Every so many points, and always the last.
fn thin(points: &[(i64, f64)]) -> Vec<(i64, f64)> {
    let stride = points.len().div_ceil(POINTS).max(1);
    points.iter().rev().step_by(stride).rev().copied().collect()
}

/// Against the oldest snapshot within a day before the newest.
fn change(snapshots: &[Snapshot]) -> Option<(&'static str, String)> {
    let newest = snapshots.first()?;
    let earliest = newest.taken_at.checked_sub(Duration::from_secs(24 * 3600)).ok()?;
    let before = snapshots.iter().skip(1).take_while(|snapshot| snapshot.taken_at >= earliest).last()?;
    let points = newest.noncompliant_percent()? - before.noncompliant_percent()?;
    let rounded = (points * 10.0).round() / 10.0;
    let words = format!("{:.1} points in {}", rounded.abs(), hours(before.taken_at, newest.taken_at));
    Some(match rounded {
        up if up > 0.0 => ("up", words),
        down if down < 0.0 => ("down", words),
        _ => ("level", format!("level for {}", hours(before.taken_at, newest.taken_at))),
    })
}

fn hours(from: Timestamp, to: Timestamp) -> String {
    let seconds = u64::try_from(to.as_second() - from.as_second()).unwrap_or_default();
    crate::web::words::span(Duration::from_secs(seconds))
}

/// The largest first.
fn shares(counts: &BTreeMap<String, u64>, enrolled: u64) -> Vec<Share> {
    let mut counts: Vec<(&String, u64)> = counts.iter().map(|(name, count)| (name, *count)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let longest = counts.first().map_or(0, |(_, count)| *count);
    counts
        .into_iter()
        .map(|(name, count)| Share {
            name: name.clone(),
            number: number(count),
            percent: format!("{:.1} %", share(count, enrolled)),
            width: (share(count, longest) * 10.0).round() / 10.0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(hour: i64, noncompliant: u64) -> Snapshot {
        let at = Timestamp::from_second(1_735_689_600 + hour * 3600).expect("a timestamp");
        Snapshot { devices: 200, enrolled: 200, noncompliant, ..Snapshot::empty(at) }
    }

    #[test]
    fn the_change_is_against_a_day_ago() {
        for (snapshots, expected) in [
            (vec![snapshot(0, 20)], None),
            (vec![snapshot(6, 26), snapshot(3, 100), snapshot(0, 20)], Some(("up", "3.0 points in 6 h".to_owned()))),
            (
                vec![snapshot(48, 10), snapshot(25, 20), snapshot(0, 90)],
                Some(("down", "5.0 points in 23 h".to_owned())),
            ),
            (vec![snapshot(1, 20), snapshot(0, 20)], Some(("level", "level for 60 min".to_owned()))),
            (vec![snapshot(48, 10), snapshot(0, 90)], None),
        ] {
            assert_eq!(change(&snapshots), expected);
        }
    }

    #[test]
    fn a_long_trend_is_thinned_and_keeps_its_end() {
        let points: Vec<(i64, f64)> = (0..1_000).map(|at| (at, 1.0)).collect();
        let thinned = thin(&points);
        assert!(thinned.len() <= POINTS, "{}", thinned.len());
        assert_eq!(thinned.last(), Some(&(999, 1.0)));
    }
}
