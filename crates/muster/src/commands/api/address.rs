//! `muster api GET PATH` and its kin: the operation is found in the catalogue by method and path.

use clap::Args as Arguments;
use muster_model::Method;

use super::given::CallFlags;
use super::{call, names};
use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = "\
Examples:
  muster api GET /mdm/devices/search -f pagesize=10
  muster api GET '/mdm/devices/search?platform=Apple' --all --jq '.[].SerialNumber'
  muster api GET /system/groups/search --api-version 2
  muster api DELETE /mdm/tags/17 --dry-run";

/// Which address, with what.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// From the root, with its arguments filled in; /api in front may be left out
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// The version to ask for, where several have this path [default: the lowest]
    #[arg(long, value_name = "N")]
    pub(crate) api_version: Option<u8>,
    #[command(flatten)]
    pub(crate) flags: CallFlags,
}

pub(super) async fn run(app: &mut App, method: Method, args: Args) -> Outcome {
    let (path, query) = args.path.split_once('?').unwrap_or((&args.path, ""));
    if path.contains("://") {
        return Err(Failure::usage("a path begins behind the host")
            .because("only the tenant of the context is spoken to")
            .hint("write /mdm/devices/search; --context names another tenant"));
    }
    let (operation, arguments) = names::at(method, path, args.api_version, args.flags.dialect)?;
    let decoded = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
    let mut arguments: Vec<(String, String)> =
        arguments.into_iter().map(|(name, value)| (name, percent_decoded(&value))).collect();
    arguments.extend(decoded(query));
    let given = args.flags.arguments(app, operation, &arguments).await?;
    call::carry_out(app, operation, given, &args.flags).await
}

/// A segment as it was before it was escaped; a plus is a plus there.
fn percent_decoded(segment: &str) -> String {
    let escaped = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes()).next().map_or_else(String::new, |(text, _)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_read_as_they_were_before_escaping() {
        for (escaped, plain) in [("a%20b", "a b"), ("a+b", "a+b"), ("a&b=c", "a&b=c"), ("17", "17"), ("a%2Fb", "a/b")] {
            assert_eq!(percent_decoded(escaped), plain);
        }
    }
}
