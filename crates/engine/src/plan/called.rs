//! A call and the devices that it names. The guard has to see the same facts of a device whichever way a change takes:
//! so a call that names one device is for that device, one that lists several keeps all of them, and where they are not
//! known it says so.

use muster_model::catalog::call::Arguments;
use muster_model::catalog::facts::Operation;
use muster_model::catalog::{DeviceName, Named};

use super::{Action, DeviceTarget, Draft, DraftItem, OperationCall, Selection, Target, Withheld};

impl OperationCall {
    /// The devices that it names.
    pub fn devices(&self) -> Named {
        match self.facts() {
            Some(operation) => operation.devices(&self.arguments()),
            None => Named::Unclear(format!("nobody knows {}", self.operation)),
        }
    }

    /// Whether it removes the records of devices.
    pub(crate) fn deletes_devices(&self) -> bool {
        self.facts().is_some_and(Operation::deletes_devices)
    }

    /// A device that its list names twice.
    pub(crate) fn listed_twice(&self) -> Option<String> {
        let Named::Many(mut names) = self.devices() else { return None };
        names.sort_unstable();
        names.windows(2).find(|two| two[0] == two[1]).map(|two| two[0].to_string())
    }

    /// Why a target is not the one that the call is about, or why not all of its devices are known; `None` if they are.
    pub(crate) fn unknown(&self, target: &Target) -> Option<String> {
        if let Target::Resource { unread: Some(why), .. } = target {
            return Some(why.clone());
        }
        let names = match self.devices() {
            Named::Nothing => return None,
            Named::One(name) => vec![name],
            Named::Many(names) => names,
            Named::Unclear(why) => return Some(why),
        };
        let missing = names.iter().find(|name| !target.devices().iter().any(|device| is_called(device, name)));
        missing.map(|name| format!("device {name} was not read"))
    }

    /// Whether it names another device than its target, or none.
    pub(crate) fn is_about_another(&self, target: &Target) -> bool {
        match target {
            Target::Device(_) => self.unknown(target).is_some() || self.devices() == Named::Nothing,
            _ => false,
        }
    }
}

/// Whether a name may be that of a device. A plan does not keep every identifier of a device: those that it does not keep
/// are compared when the device is read.
fn is_called(device: &DeviceTarget, name: &DeviceName) -> bool {
    match name {
        DeviceName::Id(id) => device.id == *id,
        DeviceName::Uuid(uuid) => device.uuid == Some(*uuid),
        DeviceName::Serial(serial) => device.serial.eq_ignore_ascii_case(serial),
        DeviceName::Other(..) => true,
    }
}

impl Draft {
    /// One call of one operation, and what the plan does not keep of it. The devices that it names are not known yet: see
    /// [`crate::Engine::devices_of`].
    ///
    /// # Errors
    /// One sentence, if the arguments do not fit the facts or cannot be planned.
    pub fn of_call(operation: &Operation, arguments: &Arguments) -> Result<(Self, Withheld), String> {
        operation.prepare(operation.facts(), arguments).map_err(|misfit| misfit.to_string())?;
        let (call, withheld) = OperationCall::new(operation, arguments, &operation.key)?;
        let why = operation.line().and_then(|line| line.reason);
        let reason = why.map_or_else(|| "called by name".to_owned(), |why| format!("called by name; it {why}"));
        let purpose = format!("api {} {}", operation.method.as_str(), call.address());
        let target = Target::resource(call.address());
        let item = DraftItem::new(target, Action::CallOperation { call: Box::new(call) }, reason);
        Ok((Self { purpose, selection: Selection::Listed, items: vec![item] }, withheld))
    }
}
