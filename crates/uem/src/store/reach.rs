//! The devices that something is meant for: those of some smart groups without those of others.

use super::filter::Filter;
use super::smart_groups::{Criteria, any_of};

/// Condition for `devices d`, from criteria as `smart_groups.criteria` keeps them and the platform that is wanted;
/// `None` if no group describes a device.
pub(crate) fn members(inside: &[String], outside: &[String], platform: Option<&str>) -> Option<Filter> {
    let (any, mut filter) = any_of(inside.iter().map(String::as_str))?;
    filter.and(format!("({any})"));
    if let Some(platform) = platform {
        filter.equal("d.platform", platform);
    }
    for criteria in outside {
        let Some(criteria) = Criteria::parse(criteria) else { continue };
        let excluded = filter.group(|filter| criteria.apply(filter));
        filter.and(format!("not ({excluded})"));
    }
    Some(filter)
}

/// The conditions of a filter with their arguments moved behind those of another.
pub(crate) fn shifted(members: &Filter, filter: &mut Filter) -> String {
    let before = filter.args().len();
    let text = members.text();
    let text = text.strip_prefix(" where ").unwrap_or("1 = 1");
    let mut moved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('$') {
        let (head, tail) = rest.split_at(place + 1);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = tail[..digits].parse().unwrap_or_default();
        moved.push_str(head);
        moved.push_str(&(number + before).to_string());
        rest = &tail[digits..];
    }
    moved.push_str(rest);
    for value in members.args() {
        filter.arg(value);
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_conditions_move_behind_those_that_are_there() {
        let (mut members, mut filter) = (Filter::default(), Filter::default());
        members.one_of("d.platform", ["Apple", "Android"]);
        members.equal("d.ownership", "C");
        filter.arg(7);
        assert_eq!(shifted(&members, &mut filter), "d.platform in ($2, $3) and d.ownership = $4");
        assert_eq!(filter.args().len(), 4);
        assert_eq!(shifted(&Filter::default(), &mut filter), "1 = 1");
    }

    #[test]
    fn the_excluded_groups_are_taken_out() {
        let all = ["{}".to_owned()];
        let vip = [r#"{"tags":["VIP"]}"#.to_owned()];
        let text = members(&all, &vip, Some("Apple")).map(|filter| filter.text()).unwrap_or_default();
        assert!(text.contains("d.platform = $1 and not (d.enrollment_status = 'Enrolled'"), "{text}");
        assert!(members(&[], &vip, None).is_none());
    }
}
