//! Secret keys in a backup: sealed by a passphrase, or not there.
//!
//! Invariant: argon2id makes the key, XChaCha20-Poly1305 seals; a wrong passphrase opens nothing and restores nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use argon2::Argon2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::super::{Done, Ending};
use super::{Line, failed};
use crate::settings;

/// Salt, nonce and sealed key files.
pub(super) type SealedKeys = (String, String, String);

pub(super) fn passphrase(file: Option<&Path>) -> Result<Option<String>, Ending> {
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).map_err(|error| Ending::Usage(format!("{}: {error}", file.display())))?;
    let line = text.lines().next().unwrap_or("").to_owned();
    if line.chars().count() < 12 {
        return Err(Ending::Usage("the passphrase needs 12 characters or more".to_owned()));
    }
    Ok(Some(line))
}

fn cipher(passphrase: &str, salt: &[u8]) -> Result<XChaCha20Poly1305, Ending> {
    let mut key = [0u8; 32];
    Argon2::default().hash_password_into(passphrase.as_bytes(), salt, &mut key).map_err(failed)?;
    Ok(XChaCha20Poly1305::new(&key.into()))
}

pub(super) fn sealed_keys(data: &Path, passphrase: &str) -> Result<Line, Ending> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(data.join("keys")).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if [".pem", ".key", ".json"].iter().any(|end| name.ends_with(end)) {
            found.insert(name, std::fs::read_to_string(&path).map_err(failed)?);
        }
    }
    let (salt, nonce): ([u8; 16], [u8; 24]) = (rand::random(), rand::random());
    let plain = serde_json::to_vec(&found).map_err(failed)?;
    let sealed = cipher(passphrase, &salt)?.encrypt(&XNonce::from(nonce), plain.as_slice()).map_err(failed)?;
    Ok(Line::Keys(STANDARD.encode(salt), STANDARD.encode(nonce), STANDARD.encode(sealed)))
}

pub(super) fn open_keys(sealed: &SealedKeys, passphrase: &str) -> Result<BTreeMap<String, String>, Ending> {
    let decoded = |text: &String| STANDARD.decode(text).map_err(failed);
    let (salt, nonce, sealed) = (decoded(&sealed.0)?, decoded(&sealed.1)?, decoded(&sealed.2)?);
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| failed("the sealed keys are damaged"))?;
    let plain = cipher(passphrase, &salt)?
        .decrypt(&XNonce::from(nonce), sealed.as_slice())
        .map_err(|_| Ending::Usage("the passphrase does not open the keys; nothing was restored".to_owned()))?;
    serde_json::from_slice(&plain).map_err(failed)
}

pub(super) fn write_keys(data: &Path, keys: &BTreeMap<String, String>) -> Done {
    use std::os::unix::fs::OpenOptionsExt;
    let folder = data.join("keys");
    settings::make_directory(&folder).map_err(Ending::Failed)?;
    for (name, text) in keys.iter().filter(|(name, _)| !name.contains('/')) {
        let mut options = std::fs::OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(folder.join(name)).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    Ok(())
}
