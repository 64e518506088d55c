//! `muster templates list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};
use crate::wiring;

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let columns = [
        "name",
        "for",
        "actions",
        "groups",
        "workflow",
        "at_most",
        "used",
        "window_seconds",
        "until",
        "status",
        "signed_by",
        "+id",
        "+tenant",
    ];
    let mut sheet = Sheet::new(&columns);
    for template in wiring::engine(app).await?.templates().await? {
        let terms = template.terms;
        sheet.push(vec![
            terms.name.into(),
            terms.requested_by.into(),
            terms.actions.join(", ").into(),
            terms.groups.join(", ").into(),
            terms.selection.into(),
            terms.at_most.into(),
            template.used.into(),
            terms.window_seconds.into(),
            terms.until.to_string().into(),
            template.objection.unwrap_or_else(|| String::from("counts")).into(),
            template.signed_by.into(),
            terms.id.to_string().into(),
            terms.tenant.into(),
        ]);
    }
    app.list(&sheet, Heading::new("Templates"))?;
    Ok(Exit::Success)
}
