//! `muster context remove`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::{config, prompt};

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The context's name
    pub(crate) name: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let entry = config::entry(&app.file, &args.name)?;
    prompt::confirm(app, &format!("Forget the context {} ({})?", args.name, entry.url)).await?;
    let current = app.file.current_context.as_deref() == Some(args.name.as_str());
    config::edit(&app.places()?.config_file, |document| {
        config::drop_context(document, &args.name);
        if current {
            config::put_current(document, None);
        }
    })?;
    app.notes.line(format!("Forgot the context {}", args.name));
    Ok(Exit::Success)
}
