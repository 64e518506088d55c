//! The tenant itself. The one path that both dialects share with a version in front
//! (`/API/v1/system/info`) answers with everything that either of them reads.

use muster_model::system::{Info, SystemInfo, Workspace, Workspaces};
use muster_model::{Call, Stamp, guide};

use super::context::Context;
use super::table::Outcome;

/// Product version that the tenant passes for; the last part is the build.
const VERSION: &str = "24.10.0.23";

pub(super) async fn info(context: Context, _: Call<Info>) -> Outcome<Info> {
    let workspace = |module: &str, name: &str| Workspace {
        name: name.to_owned(),
        location: format!("{}/API/{module}", context.tenant.url),
        ..Default::default()
    };
    Ok(SystemInfo {
        product_name: "Workspace ONE UEM".to_owned(),
        product_version: VERSION.to_owned(),
        build_number: None,
        current_server_time: None,
        version: 1,
        resources: Some(Workspaces {
            workspaces: vec![
                workspace("mdm", "MDM REST API"),
                workspace("mam", "MAM REST API"),
                workspace("system", "System REST API"),
            ],
            ..Default::default()
        }),
        ..Default::default()
    })
}

pub(super) async fn guide_info(context: Context, _: Call<guide::SystemInfoGet>) -> Outcome<guide::SystemInfoGet> {
    let now = context.now();
    let info = info(context, Call::new((), muster_model::Nothing)).await?;
    Ok(SystemInfo {
        build_number: VERSION.rsplit('.').next().map(str::to_owned),
        current_server_time: Some(Stamp(now).to_string()),
        ..info
    })
}
