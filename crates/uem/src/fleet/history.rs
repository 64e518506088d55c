//! What the fleet has lived through, as one number: two fleets with the same past have the same.
//!
//! Each event (which device, when, what) is hashed by itself and the hashes are added up. So it does not matter in
//! which order devices live, nor into how many steps their time is cut. The number is kept in the transaction that
//! keeps the events, so it is that of the tenant's whole life, through restarts and crashes.
//!
//! Counted are check-ins, with the state that the device reports, and what the device tells by itself. Which UUID a
//! command got is no part of it: that is drawn anew for every call.

use aws_lc_rs::digest::{SHA256, digest};
use muster_store::{Database, Error, Transaction, args};

use super::pace::Moment;
use crate::store::tenant;

const SETTING: &str = "fleet.history";

/// Events that have happened: how many, and their hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// Check-ins and lines that devices told.
    pub events: u64,
    sum: u128,
}

impl History {
    /// One more event.
    pub(super) fn happened(&mut self, device: i64, at: Moment, what: &str, numbers: &[i64]) {
        let mut text = Vec::with_capacity(80);
        for number in [device, at].iter().chain(numbers) {
            text.extend_from_slice(&number.to_le_bytes());
        }
        text.extend_from_slice(what.as_bytes());
        let hash = digest(&SHA256, &text);
        let half = hash.as_ref().iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        self.sum = self.sum.wrapping_add(half);
        self.events += 1;
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { events: self.events + other.events, sum: self.sum.wrapping_add(other.sum) }
    }

    /// Of all that has happened since the first start.
    pub(crate) async fn of(database: &Database) -> Result<Self, Error> {
        Ok(tenant::setting(database, SETTING).await?.as_deref().map(Self::read).unwrap_or_default())
    }

    /// Adds what has happened in a transaction.
    pub(super) async fn keep(self, tx: &mut Transaction) -> Result<(), Error> {
        let sql = "select value from settings where name = $1";
        let row = tx.fetch_optional(sql, args![SETTING]).await?;
        let before = row.map(|row| row.get::<String>("value")).transpose()?;
        let sum = before.as_deref().map(Self::read).unwrap_or_default().and(self);
        let sql = "insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = $2";
        tx.execute(sql, args![SETTING, sum.written()]).await.map(drop)
    }

    /// The hash, in hexadecimal.
    #[must_use]
    pub fn hash(&self) -> String {
        format!("{:032x}", self.sum)
    }

    fn written(self) -> String {
        format!("{} {}", self.events, self.hash())
    }

    /// What cannot be read was not written here, and counts for nothing.
    fn read(text: &str) -> Self {
        let read = text.split_once(' ').and_then(|(events, hash)| {
            Some(Self { events: events.parse().ok()?, sum: u128::from_str_radix(hash, 16).ok()? })
        });
        read.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_events_makes_no_difference_and_everything_else_does() {
        let of = |events: &[(i64, Moment, &str, i64)]| {
            let mut history = History::default();
            for (device, at, what, number) in events {
                history.happened(*device, *at, what, &[*number]);
            }
            history
        };
        let (one, other) = ((1, 10, "seen", 80), (2, 10, "seen", 80));
        assert_eq!(of(&[one, other]), of(&[other, one]));
        assert_eq!(of(&[one]).and(of(&[other])), of(&[one, other]));
        for different in [(2, 10, "seen", 80), (1, 11, "seen", 80), (1, 10, "lost", 80), (1, 10, "seen", 81)] {
            assert_ne!(of(&[one]).hash(), of(&[different]).hash());
        }
        assert_ne!(of(&[one, one]).hash(), of(&[]).hash());
        let history = of(&[one, other]);
        assert_eq!(History::read(&history.written()), history);
        assert_eq!(History::read("nonsense"), History::default());
    }
}
