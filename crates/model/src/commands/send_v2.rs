//! `POST /api/mdm/devices/{deviceUuid}/commands/{commandName}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What a command needs besides its name.
    CommandSettings {
        allow_pin_at_startup: Option<bool> = "AllowPinAtStartup",
        activate: Option<bool> = "activate",
        activation_code: Option<String> = "activation_code",
        device_wipe: Option<WipeSettings> = "deviceWipe",
        device_restart: Option<RestartSettings> = "device_restart",
        enterprise_wipe: Option<EnterpriseWipeSettings> = "enterpriseWipe",
        esim_url: Option<String> = "esim_url",
        managed_apple_id: Option<String> = "managed_apple_id",
        message: Option<String> = "message",
        reboot_count: Option<i64> = "reboot_count",
        sensor_names: Option<Vec<String>> = "sensor_names",
        unlock_pin: Option<i64> = "unlock_pin",
        work_passcode: Option<bool> = "workPasscode",
    }

    /// How to wipe.
    WipeSettings {
        device_profile_id: Option<i64> = "deviceProfileId",
        disable_activation_key: Option<bool> = "disableActivationKey",
        disallow_proximity_setup: Option<bool> = "disallowProximitySetup",
        preserve_data_plan: Option<bool> = "preserveDataPlan",
        release_device: Option<bool> = "releaseDevice",
        remove_esims: Option<bool> = "removeEsims",
        return_to_service: Option<bool> = "returnToService",
        use_ethernet: Option<bool> = "useEthernet",
        wipe_type: Option<String> = "wipeType",
    }

    /// How to restart.
    RestartSettings {
        kext_paths: Option<Vec<String>> = "kext_paths",
        rebuild_kernel_cache: Option<bool> = "rebuild_kernel_cache",
    }

    /// How to remove what is the company's.
    EnterpriseWipeSettings {
        release_device: Option<bool> = "releaseDevice",
    }
}

endpoint! {
    /// Queues a command with its settings. Classed by the worst command that it accepts.
    SendV2 = "devices.commands.v2" is "mdmv2/CommandsV2_ExecuteAsync":
        POST "/api/mdm/devices/{deviceUuid}/commands/{commandName}" v 2 => 202, Destroy;
    path: (Uuid, String); query: Nothing; body: CommandSettings; answer: Nothing, or empty;
}
