//! The bag (RFC 8493): payload, manifests, signatures, and the auditor's instructions.
//!
//! Invariant: every payload file is in the manifest, every tag file but the signatures in the tag manifest, and the tag
//! manifest is signed.

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use super::archive::{self, Entries};
use super::signature;
use crate::storage::versions::hex;

/// What a bag is made from.
pub struct Order<'o> {
    /// The bag's folder.
    pub folder: &'o str,
    /// Lines of `bag-info.txt`, in order.
    pub info: Vec<(&'o str, String)>,
    /// Files under `data/`.
    pub payload: Entries,
    pub key: &'o SigningKey,
}

pub const VERIFY_TEXT: &str = include_str!("VERIFY.txt");
pub const VERIFY_PROGRAM: &str = include_str!("verify.py");

/// Names of files beside the tag manifest that it does not cover.
pub const SIGNED_BESIDE: [&str; 3] =
    ["tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt.minisig"];

/// Seals the bag and gives the container's bytes.
pub fn seal(order: Order<'_>) -> Result<Vec<u8>, String> {
    let Order { folder, info, payload, key } = order;
    let mut files = Entries::new();
    for (path, bytes) in payload {
        check_path(&path)?;
        files.insert(format!("data/{path}"), bytes);
    }
    check_cases(&files)?;
    let (octets, count) = (files.values().map(Vec::len).sum::<usize>(), files.len());
    let public = key.verifying_key();
    let mut tags = Entries::new();
    tags.insert("bagit.txt".into(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec());
    let lines = info.iter().map(|(name, value)| format!("{name}: {value}\n"));
    let oxum = format!("Payload-Oxum: {octets}.{count}\nGlance-Key-Id: {}\n", signature::fingerprint(&public));
    tags.insert("bag-info.txt".into(), lines.chain([oxum]).collect::<String>().into_bytes());
    tags.insert("manifest-sha256.txt".into(), manifest(&files));
    tags.insert("glance.pub.pem".into(), signature::pem(&public).into_bytes());
    tags.insert("glance.minisign.pub".into(), signature::minisign_key(&public).into_bytes());
    tags.insert("VERIFY.txt".into(), VERIFY_TEXT.into());
    tags.insert("verify.py".into(), VERIFY_PROGRAM.into());
    let signed = manifest(&tags);
    tags.insert(SIGNED_BESIDE[1].into(), key.sign(&signed).to_bytes().to_vec());
    tags.insert(SIGNED_BESIDE[2].into(), signature::minisign(key, &signed, SIGNED_BESIDE[0]).into_bytes());
    tags.insert(SIGNED_BESIDE[0].into(), signed);
    files.extend(tags);
    archive::write(&files.into_iter().map(|(path, bytes)| (format!("{folder}/{path}"), bytes)).collect())
}

/// `sha256sum` format, sorted by byte.
#[must_use]
pub fn manifest(files: &Entries) -> Vec<u8> {
    files
        .iter()
        .map(|(path, bytes)| format!("{}  {path}\n", hex(&Sha256::digest(bytes))))
        .collect::<String>()
        .into_bytes()
}

/// Package rule 7: names every system can keep.
fn check_path(path: &str) -> Result<(), String> {
    const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com1", "lpt1"];
    let fits = |name: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let stem = name.split('.').next().unwrap_or("").to_lowercase();
        !name.is_empty()
            && name.len() < 120
            && name.chars().all(plain)
            && !name.starts_with('.')
            && !RESERVED.contains(&stem.as_str())
    };
    if path.len() < 190 && path.split('/').all(fits) {
        Ok(())
    } else {
        Err(format!("{path}: not a name a package may hold"))
    }
}

fn check_cases(files: &Entries) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    match files.keys().find(|path| !seen.insert(path.to_lowercase())) {
        Some(path) => Err(format!("{path}: differs from another name only in case")),
        None => Ok(()),
    }
}
