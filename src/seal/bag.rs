//! The bag (RFC 8493): payload, manifests, signatures, and the auditor's instructions.
//!
//! Invariant: every payload file is in the manifest, every tag file but the signatures in the tag manifest, and the tag
//! manifest is signed. What is written is streamed: memory does not grow with the payload.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use ed25519_dalek::{Signer, SigningKey};
use flate2::Crc;
use sha2::{Digest, Sha256};

use super::archive::Container;
use super::signature;
use super::spool::{Spool, Spooled};
use super::unsealable::Unsealable;
use crate::storage::merkle::Hash;
use crate::storage::versions::hex;

/// What a bag is made from, besides its payload.
pub struct Order<'o> {
    /// The bag's folder.
    pub folder: &'o str,
    /// Lines of `bag-info.txt`, in order.
    pub info: Vec<(&'o str, String)>,
    pub key: &'o SigningKey,
}

/// A package that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of the container.
    pub sha256: Hash,
    pub size: u64,
}

pub const VERIFY_TEXT: &str = include_str!("VERIFY.txt");
pub const VERIFY_PROGRAM: &str = include_str!("verify.py");

/// Names of files beside the tag manifest that it does not cover.
pub const SIGNED_BESIDE: [&str; 3] =
    ["tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt.minisig"];

/// Files of the bag beside its payload.
type Tags = BTreeMap<String, Vec<u8>>;

/// Seals the spool's files into a container.
pub fn seal(order: &Order<'_>, spool: &Spool, out: &mut impl Write) -> Result<Written, Unsealable> {
    let files = spool.files()?;
    let tags = tags(order, &files);
    let mut payload = files.iter().map(|file| format!("data/{}", file.path)).peekable();
    let mut container = Container::new(Hashed { out, sha: Sha256::new(), size: 0 });
    let mut payload_before = |container: &mut Container<_>, tag: Option<&str>| {
        while let Some(path) = payload.next_if(|path| tag.is_none_or(|tag| path.as_str() < tag)) {
            let (measures, content) = spool.stored(&path["data/".len()..])?;
            container
                .entry(format!("{}/{path}", order.folder), measures, content)
                .map_err(|error| Unsealable::file(&path, error))?;
        }
        Ok::<_, Unsealable>(())
    };
    for (path, bytes) in &tags {
        payload_before(&mut container, Some(path))?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let measures = (bytes.len() as u64, crc.sum());
        container
            .entry(format!("{}/{path}", order.folder), measures, bytes.as_slice())
            .map_err(|error| Unsealable::file(path, error))?;
    }
    payload_before(&mut container, None)?;
    let out = container.finish().map_err(|error| Unsealable::file("the package", error))?;
    Ok(Written { sha256: out.sha.finalize().into(), size: out.size })
}

/// Seals into a file, whole or not at all: under another name first, synced, then renamed, the folder synced.
pub fn seal_into(order: &Order<'_>, spool: &Spool, path: &Path) -> Result<Written, Unsealable> {
    let failed = |error| Unsealable::file(&path.display().to_string(), error);
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let temporary = path.with_extension("new");
    let written = write(order, spool, &temporary).and_then(|written| {
        std::fs::rename(&temporary, path).and_then(|()| File::open(folder)?.sync_all()).map_err(failed)?;
        Ok(written)
    });
    if written.is_err() {
        drop(std::fs::remove_file(&temporary));
    }
    written
}

fn write(order: &Order<'_>, spool: &Spool, path: &Path) -> Result<Written, Unsealable> {
    let failed = |error| Unsealable::file(&path.display().to_string(), error);
    let mut out = BufWriter::with_capacity(1 << 18, File::create(path).map_err(failed)?);
    let written = seal(order, spool, &mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(written)
}

fn tags(order: &Order<'_>, files: &[Spooled]) -> Tags {
    let octets: u64 = files.iter().map(|file| file.size).sum();
    let public = order.key.verifying_key();
    let lines = order.info.iter().map(|(name, value)| format!("{name}: {}\n", one_line(value)));
    let oxum = format!("Payload-Oxum: {octets}.{}\nGlance-Key-Id: {}\n", files.len(), signature::fingerprint(&public));
    let payload = files.iter().map(|file| format!("{}  data/{}\n", hex(&file.sha256), file.path));
    let mut tags: Tags = [
        ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_owned()),
        ("bag-info.txt", lines.chain([oxum]).collect()),
        ("manifest-sha256.txt", payload.collect()),
        ("glance.pub.pem", signature::pem(&public)),
        ("glance.minisign.pub", signature::minisign_key(&public)),
        ("VERIFY.txt", VERIFY_TEXT.to_owned()),
        ("verify.py", VERIFY_PROGRAM.to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text.into_bytes()))
    .into();
    let listed = tags.iter().map(|(path, bytes)| format!("{}  {path}\n", hex(&Sha256::digest(bytes))));
    let signed = listed.collect::<String>().into_bytes();
    tags.insert(SIGNED_BESIDE[1].into(), order.key.sign(&signed).to_bytes().to_vec());
    tags.insert(SIGNED_BESIDE[2].into(), signature::minisign(order.key, &signed, SIGNED_BESIDE[0]).into_bytes());
    tags.insert(SIGNED_BESIDE[0].into(), signed);
    tags
}

/// A value of `bag-info.txt` has one line (RFC 8493, 2.2.2).
fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes the digest of what passes.
struct Hashed<W> {
    out: W,
    sha: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.sha.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
