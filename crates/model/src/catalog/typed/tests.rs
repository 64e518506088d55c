//! The list of endpoints with types against the sources that declare them.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

/// Names that `endpoint!` declares in the sources below a folder.
fn declared(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            declared(&path, names);
        } else if !path.ends_with("endpoint.rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            for declaration in text.split("\nendpoint! {").skip(1) {
                let head = declaration.lines().find(|line| line.contains(" = \"")).expect("a head");
                names.insert(head.split('"').nth(1).expect("a name").to_owned());
            }
        }
    }
}

#[test]
fn no_endpoint_is_missing_and_no_name_or_address_is_taken_twice() {
    let mut names = BTreeSet::new();
    declared(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
    let listed: BTreeSet<String> = ALL.iter().map(|entry| entry.name.to_owned()).collect();
    assert_eq!(listed, names);
    assert_eq!(listed.len(), ALL.len(), "a name is taken twice");
    let addresses: BTreeSet<_> =
        ALL.iter().map(|entry| (entry.method.as_str(), entry.path.to_lowercase(), entry.version)).collect();
    assert_eq!(addresses.len(), ALL.len(), "an address is taken twice");
}

#[test]
fn a_get_only_reads_and_little_else_does() {
    for entry in ALL {
        // Some searches take their criteria in a body.
        let read = entry.effect == Effect::Read;
        let post = entry.method == Method::Post;
        assert!(if read { post || entry.method == Method::Get } else { entry.method != Method::Get }, "{entry:?}");
    }
}
