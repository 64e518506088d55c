//! Windows, on desks and in the hand: certificates, updates, encryption and Wi-Fi.

use super::List;

pub(super) const LISTS: &[List] = &[
    (
        "mdmv1/PickLists_GetCertificateStoreForWindowsMobile",
        &[("Root", "Trusted roots"), ("CA", "Intermediate authorities"), ("My", "Personal")],
    ),
    (
        "mdmv1/PickLists_GetCredentialSourceForWindowsMobile",
        &[
            ("Upload", "Upload"),
            ("DefinedCertificateAuthority", "Defined Certificate Authority"),
            ("UserCertificate", "User Certificate"),
        ],
    ),
    (
        "mdmv1/PickLists_GetSecurityTypeForWindowsMobileWifi",
        &[
            ("Open", "Open"),
            ("WEP", "WEP"),
            ("WPAPSK", "WPA, personal"),
            ("WPA2PSK", "WPA2, personal"),
            ("WPA", "WPA, enterprise"),
            ("WPA2", "WPA2, enterprise"),
        ],
    ),
    (
        "mdmv1/PickLists_GetCredentialCertificateStoreForWindowsPc",
        &[
            ("Root", "Trusted roots"),
            ("CA", "Intermediate authorities"),
            ("My", "Personal"),
            ("TrustedPublisher", "Trusted publishers"),
            ("TrustedPeople", "Trusted people"),
        ],
    ),
    (
        "mdmv1/PickLists_GetCredentialSourceForWindowsPc",
        &[
            ("Upload", "Upload"),
            ("DefinedCertificateAuthority", "Defined Certificate Authority"),
            ("UserCertificate", "User Certificate"),
        ],
    ),
    ("mdmv1/PickLists_GetCredentialStoreLocationForWindowsPc", &[("Machine", "Computer"), ("User", "Signed-in user")]),
    (
        "mdmv1/PickLists_GetEncryptedVolumeForWindowsPc",
        &[("SystemDrive", "System drive"), ("AllFixedDrives", "All fixed drives")],
    ),
    (
        "mdmv1/PickLists_GetImportantUpdatesForWindowsPc",
        &[
            ("1", "Never look for updates"),
            ("2", "Look and tell"),
            ("3", "Download and ask"),
            ("4", "Download and install"),
        ],
    ),
    (
        "mdmv1/PickLists_GetWindowsUpdateSourceForWindowsPc",
        &[("MicrosoftUpdate", "Microsoft"), ("WSUS", "Own update server")],
    ),
    ("mdmv1/PickLists_GetWifiConnectionModeForWindowsPc", &[("auto", "By itself"), ("manual", "By hand")]),
    ("mdmv1/PickLists_GetWifiConnectionTypeForWindowsPc", &[("ESS", "Infrastructure"), ("IBSS", "Device to device")]),
    (
        "mdmv1/PickLists_GetWifiEncryptionForWindowsPc",
        &[("none", "None"), ("WEP", "WEP"), ("TKIP", "TKIP"), ("AES", "AES"), ("GCMP256", "GCMP, 256 bits")],
    ),
    (
        "mdmv1/PickLists_GetWifiSecurityTypeForWindowsPc",
        &[
            ("Open", "Open"),
            ("Shared", "Shared key"),
            ("WPAPSK", "WPA, personal"),
            ("WPA2PSK", "WPA2, personal"),
            ("WPA3SAE", "WPA3, personal"),
            ("WPA", "WPA, enterprise"),
            ("WPA2", "WPA2, enterprise"),
        ],
    ),
];
