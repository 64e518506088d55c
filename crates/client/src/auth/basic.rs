//! An administrator's name and password, with the tenant's API key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::{Authorization, sensitive};
use crate::Error;

pub(super) fn authorization(
    username: &str,
    password: &SecretString,
    tenant_code: &SecretString,
) -> Result<Authorization, Error> {
    // A colon in the name would move the boundary between name and password.
    if username.contains(':') {
        return Err(Error::Invalid("a user name for Basic authentication cannot contain `:`".to_owned()));
    }
    let pair = STANDARD.encode(format!("{username}:{}", password.expose_secret()));
    let mut header = HeaderValue::try_from(format!("Basic {pair}"))
        .map_err(|_| Error::Bug("Base64 does not fit into a header".to_owned()))?;
    header.set_sensitive(true);
    Ok(Authorization { header: Some(header), tenant_code: Some(sensitive(tenant_code)?), generation: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed_and_a_key_is_sent_verbatim() {
        let (password, code) = ("s3cret".to_owned().into(), "a/b+c==".to_owned().into());
        let authorization = authorization("DOMAIN\\üser", &password, &code).expect("fits");
        let printed = format!("{authorization:?}");
        assert!(!printed.contains("s3cret") && !printed.contains("a/b+c") && !printed.contains("Basic "), "{printed}");
        assert_eq!(authorization.tenant_code.expect("a code").as_bytes(), b"a/b+c==");
    }
}
