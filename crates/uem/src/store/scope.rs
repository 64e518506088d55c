//! Which organization groups somebody sees: their own and those below.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::filter::Filter;

/// A part of the tree. What lies outside is treated exactly like what does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// The whole tree.
    Everything,
    /// The groups of these ids.
    Groups(Arc<BTreeSet<i64>>),
}

impl Scope {
    /// Whether what a group owns is seen.
    pub(crate) fn sees(&self, group: i64) -> bool {
        match self {
            Self::Everything => true,
            Self::Groups(groups) => groups.contains(&group),
        }
    }

    /// What is in one of the two.
    pub(crate) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Groups(one), Self::Groups(two)) => Self::Groups(Arc::new(&**one | &**two)),
            _ => Self::Everything,
        }
    }
}

impl Filter {
    /// `column` is the id of a group in the scope.
    pub(crate) fn within(&mut self, column: &str, scope: &Scope) {
        if let Scope::Groups(groups) = scope {
            // Ids of the tree are numbers of ours, and a scope may be larger than a statement has parameters.
            let ids: Vec<String> = groups.iter().map(i64::to_string).collect();
            self.and(if ids.is_empty() { "1 = 0".to_owned() } else { format!("{column} in ({})", ids.join(", ")) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_sees_what_no_group_of_theirs_owns() {
        let text = |scope: &Scope| {
            let mut filter = Filter::default();
            filter.within("group_id", scope);
            filter.text()
        };
        let some = Scope::Groups(Arc::new([571, 574].into()));
        assert!(some.sees(571) && !some.sees(570) && Scope::Everything.sees(570));
        assert_eq!(text(&some), " where group_id in (571, 574)");
        assert_eq!(text(&Scope::Groups(Arc::default())), " where 1 = 0");
        assert_eq!(text(&Scope::Everything), "");
    }
}
