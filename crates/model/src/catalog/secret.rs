//! Which members of a body, and which parameters, hold what nobody may write down.

/// How their names end, without case, `_` and `-`.
const ENDINGS: [&str; 20] = [
    "password",
    "passcode",
    "passphrase",
    "passkey",
    "secret",
    "sharedkey",
    "privatekey",
    "apikey",
    "licensekey",
    "recoverykey",
    "unlockpin",
    "wipepin",
    "accesstoken",
    "refreshtoken",
    "enrollmenttoken",
    "deptoken",
    "onetimetoken",
    "certificatepayload",
    "pkcs12",
    "pfx",
];
/// Names that are too short for an ending.
const NAMES: [&str; 6] = ["pin", "token", "credential", "stoken", "apitoken", "pwd"];

/// Whether a member or a parameter of this name holds a secret, if its value is a text or a number.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    NAMES.contains(&name.as_str()) || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_secrets_and_rules_about_them_are_not() {
        for secret in ["Password", "UserPassword", "unlock_pin", "SharedSecret", "access_token", "ApiKey", "Passcode"] {
            assert!(is_secret(secret), "{secret}");
        }
        for open in
            ["MinimumPasswordLength", "PasscodeHistory", "PublicKey", "TokenId", "enrollmentTokenUuid", "Shipping"]
        {
            assert!(!is_secret(open), "{open}");
        }
    }
}
