//! Every rule of the guard, by name. A new one is a module beside this one and a row of the table.

use super::{
    Each, Rule, capability, caps, count_change, destructive, duplicate, empty_selection, freeze, freshness,
    nothing_to_do, on_query, order, precondition, protected, read_only, tenant_limits, undo, unknown_devices, window,
};

/// One rule: its name, which stands in every reason it gives, and what it does.
pub(super) struct Entry {
    pub(super) name: &'static str,
    /// One sentence for people.
    pub(super) about: &'static str,
    pub(super) make: fn() -> Box<dyn Rule>,
}

/// Every rule, in the order in which they are asked: first those that take items out, last the one that
/// follows the items that wait for another.
pub(super) const RULES: &[Entry] = &[
    Entry {
        name: nothing_to_do::NAME,
        about: "leaves out what is as wanted already",
        make: || Box::new(Each(nothing_to_do::decide)),
    },
    Entry {
        name: capability::NAME,
        about: "leaves out what the platform of a device does not have",
        make: || Box::new(Each(capability::decide)),
    },
    Entry {
        name: precondition::NAME,
        about: "keeps back what cannot succeed by what is known of the target",
        make: || Box::new(Each(precondition::decide)),
    },
    Entry {
        name: crate::plan::PROTECTED,
        about: "keeps protected sets from being touched",
        make: || Box::new(Each(protected::decide)),
    },
    Entry {
        name: "unknown-devices",
        about: "holds calls that name devices of which nothing is known",
        make: || Box::new(Each(unknown_devices::decide)),
    },
    Entry {
        name: "read-only",
        about: "refuses every change in a context that is only read",
        make: || Box::<read_only::ReadOnly>::default(),
    },
    Entry {
        name: "empty-selection",
        about: "refuses a filter that lets everything through, and more targets than were expected",
        make: || Box::<empty_selection::EmptySelection>::default(),
    },
    Entry {
        name: "duplicate",
        about: "refuses the same action on the same target twice",
        make: || Box::new(Each(duplicate::decide)),
    },
    Entry {
        name: undo::NAME,
        about: "holds what would take back more than the job did, or not for certain what was there",
        make: || Box::new(Each(undo::decide)),
    },
    Entry {
        name: "destructive",
        about: "holds what takes something away or cannot be undone",
        make: || Box::new(destructive::Destructive),
    },
    Entry {
        name: "on-query",
        about: "holds irreversible actions on targets that nobody named, beyond the first",
        make: || Box::<on_query::OnQuery>::default(),
    },
    Entry {
        name: "cap",
        about: "holds what exceeds the caps within their windows",
        make: || Box::<caps::Caps>::default(),
    },
    Entry {
        name: "freshness",
        about: "holds actions on devices that have been silent, and plans made of old data",
        make: || Box::new(Each(freshness::decide)),
    },
    Entry {
        name: "count-change",
        about: "holds a selection that finds far more or fewer targets than the last time",
        make: || Box::<count_change::CountChange>::default(),
    },
    Entry { name: "freeze", about: "holds changes while a freeze lasts", make: || Box::new(Each(freeze::decide)) },
    Entry {
        name: "window",
        about: "holds changes outside of their maintenance windows",
        make: || Box::new(window::Windows),
    },
    Entry {
        name: "tenant-limits",
        about: "tells what the tenant itself will hold back",
        make: || Box::<tenant_limits::TenantLimits>::default(),
    },
    Entry {
        name: "order",
        about: "carries a verdict on to what waits for the item",
        make: || Box::new(Each(order::decide)),
    },
];
