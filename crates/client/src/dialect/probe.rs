//! Which dialect a tenant speaks. A tenant may speak both: the guide's says more (command ids, command
//! history, operations), so it is taken where it is really spoken, which a list of devices proves and
//! `/API/v1/system/info` does not: real tenants answer that path too.

use muster_model::guide::DevicesSearch;
use muster_model::{Endpoint, Nothing, devices, system};

use crate::request::Request;
use crate::retry::Manner;
use crate::transport::{Reply, Transport};
use crate::{Dialect, Error, Kind};

pub(crate) async fn dialect(transport: &Transport) -> Result<Dialect, Error> {
    let one = devices::DeviceQuery { pagesize: Some(1), ..Default::default() };
    match ask::<DevicesSearch>(transport, &one, "Devices").await {
        Ok(()) => return Ok(Dialect::Guide),
        Err(error) if is_final(&error) => return Err(error),
        Err(error) => tracing::debug!(%error, "the guide dialect is not spoken"),
    }
    ask::<system::Info>(transport, &Nothing, "ProductVersion").await?;
    Ok(Dialect::Published)
}

/// In which dialects somebody answers who speaks this API, though not to everybody.
pub(crate) async fn answers(transport: &Transport) -> Result<Vec<Dialect>, Error> {
    let one = devices::DeviceQuery { pagesize: Some(1), ..Default::default() };
    let guide = ask::<DevicesSearch>(transport, &one, "Devices").await;
    let published = ask::<system::Info>(transport, &Nothing, "ProductVersion").await;
    let mut spoken = Vec::new();
    let mut trouble = None;
    for (dialect, answer) in [(Dialect::Guide, guide), (Dialect::Published, published)] {
        match answer {
            Ok(()) => spoken.push(dialect),
            // A refusal in this API's form: whoever says that knows the path.
            Err(error) if error.fault().is_some() && matches!(error.kind(), Kind::Auth | Kind::Permission) => {
                spoken.push(dialect);
            }
            Err(error) => trouble = Some(error),
        }
    }
    match trouble {
        Some(error) if spoken.is_empty() => Err(error),
        _ => Ok(spoken),
    }
}

/// Whether asking for the other dialect could not change the answer: an unknown path is a web page or a 404,
/// while these come from somebody who knows the path, or from nobody.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Answered { kind: Kind::Permission, fault, .. } => fault.is_some(),
        error => !matches!(
            error.kind(),
            Kind::NotFound | Kind::Protocol | Kind::Permission | Kind::Unsupported | Kind::Invalid | Kind::Bug
        ),
    }
}

/// Whether an endpoint answers with an object that has a certain member.
async fn ask<E>(transport: &Transport, query: &E::Query, member: &str) -> Result<(), Error>
where
    E: Endpoint<Path = (), Body = Nothing>,
{
    let request = Request::of::<E>(&transport.base, &(), query, &Nothing)?;
    let reply = transport.send(&request, Manner::FirstContact).await?;
    if has(&reply, member) {
        return Ok(());
    }
    let what = "something that this API does not answer".to_owned();
    Err(match crate::transport::read::<E>(&reply, transport.host()) {
        Err(error) => error,
        Ok(_) => Error::NotTheApi { endpoint: E::NAME, host: transport.host().to_owned(), status: reply.status, what },
    })
}

fn has(reply: &Reply, member: &str) -> bool {
    let object = reply.body.as_deref().and_then(|body| serde_json::from_slice::<serde_json::Value>(body).ok());
    object.and_then(|object| object.as_object().map(|object| object.contains_key(member))).unwrap_or(false)
}
