//! `GET /api/mdm/devices/devicecountinfo`, version 2.

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    CountsQuery {
        oguuid: Option<String> = "oguuid",
    }

    /// How many devices there are, by several measures.
    CountSummary {
        enrollment_status: Option<ByStatus> = "EnrollmentStatus",
        ownership: Option<ByOwnership> = "Ownership",
        platforms: Option<ByPlatform> = "Platforms",
        security: Option<BySecurity> = "Security",
        total_devices: Option<i64> = "TotalDevices",
    }

    /// Devices by enrollment status.
    ByStatus {
        enrolled: Option<i64> = "Enrolled",
        registered: Option<i64> = "Registered",
        unenrolled: Option<i64> = "Unenrolled",
    }

    /// Devices by owner.
    ByOwnership {
        corporate_dedicated: Option<i64> = "CorporateDedicated",
        corporate_shared: Option<i64> = "CorporateShared",
        employee_owned: Option<i64> = "EmployeeOwned",
        undefined: Option<i64> = "Undefined",
    }

    /// Devices by platform.
    ByPlatform {
        android: Option<i64> = "Android",
        apple: Option<i64> = "Apple",
        apple_os_x: Option<i64> = "AppleOsX",
        apple_tv: Option<i64> = "AppleTv",
        apple_vision: Option<i64> = "AppleVision",
        athena: Option<i64> = "Athena",
        chrome_book: Option<i64> = "ChromeBook",
        iot_device: Option<i64> = "IOTDevice",
        iot_gateway: Option<i64> = "IOTGateway",
        linux: Option<i64> = "Linux",
        max_type_value: Option<i64> = "MaxTypeValue",
        motorola: Option<i64> = "Motorola",
        qnx: Option<i64> = "QNX",
        windows_mobile: Option<i64> = "WindowsMobile",
        windows_pc: Option<i64> = "WindowsPC",
        windows_phone: Option<i64> = "WindowsPhone",
        windows_phone8: Option<i64> = "WindowsPhone8",
        windows_rt: Option<i64> = "WindowsRT",
    }

    /// Devices that are not safe, by reason.
    BySecurity {
        compromised: Option<i64> = "Compromised",
        no_passcode: Option<i64> = "NoPasscode",
        not_encrypted: Option<i64> = "NotEncrypted",
    }
}

endpoint! {
    /// How many devices there are by platform, ownership, status and security.
    Counts = "devices.counts" is "mdmv2/DevicesV2_GetDeviceCountDetailsByOGUUID":
        GET "/api/mdm/devices/devicecountinfo" v 2, Read;
    path: (); query: CountsQuery; body: Nothing; answer: CountSummary;
}
