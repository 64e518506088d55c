//! Paths as servers see them: segments, decoded, without the empty ones that doubled slashes leave.

/// The segments of a path; a malformed escape stays as it is.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect()
}

fn decode(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, escape.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(value)) => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// What the old way of asking for a version comes to: `/api/v2/mdm/…` is `/api/mdm/…` in version 2.
///
/// Only in front of a module's name; anything else after `/api/v1` belongs to the guide dialect.
pub(super) fn without_legacy_version(segments: &[String]) -> Option<(Vec<String>, u8)> {
    const MODULES: [&str; 5] = ["mdm", "mam", "mcm", "mem", "system"];
    let [api, version, module, ..] = segments else { return None };
    let number = version.strip_prefix(['v', 'V'])?.parse().ok()?;
    let legacy = api.eq_ignore_ascii_case("api") && MODULES.iter().any(|name| module.eq_ignore_ascii_case(name));
    legacy.then(|| {
        let rest = segments.iter().enumerate().filter(|(index, _)| *index != 1).map(|(_, segment)| segment.clone());
        (rest.collect(), number)
    })
}

/// The version that an `Accept` (or, from some clients, `Content-Type`) header asks for.
pub(super) fn asked_version(header: &str) -> Option<u8> {
    header.split([';', ',']).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("version").then(|| value.trim().trim_matches('"').parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled_and_trailing_slashes_do_not_count() {
        assert_eq!(segments("//API/v1//devices/search/"), ["API", "v1", "devices", "search"]);
        assert_eq!(segments("/a%20b/%C3%BC/100%/%zz"), ["a b", "ü", "100%", "%zz"]);
    }

    #[test]
    fn a_version_in_front_of_a_module_is_the_old_way_to_ask() {
        let legacy = without_legacy_version(&segments("/API/V2/mdm/devices")).expect("is legacy");
        assert_eq!(legacy, (segments("/API/mdm/devices"), 2));
        assert_eq!(without_legacy_version(&segments("/API/v1/devices/search")), None);
        assert_eq!(without_legacy_version(&segments("/api/mdm/devices")), None);
    }

    #[test]
    fn versions_are_read_in_every_way_that_clients_write_them() {
        for (header, version) in [
            ("application/json;version=2", Some(2)),
            ("application/json; Version=3 ", Some(3)),
            ("application/json", None),
            ("application/json;", None),
            ("*/*", None),
            ("application/json;version=x", None),
            ("text/html, application/json;version=1;q=0.5", Some(1)),
        ] {
            assert_eq!(asked_version(header), version, "{header}");
        }
    }
}
