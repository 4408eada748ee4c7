//! Letting people in: first set-up, invitations, reset links, disabling, tokens.
//!
//! Invariant: a link works once and for a day; the person, the membership and its leaf begin together.

use super::{Membership, actions};
use crate::auth::secret::{Secret, public_id, token_text};
use crate::auth::{Roles, Scope};
use crate::ids::{Id, UserId};
use crate::storage::journal::Subject;
use crate::storage::platform::{NewLink, NewToken, NewUser};
use crate::storage::{Change, Result, Store};
use crate::vocabulary::Moment;

/// Seconds an invitation or reset link is good.
const LINK_SECONDS: i64 = 24 * 3600;
/// Seconds a set-up link is good.
const SETUP_SECONDS: i64 = 30 * 60;
/// Seconds a token is good: a year at most.
pub const TOKEN_SECONDS: i64 = 365 * 86_400;

/// Whether a login can be used; the error says what would be right.
pub fn check_login(login: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '@');
    if (2..=60).contains(&login.len()) && login.chars().all(fits) {
        Ok(())
    } else {
        Err("2 to 60 lower-case letters, digits, dots, hyphens or @".to_owned())
    }
}

/// A link for first set-up; only while nobody can sign in.
pub async fn setup_link(store: &Store) -> Result<Option<Secret>> {
    let mut work = store.write_platform().await?;
    if work.tables().user_count().await? > 0 {
        return Ok(None);
    }
    let (secret, now) = (Secret::random(), store.clock().now());
    let expires_at = now.plus_seconds(SETUP_SECONDS);
    let new =
        NewLink { digest: secret.digest(), purpose: "setup", user: None, organization: None, at: now, expires_at };
    work.tables().insert_link(&new).await?;
    work.commit().await?;
    Ok(Some(secret))
}

/// Adds a person, new or known by the login, to the organization of the change; gives the user.
pub async fn add(change: &mut Change, login: &str, name: &str, roles: &Roles, why: &str) -> Result<UserId> {
    let at = change.moment();
    let mut tables = change.reading().await?.platform();
    let (user, name) = if let Some(known) = tables.user_by_login(login).await? {
        (known.id, known.name)
    } else {
        let id = UserId::new(at, &mut rand::rng());
        tables.insert_user(&NewUser { id, login, name, at }).await?;
        (id, name.to_owned())
    };
    let wanted = Membership { user, login: login.to_owned(), name, roles: roles.to_string() };
    actions::set_roles(change, &wanted, why).await?;
    Ok(user)
}

/// A one-time link for a person: `invite`, `reset` or `sign_in`. Earlier ones of the same purpose stop working.
pub async fn link(change: &mut Change, user: UserId, purpose: &'static str) -> Result<Secret> {
    let (secret, at, organization) = (Secret::random(), change.moment(), change.organization());
    let expires_at = at.plus_seconds(LINK_SECONDS);
    let organization = Some(organization);
    let new = NewLink { digest: secret.digest(), purpose, user: Some(user), organization, at, expires_at };
    change.reading().await?.platform().insert_link(&new).await?;
    change.note(&format!("link.{purpose}"), Subject { kind: "user", id: user.to_string(), rev: None }, None).await?;
    Ok(secret)
}

/// A new token's id, text and end.
pub struct MadeToken {
    pub id: String,
    pub text: String,
    pub expires_at: Moment,
}

/// Makes an API token of the organization; its text is shown once.
pub async fn make_token(
    change: &mut Change,
    name: &str,
    roles: &Roles,
    scopes: &[Scope],
    by: &str,
) -> Result<MadeToken> {
    let (id, secret, at) = (public_id(), Secret::random(), change.moment());
    let expires_at = at.plus_seconds(TOKEN_SECONDS);
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.word()).collect();
    let salt: [u8; 16] = rand::random();
    let organization = change.organization();
    let new = NewToken {
        id: &id,
        organization,
        name,
        roles: &roles.to_string(),
        scopes: &scopes.join(" "),
        digest: secret.digest(),
        address_salt: &salt,
        created_by: by,
        at,
        expires_at,
    };
    change.reading().await?.platform().insert_token(&new).await?;
    change.note("token.create", Subject { kind: "token", id: id.clone(), rev: None }, Some(name)).await?;
    Ok(MadeToken { text: token_text(&id, &secret), id, expires_at })
}
