//! Where OAuth tokens come from: tenants in the vendor's cloud get theirs from a host of their region.

use url::Url;

use crate::Error;

/// A region of the vendor's cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// Test tenants (UAT), wherever they are.
    Uat,
    /// North America.
    Na,
    /// Europe, the Middle East and Africa.
    Emea,
    /// Asia and the Pacific.
    Apac,
}

impl Region {
    pub const ALL: [Self; 4] = [Self::Uat, Self::Na, Self::Emea, Self::Apac];

    /// The word for it in settings and output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uat => "uat",
            Self::Na => "na",
            Self::Emea => "emea",
            Self::Apac => "apac",
        }
    }

    /// Where the tokens of this region's tenants are issued.
    pub fn token_url(self) -> Result<Url, Error> {
        format!("https://{}.uemauth.workspaceone.com/connect/token", self.as_str())
            .parse()
            .map_err(|error| Error::Bug(format!("a region's token URL: {error}")))
    }
}

/// Reads a region's word or an explicit `https://` URL.
pub fn token_url(text: &str) -> Result<Url, Error> {
    let text = text.trim();
    if let Some(region) = Region::ALL.into_iter().find(|region| region.as_str().eq_ignore_ascii_case(text)) {
        return region.token_url();
    }
    let known = Region::ALL.map(Region::as_str).join(", ");
    let wrong = |why: &str| Error::Invalid(format!("`{text}` is no token URL: {why}"));
    if !text.contains("://") {
        // One of the vendor's papers writes it so.
        let meant = if text.eq_ignore_ascii_case("eu") { "; `emea` is meant" } else { "" };
        return Err(wrong(&format!("write https://HOST/PATH, or a region: {known}{meant}")));
    }
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::Invalid("credentials do not belong into a token URL".to_owned()));
    }
    if matches!(url.scheme(), "https" | "http") && url.has_host() {
        Ok(url)
    } else {
        Err(wrong("it must begin with https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_host_and_everything_else_has_to_be_a_url() {
        for (given, expected) in [
            ("na", "https://na.uemauth.workspaceone.com/connect/token"),
            ("EMEA", "https://emea.uemauth.workspaceone.com/connect/token"),
            ("apac", "https://apac.uemauth.workspaceone.com/connect/token"),
            (" uat ", "https://uat.uemauth.workspaceone.com/connect/token"),
            ("https://uem.example/oauth/token", "https://uem.example/oauth/token"),
        ] {
            assert_eq!(token_url(given).expect(given).as_str(), expected);
        }
        assert!(token_url("eu").expect_err("no region").to_string().contains("emea"));
        for bad in ["", "mars", "ftp://a/b", "https://", "https://id:s3cret@a/b"] {
            let error = token_url(bad).expect_err(bad).to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
