//! `muster context list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let mut sheet = Sheet::new(&["current", "name", "url", "sign_in", "dialect"]);
    for (name, entry) in &app.file.contexts {
        let sign = match (&entry.basic, &entry.oauth) {
            (Some(basic), _) => format!("basic ({})", basic.username),
            (None, Some(oauth)) => format!("oauth ({})", oauth.client_id),
            (None, None) => match &entry.certificate {
                Some(certificate) => {
                    let file = certificate.pkcs12.as_ref().or(certificate.pem.as_ref()).map_or("", String::as_str);
                    format!("certificate ({file})")
                }
                None => String::from("environment"),
            },
        };
        sheet.push(vec![
            (app.file.current_context.as_ref() == Some(name)).into(),
            name.as_str().into(),
            entry.url.as_str().into(),
            sign.into(),
            entry.dialect.as_deref().into(),
        ]);
    }
    app.list(&sheet, Heading::new("Contexts"))?;
    Ok(Exit::Success)
}
