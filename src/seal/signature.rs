//! Signatures two other tools verify: openssl (PEM key, raw signature) and minisign (legacy `Ed`).
//!
//! Invariant: one Ed25519 key behind both forms.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::EncodePublicKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::storage::versions::hex;

/// SHA-256 in hex of the public key as DER `SubjectPublicKeyInfo`: what a letter to the auditor names.
#[must_use]
pub fn fingerprint(key: &VerifyingKey) -> String {
    key.to_public_key_der().map_or_else(|_| String::new(), |der| hex(&Sha256::digest(der.as_bytes())))
}

/// The public key as PEM.
#[must_use]
pub fn pem(key: &VerifyingKey) -> String {
    key.to_public_key_pem(LineEnding::LF).unwrap_or_default()
}

/// The key number minisign shows: the first eight bytes of the fingerprint's hash.
fn number(key: &VerifyingKey) -> [u8; 8] {
    let digest = Sha256::digest(key.as_bytes());
    [digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]]
}

/// minisign's public key file.
#[must_use]
pub fn minisign_key(key: &VerifyingKey) -> String {
    let bytes = [&b"Ed"[..], &number(key), key.as_bytes()].concat();
    format!("untrusted comment: Glance package key\n{}\n", STANDARD.encode(bytes))
}

/// minisign's signature file over a message, legacy form: the message itself is signed.
#[must_use]
pub fn minisign(key: &SigningKey, message: &[u8], comment: &str) -> String {
    let signature = key.sign(message).to_bytes();
    let line = [&b"Ed"[..], &number(&key.verifying_key()), &signature].concat();
    let trusted = format!("file:{comment}");
    let global = key.sign(&[&signature[..], trusted.as_bytes()].concat()).to_bytes();
    format!(
        "untrusted comment: signature from the Glance package key\n{}\ntrusted comment: {trusted}\n{}\n",
        STANDARD.encode(line),
        STANDARD.encode(global)
    )
}

/// True when a minisign file is what [`minisign`] would have written, but for its untrusted comment.
#[must_use]
pub fn minisign_holds(key: &VerifyingKey, message: &[u8], file: &str) -> bool {
    use ed25519_dalek::Signature;
    let lines: Vec<&str> = file.split('\n').collect();
    let [untrusted, line, trusted, global, ""] = lines.as_slice() else { return false };
    let (Ok(line), Ok(global)) = (STANDARD.decode(line), STANDARD.decode(global)) else { return false };
    let expected = [&b"Ed"[..], &number(key)].concat();
    let Some(comment) = trusted.strip_prefix("trusted comment: ") else { return false };
    let Some(signature) = line.strip_prefix(expected.as_slice()) else { return false };
    let holds = |message: &[u8], signature: &[u8]| {
        Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
    };
    untrusted.starts_with("untrusted comment: ")
        && holds(message, signature)
        && holds(&[signature, comment.as_bytes()].concat(), &global)
}
