//! Calling any operation by the facts of the catalogue: the 979 published ones and those of the guide dialect.
//!
//! Arguments are checked against the facts before anything leaves. Lists are followed to their end with the same
//! proof of completeness as typed ones. An operation's class is data here, so that the wrong handle is refused at run
//! time, with a sentence, where typed endpoints do not compile.

mod answer;
mod list;

pub use answer::{Answer, Content};
pub use list::Listing;

use muster_model::Effect;
use muster_model::catalog::call::{Arguments, Prepared};
use muster_model::catalog::facts::Operation;

use crate::request::Request;
use crate::retry::Manner;
use crate::transport::Reply;
use crate::{Client, Error, Writer};

impl Client {
    /// Calls an operation that only reads.
    ///
    /// [`Error::Invalid`] if the arguments do not fit the facts, or if the operation changes anything: nothing was
    /// sent then. [`Error::Unsupported`](Error::Unsupported) if this tenant does not have it.
    ///
    /// ```no_run
    /// # async fn story(client: muster_client::Client) -> Result<(), muster_client::Error> {
    /// use muster_client::{Arguments, catalog};
    ///
    /// let operation = catalog::published("mdmv1/Devices_SearchAsync").expect("it is published");
    /// let answer = client.call(operation, &Arguments::default().with("pagesize", 10)).await?;
    /// println!("{}", answer.json().expect("JSON")["Total"]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn call(&self, operation: &'static Operation, arguments: &Arguments) -> Result<Answer, Error> {
        let reply = self.ask(operation, arguments, Manner::Usual).await?;
        answer::read(operation, &reply, self.transport().host())
    }

    /// Every row of an operation that answers in pages.
    ///
    /// [`Error::Invalid`] if it has no pages; [`Error::Incomplete`] if rows were lost twice.
    pub fn list<'a>(&'a self, operation: &'static Operation, arguments: &'a Arguments) -> Result<Listing<'a>, Error> {
        reads(operation)?;
        prepare(operation, arguments)?;
        Listing::new(self, operation, arguments)
    }

    async fn ask(&self, operation: &'static Operation, arguments: &Arguments, manner: Manner) -> Result<Reply, Error> {
        reads(operation)?;
        let request = Request::by_facts(self.url(), operation, prepare(operation, arguments)?)?;
        self.transport().send(&request, manner).await.map_err(|error| explained(operation, error))
    }
}

impl Writer {
    /// Calls an operation that changes something. `None` if the tenant did it and what it said was lost or cannot be
    /// read: that is no failure of the write.
    ///
    /// [`Error::Invalid`] if the arguments do not fit the facts, or if the operation only reads: nothing was sent then.
    pub async fn call(&self, operation: &'static Operation, arguments: &Arguments) -> Result<Option<Answer>, Error> {
        if operation.effect() == Effect::Read {
            let key = &operation.key;
            return Err(Error::Invalid(format!("{key} only reads, and the `Writer` is for changes: use the `Client`")));
        }
        let (client, prepared) = (self.client(), prepare(operation, arguments)?);
        let mut request = Request::by_facts(client.url(), operation, prepared)?;
        request.proviso = self.proviso();
        let transport = client.transport();
        let reply = transport.send(&request, Manner::Usual).await.map_err(|error| explained(operation, error))?;
        if answer::is_page(&reply) {
            // A proxy's or a login page with status 200: whether the API saw the write, only reading tells.
            let body = reply.body.as_deref().unwrap_or_default();
            return Err(crate::retry::classify::not_the_api(&operation.key, transport.host(), reply.status, body));
        }
        Ok(match answer::read(operation, &reply, transport.host()) {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::warn!(endpoint = operation.key, %error, "the write was carried out; its answer says nothing");
                None
            }
        })
    }
}

/// The published operation of a key, of an id that only one API has, or of a typed endpoint's name.
#[must_use]
pub fn published(name: &str) -> Option<&'static Operation> {
    muster_model::catalog::facts::published().find(name).ok()
}

/// The operation of the guide dialect of a key or an id.
#[must_use]
pub fn guide(name: &str) -> Option<&'static Operation> {
    muster_model::catalog::facts::guide().find(name).ok()
}

fn reads(operation: &Operation) -> Result<(), Error> {
    if operation.effect() == Effect::Read {
        return Ok(());
    }
    let what = match operation.effect() {
        Effect::Destroy => "removes something or cannot be undone",
        _ => "changes the tenant",
    };
    Err(Error::Invalid(format!(
        "{} {what}, and a `Client` only reads: put it into a plan, which the engine runs through the one `Writer`",
        operation.key
    )))
}

fn prepare(operation: &Operation, arguments: &Arguments) -> Result<Prepared, Error> {
    operation.prepare(operation.facts(), arguments).map_err(|misfit| Error::Invalid(misfit.to_string()))
}

/// Tells an operation that a tenant does not have from a record that it does not have.
fn explained(operation: &Operation, error: Error) -> Error {
    let Error::Answered { status, fault, .. } = &error else { return error };
    let code = fault.as_deref().map_or(0, |fault| fault.error_code);
    let says_no_route =
        fault.as_deref().is_some_and(|fault| fault.message.to_lowercase().contains("no http resource was found"));
    let no_record_is_named = operation.path_names().next().is_none();
    let (method, path, version) = (operation.method.as_str(), &operation.path, operation.version);
    match status {
        501 => Error::Unsupported(format!(
            "{}: this tenant knows {method} {path} (version {version}) and does not offer it",
            operation.key
        )),
        404 if code == 0 && (says_no_route || no_record_is_named) => Error::Unsupported(format!(
            "{}: this tenant has no {method} {path} (version {version}): its release is another one than the documents",
            operation.key
        )),
        _ => error,
    }
}
