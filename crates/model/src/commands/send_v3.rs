//! `POST /api/mdm/devices/{deviceUuid}/commands/{commandName}`, version 3.

use uuid::Uuid;

use super::CommandBody;
use crate::endpoint::{Nothing, endpoint};
use crate::record::{Hidden, record};

record! {
    /// What a command needs besides its name.
    CommandSettingsV3 {
        custom_mdm_command: Option<CommandBody> = "custom_mdm_command",
        device_wipe: Option<WipeSettingsV3> = "device_wipe",
        set_recovery_lock: Option<RecoveryLockSettings> = "set_recovery_lock",
    }

    /// How to wipe.
    WipeSettingsV3 {
        obliteration_behavior: Option<String> = "obliteration_behavior",
        wipe_pin: Option<i64> = "wipe_pin",
    }

    /// How to lock the recovery of a Mac.
    RecoveryLockSettings {
        clear_password: Option<bool> = "clear_password",
        current_password: Option<Hidden> = "current_password",
        password_policy: Option<PasswordPolicy> = "password_policy",
    }

    /// What a generated password is made of.
    PasswordPolicy {
        include_letters: Option<bool> = "include_letters",
        include_numbers: Option<bool> = "include_numbers",
        include_special_characters: Option<bool> = "include_special_characters",
        length: Option<i64> = "length",
    }
}

endpoint! {
    /// Queues a command with its settings. Classed by the worst command that it accepts.
    SendV3 = "devices.commands.v3" is "mdmv3/CommandsV3_ExecuteAsync":
        POST "/api/mdm/devices/{deviceUuid}/commands/{commandName}" v 3 => 202, Destroy;
    path: (Uuid, String); query: Nothing; body: CommandSettingsV3; answer: Nothing, or empty;
}
