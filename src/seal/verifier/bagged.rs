//! The bag: its manifests against its files, its key against the letter, its signatures.
//!
//! Invariant: a file that is listed and not there, there and not listed, or other than listed is named.

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Seek};

use ed25519_dalek::pkcs8::DecodePublicKey;
use ed25519_dalek::{Signature, VerifyingKey};

use super::super::bag::SIGNED_BESIDE;
use super::super::signature;
use super::container::{Found, Package};
use super::{Expected, Report};
use crate::storage::versions::hex;

/// Compares both manifests with the files they cover.
pub fn manifests<R: Read + Seek>(package: &Package<R>, report: &mut Report) {
    let is_payload = |path: &str| path.starts_with("data/");
    let is_tag = |path: &str| !is_payload(path) && !SIGNED_BESIDE.contains(&path);
    manifest(package, "manifest-sha256.txt", is_payload, report);
    // The three that stand beside are read by what follows.
    manifest(package, SIGNED_BESIDE[0], is_tag, report);
    if report
        .noted("bagit.txt", package.text("bagit.txt"))
        .is_some_and(|text| text != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    {
        report.problem("bagit.txt is not of BagIt 1.0");
    }
}

fn manifest<R: Read + Seek>(package: &Package<R>, name: &str, covers: impl Fn(&str) -> bool, report: &mut Report) {
    let Some(mut told) = report.noted(name, package.part(name)) else { return };
    let covered = || package.files.iter().filter(|(path, _)| covers(path));
    let (mut same, mut line) = (true, Vec::new());
    for (path, found) in covered() {
        line.clear();
        let read = told.by_ref().take(1 << 10).read_until(b'\n', &mut line);
        same &= read.is_ok() && line == listed(path, found).as_bytes();
        if !same {
            break;
        }
    }
    if !same || told.fill_buf().is_ok_and(|rest| !rest.is_empty()) {
        differences(package, name, &covered().collect(), report);
    }
}

fn listed(path: &str, found: &Found) -> String {
    format!("{}  {path}\n", hex(&found.sha256))
}

/// Which files a manifest and the bag disagree about.
fn differences<R: Read + Seek>(
    package: &Package<R>,
    name: &str,
    covered: &BTreeMap<&String, &Found>,
    report: &mut Report,
) {
    let before = report.problems.len();
    let mut missing = covered.clone();
    for line in package.part(name).into_iter().flat_map(BufRead::lines) {
        let Ok(line) = line else { break };
        let Some((hash, path)) = line.split_once("  ") else { continue };
        match covered.get(&path.to_owned()) {
            None => report.problem(format!("{name}: {path} is listed and not there")),
            Some(found) if hex(&found.sha256) != hash => report.problem(format!("{name}: {path} was changed")),
            Some(_) => {}
        }
        missing.remove(&path.to_owned());
    }
    for path in missing.keys() {
        report.problem(format!("{name}: {path} is there and not listed"));
    }
    if report.problems.len() == before {
        report.problem(format!("{name} is not written as sha256sum writes it"));
    }
}

/// The key in the bag, compared with the letter's.
pub fn key<R: Read + Seek>(package: &Package<R>, expected: &Expected, report: &mut Report) -> Option<VerifyingKey> {
    let pem = report.noted("glance.pub.pem", package.text("glance.pub.pem"))?;
    let Ok(key) = VerifyingKey::from_public_key_pem(&pem) else {
        report.problem("glance.pub.pem is not an Ed25519 public key");
        return None;
    };
    report.fingerprint = signature::fingerprint(&key);
    let wanted = expected.fingerprint.as_ref().map(|text| text.to_lowercase().replace([':', ' '], ""));
    if wanted.is_some_and(|wanted| wanted != report.fingerprint) {
        report.problem(format!("the package is signed by another key ({})", report.fingerprint));
    }
    let other = report.noted("glance.minisign.pub", package.text("glance.minisign.pub"));
    if pem != signature::pem(&key) || other.is_some_and(|other| other != signature::minisign_key(&key)) {
        report.problem("the two public keys are not the same key");
    }
    Some(key)
}

/// Both signatures of the tag manifest.
pub fn signatures<R: Read + Seek>(package: &Package<R>, key: &VerifyingKey, report: &mut Report) {
    let Some(message) = report.noted(SIGNED_BESIDE[0], package.small(SIGNED_BESIDE[0])) else { return };
    if let Some(raw) = report.noted(SIGNED_BESIDE[1], package.small(SIGNED_BESIDE[1])) {
        let signature = Signature::from_slice(&raw).ok();
        if signature.is_none_or(|signature| key.verify_strict(&message, &signature).is_err()) {
            report.problem("the signature of the tag manifest does not hold");
        }
    }
    if let Some(file) = report.noted(SIGNED_BESIDE[2], package.text(SIGNED_BESIDE[2])) {
        // Only Glance's own comment is taken, so that no byte of the file is free.
        let own = file.starts_with("untrusted comment: signature from the Glance package key\n");
        if !own || !signature::minisign_holds(key, &message, &file) {
            report.problem("the minisign signature does not hold");
        }
    }
}

/// What `bag-info.txt` says of the payload and of the key.
pub fn info<R: Read + Seek>(package: &Package<R>, report: &mut Report) {
    let Some(text) = report.noted("bag-info.txt", package.text("bag-info.txt")) else { return };
    let value = |name: &str| {
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default().to_owned()
    };
    let payload = || package.files.iter().filter(|(path, _)| path.starts_with("data/"));
    let octets: u64 = payload().map(|(_, found)| found.size).sum();
    if value("Payload-Oxum") != format!("{octets}.{}", payload().count()) {
        report.problem("bag-info.txt: Payload-Oxum is not the payload's");
    }
    if value("Glance-Key-Id") != report.fingerprint {
        report.problem("bag-info.txt: Glance-Key-Id is not the key's");
    }
    let (from, until) = (value("Glance-Key-Not-Before"), value("Glance-Key-Not-After"));
    if !from.is_empty() && !until.is_empty() {
        report.key_window = format!("{from} to {until}");
    }
}
