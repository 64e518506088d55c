//! The route table: every published operation, built or not, and those of the guide dialect.
//!
//! A route is registered by its endpoint's type, or by the key of its facts, so a path exists only in `model`. What
//! is published and not built is known too, and says so (501) instead of hiding behind a page of HTML.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use muster_model::catalog::facts::{self, Facts, Operation};
use muster_model::endpoint::EffectClass;
use muster_model::{Call, Effect, Endpoint, Paged};

use super::answer::{self, Reply};
use super::call::{self, Parts};
use super::context::Context;
use super::given::{self, Given};
use super::kept::{Key, Look};
use super::policy::Right;
use super::refusal::Refusal;
use super::said::Said;

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

/// An operation and its handler with their types gone.
trait Run: Send + Sync {
    fn run<'a>(&'a self, context: Context, parts: Parts, empty_lists: bool) -> Running<'a>;
}

struct Typed<E: Endpoint, H> {
    facts: &'static Facts,
    operation: &'static Operation,
    handler: H,
    /// Whether an answer says "nothing found" in the way that is sent as 204.
    nothing_found: fn(&E::Answer) -> bool,
    /// Whether its pages may be [kept](super::kept): it reads nothing but what is shown with devices.
    kept: bool,
}

impl<E: Endpoint, H: Handler<E>> Run for Typed<E, H> {
    fn run<'a>(&'a self, context: Context, parts: Parts, empty_lists: bool) -> Running<'a> {
        Box::pin(async move {
            let mut missed = None;
            if self.kept {
                let scope = context.scope().clone();
                let key = Key { endpoint: E::NAME, query: parts.query.clone(), scope };
                match context.tenant.kept.look(key) {
                    Look::There(page) => return Ok(Reply { body: Some(page), ..Reply::nothing(E::SUCCESS) }),
                    Look::Missed(look) => missed = look,
                }
            }
            let tenant = missed.as_ref().map(|_| Arc::clone(&context.tenant));
            let call = call::read::<E>(&parts)?;
            given::kinds(self.facts, self.operation, &parts)?;
            let answer = self.handler.handle(context, call).await?;
            if !empty_lists && (self.nothing_found)(&answer) {
                return Ok(Reply::nothing(204));
            }
            let reply = answer::write::<E>(&answer)?;
            if let (Some(missed), Some(tenant), Some(page)) = (missed, tenant, &reply.body) {
                tenant.kept.keep(missed, page);
            }
            Ok(reply)
        })
    }
}

struct ByFacts<H> {
    facts: &'static Facts,
    operation: &'static Operation,
    handler: H,
}

impl<H, F> Run for ByFacts<H>
where
    H: Fn(Context, Given) -> F + Send + Sync,
    F: Future<Output = Result<Said, Refusal>> + Send,
{
    fn run<'a>(&'a self, context: Context, parts: Parts, empty_lists: bool) -> Running<'a> {
        Box::pin(async move {
            let given = given::read(self.facts, self.operation, parts)?;
            let said = (self.handler)(context, given).await?;
            Ok(said.reply(self.facts, self.operation, empty_lists))
        })
    }
}

/// What makes a route more than an address.
struct Built {
    right: Right,
    run: Box<dyn Run>,
}

/// One way into the tenant.
pub(crate) struct Route {
    /// The endpoint's name if it has a type, else the key of its facts.
    pub(crate) name: &'static str,
    pub(crate) effect: Effect,
    pub(crate) facts: &'static Facts,
    pub(crate) operation: &'static Operation,
    pub(super) version: u8,
    accepts: fn(&Operation, &[String]) -> bool,
    built: Option<Built>,
}

impl Route {
    /// The right that it asks for; `None` if it is not built.
    pub(crate) fn right(&self) -> Option<Right> {
        self.built.as_ref().map(|built| built.right)
    }

    pub(super) async fn run(&self, context: Context, parts: Parts, empty_lists: bool) -> Result<Reply, Refusal> {
        match &self.built {
            Some(built) => built.run.run(context, parts, empty_lists).await,
            None => Err(Refusal::not_built(self.operation)),
        }
    }
}

fn is_argument(part: &str) -> bool {
    part.starts_with('{')
}

/// Every route of the tenant, as a tree of path segments.
pub(crate) struct Table {
    routes: Vec<Route>,
    by_key: HashMap<&'static str, usize>,
    tree: Node,
}

#[derive(Default)]
struct Node {
    /// By lower-case segment.
    literals: HashMap<String, Node>,
    argument: Option<Box<Node>>,
    /// Indices of the routes whose path ends here.
    routes: Vec<usize>,
}

/// What the table has for an address.
pub(super) enum Found<'a> {
    Route {
        route: &'a Route,
        arguments: Vec<String>,
        /// All versions in which the operation is published.
        versions: Vec<u8>,
    },
    /// The address exists, but not for this method.
    OtherMethods(Vec<&'static str>),
    Nothing,
}

impl Table {
    /// All published operations, none of them built.
    pub(crate) fn new() -> Self {
        let mut table = Self { routes: Vec::new(), by_key: HashMap::new(), tree: Node::default() };
        for facts in [facts::published(), facts::guide()] {
            for operation in &facts.operations {
                table.know(facts, operation);
            }
        }
        table
    }

    fn know(&mut self, facts: &'static Facts, operation: &'static Operation) {
        let mut node = &mut self.tree;
        for part in operation.path.split('/').filter(|part| !part.is_empty()) {
            node = if is_argument(part) {
                node.argument.get_or_insert_default()
            } else {
                node.literals.entry(part.to_lowercase()).or_default()
            };
        }
        node.routes.push(self.routes.len());
        self.by_key.insert(&operation.key, self.routes.len());
        self.routes.push(Route {
            name: &operation.key,
            effect: Effect::Read,
            facts,
            operation,
            version: operation.version,
            accepts: given::accepts,
            built: None,
        });
    }

    /// Builds an endpoint.
    pub(crate) fn route<E: Endpoint, H: Handler<E>>(&mut self, right: Right, handler: H) -> &mut Self {
        self.typed::<E, H>(right, handler, |_| false, false)
    }

    /// Builds a search for devices whose pages are kept.
    pub(crate) fn kept<E: Endpoint, H: Handler<E>>(&mut self, right: Right, handler: H) -> &mut Self {
        self.typed::<E, H>(right, handler, |_| false, true)
    }

    /// Builds a search of the published API whose pages are kept.
    pub(crate) fn kept_search<E: Paged, H: Handler<E>>(&mut self, right: Right, handler: H) -> &mut Self {
        self.typed::<E, H>(right, handler, |answer| E::total(answer) == Some(0), true)
    }

    /// Builds a search of the published API, which answers 204 when there is nothing to list.
    pub(crate) fn search<E: Paged, H: Handler<E>>(&mut self, right: Right, handler: H) -> &mut Self {
        self.typed::<E, H>(right, handler, |answer| E::total(answer) == Some(0), false)
    }

    fn typed<E: Endpoint, H: Handler<E>>(
        &mut self,
        right: Right,
        handler: H,
        nothing_found: fn(&E::Answer) -> bool,
        kept: bool,
    ) -> &mut Self {
        let facts = if E::NAME.starts_with("guide.") { facts::guide() } else { facts::published() };
        let operation = facts.at(E::METHOD, E::PATH, E::VERSION);
        // A test of `model` compares the two.
        let operation = operation.unwrap_or_else(|| panic!("no facts about {}", E::NAME));
        let route = self.of(&operation.key);
        route.name = E::NAME;
        route.effect = E::Effect::EFFECT;
        route.accepts = |_, arguments| call::path::<E>(arguments).is_some();
        route.built =
            Some(Built { right, run: Box::new(Typed::<E, H> { facts, operation, handler, nothing_found, kept }) });
        self
    }

    /// Builds an operation by the key of its facts.
    pub(crate) fn serve<H, F>(&mut self, key: &str, right: Right, handler: H) -> &mut Self
    where
        H: Fn(Context, Given) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Said, Refusal>> + Send + 'static,
    {
        let route = self.of(key);
        assert!(route.built.is_none(), "{key} is built twice");
        let (facts, operation) = (route.facts, route.operation);
        route.effect = right.effect();
        route.built = Some(Built { right, run: Box::new(ByFacts { facts, operation, handler }) });
        self
    }

    /// Builds an endpoint that has a type by its facts, where its handler reads or says more than the type has.
    pub(crate) fn serve_as<E, H, F>(&mut self, right: Right, handler: H) -> &mut Self
    where
        E: Endpoint,
        H: Fn(Context, Given) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Said, Refusal>> + Send + 'static,
    {
        let facts = if E::NAME.starts_with("guide.") { facts::guide() } else { facts::published() };
        let operation = facts.at(E::METHOD, E::PATH, E::VERSION);
        let operation = operation.unwrap_or_else(|| panic!("no facts about {}", E::NAME));
        self.serve(&operation.key, right, handler);
        let route = self.of(&operation.key);
        route.name = E::NAME;
        route.effect = E::Effect::EFFECT;
        self
    }

    fn of(&mut self, key: &str) -> &mut Route {
        let found = self.by_key.get(key).and_then(|&index| self.routes.get_mut(index));
        found.unwrap_or_else(|| panic!("no operation has the key {key}"))
    }

    /// Every route, the built ones and those that are only known.
    pub(crate) fn all(&self) -> &[Route] {
        &self.routes
    }

    /// The route for an address. A literal segment wins over an argument. Of several versions the asked one is
    /// taken, else the highest built one below it; without a wish, the lowest built one. A wish below the lowest
    /// finds nothing.
    pub(super) fn find(&self, method: &str, segments: &[String], asked: Option<u8>) -> Found<'_> {
        let mut leaves = Vec::new();
        collect(&self.tree, segments, &mut Vec::new(), &mut leaves);
        let mut others = BTreeSet::new();
        for (leaf, arguments) in leaves {
            let accepting = leaf.routes.iter().filter_map(|&index| self.routes.get(index));
            let accepting: Vec<&Route> =
                accepting.filter(|route| (route.accepts)(route.operation, &arguments)).collect();
            let (mut same, other): (Vec<&Route>, Vec<&Route>) =
                accepting.into_iter().partition(|route| route.operation.method.as_str().eq_ignore_ascii_case(method));
            // The most literal address that fits says which methods it has.
            if others.is_empty() {
                others.extend(other.iter().map(|route| route.operation.method.as_str()));
            }
            if same.is_empty() {
                continue;
            }
            same.sort_by_key(|route| route.version);
            let mut versions: Vec<u8> = same.iter().map(|route| route.version).collect();
            versions.dedup();
            return match choose(&same, asked) {
                Some(route) => Found::Route { route, arguments, versions },
                None => Found::Nothing,
            };
        }
        if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others.into_iter().collect()) }
    }
}

/// One of several versions, which are sorted.
fn choose<'a>(versions: &[&'a Route], asked: Option<u8>) -> Option<&'a Route> {
    let built = |route: &&&'a Route| route.built.is_some();
    let Some(asked) = asked else { return versions.iter().find(built).or(versions.first()).copied() };
    let below = || versions.iter().rev().filter(|route| route.version <= asked);
    let exact = versions.iter().filter(|route| route.version == asked);
    let exact = exact.clone().find(built).or(exact.clone().next());
    exact.or_else(|| below().find(built)).or_else(|| below().next()).copied()
}

/// Leaves of the tree that fit the segments, the most literal first.
fn collect<'a>(
    node: &'a Node,
    segments: &[String],
    arguments: &mut Vec<String>,
    leaves: &mut Vec<(&'a Node, Vec<String>)>,
) {
    let Some((first, rest)) = segments.split_first() else {
        if !node.routes.is_empty() {
            leaves.push((node, arguments.clone()));
        }
        return;
    };
    let literal = match node.literals.get(first.as_str()) {
        Some(node) => Some(node),
        None => node.literals.get(&first.to_lowercase()),
    };
    if let Some(node) = literal {
        collect(node, rest, arguments, leaves);
    }
    if let Some(node) = &node.argument {
        arguments.push(first.clone());
        collect(node, rest, arguments, leaves);
        arguments.pop();
    }
}

#[cfg(test)]
mod tests {
    use muster_model::{devices, guide, organization_groups, tags};

    use super::super::path::segments;
    use super::super::policy::{Action, Resource, needs};
    use super::*;

    async fn never<A>(_: Context, _: A) -> Result<devices::Device, Refusal> {
        Err(Refusal::Page)
    }
    async fn no_page<A>(_: Context, _: A) -> Result<devices::DevicePage, Refusal> {
        Err(Refusal::Page)
    }

    fn table() -> Table {
        let right = needs(Resource::Devices, Action::Read);
        let mut table = Table::new();
        table
            .route::<devices::Get, _>(right, never)
            .route::<devices::Search, _>(right, no_page)
            .route::<guide::DevicesSearch, _>(right, no_page)
            .route::<tags::OfDevice, _>(right, |_: Context, _| async { Err(Refusal::Page) })
            .route::<organization_groups::Search, _>(right, |_: Context, _| async { Err(Refusal::Page) });
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
        let known = Some("systemv1/OrganizationGroups_LocationGroupSearch");
        assert_eq!(name("GET", "/api/system/groups/search", Some(1)), known, "known, and not built here");
        let path = format!("/api/mdm/tags/{}/devices", uuid::Uuid::nil());
        assert_eq!(name("POST", &path, Some(1)), None, "published from version 2 on");
        assert_eq!(name("GET", "/api/system/groups/search", None), Some("groups.search"));
    }

    #[test]
    fn another_method_is_told_from_an_unknown_address() {
        let table = table();
        assert!(matches!(table.find("PATCH", &segments("/api/mdm/devices/search"), None), Found::OtherMethods(_)));
        assert!(matches!(table.find("GET", &segments("/api/mdm/printers"), None), Found::Nothing));
    }
}
