//! `POST /api/system/admins/{uuid}/password-reset-email`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Sends a mail with which an administrator sets another password.
    ResetPassword = "admins.resetpassword" is "systemv2/AdminsV2_PasswordResetEmailAsync":
        POST "/api/system/admins/{uuid}/password-reset-email" v 2 => 204, Write;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
