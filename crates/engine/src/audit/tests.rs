//! What is done to a log, and that it shows.

use jiff::Timestamp;
use serde_json::json;

use super::record::{AuditRecord, ORIGIN};
use super::tree::Edge;
use super::*;
use crate::note::SigningKey;

const NAME: &str = "muster/log";

/// A log as it lies in a file: records, and checkpoints by their size.
#[derive(Clone, PartialEq)]
struct Log {
    records: Vec<AuditRecord>,
    checkpoints: Vec<usize>,
}

fn record(at: Timestamp, number: i64, by: &str, previous: &str) -> AuditRecord {
    let mut record = AuditRecord {
        number,
        at,
        actor: by.to_owned(),
        event: if number % 3 == 0 { "task.done" } else { "task.sending" }.to_owned(),
        subject: "job".to_owned(),
        details: json!({ "index": number, "target": format!("SN{number}"), "reason": "wanted" }),
        previous: previous.to_owned(),
        hash: String::new(),
    };
    record.hash = record.content().hash();
    record
}

impl Log {
    fn new(length: i64, checkpoints: &[usize]) -> Self {
        let mut log = Self { records: Vec::new(), checkpoints: checkpoints.to_vec() };
        for number in 1..=length {
            let previous = log.records.last().map_or(ORIGIN, |record| record.hash.as_str());
            let at = Timestamp::from_second(number).expect("a moment");
            log.records.push(record(at, number, "ada", previous));
        }
        log
    }

    /// Numbers, chain and hashes as if nothing had ever been otherwise.
    fn relink(&mut self) {
        let mut previous = ORIGIN.to_owned();
        for (number, record) in (1..).zip(&mut self.records) {
            record.number = number;
            record.previous.clone_from(&previous);
            record.hash = record.content().hash();
            previous.clone_from(&record.hash);
        }
    }

    fn edge(&self, size: usize) -> Edge {
        let mut edge = Edge::default();
        self.records[..size].iter().for_each(|record| edge.push(record.content().leaf(), |_, _| {}));
        edge
    }

    fn checkpoint(&self, size: usize, key: &SigningKey) -> Checkpoint {
        let edge = self.edge(size);
        Checkpoint::sign(NAME, edge.size(), edge.root(), key)
    }

    /// The lines of the file, with these checkpoints in their places.
    fn lines(&self, checkpoints: &[Checkpoint]) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for (size, record) in (1..).zip(&self.records) {
            lines.push(record.to_line());
            lines.extend(checkpoints.iter().filter(|one| one.size() == size).map(checkpoint_line));
        }
        lines
    }

    fn signed(&self, key: &SigningKey) -> Vec<Checkpoint> {
        let mut sizes = self.checkpoints.clone();
        sizes.retain(|size| *size < self.records.len());
        sizes.push(self.records.len());
        sizes.into_iter().map(|size| self.checkpoint(size, key)).collect()
    }
}

fn verify<'a>(lines: impl IntoIterator<Item = &'a String>, trust: &Trust) -> Result<AuditState, Error> {
    let mut check = LogCheck::new(trust.clone())?;
    lines.into_iter().try_for_each(|line| check.line(line))?;
    check.end()
}

use crate::error::Error;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

const KINDS: [&str; 7] = ["edit", "delete", "swap", "insert", "truncate", "fork", "flip"];

/// Does something to a log that somebody with access to all of it could do.
fn tamper(log: &mut Log, kind: &str, dice: &mut Dice) {
    let length = log.records.len();
    let at = dice.below(length);
    match kind {
        "edit" => {
            let (record, other) = (&mut log.records[at], dice.below(1000));
            match dice.below(6) {
                0 => record.actor = format!("eve{other}"),
                1 => record.event = format!("task.other{other}"),
                2 => record.subject = format!("job{other}"),
                3 => record.details["target"] = json!(format!("other{other}")),
                4 => record.details = json!({ "index": other + 1000 }),
                _ => record.at = Timestamp::from_second(1_000 + other as i64).expect("a moment"),
            }
        }
        "delete" => drop(log.records.remove(at)),
        "swap" => log.records.swap(at, (at + 1 + dice.below(length - 1)) % length),
        "insert" => {
            let mut record = log.records[dice.below(length)].clone();
            record.actor = "eve".to_owned();
            log.records.insert(at, record);
        }
        "truncate" => log.records.truncate(at),
        _ => {
            // Another history from here on.
            let count = length - at + dice.below(3);
            log.records.truncate(at);
            for number in 0..count.max(1) {
                let (at, number) = (Timestamp::from_second(500).expect("a moment"), (at + number) as i64 + 1);
                log.records.push(record(at, number, "eve", ORIGIN));
            }
        }
    }
}

#[test]
fn ten_thousand_tamperings_are_found_with_one_checkpoint_from_outside() {
    let key = SigningKey::generate(NAME).expect("a key");
    let log = Log::new(14, &[6]);
    let honest = log.signed(&key);
    let outside = log.checkpoint(14, &key);
    let trust = Trust { keys: vec![key.public()], outside: vec![outside] };
    let state = verify(&log.lines(&honest), &trust).expect("the log itself holds");
    assert_eq!((state.records, state.covered, state.checkpoints, state.trusted), (14, 14, 3, true));

    let mut dice = Dice(5);
    for round in 0..10_000 {
        let kind = KINDS[round % KINDS.len()];
        let mut tampered = log.clone();
        // Clumsy; with the whole chain computed anew; and with the stolen key that signs the checkpoints.
        let skill = dice.below(3);
        let lines = if kind == "flip" {
            let mut lines = log.lines(&honest);
            let line = dice.below(lines.len());
            let mut letters: Vec<char> = lines[line].chars().collect();
            let place = dice.below(letters.len());
            let other = char::from(b'!' + dice.below(90) as u8);
            letters[place] = if letters[place] == other { '~' } else { other };
            lines[line] = letters.into_iter().collect();
            lines
        } else {
            tamper(&mut tampered, kind, &mut dice);
            assert!(tampered != log, "round {round}: {kind} changed nothing");
            if skill > 0 {
                tampered.relink();
            }
            let checkpoints =
                if skill == 2 && !tampered.records.is_empty() { tampered.signed(&key) } else { honest.clone() };
            tampered.lines(&checkpoints)
        };
        let found = verify(&lines, &trust);
        assert!(
            matches!(found, Err(Error::Audit { .. })),
            "round {round}: {kind} with skill {skill} passed: {found:?}"
        );
    }
}

#[test]
fn without_a_key_nothing_is_verified_and_without_a_last_checkpoint_neither() {
    let key = SigningKey::generate(NAME).expect("a key");
    let log = Log::new(5, &[]);
    assert!(matches!(LogCheck::new(Trust::default()), Err(Error::Untrusted)));
    let trust = Trust { keys: vec![key.public()], outside: Vec::new() };
    verify(&log.lines(&log.signed(&key)), &trust).expect("holds");
    let error = verify(&log.lines(&[log.checkpoint(4, &key)]), &trust).expect_err("refused").to_string();
    assert!(error.contains("record 5 is covered by no checkpoint"), "{error}");
    let stranger = SigningKey::generate(NAME).expect("a key");
    assert!(verify(&log.lines(&log.signed(&stranger)), &trust).is_err());
    // A log may be longer than the checkpoint that somebody kept.
    let trust = Trust { outside: vec![log.checkpoint(3, &key)], ..trust };
    assert_eq!(verify(&log.lines(&log.signed(&key)), &trust).expect("holds").checkpoints, 2);
    // A checkpoint of another log is none of this one.
    let other = Checkpoint::sign("muster/other", 3, log.edge(3).root(), &key.named("muster/other"));
    let trust = Trust { keys: vec![key.public(), key.named("muster/other").public()], outside: vec![other] };
    assert!(verify(&log.lines(&log.signed(&key)), &trust).is_err());
}

/// The hash over a range of leaves.
fn range_hash(log: &Log, range: std::ops::Range<u64>) -> tree::Hash {
    let mut edge = Edge::default();
    log.records[range.start as usize..range.end as usize]
        .iter()
        .for_each(|record| edge.push(record.content().leaf(), |_, _| {}));
    edge.root()
}

#[test]
fn a_proof_stands_alone_is_short_and_proves_one_record_only() {
    let key = SigningKey::generate(NAME).expect("a key");
    let log = Log::new(50, &[]);
    let (checkpoint, keys) = (log.checkpoint(50, &key), [key.public()]);
    for index in 0..50 {
        let path: Vec<_> = tree::path(index, 50).into_iter().map(|range| range_hash(&log, range)).collect();
        let record = &log.records[index as usize];
        let text = inclusion(record.content().text(), index, &path, &checkpoint);
        let Ok(Proven::Record { number, record: said, .. }) = verify_proof(&text, &keys, Some(&checkpoint)) else {
            panic!("record {index} is not proven")
        };
        assert_eq!(
            (number, said["actor"].as_str(), said["details"].clone()),
            (index + 1, Some("ada"), record.details.clone())
        );
        // What does not belong to the record itself.
        assert!(text.len() - record.content().text().len() * 4 / 3 < 1024, "{} bytes", text.len());
        assert!(verify_proof(&text, &[], None).is_err());
        let moved = text.replacen(&format!("index {index}\n"), &format!("index {}\n", (index + 1) % 50), 1);
        assert!(matches!(verify_proof(&moved, &keys, None), Err(Error::Proof { .. })));
        let forged = inclusion(&record.content().text().replace("ada", "eve"), index, &path, &checkpoint);
        assert!(matches!(verify_proof(&forged, &keys, None), Err(Error::Proof { .. })));
    }
    // That the log has only grown.
    let from = log.checkpoint(21, &key);
    let proof: Vec<_> = tree::growth(21, 50).into_iter().map(|range| range_hash(&log, range)).collect();
    let text = growth(21, &proof, &checkpoint);
    assert!(matches!(verify_proof(&text, &keys, Some(&from)), Ok(Proven::Growth { .. })));
    assert!(verify_proof(&text, &keys, None).is_err() && verify_proof("", &keys, None).is_err());
    let mut other = log.clone();
    other.records[3].actor = "eve".to_owned();
    other.relink();
    assert!(verify_proof(&text, &keys, Some(&other.checkpoint(21, &key))).is_err());
}

/// For a person with time: `cargo test -p muster-engine --release -- --ignored million`.
#[test]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "it is what the measurement is for")]
fn a_million_records_are_verified() {
    let key = SigningKey::generate(NAME).expect("a key");
    let log = Log::new(1_000_000, &[]);
    let lines = log.lines(&[log.checkpoint(1_000_000, &key)]);
    let trust = Trust { keys: vec![key.public()], outside: Vec::new() };
    let begun = std::time::Instant::now();
    let mut walk = Walk::new(&trust, Vec::new(), &[]).expect("begins");
    log.records.iter().try_for_each(|record| walk.step(record)).expect("holds");
    println!("1,000,000 records walked in {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    verify(&lines, &trust).expect("holds");
    println!("1,000,000 lines read and verified in {:?}", begun.elapsed());
}
