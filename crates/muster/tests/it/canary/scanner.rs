//! Looks for secrets in bytes, in every form in which one may have got there by mistake.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A secret that must not be found.
#[derive(Debug, Clone)]
pub(crate) struct Canary {
    /// What it is for, in messages.
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// Shorter ones are found by chance.
const SHORTEST: usize = 8;

/// All forms of all canaries, by their first two bytes.
pub(crate) struct Scanner(BTreeMap<[u8; 2], Vec<(Vec<u8>, String)>>);

impl Scanner {
    pub(crate) fn new(canaries: &[Canary]) -> Self {
        let mut found: BTreeMap<[u8; 2], Vec<(Vec<u8>, String)>> = BTreeMap::new();
        for canary in canaries {
            assert!(canary.value.len() >= SHORTEST, "{} is too short to be told from chance", canary.name);
            for (form, bytes) in forms(&canary.value) {
                let first = [bytes[0], bytes[1]];
                found.entry(first).or_default().push((bytes, format!("{} {form}", canary.name)));
            }
        }
        Self(found)
    }

    /// What is in there, as `password in base64`.
    pub(crate) fn find(&self, bytes: &[u8]) -> Vec<String> {
        let mut first = vec![false; 1 << 16];
        for [a, b] in self.0.keys() {
            first[usize::from(*a) << 8 | usize::from(*b)] = true;
        }
        let mut hits = Vec::new();
        for (at, pair) in bytes.windows(2).enumerate() {
            if !first[usize::from(pair[0]) << 8 | usize::from(pair[1])] {
                continue;
            }
            for (form, name) in self.0.get(&[pair[0], pair[1]]).into_iter().flatten() {
                if bytes[at..].starts_with(form) && !hits.contains(name) {
                    hits.push(name.clone());
                }
            }
        }
        hits
    }
}

/// Every form of a text: as it is, in base64 of both alphabets at all three places in a group, in hex of both cases,
/// percent-encoded in whole and in part, and as JSON, Rust and HTML write it.
pub(crate) fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = value.as_bytes();
    let mut forms: Vec<(&'static str, Vec<u8>)> = vec![("as it is", bytes.to_vec())];
    for before in 0..3 {
        let text = [&vec![0; before][..], bytes].concat();
        for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
            // Letters that hold bits of a neighbour are left out.
            let begin = [0, 2, 3][before];
            let end = encoded.trim_end_matches('=').len() - usize::from(text.len() % 3 != 0);
            forms.push(("in base64", encoded.as_bytes()[begin..end].to_vec()));
        }
    }
    let hex = |upper: bool| -> String {
        bytes.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
    };
    forms.push(("in hex", hex(false).into_bytes()));
    forms.push(("in hex", hex(true).into_bytes()));
    for upper in [false, true] {
        let percent = |keep: fn(u8) -> bool| -> String {
            bytes
                .iter()
                .map(|byte| match (keep(*byte), upper) {
                    (true, _) => char::from(*byte).to_string(),
                    (false, true) => format!("%{byte:02X}"),
                    (false, false) => format!("%{byte:02x}"),
                })
                .collect()
        };
        forms.push(("percent-encoded", percent(|_| false).into_bytes()));
        // As a query, as a path, as user information.
        forms.push((
            "percent-encoded",
            percent(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)).into_bytes(),
        ));
        forms.push((
            "percent-encoded",
            percent(|byte| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)).into_bytes(),
        ));
    }
    let quoted = serde_json::to_string(value).expect("a text");
    forms.push(("in JSON", quoted.as_bytes()[1..quoted.len() - 1].to_vec()));
    forms.push(("in Rust", format!("{value:?}").trim_matches('"').as_bytes().to_vec()));
    forms.push(("in HTML", value.replace('&', "&amp;").replace('<', "&lt;").into_bytes()));
    // Where one encoding changes nothing, the plainest names it.
    let mut seen = std::collections::BTreeSet::new();
    forms.retain(|(_, bytes)| seen.insert(bytes.clone()));
    forms
}

#[test]
fn every_form_is_found_wherever_it_stands() {
    let canaries =
        [Canary { name: "one", value: "k9/Qz+w&7 v<Lm".into() }, Canary { name: "two", value: "tU4mXbbPq0".into() }];
    let scanner = Scanner::new(&canaries);
    for canary in &canaries {
        for (form, bytes) in forms(&canary.value) {
            let around = [b"log: ", &bytes[..], b" end"].concat();
            let hits = scanner.find(&around);
            assert!(hits.iter().any(|hit| hit.starts_with(canary.name)), "{form}");
        }
        // In the middle of something that is encoded as a whole, wherever a group begins.
        for before in 0..6 {
            let text = format!("{}{}:tail", "u".repeat(before), canary.value);
            assert!(!scanner.find(STANDARD.encode(&text).as_bytes()).is_empty(), "{before} in front");
            assert!(!scanner.find(URL_SAFE.encode(&text).as_bytes()).is_empty(), "{before} in front");
        }
    }
    assert!(scanner.find(b"nothing of the kind, k9/Qz+w&7 nearly").is_empty());
}
