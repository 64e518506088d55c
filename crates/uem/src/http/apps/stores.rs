//! The world outside: stores and the repository of ready-made packages, as far as this tenant knows them. What is
//! bought, approved or imported from there becomes an app of the tenant.

/// Something that a store has.
pub(super) struct Item {
    pub(super) name: &'static str,
    pub(super) bundle: &'static str,
    pub(super) publisher: &'static str,
    /// Oldest first.
    pub(super) versions: &'static [&'static str],
    pub(super) size_mb: i64,
    /// The store's own number, where it has numbers.
    pub(super) number: i64,
    /// Licences that the organization bought.
    pub(super) licenses: i64,
    /// Keys of its managed configuration, with their types.
    pub(super) keys: &'static [(&'static str, &'static str)],
}

impl Item {
    pub(super) fn newest(&self) -> &'static str {
        self.versions.last().copied().unwrap_or_default()
    }
}

const fn item(
    name: &'static str,
    bundle: &'static str,
    publisher: &'static str,
    versions: &'static [&'static str],
    size_mb: i64,
    number: i64,
    licenses: i64,
) -> Item {
    Item { name, bundle, publisher, versions, size_mb, number, licenses, keys: &[] }
}

const fn keyed(mut item: Item, keys: &'static [(&'static str, &'static str)]) -> Item {
    item.keys = keys;
    item
}

const OUTLOOK: &[(&str, &str)] = &[
    ("com.microsoft.outlook.EmailProfile.EmailAccountName", "STRING"),
    ("com.microsoft.outlook.EmailProfile.EmailAddress", "STRING"),
    ("com.microsoft.outlook.EmailProfile.EmailUPN", "STRING"),
    ("com.microsoft.outlook.EmailProfile.ServerAuthentication", "STRING"),
    ("IntuneMAMAllowedAccountsOnly", "STRING"),
];
const CHROME: &[(&str, &str)] = &[
    ("HomepageLocation", "STRING"),
    ("IncognitoModeAvailability", "CHOICE"),
    ("PasswordManagerEnabled", "BOOLEAN"),
    ("URLBlocklist", "STRING"),
];

/// For iPhones and iPads.
pub(super) const APPLE: &[Item] = &[
    keyed(
        item("Microsoft Outlook", "com.microsoft.Office.Outlook", "Microsoft", &["5.2538.0"], 290, 951_937_596, 0),
        OUTLOOK,
    ),
    item("Microsoft Teams", "com.microsoft.skype.teams", "Microsoft", &["7.17.0"], 310, 1_113_153_706, 0),
    item("Workspace ONE Boxer", "com.air-watch.boxer", "Omnissa", &["25.08"], 120, 1_041_177_898, 0),
    item("Slack", "com.tinyspeck.chatlyio", "Slack Technologies", &["25.10.30"], 210, 618_783_545, 0),
    item("Webex", "com.cisco.squared", "Cisco", &["45.10"], 260, 833_967_564, 0),
    item("Adobe Acrobat Reader", "com.adobe.Adobe-Reader", "Adobe", &["25.10.1"], 230, 469_337_564, 0),
    item("Prompt 3", "com.panic.Prompt.iOS.3", "Panic", &["3.1.8", "3.1.9"], 42, 1_594_420_480, 60),
    item(
        "Numbers Pro Calculator",
        "com.example.numbers.pro",
        "Example Works",
        &["4.0.2", "4.1.0"],
        18,
        1_500_000_001,
        250,
    ),
    item("Blueprint Viewer", "com.example.blueprint", "Example Works", &["8.2.0", "8.3.1"], 96, 1_500_000_002, 120),
    item("Inspection Lists", "com.example.inspection", "Example Works", &["2.6.0", "2.6.4"], 33, 1_500_000_003, 500),
];

/// For Android, managed.
pub(super) const GOOGLE: &[Item] = &[
    keyed(item("Microsoft Outlook", "com.microsoft.office.outlook", "Microsoft", &["4.2540.0"], 110, 0, 0), OUTLOOK),
    keyed(item("Google Chrome", "com.android.chrome", "Google", &["142.0.7444.48"], 180, 0, 0), CHROME),
    item("Adobe Acrobat Reader", "com.adobe.reader", "Adobe", &["25.10.0"], 130, 0, 0),
    item("Webex", "com.cisco.wx2.android", "Cisco", &["45.10.0"], 190, 0, 0),
    item("Zebra Scanner Control", "com.zebra.scannercontrol.app", "Zebra Technologies", &["2.6.22.0"], 21, 0, 0),
    item("Workspace ONE Assist", "com.aetherpal.attdh.zebra", "Omnissa", &["25.06.1"], 38, 0, 0),
    item("Google Keep", "com.google.android.keep", "Google", &["5.25.412"], 24, 0, 0),
];

/// For Windows.
pub(super) const WINDOWS: &[Item] = &[
    item("Company Portal", "Microsoft.CompanyPortal_8wekyb3d8bbwe", "Microsoft", &["11.2.1495.0"], 70, 0, 0),
    item("Windows Terminal", "Microsoft.WindowsTerminal_8wekyb3d8bbwe", "Microsoft", &["1.23.12811.0"], 32, 0, 0),
    item("Microsoft Whiteboard", "Microsoft.Whiteboard_8wekyb3d8bbwe", "Microsoft", &["55.11103.542.0"], 90, 0, 0),
    item("Adobe Acrobat Reader DC", "AdobeAcrobatReaderCoreApp_pc75e8sa7ep4e", "Adobe", &["25.1.20693.0"], 620, 0, 0),
    item("Slack", "91750D7E.Slack_8she8kybcnzg4", "Slack Technologies", &["4.46.101.0"], 150, 0, 0),
];

/// Ready-made packages: platform, and what it is.
pub(super) const REPOSITORY: &[(&str, Item)] = &[
    ("WinRT", item("7-Zip", "7zip.7zip", "Igor Pavlov", &["24.09", "25.01"], 6, 0, 0)),
    ("WinRT", item("Notepad++", "Notepad++.Notepad++", "Notepad++ Team", &["8.8.5", "8.8.6"], 8, 0, 0)),
    ("WinRT", item("Mozilla Firefox", "Mozilla.Firefox", "Mozilla", &["143.0.4", "144.0.2"], 75, 0, 0)),
    ("WinRT", item("VLC media player", "VideoLAN.VLC", "VideoLAN", &["3.0.20", "3.0.21"], 60, 0, 0)),
    ("WinRT", item("Zoom Workplace", "Zoom.Zoom", "Zoom Communications", &["6.5.12", "6.6.0"], 118, 0, 0)),
    ("WinRT", item("PuTTY", "PuTTY.PuTTY", "Simon Tatham", &["0.82", "0.83"], 5, 0, 0)),
    ("WinRT", item("Git", "Git.Git", "The Git Development Community", &["2.50.1", "2.51.2"], 65, 0, 0)),
    (
        "AppleOsX",
        item("Visual Studio Code", "Microsoft.VisualStudioCode.Mac", "Microsoft", &["1.104.3", "1.105.1"], 260, 0, 0),
    ),
    (
        "AppleOsX",
        item("Slack", "SlackTechnologies.Slack.Mac", "Slack Technologies", &["4.45.69", "4.46.101"], 240, 0, 0),
    ),
    ("AppleOsX", item("Rectangle", "Knollsoft.Rectangle.Mac", "Ryan Hanson", &["0.90", "0.91"], 12, 0, 0)),
];

/// What a store has under a text.
pub(super) fn search<'a>(shelf: &'a [Item], text: &str) -> impl Iterator<Item = &'a Item> {
    let text = text.to_lowercase();
    shelf.iter().filter(move |item| item.name.to_lowercase().contains(&text) || item.bundle.to_lowercase() == text)
}

/// The item of a bundle id for a platform.
pub(super) fn find(platform: &str, bundle: &str) -> Option<&'static Item> {
    let shelf = match platform {
        "Apple" => APPLE,
        "Android" => GOOGLE,
        "WinRT" => WINDOWS,
        _ => return None,
    };
    shelf.iter().find(|item| item.bundle.eq_ignore_ascii_case(bundle))
}
