//! `GET /api/system/v2/groups/{organizationGroupUuid}/api-keys`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Hidden, record};

record! {
    /// Keys and clients of a group.
    ApiUse {
        api_keys: Vec<ApiKey> = "api_keys",
        id: Option<i64> = "id",
        oauth_clients: Vec<OAuthClient> = "oauth_clients",
        uuid: Option<Uuid> = "uuid",
    }

    /// An API key and its use.
    ApiKey {
        api_key: Option<Hidden> = "api_key",
        daily_quota_usage: Option<i64> = "daily_quota_usage",
        id: Option<i64> = "id",
        service_name: Option<String> = "service_name",
        uuid: Option<Uuid> = "uuid",
    }

    /// An OAuth client and its use.
    OAuthClient {
        daily_quota_usage: Option<i64> = "daily_quota_usage",
        id: Option<i64> = "id",
        oauth_client_id: Option<Uuid> = "oauth_client_id",
        oauth_client_name: Option<String> = "oauth_client_name",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// API keys and OAuth clients of an organization group, and what each used of the day's quota.
    ApiKeys = "system.apikeys" is "systemv1/RestApiSettingsV2_GetApiTenantKeysAsync":
        GET "/api/system/v2/groups/{organizationGroupUuid}/api-keys", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: ApiUse;
}
