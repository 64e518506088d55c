//! `muster templates revoke`: what it would let through waits for a person again.

use clap::Args as Arguments;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::wiring;

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Name or id of the template
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let template = wiring::engine(app).await?.revoke_template(&args.name, &app.person()).await?;
    let document = json!({ "schema": 1, "id": template.terms.id, "name": template.terms.name });
    app.printer.document(&document, || format!("Template {} lets nothing through any more\n", template.terms.name))?;
    Ok(Exit::Success)
}
