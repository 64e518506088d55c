//! Words for people, made of the names that operations have.

use muster_model::catalog::facts::Operation;

/// What an operation is called in a list: `Tags_AddDevicesToTagAsync` is "Add devices to tag".
pub(super) fn title(operation: &Operation) -> String {
    let name = operation.id.split_once('_').map_or(operation.id.as_str(), |(_, name)| name);
    let name = name.strip_suffix("AsyncAsync").or_else(|| name.strip_suffix("Async")).unwrap_or(name);
    let mut words: Vec<String> = Vec::new();
    let mut before = 'A';
    for letter in name.chars() {
        if letter == '.' || letter == '_' {
            words.push(String::new());
        } else if words.is_empty() || (letter.is_uppercase() && !before.is_uppercase()) {
            words.push(letter.to_string());
        } else if let Some(word) = words.last_mut() {
            word.push(letter);
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    let mut title = String::new();
    for word in &words {
        let acronym = word.len() > 1 && word.chars().all(|letter| !letter.is_lowercase());
        if title.is_empty() {
            title.push_str(&word.chars().take(1).flat_map(char::to_uppercase).collect::<String>());
            title.extend(word.chars().skip(1));
        } else {
            title.push(' ');
            title.push_str(&if acronym { word.clone() } else { word.to_lowercase() });
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use muster_model::catalog::facts::{guide, published};

    use super::*;

    #[test]
    fn names_become_words() {
        let title = |key: &str| title(published().operation(key).or(guide().operation(key)).expect("known"));
        assert_eq!(title("mdmv1/Tags_AddDevicesToTagAsync"), "Add devices to tag");
        assert_eq!(title("guide/devices.search"), "Devices search");
        assert!(published().operations.iter().all(|operation| !super::title(operation).is_empty()));
    }
}
