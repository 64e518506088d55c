//! `muster keys show`: the half of a key that others may know.

use clap::Args as Arguments;
use muster_engine::SigningKey;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Outcome};

/// Which key.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Where its secret half is
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let public = SigningKey::from_secret(&app.secret(&args.reference).await?)?.public();
    let document = json!({ "schema": 1, "name": public.name(), "public_key": public.to_string() });
    app.printer.standard(&document, || format!("{public}\n"))?;
    Ok(Exit::Success)
}
