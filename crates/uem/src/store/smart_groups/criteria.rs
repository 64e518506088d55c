//! What a device must be to belong to a smart group.

use muster_store::Value;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::super::filter::Filter;

/// Criteria, of which all must hold; an empty list is no restriction. Kept as JSON in `smart_groups.criteria`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Criteria {
    /// Platform names, as `devices.platform` has them.
    pub(crate) platforms: Vec<String>,
    /// Letters, as `devices.ownership` has them.
    pub(crate) ownerships: Vec<String>,
    /// Names of tags, of which the device has at least one.
    pub(crate) tags: Vec<String>,
    /// Ids of tags, of which the device has at least one.
    pub(crate) tag_ids: Vec<i64>,
    /// Organization groups, to one of which or to one below it the device belongs.
    pub(crate) within: Vec<i64>,
    /// Beginnings of the model's name.
    pub(crate) models: Vec<String>,
    /// Versions of operating systems, of which one must hold.
    pub(crate) systems: Vec<System>,
    /// In what way the device is managed, of which one must hold.
    pub(crate) categories: Vec<Category>,
    /// User groups, to one of which the device's user belongs.
    pub(crate) user_groups: Vec<i64>,
    /// Nobody belongs to it but who is named.
    pub(crate) only_named: bool,
    pub(crate) devices: Vec<i64>,
    pub(crate) users: Vec<i64>,
    /// Devices and users that do not belong to it whatever else holds.
    pub(crate) without_devices: Vec<i64>,
    pub(crate) without_users: Vec<i64>,
    pub(crate) without_user_groups: Vec<i64>,
    /// The lists as the API shows them, with the names of what they refer to.
    pub(crate) shown: Map<String, serde_json::Value>,
}

/// A version of an operating system: `Apple`, `>`, 17.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct System {
    pub(crate) platform: String,
    pub(crate) comparison: Comparison,
    /// As [`rank`] makes it.
    pub(crate) rank: i64,
}

/// How a version is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Comparison {
    Any,
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// In what way a device is managed, as far as the tenant can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Category {
    Supervised,
    NotSupervised,
    AndroidEnterprise,
    UserApproved,
}

/// A version as a number: four parts, the larger the newer.
pub(crate) fn rank(version: &str) -> i64 {
    let mut parts = version.split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<i64>().unwrap_or_default()
    });
    let mut part = |most: i64| parts.next().unwrap_or_default().min(most);
    let (first, second, third, fourth) = (part(0xfff), part(0x3ff), part(0xf_ffff), part(0xf_ffff));
    first << 50 | second << 40 | third << 20 | fourth
}

impl Criteria {
    /// Reads `smart_groups.criteria`. A text that is no criteria describes no device at all: too few
    /// devices are safer than too many.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Adds what must hold for a row of `devices` with the alias `d`. Only enrolled devices belong to a
    /// smart group.
    pub(crate) fn apply(&self, filter: &mut Filter) {
        filter.and("d.enrollment_status = 'Enrolled'");
        if self.only_named || !self.devices.is_empty() || !self.users.is_empty() {
            let mut ways = Vec::new();
            if !self.only_named {
                let described = filter.group(|filter| self.described(filter));
                ways.push(if described.is_empty() { "1 = 1".to_owned() } else { format!("({described})") });
            }
            ways.extend(listed(filter, "d.id", &self.devices));
            ways.extend(listed(filter, "d.user_id", &self.users));
            filter.and(if ways.is_empty() { "1 = 0".to_owned() } else { format!("({})", ways.join(" or ")) });
        } else {
            self.described(filter);
        }
        if let Some(devices) = listed(filter, "d.id", &self.without_devices) {
            filter.and(format!("not {devices}"));
        }
        if let Some(users) = listed(filter, "d.user_id", &self.without_users) {
            filter.and(format!("(d.user_id is null or not {users})"));
        }
        if let Some(groups) = listed(filter, "m.group_id", &self.without_user_groups) {
            filter.and(format!(
                "not exists (select 1 from user_group_members m where m.user_id = d.user_id and {groups})"
            ));
        }
    }

    /// What the lists say that describe devices.
    fn described(&self, filter: &mut Filter) {
        if self.systems.is_empty() {
            filter.one_of("d.platform", self.platforms.iter().map(String::as_str));
        } else {
            self.of_system(filter);
        }
        filter.one_of("d.ownership", self.ownerships.iter().map(String::as_str));
        if !self.tags.is_empty() {
            let names: Vec<String> = self.tags.iter().map(|name| filter.arg(name.as_str())).collect();
            filter.and(format!(
                "exists (select 1 from device_tags dt join tags t on t.id = dt.tag_id \
                 where dt.device_id = d.id and t.name in ({}))",
                names.join(", ")
            ));
        }
        if let Some(tags) = listed(filter, "dt.tag_id", &self.tag_ids) {
            filter.and(format!("exists (select 1 from device_tags dt where dt.device_id = d.id and {tags})"));
        }
        if !self.within.is_empty() {
            let ids: Vec<String> = self.within.iter().map(|&id| filter.arg(id)).collect();
            filter.and(format!(
                "d.organization_group_id in (with recursive below (id) as (select id from organization_groups \
                 where id in ({}) union all select o.id from organization_groups o join below \
                 on o.parent_id = below.id) select id from below)",
                ids.join(", ")
            ));
        }
        if !self.models.is_empty() {
            let any: Vec<String> = self
                .models
                .iter()
                .map(|model| {
                    let model = filter.arg(format!("{}%", model.replace(['%', '_'], " ")));
                    format!("lower(d.model) like lower({model})")
                })
                .collect();
            filter.and(format!("({})", any.join(" or ")));
        }
        if !self.categories.is_empty() {
            let any: Vec<&str> = self.categories.iter().map(|category| category.condition()).collect();
            filter.and(format!("({})", any.join(" or ")));
        }
        if let Some(groups) = listed(filter, "m.group_id", &self.user_groups) {
            filter.and(format!("exists (select 1 from user_group_members m where m.user_id = d.user_id and {groups})"));
        }
    }

    /// A platform that is listed without a version counts as a whole.
    fn of_system(&self, filter: &mut Filter) {
        let named = |platform: &String| self.systems.iter().any(|system| system.platform == *platform);
        let whole: Vec<&str> = self.platforms.iter().filter(|platform| !named(platform)).map(String::as_str).collect();
        let mut ways = Vec::new();
        if !whole.is_empty() {
            ways.push(filter.group(|filter| filter.one_of("d.platform", whole)));
        }
        for system in &self.systems {
            let platform = filter.arg(system.platform.as_str());
            let version = match system.comparison.sign() {
                None => String::new(),
                Some(sign) => format!(" and d.os_rank {sign} {}", filter.arg(system.rank)),
            };
            ways.push(format!("(d.platform = {platform}{version})"));
        }
        filter.and(format!("({})", ways.join(" or ")));
    }

    /// How many exclusions it has.
    pub(crate) fn exclusions(&self) -> usize {
        self.without_devices.len() + self.without_users.len() + self.without_user_groups.len()
    }
}

/// `column in (…)`, if there is anything to list.
fn listed(filter: &mut Filter, column: &str, ids: &[i64]) -> Option<String> {
    let ids: Vec<Value> = ids.iter().map(|&id| Value::from(id)).collect();
    let some = !ids.is_empty();
    let text = filter.group(|filter| filter.one_of(column, ids));
    some.then_some(text)
}

impl Comparison {
    fn sign(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Equal => Some("="),
            Self::NotEqual => Some("<>"),
            Self::Greater => Some(">"),
            Self::GreaterOrEqual => Some(">="),
            Self::Less => Some("<"),
            Self::LessOrEqual => Some("<="),
        }
    }
}

impl Category {
    fn condition(self) -> &'static str {
        match self {
            Self::Supervised => "(d.platform = 'Apple' and d.supervised = 1)",
            Self::NotSupervised => "(d.platform = 'Apple' and d.supervised = 0)",
            Self::AndroidEnterprise => "d.platform = 'Android'",
            Self::UserApproved => "d.platform = 'AppleOsX'",
        }
    }
}

/// `(…) or (…)` over criteria as `smart_groups.criteria` keeps them: devices of any of the groups.
/// `None` if no group describes a device.
pub(crate) fn any_of<'a>(criteria: impl IntoIterator<Item = &'a str>) -> Option<(String, Filter)> {
    let mut all = Filter::default();
    let mut parts = Vec::new();
    for criteria in criteria.into_iter().filter_map(Criteria::parse) {
        parts.push(format!("({})", all.group(|filter| criteria.apply(filter))));
    }
    (!parts.is_empty()).then(|| (parts.join(" or "), all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(criteria: &Criteria) -> String {
        let mut filter = Filter::default();
        criteria.apply(&mut filter);
        filter.text()
    }

    #[test]
    fn criteria_become_conditions_that_all_must_hold() {
        let criteria =
            Criteria::parse(r#"{"platforms":["Apple"],"ownerships":[],"tags":["VIP","Lab"]}"#).expect("reads");
        assert_eq!(
            text(&criteria),
            " where d.enrollment_status = 'Enrolled' and d.platform in ($1) and exists (select 1 from device_tags dt \
             join tags t on t.id = dt.tag_id where dt.device_id = d.id and t.name in ($2, $3))"
        );
    }

    #[test]
    fn who_is_named_belongs_to_it_and_who_is_excluded_does_not() {
        let criteria = Criteria { only_named: true, devices: vec![7], without_users: vec![9], ..Criteria::default() };
        assert_eq!(
            text(&criteria),
            " where d.enrollment_status = 'Enrolled' and (d.id in ($1)) and \
             (d.user_id is null or not d.user_id in ($2))"
        );
        let nobody = Criteria { only_named: true, ..Criteria::default() };
        assert_eq!(text(&nobody), " where d.enrollment_status = 'Enrolled' and 1 = 0");
        let everybody = Criteria { devices: vec![7], ..Criteria::default() };
        assert_eq!(text(&everybody), " where d.enrollment_status = 'Enrolled' and (1 = 1 or d.id in ($1))");
    }

    #[test]
    fn a_platform_without_a_version_counts_as_a_whole() {
        let system = System { platform: "Apple".to_owned(), comparison: Comparison::Greater, rank: 1 };
        let platforms = vec!["Apple".to_owned(), "Android".to_owned()];
        let criteria = Criteria { platforms, systems: vec![system], ..Criteria::default() };
        assert!(text(&criteria).ends_with(" and (d.platform in ($1) or (d.platform = $2 and d.os_rank > $3))"));
    }

    #[test]
    fn versions_are_compared_by_their_parts() {
        for (older, newer) in [("9.3.1", "17.0"), ("10.0.19045.6456", "10.0.22631.1"), ("15", "15.0.1")] {
            assert!(rank(older) < rank(newer), "{older} {newer}");
        }
        assert_eq!(rank("17"), rank("17.0.0"));
    }

    #[test]
    fn several_groups_are_joined_and_a_broken_one_counts_for_nothing() {
        let (text, filter) = any_of([r#"{"platforms":["Apple"]}"#, "broken", "{}"]).expect("two groups");
        assert_eq!(
            text,
            "(d.enrollment_status = 'Enrolled' and d.platform in ($1)) or (d.enrollment_status = 'Enrolled')"
        );
        assert_eq!(filter.args().len(), 1);
        assert!(any_of(["broken"]).is_none());
    }
}
