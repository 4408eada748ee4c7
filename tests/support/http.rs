//! The application over a bed's store, asked without a network.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use glance::auth::keys::Keys;
use glance::auth::{Roles, Scope};
use glance::ids::{Id, OrganizationId, UserId};
use glance::people::inviting;
use glance::storage::platform::{NewSession, NewUser};
use glance::vocabulary::Moment;
use glance::web::routes::Route;
use glance::web::{App, gate};
use tower::ServiceExt;

use super::{BEGINNING, Bed};

/// An application and its routes.
pub struct Site {
    pub app: App,
    pub routes: Vec<Route>,
    router: axum::Router,
    _data: tempfile::TempDir,
}

/// An answer, read whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// How somebody comes in.
#[derive(Clone)]
pub enum Way {
    Nobody,
    Cookie(String),
    Token(String),
}

impl Site {
    pub fn of(bed: &Bed) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let keys = Keys::open(data.path(), BEGINNING).expect("keys");
        let app = App::new(bed.store.clone(), keys, "http://localhost".to_owned(), data.path().to_owned());
        let (router, routes) = glance::assemble(&app);
        Self { app, routes, router, _data: data }
    }

    /// Builds every package that is ordered, as the errands of a server do.
    pub async fn build_packages(&self) {
        let worker = glance::errands::packages::Worker::of(&self.app);
        while glance::errands::packages::next(&worker).await.expect("built") {}
    }

    /// What building a package needs of the application.
    pub fn means(&self) -> glance::evidence::building::Means<'_> {
        let app = &self.app;
        glance::evidence::building::Means { store: &app.store, keys: &app.keys, data: &app.data, blobs: &app.blobs }
    }

    /// A person with these roles, signed in; with the step-up window open or not.
    pub async fn person(&self, bed: &Bed, organization: OrganizationId, roles: &str, stepped_up: bool) -> Way {
        let mut rng = rand::rng();
        let id = UserId::new(BEGINNING, &mut rng);
        let login = format!("p.{id}");
        let now = bed.store.clock().now();
        let mut work = bed.store.write_platform().await.expect("platform");
        let mut tables = work.tables();
        tables.insert_user(&NewUser { id, login: &login, name: "Somebody", at: now }).await.expect("a user");
        tables.set_roles(id, organization, roles).await.expect("roles");
        work.commit().await.expect("committed");
        let step_up_until = if stepped_up { now.plus_seconds(600) } else { now };
        self.begun(bed, id, step_up_until).await
    }

    /// A new session of somebody who is there, with the step-up window open.
    pub async fn session(&self, bed: &Bed, id: UserId) -> Way {
        self.begun(bed, id, bed.store.clock().now().plus_seconds(600)).await
    }

    async fn begun(&self, bed: &Bed, id: UserId, step_up_until: Moment) -> Way {
        let now = bed.store.clock().now();
        let session = format!("session-{id}-{}", now.micros());
        let mut work = bed.store.write_platform().await.expect("platform");
        let new = NewSession {
            id: &session,
            user: id,
            at: now,
            step_up_until,
            methods: "pwd otp",
            address: "127.0.0.1",
            address_salt: b"salt",
            agent: "test",
        };
        work.tables().start_session(&new).await.expect("a session");
        work.commit().await.expect("committed");
        let cookie = gate::session_cookie(&self.app, id, &session, now).expect("a cookie");
        Way::Cookie(cookie.to_str().expect("text").split(';').next().expect("a pair").to_owned())
    }

    /// A token of an administrator with these scopes.
    pub async fn token(&self, bed: &Bed, scopes: &[Scope]) -> Way {
        let mut change = bed.store.change(bed.organization, bed.author()).await.expect("a change");
        let roles = Roles::parse("administrator").expect("a role");
        let made = inviting::make_token(&mut change, "test", &roles, scopes, "test").await.expect("a token");
        change.commit().await.expect("committed");
        Way::Token(made.text)
    }

    pub async fn ask(&self, way: &Way, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let answer = self.begin(way, method, path, headers, Body::from(body.to_owned())).await;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Asks with any body; gives the answer before its body was read.
    pub async fn begin(
        &self,
        way: &Way,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path);
        match way {
            Way::Nobody => request = request.header("sec-fetch-site", "same-origin"),
            Way::Cookie(cookie) => request = request.header("cookie", cookie).header("sec-fetch-site", "same-origin"),
            Way::Token(token) => request = request.header("authorization", format!("Bearer {token}")),
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    pub async fn get(&self, way: &Way, path: &str) -> Answer {
        self.ask(way, Method::GET, path, &[], "").await
    }

    pub async fn post_json(&self, way: &Way, path: &str, body: &serde_json::Value) -> Answer {
        self.ask(way, Method::POST, path, &[("content-type", "application/json")], &body.to_string()).await
    }
}
