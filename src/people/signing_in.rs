//! Signing in, stepping up, signing out.
//!
//! Invariant: every attempt costs the same work; a session begins with its leaf in the platform's journal.

use crate::auth::keys::Keys;
use crate::auth::secret::{Secret, recovery_digest};
use crate::auth::{lockout, password, totp};
use crate::ids::{OrganizationId, UserId};
use crate::storage::change::Author;
use crate::storage::journal::Subject;
use crate::storage::platform::{NewSession, User};
use crate::storage::{Actor, ActorKind, Change, Result, Store};
use crate::vocabulary::Moment;

/// Seconds the step-up window stays open after a one-time code.
pub const STEP_UP_SECONDS: i64 = 600;

/// Who tries, from where.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub login: String,
    pub password: String,
    /// A one-time or recovery code; empty from those who have none.
    pub code: String,
    pub address: String,
    pub agent: String,
    /// The browser bears this person's mark: what strangers did to the login does not make it wait.
    pub known: bool,
}

/// What came of an attempt.
#[derive(Debug)]
pub enum Outcome {
    /// Signed in: user and session.
    In(UserId, String),
    /// Wrong login, password or code; which one is not said.
    Wrong,
    /// Too many failures in a row; seconds to wait.
    Wait(i64),
}

/// The methods of a session, by RFC 8176.
const PASSWORD_ONLY: &str = "pwd";
const WITH_CODE: &str = "pwd otp";

/// Judges an attempt whose password was compared with `matches`, and begins a session.
pub async fn sign_in(
    store: &Store,
    keys: &Keys,
    attempt: &Attempt,
    user: Option<User>,
    matches: bool,
) -> Result<Outcome> {
    let now = store.clock().now();
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else {
        note_failure(store, None, attempt).await?;
        return Ok(Outcome::Wrong);
    };
    let waited = now.micros_since(user.failed_at) / 1_000_000;
    let wait = lockout::wait_after(user.failures) - waited;
    if wait > 0 && !attempt.known {
        return Ok(Outcome::Wait(wait));
    }
    let mut change = store.change(OrganizationId::PLATFORM, author(store, &user, PASSWORD_ONLY)).await?;
    let second = second_factor(&mut change, keys, &user, &attempt.code).await?;
    if !matches || second == Second::Wrong {
        drop(change);
        note_failure(store, Some(user.id), attempt).await?;
        return Ok(Outcome::Wrong);
    }
    let methods = if second == Second::Good { WITH_CODE } else { PASSWORD_ONLY };
    let session = begin(&mut change, user.id, methods, &attempt.address, &attempt.agent).await?;
    let mut tables = change.reading().await?.platform();
    tables.forget_failures(user.id).await?;
    change.commit().await?;
    Ok(Outcome::In(user.id, session))
}

/// Begins a session inside a change of the platform's log.
pub async fn begin(change: &mut Change, user: UserId, methods: &str, address: &str, agent: &str) -> Result<String> {
    let now = change.moment();
    let session = Secret::random().reveal().to_owned();
    let step_up_until = if methods == WITH_CODE { now.plus_seconds(STEP_UP_SECONDS) } else { Moment::ZERO };
    let salt: [u8; 16] = rand::random();
    let agent = crate::vocabulary::fold::truncated(agent, 200);
    let new = NewSession { id: &session, user, at: now, step_up_until, methods, address, address_salt: &salt, agent };
    change.reading().await?.platform().start_session(&new).await?;
    let subject = Subject { kind: "user", id: user.to_string(), rev: None };
    change.note("session.start", subject, None).await?;
    Ok(session)
}

/// Opens the step-up window of a session; false when the code is not good.
pub async fn step_up(
    store: &Store,
    keys: &Keys,
    author: Author,
    user: UserId,
    session: &str,
    code: &str,
) -> Result<bool> {
    let mut change = store.change(OrganizationId::PLATFORM, author).await?;
    let now = change.moment();
    let Some(user) = change.reading().await?.platform().user(user).await? else { return Ok(false) };
    if lockout::wait_after(user.failures) > now.micros_since(user.failed_at) / 1_000_000 {
        return Ok(false);
    }
    if second_factor(&mut change, keys, &user, code).await? != Second::Good {
        drop(change);
        let mut work = store.write_platform().await?;
        work.tables().count_failure(user.id, now).await?;
        work.commit().await?;
        return Ok(false);
    }
    let mut tables = change.reading().await?.platform();
    tables.step_up_session(session, now.plus_seconds(STEP_UP_SECONDS), WITH_CODE).await?;
    tables.forget_failures(user.id).await?;
    change.note("session.step_up", Subject { kind: "user", id: user.id.to_string(), rev: None }, None).await?;
    change.commit().await?;
    Ok(true)
}

/// Ends a session.
pub async fn sign_out(store: &Store, author: Author, user: UserId, session: &str) -> Result<()> {
    let mut change = store.change(OrganizationId::PLATFORM, author).await?;
    let now = change.moment();
    change.reading().await?.platform().end_session(session, user, now).await?;
    change.note("session.end", Subject { kind: "user", id: user.to_string(), rev: None }, None).await?;
    change.commit().await.map(drop)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    /// None enrolled, none needed.
    None,
    Good,
    Wrong,
}

async fn second_factor(change: &mut Change, keys: &Keys, user: &User, code: &str) -> Result<Second> {
    let Some(sealed) = &user.totp else { return Ok(Second::None) };
    let now = change.moment();
    let mut tables = change.reading().await?.platform();
    if code.chars().filter(char::is_ascii_alphanumeric).count() > 8 {
        let used = tables.use_recovery_code(user.id, recovery_digest(code), now).await?;
        return Ok(if used { Second::Good } else { Second::Wrong });
    }
    let seed = keys.unseal(&user.id.to_string(), sealed);
    let step = seed.and_then(|seed| totp::check(&seed, code, now, user.totp_step));
    match step {
        Some(step) if tables.take_totp_step(user.id, step).await? => Ok(Second::Good),
        _ => Ok(Second::Wrong),
    }
}

fn author(store: &Store, user: &User, methods: &str) -> Author {
    let amr = methods.split(' ').map(str::to_owned).collect();
    store.author(Actor { kind: ActorKind::User, id: user.id.to_string(), sid: None, amr, ip: None })
}

/// A failed attempt: counted for the person it names, and for its minute and source in the platform's journal.
async fn note_failure(store: &Store, user: Option<UserId>, attempt: &Attempt) -> Result<()> {
    let now = store.clock().now();
    if let Some(user) = user {
        let mut work = store.write_platform().await?;
        work.tables().count_failure(user, now).await?;
        work.commit().await?;
    }
    super::refusals::count(store, &attempt.address).await
}

/// Whether the password is the user's; does the same work for nobody.
#[must_use]
pub fn matches(user: Option<&User>, given: &str) -> bool {
    password::verify(user.and_then(|user| user.password.as_deref()), given)
}
