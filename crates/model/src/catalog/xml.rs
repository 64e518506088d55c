//! XML as the API speaks it to whoever does not ask for JSON: the reader, guided by published shapes, so that a list
//! of one is a list and a number is one.

use serde_json::{Map, Value};

use super::facts::Facts;
use super::shape::Shape;
use super::write::same;

/// Deeper nesting than anything of the API has.
const DEPTH: usize = 64;

/// A document as the JSON that it stands for. Members are found by their letters, whatever their case; those that the
/// shape does not know are kept.
///
/// # Errors
/// Why it is no XML, or none that this API speaks.
pub fn read(facts: &Facts, shape: &Shape, text: &str) -> Result<Value, &'static str> {
    Ok(value(facts, shape, &Reader { rest: text }.document()?))
}

/// An element without the prefix of its name.
#[derive(Debug, Default)]
struct Element {
    name: String,
    nil: bool,
    text: String,
    children: Vec<Element>,
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Element, &'static str> {
        self.skip()?;
        let root = self.element(0)?;
        self.skip()?;
        if self.rest.is_empty() { Ok(root) } else { Err("something follows the root element") }
    }

    /// White space, declarations and comments.
    fn skip(&mut self) -> Result<(), &'static str> {
        loop {
            self.rest = self.rest.trim_start().trim_start_matches('\u{feff}');
            let (open, close) = match self.rest {
                rest if rest.starts_with("<?") => ("<?", "?>"),
                rest if rest.starts_with("<!--") => ("<!--", "-->"),
                // It could name entities, which nobody needs here and which have done harm elsewhere.
                rest if rest.starts_with("<!") => return Err("it has a document type"),
                _ => return Ok(()),
            };
            let end = self.rest[open.len()..].find(close).ok_or("a comment does not end")?;
            self.rest = &self.rest[open.len() + end + close.len()..];
        }
    }

    fn until(&mut self, end: &str) -> Result<&'a str, &'static str> {
        let at = self.rest.find(end).ok_or("it ends too early")?;
        let (before, after) = self.rest.split_at(at);
        self.rest = &after[end.len()..];
        Ok(before)
    }

    fn element(&mut self, depth: usize) -> Result<Element, &'static str> {
        if depth > DEPTH {
            return Err("it is nested too deeply");
        }
        self.rest = self.rest.strip_prefix('<').ok_or("an element is expected")?;
        let tag = self.until(">")?;
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (full, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let local = full.rsplit(':').next().unwrap_or_default();
        if local.is_empty() || !local.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            return Err("an element has no name");
        }
        let nil = attributes.contains("nil=\"true\"") || attributes.contains("nil='true'");
        let mut element = Element { name: local.to_owned(), nil, ..Element::default() };
        if closed {
            return Ok(element);
        }
        loop {
            if let Some(rest) = self.rest.strip_prefix("</") {
                self.rest = rest;
                let end = self.until(">")?;
                return if end.trim_end() == full { Ok(element) } else { Err("an element is closed by another name") };
            } else if let Some(rest) = self.rest.strip_prefix("<![CDATA[") {
                self.rest = rest;
                element.text.push_str(self.until("]]>")?);
            } else if self.rest.starts_with("<!--") || self.rest.starts_with("<?") {
                self.skip()?;
            } else if self.rest.starts_with('<') {
                element.children.push(self.element(depth + 1)?);
            } else {
                let at = self.rest.find('<').ok_or("it ends too early")?;
                let (text, rest) = self.rest.split_at(at);
                element.text.push_str(&unescaped(text)?);
                self.rest = rest;
            }
        }
    }
}

fn unescaped(text: &str) -> Result<String, &'static str> {
    let mut plain = String::with_capacity(text.len());
    let mut parts = text.split('&');
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) = part.split_once(';').ok_or("a character reference does not end")?;
        let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        });
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => number.and_then(char::from_u32).ok_or("a character reference is unknown")?,
        });
        plain.push_str(rest);
    }
    Ok(plain)
}

/// The shape behind a name.
fn resolved<'a>(facts: &'a Facts, shape: &'a Shape) -> &'a Shape {
    match shape {
        Shape::Named(index) => resolved(facts, facts.shape(*index)),
        shape => shape,
    }
}

/// An element as a value of a shape.
fn value(facts: &Facts, shape: &Shape, element: &Element) -> Value {
    if element.nil {
        return Value::Null;
    }
    let text = element.text.trim();
    match resolved(facts, shape) {
        Shape::Members { members, .. } => {
            let mut object = Map::new();
            for child in &element.children {
                let Some((name, shape)) = members.iter().find(|(name, _)| same(name, &child.name)) else {
                    object.insert(child.name.clone(), value(facts, &Shape::Any, child));
                    continue;
                };
                match resolved(facts, shape) {
                    Shape::List(each) => {
                        let list = object.entry(name.clone()).or_insert_with(|| Value::Array(Vec::new()));
                        if let Value::Array(list) = list {
                            list.extend(items(facts, each, child));
                        }
                    }
                    _ => drop(object.insert(name.clone(), value(facts, shape, child))),
                }
            }
            Value::Object(object)
        }
        Shape::List(each) => items(facts, each, element).into(),
        Shape::Any | Shape::Map(_) if !element.children.is_empty() => {
            let members = element.children.iter().map(|child| (child.name.clone(), value(facts, &Shape::Any, child)));
            Value::Object(members.collect())
        }
        // What cannot be read so stays a text, for whoever is more lenient.
        Shape::Integer { .. } => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Shape::Number => text.parse::<f64>().map_or_else(|_| text.into(), Value::from),
        Shape::Flag => text.to_ascii_lowercase().parse::<bool>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

/// What an element adds to a list: itself where the list's name is repeated, else its children.
fn items(facts: &Facts, each: &Shape, element: &Element) -> Vec<Value> {
    let is_item = match resolved(facts, each) {
        Shape::Members { members, .. } => {
            let known = |child: &Element| members.keys().any(|name| name.eq_ignore_ascii_case(&child.name));
            element.children.iter().any(known)
        }
        _ => element.children.is_empty(),
    };
    if is_item && (!element.children.is_empty() || !element.text.trim().is_empty()) {
        return vec![value(facts, each, element)];
    }
    element.children.iter().map(|child| value(facts, each, child)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::facts::published;
    use super::*;

    #[test]
    fn an_answer_in_xml_is_the_answer_in_json() {
        let facts = published();
        let operation = facts.operation("mdmv1/Tags_Search").expect("an operation");
        let text = "<?xml version=\"1.0\"?><TagsSearchResult xmlns=\"x\"><Page>0</Page><Tags><Tag1><Id><Value>7</Value></Id>\
                    <TagName>a &amp; b</TagName><New>n</New></Tag1></Tags><Total>1</Total></TagsSearchResult>";
        assert_eq!(
            read(facts, operation.success(200), text),
            Ok(json!({"Page": 0, "Tags": [{"Id": {"Value": 7}, "TagName": "a & b", "New": "n"}], "Total": 1}))
        );
        for wrong in ["<a><b></a>", "<!DOCTYPE html><html></html>", "<a>&nbsp;</a>", "text", "<a/><b/>"] {
            assert!(read(facts, &Shape::Any, wrong).is_err(), "{wrong}");
        }
    }
}
