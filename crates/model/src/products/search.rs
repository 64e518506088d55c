//! `GET /api/mdm/products/search`.

use serde_json::Value;

use super::Product;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchQuery {
        name: Option<String> = "name",
        organizationgroupid: Option<i64> = "organizationgroupid",
        managedbyorganizationgroupid: Option<i64> = "managedbyorganizationgroupid",
        organizationgroupuuid: Option<Value> = "organizationgroupuuid",
        managedbyorganizationgroupuuid: Option<Value> = "managedbyorganizationgroupuuid",
        smartgroupuuid: Option<Value> = "smartgroupuuid",
        platform: Option<String> = "platform",
        smartgroupid: Option<i64> = "smartgroupid",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
        modifiedfrom: Option<Stamp> = "modifiedfrom",
        modifiedtill: Option<Stamp> = "modifiedtill",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of products.
    ProductPage {
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        products: Vec<Product> = "Products",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Products.
    Search = "products.search" is "mdmv1/ProductsV1_SearchAsync":
        GET "/api/mdm/products/search", Read;
    path: (); query: SearchQuery; body: Nothing; answer: ProductPage, or empty;
}

paged! { Search: Product in products, counted by total, told apart by id }
