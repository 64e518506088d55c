//! How the pages of a list are asked for, found in the facts: nine spellings of the same two numbers, in the query or
//! in the body, counted from 0 or 1, as pages or as rows.

use serde_json::{Map, Value};

use super::call::{Arguments, Content};
use super::facts::{Facts, Operation, Place};
use super::shape::Shape;
use crate::endpoint::Effect;

/// How to ask one operation for a page, and how to read its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    pub spot: Spot,
    pub style: Style,
    /// The name of what says where the page begins.
    pub page: String,
    /// The name of what says how many rows it has.
    pub size: String,
    /// The largest page that is documented.
    pub largest: u32,
    /// Members of the answer that hold the rows; none if the answer is the list.
    pub rows: Vec<String>,
    /// The member of the answer that holds the number of all rows.
    pub total: Option<String>,
}

/// Where the numbers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    Query,
    Body,
}

/// What the first of the numbers counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Pages.
    Pages {
        /// The number of the first one.
        first: u32,
    },
    /// Rows.
    Rows {
        /// The number of the first one.
        first: u32,
    },
}

const BEGINNINGS: [&str; 5] = ["page", "pagenumber", "startindex", "sortindex", "offset"];
const SIZES: [&str; 3] = ["pagesize", "limit", "count"];
const TOTALS: [&str; 8] = [
    "total",
    "totalresults",
    "totalresult",
    "totalcount",
    "totalrecords",
    "recordcount",
    "totalappscount",
    "totalitems",
];
/// Lists that are no rows.
const NO_ROWS: [&str; 3] = ["schemas", "links", "additionalinfo"];
/// The one answer whose rows are of two kinds.
const TWO_KINDS: [&str; 2] = ["Application", "Book"];
/// Lists whose first page has the number 1.
const FROM_ONE: [&str; 1] = ["systemv1/UserGroupsActions_GetUserGroupMembers"];
/// Lists with a smaller maximum than the usual 500.
const SMALL: [(&str, u32); 2] =
    [("mdmv3/ProfilesV3_SearchAsync", 50), ("systemv1/ExportedReportsV1_GetAllExportedReportsAsync", 20)];
const LARGEST: u32 = 500;

impl Operation {
    /// How its pages are asked for; `None` if it has none, or if its answer holds more than one list.
    #[must_use]
    pub fn paging(&self, facts: &Facts) -> Option<Paging> {
        if self.effect() != Effect::Read {
            return None;
        }
        let query = self.parameters.iter().filter(|parameter| parameter.place == Place::Query);
        let query: Vec<&str> = query.map(|parameter| parameter.name.as_str()).collect();
        let body: Vec<&str> = match self.body.as_ref().map(|shape| shape.resolved(facts)) {
            Some(Shape::Members { members, .. }) => members.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let named = |names: &[&str], words: &[&str]| {
            words
                .iter()
                .find_map(|word| names.iter().find(|name| letters(name) == *word))
                .map(|name| (*name).to_owned())
        };
        let numbers = |names: &[&str]| Some((named(names, &BEGINNINGS)?, named(names, &SIZES)?));
        let (spot, (page, size)) = match numbers(&query) {
            Some(numbers) => (Spot::Query, numbers),
            None => (Spot::Body, numbers(&body)?),
        };
        let style = match letters(&page).as_str() {
            "offset" | "sortindex" => Style::Rows { first: 0 },
            // SCIM counts from 1.
            "startindex" => Style::Rows { first: u32::from(self.path.contains("/scim/")) },
            _ => Style::Pages { first: u32::from(FROM_ONE.contains(&self.key.as_str())) },
        };
        let largest = SMALL.iter().find(|(key, _)| *key == self.key).map_or(LARGEST, |(_, size)| *size);
        let (rows, total) = match self.success(200).resolved(facts) {
            Shape::List(_) => (Vec::new(), None),
            Shape::Members { members, .. } => {
                let lists = members.iter().filter(|(name, shape)| {
                    matches!(shape.resolved(facts), Shape::List(_)) && !NO_ROWS.contains(&letters(name).as_str())
                });
                let rows: Vec<String> = lists.map(|(name, _)| name.clone()).collect();
                if rows.is_empty() || (rows.len() > 1 && rows != TWO_KINDS) {
                    return None;
                }
                let total = members.keys().find(|name| TOTALS.contains(&letters(name).as_str()));
                (rows, total.cloned())
            }
            _ => return None,
        };
        Some(Paging { spot, style, page, size, largest, rows, total })
    }
}

impl Paging {
    /// The arguments for one page, counted from 0, if pages have so many rows.
    #[must_use]
    pub fn ask(&self, arguments: &Arguments, page: u32, size: u32) -> Arguments {
        let begin = match self.style {
            Style::Pages { first } => u64::from(page) + u64::from(first),
            Style::Rows { first } => u64::from(page) * u64::from(size) + u64::from(first),
        };
        match self.spot {
            Spot::Query => arguments.clone().replacing(&self.page, begin).replacing(&self.size, size),
            Spot::Body => {
                let mut body = match arguments.body_value() {
                    Some(Value::Object(members)) => members.clone(),
                    _ => Map::new(),
                };
                body.retain(|name, _| !name.eq_ignore_ascii_case(&self.page) && !name.eq_ignore_ascii_case(&self.size));
                body.insert(self.page.clone(), begin.into());
                body.insert(self.size.clone(), size.into());
                arguments.clone().with_content(Content::Json(Value::Object(body)))
            }
        }
    }

    /// The rows of an answer, and the number of all rows if it says one. No answer at all is no rows. `None` if the
    /// answer is no page.
    #[must_use]
    pub fn take(&self, answer: Value) -> Option<(Vec<Value>, Option<u64>)> {
        match answer {
            Value::Null => Some((Vec::new(), None)),
            Value::Array(rows) => Some((rows, None)),
            Value::Object(mut members) => {
                let total =
                    self.total.as_ref().and_then(|name| find(&members, name)).and_then(|name| number(&members[&name]));
                let mut rows = Vec::new();
                let mut there = false;
                for name in &self.rows {
                    match find(&members, name).and_then(|name| members.remove(&name)) {
                        Some(Value::Array(mut some)) => {
                            there = true;
                            rows.append(&mut some);
                        }
                        // A list of one is an object in some answers, and no rows are null in others.
                        Some(one @ Value::Object(_)) => {
                            there = true;
                            rows.push(one);
                        }
                        Some(Value::Null) => there = true,
                        _ => {}
                    }
                }
                // An empty list may be left out, but then the answer says 0.
                (there || total == Some(0) || members.is_empty()).then_some((rows, total))
            }
            _ => None,
        }
    }

    /// What tells a row from others: its own id or UUID if it has one, else all of it.
    #[must_use]
    pub fn key(&self, row: &Value) -> String {
        let Some(members) = row.as_object() else { return row.to_string() };
        let kind = self.rows.first().map(|name| letters(name)).unwrap_or_default();
        let kind = kind.strip_suffix('s').unwrap_or(&kind).to_owned();
        for end in ["uuid", "id"] {
            for name in [end.to_owned(), format!("{kind}{end}")] {
                let own = members.iter().find(|(known, _)| letters(known) == name);
                if let Some(id) = own.and_then(|(_, value)| identity(value)) {
                    return format!("{end} {id}");
                }
            }
        }
        row.to_string()
    }
}

/// An id that says something: `7`, `{"Value": 7}`, a UUID; not 0, and no UUID of zeros.
fn identity(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
        Value::String(text) if !text.is_empty() && text.bytes().any(|byte| !b"0-".contains(&byte)) => {
            Some(text.clone())
        }
        Value::Object(wrapped) => {
            let inner = wrapped.get("Value").or_else(|| wrapped.get("value")).or_else(|| wrapped.get("Id"));
            inner.and_then(identity)
        }
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn find(members: &Map<String, Value>, name: &str) -> Option<String> {
    if members.contains_key(name) {
        return Some(name.to_owned());
    }
    members.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned()
}

/// A name without case and joints.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::{guide, published};
    use super::*;

    fn paging(key: &str) -> Option<Paging> {
        let facts = if key.contains("v") && published().operation(key).is_some() { published() } else { guide() };
        facts.operation(key).unwrap_or_else(|| panic!("no {key}")).paging(facts)
    }

    #[test]
    fn every_spelling_is_found() {
        for (key, page, size, style, total) in [
            ("mdmv1/Devices_SearchAsync", "page", "pagesize", Style::Pages { first: 0 }, Some("Total")),
            ("mdmv3/DevicesV3_SearchAsync", "page", "page_size", Style::Pages { first: 0 }, Some("total")),
            (
                "mdmv1/ScriptsV1_GetScriptsByOrganizationGroupAsync",
                "page",
                "page_size",
                Style::Pages { first: 0 },
                Some("RecordCount"),
            ),
            (
                "mdmv1/DeviceSensors_GetDeviceSensorsByDeviceUuidAsync",
                "offset",
                "limit",
                Style::Rows { first: 0 },
                Some("total_results"),
            ),
            (
                "mdmv3/ProfilesV3_SearchAsync",
                "page_number",
                "page_size",
                Style::Pages { first: 0 },
                Some("total_count"),
            ),
            (
                "systemv2/ScimV2Groups_GetUserGroups",
                "startIndex",
                "count",
                Style::Rows { first: 1 },
                Some("totalResults"),
            ),
            ("systemv1/UserGroupsActions_GetUserGroupMembers", "page", "page_size", Style::Pages { first: 1 }, None),
            ("guide/devices.search", "page", "pagesize", Style::Pages { first: 0 }, Some("Total")),
        ] {
            let found = paging(key).unwrap_or_else(|| panic!("{key} has pages"));
            assert_eq!((found.page.as_str(), found.size.as_str(), found.style), (page, size, style), "{key}");
            assert_eq!(found.total.as_deref(), total, "{key}");
        }
        assert_eq!(paging("mdmv1/Devices_GetByIdAsync"), None);
        let two = paging("systemv2/EventNotificationsV2_GetEventNotificationsAndSubscriptions");
        assert_eq!(two, None, "an answer with two lists is not followed");
        let listed = [published(), guide()]
            .into_iter()
            .flat_map(|facts| facts.operations.iter().map(move |one| one.paging(facts)));
        assert!(listed.flatten().count() > 140);
    }

    #[test]
    fn a_page_is_asked_for_in_the_query_or_in_the_body() {
        let rows = paging("mdmv1/DeviceSensors_GetDeviceSensorsByDeviceUuidAsync").expect("pages");
        let asked = rows.ask(&Arguments::default().with("OFFSET", 7), 2, 50);
        assert_eq!(asked.parameter("offset").collect::<Vec<_>>(), [&json!(100)]);
        assert_eq!(asked.parameter("limit").collect::<Vec<_>>(), [&json!(50)]);
        let search = paging("mdmv3/ProfilesV3_SearchAsync").expect("pages");
        let asked = search.ask(&Arguments::default().with_body(json!({"Page_Number": 9, "search_text": "x"})), 1, 20);
        assert_eq!(asked.body_value(), Some(&json!({"search_text": "x", "page_number": 1, "page_size": 20})));
    }

    #[test]
    fn rows_and_totals_are_taken_out_of_every_form_of_answer() {
        let search = paging("mdmv1/SmartGroups_SearchAsync").expect("pages");
        let one = json!({"SmartGroupID": 3});
        assert_eq!(search.take(json!({"SmartGroups": [one], "Total": "1"})), Some((vec![one.clone()], Some(1))));
        assert_eq!(search.take(json!({"smartgroups": one, "total": 1})), Some((vec![one.clone()], Some(1))));
        assert_eq!(search.take(Value::Null), Some((Vec::new(), None)), "204");
        assert_eq!(search.take(json!({"Total": 0})), Some((Vec::new(), Some(0))));
        assert_eq!(search.take(json!({"Devices": [], "Page": 0})), None, "another list is no page of this one");
        assert_eq!(search.take(json!("x")), None);
        assert_eq!(search.key(&one), "id 3");
        assert_eq!(search.key(&json!({"Id": {"Value": 5}, "Uuid": "00000000-0000-0000-0000-000000000000"})), "id 5");
        let nameless = json!({"UserId": 1, "id": 0, "Event": "x"});
        assert_eq!(search.key(&nameless), nameless.to_string());
    }
}
