//! Choosing a password, enrolling a second factor, ending sessions.
//!
//! Invariant: a new password or factor ends the other sessions; each act is a leaf of the platform's journal.

use crate::auth::keys::Keys;
use crate::auth::secret::{recovery_codes, recovery_digest};
use crate::auth::totp;
use crate::ids::{OrganizationId, UserId};
use crate::storage::change::Author;
use crate::storage::journal::Subject;
use crate::storage::{Change, Failure, Result, Store};

/// Keeps a new password (as PHC string) and ends all sessions but `kept`.
pub async fn set_password(store: &Store, author: Author, user: UserId, phc: &str, kept: &str) -> Result<()> {
    let mut change = store.change(OrganizationId::PLATFORM, author).await?;
    set_password_in(&mut change, user, phc, kept).await?;
    change.commit().await.map(drop)
}

/// As [`set_password`], inside a change of the platform's log.
pub async fn set_password_in(change: &mut Change, user: UserId, phc: &str, kept: &str) -> Result<()> {
    let now = change.moment();
    let mut tables = change.reading().await?.platform();
    tables.set_password(user, phc).await?;
    tables.end_other_sessions(user, kept, now).await?;
    tables.forget_failures(user).await?;
    change.note("password.set", Subject { kind: "user", id: user.to_string(), rev: None }, None).await
}

/// Enrolls a second factor whose first code is good; gives the recovery codes, to be shown once. None when it is not.
pub async fn enroll(
    store: &Store,
    keys: &Keys,
    author: Author,
    who: (UserId, &str),
    seed: &[u8],
    code: &str,
) -> Result<Option<Vec<String>>> {
    let (user, session) = who;
    let mut change = store.change(OrganizationId::PLATFORM, author).await?;
    let now = change.moment();
    let Some(step) = totp::check(seed, code, now, 0) else { return Ok(None) };
    let sealed = keys.seal(&user.to_string(), seed).map_err(Failure::Unfit)?;
    let codes = recovery_codes();
    let digests: Vec<[u8; 32]> = codes.iter().map(|code| recovery_digest(code)).collect();
    let mut tables = change.reading().await?.platform();
    tables.set_totp(user, Some(sealed), step).await?;
    tables.replace_recovery_codes(user, &digests).await?;
    tables.end_other_sessions(user, session, now).await?;
    tables.step_up_session(session, now.plus_seconds(super::signing_in::STEP_UP_SECONDS), "pwd otp").await?;
    change.note("second_factor.enroll", Subject { kind: "user", id: user.to_string(), rev: None }, None).await?;
    change.commit().await?;
    Ok(Some(codes))
}

/// Ends all sessions of a user but one.
pub async fn end_others(store: &Store, author: Author, user: UserId, kept: &str) -> Result<()> {
    let mut change = store.change(OrganizationId::PLATFORM, author).await?;
    let now = change.moment();
    change.reading().await?.platform().end_other_sessions(user, kept, now).await?;
    change.note("sessions.end", Subject { kind: "user", id: user.to_string(), rev: None }, None).await?;
    change.commit().await.map(drop)
}
