//! The audit as a log: nothing leaves without a record, and what it was is shown by checkpoints and proofs.

use muster_engine::{
    Checkpoint, Error, JobOptions, Kind, LogCheck, Proven, Stop, Trust, checkpoint_line, verify_proof,
};
use muster_model::commands::Command;
use muster_store::args;

use crate::world::{Heard, World, at_once, counts, draft, key, send};

/// The tenant may be reached and the journal may be written, only not the audit.
#[tokio::test]
async fn nothing_leaves_without_its_record() {
    let world = World::new(40).await;
    let refuse = |event: &str| {
        format!(
            "create trigger refuse before insert on audit when new.event = '{event}' begin select raise(abort, 'no'); end"
        )
    };
    let job = world.start(world.commands(Command::SyncDevice, 40), JobOptions { lanes: 2, ..at_once() }).await;
    let tenant = world.tenant().await;
    for event in ["job.run", "task.sending"] {
        world.database.execute(refuse(event), args![]).await.expect("a trigger");
        let error = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect_err("stopped");
        assert_eq!(error.kind(), Kind::Journal, "{event}: {error}");
        assert_eq!(world.effects().await.values().sum::<u64>(), 0, "{event}");
        world.database.execute("drop trigger refuse", args![]).await.expect("dropped");
    }
    // With outcomes that cannot be recorded, no more leaves than was marked as sending.
    world.database.execute(refuse("task.done"), args![]).await.expect("a trigger");
    world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect_err("stopped");
    let sending = world.engine.job(&job.to_string()).await.expect("the job").counts.sending;
    assert!(world.effects().await.values().sum::<u64>() <= sending);
    let records = world.engine.audit().await.expect("records");
    let told = records.iter().filter(|record| record.event == "task.sending");
    let told: u64 = told
        .flat_map(|record| record.details["indexes"].as_array().cloned().unwrap_or_default())
        .map(|range| range[1].as_u64().unwrap_or(0) - range[0].as_u64().unwrap_or(0) + 1)
        .sum();
    assert_eq!(told, sending, "each of them is in the audit");
    world.database.execute("drop trigger refuse", args![]).await.expect("dropped");

    world.advance(std::time::Duration::from_secs(10)).await;
    assert_eq!(world.run(&job).await.counts, counts(40, 0, 0, 0));
    assert!(world.effects().await.values().all(|count| *count <= 1));
    world.engine.verify_audit(&Trust::default()).await.expect("it holds");
}

async fn lines(world: &World) -> Vec<String> {
    let mut checkpoints = world.engine.checkpoints(0).await.expect("read").into_iter().peekable();
    let mut lines = Vec::new();
    for record in world.engine.audit().await.expect("records") {
        lines.push(record.to_line());
        while let Some((one, _)) = checkpoints.next_if(|(one, _)| one.size() == record.number.unsigned_abs()) {
            lines.push(checkpoint_line(&one));
        }
    }
    lines
}

#[tokio::test]
async fn what_is_exported_is_verified_with_the_key_alone_and_so_is_a_proof() {
    let world = World::new(300).await;
    for _ in 0..2 {
        let job = world.start(world.commands(Command::SyncDevice, 300), at_once()).await;
        world.run(&job).await;
    }
    // A job leaves a checkpoint at its end.
    let checkpoints = world.engine.checkpoints(0).await.expect("read");
    let (last, public) = checkpoints.last().cloned().expect("a checkpoint");
    let audit = world.engine.audit().await.expect("records");
    assert_eq!(last.size(), audit.len() as u64);
    assert_eq!(
        (last.origin(), public.name()),
        (world.engine.audit_origin().await.expect("a name").as_str(), last.origin())
    );
    let earlier = Checkpoint::parse(checkpoints[1].0.text()).expect("reads");

    let trust = Trust { keys: vec![public.clone()], outside: vec![earlier.clone(), last.clone()] };
    let mut check = LogCheck::new(trust.clone()).expect("begins");
    let lines = lines(&world).await;
    lines.iter().try_for_each(|line| check.line(line)).expect("holds");
    let state = check.end().expect("holds");
    assert_eq!((state.records, state.covered, state.trusted), (last.size(), last.size(), true));
    assert_eq!(state, world.engine.verify_audit(&trust).await.expect("the database's own log is that log"));

    // Proofs for records on either side of what is kept as whole subtrees.
    for number in [1, 2, 255, 256, 257, 512, 513, last.size() - 1, last.size()] {
        let text = world.engine.prove(number).await.expect("a proof");
        match verify_proof(&text, std::slice::from_ref(&public), Some(&last)) {
            Ok(Proven::Record { number: proven, record, .. }) => {
                assert_eq!(proven, number);
                assert_eq!(record["subject"], audit[number as usize - 1].subject.as_str());
            }
            other => panic!("{number}: {other:?}"),
        }
        assert!(verify_proof(&text, &[key("other").public()], None).is_err());
    }
    let grown = world.engine.prove_growth(&earlier).await.expect("a proof");
    assert!(matches!(verify_proof(&grown, &[public], Some(&earlier)), Ok(Proven::Growth { .. })));
    assert!(matches!(world.engine.prove(last.size() + 1).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_history_that_was_written_anew_does_not_pass_a_checkpoint() {
    let world = World::new(3).await;
    world.run(&world.start(world.commands(Command::SyncDevice, 3), at_once()).await).await;
    let (kept, public) = world.engine.checkpoints(0).await.expect("read").pop().expect("a checkpoint");
    // Everything goes, and another history begins, with the same engine and the same key.
    for sql in [
        "delete from audit",
        "delete from audit_checkpoints",
        "delete from audit_subtrees",
        "update audit_head set number = 0, edge = '', hash = '0000000000000000000000000000000000000000000000000000000000000000'",
    ] {
        world.database.execute(sql, args![]).await.expect("written");
    }
    for _ in 0..4 {
        world.run(&world.start(world.commands(Command::SyncDevice, 3), at_once()).await).await;
    }
    world.engine.verify_audit(&Trust::default()).await.expect("nothing shows from inside");
    let trust = Trust { keys: vec![public], outside: vec![kept] };
    let error = world.engine.verify_audit(&trust).await.expect_err("it shows");
    assert!(matches!(error, Error::Audit { .. }), "{error}");
}

#[tokio::test]
async fn records_from_before_the_tree_stay_and_are_covered() {
    let world = World::new(3).await;
    let items = vec![send(world.target(0), Command::SyncDevice)];
    world.run(&world.start(draft(items), at_once()).await).await;
    let before = world.engine.audit().await.expect("records");
    // As an older version left it.
    for sql in ["update audit_head set edge = ''", "delete from audit_checkpoints", "delete from audit_subtrees"] {
        world.database.execute(sql, args![]).await.expect("written");
    }
    let engine = world.reopen().await;
    assert_eq!(engine.audit().await.expect("records"), before);
    let state = engine.verify_audit(&Trust::default()).await.expect("holds");
    assert_eq!((state.records, state.covered), (before.len() as u64, 0));
    engine.checkpoint().await.expect("signed").expect("a checkpoint");
    let state = engine.verify_audit(&Trust::default()).await.expect("holds");
    assert_eq!((state.covered, state.checkpoints), (before.len() as u64, 1));
}
