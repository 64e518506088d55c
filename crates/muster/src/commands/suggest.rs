//! "Did you mean": known words that are close to an unknown one.

/// Known words near `word`, best first, at most three.
pub(crate) fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let folded = word.trim().to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|candidate| {
            let other = candidate.to_lowercase();
            let contained = folded.len() >= 3 && (other.contains(&folded) || folded.contains(&other));
            let score = strsim::jaro_winkler(&folded, &other);
            (if contained { score.max(0.9) } else { score }, candidate)
        })
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, candidate)| candidate.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_found_and_nonsense_is_not() {
        let known = ["SyncDevice", "DeviceWipe", "EnterpriseWipe", "DeviceLock"];
        assert_eq!(near("SycnDevice", known).first().map(String::as_str), Some("SyncDevice"));
        assert_eq!(near("wipe", known), ["DeviceWipe", "EnterpriseWipe"]);
        assert!(near("qqqq", known).is_empty());
    }
}
