//! `muster api list`: the catalogue, filtered.

use clap::{Args as Arguments, ValueEnum};
use muster_model::Effect;
use muster_model::catalog::facts::Operation;

use super::names::{Dialect, books, effect};
use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet, plural};

const EXAMPLES: &str = "\
Examples:
  muster api list --text smartgroup
  muster api list --area Tags --effect destroy
  muster api list --dialect guide -o json";

/// Which operations.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only operations whose area has this in its name
    #[arg(long, value_name = "WORD")]
    pub(crate) area: Option<String>,
    /// Only operations of this class: read, write or destroy
    #[arg(long, value_name = "CLASS", value_enum, hide_possible_values = true)]
    pub(crate) effect: Option<Class>,
    /// Only operations with this in their name or path
    #[arg(long, value_name = "WORD")]
    pub(crate) text: Option<String>,
    /// Only one dialect: published or guide
    #[arg(long, value_name = "DIALECT", value_enum, hide_possible_values = true)]
    pub(crate) dialect: Option<Dialect>,
}

/// What an operation does at its worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Class {
    /// Changes nothing
    Read,
    /// Can be set back
    Write,
    /// Removes, or cannot be undone
    Destroy,
}

pub(super) fn run(app: &mut App, args: Args) -> Outcome {
    let mut sheet = Sheet::new(&["operation", "method", "path", "effect", "+area", "+version", "+paged", "+body"]);
    for facts in books(args.dialect) {
        for operation in facts.operations.iter().filter(|operation| fits(operation, &args)) {
            sheet.push(vec![
                operation.key.as_str().into(),
                operation.method.as_str().into(),
                operation.path.as_str().into(),
                effect(operation.effect()).into(),
                operation.area.as_str().into(),
                operation.version.into(),
                operation.paging(facts).is_some().into(),
                operation.body.as_ref().map(|body| body.short(facts)).into(),
            ]);
        }
    }
    let count = sheet.rows.len();
    app.list(&sheet, Heading::new("Operations"))?;
    if app.printer.for_people() {
        app.notes.line(format!("{count} {}", plural(count as u64, "operation", "operations")));
    }
    Ok(Exit::Success)
}

fn fits(operation: &Operation, args: &Args) -> bool {
    let has = |text: &str, word: &Option<String>| {
        word.as_ref().is_none_or(|word| text.to_lowercase().contains(&word.to_lowercase()))
    };
    let class = match args.effect {
        None => true,
        Some(Class::Read) => operation.effect() == Effect::Read,
        Some(Class::Write) => operation.effect() == Effect::Write,
        Some(Class::Destroy) => operation.effect() == Effect::Destroy,
    };
    class && has(&operation.area, &args.area) && has(&format!("{} {}", operation.key, operation.path), &args.text)
}
