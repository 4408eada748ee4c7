//! The cookie's content: a signed pointer to a session row, good for fifteen minutes at a time.
//!
//! Invariant: `EdDSA` only, one type, one audience, one issuer; a token alone opens nothing, the row does. Source: RFC 8725.

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use super::keys::Keys;
use crate::vocabulary::Moment;

const TYPE: &str = "glance-session+jwt";
const AUDIENCE: &str = "glance-web";
const ISSUER: &str = "glance";
/// Seconds a token is good for.
const LIFE: i64 = 15 * 60;
/// Re-issued when this many seconds or fewer are left.
const RENEW: i64 = 5 * 60;
/// Seconds two clocks may differ.
const LEEWAY: i64 = 5;

/// What a session token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The user's id.
    pub sub: String,
    /// The session's id.
    pub sid: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

/// The header as it must be: nothing else is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    typ: String,
    alg: String,
    kid: String,
}

/// Not a token of a living session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// Signs a token for a session.
pub fn issue(keys: &Keys, user: &str, session: &str, now: Moment) -> Result<String, String> {
    let key = keys.session();
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(key.id.clone());
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: user.to_owned(),
        sid: session.to_owned(),
        iat: now.seconds(),
        nbf: now.seconds(),
        exp: now.seconds() + LIFE,
    };
    jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|error| error.to_string())
}

/// Reads a token of this installation that is good at the moment.
pub fn read(token: &str, keys: &Keys, now: Moment) -> Result<Claims, Refused> {
    let header = strict_header(token).ok_or(Refused)?;
    if header.typ != TYPE || header.alg != "EdDSA" {
        return Err(Refused);
    }
    let key = keys.session_by_id(&header.kid).ok_or(Refused)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    // The moments are judged below against the given one; here only signature, issuer and audience are.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).map_err(|_| Refused)?.claims;
    let at = now.seconds();
    let good =
        claims.nbf <= at + LEEWAY && at < claims.exp + LEEWAY && claims.exp - claims.iat <= LIFE && claims.iat >= 0;
    if good { Ok(claims) } else { Err(Refused) }
}

fn strict_header(token: &str) -> Option<StrictHeader> {
    use base64::Engine;
    let part = token.split('.').next()?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// True when the token should be replaced on the way out.
#[must_use]
pub fn should_reissue(claims: &Claims, now: Moment) -> bool {
    claims.exp - now.seconds() < RENEW
}

#[cfg(test)]
mod tests {
    use super::{Claims, TYPE, issue, read, should_reissue};
    use crate::auth::keys::Keys;
    use crate::vocabulary::Moment;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};

    const NOW: Moment = Moment::from_micros(1_772_463_600_000_000);

    fn keys() -> (tempfile::TempDir, Keys) {
        let directory = tempfile::tempdir().unwrap();
        let keys = Keys::open(directory.path(), NOW).unwrap();
        (directory, keys)
    }

    #[test]
    fn lives_fifteen_minutes() {
        let (_directory, keys) = keys();
        let token = issue(&keys, "u", "s", NOW).unwrap();
        let claims = read(&token, &keys, NOW).unwrap();
        assert_eq!((claims.sub.as_str(), claims.sid.as_str()), ("u", "s"));
        assert!(!should_reissue(&claims, NOW));
        assert!(should_reissue(&claims, NOW.plus_seconds(601)));
        assert!(read(&token, &keys, NOW.plus_seconds(906)).is_err());
        assert!(read(&token, &keys, NOW.plus_seconds(-60)).is_err());
    }

    #[test]
    fn no_bit_may_flip() {
        let (_directory, keys) = keys();
        let token = issue(&keys, "u", "s", NOW).unwrap();
        for at in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(bad) = String::from_utf8(bytes) else { continue };
            assert!(read(&bad, &keys, NOW).is_err(), "byte {at}");
        }
    }

    #[test]
    fn no_other_algorithm_type_or_claim() {
        let (_directory, keys) = keys();
        let key = keys.session();
        let claims = |exp: i64| Claims {
            iss: "glance".into(),
            aud: "glance-web".into(),
            sub: "u".into(),
            sid: "s".into(),
            iat: NOW.seconds(),
            nbf: NOW.seconds(),
            exp,
        };
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.id.clone());
        let good = NOW.seconds() + 900;
        let hmac = EncodingKey::from_secret(b"the public key's bytes");
        let foreign = jsonwebtoken::encode(&header, &claims(good), &hmac).unwrap();
        assert!(read(&foreign, &keys, NOW).is_err());
        header.alg = Algorithm::EdDSA;
        let signed =
            |header: &Header, claims: &serde_json::Value| jsonwebtoken::encode(header, claims, &key.encoding).unwrap();
        let value = serde_json::to_value(claims(good)).unwrap();
        assert!(read(&signed(&header, &value), &keys, NOW).is_ok());
        for (name, bad) in [
            ("exp", "\"x\""),
            ("exp", "1e400"),
            ("nbf", "\"1\""),
            ("aud", "\"other\""),
            ("iss", "\"x\""),
            ("exp", "-5"),
            ("exp", "99999999999"),
        ] {
            let mut value = value.clone();
            value[name] = serde_json::from_str(bad).unwrap_or(serde_json::Value::Null);
            assert!(read(&signed(&header, &value), &keys, NOW).is_err(), "{name} {bad}");
        }
        let mut missing = value.clone();
        missing.as_object_mut().unwrap().remove("exp");
        assert!(read(&signed(&header, &missing), &keys, NOW).is_err());
        header.jku = Some("https://evil.test".to_owned());
        assert!(read(&signed(&header, &value), &keys, NOW).is_err());
        header.jku = None;
        header.typ = Some("JWT".to_owned());
        assert!(read(&signed(&header, &value), &keys, NOW).is_err());
    }
}
