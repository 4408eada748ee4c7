//! Key files: private to their owner, named `<kind>-<moment>-<id>.pem`.
//!
//! Invariant: a file is written whole or not at all, and one that others can read is refused; the order of the names is the
//! order in which the keys were made.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{EncodePrivateKey, EncodePublicKey};
use sha2::{Digest, Sha256};

use crate::storage::versions::hex;
use crate::vocabulary::Moment;

pub(super) fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

pub(super) fn make_private(directory: &Path) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|error| at(directory, &error))
}

/// Writes a file whole: under another name first, synced, then renamed.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), String> {
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

pub(super) fn read_private(path: &Path) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(|error| at(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("{} can be read by others; run chmod 600 on it", path.display()));
    }
    fs::read_to_string(path).map_err(|error| at(path, &error))
}

/// Key files of a kind, oldest first: `<kind>-<moment>-<id>.pem`.
pub(super) fn files(directory: &Path, kind: &str) -> Result<Vec<PathBuf>, String> {
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

/// Makes a key, later than every one that is there: the order of the names is the order of the keys.
pub(super) fn make(directory: &Path, kind: &str, now: Moment) -> Result<(), String> {
    let key = SigningKey::from_bytes(&rand::random());
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
    let newest = files(directory, kind)?.last().and_then(|path| made(path)).map(|made| made.plus_seconds(1));
    let moment = newest.map_or(now, |newest| newest.max(now));
    let path = directory.join(format!("{kind}-{}-{}.pem", moment.compact(), key_id(&key)?));
    write_private(&path, pem.as_bytes())
}

/// When a key was made, as its file's name says.
pub(super) fn made(path: &Path) -> Option<Moment> {
    let text = path.file_name()?.to_str()?.split('-').nth(1)?;
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let date = [part(date, 0, 4)?, part(date, 4, 6)?, part(date, 6, 8)?].join("-");
    let time = [part(time, 0, 2)?, part(time, 2, 4)?, part(time, 4, 6)?].join(":");
    Moment::parse(&format!("{date}T{time}Z"))
}

/// First 16 hex digits of the SHA-256 of the public key's DER.
pub(super) fn key_id(key: &SigningKey) -> Result<String, String> {
    let der = key.verifying_key().to_public_key_der().map_err(|error| error.to_string())?;
    Ok(hex(&Sha256::digest(der.as_bytes())[..8]))
}

pub(super) fn unhex(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let bytes: Option<Vec<u8>> =
        (0..text.len() / 2).map(|n| u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok()).collect();
    bytes?.try_into().ok()
}
