//! `glance backup` and `glance restore`: one engine-neutral file.
//!
//! Invariant: gzip of JSON lines, closed by a SHA-256 over everything before; secret keys go along only sealed by a
//! passphrase (argon2id, XChaCha20-Poly1305). A damaged or newer file restores nothing.

mod bytes;
mod keys;
mod restoring;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Done, Ending};
use crate::settings::Place;
use crate::storage::backup::dump;
use crate::storage::versions::hex;

pub use restoring::RestoreCommand;

/// The form of the file; 2 holds the bytes of evidence files.
const FORM: u32 = 2;

#[derive(Args)]
pub struct Backup {
    /// The file to write
    file: PathBuf,
    /// A file whose first line is the passphrase that seals the secret keys; without it they are left out
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    glance_backup: u32,
    schema: i64,
    version: String,
    at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Head(Head),
    Row(String, Value),
    /// Path below the data directory, and the bytes in base64.
    File(String, String),
    /// Salt, nonce and the sealed key files.
    Keys(String, String, String),
    /// An evidence file begins: its bytes follow as [`Line::More`], up to any other line.
    Bytes {
        organization: String,
        sha256: String,
        size: u64,
    },
    /// The next bytes in base64.
    More(String),
    /// The evidence file that was begun is to be left out.
    Void,
    End {
        rows: u64,
        sha256: String,
    },
}

fn failed(error: impl std::fmt::Display) -> Ending {
    Ending::Failed(error.to_string())
}

/// Writes lines and hashes them.
struct Out<W: Write> {
    inner: W,
    hash: Sha256,
    rows: u64,
}

impl<W: Write> Out<W> {
    fn line(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.hash.update(&text);
        self.inner.write_all(&text)
    }
}

impl Backup {
    pub async fn run(self, place: &Place) -> Done {
        let passphrase = keys::passphrase(self.passphrase_file.as_deref())?;
        let store = super::open(place).await?;
        drop(super::keys(place, &store)?);
        let temporary = self.file.with_extension("new");
        let file =
            File::create(&temporary).map_err(|error| Ending::Usage(format!("{}: {error}", temporary.display())))?;
        let gzip = GzEncoder::new(BufWriter::new(file), Compression::fast());
        let mut out = Out { inner: gzip, hash: Sha256::new(), rows: 0 };
        let (at, version) = (store.clock().now().rfc3339(), env!("CARGO_PKG_VERSION").to_owned());
        out.line(&Line::Head(Head { glance_backup: FORM, schema: store.schema(), version, at })).map_err(failed)?;
        dump(&store, crate::KINDS, |table, row| {
            out.rows += 1;
            out.line(&Line::Row(table.to_owned(), serde_json::from_str(row)?))
        })
        .await?;
        files(place, &mut out)?;
        let tally = bytes::write(place, &store, &mut out).await?;
        if let Some(passphrase) = &passphrase {
            out.line(&keys::sealed_keys(&place.data, passphrase)?).map_err(failed)?;
        }
        let rows = finish(out, &temporary, &self.file)?;
        told(place, &self.file, rows, passphrase.is_some(), &tally)
    }
}

/// Says what the backup holds; not well when it lacks the bytes of a file.
fn told(place: &Place, file: &Path, rows: u64, with_keys: bool, tally: &bytes::Tally) -> Done {
    let keys = if with_keys { "with the keys, sealed" } else { "without the secret keys" };
    let words = format!("{}: {rows} rows, {} evidence files, {keys}", file.display(), tally.artifacts);
    let document = json!({"file": file, "rows": rows, "keys": with_keys, "artifacts": tally.artifacts, "problems": tally.problems});
    super::say(place, &document, &words);
    if tally.problems.is_empty() {
        return Ok(());
    }
    Err(Ending::DoesNotHold(format!("not in the backup:\n  {}", tally.problems.join("\n  "))))
}

fn finish(mut out: Out<GzEncoder<BufWriter<File>>>, temporary: &Path, file: &Path) -> Result<u64, Ending> {
    let (rows, sha256) = (out.rows, hex(&out.hash.clone().finalize()));
    out.line(&Line::End { rows, sha256 }).map_err(failed)?;
    let buffered = out.inner.finish().map_err(failed)?;
    let written = buffered.into_inner().map_err(failed)?;
    written.sync_all().map_err(failed)?;
    std::fs::rename(temporary, file).map_err(failed)?;
    Ok(rows)
}

/// Sealed packages go along.
fn files(place: &Place, out: &mut Out<impl Write>) -> Done {
    let root = place.data.join("packages");
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "zip") {
                let bytes = std::fs::read(&path).map_err(failed)?;
                let name = path.strip_prefix(&place.data).map_err(failed)?.to_string_lossy().into_owned();
                out.line(&Line::File(name, STANDARD.encode(bytes))).map_err(failed)?;
            }
        }
    }
    Ok(())
}
