//! What each operation of the facts does to the tenant: a table that was written by hand, one operation a line, in
//! `facts/effects.txt` and `facts/effects_guide.txt`.
//!
//! The class follows what an operation does, never its method. Where an argument decides (a command, an action), the
//! line has the worst class that it can have, and names the argument that makes it milder.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::call::Arguments;
use super::facts::{Operation, Place};
use crate::commands::Command;
use crate::endpoint::Effect;

/// The line of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The worst that it can do.
    pub effect: Effect,
    /// Which argument makes it milder.
    pub by: Option<Decider>,
    /// Why, where neither name nor method tells it.
    pub reason: Option<&'static str>,
    #[cfg(test)]
    area: &'static str,
    #[cfg(test)]
    address: (&'static str, &'static str),
}

/// An argument that decides how bad a call is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decider {
    pub place: Where,
    /// Of the parameter, or the way to a member of the body: `operations.op`.
    pub name: &'static str,
    words: Words,
}

/// Where the deciding argument stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    Parameter(Place),
    Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Words {
    /// A command, whose own class counts.
    Command,
    /// Words and their classes; `none` is no word at all.
    Listed(Vec<(&'static str, Effect)>),
}

const NO_WORD: &str = "none";

impl Operation {
    /// Its line in the table. Every operation of the facts has one: a test compares them.
    #[must_use]
    pub fn line(&self) -> Option<&'static Line> {
        table().get(self.key.as_str())
    }

    /// The worst that it can do; what nobody has classed is the worst.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.line().map_or(Effect::Destroy, |line| line.effect)
    }

    /// What it does with these arguments: never worse than [`Operation::effect`].
    #[must_use]
    pub fn effect_of(&self, arguments: &Arguments) -> Effect {
        let Some(line) = self.line() else { return Effect::Destroy };
        let Some(by) = &line.by else { return line.effect };
        by.class(arguments, line.effect).min(line.effect)
    }
}

impl Operation {
    /// The command that it sends with these arguments, if it sends one that is known: the one that a word names, or the
    /// one that its route stands for.
    #[must_use]
    pub fn command(&self, arguments: &Arguments) -> Option<Command> {
        self.command_by_word(arguments).or_else(|| self.command_of_route(arguments))
    }

    /// The command that a word of the arguments names.
    #[must_use]
    pub fn command_by_word(&self, arguments: &Arguments) -> Option<Command> {
        let by = self.line()?.by.as_ref().filter(|by| by.words == Words::Command)?;
        by.given(arguments).first().and_then(|word| Command::known(&text(word)))
    }
}

impl Decider {
    /// The worst class of its words, `worst` for a word that is not listed.
    fn class(&self, arguments: &Arguments, worst: Effect) -> Effect {
        let class = |word: &str| match &self.words {
            Words::Command => Command::known(word)
                .map_or(worst, |command| command.effect_with(arguments.body_value().unwrap_or(&Value::Null))),
            Words::Listed(listed) => {
                let found = listed.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim()));
                found.map_or(worst, |(_, effect)| *effect)
            }
        };
        let words = self.given(arguments);
        words.iter().map(|value| class(&text(value))).max().unwrap_or_else(|| class(NO_WORD))
    }

    /// The words that were given.
    fn given<'a>(&self, arguments: &'a Arguments) -> Vec<&'a Value> {
        let mut words = Vec::new();
        match self.place {
            Where::Parameter(_) => words.extend(arguments.parameter(self.name)),
            Where::Body => {
                if let Some(body) = arguments.body_value() {
                    let steps: Vec<&str> = self.name.split('.').collect();
                    collect(body, &steps, &mut words);
                }
            }
        }
        words
    }
}

/// Every value at the end of a way through objects and lists; names in any case.
pub(super) fn collect<'a>(value: &'a Value, steps: &[&str], found: &mut Vec<&'a Value>) {
    match (value, steps) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect(item, steps, found)),
        (Value::Object(members), [first, rest @ ..]) => {
            // Servers read names without regard to case, so every spelling counts.
            let same = members.iter().filter(|(name, _)| name.eq_ignore_ascii_case(first));
            same.for_each(|(_, member)| collect(member, rest, found));
        }
        (Value::Null, _) | (_, [_, ..]) => {}
        (value, []) => found.push(value),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn table() -> &'static HashMap<&'static str, Line> {
    static TABLE: LazyLock<HashMap<&'static str, Line>> = LazyLock::new(|| {
        let mut table = HashMap::with_capacity(1200);
        for text in [include_str!("facts/effects.txt"), include_str!("facts/effects_guide.txt")] {
            let mut area = "";
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                if let Some(name) = line.strip_prefix("= ") {
                    area = name;
                    continue;
                }
                // The files are part of the program, and a test reads all of them.
                let (key, line) = parse(line, area).unwrap_or_else(|| panic!("a line of effects: {line}"));
                table.insert(key, line);
            }
        }
        table
    });
    &TABLE
}

#[cfg_attr(not(test), expect(unused_variables, reason = "the columns that only the tests compare"))]
fn parse(text: &'static str, area: &'static str) -> Option<(&'static str, Line)> {
    let (columns, reason) = match text.split_once(" # ") {
        Some((columns, reason)) => (columns, Some(reason)),
        None => (text, None),
    };
    let mut columns = columns.split_whitespace();
    let effect = class(columns.next()?)?;
    let (key, method, path) = (columns.next()?, columns.next()?, columns.next()?);
    let by = match columns.next() {
        None => None,
        Some("by") => {
            let (place, name) = columns.next()?.split_once('.')?;
            let place = match place {
                "path" => Where::Parameter(Place::Path),
                "query" => Where::Parameter(Place::Query),
                "body" => Where::Body,
                _ => return None,
            };
            let words: Vec<&str> = columns.collect();
            let words = if words == ["command"] {
                Words::Command
            } else {
                let listed = words.into_iter().map(|pair| {
                    let (word, effect) = pair.split_once('=')?;
                    Some((word, class(effect)?))
                });
                Words::Listed(listed.collect::<Option<_>>()?)
            };
            Some(Decider { place, name, words })
        }
        Some(_) => return None,
    };
    let line = Line {
        effect,
        by,
        reason,
        #[cfg(test)]
        area,
        #[cfg(test)]
        address: (method, path),
    };
    Some((key, line))
}

fn class(word: &str) -> Option<Effect> {
    match word {
        "read" => Some(Effect::Read),
        "write" => Some(Effect::Write),
        "destroy" => Some(Effect::Destroy),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
