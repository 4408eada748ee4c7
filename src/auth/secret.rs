//! Secrets Glance makes: one-time links, API tokens, session ids, recovery codes.
//!
//! Invariant: random bits from the operating system; only the SHA-256 is kept; shown once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest, Sha256};

/// A secret that prints as nothing.
#[derive(Clone)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// 256 random bits.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0u8; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What somebody presented.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// SHA-256, the only form that is kept.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The text, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// A public id of 64 random bits in hex, for tokens.
#[must_use]
pub fn public_id() -> String {
    let mut bytes = [0u8; 8];
    rand::rng().fill_bytes(&mut bytes);
    crate::storage::versions::hex(&bytes)
}

/// The text of an API token: `glt_<id>_<secret>`.
#[must_use]
pub fn token_text(id: &str, secret: &Secret) -> String {
    format!("glt_{id}_{}", secret.0)
}

/// Id and secret of a token's text.
#[must_use]
pub fn split_token(text: &str) -> Option<(String, Secret)> {
    let (id, secret) = text.strip_prefix("glt_")?.split_once('_')?;
    Some((id.to_owned(), Secret(secret.to_owned())))
}

/// Letters and digits that are not taken for each other (Crockford base32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Ten recovery codes of 120 bits, written `xxxxxx-xxxxxx-xxxxxx-xxxxxx`.
#[must_use]
pub fn recovery_codes() -> Vec<String> {
    let mut rng = rand::rng();
    let code = |bytes: [u8; 24]| {
        let letters: String = bytes.iter().map(|byte| LETTERS[usize::from(byte & 31)] as char).collect();
        [&letters[..6], &letters[6..12], &letters[12..18], &letters[18..]].join("-")
    };
    (0..10)
        .map(|_| {
            let mut bytes = [0u8; 24];
            rng.fill_bytes(&mut bytes);
            code(bytes)
        })
        .collect()
}

/// SHA-256 of a recovery code however it was typed.
#[must_use]
pub fn recovery_digest(code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    Sha256::digest(plain.replace('o', "0").replace(['i', 'l'], "1").as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::{Secret, public_id, recovery_codes, recovery_digest, split_token, token_text};

    #[test]
    fn secrets_return() {
        let secret = Secret::random();
        let (id, found) = split_token(&token_text(&public_id(), &secret)).unwrap();
        assert_eq!((id.len(), found.digest()), (16, secret.digest()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        let codes = recovery_codes();
        assert_eq!(recovery_digest(&codes[0]), recovery_digest(&codes[0].to_uppercase().replace('-', " ")));
        assert_eq!(codes[0].len(), 27);
    }
}
