//! How the tenant says no: a status with the API's error body.

use muster_model::Fault;
use muster_model::catalog::facts::Operation;
use muster_model::error::code;
use uuid::Uuid;

/// A request that is answered with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The API's own error body.
    Fault { status: u16, code: i64, message: String },
    /// The page that a web server shows for an address that no route has.
    Page,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: i64, message: impl Into<String>) -> Self {
        Self::Fault { status, code, message: message.into() }
    }

    /// 400 with a text that carries the meaning.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, code::INVALID_INPUT, message)
    }

    /// 400: a value outside a closed vocabulary, or a field that is missing.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, code::BAD_REQUEST, message)
    }

    /// 422: the body has the wrong shape.
    pub(crate) fn shape(message: impl Into<String>) -> Self {
        Self::new(422, code::VALIDATION, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, code::NOT_FOUND, message)
    }

    pub(crate) fn no_device(id: impl std::fmt::Display) -> Self {
        Self::new(404, code::DEVICE_NOT_FOUND, format!("Device not found: {id}."))
    }

    /// As the older routes say that there is no such organization group, or not for this caller.
    pub(crate) fn no_group(group: impl std::fmt::Display) -> Self {
        Self::invalid(format!("Organization group {group} is not found or not accessible."))
    }

    /// As the routes that name groups by UUID say it.
    pub(crate) fn no_group_of_uuid(group: impl std::fmt::Display) -> Self {
        Self::new(404, code::GROUP_NOT_FOUND, format!("Organization group {group} is not found or not accessible."))
    }

    /// On version 1 routes a missing app is 401, as if the credentials were wrong (reference §1.6).
    pub(crate) fn no_app(status: u16, id: impl std::fmt::Display) -> Self {
        let message = format!("Application not found or no access to it: {id}.");
        Self::new(status, code::APP_NOT_FOUND, message)
    }

    pub(crate) fn no_user_group(id: impl std::fmt::Display) -> Self {
        Self::new(400, code::USER_GROUP_NOT_FOUND, format!("User group not found: {id}."))
    }

    /// 501: an operation that is published and not built here.
    pub(crate) fn not_built(operation: &Operation) -> Self {
        let Operation { method, path, id, version, .. } = operation;
        let message = format!("This server does not have {} {path} (version {version}, {id}) yet.", method.as_str());
        Self::new(501, 501, message)
    }

    /// 403: the caller's role lacks a right.
    pub(crate) fn forbidden(right: impl std::fmt::Display) -> Self {
        let message = format!("The role of this account does not have the permission {right}.");
        Self::new(403, code::FORBIDDEN, message)
    }

    /// 504: the time-out that the console sets for the API was over before the request was.
    pub(crate) fn too_slow(after: std::time::Duration) -> Self {
        Self::new(504, 504, format!("The request took longer than the API's time-out of {} seconds.", after.as_secs()))
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Fault { status, .. } => *status,
            Self::Page => 404,
        }
    }

    /// The answer's body and its content type.
    pub(crate) fn body(&self, activity: Uuid) -> (&'static str, Vec<u8>) {
        match self {
            Self::Fault { code, message, .. } => {
                let fault = Fault { error_code: *code, message: message.clone(), activity_id: Some(activity) };
                (super::answer::JSON, serde_json::to_vec(&fault).unwrap_or_default())
            }
            Self::Page => ("text/html; charset=utf-8", NOT_FOUND_PAGE.as_bytes().to_vec()),
        }
    }
}

/// A failure of the database is the tenant's fault, not the caller's: 500, and the cause in the log.
impl From<muster_store::Error> for Refusal {
    fn from(error: muster_store::Error) -> Self {
        let mut cause = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            cause = format!("{cause}: {inner}");
            source = inner.source();
        }
        tracing::error!(%cause, "a request failed in the database");
        Self::new(500, code::INTERNAL, "An internal error occurred.")
    }
}

pub(super) const NOT_FOUND_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>404 - Not found</title></head>\n\
    <body><h1>Not found</h1><p>This server has no resource at the requested address.</p></body></html>\n";
