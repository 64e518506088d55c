//! Conditions of a statement, put together from what a caller asked for. Values never enter the text.

use muster_store::Value;

/// Conditions that all must hold, with their arguments.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    args: Vec<Value>,
}

impl Filter {
    /// Takes a value and answers the placeholder that stands for it.
    pub(crate) fn arg(&mut self, value: impl Into<Value>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    /// Adds a condition, made of column names and placeholders only.
    pub(crate) fn and(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// `column` equals a value.
    pub(crate) fn equal(&mut self, column: &str, value: impl Into<Value>) {
        let value = self.arg(value);
        self.and(format!("{column} = {value}"));
    }

    /// `column` holds a text, without regard to case.
    pub(crate) fn contains(&mut self, column: &str, text: &str) {
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = self.arg(format!("%{escaped}%"));
        self.and(format!("lower({column}) like lower({pattern}) escape '\\'"));
    }

    /// `column` is one of several values; none are no condition.
    pub(crate) fn one_of<V: Into<Value>>(&mut self, column: &str, values: impl IntoIterator<Item = V>) {
        let values: Vec<String> = values.into_iter().map(|value| self.arg(value)).collect();
        if !values.is_empty() {
            self.and(format!("{column} in ({})", values.join(", ")));
        }
    }

    /// `column` is the id of an organization group or of one below it.
    pub(crate) fn below(&mut self, column: &str, group: i64) {
        let group = self.arg(group);
        self.and(format!(
            "{column} in (with recursive below (id) as (select {group} union all \
             select o.id from organization_groups o join below on o.parent_id = below.id) select id from below)"
        ));
    }

    /// What puts the entry whose `column` is exactly a text before those that only contain it, so that
    /// whoever takes the first one takes the right one.
    pub(crate) fn exact_first(&mut self, column: &str, text: Option<&str>) -> String {
        match text {
            None => String::new(),
            Some(text) => {
                let text = self.arg(text);
                format!("case when lower({column}) = lower({text}) then 0 else 1 end, ")
            }
        }
    }

    /// The conditions that `add` adds, taken out as one text; their arguments stay.
    pub(crate) fn group(&mut self, add: impl FnOnce(&mut Self)) -> String {
        let before = std::mem::take(&mut self.conditions);
        add(self);
        std::mem::replace(&mut self.conditions, before).join(" and ")
    }

    /// ` where …`, or nothing without conditions.
    pub(crate) fn text(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" where {}", self.conditions.join(" and ")) }
    }

    pub(crate) fn args(&self) -> Vec<Value> {
        self.args.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_arguments_and_wildcards_are_only_characters() {
        let mut filter = Filter::default();
        assert_eq!(filter.text(), "");
        filter.contains("d.model", "50%_\\");
        filter.one_of("d.platform", ["Apple", "Android"]);
        filter.one_of("d.ownership", Vec::<&str>::new());
        assert_eq!(filter.text(), " where lower(d.model) like lower($1) escape '\\' and d.platform in ($2, $3)");
        assert_eq!(filter.args()[0], Value::from("%50\\%\\_\\\\%"));
    }
}
