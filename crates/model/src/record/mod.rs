//! Records: objects of the wire whose members are listed once, read leniently and written strictly.
//!
//! [`record!`](crate::record) declares a struct together with the published names of its members. Reading finds a
//! member whatever the case of its name, in the singular and in the plural for a list, and whatever the form of its
//! value as long as it can mean only one thing (see [`Member`]). What is not known stays in `other`, so that reading
//! and writing a record loses nothing. Writing uses exactly the published names and forms; a member that is absent is
//! left out.
//!
//! One generic reader and one generic writer serve all records, which costs a tenth of what derived ones cost to
//! compile. An answer is read from its text without a value in between as far as its members have their plain form,
//! so rows that are read by the hundred thousand are records like all others.

mod cursor;
mod filling;
mod members;
mod reading;
mod wire;
mod writing;

use std::fmt;

use serde_json::Value;

pub use self::cursor::Cursor;
pub(crate) use self::filling::{deserialize, read};
pub use self::members::Members;
pub(crate) use self::reading::{fill, list, of_json};
pub use self::wire::{Raw, Rows, Sketch, Wire};
pub use self::writing::{Items, Piece};
pub(crate) use self::writing::{serialize, show};
pub use crate::member::{Base64, Hidden, Member, Unfit};

/// The names of each member, the published one first.
pub type Names = &'static [&'static [&'static str]];

/// Who looks at a member: its published name, itself, and what is written where there is none.
pub type Look<'a> = dyn FnMut(&'static str, &dyn Slot, Option<&'static str>) + 'a;

/// A member of a record without its type.
pub trait Slot {
    /// Takes a value that is not null.
    fn fill(&mut self, value: Value) -> Result<(), Unfit>;
    /// Takes the value at the cursor, which is not null; `false` if it cannot, wherever the cursor is then.
    fn take(&mut self, cursor: &mut Cursor<'_>) -> bool;
    /// Forgets what it took.
    fn clear(&mut self);
    /// What to write, if there is anything.
    fn piece(&self) -> Option<Piece<'_>>;
    /// Whether a record without it, or with something that it does not understand, is whole.
    fn is_optional(&self) -> bool;
    fn is_list(&self) -> bool;
    /// For logs: secrets do not show.
    fn shown(&self) -> &dyn fmt::Debug;
}

impl<T: Member + fmt::Debug> Slot for T {
    fn fill(&mut self, value: Value) -> Result<(), Unfit> {
        *self = T::read(value)?;
        Ok(())
    }
    fn take(&mut self, cursor: &mut Cursor<'_>) -> bool {
        T::take(cursor).map(|taken| *self = taken).is_some()
    }
    fn clear(&mut self) {
        *self = T::default();
    }
    fn piece(&self) -> Option<Piece<'_>> {
        Member::piece(self)
    }
    fn is_optional(&self) -> bool {
        T::OPTIONAL
    }
    fn is_list(&self) -> bool {
        T::LIST
    }
    fn shown(&self) -> &dyn fmt::Debug {
        self
    }
}

/// What [`record!`](crate::record) declares. All work is done through this object, once for all records.
pub trait Record {
    fn names(&self) -> Names;
    /// The member at this place of the names.
    fn slot(&mut self, at: usize) -> Option<&mut dyn Slot>;
    /// Whether the member at this place is a list.
    fn slot_is_list(&self, at: usize) -> bool;
    /// Shows each member in the order of their declaration.
    fn each(&self, look: &mut Look<'_>);
    /// What else came.
    fn other(&self) -> &Members;
    fn other_mut(&mut self) -> &mut Members;
}

/// Declares records: each member with its type, its published name, other names that it is known by, and what is
/// written where there is none.
///
/// ```ignore
/// record! {
///     /// A tag.
///     Tag {
///         id: Wrapped<TagId> = "Id",
///         name: Option<String> = "TagName" | "name",
///         used: Option<Stamp> = "UsedOn" or NEVER,
///     }
/// }
/// ```
macro_rules! record {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $(
                $(#[$member_doc:meta])*
                $member:ident: $type:ty = $key:literal $(| $alias:literal)* $(or $absent:ident)?,
            )*
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq)]
        pub struct $name {
            $($(#[$member_doc])* pub $member: $type,)*
            /// Members that this program does not know, kept as they came.
            pub other: $crate::record::Members,
        }

        impl $name {
            const NAMES: $crate::record::Names = &[$(&[$key $(, $alias)*]),*];

            /// Reads what is at the cursor; `false` if it cannot.
            fn fill(&mut self, cursor: &mut $crate::record::Cursor<'_>) -> bool {
                let (place, kind) = (cursor.place(), std::any::TypeId::of::<Self>());
                let slots: &mut [&mut dyn $crate::record::Slot] = &mut [$(&mut self.$member),*];
                if $crate::record::fill(kind, Self::NAMES, slots, &mut self.other, cursor).is_some() {
                    return true;
                }
                cursor.back(place);
                let value = cursor.value();
                value.and_then(|value| <Self as $crate::record::Member>::read(value).ok()).map(|read| *self = read).is_some()
            }
        }

        impl $crate::record::Record for $name {
            fn names(&self) -> $crate::record::Names {
                Self::NAMES
            }
            fn slot(&mut self, at: usize) -> Option<&mut dyn $crate::record::Slot> {
                let slots: Vec<&mut dyn $crate::record::Slot> = vec![$(&mut self.$member),*];
                slots.into_iter().nth(at)
            }
            fn slot_is_list(&self, at: usize) -> bool {
                const LISTS: &[bool] = &[$(<$type as $crate::record::Member>::LIST),*];
                LISTS.get(at).copied().unwrap_or_default()
            }
            fn each(&self, look: &mut $crate::record::Look<'_>) {
                $(look($key, &self.$member, $crate::record::absent!($($absent)?));)*
            }
            fn other(&self) -> &$crate::record::Members {
                &self.other
            }
            fn other_mut(&mut self) -> &mut $crate::record::Members {
                &mut self.other
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::record::show(stringify!($name), self, f)
            }
        }

        impl $crate::record::Member for $name {
            fn read(value: serde_json::Value) -> Result<Self, $crate::record::Unfit> {
                let mut record = Self::default();
                $crate::record::read(&mut record, value)?;
                Ok(record)
            }
            fn take(cursor: &mut $crate::record::Cursor<'_>) -> Option<Self> {
                let mut record = Self::default();
                record.fill(cursor).then_some(record)
            }
            fn push(items: &mut Vec<Self>, cursor: &mut $crate::record::Cursor<'_>) -> Option<()> {
                // Read where it will stand: rows are large.
                items.push(Self::default());
                items.last_mut()?.fill(cursor).then_some(())
            }
            fn piece(&self) -> Option<$crate::record::Piece<'_>> {
                Some($crate::record::Piece::Record(self))
            }
            fn sketch() -> $crate::record::Sketch {
                $crate::record::Sketch::Record(|| vec![$(($key, <$type as $crate::record::Member>::sketch())),*])
            }
        }

        impl $crate::record::Wire for $name {
            fn sketch() -> $crate::record::Sketch {
                <Self as $crate::record::Member>::sketch()
            }
            fn of_json(text: &[u8]) -> Result<Self, serde_json::Error> {
                $crate::record::of_json(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::record::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut record = Self::default();
                $crate::record::deserialize(&mut record, deserializer)?;
                Ok(record)
            }
        }
    )+};
}

macro_rules! absent {
    () => {
        None
    };
    ($absent:ident) => {
        Some($absent)
    };
}

/// Lets types that derive their form stand where records may.
macro_rules! derived {
    ($($name:ident)+) => {$(
        impl $crate::record::Wire for $name {}

        impl $crate::record::Member for $name {
            fn read(value: serde_json::Value) -> Result<Self, $crate::record::Unfit> {
                let unfit = $crate::record::Unfit::new("of this form", &value);
                serde_json::from_value(value).map_err(|_| unfit)
            }
            fn piece(&self) -> Option<$crate::record::Piece<'_>> {
                serde_json::to_value(self).ok().map($crate::record::Piece::Made)
            }
            fn sketch() -> $crate::record::Sketch {
                $crate::record::Sketch::Any
            }
        }
    )+};
}

pub(crate) use {absent, derived, record};

#[cfg(test)]
#[expect(unreachable_pub, reason = "records are public wherever they are not part of a test")]
mod tests;
