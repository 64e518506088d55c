//! The apps of a new tenant. Versions and sizes are plausible, nothing more.

use super::installs::EVERY_PLATFORM;

/// One app in one version for one platform.
pub(super) struct Listed {
    pub(super) name: &'static str,
    pub(super) bundle: &'static str,
    pub(super) version: &'static str,
    pub(super) size_mb: i64,
    pub(super) kind: Kind,
}

/// Where an app comes from, and whether a new tenant has already given it to every device of its platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Internal,
    Public,
    /// Public, and on every device of the platform since its enrollment.
    Standard,
    /// Internal, and on every device of the platform since its enrollment.
    StandardInternal,
}

impl Kind {
    /// The word of the row.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Internal | Self::StandardInternal => "Internal",
            Self::Public | Self::Standard => "Public",
        }
    }

    pub(super) fn is_standard(self) -> bool {
        matches!(self, Self::Standard | Self::StandardInternal)
    }
}

use Kind::{Internal, Public, Standard, StandardInternal};

const fn app(name: &'static str, bundle: &'static str, version: &'static str, size_mb: i64, kind: Kind) -> Listed {
    Listed { name, bundle, version, size_mb, kind }
}

/// The platform's word, the smart group of all its devices, and its apps.
pub(super) struct Shelf {
    pub(super) platform: &'static str,
    pub(super) group: &'static str,
    pub(super) apps: &'static [Listed],
}

pub(super) const SHELVES: &[Shelf] = &[
    Shelf { platform: EVERY_PLATFORM, group: "All Devices", apps: EVERYWHERE },
    Shelf { platform: "WinRT", group: "All Windows Devices", apps: WINDOWS },
    Shelf { platform: "Apple", group: "All iOS Devices", apps: IOS },
    Shelf { platform: "Android", group: "All Android Devices", apps: ANDROID },
    Shelf { platform: "AppleOsX", group: "All macOS Devices", apps: MAC },
    Shelf { platform: "Linux", group: "All Linux Devices", apps: LINUX },
];

// The guide gives this one to all devices.
const EVERYWHERE: &[Listed] = &[app("Google Chrome", "com.google.chrome", "142.0.7444.60", 130, Internal)];

const WINDOWS: &[Listed] = &[
    app("Microsoft Office 365", "com.microsoft.office365", "16.0.19328.20190", 2600, Internal),
    app("Adobe Acrobat Reader DC", "com.adobe.reader.dc", "25.1.20693.0", 620, Internal),
    app("Workspace ONE Intelligent Hub", "com.airwatch.windowsprotectionagent", "24.10.19.0", 45, StandardInternal),
    app("Microsoft Teams", "com.microsoft.teams", "25255.703.3981.0", 280, StandardInternal),
    app("Zoom Workplace", "us.zoom.workplace", "6.2.11.50939", 110, Internal),
    app("Zoom Workplace", "us.zoom.workplace", "6.6.0.19875", 118, Internal),
    app("7-Zip", "org.7-zip", "25.01", 6, Internal),
    app("Notepad++", "org.notepad-plus-plus", "8.8.6", 8, Internal),
    app("Mozilla Firefox", "org.mozilla.firefox", "144.0.2", 75, Internal),
    app("VLC Media Player", "org.videolan.vlc", "3.0.21", 60, Internal),
    app("PuTTY", "uk.greenend.putty", "0.83", 5, Internal),
    app("Power BI Desktop", "com.microsoft.powerbi", "2.148.878.0", 780, Internal),
    app("Endpoint Sensor", "com.example.endpoint.sensor", "7.29.19707", 90, Internal),
    app("Label Printer", "com.example.labelprinter", "4.1.2", 24, Internal),
];

const IOS: &[Listed] = &[
    app("Workspace ONE Intelligent Hub", "com.air-watch.agent", "25.09", 62, Standard),
    app("Microsoft Outlook", "com.microsoft.Office.Outlook", "5.2538.0", 290, Standard),
    app("Microsoft Teams", "com.microsoft.skype.teams", "7.17.0", 310, Public),
    app("Microsoft Authenticator", "com.microsoft.azureauthenticator", "6.8.32", 95, Public),
    app("Workspace ONE Boxer", "com.air-watch.boxer", "25.08", 120, Public),
    app("Workspace ONE Web", "com.air-watch.browser", "25.07", 70, Public),
    app("Salesforce", "com.salesforce.chatter", "256.020", 180, Public),
    app("Slack", "com.tinyspeck.chatlyio", "25.10.30", 210, Public),
    app("Webex", "com.cisco.squared", "45.10", 260, Public),
    app("Expense Desk", "com.example.expenses", "3.4.0", 38, Internal),
    app("Store Companion", "com.example.store.companion", "2.9.1", 54, Internal),
    app("Site Survey", "com.example.survey", "1.12.0", 41, Internal),
];

const ANDROID: &[Listed] = &[
    app("Workspace ONE Intelligent Hub", "com.airwatch.androidagent", "25.09.0.17", 55, Standard),
    app("Microsoft Outlook", "com.microsoft.office.outlook", "4.2540.0", 110, Public),
    app("Microsoft Teams", "com.microsoft.teams", "1416/1.0.0.2025173", 190, Public),
    app("Microsoft Authenticator", "com.azure.authenticator", "6.2509.6324", 90, Public),
    app("Workspace ONE Boxer", "com.boxer.email", "25.08.0.8", 85, Public),
    app("Slack", "com.Slack", "25.10.50.0", 120, Public),
    app("Salesforce", "com.salesforce.chatter", "256.020.0", 130, Public),
    app("Warehouse Scanner", "com.example.warehouse.scanner", "5.3.7", 28, Internal),
    app("Warehouse Scanner", "com.example.warehouse.scanner", "5.4.0", 29, Internal),
    app("Delivery Route", "com.example.delivery", "2.2.0", 47, Internal),
    app("Price Check", "com.example.pricecheck", "1.8.3", 19, Internal),
    app("Device Diagnostics", "com.example.diagnostics", "3.0.1", 12, Internal),
];

const MAC: &[Listed] = &[
    app("Workspace ONE Intelligent Hub", "com.vmware.hub.mac", "24.11.1", 95, StandardInternal),
    app("Microsoft 365 for Mac", "com.microsoft.office.suite", "16.102.25101223", 2300, Internal),
    app("Microsoft Teams", "com.microsoft.teams2", "25255.1306.3991.1", 520, Internal),
    app("Zoom Workplace", "us.zoom.xos", "6.6.6.67409", 160, Internal),
    app("Slack", "com.tinyspeck.slackmacgap", "4.46.101", 240, Internal),
    app("Mozilla Firefox", "org.mozilla.firefox", "144.0.2", 150, Internal),
    app("Visual Studio Code", "com.microsoft.VSCode", "1.105.1", 260, Internal),
    app("Endpoint Sensor", "com.example.endpoint.sensor.mac", "7.29.20103", 120, Internal),
    app("1Password", "com.1password.1password", "8.11.16", 310, Internal),
    app("Figma", "com.figma.Desktop", "125.9.10", 230, Internal),
    app("Docker Desktop", "com.docker.docker", "4.49.0", 1700, Internal),
    app("Rectangle", "com.knollsoft.Rectangle", "0.91", 12, Internal),
];

const LINUX: &[Listed] = &[
    app("Workspace ONE Intelligent Hub", "com.vmware.hub.linux", "24.06", 60, StandardInternal),
    app("Visual Studio Code", "com.visualstudio.code", "1.105.1", 230, Internal),
    app("Endpoint Sensor", "com.example.endpoint.sensor.linux", "7.28.18102", 85, Internal),
];
