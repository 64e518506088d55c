//! Filters of SCIM, as far as groups need them: `displayName eq "Sales"`, `displayName co "a" and id eq "…"`.

/// A comparison of an attribute with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    /// In lower case.
    attribute: String,
    operator: Operator,
    /// In lower case.
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Present,
}

/// Attributes that may be compared.
const ATTRIBUTES: [&str; 3] = ["displayname", "id", "externalid"];

/// The comparisons of a filter, all of which must hold.
pub(super) fn parse(text: &str) -> Result<Vec<Comparison>, String> {
    let mut comparisons = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (attribute, after) = word(rest).ok_or_else(|| format!("The filter ends too early: {text}"))?;
        let attribute = attribute.to_lowercase();
        if !ATTRIBUTES.contains(&attribute.as_str()) {
            return Err(format!("The attribute {attribute} cannot be filtered by."));
        }
        let (operator, after) = word(after).ok_or_else(|| format!("The filter ends too early: {text}"))?;
        let operator = match operator.to_lowercase().as_str() {
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "co" => Operator::Contains,
            "sw" => Operator::StartsWith,
            "ew" => Operator::EndsWith,
            "pr" => Operator::Present,
            other => return Err(format!("The operator {other} is not known.")),
        };
        let (value, after) = match operator {
            Operator::Present => (String::new(), after),
            _ => quoted(after).ok_or_else(|| format!("A value in quotes is missing: {text}"))?,
        };
        comparisons.push(Comparison { attribute, operator, value: value.to_lowercase() });
        rest = match word(after) {
            None => "",
            Some((and, after)) if and.eq_ignore_ascii_case("and") && !after.trim().is_empty() => after.trim(),
            Some((other, _)) => return Err(format!("'{other}' is not expected in the filter.")),
        };
    }
    Ok(comparisons)
}

fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

impl Comparison {
    /// Whether what `of` answers for the attribute fits.
    pub(super) fn holds<'a>(&self, of: impl Fn(&str) -> Option<&'a str>) -> bool {
        let Some(known) = of(&self.attribute).filter(|known| !known.is_empty()) else {
            return self.operator == Operator::NotEqual;
        };
        let known = known.to_lowercase();
        match self.operator {
            Operator::Equal => known == self.value,
            Operator::NotEqual => known != self.value,
            Operator::Contains => known.contains(&self.value),
            Operator::StartsWith => known.starts_with(&self.value),
            Operator::EndsWith => known.ends_with(&self.value),
            Operator::Present => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_and_hold() {
        let of = |name: &str| (name == "displayname").then_some("Sales \"East\"");
        let holds = |text: &str| parse(text).map(|all| all.iter().all(|one| one.holds(of)));
        assert_eq!(holds("displayName eq \"sales \\\"east\\\"\""), Ok(true));
        assert_eq!(holds("displayName sw \"sal\" AND displayName ew \"x\""), Ok(false));
        assert_eq!(holds("externalId pr"), Ok(false));
        assert_eq!(holds("externalId ne \"x\""), Ok(true));
        assert_eq!(holds(""), Ok(true));
        for wrong in [
            "displayName",
            "displayName eq",
            "displayName eq x",
            "colour eq \"x\"",
            "id gt \"1\"",
            "id eq \"1\" or id eq \"2\"",
            "id eq \"1\" and",
        ] {
            assert!(holds(wrong).is_err(), "{wrong}");
        }
    }
}
