//! jq expressions over answers.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::{Val, read};
use serde_json::Value;

use crate::error::Failure;

type Compiled = jaq_core::Filter<data::JustLut<Val>>;

/// Names and arities of the standard library that need what is not built in here: the environment, the clock, standard
/// error, regular expressions.
const LEFT_OUT: [(&str, usize); 40] = [
    ("stderr", 0),
    ("debug", 0),
    ("debug", 1),
    ("halt", 0),
    ("halt_error", 0),
    ("halt_error", 1),
    ("logb", 0),
    ("significand", 0),
    ("pow10", 0),
    ("drem", 2),
    ("nexttoward", 2),
    ("scalb", 2),
    ("gamma", 0),
    ("test", 2),
    ("scan_", 2),
    ("match", 2),
    ("capture", 2),
    ("split", 2),
    ("splits", 2),
    ("sub", 3),
    ("gsub", 3),
    ("scan", 2),
    ("test", 1),
    ("scan", 1),
    ("match", 1),
    ("capture", 1),
    ("splits", 1),
    ("sub", 2),
    ("gsub", 2),
    ("todate", 0),
    ("fromdate", 0),
    ("@html", 0),
    ("@htmld", 0),
    ("@uri", 0),
    ("@urid", 0),
    ("@base64", 0),
    ("@base64d", 0),
    ("capture_of_match", 0),
    ("env", 0),
    ("now", 0),
];

/// An expression that can be applied.
pub(crate) struct Filter(Compiled);

impl Filter {
    /// Reads an expression.
    pub(crate) fn new(expression: &str) -> Result<Self, Failure> {
        let bad = |why: String| {
            Failure::usage(format!("`{expression}` is no jq expression"))
                .because(why)
                .hint("such as '.Devices[].SerialNumber' or 'length'")
        };
        let standard = jaq_std::defs().filter(|known| !LEFT_OUT.contains(&(known.name, known.args.len())));
        let definitions = jaq_core::defs().chain(standard).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::base_funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(definitions)
            .load(&arena, File { code: expression, path: () })
            .map_err(|_| bad("it cannot be read".to_owned()))?;
        let compiled = Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
            let unknown = errors.into_iter().flat_map(|(_, errors)| errors).next();
            bad(unknown.map_or_else(String::new, |(name, _)| format!("nobody knows `{name}`")))
        })?;
        Ok(Self(compiled))
    }

    /// Everything that it makes of a value.
    pub(crate) fn apply(&self, value: &Value) -> Result<Vec<Value>, Failure> {
        let failed = |why: String| Failure::usage("the jq expression does not fit the answer").because(why);
        let input = read::parse_single(value.to_string().as_bytes()).map_err(|error| failed(error.to_string()))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        let results = self.0.id.run((context, input)).map(unwrap_valr);
        results
            .map(|result| {
                let result = result.map_err(|error| failed(error.to_string()))?;
                serde_json::from_str(&result.to_string()).map_err(|error| failed(error.to_string()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(expression: &str, value: &Value) -> Vec<Value> {
        Filter::new(expression).expect("an expression").apply(value).expect("fits")
    }

    #[test]
    fn expressions_select_count_and_shape() {
        let answer = json!({"Devices": [{"SerialNumber": "A", "Id": {"Value": 7}}, {"SerialNumber": "B"}], "Total": 2});
        assert_eq!(made(".Devices[].SerialNumber", &answer), [json!("A"), json!("B")]);
        assert_eq!(made(".Devices | length", &answer), [json!(2)]);
        assert_eq!(made("[.Devices[] | select(.Id) | .Id.Value]", &answer), [json!([7])]);
        assert_eq!(made(".Devices | map(.SerialNumber) | join(\",\")", &answer), [json!("A,B")]);
        assert_eq!(made("empty", &answer), Vec::<Value>::new());
    }

    #[test]
    fn what_cannot_be_read_or_does_not_fit_says_so() {
        for bad in [".[", "nosuchthing(1)"] {
            assert!(Filter::new(bad).err().expect("bad").message.contains("no jq expression"), "{bad}");
        }
        assert!(Filter::new(".a.b").expect("reads").apply(&json!({"a": 1})).is_err());
    }
}
