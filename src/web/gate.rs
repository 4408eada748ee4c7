//! The gate before every route: who calls, may they, and is the step-up window open.
//!
//! Invariant: a session or token is looked up on every request, so revocation and role changes hold at once. A member of
//! another organization sees exactly what anybody sees of a place that does not exist.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq;

use super::caller::{Caller, Serving, Who};
use super::eye::{Seen, Sought};
use super::routes::Policy;
use super::{App, Failure};
use crate::auth::{Roles, Scope, confines, needs_step_up, permits, scope_for, secret, session_token};
use crate::ids::{Id, RequestId};
use crate::storage::platform::{Token, Visit};
use crate::vocabulary::{Moment, TimeZone};

/// The cookie that points to a session.
pub const COOKIE: &str = "__Host-glance";

/// What stands before one route.
#[derive(Clone)]
pub struct Gate {
    pub app: App,
    pub policy: Policy,
}

/// Lets a request through to its route, or says why not.
pub async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Result<Response, Failure> {
    let moment = gate.app.store.clock().now();
    let path = request.uri().path().to_owned();
    let slug = slug(&path).to_owned();
    let parts = CallParts { moment, address: super::guard::address(request.extensions()) };
    let headers = request.headers().clone();
    let found = match headers.get(header::AUTHORIZATION) {
        Some(bearer) => by_token(&gate.app, bearer, parts).await?.map(|caller| (caller, None)),
        None => by_session(&gate.app, &headers, &slug, parts).await?,
    };
    let (mut caller, renewed) = match found {
        Some((caller, renewed)) => (Some(caller), renewed),
        None => (None, None),
    };
    if let Some(caller) = &mut caller {
        place(caller, &request, &headers)?;
    }
    allow(gate.policy, caller.as_ref(), &slug, &request)?;
    if let Some(caller) = &mut caller
        && let Some(elsewhere) = confine(&gate, caller, (request.method().is_safe(), &path)).await?
    {
        return Ok(super::page::see(&elsewhere));
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let is_read = request.method().is_safe();
    let mut response = next.run(request).await;
    if !is_read && response.status().as_u16() < 400 {
        gate.app.nudge.notify_one();
    }
    if let Some(cookie) = renewed
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// How and where the caller stands: the look of the pages, the page they are on, the instant they ask for.
fn place(caller: &mut Caller, request: &Request, headers: &HeaderMap) -> Result<(), Failure> {
    caller.look = super::Look::of(headers);
    if request.method().is_safe() {
        caller.here = request.uri().path_and_query().map_or("/", |here| here.as_str()).to_owned();
    }
    caller.as_of = instant(request.uri().query().unwrap_or(""), caller)?;
    Ok(())
}

/// Lets somebody who is here only to audit on to what the eye shows them, or gives the address that leads there.
async fn confine(gate: &Gate, caller: &mut Caller, (is_read, path): (bool, &str)) -> Result<Option<String>, Failure> {
    let Policy::Organization(action) = gate.policy else { return Ok(None) };
    if !confines(&caller.serving()?.roles, action) {
        return Ok(None);
    }
    let seen = crate::EYE(&gate.app, caller, Sought { is_read, path, as_of: caller.as_of }).await?;
    match seen {
        Seen::Page { home } => caller.confined = Some(home),
        Seen::Elsewhere(address) => return Ok(Some(address)),
        Seen::Nothing => return Err(Failure::NotFound),
    }
    Ok(None)
}

/// The organization an address names.
fn slug(path: &str) -> &str {
    let rest = path.strip_prefix("/o/").or_else(|| path.strip_prefix("/api/v1/o/")).unwrap_or("");
    rest.split('/').next().unwrap_or("")
}

fn allow(policy: Policy, caller: Option<&Caller>, slug: &str, request: &Request) -> Result<(), Failure> {
    if policy == Policy::Public {
        return Ok(());
    }
    let is_read = request.method().is_safe();
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let caller =
        caller.ok_or_else(|| Failure::SignIn { next: if is_read { address.to_owned() } else { String::new() } })?;
    let stepped_up = matches!(&caller.who, Who::User { step_up_until, .. } if *step_up_until > caller.moment);
    let step_up = || Failure::StepUp { next: if is_read { address.to_owned() } else { String::new() } };
    match policy {
        Policy::Public => Ok(()),
        Policy::SignedIn => caller.user().map(drop),
        Policy::SteppedUp => {
            caller.user()?;
            if stepped_up { Ok(()) } else { Err(step_up()) }
        }
        Policy::Organization(action) => {
            let serving = caller.serving.as_ref().filter(|serving| slug.is_empty() || serving.slug == slug);
            let serving = serving.ok_or(Failure::NotFound)?;
            if !permits(&serving.roles, action) {
                return Err(Failure::Forbidden(format!("Your role here does not allow this: {}.", action.label())));
            }
            match &caller.who {
                Who::Token { scopes, .. } => scoped(scopes, scope_for(action)),
                Who::User { .. } if needs_step_up(action) && !stepped_up => Err(step_up()),
                Who::User { .. } => Ok(()),
            }
        }
    }
}

fn scoped(held: &str, needed: Option<Scope>) -> Result<(), Failure> {
    let Some(needed) = needed else {
        return Err(Failure::Forbidden("Only a person who signed in may do this, never a token.".to_owned()));
    };
    if held.split(' ').any(|scope| scope == needed.word()) {
        Ok(())
    } else {
        Err(Failure::Forbidden(format!("The token lacks the scope {}.", needed.word())))
    }
}

type Found = (Caller, Option<HeaderValue>);

struct CallParts {
    moment: Moment,
    address: String,
}

async fn by_token(app: &App, bearer: &HeaderValue, parts: CallParts) -> Result<Option<Caller>, Failure> {
    let Some(text) = bearer.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")) else { return Ok(None) };
    let Some((id, secret)) = secret::split_token(text.trim()) else { return Ok(None) };
    let mut work = app.store.read_platform().await?;
    let Some(token) = work.tables().token(&id).await? else { return Ok(None) };
    let fits = bool::from(token.digest.ct_eq(secret.digest().as_slice()));
    if !fits || token.revoked_at.is_some() || token.expires_at <= parts.moment {
        return Ok(None);
    }
    drop(work);
    if token.used_at.is_none_or(|at| parts.moment.micros_since(at) > 60_000_000) {
        let mut work = app.store.write_platform().await?;
        work.tables().touch_token(&id, parts.moment).await?;
        work.commit().await?;
    }
    Ok(Some(of_token(token, parts)))
}

fn of_token(token: Token, parts: CallParts) -> Caller {
    let roles = Roles::parse(&token.roles).unwrap_or_default();
    Caller {
        who: Who::Token { id: token.id, scopes: token.scopes },
        name: token.name,
        serving: Some(Serving {
            id: token.organization_id,
            slug: token.slug,
            name: token.organization,
            time_zone: TimeZone::known(&token.time_zone),
            roles,
        }),
        moment: parts.moment,
        request: RequestId::new(parts.moment, &mut rand::rng()),
        as_of: None,
        look: super::Look::default(),
        here: "/".to_owned(),
        confined: None,
        address: parts.address,
        address_salt: token.address_salt,
    }
}

async fn by_session(app: &App, headers: &HeaderMap, slug: &str, parts: CallParts) -> Result<Option<Found>, Failure> {
    let Some(cookie) = cookie(headers, COOKIE) else { return Ok(None) };
    let Ok(claims) = session_token::read(&cookie, &app.keys, parts.moment) else { return Ok(None) };
    let mut work = app.store.read_platform().await?;
    let Some(visit) = work.tables().visit(&claims.sid, slug, parts.moment).await? else { return Ok(None) };
    drop(work);
    if visit.user_id.to_string() != claims.sub {
        return Ok(None);
    }
    if parts.moment.micros_since(visit.seen_at) > 60_000_000 {
        let mut work = app.store.write_platform().await?;
        work.tables().touch_session(&claims.sid, parts.moment).await?;
        work.commit().await?;
    }
    let renewed = if session_token::should_reissue(&claims, parts.moment) {
        Some(session_cookie(app, visit.user_id, &claims.sid, parts.moment)?)
    } else {
        None
    };
    Ok(Some((of_visit(visit, slug, parts), renewed)))
}

fn of_visit(visit: Visit, slug: &str, parts: CallParts) -> Caller {
    let serving = match (visit.organization_id, visit.organization, visit.roles.as_deref()) {
        (Some(id), Some(name), Some(roles)) => {
            let time_zone = TimeZone::known(visit.time_zone.as_deref().unwrap_or(""));
            Roles::parse(roles).ok().map(|roles| Serving { id, slug: slug.to_owned(), name, time_zone, roles })
        }
        _ => None,
    };
    Caller {
        who: Who::User {
            id: visit.user_id,
            login: visit.login,
            session: visit.session,
            methods: visit.methods.split_whitespace().map(str::to_owned).collect(),
            step_up_until: visit.step_up_until,
            enrolled: visit.enrolled,
            served: visit.served,
        },
        name: visit.person,
        serving,
        moment: parts.moment,
        request: RequestId::new(parts.moment, &mut rand::rng()),
        as_of: None,
        look: super::Look::default(),
        here: "/".to_owned(),
        confined: None,
        address: parts.address,
        address_salt: visit.address_salt,
    }
}

/// The instant an address asks for: RFC 3339, or a date for its last moment in the organization's zone.
fn instant(query: &str, caller: &Caller) -> Result<Option<Moment>, Failure> {
    let Some(text) = super::extract::query_value(query, "as_of").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    caller.instant("as_of", &text).map(Some)
}

/// A cookie of the request.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .find_map(|part| {
            let (known, value) = part.trim().split_once('=')?;
            (known == name).then(|| value.to_owned())
        })
}

/// The `Set-Cookie` that points to a session.
pub fn session_cookie(app: &App, user: crate::ids::UserId, session: &str, now: Moment) -> Result<HeaderValue, Failure> {
    let token = session_token::issue(&app.keys, &user.to_string(), session, now).map_err(Failure::Bug)?;
    HeaderValue::try_from(format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"))
        .map_err(|error| Failure::Bug(error.to_string()))
}
