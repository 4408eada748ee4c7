//! The keys of an installation, as files of the data directory that only its owner can read.
//!
//! Invariant: the signing key of packages and checkpoints is never the session key; a file is written whole or not at all,
//! and two processes that begin at once end with the same keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, SystemTime};

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest, Sha256};

use super::key_files::{at, files, key_id, made, make, make_private, read_private, unhex, write_private};
use crate::storage::versions::hex;
use crate::vocabulary::Moment;

/// How long a signing key is to be used, in days: one audit cycle of three years. Rotation ends it earlier.
const SIGNING_DAYS: i64 = 1_096;

/// The keys in use. What another process makes or takes away is noticed at the next use.
pub struct Keys {
    directory: PathBuf,
    known: RwLock<Known>,
    sealing: [u8; 32],
}

/// The keys as they lay when the folder was last read.
struct Known {
    /// When the folder changed last.
    seen: Option<SystemTime>,
    /// The newest session key and the newest signing key; there is always one of each.
    session: Arc<SessionKey>,
    signer: Arc<NamedKey>,
    sessions: Vec<Arc<SessionKey>>,
    signing: Vec<Arc<NamedKey>>,
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
    /// When it is to sign; a retired key's ends where its successor's begins. It verifies for ever.
    pub window: Window,
    pub key: SigningKey,
}

/// From when until when a key signs: `not_before <= moment < not_after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub not_before: Moment,
    pub not_after: Moment,
}

impl NamedKey {
    /// What a package says of the key that sealed it, as lines of `bag-info.txt`.
    #[must_use]
    pub fn info(&self) -> [(&'static str, String); 2] {
        [
            ("Glance-Key-Not-Before", self.window.not_before.rfc3339()),
            ("Glance-Key-Not-After", self.window.not_after.rfc3339()),
        ]
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.directory.display())
    }
}

impl Known {
    fn read(directory: &Path) -> Result<Self, String> {
        // The moment first: what changes while the files are read is then seen at the next use.
        let seen = changed(directory);
        let sessions = files(directory, "session")?;
        let mut signing = files(directory, "signing")?.iter().map(|path| named(path)).collect::<Result<Vec<_>, _>>()?;
        for n in 1..signing.len() {
            let next = signing[n].window.not_before;
            signing[n - 1].window.not_after = signing[n - 1].window.not_after.min(next);
        }
        let signing: Vec<_> = signing.into_iter().map(Arc::new).collect();
        let sessions = sessions.iter().map(|path| session_key(path).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let (Some(session), Some(signer)) = (sessions.last().cloned(), signing.last().cloned()) else {
            return Err(format!("{} holds no session key or no signing key", directory.display()));
        };
        Ok(Self { seen, session, signer, sessions, signing })
    }
}

fn changed(directory: &Path) -> Option<SystemTime> {
    fs::metadata(directory).and_then(|meta| meta.modified()).ok()
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
        let sealing = unhex(&read_private(&seal)?).ok_or_else(|| format!("{} is damaged", seal.display()))?;
        Ok(Self { known: RwLock::new(Known::read(&directory)?), directory, sealing })
    }

    /// Makes a new key of a kind (`session`, `signing`); the old ones stay good for reading. A process that serves notices.
    pub fn rotate(data: &Path, kind: &str, now: Moment) -> Result<(), String> {
        let directory = data.join("keys");
        let lock = fs::File::create(directory.join("lock")).map_err(|error| at(&directory, &error))?;
        lock.lock().map_err(|error| at(&directory, &error))?;
        make(&directory, kind, now)?;
        // File systems tell moments apart by some milliseconds: the folder changes once more, later than any reading that
        // came before the key.
        std::thread::sleep(Duration::from_millis(20));
        write_private(&directory.join("rotated"), now.rfc3339().as_bytes())
    }

    /// The keys as they are now: the folder is read again when it changed.
    fn known(&self) -> RwLockReadGuard<'_, Known> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.seen.is_some() && known.seen == changed(&self.directory) {
            return known;
        }
        drop(known);
        match Known::read(&self.directory) {
            Ok(read) => *self.known.write().unwrap_or_else(PoisonError::into_inner) = read,
            Err(problem) => tracing::error!(problem, "the keys cannot be read again; those known are used"),
        }
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest session key.
    #[must_use]
    pub fn session(&self) -> Arc<SessionKey> {
        Arc::clone(&self.known().session)
    }

    #[must_use]
    pub fn session_by_id(&self, id: &str) -> Option<Arc<SessionKey>> {
        self.known().sessions.iter().find(|key| key.id == id).map(Arc::clone)
    }

    /// The newest signing key.
    #[must_use]
    pub fn signing(&self) -> Arc<NamedKey> {
        Arc::clone(&self.known().signer)
    }

    /// The newest signing key, when it may sign at this moment.
    pub fn signing_at(&self, now: Moment) -> Result<Arc<NamedKey>, String> {
        let key = self.signing();
        if now < key.window.not_after {
            return Ok(key);
        }
        let until = key.window.not_after.rfc3339();
        Err(format!(
            "the signing key {} was to be used until {until}; make the next one with glance keys rotate",
            key.id
        ))
    }

    /// Every signing key, oldest first.
    #[must_use]
    pub fn every_signing(&self) -> Vec<Arc<NamedKey>> {
        self.known().signing.clone()
    }

    #[must_use]
    pub fn every_session(&self) -> Vec<Arc<SessionKey>> {
        self.known().sessions.clone()
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

fn named(path: &Path) -> Result<NamedKey, String> {
    let key = SigningKey::from_pkcs8_pem(&read_private(path)?)
        .map_err(|error| format!("{} is not a key: {error}", path.display()))?;
    let not_before = made(path).ok_or_else(|| format!("{} does not say when it was made", path.display()))?;
    let window = Window { not_before, not_after: not_before.plus_seconds(SIGNING_DAYS * 86_400) };
    Ok(NamedKey { id: key_id(&key)?, made: not_before.compact(), window, key })
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
        let key = first.signing();
        assert_eq!(key.window.not_before, now);
        Keys::rotate(directory.path(), "signing", now).unwrap();
        // The process that was running uses the new key, and still knows the old one, whose window ended there.
        assert_ne!(first.signing().id, key.id);
        let every = first.every_signing();
        assert_eq!((every.len(), &every[0].id), (2, &key.id));
        assert_eq!(every[0].window.not_after, every[1].window.not_before);
        assert_ne!(first.session().id, first.signing().id);
        let last = first.signing().window.not_after;
        assert!(first.signing_at(last.plus_seconds(-1)).is_ok());
        assert!(first.signing_at(last).err().unwrap().contains("keys rotate"));
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
