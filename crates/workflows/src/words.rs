//! Words that people type: read without regard to case, and answered with the nearest known word when
//! they stand for nothing. Command line, rule files and the controller all read them here.

use muster_model::commands::Command;
use muster_model::words::{Ownership, Platform};

use crate::error::{Error, UnknownWord};

/// Platform words offered to people, beside those of the wire.
const PLATFORMS: [&str; 3] = ["iOS", "macOS", "Windows"];

/// Words for who owns a device; the wire writes one letter.
const OWNERSHIPS: [&str; 4] = ["Corporate", "Employee", "Shared", "Undefined"];

/// The platform that a word stands for: `WinRT`, `Windows`, `12`, ….
///
/// # Errors
/// [`Error::UnknownWord`] with the nearest word.
pub fn platform(word: &str) -> Result<Platform, Error> {
    let known = || Platform::ALL.iter().map(Platform::as_str).chain(PLATFORMS);
    Platform::known(word).ok_or_else(|| unknown("platform", word, known()))
}

/// Who owns a device: `Corporate`, `C`, `EmployeeOwned`, ….
///
/// # Errors
/// [`Error::UnknownWord`] with the nearest word.
pub fn ownership(word: &str) -> Result<Ownership, Error> {
    Ownership::known(word).ok_or_else(|| unknown("kind of ownership", word, OWNERSHIPS))
}

/// The device command that a word stands for.
///
/// # Errors
/// [`Error::UnknownWord`] with the nearest word.
pub fn command(word: &str) -> Result<Command, Error> {
    Command::known(word).ok_or_else(|| unknown("device command", word, Command::all().map(Command::as_str)))
}

/// The error for a word outside the vocabulary `known`.
pub fn unknown<'a>(what: &'static str, word: &str, known: impl IntoIterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.into_iter().collect();
    Error::UnknownWord(UnknownWord {
        what,
        word: word.trim().to_owned(),
        suggestion: nearest(word, known.iter().copied()).map(str::to_owned),
        known: known.into_iter().map(str::to_owned).collect(),
    })
}

/// The candidate that a mistyped word most probably meant; `None` if none is near.
///
/// Near is: at most a third of the letters differ, or the word is the beginning of exactly one candidate.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.trim().to_lowercase();
    if folded.is_empty() {
        return None;
    }
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let mut begun = candidates.iter().filter(|candidate| candidate.to_lowercase().starts_with(&folded));
    if let (Some(only), None) = (begun.next(), begun.next()) {
        return Some(only);
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= folded.chars().count().max(candidate.chars().count()).div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn suggested<T: std::fmt::Debug>(answer: Result<T, Error>) -> Option<String> {
        match answer {
            Err(Error::UnknownWord(unknown)) => unknown.suggestion,
            other => panic!("expected an unknown word, got {other:?}"),
        }
    }

    #[test]
    fn words_are_read_without_case_and_in_every_spelling() {
        assert_eq!(platform("windows").expect("known"), Platform::WinRt);
        assert_eq!(ownership("corporate").expect("known"), Ownership::Corporate);
        assert_eq!(command("syncdevice").expect("known"), Command::SyncDevice);
    }

    #[test]
    fn a_mistyped_word_is_answered_with_the_nearest() {
        assert_eq!(suggested(platform("Andriod")).as_deref(), Some("Android"));
        assert_eq!(suggested(platform("Windws")).as_deref(), Some("Windows"));
        assert_eq!(suggested(ownership("Coporate")).as_deref(), Some("Corporate"));
        assert_eq!(suggested(command("SyncDevise")).as_deref(), Some("SyncDevice"));
        assert_eq!(suggested(command("EnterpriseW")).as_deref(), Some("EnterpriseWipe"));
        assert_eq!(suggested(command("xyzzy")), None);
        assert_eq!(suggested(platform("")), None);
    }

    #[test]
    fn without_a_near_word_all_known_ones_are_named() {
        let text = platform("Symbian S60").expect_err("unknown").to_string();
        assert!(text.contains("Android") && text.contains("macOS"), "{text}");
    }
}
