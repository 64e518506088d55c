//! Platforms, states and assignment types as each version of the API writes them.

use super::super::refusal::Refusal;

/// A platform of profiles: as devices have it, as version 3 writes it in documents and in searches.
pub(super) struct Platform {
    pub(super) name: &'static str,
    document: &'static str,
    search: &'static str,
}

const fn platform(name: &'static str, document: &'static str, search: &'static str) -> Platform {
    Platform { name, document, search }
}

const PLATFORMS: &[Platform] = &[
    platform("Apple", "IOS", "APPLE"),
    platform("Android", "ANDROID", "ANDROID"),
    platform("AppleOsX", "MAC", "APPLE_OS_X"),
    platform("WinRT", "WINDOWSDESKTOP", "WINDOWS_DESKTOP"),
    platform("AppleTv", "TVOS", "APPLE_TV"),
    platform("ChromeOS", "CHROMEOS", "CHROME_OS"),
    platform("Linux", "LINUX", "LINUX"),
    platform("WindowsPc", "WINDOWS7", "WINDOWS_PC"),
    platform("WindowsPhone8", "WINDOWSPHONE", "WINDOWS_PHONE"),
    platform("Qnx", "WINDOWSRUGGED", "QNX"),
    platform("Epson", "EPSON", "EPSON"),
    platform(RESOURCE, "PROFILE_RESOURCE", "PROFILE_RESOURCE"),
];

/// The platform of profile resources, which belong to none.
pub(super) const RESOURCE: &str = "ProfileResource";

/// A platform by any of its words.
pub(super) fn known(word: &str) -> Option<&'static str> {
    let fits = |platform: &&Platform| {
        [platform.name, platform.document, platform.search].iter().any(|name| name.eq_ignore_ascii_case(word))
    };
    let by_words = PLATFORMS.iter().find(fits).map(|platform| platform.name);
    by_words.or_else(|| {
        let device = muster_model::words::Platform::known(word)?;
        PLATFORMS.iter().map(|platform| platform.name).find(|name| *name == device.as_str())
    })
}

/// A filter's platform; a word outside the vocabulary is refused, because ignored it would list everything.
pub(super) fn asked(word: Option<&str>) -> Result<Option<&'static str>, Refusal> {
    let Some(word) = word else { return Ok(None) };
    let all = || PLATFORMS.iter().map(|platform| platform.name).collect::<Vec<_>>().join(", ");
    known(word)
        .map(Some)
        .ok_or_else(|| Refusal::bad(format!("'{word}' is not a valid value of platform. Valid are: {}.", all())))
}

/// As version 3 writes a platform in a document.
pub(super) fn in_document(name: &str) -> &str {
    PLATFORMS.iter().find(|platform| platform.name == name).map_or(name, |platform| platform.document)
}

/// As version 3 writes a platform in a search.
pub(super) fn in_search(name: &str) -> &str {
    PLATFORMS.iter().find(|platform| platform.name == name).map_or(name, |platform| platform.search)
}

/// One of several words in any case, or a refusal that names them.
pub(super) fn word(name: &str, given: &str, words: &[&'static str]) -> Result<&'static str, Refusal> {
    let letters = |word: &str| word.replace(['_', '-', ' '], "").to_ascii_lowercase();
    words.iter().find(|word| letters(word) == letters(given)).copied().ok_or_else(|| {
        Refusal::bad(format!("'{given}' is not a valid value of {name}. Valid are: {}.", words.join(", ")))
    })
}

pub(super) const ASSIGNMENT_TYPES: &[&str] = &["Auto", "Optional", "Interactive", "Compliance"];
pub(super) const CONTEXTS: &[&str] = &["Device", "User"];
pub(super) const REMOVALS: &[&str] = &["Always", "WithAuthorization", "Never"];
pub(super) const STATES: &[&str] = &["Active", "Inactive"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_known_by_the_words_of_every_version() {
        for (word, name) in [("ios", "Apple"), ("MAC", "AppleOsX"), ("WINDOWS_DESKTOP", "WinRT"), ("12", "WinRT")] {
            assert_eq!(known(word), Some(name));
        }
        assert_eq!((in_document("WinRT"), in_search("Apple")), ("WINDOWSDESKTOP", "APPLE"));
        assert!(asked(Some("Symbian")).is_err() && asked(None) == Ok(None));
        assert_eq!(word("x", "WITH_AUTHORIZATION", REMOVALS), Ok("WithAuthorization"));
    }
}
