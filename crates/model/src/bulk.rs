//! Calls over many records at once: what goes in, and how many of them were accepted.

use crate::record::record;

record! {
    /// `{"BulkValues":{"Value":["52","53"]}}`: the input of every v1 bulk call.
    BulkValues {
        bulk_values: Values = "BulkValues",
    }

    /// Ids, serial numbers or whatever the call is about; numbers are sent as texts.
    Values {
        value: Vec<String> = "Value",
    }

    /// Answer of every v1 bulk call: how many items were accepted, and why the others were not.
    BulkAnswer {
        total_items: u64 = "TotalItems",
        accepted_items: u64 = "AcceptedItems",
        failed_items: u64 = "FailedItems",
        faults: Faults = "Faults",
    }

    /// Why items were not accepted.
    Faults {
        fault: Vec<ItemFault> = "Fault",
    }

    /// One item that was not accepted.
    ItemFault {
        error_code: i64 = "ErrorCode",
        item_value: String = "ItemValue",
        message: String = "Message",
    }
}

impl BulkValues {
    /// The input for some items.
    pub fn of<T: ToString>(values: impl IntoIterator<Item = T>) -> Self {
        let value = values.into_iter().map(|value| value.to_string()).collect();
        Self { bulk_values: Values { value, ..Values::default() }, ..Self::default() }
    }
}
