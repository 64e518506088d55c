//! `GET /api/mdm/tags/search`, version 1: tags by (partial) name.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{TagId, Wrapped};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    TagQuery {
        name: Option<String> = "name",
        organizationgroupid: Option<i64> = "organizationgroupid",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// A tag.
    Tag {
        id: Wrapped<TagId> = "Id",
        tag_name: String = "TagName",
        uuid: Option<Uuid> = "Uuid",
    }

    /// Tags.
    TagPage {
        tags: Vec<Tag> = "Tags",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Tags whose name contains the given text; 204 when none does.
    Search = "tags.search" is "mdmv1/Tags_Search":
        GET "/api/mdm/tags/search", Read;
    path: (); query: TagQuery; body: Nothing; answer: TagPage, or empty;
}

paged! { Search: Tag in tags, counted by total, told apart by uuid or id }
