//! What faults do to lists: pages whose rows move, totals that shrink, bulk calls of which a part fails. They work
//! on the JSON of requests and answers, so that every operation has them, whoever wrote it.

use serde_json::{Map, Value, json};

use crate::fault::chance;

/// A page of a list that a query asks for: which parameters it is in, and what they say.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) page: i64,
    pub(super) size: Option<u32>,
}

const PAGE: [&str; 3] = ["page", "page_number", "pagenumber"];
const SIZE: [&str; 2] = ["pagesize", "page_size"];
const TOTAL: [&str; 6] = ["total", "totalresults", "total_results", "total_count", "totalcount", "recordcount"];

pub(super) fn asked(query: &str) -> Asked {
    let find = |names: &[&str]| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
            .and_then(|(_, value)| value.trim().parse::<i64>().ok())
    };
    let size = find(&SIZE).and_then(|size| u32::try_from(size).ok()).filter(|size| *size > 0);
    Asked { page: find(&PAGE).unwrap_or(0), size }
}

/// The query with another page, size or both.
pub(super) fn with(query: &str, page: Option<i64>, size: Option<u32>) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    let is = |name: &str, names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
    let (mut page_said, mut size_said) = (page.is_none(), size.is_none());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match (page, size) {
            (Some(page), _) if is(&name, &PAGE) => {
                page_said = true;
                out.append_pair(&name, &page.to_string());
            }
            (_, Some(size)) if is(&name, &SIZE) => {
                size_said = true;
                out.append_pair(&name, &size.to_string());
            }
            _ => {
                out.append_pair(&name, &value);
            }
        }
    }
    if let (Some(page), false) = (page, page_said) {
        out.append_pair("page", &page.to_string());
    }
    if let (Some(size), false) = (size, size_said) {
        out.append_pair("pagesize", &size.to_string());
    }
    out.finish()
}

/// The rows of a list's answer: the answer itself, or its only list of objects.
fn rows(answer: &mut Value) -> Option<&mut Vec<Value>> {
    match answer {
        Value::Array(rows) => Some(rows),
        Value::Object(members) => members
            .values_mut()
            .filter_map(Value::as_array_mut)
            .max_by_key(|rows| (rows.iter().all(Value::is_object), rows.len())),
        _ => None,
    }
}

/// The page `own` as if `shift` rows before it had gone (or come, below 0); `beside` is the page after it (or before).
pub(super) fn shifted(own: &[u8], beside: &[u8], shift: i64) -> Option<Vec<u8>> {
    let mut own: Value = serde_json::from_slice(own).ok()?;
    let mut beside: Value = serde_json::from_slice(beside).unwrap_or(Value::Null);
    let beside = rows(&mut beside).map(std::mem::take).unwrap_or_default();
    let list = rows(&mut own)?;
    let by = usize::try_from(shift.unsigned_abs()).ok()?;
    if shift >= 0 {
        list.drain(..by.min(list.len()));
        list.extend(beside.into_iter().take(by));
    } else {
        let size = list.len();
        let come: Vec<Value> = beside.iter().skip(beside.len().saturating_sub(by)).cloned().collect();
        list.splice(0..0, come);
        list.truncate(size);
    }
    serde_json::to_vec(&own).ok()
}

/// The answer with a smaller total.
pub(super) fn shrunk(answer: &[u8], by: u64) -> Option<Vec<u8>> {
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    let is_total = |name: &str| TOTAL.iter().any(|known| name.eq_ignore_ascii_case(known));
    for (_, total) in answer.as_object_mut()?.iter_mut().filter(|(name, _)| is_total(name)) {
        if let Some(number) = total.as_u64() {
            *total = json!(number.saturating_sub(by));
        }
    }
    serde_json::to_vec(&answer).ok()
}

/// Takes some of the items out of a bulk call: answers with the call as it goes on, and with what was taken out.
pub(super) fn part(body: &[u8], share: f64, seed: u64) -> Option<(Vec<u8>, Vec<Value>)> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let values = member(member(&mut body, "BulkValues")?, "Value")?.as_array_mut()?;
    let mut taken = Vec::new();
    let mut number = 0;
    values.retain(|value| {
        number += 1;
        let fails = chance(share, seed, number);
        if fails {
            taken.push(value.clone());
        }
        !fails
    });
    Some((serde_json::to_vec(&body).ok()?, taken))
}

/// The answer to a bulk call, with the items that were taken out of it.
pub(super) fn with_failed(answer: &[u8], failed: &[Value]) -> Option<Vec<u8>> {
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    for name in ["TotalItems", "FailedItems"] {
        let count = member(&mut answer, name)?;
        *count = json!(count.as_u64()? + failed.len() as u64);
    }
    let faults = answer.as_object_mut()?.entry("Faults").or_insert_with(|| Value::Object(Map::new()));
    let list = faults.as_object_mut()?.entry("Fault").or_insert_with(|| json!([])).as_array_mut()?;
    list.extend(failed.iter().map(|value| {
        let item = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        json!({"ErrorCode": 1000, "ItemValue": item, "Message": "Ordered fault."})
    }));
    serde_json::to_vec(&answer).ok()
}

fn member<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    value.as_object_mut()?.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: &Value) -> Vec<u8> {
        serde_json::to_vec(value).expect("writes")
    }

    #[test]
    fn a_query_says_its_page_in_any_spelling_and_can_be_given_another() {
        assert_eq!(asked("Page=2&pageSize=50"), Asked { page: 2, size: Some(50) });
        assert_eq!(asked("platform=Apple"), Asked { page: 0, size: None });
        assert_eq!(with("Page=2&pageSize=50&a=b%20c", Some(3), None), "Page=3&pageSize=50&a=b+c");
        assert_eq!(with("a=b", Some(1), Some(20)), "a=b&page=1&pagesize=20");
        assert_eq!(with("page_size=500", None, Some(20)), "page_size=20");
    }

    #[test]
    fn rows_move_between_pages() {
        let page = |ids: &[i64]| {
            bytes(&json!({"Devices": ids.iter().map(|id| json!({"Id": id})).collect::<Vec<_>>(), "Total": 9}))
        };
        let ids = |body: Option<Vec<u8>>| {
            let body: Value = serde_json::from_slice(&body.expect("a page")).expect("reads");
            body["Devices"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| row["Id"].as_i64().expect("id"))
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(shifted(&page(&[4, 5, 6]), &page(&[7, 8, 9]), 1)), [5, 6, 7]);
        assert_eq!(ids(shifted(&page(&[4, 5, 6]), &page(&[1, 2, 3]), -2)), [2, 3, 4]);
        assert_eq!(ids(shifted(&page(&[7]), b"", 1)), [] as [i64; 0]);
    }

    #[test]
    fn totals_shrink_whatever_they_are_called() {
        let shrunk =
            |value: Value| shrunk(&bytes(&value), 3).map(|body| serde_json::from_slice::<Value>(&body).expect("reads"));
        assert_eq!(shrunk(json!({"Total": 10, "rows": []})), Some(json!({"Total": 7, "rows": []})));
        assert_eq!(shrunk(json!({"total_count": 2})), Some(json!({"total_count": 0})));
        assert_eq!(shrunk(json!([1])), None);
    }

    #[test]
    fn a_part_of_a_bulk_call_fails() {
        let body = bytes(&json!({"bulkvalues": {"value": ["1", 2, "3"]}}));
        let (rest, taken) = part(&body, 1.0, 1).expect("a bulk call");
        assert_eq!(taken, [json!("1"), json!(2), json!("3")]);
        assert_eq!(serde_json::from_slice::<Value>(&rest).expect("reads"), json!({"bulkvalues": {"value": []}}));
        let answer = bytes(&json!({"TotalItems": 0, "AcceptedItems": 0, "FailedItems": 0}));
        let told: Value = serde_json::from_slice(&with_failed(&answer, &taken).expect("an answer")).expect("reads");
        assert_eq!((&told["TotalItems"], &told["FailedItems"]), (&json!(3), &json!(3)));
        assert_eq!(told["Faults"]["Fault"][1]["ItemValue"], "2");
        assert!(part(b"{}", 0.5, 1).is_none());
    }
}
