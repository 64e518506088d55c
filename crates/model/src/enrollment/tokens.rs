//! `GET /api/mdm/groups/{ogUuid}/enrollment-tokens`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    TokensQuery {
        serial_number: Option<String> = "serial_number",
        imei: Option<String> = "imei",
        compliance_status: Option<String> = "compliance_status",
        enrollment_status: Option<String> = "enrollment_status",
        device_type: Option<String> = "device_type",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
    }

    /// A page of registration records.
    TokenPage {
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        tokens: Vec<TokenRow> = "tokens",
        total: u64 = "total",
    }

    /// A registration record.
    TokenRow {
        compliance_status: Option<String> = "compliance_status",
        enrollment_status: Option<String> = "enrollment_status",
        imei: Option<String> = "imei",
        platform: Option<String> = "platform",
        serial_number: Option<String> = "serial_number",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Registration records of an organization group.
    Tokens = "enrollment.tokens" is "mdmv1/EnrollmentTokenV1_GetByCriteriaAsync":
        GET "/api/mdm/groups/{ogUuid}/enrollment-tokens", Read;
    path: Uuid; query: TokensQuery; body: Nothing; answer: TokenPage, or empty;
}

paged! { Tokens: TokenRow in tokens, counted by total, told apart by uuid, sized by page_size }
