//! Devices by serial number. Several rows may have the same one: a device that was enrolled again.

use std::collections::BTreeMap;

use muster_model::devices::Device;

/// Every serial asked for, as it was written, with the devices that have it.
pub(super) fn index(devices: &[Device], serials: &[String]) -> BTreeMap<String, Vec<Device>> {
    let folded = |serial: &str| serial.trim().to_ascii_uppercase();
    let mut by_serial: BTreeMap<String, Vec<Device>> =
        serials.iter().map(|serial| (folded(serial), Vec::new())).filter(|(serial, _)| !serial.is_empty()).collect();
    for device in devices {
        if let Some(found) = by_serial.get_mut(&folded(&device.serial_number)) {
            found.push(device.clone());
        }
    }
    serials.iter().map(|serial| (serial.clone(), by_serial.get(&folded(serial)).cloned().unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_serial_asked_for_is_a_key_with_none_one_or_several_devices() {
        let device = |serial: &str| Device { serial_number: serial.into(), ..Device::default() };
        let devices = vec![device("A1"), device("B2"), device("B2"), device(""), device("C3")];
        let asked = ["a1 ", "B2", "b2", "Z9", ""].map(str::to_owned);
        let found = index(&devices, &asked);
        let counts: Vec<(&str, usize)> = found.iter().map(|(serial, found)| (serial.as_str(), found.len())).collect();
        assert_eq!(counts, [("", 0), ("B2", 2), ("Z9", 0), ("a1 ", 1), ("b2", 2)]);
    }
}
