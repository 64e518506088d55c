//! Every operation has its facts: arguments are checked against them, and nothing leaves that does not fit.

use muster_client::{Arguments, Kind, catalog};
use serde_json::json;

use super::{Outcome, say, tenant};

pub(super) async fn run() -> Outcome {
    let (uem, client, writer) = tenant(20).await;
    let add = catalog::published("mdmv1/Tags_AddTag").ok_or("not published")?;
    let group = uem.ready.organization_group.id;
    let tag = json!({ "TagName": "Loan pool", "TagType": 1, "LocationGroupId": group });
    let made = writer.call(add, &Arguments::default().with_body(tag)).await?.ok_or("no answer")?;
    say(format!("tag {} made", made.json().ok_or("no JSON")?["Value"]));

    let search = catalog::published("mdmv1/Tags_Search").ok_or("not published")?;
    let found = client.call(search, &Arguments::default().with("name", "Loan pool")).await?;
    assert_eq!(found.json().ok_or("no JSON")?["Tags"][0]["TagName"], "Loan pool");

    let wrong = client.call(search, &Arguments::default().with("pagesize", "many")).await.expect_err("it does not fit");
    say(format!("not sent: {wrong}"));
    assert_eq!(wrong.kind(), Kind::Invalid);
    Ok(())
}
