//! iPhones and iPads: mail, passcodes, ratings, Wi-Fi and VPN.

use super::List;

pub(super) const LISTS: &[List] = &[
    (
        "mdmv1/PickLists_GetCredentialSmimeForApple",
        &[
            ("None", "None"),
            ("Signing", "Signing"),
            ("Encryption", "Encryption"),
            ("Signingandencryption", "Signing and encryption"),
        ],
    ),
    (
        "mdmv1/PickLists_GetCredentialSourceForApple",
        &[
            ("Upload", "Upload"),
            ("DefinedCertificateAuthority", "Defined Certificate Authority"),
            ("UserCertificate", "User Certificate"),
            ("DerivedCredentials", "Derived credentials"),
        ],
    ),
    ("mdmv1/PickLists_GetEasAwEmailClientComplexityForApple", &[("0", "Simple"), ("1", "Letters and numbers")]),
    (
        "mdmv1/PickLists_GetEasAwEmailClientEmailNotificationsForApple",
        &[
            ("0", "None"),
            ("1", "Notice only"),
            ("2", "Sender"),
            ("3", "Sender and subject"),
            ("4", "Sender, subject and beginning"),
        ],
    ),
    (
        "mdmv1/PickLists_GetEasAwEmailClientHistoryForApple",
        &[
            ("0", "None"),
            ("1", "The last 1"),
            ("2", "The last 2"),
            ("3", "The last 3"),
            ("5", "The last 5"),
            ("10", "The last 10"),
            ("20", "The last 20"),
        ],
    ),
    (
        "mdmv1/PickLists_GetEasAwEmailClientMaxNumberOfFailedAttemptsForApple",
        &[
            ("4", "4 attempts"),
            ("5", "5 attempts"),
            ("6", "6 attempts"),
            ("7", "7 attempts"),
            ("8", "8 attempts"),
            ("9", "9 attempts"),
            ("10", "10 attempts"),
            ("11", "11 attempts"),
            ("12", "12 attempts"),
            ("13", "13 attempts"),
            ("14", "14 attempts"),
            ("15", "15 attempts"),
            ("16", "16 attempts"),
        ],
    ),
    (
        "mdmv1/PickLists_GetEasAwEmailClientPasscodeTypeForApple",
        &[("0", "None"), ("1", "Passcode"), ("2", "Name and password")],
    ),
    (
        "mdmv1/PickLists_GetEasAwEmailClientPastDaysOfCalendarToSyncForApple",
        &[("0", "No limit"), ("14", "Two weeks"), ("31", "One month"), ("93", "Three months"), ("186", "Six months")],
    ),
    (
        "mdmv1/PickLists_GetEasAwEmailClientPastDaysOfMailToSyncForApple",
        &[
            ("0", "No limit"),
            ("1", "One day"),
            ("3", "Three days"),
            ("7", "One week"),
            ("14", "Two weeks"),
            ("31", "One month"),
        ],
    ),
    (
        "mdmv1/PickLists_GetEasAwEmailClientSyncIntervalForApple",
        &[("0", "By hand"), ("5", "5 minutes"), ("15", "15 minutes"), ("30", "30 minutes"), ("60", "60 minutes")],
    ),
    (
        "mdmv1/PickLists_GetEasPastDaysOfMailToSyncForApple",
        &[
            ("0", "No limit"),
            ("1", "One day"),
            ("3", "Three days"),
            ("7", "One week"),
            ("14", "Two weeks"),
            ("31", "One month"),
        ],
    ),
    ("mdmv1/PickLists_GetEmailAccountTypeForApple", &[("EmailTypeIMAP", "IMAP"), ("EmailTypePOP", "POP3")]),
    (
        "mdmv1/PickLists_GetVpnEncryptionLevelForApple",
        &[("None", "None"), ("Automatic", "Automatic"), ("Maximum", "Maximum, 128 bits")],
    ),
    (
        "mdmv1/PickLists_GetIncomingMailServerAuthenticationForApple",
        &[
            ("None", "None"),
            ("Password", "Password"),
            ("CRAMMD5", "MD5 challenge and response"),
            ("NTLM", "NTLM"),
            ("HTTPMD5", "HTTP MD5 digest"),
        ],
    ),
    (
        "mdmv1/PickLists_GetMachineAuthenticationForApple",
        &[("SharedSecret", "Shared secret"), ("Certificate", "Certificate")],
    ),
    (
        "mdmv1/PickLists_GetOutgoingMailServerAuthenticationForApple",
        &[
            ("None", "None"),
            ("Password", "Password"),
            ("CRAMMD5", "MD5 challenge and response"),
            ("NTLM", "NTLM"),
            ("HTTPMD5", "HTTP MD5 digest"),
        ],
    ),
    (
        "mdmv1/PickLists_GetPasscodeAutoLockForApple",
        &[
            ("0", "Never"),
            ("1", "1 minute"),
            ("2", "2 minutes"),
            ("3", "3 minutes"),
            ("4", "4 minutes"),
            ("5", "5 minutes"),
            ("10", "10 minutes"),
            ("15", "15 minutes"),
        ],
    ),
    (
        "mdmv1/PickLists_GetPasscodeGracePeriodForApple",
        &[
            ("0", "At once"),
            ("1", "1 minute"),
            ("5", "5 minutes"),
            ("15", "15 minutes"),
            ("60", "60 minutes"),
            ("240", "240 minutes"),
        ],
    ),
    (
        "mdmv1/PickLists_GetProxyTypeForApple",
        &[("None", "None"), ("Manual", "By hand"), ("Auto", "By a configuration file")],
    ),
    (
        "mdmv1/PickLists_GetRatingAppsForApple",
        &[
            ("0", "None"),
            ("100", "From 4 years"),
            ("200", "From 9 years"),
            ("300", "From 12 years"),
            ("600", "From 17 years"),
            ("1000", "All"),
        ],
    ),
    (
        "mdmv1/PickLists_GetRatingRegionForApple",
        &[
            ("us", "United States"),
            ("au", "Australia"),
            ("ca", "Canada"),
            ("de", "Germany"),
            ("fr", "France"),
            ("ie", "Ireland"),
            ("jp", "Japan"),
            ("nz", "New Zealand"),
            ("gb", "United Kingdom"),
        ],
    ),
    ("mdmv1/PickLists_GetSafariAcceptCookiesForApple", &[("0", "Never"), ("1", "From visited pages"), ("2", "Always")]),
    (
        "mdmv1/PickLists_GetUserAuthenticationTypeForApple",
        &[("Password", "Password"), ("Certificate", "Certificate"), ("RSASecurID", "Token")],
    ),
    (
        "mdmv1/PickLists_GetVpnAuthenticationMethodForApple",
        &[("SharedSecret", "Shared secret"), ("Certificate", "Certificate")],
    ),
    (
        "mdmv1/PickLists_GetInnerIdentityForApple",
        &[("PAP", "PAP"), ("CHAP", "CHAP"), ("MSCHAP", "MS-CHAP"), ("MSCHAPv2", "MS-CHAP v2"), ("EAP", "EAP")],
    ),
    (
        "mdmv1/PickLists_GetWifiProxyTypeForApple",
        &[("None", "None"), ("Manual", "By hand"), ("Auto", "By a configuration file")],
    ),
    (
        "mdmv1/PickLists_GetWifiSecurityTypeForApple",
        &[
            ("None", "Open"),
            ("WEP", "WEP"),
            ("WPA", "WPA, personal"),
            ("WPA2", "WPA2, personal"),
            ("WPA3", "WPA3, personal"),
            ("Any", "Any, personal"),
            ("WEPEnterprise", "WEP, enterprise"),
            ("WPAEnterprise", "WPA, enterprise"),
            ("WPA2Enterprise", "WPA2, enterprise"),
            ("WPA3Enterprise", "WPA3, enterprise"),
            ("AnyEnterprise", "Any, enterprise"),
        ],
    ),
];
