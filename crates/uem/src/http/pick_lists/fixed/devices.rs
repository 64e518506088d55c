//! Every device: what it is and whose it is.

use super::List;

pub(super) const LISTS: &[List] = &[
    (
        "mdmv1/PickLists_GetDeviceCategoryList",
        &[
            ("Phone", "Phones"),
            ("Tablet", "Tablets"),
            ("Laptop", "Laptops"),
            ("Desktop", "Desktops"),
            ("Rugged", "Rugged devices"),
            ("Printer", "Printers"),
            ("SetTopBox", "Boxes at a screen"),
        ],
    ),
    (
        "mdmv1/PickLists_GetDeviceTypeList",
        &[
            ("1", "Windows Mobile"),
            ("2", "Apple iOS"),
            ("3", "BlackBerry"),
            ("5", "Android"),
            ("8", "Windows Phone"),
            ("9", "Windows 7"),
            ("10", "Apple macOS"),
            ("11", "Windows Phone 8"),
            ("12", "Windows Desktop"),
            ("14", "Apple tvOS"),
            ("15", "QNX"),
            ("16", "Chromebook"),
            ("17", "Tizen"),
            ("21", "Linux"),
        ],
    ),
    (
        "mdmv1/PickLists_GetOwnershipTypeList",
        &[
            ("C", "Corporate, one user"),
            ("S", "Corporate, shared"),
            ("E", "Employee owned"),
            ("Undefined", "Not known"),
        ],
    ),
];
