//! How much of what is published is built.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::table::Table;
use super::Dialect;

/// Built and known operations of one area.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Area {
    pub api: String,
    pub area: String,
    pub built: usize,
    pub known: usize,
    /// Keys of what is known and not built, such as `mdmv1/Tags_Search`.
    pub gaps: Vec<String>,
}

/// Built and known operations of the published API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub built: usize,
    pub known: usize,
    /// Operations of the guide dialect, all of which are built.
    pub guide: usize,
    pub areas: Vec<Area>,
}

pub(super) fn of(table: &Table) -> Coverage {
    let mut areas: BTreeMap<(&str, &str), Area> = BTreeMap::new();
    let mut coverage = Coverage::default();
    for route in table.all() {
        let operation = route.operation;
        let built = route.right().is_some();
        if Dialect::of(route) == Dialect::Guide {
            coverage.guide += usize::from(built);
            continue;
        }
        let area = areas.entry((&operation.api, &operation.area)).or_default();
        area.known += 1;
        area.built += usize::from(built);
        if !built {
            area.gaps.push(operation.key.clone());
        }
    }
    coverage.areas = areas
        .into_iter()
        .map(|((api, name), area)| Area { api: api.to_owned(), area: name.to_owned(), ..area })
        .collect();
    coverage.built = coverage.areas.iter().map(|area| area.built).sum();
    coverage.known = coverage.areas.iter().map(|area| area.known).sum();
    coverage
}
