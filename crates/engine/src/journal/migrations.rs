//! The room's tables. Times are microseconds since 1970, ids and JSON are texts.

use muster_store::Migration;

pub(super) const ALL: &[Migration] = &[
    Migration { name: "0001_journal", sql: include_str!("migrations/0001_journal.sql"), postgres: None },
    Migration { name: "0003_guard", sql: include_str!("migrations/0003_guard.sql"), postgres: None },
    Migration { name: "0002_trust", sql: include_str!("migrations/0002_trust.sql"), postgres: None },
    Migration { name: "0004_rings", sql: include_str!("migrations/0004_rings.sql"), postgres: None },
    Migration { name: "0014_seals", sql: include_str!("migrations/0014_seals.sql"), postgres: None },
    Migration { name: "0030_scale", sql: include_str!("migrations/0030_scale.sql"), postgres: None },
    Migration { name: "0041_in_flight", sql: include_str!("migrations/0041_in_flight.sql"), postgres: None },
];
