//! The route table. A route is registered by its endpoint's type, so a path exists only in `model`.

use std::future::Future;
use std::pin::Pin;

use muster_model::endpoint::EffectClass;
use muster_model::{Call, Effect, Endpoint, Method, Paged};

use super::answer::{self, Reply};
use super::call::{self, Parts};
use super::context::Context;
use super::refusal::Refusal;

/// What a handler says.
pub(crate) type Outcome<E> = Result<<E as Endpoint>::Answer, Refusal>;

/// A function that carries out an endpoint.
pub(crate) trait Handler<E: Endpoint>: Send + Sync + 'static {
    fn handle(&self, context: Context, call: Call<E>) -> impl Future<Output = Outcome<E>> + Send;
}

impl<E: Endpoint, H, F> Handler<E> for H
where
    H: Fn(Context, Call<E>) -> F + Send + Sync + 'static,
    F: Future<Output = Outcome<E>> + Send,
{
    fn handle(&self, context: Context, call: Call<E>) -> impl Future<Output = Outcome<E>> + Send {
        self(context, call)
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Reply, Refusal>> + Send + 'a>>;

/// An endpoint and its handler with their types gone.
trait Run: Send + Sync {
    fn run<'a>(&'a self, context: Context, parts: Parts) -> Running<'a>;
}

struct Registered<E: Endpoint, H> {
    handler: H,
    /// Whether an answer says "nothing found" in the way that is sent as 204.
    nothing_found: fn(&E::Answer) -> bool,
}

impl<E: Endpoint, H: Handler<E>> Run for Registered<E, H> {
    fn run<'a>(&'a self, context: Context, parts: Parts) -> Running<'a> {
        Box::pin(async move {
            let call = call::read::<E>(&parts)?;
            let answer = self.handler.handle(context, call).await?;
            if (self.nothing_found)(&answer) { Ok(Reply::NO_CONTENT) } else { answer::write::<E>(&answer) }
        })
    }
}

/// One way into the tenant.
pub(crate) struct Route {
    pub(crate) name: &'static str,
    pub(crate) effect: Effect,
    pub(super) version: u8,
    method: Method,
    template: Vec<&'static str>,
    accepts: fn(&[String]) -> bool,
    run: Box<dyn Run>,
}

impl Route {
    pub(super) async fn run(&self, context: Context, parts: Parts) -> Result<Reply, Refusal> {
        self.run.run(context, parts).await
    }

    /// The arguments, if this route's template fits the segments.
    fn arguments(&self, segments: &[String]) -> Option<Vec<String>> {
        if self.template.len() != segments.len() {
            return None;
        }
        let mut arguments = Vec::new();
        for (part, segment) in self.template.iter().zip(segments) {
            if is_argument(part) {
                arguments.push(segment.clone());
            } else if !part.eq_ignore_ascii_case(segment) {
                return None;
            }
        }
        (self.accepts)(&arguments).then_some(arguments)
    }

    /// Ordered so that a literal segment wins over an argument, the leftmost difference deciding.
    fn literals(&self) -> Vec<bool> {
        self.template.iter().map(|part| !is_argument(part)).collect()
    }
}

fn is_argument(part: &str) -> bool {
    part.starts_with('{')
}

/// Every route of the tenant.
#[derive(Default)]
pub(crate) struct Table {
    routes: Vec<Route>,
}

/// What the table has for an address.
pub(super) enum Found<'a> {
    Route {
        route: &'a Route,
        arguments: Vec<String>,
        /// All versions in which the endpoint is served.
        versions: Vec<u8>,
    },
    /// The address exists, but not for this method.
    OtherMethods(Vec<&'static str>),
    Nothing,
}

impl Table {
    /// Adds an endpoint.
    pub(crate) fn route<E: Endpoint, H: Handler<E>>(&mut self, handler: H) -> &mut Self {
        self.add::<E, H>(handler, |_| false)
    }

    /// Adds a search of the published API, which answers 204 when there is nothing to list.
    pub(crate) fn search<E: Paged, H: Handler<E>>(&mut self, handler: H) -> &mut Self {
        self.add::<E, H>(handler, |answer| E::total(answer) == Some(0))
    }

    fn add<E: Endpoint, H: Handler<E>>(&mut self, handler: H, nothing_found: fn(&E::Answer) -> bool) -> &mut Self {
        self.routes.push(Route {
            name: E::NAME,
            effect: E::Effect::EFFECT,
            version: E::VERSION,
            method: E::METHOD,
            template: E::PATH.split('/').filter(|part| !part.is_empty()).collect(),
            accepts: |arguments| call::path::<E>(arguments).is_some(),
            run: Box::new(Registered::<E, H> { handler, nothing_found }),
        });
        self
    }

    /// Names of all endpoints that have a route.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.routes.iter().map(|route| route.name).collect()
    }

    /// The route for an address. Of several versions the highest up to `asked` is taken; without a
    /// wish, the lowest. A wish below the lowest finds nothing.
    pub(super) fn find(&self, method: &str, segments: &[String], asked: Option<u8>) -> Found<'_> {
        let fitting: Vec<(&Route, Vec<String>)> =
            self.routes.iter().filter_map(|route| Some((route, route.arguments(segments)?))).collect();
        let Some(best) = fitting.iter().map(|(route, _)| route.literals()).max() else { return Found::Nothing };
        let (mut same, other): (Vec<_>, Vec<_>) = fitting
            .into_iter()
            .filter(|(route, _)| route.literals() == best)
            .partition(|(route, _)| route.method.as_str().eq_ignore_ascii_case(method));
        if same.is_empty() {
            return Found::OtherMethods(other.iter().map(|(route, _)| route.method.as_str()).collect());
        }
        same.sort_by_key(|(route, _)| route.version);
        let versions: Vec<u8> = same.iter().map(|(route, _)| route.version).collect();
        let chosen = match asked {
            None => same.into_iter().next(),
            Some(asked) => same.into_iter().rev().find(|(route, _)| route.version <= asked),
        };
        chosen.map_or(Found::Nothing, |(route, arguments)| Found::Route { route, arguments, versions })
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{devices, guide, organization_groups, tags};

    use super::super::path::segments;
    use super::*;

    async fn never<A>(_: Context, _: A) -> Result<devices::Device, Refusal> {
        Err(Refusal::Page)
    }
    async fn no_page<A>(_: Context, _: A) -> Result<devices::DevicePage, Refusal> {
        Err(Refusal::Page)
    }

    fn table() -> Table {
        let mut table = Table::default();
        table
            .route::<devices::Get, _>(never)
            .route::<devices::Search, _>(no_page)
            .route::<guide::DevicesSearch, _>(no_page)
            .route::<tags::OfDevice, _>(|_: Context, _| async { Err(Refusal::Page) })
            .route::<organization_groups::Search, _>(|_: Context, _| async { Err(Refusal::Page) });
        table
    }

    fn name(method: &str, path: &str, asked: Option<u8>) -> Option<&'static str> {
        match table().find(method, &segments(path), asked) {
            Found::Route { route, .. } => Some(route.name),
            Found::OtherMethods(_) | Found::Nothing => None,
        }
    }

    #[test]
    fn literals_win_over_arguments_and_case_does_not_matter() {
        assert_eq!(name("GET", "/API/MDM/Devices/Search", None), Some("devices.search"));
        assert_eq!(name("GET", "/api/mdm/devices/52/", None), Some("devices.get"));
        assert_eq!(name("GET", "/api/v1/devices/search", None), Some("guide.devices.search"));
    }

    #[test]
    fn an_argument_of_the_wrong_form_finds_nothing() {
        assert_eq!(name("GET", "/api/mdm/devices/52/tags", None), None);
        let path = format!("/api/mdm/devices/{}/tags", uuid::Uuid::nil());
        assert_eq!(name("GET", &path, None), Some("devices.tags"));
    }

    #[test]
    fn too_high_a_version_is_lowered_and_too_low_a_one_refused() {
        assert_eq!(name("GET", "/api/mdm/devices/search", Some(9)), Some("devices.search"));
        assert_eq!(name("GET", "/api/system/groups/search", Some(1)), None);
        assert_eq!(name("GET", "/api/system/groups/search", None), Some("groups.search"));
    }

    #[test]
    fn another_method_is_told_from_an_unknown_address() {
        let table = table();
        assert!(matches!(table.find("PATCH", &segments("/api/mdm/devices/search"), None), Found::OtherMethods(_)));
        assert!(matches!(table.find("GET", &segments("/api/mdm/printers"), None), Found::Nothing));
    }
}
