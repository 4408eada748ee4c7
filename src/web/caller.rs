//! Who calls: a person with a session or a program with a token, and their part in the organization of the address.
//!
//! Invariant: made only by the gate. Roles come from the database on every request, never from a cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};

use super::{App, Failure};
use crate::auth::{Action, Roles, permits};
use crate::ids::{OrganizationId, RequestId, UserId};
use crate::storage::change::Author;
use crate::storage::{Actor, ActorKind, AsOf, Change, Snapshot};
use crate::vocabulary::{Date, Moment, TimeZone};

/// The caller of a request.
#[derive(Clone, Debug)]
pub struct Caller {
    pub who: Who,
    /// The name of the person, or of the token.
    pub name: String,
    /// The organization of the address, or of the token.
    pub serving: Option<Serving>,
    pub moment: Moment,
    pub request: RequestId,
    /// The instant the address asks for.
    pub as_of: Option<Moment>,
    /// How its pages look.
    pub look: super::Look,
    /// The page the request is on, to come back to; home after a write.
    pub here: String,
    /// Where the view of somebody who is here only to audit begins; none for everybody else.
    pub confined: Option<String>,
    pub(super) address: String,
    pub(super) address_salt: Vec<u8>,
}

/// A session or a token.
#[derive(Clone, Debug)]
pub enum Who {
    User {
        id: UserId,
        login: String,
        session: String,
        methods: Vec<String>,
        step_up_until: Moment,
        /// Has a second factor.
        enrolled: bool,
        /// Number of organizations the person serves.
        served: i64,
    },
    Token {
        id: String,
        scopes: String,
    },
}

/// The caller's part in an organization.
#[derive(Clone, Debug)]
pub struct Serving {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
    pub time_zone: TimeZone,
    pub roles: Roles,
}

impl Caller {
    /// The organization the address names; the gate let only its members pass.
    pub fn serving(&self) -> Result<&Serving, Failure> {
        self.serving.as_ref().ok_or(Failure::NotFound)
    }

    /// The user behind a session, for what only people do.
    pub fn user(&self) -> Result<UserId, Failure> {
        match &self.who {
            Who::User { id, .. } => Ok(*id),
            Who::Token { .. } => Err(Failure::Forbidden("Only a person who signed in may do this.".to_owned())),
        }
    }

    /// The zone of the organization the address names; UTC where it names none.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        self.serving.as_ref().map_or(TimeZone::UTC, |serving| serving.time_zone)
    }

    /// An instant somebody typed into a field: RFC 3339, or a date for its last moment (today: for now).
    pub fn instant(&self, field: &str, text: &str) -> Result<Moment, Failure> {
        let (zone, refused) = (self.time_zone(), |problem: &str| Failure::field(field, text, problem));
        let found = zone.instant(text).map_err(|problem| refused(&problem))?;
        let is_today = zone.date(self.moment) == text.trim();
        let found = if is_today { found.min(self.moment) } else { found };
        if found > self.moment { Err(refused("in the future; choose a moment that has been")) } else { Ok(found) }
    }

    /// When something was done, as a form or a program says it: a time of day of the organization's zone as
    /// `2026-03-31T17:00`, RFC 3339, or nothing for now; never in the future.
    pub fn done_at(&self, field: &str, text: &str) -> Result<Moment, Failure> {
        let text = text.trim();
        let local = || text.split_once('T').and_then(|(day, clock)| Some((Date::parse(day).ok()?, clock)));
        let wrong = || "not a moment; write it with its offset, as 2026-03-31T17:00:00-06:00".to_owned();
        let found = match (text.is_empty(), Moment::parse(text)) {
            (true, _) => return Ok(self.moment),
            (_, Some(at)) => Ok(at),
            (_, None) => local().map_or_else(|| Err(wrong()), |(day, clock)| self.time_zone().on(day, clock)),
        };
        let at = found.map_err(|problem| Failure::field(field, text, problem))?;
        let is_future = at > self.moment;
        if is_future { Err(Failure::field(field, text, "in the future; say when it was done")) } else { Ok(at) }
    }

    /// The day the page is read for, on the organization's calendar: today, or the day it goes back to.
    #[must_use]
    pub fn day(&self) -> Date {
        let at = self.as_of.unwrap_or(self.moment);
        Date::parse(&self.time_zone().date(at)).unwrap_or(Date::EPOCH)
    }

    /// The instant the page shows: the one asked for, else now.
    #[must_use]
    pub fn instant_shown(&self) -> Moment {
        self.as_of.unwrap_or(self.moment)
    }

    /// A moment in words, in the organization's zone.
    #[must_use]
    pub fn told(&self, at: Moment) -> String {
        self.time_zone().told(at)
    }

    #[must_use]
    pub fn session(&self) -> &str {
        if let Who::User { session, .. } = &self.who { session } else { "" }
    }

    /// True when the roles allow it. An auditor's view offers nothing: the gate let through what may be seen.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.confined.is_none() && self.serving.as_ref().is_some_and(|serving| permits(&serving.roles, action))
    }

    /// True when the caller may change things now: not while looking at the past.
    #[must_use]
    pub fn may_now(&self, action: Action) -> bool {
        self.as_of.is_none() && self.may(action)
    }

    /// Who the journal names.
    #[must_use]
    pub fn author(&self) -> Author {
        let salted = Sha256::new().chain_update(&self.address_salt).chain_update(self.address.as_bytes()).finalize();
        let ip = Some(crate::storage::versions::hash_text(&salted));
        let actor = match &self.who {
            Who::User { id, session, methods, .. } => Actor {
                kind: ActorKind::User,
                id: id.to_string(),
                sid: Some(public_session(session)),
                amr: methods.clone(),
                ip,
            },
            Who::Token { id, .. } => Actor { kind: ActorKind::Token, id: id.clone(), sid: None, amr: Vec::new(), ip },
        };
        Author { actor, request: self.request }
    }

    /// The organization at the instant the address asks for.
    pub async fn snapshot(&self, app: &App) -> Result<Snapshot, Failure> {
        let as_of = self.as_of.map_or(AsOf::Now, AsOf::At);
        Ok(app.store.snapshot(self.serving()?.id, as_of).await?)
    }

    /// An open change of the organization.
    pub async fn change(&self, app: &App) -> Result<Change, Failure> {
        Ok(app.store.change(self.serving()?.id, self.author()).await?)
    }
}

/// The public id of a session: what the journal may name without giving a way in.
#[must_use]
pub fn public_session(session: &str) -> String {
    let digest = Sha256::digest(session.as_bytes());
    crate::storage::versions::hex(&digest[..8])
}

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        parts.extensions.get::<Caller>().cloned().ok_or(Failure::SignIn { next: String::new() })
    }
}
