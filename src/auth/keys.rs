//! The keys of an installation, as files of the data directory that only its owner can read.
//!
//! Invariant: the signing key of packages and checkpoints is never the session key; a file is written whole or not at all,
//! and two processes that begin at once end with the same keys.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};

use crate::storage::versions::hex;
use crate::vocabulary::Moment;

/// The keys in use.
pub struct Keys {
    directory: PathBuf,
    sessions: Vec<SessionKey>,
    signing: Vec<NamedKey>,
    sealing: [u8; 32],
}

/// A key for session tokens.
pub struct SessionKey {
    pub id: String,
    pub encoding: EncodingKey,
    pub decoding: DecodingKey,
}

/// A signing key and its file.
pub struct NamedKey {
    /// First 16 hex digits of the SHA-256 of the public key (DER `SubjectPublicKeyInfo`).
    pub id: String,
    pub made: String,
    pub key: SigningKey,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.directory.display())
    }
}

impl Keys {
    /// Opens the keys under `data`, making what is missing.
    pub fn open(data: &Path, now: Moment) -> Result<Self, String> {
        let directory = data.join("keys");
        make_private(&directory)?;
        let lock = fs::File::create(directory.join("lock")).map_err(|error| at(&directory, &error))?;
        lock.lock().map_err(|error| at(&directory, &error))?;
        for kind in ["session", "signing"] {
            if files(&directory, kind)?.is_empty() {
                make(&directory, kind, now)?;
            }
        }
        let seal = directory.join("sealing.key");
        if !seal.exists() {
            let bytes: [u8; 32] = rand::random();
            write_private(&seal, hex(&bytes).as_bytes())?;
        }
        let sessions = files(&directory, "session")?.iter().map(|path| session_key(path)).collect::<Result<_, _>>()?;
        let signing = files(&directory, "signing")?.iter().map(|path| named(path)).collect::<Result<_, _>>()?;
        let sealing = unhex(&read_private(&seal)?).ok_or_else(|| format!("{} is damaged", seal.display()))?;
        Ok(Self { directory, sessions, signing, sealing })
    }

    /// Makes a new key of a kind (`session`, `signing`); the old ones stay good for reading.
    pub fn rotate(data: &Path, kind: &str, now: Moment) -> Result<(), String> {
        make(&data.join("keys"), kind, now)
    }

    /// The newest session key.
    #[must_use]
    pub fn session(&self) -> &SessionKey {
        self.sessions.last().expect("opening made one")
    }

    #[must_use]
    pub fn session_by_id(&self, id: &str) -> Option<&SessionKey> {
        self.sessions.iter().find(|key| key.id == id)
    }

    /// The newest signing key.
    #[must_use]
    pub fn signing(&self) -> &NamedKey {
        self.signing.last().expect("opening made one")
    }

    /// Every signing key, oldest first.
    #[must_use]
    pub fn every_signing(&self) -> &[NamedKey] {
        &self.signing
    }

    #[must_use]
    pub fn every_session(&self) -> &[SessionKey] {
        &self.sessions
    }

    /// Where the keys lie.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Seals a small secret for the database, bound to what it belongs to.
    pub fn seal(&self, belongs_to: &str, plain: &[u8]) -> Result<Vec<u8>, String> {
        let nonce: [u8; 24] = rand::random();
        let mut sealed = nonce.to_vec();
        sealed.extend(self.cipher(belongs_to).encrypt(&XNonce::from(nonce), plain).map_err(|error| error.to_string())?);
        Ok(sealed)
    }

    /// Opens what [`Keys::seal`] sealed for the same owner.
    #[must_use]
    pub fn unseal(&self, belongs_to: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<24>()?;
        self.cipher(belongs_to).decrypt(&XNonce::from(*nonce), rest).ok()
    }

    fn cipher(&self, belongs_to: &str) -> XChaCha20Poly1305 {
        let key: [u8; 32] = Sha256::new().chain_update(self.sealing).chain_update(belongs_to).finalize().into();
        XChaCha20Poly1305::new(&key.into())
    }
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn make_private(directory: &Path) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|error| at(directory, &error))
}

/// Writes a file whole: under another name first, synced, then renamed.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), String> {
    use std::os::unix::fs::OpenOptionsExt;
    let said = |error: std::io::Error| at(path, &error);
    let temporary = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&temporary).map_err(said)?;
    file.write_all(bytes).map_err(said)?;
    file.sync_all().map_err(said)?;
    fs::rename(&temporary, path).map_err(said)?;
    let parent = path.parent().unwrap_or(path);
    fs::File::open(parent).and_then(|folder| folder.sync_all()).map_err(said)
}

fn read_private(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(|error| at(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("{} can be read by others; run chmod 600 on it", path.display()));
    }
    fs::read_to_string(path).map_err(|error| at(path, &error))
}

/// Key files of a kind, oldest first: `<kind>-<moment>-<id>.pem`.
fn files(directory: &Path, kind: &str) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(directory).map_err(|error| at(directory, &error))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
            name.starts_with(&format!("{kind}-")) && path.extension().is_some_and(|extension| extension == "pem")
        })
        .collect();
    found.sort();
    Ok(found)
}

fn make(directory: &Path, kind: &str, now: Moment) -> Result<(), String> {
    let key = SigningKey::from_bytes(&rand::random());
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
    let path = directory.join(format!("{kind}-{}-{}.pem", now.compact(), key_id(&key)?));
    write_private(&path, pem.as_bytes())
}

/// First 16 hex digits of the SHA-256 of the public key's DER.
fn key_id(key: &SigningKey) -> Result<String, String> {
    let der = key.verifying_key().to_public_key_der().map_err(|error| error.to_string())?;
    Ok(hex(&Sha256::digest(der.as_bytes())[..8]))
}

fn named(path: &Path) -> Result<NamedKey, String> {
    let key = SigningKey::from_pkcs8_pem(&read_private(path)?)
        .map_err(|error| format!("{} is not a key: {error}", path.display()))?;
    let made = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('-').nth(1)).unwrap_or("");
    Ok(NamedKey { id: key_id(&key)?, made: made.to_owned(), key })
}

fn session_key(path: &Path) -> Result<SessionKey, String> {
    let named = named(path)?;
    let der = named.key.to_pkcs8_der().map_err(|error| error.to_string())?;
    let public = named.key.verifying_key();
    Ok(SessionKey {
        id: named.id,
        encoding: EncodingKey::from_ed_der(der.as_bytes()),
        decoding: DecodingKey::from_ed_der(public.as_bytes()),
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let bytes: Option<Vec<u8>> =
        (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::vocabulary::Moment;

    #[test]
    fn keys_stay_and_rotate() {
        let directory = tempfile::tempdir().unwrap();
        let now = Moment::from_micros(1_772_463_600_000_000);
        let first = Keys::open(directory.path(), now).unwrap();
        let again = Keys::open(directory.path(), now).unwrap();
        assert_eq!(first.signing().id, again.signing().id);
        Keys::rotate(directory.path(), "signing", now.plus_seconds(1)).unwrap();
        let rotated = Keys::open(directory.path(), now).unwrap();
        assert_ne!(rotated.signing().id, first.signing().id);
        assert_eq!(rotated.every_signing().len(), 2);
        let sealed = first.seal("user 1", b"seed").unwrap();
        assert_eq!(again.unseal("user 1", &sealed).as_deref(), Some(&b"seed"[..]));
        assert_eq!(again.unseal("user 2", &sealed), None);
    }

    #[test]
    fn others_may_not_read() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let now = Moment::from_micros(1_772_463_600_000_000);
        let keys = Keys::open(directory.path(), now).unwrap();
        let path = keys.directory().join("sealing.key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keys::open(directory.path(), now).unwrap_err().contains("chmod 600"));
    }
}
