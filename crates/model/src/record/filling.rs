//! Records out of values: the law of what a member may be called and how it may come. Reading from a text
//! ([`super::reading`]) is a short cut to the same.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Names, Record, Unfit};

/// Which member a name means: without regard to case, and for a list the singular as well as the plural.
pub(super) fn known(names: Names, name: &str, is_list: impl Fn(usize) -> bool) -> Option<usize> {
    let named = |same: &dyn Fn(&str) -> bool| names.iter().position(|names| names.iter().any(|known| same(known)));
    named(&|known| known == name).or_else(|| named(&|known| known.eq_ignore_ascii_case(name))).or_else(|| {
        let found = named(&|known| is_other_number(known, name) || is_other_number(name, known))?;
        is_list(found).then_some(found)
    })
}

fn is_other_number(singular: &str, plural: &str) -> bool {
    plural.strip_suffix(['s', 'S']).is_some_and(|stem| stem.eq_ignore_ascii_case(singular))
}

/// A record under construction.
struct Filling<'r> {
    record: &'r mut dyn Record,
    /// Which members came already: `Uuid` and `uuid` may stand in one object.
    seen: Vec<usize>,
    /// Those that came under another spelling, which the published one replaces if it comes too.
    respelled: Vec<(usize, String, Value)>,
}

impl<'r> Filling<'r> {
    fn new(record: &'r mut dyn Record) -> Self {
        Self { record, seen: Vec::new(), respelled: Vec::new() }
    }

    fn put(&mut self, name: String, value: Value) -> Result<(), Unfit> {
        if value.is_null() {
            return Ok(());
        }
        let names = self.record.names();
        let known = known(names, &name, |at| self.record.slot_is_list(at));
        let Some((at, published)) = known.and_then(|at| Some((at, *names.get(at)?.first()?))) else {
            self.keep(name, value);
            return Ok(());
        };
        let exact = published == name;
        if self.seen.contains(&at) {
            let respelled = self.respelled.iter().position(|(respelled, ..)| exact && *respelled == at);
            let Some(respelled) = respelled else {
                self.keep(name, value);
                return Ok(());
            };
            let (_, name, value) = self.respelled.swap_remove(respelled);
            self.keep(name, value);
        }
        if let Some(slot) = self.record.slot(at) {
            let (optional, given) = (slot.is_optional(), (!exact || slot.is_optional()).then(|| value.clone()));
            match slot.fill(value) {
                Ok(()) => {
                    self.seen.push(at);
                    self.respelled.extend(given.filter(|_| !exact).map(|value| (at, name, value)));
                }
                // Better a member that is not understood than no record.
                Err(_) if optional => {
                    slot.clear();
                    self.keep(name, given.unwrap_or_default());
                }
                Err(unfit) => return Err(unfit.within(published)),
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: String, value: Value) {
        self.record.other_mut().insert(name, value);
    }

    fn list(&mut self, items: Vec<Value>) -> Result<(), Unfit> {
        for (at, names) in self.record.names().iter().enumerate() {
            if let Some(known) = names.first()
                && let Some(slot) = self.record.slot(at)
                && slot.is_list()
            {
                return slot.fill(Value::Array(items)).map_err(|unfit| unfit.within(known));
            }
        }
        Err(Unfit::new("an object", &Value::Array(items)))
    }
}

/// Reads a record from a value. A list where a page of one is expected is that page.
pub(crate) fn read(record: &mut dyn Record, value: Value) -> Result<(), Unfit> {
    let mut filling = Filling::new(record);
    match value {
        Value::Object(object) => object.into_iter().try_for_each(|(name, value)| filling.put(name, value)),
        Value::Array(items) => filling.list(items),
        other => Err(Unfit::new("an object", &other)),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(record: &mut dyn Record, deserializer: D) -> Result<(), D::Error> {
    deserializer.deserialize_any(Reading(Filling::new(record)))
}

struct Reading<'r>(Filling<'r>);

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            self.0.put(name, value).map_err(A::Error::custom)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        self.0.list(items).map_err(A::Error::custom)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
