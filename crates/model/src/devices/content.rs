//! `GET /api/mdm/devices/{id}/content`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Reference, Wrapped};
use crate::page::{PageQuery, paged};
use crate::record::record;

record! {
    /// A page of documents.
    ContentPage {
        device_contents: Vec<DeviceContent> = "DeviceContents",
        device_id: Option<Reference> = "DeviceId",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A document on a device.
    DeviceContent {
        content_name: Option<String> = "ContentName",
        content_type: Option<String> = "ContentType",
        deploy_mode: Option<String> = "DeployMode",
        download_priority: Option<String> = "DownloadPriority",
        id: Option<Wrapped<RecordId>> = "Id",
        status: Option<String> = "Status",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// Documents on a device.
    Content = "devices.content" is "mdmv1/Contents_GetContentsByDevice":
        GET "/api/mdm/devices/{id}/content", Read;
    path: DeviceId; query: PageQuery; body: Nothing; answer: ContentPage, or empty;
}

paged! { Content: DeviceContent in device_contents, counted by total, told apart by id }
