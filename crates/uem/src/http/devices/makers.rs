//! Who made a model, known by its name.

/// Id, name, and beginnings of the names of its models.
const MAKERS: &[(i64, &str, &[&str])] = &[
    (1, "Apple", &["iPhone", "iPad", "iPod", "MacBook", "iMac", "Mac "]),
    (2, "Samsung", &["Galaxy"]),
    (3, "Google", &["Pixel"]),
    (4, "Zebra", &["TC", "MC", "ET", "ZQ", "ZT"]),
    (5, "Dell", &["Latitude", "OptiPlex", "Precision", "XPS"]),
    (6, "Lenovo", &["Think"]),
    (7, "HP", &["Elite", "Chromebook x360", "ProBook"]),
    (8, "Microsoft", &["Surface"]),
    (9, "Acer", &["Chromebook Spin"]),
];

/// Id and name of whoever made a model; 0 if that is not known.
pub(super) fn of(model: &str) -> (i64, &'static str) {
    let found = MAKERS.iter().find(|(_, _, models)| models.iter().any(|start| model.starts_with(start)));
    found.map_or((0, "Unknown"), |&(id, name, _)| (id, name))
}

/// The name of a maker.
pub(super) fn named(id: i64) -> Option<&'static str> {
    MAKERS.iter().find(|(known, _, _)| *known == id).map(|&(_, name, _)| name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn models_tell_their_makers() {
        assert_eq!(super::of("Galaxy S24"), (2, "Samsung"));
        assert_eq!(super::of("Mac mini (M2, 2023)").1, "Apple");
        assert_eq!(super::of("Typewriter"), (0, "Unknown"));
    }
}
