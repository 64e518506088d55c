//! Macs: mail, network, restrictions and VPN.

use super::List;

pub(super) const LISTS: &[List] = &[
    (
        "mdmv1/PickLists_GetCredentialSourceForAppleOsX",
        &[
            ("Upload", "Upload"),
            ("DefinedCertificateAuthority", "Defined Certificate Authority"),
            ("UserCertificate", "User Certificate"),
        ],
    ),
    ("mdmv1/PickLists_GetEmailAccountTypeForAppleOsX", &[("EmailTypeIMAP", "IMAP"), ("EmailTypePOP", "POP3")]),
    (
        "mdmv1/PickLists_GetEmailAuthenticationTypeForAppleOsX",
        &[
            ("None", "None"),
            ("Password", "Password"),
            ("CRAMMD5", "MD5 challenge and response"),
            ("NTLM", "NTLM"),
            ("HTTPMD5", "HTTP MD5 digest"),
        ],
    ),
    (
        "mdmv1/PickLists_GetNetworkInnerIdentityForAppleOsX",
        &[("PAP", "PAP"), ("CHAP", "CHAP"), ("MSCHAP", "MS-CHAP"), ("MSCHAPv2", "MS-CHAP v2"), ("EAP", "EAP")],
    ),
    (
        "mdmv1/PickLists_GetNetworkInterfaceForAppleOsX",
        &[
            ("WiFi", "Wi-Fi"),
            ("FirstActiveEthernet", "First active Ethernet"),
            ("FirstEthernet", "First Ethernet"),
            ("SecondEthernet", "Second Ethernet"),
            ("ThirdEthernet", "Third Ethernet"),
            ("AnyEthernet", "Any Ethernet"),
        ],
    ),
    (
        "mdmv1/PickLists_GetNetworkProxyTypesForAppleOsX",
        &[("None", "None"), ("Manual", "By hand"), ("Auto", "By a configuration file")],
    ),
    (
        "mdmv1/PickLists_GetNetworkSecurityTypeForAppleOsX",
        &[
            ("None", "Open"),
            ("WEP", "WEP"),
            ("WPA", "WPA or WPA2, personal"),
            ("WPA3", "WPA3, personal"),
            ("DynamicWEP", "Dynamic WEP"),
            ("WPAEnterprise", "WPA, enterprise"),
            ("WPA2Enterprise", "WPA2, enterprise"),
            ("WPA3Enterprise", "WPA3, enterprise"),
        ],
    ),
    (
        "mdmv1/PickLists_GetPasscodeAutoLockForAppleOsX",
        &[
            ("0", "Never"),
            ("2", "2 minutes"),
            ("3", "3 minutes"),
            ("5", "5 minutes"),
            ("10", "10 minutes"),
            ("15", "15 minutes"),
            ("30", "30 minutes"),
            ("60", "60 minutes"),
        ],
    ),
    (
        "mdmv1/PickLists_GetRestrictionAllowedApplicationsForAppleOsX",
        &[
            ("com.apple.AppStore", "App Store"),
            ("com.apple.Safari", "Safari"),
            ("com.apple.mail", "Mail"),
            ("com.apple.iCal", "Calendar"),
            ("com.apple.AddressBook", "Contacts"),
            ("com.apple.FaceTime", "FaceTime"),
            ("com.apple.Photos", "Photos"),
            ("com.apple.Music", "Music"),
            ("com.apple.Terminal", "Terminal"),
        ],
    ),
    (
        "mdmv1/PickLists_GetRestrictionAllowedWidgetsForAppleOsX",
        &[
            ("Calculator", "Calculator"),
            ("Calendar", "Calendar"),
            ("Clock", "World clock"),
            ("Dictionary", "Dictionary"),
            ("Stickies", "Notes"),
            ("Stocks", "Stocks"),
            ("Weather", "Weather"),
        ],
    ),
    (
        "mdmv1/PickLists_GetVpnEncryptionLevelForAppleOsX",
        &[("None", "None"), ("Automatic", "Automatic"), ("Maximum", "Maximum, 128 bits")],
    ),
    (
        "mdmv1/PickLists_GetVpnMachineAuthenticationForAppleOsX",
        &[("SharedSecret", "Shared secret"), ("Certificate", "Certificate")],
    ),
    (
        "mdmv1/PickLists_GetVpnOnDemandTypeForAppleOsX",
        &[("Always", "Always"), ("Never", "Never"), ("IfNeeded", "Where it is needed")],
    ),
    (
        "mdmv1/PickLists_GetVpnProxyForAppleOsXPlatform",
        &[("None", "None"), ("Manual", "By hand"), ("Auto", "By a configuration file")],
    ),
];
