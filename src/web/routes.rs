//! Routes and what each allows. A route that does not say its policy does not compile.
//!
//! Invariant: the table lists every route of the application; the access matrix test walks it.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::MethodFilter;

use super::App;
use crate::auth::Action;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Anybody.
    Public,
    /// Anybody who signed in, in their own matters.
    SignedIn,
    /// As [`Policy::SignedIn`], within the step-up window.
    SteppedUp,
    /// Members of the organization in the address (or of the token) whose role allows the action.
    Organization(Action),
}

/// A route of the table.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    pub pattern: String,
    pub policy: Policy,
    /// What it does, for the `OpenAPI` document; empty for pages.
    pub summary: &'static str,
}

/// Routes being put together.
pub struct Routes {
    app: App,
    router: Router<App>,
    table: Vec<Route>,
    /// Routes being added may take their time and their bytes.
    unhurried: bool,
}

impl Routes {
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), router: Router::new(), table: Vec::new(), unhurried: false }
    }

    /// A page.
    #[must_use]
    pub fn on<H, T>(self, method: &Method, pattern: &str, policy: Policy, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.described(method, pattern, policy, "", handler)
    }

    /// An operation of the API: under `/api/v1/…` for tokens and under `/api/v1/o/{slug}/…` for sessions.
    #[must_use]
    pub fn api<H, T>(self, method: &Method, pattern: &str, action: Action, summary: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let policy = Policy::Organization(action);
        self.described(method, &format!("/api/v1/{pattern}"), policy, summary, handler.clone()).described(
            method,
            &format!("/api/v1/o/{{slug}}/{pattern}"),
            policy,
            summary,
            handler,
        )
    }

    fn described<H, T>(
        mut self,
        method: &Method,
        pattern: &str,
        policy: Policy,
        summary: &'static str,
        handler: H,
    ) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let gate = super::gate::Gate { app: self.app.clone(), policy };
        let layer = axum::middleware::from_fn_with_state(gate, super::gate::pass);
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let route = axum::routing::on(filter, handler);
        let route = if self.unhurried {
            route.layer(DefaultBodyLimit::disable())
        } else {
            route.layer(super::serving::hurry())
        };
        self.router = self.router.route(pattern, route.layer(layer));
        self.table.push(Route { method: method.clone(), pattern: pattern.to_owned(), policy, summary });
        self
    }

    /// Routes that stream files in: their handlers bound bytes and silence themselves.
    #[must_use]
    pub fn unhurried(mut self, part: impl FnOnce(Self) -> Self) -> Self {
        self.unhurried = true;
        let mut routes = part(self);
        routes.unhurried = false;
        routes
    }

    /// The routes of another part.
    #[must_use]
    pub fn with(self, part: impl FnOnce(Self) -> Self) -> Self {
        part(self)
    }

    /// The router and the table of its routes.
    pub fn finish(self) -> (Router, Vec<Route>) {
        (self.router.with_state(self.app), self.table)
    }
}
