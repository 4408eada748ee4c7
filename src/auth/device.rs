//! Known devices: a browser somebody signed in from keeps a sealed mark, so strangers who guess at a login cannot lock its
//! person out during an event (security design §1.3 row 6.3.1, §4.2).
//!
//! Invariant: the mark opens nothing by itself; it only spares its bearer the ladder of others. Another password makes
//! every mark worthless.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::keys::Keys;
use crate::ids::UserId;

/// The cookie that keeps the mark.
pub const COOKIE: &str = "__Host-glance-device";
/// Half a year after the last time somebody signed in with it.
pub const SECONDS: u32 = 15_552_000;

/// What a mark is sealed to: the person, and the password they have.
fn context(user: UserId, password: &str) -> String {
    format!("known device {user} {}", URL_SAFE_NO_PAD.encode(Sha256::digest(password.as_bytes())))
}

/// A mark for a browser this person just signed in from.
pub fn mark(keys: &Keys, user: UserId, password: &str) -> Result<String, String> {
    let random: [u8; 16] = rand::random();
    keys.seal(&context(user, password), &random).map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
}

/// True for a mark of this person under this password.
#[must_use]
pub fn is_known(keys: &Keys, mark: &str, user: UserId, password: &str) -> bool {
    let sealed = URL_SAFE_NO_PAD.decode(mark).ok().filter(|sealed| !sealed.is_empty() && sealed.len() < 512);
    sealed.is_some_and(|sealed| keys.unseal(&context(user, password), &sealed).is_some())
}
