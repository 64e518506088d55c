//! An endpoint is a type: everything that client and server must agree on, written once.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::record::{Sketch, Wire};

/// HTTP method of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a call does to the tenant. Ordered: a later one is worse.
///
/// The class follows what an operation *does*, never its HTTP method: `POST /mdm/devices/bulk` deletes
/// devices. A route that accepts several commands carries the worst effect among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something that can be set back.
    Write,
    /// Removes something, or cannot be undone.
    Destroy,
}

/// Type-level counterpart of [`Effect`], so that the wrong handle is a compile error.
pub trait EffectClass {
    /// The effect this class stands for.
    const EFFECT: Effect;
}

/// Endpoints that change nothing.
#[derive(Debug)]
pub enum Read {}
/// Endpoints that change something that can be set back.
#[derive(Debug)]
pub enum Write {}
/// Endpoints that remove something or cannot be undone.
#[derive(Debug)]
pub enum Destroy {}

impl EffectClass for Read {
    const EFFECT: Effect = Effect::Read;
}
impl EffectClass for Write {
    const EFFECT: Effect = Effect::Write;
}
impl EffectClass for Destroy {
    const EFFECT: Effect = Effect::Destroy;
}

/// Effect classes that a reading handle accepts.
#[diagnostic::on_unimplemented(
    message = "this endpoint changes the tenant (`{Self}`), and a `Client` only reads",
    label = "put the change into a plan: `muster-engine` runs plans through the one `Writer`"
)]
pub trait Reading: EffectClass {}
impl Reading for Read {}

/// Effect classes that only the writing handle accepts.
#[diagnostic::on_unimplemented(
    message = "this endpoint only reads (`{Self}`), and the `Writer` is for changes",
    label = "use the `Client`: reads need no plan and no journal"
)]
pub trait Changing: EffectClass {}
impl Changing for Write {}
impl Changing for Destroy {}

/// One operation of the API.
pub trait Endpoint: Sized + Send + Sync + 'static {
    /// Stable name, for logs and tables: `guide.devices.search`, `devices.search`.
    const NAME: &'static str;
    /// Its key among the facts of [`crate::catalog::facts`]: `mdmv1/Tags_Search`.
    const KEY: &'static str;
    /// HTTP method.
    const METHOD: Method;
    /// Path template from the root, arguments in braces: `/api/mdm/devices/{id}`.
    const PATH: &'static str;
    /// Version asked for in `Accept`; the guide dialect has it in the path and is always 1.
    const VERSION: u8;
    /// Status of a success that has something to say.
    const SUCCESS: u16;
    /// What the operation does to the tenant.
    type Effect: EffectClass;
    /// Arguments in the path.
    type Path: PathArguments + Send + Sync;
    /// Query parameters.
    type Query: Wire + Default;
    /// Request body; [`Nothing`] for none.
    type Body: Wire;
    /// Answer body; [`Nothing`] for none.
    type Answer: Wire;

    /// What an answer without a body (204, or 200 with zero bytes) means; `None` if it is a fault.
    fn empty_answer() -> Option<Self::Answer> {
        None
    }
}

/// An endpoint with its arguments: all that is needed to send one request.
pub struct Call<E: Endpoint> {
    pub path: E::Path,
    pub query: E::Query,
    pub body: E::Body,
}

impl<E: Endpoint<Body = Nothing>> Call<E> {
    /// A call without a body.
    pub fn new(path: E::Path, query: E::Query) -> Self {
        Self { path, query, body: Nothing }
    }
}

impl<E: Endpoint> Call<E> {
    /// A call with a body and no query.
    pub fn with_body(path: E::Path, body: E::Body) -> Self {
        Self { path, query: E::Query::default(), body }
    }
}

/// Arguments that fill the braces of a path template, in order.
pub trait PathArguments: Sized {
    /// The segments as plain text; whoever sends them escapes them.
    fn segments(&self) -> Vec<String>;
    /// Reads the segments back; `None` if one does not have the right form.
    fn parse(segments: &[&str]) -> Option<Self>;
}

/// A type that fills exactly one path segment.
pub trait Segment: std::fmt::Display + std::str::FromStr {}

impl Segment for bool {}
impl Segment for i64 {}
impl Segment for String {}
impl Segment for uuid::Uuid {}

impl PathArguments for () {
    fn segments(&self) -> Vec<String> {
        Vec::new()
    }
    fn parse(segments: &[&str]) -> Option<Self> {
        segments.is_empty().then_some(())
    }
}

impl<T: Segment> PathArguments for T {
    fn segments(&self) -> Vec<String> {
        vec![self.to_string()]
    }
    fn parse(segments: &[&str]) -> Option<Self> {
        match segments {
            [one] => one.parse().ok(),
            _ => None,
        }
    }
}

impl<A: Segment, B: Segment> PathArguments for (A, B) {
    fn segments(&self) -> Vec<String> {
        vec![self.0.to_string(), self.1.to_string()]
    }
    fn parse(segments: &[&str]) -> Option<Self> {
        match segments {
            [a, b] => Some((a.parse().ok()?, b.parse().ok()?)),
            _ => None,
        }
    }
}

impl<A: Segment, B: Segment, C: Segment> PathArguments for (A, B, C) {
    fn segments(&self) -> Vec<String> {
        vec![self.0.to_string(), self.1.to_string(), self.2.to_string()]
    }
    fn parse(segments: &[&str]) -> Option<Self> {
        match segments {
            [a, b, c] => Some((a.parse().ok()?, b.parse().ok()?, c.parse().ok()?)),
            _ => None,
        }
    }
}

/// No body, no query, or an answer that says nothing. Reads anything, writes `null`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Nothing;

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl Wire for Nothing {
    fn sketch() -> Sketch {
        Sketch::Nothing
    }
    fn at(_: &str) -> Option<Self> {
        Some(Self)
    }
}

/// Declares an endpoint in one statement.
///
/// ```ignore
/// endpoint! {
///     /// Devices that match every given criterion.
///     Search = "guide.devices.search" is "guide/Devices_Search": GET "/API/v1/devices/search", Read;
///     path: (); query: SearchQuery; body: Nothing; answer: DevicePage or empty;
/// }
/// ```
/// `v2` after the path asks for version 2, `=> 202` names another success than 200, and `or empty`
/// says that a bodiless answer means `Default::default()`.
macro_rules! endpoint {
    (
        $(#[$doc:meta])*
        $name:ident = $id:literal is $key:literal: $method:ident $path:literal $(v $version:literal)? $(=> $success:literal)?, $effect:ident;
        path: $args:ty; query: $query:ty; body: $body:ty; answer: $answer:ty $(, or $empty:ident)?;
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl $crate::endpoint::Endpoint for $name {
            const NAME: &'static str = $id;
            const KEY: &'static str = $key;
            const METHOD: $crate::endpoint::Method = $crate::endpoint::method!($method);
            const PATH: &'static str = $path;
            const VERSION: u8 = $crate::endpoint::or_default!(1 $(, $version)?);
            const SUCCESS: u16 = $crate::endpoint::or_default!(200 $(, $success)?);
            type Effect = $crate::endpoint::$effect;
            type Path = $args;
            type Query = $query;
            type Body = $body;
            type Answer = $answer;
            $(
                fn empty_answer() -> Option<Self::Answer> {
                    $crate::endpoint::empty!($empty)
                }
            )?
        }
    };
}

macro_rules! method {
    (GET) => {
        $crate::endpoint::Method::Get
    };
    (POST) => {
        $crate::endpoint::Method::Post
    };
    (PUT) => {
        $crate::endpoint::Method::Put
    };
    (PATCH) => {
        $crate::endpoint::Method::Patch
    };
    (DELETE) => {
        $crate::endpoint::Method::Delete
    };
}

macro_rules! or_default {
    ($default:literal) => {
        $default
    };
    ($default:literal, $given:literal) => {
        $given
    };
}

macro_rules! empty {
    (empty) => {
        Some(Default::default())
    };
}

pub(crate) use {empty, endpoint, method, or_default};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_ordered_by_harm() {
        assert!(Effect::Read < Effect::Write && Effect::Write < Effect::Destroy);
    }

    #[test]
    fn path_arguments_survive_the_round_trip() {
        let pair = (7_i64, String::from("A B/C"));
        let segments = pair.segments();
        let seen: Vec<&str> = segments.iter().map(String::as_str).collect();
        assert_eq!(<(i64, String)>::parse(&seen), Some(pair));
        assert_eq!(i64::parse(&["seven"]), None);
        assert_eq!(<()>::parse(&["surplus"]), None);
    }
}
