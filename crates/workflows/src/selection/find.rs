//! From names to records: each name must stand for exactly one.

use std::collections::{BTreeMap, HashMap};

use muster_client::DeviceFilter;
use muster_model::devices::Device;
use muster_model::ids::DeviceId;

use super::{Chosen, Name, Wanted, not_enrolled, serials};
use crate::error::{Candidate, DeviceProblem, DeviceProblems, Error, Why};
use crate::inventory::Inventory;
use crate::report::instant;

/// Looks every name up; all names that cannot be told are reported together.
pub(super) async fn find(inventory: &dyn Inventory, wanted: &[Wanted]) -> Result<Vec<Chosen>, Error> {
    let serials: Vec<String> = wanted.iter().filter_map(serial_asked).collect();
    let mut ids: Vec<DeviceId> = wanted.iter().filter_map(id_asked).collect();
    ids.sort_unstable();
    ids.dedup();
    // Neither dialect can be asked for all devices of one serial number; whoever reads the list has the ids as well.
    let (by_serial, found) = if serials.is_empty() {
        (BTreeMap::new(), inventory.devices_by_id(&ids).await?)
    } else {
        let mut all = inventory.devices(&DeviceFilter::default()).await?;
        let by_serial = serials::index(&all, &serials);
        all.retain(|device| ids.binary_search(&device.id.0).is_ok());
        (by_serial, all)
    };
    let by_id = found.into_iter().map(|device| (device.id.0, device)).collect();
    resolve(wanted, &by_serial, &by_id).map_err(|problems| Error::Devices(DeviceProblems(problems)))
}

fn serial_asked(wanted: &Wanted) -> Option<String> {
    match &wanted.name {
        Name::Serial(serial) | Name::Either(serial) => Some(serial.clone()),
        Name::Id(_) | Name::Both { .. } => None,
    }
}

fn id_asked(wanted: &Wanted) -> Option<DeviceId> {
    match &wanted.name {
        Name::Serial(_) => None,
        Name::Either(text) => text.parse().ok(),
        Name::Id(id) | Name::Both { id, .. } => Some(*id),
    }
}

/// The pure half: one record for every name, or every name without one.
fn resolve(
    wanted: &[Wanted],
    by_serial: &BTreeMap<String, Vec<Device>>,
    by_id: &HashMap<DeviceId, Device>,
) -> Result<Vec<Chosen>, Vec<DeviceProblem>> {
    let mut chosen = Vec::with_capacity(wanted.len());
    let mut problems = Vec::new();
    let mut first_named: HashMap<DeviceId, &str> = HashMap::new();
    for one in wanted {
        match record(one, by_serial, by_id) {
            Ok(device) => {
                let twice = first_named.get(&device.id.0).map(|place| format!("the same device as {place}"));
                first_named.entry(device.id.0).or_insert(&one.place);
                let nothing_to_do = twice.or_else(|| not_enrolled(device));
                chosen.push(Chosen { device: device.clone(), input: one.input.clone(), nothing_to_do });
            }
            Err(why) => problems.push(DeviceProblem { named: one.given(), place: one.place.clone(), why }),
        }
    }
    if problems.is_empty() { Ok(chosen) } else { Err(problems) }
}

fn record<'a>(
    wanted: &Wanted,
    by_serial: &'a BTreeMap<String, Vec<Device>>,
    by_id: &'a HashMap<DeviceId, Device>,
) -> Result<&'a Device, Why> {
    let serial_hits = serial_asked(wanted).and_then(|serial| by_serial.get(&serial)).into_iter().flatten();
    let id_hit = id_asked(wanted).and_then(|id| by_id.get(&id));
    let mut hits: Vec<&Device> = serial_hits.chain(id_hit).collect();
    hits.sort_by_key(|device| device.id.0);
    hits.dedup_by_key(|device| device.id.0);
    match (hits.as_slice(), &wanted.name) {
        ([], _) => Err(Why::Unknown),
        ([device], Name::Both { id, serial }) if !device.serial_number.eq_ignore_ascii_case(serial) => {
            let found = &device.serial_number;
            Err(Why::Contradiction(format!("device {id} has serial number `{found}`, not `{serial}`")))
        }
        ([device], _) => Ok(device),
        (several, _) => Err(Why::Ambiguous(several.iter().map(|device| candidate(device)).collect())),
    }
}

fn candidate(device: &Device) -> Candidate {
    Candidate {
        id: device.id.0,
        name: device.device_friendly_name.to_string(),
        serial: device.serial_number.to_string(),
        enrollment: device.enrollment_status.to_string(),
        last_seen: device.last_seen.map_or_else(|| "never".to_owned(), |seen| instant(seen.0)),
    }
}

#[cfg(test)]
mod tests {
    use muster_model::ids::Wrapped;
    use muster_model::words::EnrollmentStatus;

    use super::*;

    fn device(id: i64, serial: &str, enrollment: EnrollmentStatus) -> Device {
        Device {
            id: Wrapped(DeviceId(id)),
            serial_number: serial.into(),
            device_friendly_name: format!("device {id}").into(),
            enrollment_status: enrollment,
            ..Device::default()
        }
    }

    fn resolved(names: &[Name]) -> Result<Vec<Chosen>, Vec<DeviceProblem>> {
        let enrolled = EnrollmentStatus::Enrolled;
        let devices = [
            device(1, "A", enrolled.clone()),
            device(2, "B", EnrollmentStatus::Unenrolled),
            device(3, "B", enrolled.clone()),
            device(4, "5", enrolled.clone()),
            device(5, "E", enrolled),
            device(6, "G", EnrollmentStatus::Retired),
        ];
        let by_id = devices.iter().map(|device| (device.id.0, device.clone())).collect();
        let mut by_serial: BTreeMap<String, Vec<Device>> = BTreeMap::new();
        for device in &devices {
            by_serial.entry(device.serial_number.to_string()).or_default().push(device.clone());
        }
        let wanted: Vec<Wanted> = (1..)
            .zip(names)
            .map(|(line, name)| Wanted {
                name: name.clone(),
                place: format!("line {line}"),
                input: Vec::new(),
                status: None,
            })
            .collect();
        resolve(&wanted, &by_serial, &by_id)
    }

    fn serial(text: &str) -> Name {
        Name::Serial(text.to_owned())
    }

    #[test]
    fn a_name_that_fits_one_record_is_that_device() {
        let both = Name::Both { id: DeviceId(5), serial: "e".to_owned() };
        let chosen = resolved(&[serial("A"), Name::Id(DeviceId(4)), both, serial("G"), serial("A")]).expect("found");
        let ids: Vec<i64> = chosen.iter().map(|one| one.device.id.0.0).collect();
        assert_eq!(ids, [1, 4, 5, 6, 1]);
        assert_eq!(chosen[3].nothing_to_do.as_deref(), Some("not enrolled (Retired)"));
        assert_eq!(chosen[4].nothing_to_do.as_deref(), Some("the same device as line 1"));
    }

    #[test]
    fn everything_that_cannot_be_told_is_told_at_once() {
        let names = [
            serial("Z"),
            serial("B"),
            Name::Either("5".to_owned()),
            Name::Id(DeviceId(99)),
            Name::Both { id: DeviceId(1), serial: "B".to_owned() },
        ];
        let text = DeviceProblems(resolved(&names).expect_err("refused")).to_string();
        for expected in [
            "5 devices cannot be told",
            "no device is known as `Z` (line 1)",
            "`B` (line 2) stands for 2 records",
            "id 2: device 2, serial B, Unenrolled, last seen never",
            "`5` (line 3) stands for 2 records",
            "no device is known as `99` (line 4)",
            "device 1 has serial number `A`, not `B` (line 5)",
        ] {
            assert!(text.contains(expected), "`{expected}` in: {text}");
        }
    }
}
