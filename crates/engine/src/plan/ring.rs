//! Rings: in which order a plan reaches its targets, so that one device shows what ten will meet, and ten what a
//! thousand will.
//!
//! A target's place is a hash of its serial number and of nothing else: it is the same in every plan, on every
//! machine and in every year, needs no group in the tenant, and no device is moved. Rings are cut from the order of
//! the places, so a small ring is always part of the next one, whatever the plan.

use std::str::FromStr;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use super::{PlanItem, Target};

/// How far a ring reaches: a number of targets, or a share of all targets of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Share {
    Targets(u64),
    /// Percent of the distinct targets of the plan, rounded up.
    Percent(f64),
}

/// Rings, inmost first; each reaches *up to* its share, the earlier rings included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rings(Vec<Share>);

impl Default for Rings {
    /// `1, 10, 1%, 10%, 100%`.
    fn default() -> Self {
        Self(vec![
            Share::Targets(1),
            Share::Targets(10),
            Share::Percent(1.0),
            Share::Percent(10.0),
            Share::Percent(100.0),
        ])
    }
}

impl Rings {
    /// Rings of these shares. What they leave out is one more ring at the end.
    ///
    /// # Errors
    /// One sentence: no share at all.
    pub fn new(shares: Vec<Share>) -> Result<Self, String> {
        if shares.is_empty() { Err("rings need at least one share".to_owned()) } else { Ok(Self(shares)) }
    }

    /// The shares as they were given.
    pub fn shares(&self) -> &[Share] {
        &self.0
    }

    /// How many of `total` targets are in each ring or in one before it. The last number is `total`; rings that add
    /// nothing repeat the number before.
    pub fn bounds(&self, total: usize) -> Vec<usize> {
        let mut bounds = Vec::with_capacity(self.0.len() + 1);
        let mut reached = 0;
        for share in &self.0 {
            let wanted = match share {
                Share::Targets(targets) => usize::try_from(*targets).unwrap_or(usize::MAX),
                // Rounded up, or the ring of a small plan would be empty; a hair off for what binary fractions do.
                Share::Percent(percent) => (total as f64 * percent / 100.0 - 1e-9).ceil().max(0.0) as usize,
            };
            reached = wanted.min(total).max(reached);
            bounds.push(reached);
        }
        if reached < total {
            bounds.push(total);
        }
        bounds
    }

    /// The ring of each item that goes, counted from 0; `None` of one that does not, which takes no place. Items of one
    /// target are in one ring, and what waits for another item is in no earlier ring than that one.
    pub fn of_items(&self, items: &[PlanItem], goes: impl Fn(&PlanItem) -> bool) -> Vec<Option<usize>> {
        let places: Vec<Option<u64>> = items.iter().map(|item| goes(item).then(|| place(key(&item.target)))).collect();
        let mut distinct: Vec<u64> = places.iter().flatten().copied().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let last = self.last_ranks(distinct.len()).into_iter().map(|rank| rank.map(|rank| distinct[rank]));
        let cut = Cut { last: last.collect() };
        let mut rings: Vec<Option<usize>> =
            places.into_iter().map(|place| place.map(|place| cut.ring(place))).collect();
        // An item waits for an earlier one, so one pass reaches every chain.
        for (index, item) in items.iter().enumerate() {
            if let (Some(own), Some(first)) = (rings[index], item.after.filter(|first| *first < index)) {
                rings[index] = Some(own.max(rings[first].unwrap_or_default()));
            }
        }
        rings
    }

    /// Of each ring but the last one, the rank of the last place that it reaches among so many distinct places in their
    /// order; `None` if it reaches none.
    pub(crate) fn last_ranks(&self, distinct: usize) -> Vec<Option<usize>> {
        let bounds = self.bounds(distinct);
        bounds[..bounds.len().saturating_sub(1)].iter().map(|bound| bound.checked_sub(1)).collect()
    }
}

/// Where rings are cut from the order of places: the last place of each ring but the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut {
    pub last: Vec<Option<u64>>,
}

impl Cut {
    /// The ring of a place, counted from 0.
    pub(crate) fn ring(&self, place: u64) -> usize {
        self.last.partition_point(|last| last.is_none_or(|last| last < place))
    }
}

/// What a target's place goes by: the serial number of a device, the name of anything else.
pub fn key(target: &Target) -> &str {
    target.name()
}

/// The place of a serial number among all there could be: the first eight bytes of the SHA-256 of it, without regard
/// to case and to spaces around it.
pub fn place(serial: &str) -> u64 {
    let digest = digest::digest(&digest::SHA256, tidy(serial).as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_ref()[..8]);
    u64::from_be_bytes(first)
}

fn tidy(serial: &str) -> String {
    serial.trim().to_uppercase()
}

impl FromStr for Rings {
    type Err = String;

    /// `1,10,1%,10%,100%`.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::new(text.split(',').map(str::parse).collect::<Result<_, _>>()?)
    }
}

impl std::fmt::Display for Rings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, share) in self.0.iter().enumerate() {
            let comma = if position > 0 { ", " } else { "" };
            write!(f, "{comma}{share}")?;
        }
        Ok(())
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bad = || format!("`{text}` is neither a number of targets (10) nor a share of them (1%)");
        match text.strip_suffix('%') {
            None => text.parse().ok().filter(|targets| *targets > 0).map(Self::Targets).ok_or_else(bad),
            Some(share) => match share.trim().parse::<f64>() {
                Ok(share) if share > 0.0 && share <= 100.0 => Ok(Self::Percent(share)),
                _ => Err(bad()),
            },
        }
    }
}

impl TryFrom<String> for Share {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Share> for String {
    fn from(share: Share) -> Self {
        share.to_string()
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Targets(targets) => write!(f, "{targets}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_for_ever() {
        // The first eight bytes of `printf C02XG2JHJGH5 | sha256sum`.
        assert_eq!(place(" c02xg2jhjgh5 "), place("C02XG2JHJGH5"));
        assert_eq!(place("A"), 0x559a_ead0_8264_d579);
    }

    #[test]
    fn rings_reach_up_to_their_shares_and_the_last_one_takes_the_rest() {
        let rings = Rings::default();
        assert_eq!(rings.bounds(0), [0, 0, 0, 0, 0]);
        assert_eq!(rings.bounds(5), [1, 5, 5, 5, 5]);
        assert_eq!(rings.bounds(200), [1, 10, 10, 20, 200]);
        assert_eq!(rings.bounds(10_000), [1, 10, 100, 1000, 10_000]);
        let short: Rings = "2, 50%".parse().expect("rings");
        assert_eq!((short.bounds(7), short.to_string()), (vec![2, 4, 7], "2, 50%".to_owned()));
        for bad in ["", "0", "0%", "101%", "-1", "few", "1,,2"] {
            assert!(bad.parse::<Rings>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_target_is_in_one_ring_and_a_small_ring_is_part_of_the_next_one() {
        let item = |number: usize| -> PlanItem {
            serde_json::from_value(serde_json::json!({
                "index": number, "target": {"kind": "resource", "address": format!("S{number}")},
                "action": {"verb": "RevokeApiKey"}, "reason": "", "before": null, "input": [], "after": null,
                "decision": {"verdict": "allow", "reasons": []},
            }))
            .expect("an item")
        };
        let of = |items: &[PlanItem]| -> Vec<usize> {
            Rings::default().of_items(items, |_| true).into_iter().flatten().collect()
        };
        let items: Vec<PlanItem> = (0..2000).map(item).collect();
        let rings = of(&items);
        let within = |ring: usize| rings.iter().filter(|of| **of <= ring).count();
        assert_eq!([within(0), within(1), within(2), within(3), within(4)], [1, 10, 20, 200, 2000]);
        // The order of the plan does not matter, and doubles count once.
        let mut turned: Vec<PlanItem> = items.iter().rev().chain([&items[7]]).cloned().collect();
        let again = of(&turned);
        assert_eq!(again[2000], rings[7]);
        assert!(again[..2000].iter().eq(rings.iter().rev()));
        // Who is in the ring of a larger plan is in it in a smaller one too.
        turned.truncate(1000);
        let half = of(&turned);
        assert!(turned.iter().zip(&half).all(|(item, ring)| rings[item.index] > 1 || *ring <= rings[item.index]));
        // What does not go takes no place, and what waits is in no earlier ring than what it waits for.
        let mut three: Vec<PlanItem> = items[..3].to_vec();
        three[1].after = Some(0);
        three[2].after = Some(0);
        let rings = "1,100%".parse::<Rings>().expect("rings").of_items(&three, |item| item.index != 2);
        assert_eq!(rings[2], None);
        assert!(rings[0].is_some() && rings[1] == Some(1), "{rings:?}");
    }
}
