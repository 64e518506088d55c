//! Every operation of the catalogue, called by its facts against our own UEM.

use std::collections::BTreeSet;

use muster_client::catalog::{Content, guide, published};
use muster_client::{Arguments, Client, Dialect, Error, Kind, Settings, Writer, connect};
use muster_model::Effect;
use muster_model::catalog::call;
use muster_model::catalog::call::Part;
use muster_model::catalog::facts::Operation;
use muster_uem::Running;
use serde_json::{Value, json};

use crate::stage::{Stage, settings};

/// A tenant that counts what it answers, and both handles.
async fn counted() -> (Running, Client, Writer) {
    let wanted = muster_uem::Settings { devices: 60, check_answers: true, ..muster_uem::Settings::in_memory() };
    let uem = muster_uem::start(wanted).await.expect("starts");
    let given = Settings { dialect: Some(Dialect::Published), ..settings(&uem) };
    let (client, writer) = connect(given).await.expect("connects");
    (uem, client, writer)
}

async fn call(client: &Client, writer: &Writer, operation: &'static Operation) -> Result<(), Error> {
    let arguments = operation.example_arguments(operation.facts());
    match operation.effect() {
        Effect::Read => client.call(operation, &arguments).await.map(drop),
        _ => writer.call(operation, &arguments).await.map(drop),
    }
}

/// What a tenant says to a request that is not well formed.
///
/// A parameter that the documents call optional and a server needs is the documents' business.
fn is_malformed(error: &Error) -> bool {
    let said = error.fault().map(|fault| fault.message.to_lowercase()).unwrap_or_default();
    matches!(error.kind(), Kind::Bug | Kind::Protocol | Kind::Unsupported)
        || matches!(error.status(), Some(404 | 405 | 406 | 411 | 415)) && error.fault().is_none()
        || (said.starts_with("the field ") && said.contains("must be"))
        || (said.starts_with("the value '") && said.contains("is not valid"))
        || said.contains("not json")
}

#[tokio::test]
async fn every_built_operation_can_be_called_with_arguments_made_from_its_facts() {
    let (uem, client, writer) = counted().await;
    let mut built = uem.built();
    // What removes something comes last, so that it takes nothing away from others.
    built.sort_by_key(|(_, operation)| operation.effect());
    assert!(built.len() > 950, "{}", built.len());
    let mut malformed = Vec::new();
    for (name, operation) in &built {
        if let Err(error) = call(&client, &writer, operation).await
            && is_malformed(&error)
        {
            malformed.push(format!("{name}: {error}"));
        }
    }
    assert!(malformed.is_empty(), "{malformed:#?}");
    let counted: BTreeSet<&str> = uem.served().into_keys().chain(uem.refused().into_keys()).collect();
    let silent: Vec<&str> = built.iter().map(|(name, _)| *name).filter(|name| !counted.contains(name)).collect();
    assert!(silent.is_empty(), "these were not reached by their own facts: {silent:?}");
    assert!(uem.served().len() > 400, "{} were answered with success", uem.served().len());
    uem.stop().await;
}
