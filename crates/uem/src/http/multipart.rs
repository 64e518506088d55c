//! Bodies of the form `multipart/form-data`, in which callers send files.

/// One part: its name and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) body: &'a [u8],
}

/// The boundary that a content type names, if it is of this form.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    });
    named.filter(|boundary| !boundary.is_empty())
}

/// The parts between boundaries; what has no header or no name is left out.
pub(super) fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<Part<'a>> {
    let mark = format!("--{boundary}");
    let places = positions(body, mark.as_bytes());
    let between = places.windows(2).map(|pair| &body[pair[0] + mark.len()..pair[1]]);
    between.filter_map(part).collect()
}

fn part(text: &[u8]) -> Option<Part<'_>> {
    let text = text.strip_prefix(b"\r\n")?;
    let end = positions(text, b"\r\n\r\n").into_iter().next()?;
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    let body = &text[end + 4..];
    let disposition = head.lines().find(|line| line.to_lowercase().starts_with("content-disposition:"))?;
    let name = disposition.split(';').find_map(|parameter| {
        let value = parameter.trim().strip_prefix("name=")?;
        Some(value.trim_matches('"').to_owned())
    })?;
    Some(Part { name, body: body.strip_suffix(b"\r\n").unwrap_or(body) })
}

fn positions(text: &[u8], wanted: &[u8]) -> Vec<usize> {
    if wanted.is_empty() || text.len() < wanted.len() {
        return Vec::new();
    }
    let ends = text.len() - wanted.len();
    (0..=ends).filter(|&at| text[at] == wanted[0] && text[at..].starts_with(wanted)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_with_their_names() {
        assert_eq!(boundary("multipart/form-data; charset=x; boundary=\"a b\""), Some("a b".to_owned()));
        assert_eq!(boundary("application/json"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
        let body = b"--X\r\nContent-Disposition: form-data; name=\"one\"; filename=\"f\"\r\nContent-Type: t\r\n\r\n\
                     a\r\nb\r\n--X\r\ncontent-disposition: form-data; name=two\r\n\r\n\r\n--X--\r\n";
        let found = parts(body, "X");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].body), ("one", &b"a\r\nb"[..]));
        assert_eq!((found[1].name.as_str(), found[1].body), ("two", &b""[..]));
        assert!(parts(b"nothing", "X").is_empty());
    }
}
