//! What an operation takes and gives where it is not JSON. The documents say it in words only.

use super::call::Part;
use super::facts::Operation;
use crate::endpoint::Method;

/// What an operation takes besides its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    Nothing,
    Json,
    /// JSON by another name.
    Scim,
    /// A file as it is.
    Bytes,
    /// A form with files.
    Form,
}

/// Operations that take a file.
const FILES: [&str; 9] = [
    "mamv1/BlobsV1_UploadBlobAsync",
    "mamv2/BlobsV2_UploadBlobAsync",
    "mamv1/Chunk_ChunkAsync",
    "mcmv1/AwContents_UploadFileAsync",
    "mdmv1/ProfilesV1_UploadProfileCertificate",
    "mdmv3/EnrollmentTokenV3_UploadEnrollmentTokensAsync",
    "mdmv3/ProfilesV3_UploadProfilePayload",
    "mamv2/InternalAppsV2_RenewProvisioningProfile",
    "systemv1/UsersBatchesV1_BatchImportAsyncAsync",
];
/// Operations that take a form.
const FORMS: [&str; 1] = ["mdmv1/WorkflowImportExportV1_ImportWorkflowAsync"];
/// Operations that take JSON whose members nobody lists.
const OPEN: [&str; 2] = ["mdmv2/ProfilesV2_CreateProfileResourceAsync", "mdmv2/ProfilesV2_UpdateProfileResourceAsync"];
/// Operations that answer with a file, and its kind.
const DOWNLOADS: [(&str, &str); 9] = [
    ("mamv1/BlobsV1_DownloadBlobAsync", "application/octet-stream"),
    ("mamv2/BlobsV2_DownloadBlobAsync", "application/octet-stream"),
    ("mamv1/MacOsAppsV1_DownloadMacOsApplicationMetadata", "application/octet-stream"),
    ("mcmv1/AwContents_DownloadFile", "application/octet-stream"),
    ("mdmv1/DeviceEnrollmentProgramV1_GetDepCertificateAsync", "application/x-pem-file"),
    ("mdmv1/DeviceProvisioningV1_DownloadDeviceProvisioningFile", "application/octet-stream"),
    ("mdmv1/StagingV1_GenerateQrCodePdfFile", "application/pdf"),
    ("mdmv2/StagingV2_GenerateQrCodePdfFile", "application/pdf"),
    ("mdmv1/WorkflowImportExportJobsV1_DownloadWorkflowExportsAsync", "application/zip"),
];

impl Media {
    /// As it stands in `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> String {
        match self {
            Self::Bytes => "application/octet-stream",
            Self::Scim => "application/scim+json",
            Self::Form => "multipart/form-data",
            Self::Json | Self::Nothing => "application/json",
        }
        .to_owned()
    }

    /// In words, for people.
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Json | Self::Scim => "JSON",
            Self::Bytes => "a file as it is",
            Self::Form => "a form with files",
        }
    }
}

impl Operation {
    /// What it takes besides its parameters.
    #[must_use]
    pub fn media(&self) -> Media {
        let key = self.key.as_str();
        if FILES.contains(&key) {
            Media::Bytes
        } else if FORMS.contains(&key) {
            Media::Form
        } else if self.body.is_some() && self.path.contains("/scim/") {
            Media::Scim
        } else if (self.body.is_some() && self.method != Method::Get) || OPEN.contains(&key) {
            Media::Json
        } else {
            Media::Nothing
        }
    }

    /// The kind of file that it answers with, if it does.
    #[must_use]
    pub fn download(&self) -> Option<&'static str> {
        DOWNLOADS.iter().find(|(key, _)| *key == self.key).map(|(_, kind)| *kind)
    }

    /// What `Accept` says: the kind of answer and the version.
    #[must_use]
    pub fn accept(&self) -> String {
        let kind = if self.path.contains("/scim/") { "application/scim+json" } else { "application/json" };
        format!("{};version={}", self.download().unwrap_or(kind), self.version)
    }
}

/// A boundary that no part contains.
pub(super) fn boundary(parts: &[Part]) -> String {
    let within = |boundary: &str| {
        let boundary = boundary.as_bytes();
        parts.iter().any(|part| part.bytes.windows(boundary.len()).any(|window| window == boundary))
    };
    let mut number = 0_u32;
    loop {
        let boundary = format!("muster-{number:08x}");
        if !within(&boundary) {
            return boundary;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::published;
    use super::*;

    #[test]
    fn every_key_is_one_of_the_facts() {
        let keys = FILES.into_iter().chain(FORMS).chain(OPEN).chain(DOWNLOADS.map(|(key, _)| key));
        for key in keys {
            assert!(published().operation(key).is_some(), "{key}");
        }
    }

    #[test]
    fn a_boundary_is_in_no_part() {
        let part = |text: &str| Part { name: String::new(), file_name: None, bytes: text.into() };
        assert_eq!(boundary(&[part("x")]), "muster-00000000");
        assert_eq!(boundary(&[part("a muster-00000000"), part("muster-00000001")]), "muster-00000002");
    }
}
