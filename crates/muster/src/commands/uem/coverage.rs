//! `muster uem coverage`: how much of the published API the UEM has.

use clap::Args as Arguments;
use muster_uem::papers;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Format, Heading, Sheet};

const EXAMPLES: &str = "\
Examples:
  muster uem coverage
  muster uem coverage -o json | jq -r '.areas[].gaps[]'";

/// No arguments.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {}

pub(super) fn run(app: &mut App, _args: &Args) -> Outcome {
    let coverage = papers::coverage();
    if app.printer.format == Format::Json {
        app.printer.document(&coverage, String::new)?;
        return Ok(Exit::Success);
    }
    let mut sheet = Sheet::new(&["api", "area", "built", "known", "+gaps"]);
    for area in coverage.areas {
        sheet.push(vec![
            area.api.into(),
            area.area.into(),
            area.built.into(),
            area.known.into(),
            area.gaps.join(" ").into(),
        ]);
    }
    app.list(&sheet, Heading::new("Coverage"))?;
    app.notes.line(format!(
        "{} of {} published operations, and {} of the guide dialect",
        coverage.built, coverage.known, coverage.guide
    ));
    Ok(Exit::Success)
}
