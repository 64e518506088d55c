//! A name has one holder at a time, and no dead one for long.

use std::time::Duration;

use jiff::Timestamp;
use muster_store::{Clock as _, Database, Lease, ManualClock};

use crate::places::{Place, stories};

stories!(
    a_name_is_claimed_once_until_it_is_released,
    a_lease_that_is_not_renewed_goes_to_the_next,
    a_dead_holder_is_replaced_by_one_only,
    of_many_claims_at_once_one_is_granted,
);

const TTL: Duration = Duration::from_secs(30);

fn clock() -> ManualClock {
    ManualClock::at(Timestamp::from_second(1_800_000_000).expect("a moment"))
}

async fn ready(place: &Place) -> Database {
    let database = place.open().await;
    database.migrate("story", &[]).await.expect("migrates");
    database
}

async fn a_name_is_claimed_once_until_it_is_released(place: &Place) {
    let (database, clock) = (ready(place).await, clock());
    let first = Lease::claim(&database, "job", "a", TTL, clock.now()).await.expect("asked").expect("free");
    assert_eq!(first.expires_at(), clock.now() + TTL);
    for owner in ["b", "a"] {
        assert!(Lease::claim(&database, "job", owner, TTL, clock.now()).await.expect("asked").is_none());
    }
    assert!(Lease::claim(&database, "other", "b", TTL, clock.now()).await.expect("asked").is_some());
    let holder = Lease::holder(&database, "job", clock.now()).await.expect("asked").expect("held");
    assert_eq!(holder.owner, "a");
    let fence = first.fence();
    first.release(&database).await.expect("released");
    assert!(Lease::holder(&database, "job", clock.now()).await.expect("asked").is_none());
    let second = Lease::claim(&database, "job", "b", TTL, clock.now()).await.expect("asked").expect("free again");
    assert!(second.fence() > fence);
}

async fn a_lease_that_is_not_renewed_goes_to_the_next(place: &Place) {
    let (database, clock) = (ready(place).await, clock());
    let mut first = Lease::claim(&database, "job", "a", TTL, clock.now()).await.expect("asked").expect("free");
    clock.advance(TTL / 2);
    assert!(first.renew(&database, TTL, clock.now()).await.expect("asked"));
    clock.advance(TTL - Duration::from_secs(1));
    assert!(Lease::claim(&database, "job", "b", TTL, clock.now()).await.expect("asked").is_none());
    clock.advance(Duration::from_secs(1));
    assert!(Lease::claim(&database, "job", "b", TTL, clock.now()).await.expect("asked").is_some());
    assert!(!first.renew(&database, TTL, clock.now()).await.expect("asked"), "it learns that it lost it");
    first.release(&database).await.expect("nothing to give up");
    assert!(Lease::holder(&database, "job", clock.now()).await.expect("asked").is_some(), "b keeps it");
}

async fn a_dead_holder_is_replaced_by_one_only(place: &Place) {
    let (database, clock) = (ready(place).await, clock());
    let mut dead = Lease::claim(&database, "job", "dead", TTL, clock.now()).await.expect("asked").expect("free");
    let seen = Lease::holder(&database, "job", clock.now()).await.expect("asked").expect("held");
    let taken = Lease::take_over(&database, &seen, "b", TTL, clock.now()).await.expect("asked");
    assert!(taken.is_some());
    assert!(Lease::take_over(&database, &seen, "c", TTL, clock.now()).await.expect("asked").is_none());
    assert!(!dead.renew(&database, TTL, clock.now()).await.expect("asked"), "not so dead, and fenced off");
}

async fn of_many_claims_at_once_one_is_granted(place: &Place) {
    let (database, clock) = (ready(place).await, clock());
    let claims = (0..16).map(|number| {
        let (database, now) = (database.clone(), clock.now());
        tokio::spawn(async move {
            Lease::claim(&database, "job", &format!("owner {number}"), TTL, now).await.expect("asked").is_some()
        })
    });
    let mut granted = 0;
    for claim in claims.collect::<Vec<_>>() {
        granted += usize::from(claim.await.expect("ends"));
    }
    assert_eq!(granted, 1);
}
