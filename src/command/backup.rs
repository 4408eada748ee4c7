//! `glance backup` and `glance restore`: one engine-neutral file.
//!
//! Invariant: gzip of JSON lines, closed by a SHA-256 over everything before; secret keys go along only sealed by a
//! passphrase (argon2id, XChaCha20-Poly1305). A damaged or newer file restores nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use argon2::Argon2;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use clap::Args;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Done, Ending};
use crate::clock::Clock;
use crate::settings::{self, Place};
use crate::storage::Store;
use crate::storage::backup::{Restore, dump};
use crate::storage::versions::hex;

/// The form of the file.
const FORM: u32 = 1;

#[derive(Args)]
pub struct Backup {
    /// The file to write
    file: PathBuf,
    /// A file whose first line is the passphrase that seals the secret keys; without it they are left out
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct RestoreCommand {
    /// The file to read
    file: PathBuf,
    /// A file whose first line is the passphrase the keys were sealed with
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
    End {
        rows: u64,
        sha256: String,
    },
}

fn failed(error: impl std::fmt::Display) -> Ending {
    Ending::Failed(error.to_string())
}

fn passphrase(file: Option<&Path>) -> Result<Option<String>, Ending> {
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
        let passphrase = passphrase(self.passphrase_file.as_deref())?;
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
        if let Some(passphrase) = &passphrase {
            out.line(&sealed_keys(&place.data, passphrase)?).map_err(failed)?;
        }
        let rows = finish(out, &temporary, &self.file)?;
        let keys = if passphrase.is_some() { "with the keys, sealed" } else { "without the secret keys" };
        let words = format!("{}: {rows} rows, {keys}", self.file.display());
        super::say(place, &json!({"file": self.file, "rows": rows, "keys": passphrase.is_some()}), &words);
        Ok(())
    }
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

fn sealed_keys(data: &Path, passphrase: &str) -> Result<Line, Ending> {
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

/// Most bytes of a line: a package of a gigabyte in base64.
const MOST_LINE: u64 = 1 << 31;

/// Reads the file once to see that it is whole.
fn check(file: &Path) -> Result<Head, Ending> {
    let damaged = |said: &str| Ending::Usage(format!("{}: {said}; nothing was restored", file.display()));
    let mut hash = Sha256::new();
    let (mut head, mut ended) = (None, false);
    each_line(file, |text| {
        if ended {
            return Err(damaged("goes on after its end"));
        }
        let line: Line = serde_json::from_slice(text).map_err(|_| damaged("is damaged"))?;
        match line {
            Line::Head(found) if head.is_none() => head = Some(found),
            Line::End { sha256, .. } => {
                ended = true;
                if hex(&hash.clone().finalize()) != sha256 {
                    return Err(damaged("is damaged: its checksum does not hold"));
                }
            }
            _ if head.is_none() => return Err(damaged("is not a Glance backup")),
            _ => {}
        }
        hash.update(text);
        Ok(())
    })?;
    let head = head.ok_or_else(|| damaged("is not a Glance backup"))?;
    if !ended {
        return Err(damaged("is cut off"));
    }
    if head.glance_backup > FORM { Err(damaged("was written by a newer Glance")) } else { Ok(head) }
}

fn each_line(file: &Path, mut each: impl FnMut(&[u8]) -> Done) -> Done {
    let unreadable =
        |error: std::io::Error| Ending::Usage(format!("{}: {error}; nothing was restored", file.display()));
    let mut reader = BufReader::new(GzDecoder::new(BufReader::new(File::open(file).map_err(unreadable)?)));
    let mut text = Vec::new();
    loop {
        text.clear();
        let read = (&mut reader).take(MOST_LINE).read_until(b'\n', &mut text).map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        each(&text)?;
    }
}

impl RestoreCommand {
    pub async fn run(self, place: &Place) -> Done {
        let passphrase = passphrase(self.passphrase_file.as_deref())?;
        let head = check(&self.file)?;
        settings::make_directory(&place.data).map_err(Ending::Failed)?;
        let store = Store::open_bare(&place.location(), Clock::system()).await?;
        if head.schema > store.schema() {
            return Err(Ending::Usage("the backup was written by a newer Glance; nothing was restored".to_owned()));
        }
        let mut restore = Restore::begin(&store, crate::KINDS).await?;
        let (files, keys) = fill(&mut restore, self.file.clone()).await?;
        let opened = match (&keys, &passphrase) {
            (Some(sealed), Some(passphrase)) => Some(open_keys(sealed, passphrase)?),
            _ => None,
        };
        let rows = restore.commit().await?;
        write_files(&place.data, &files)?;
        let with_keys = opened.is_some();
        if let Some(opened) = opened {
            write_keys(&place.data, &opened)?;
        }
        let words = if with_keys {
            format!("{rows} rows and the keys are restored; verify with glance journal verify --strict")
        } else {
            format!(
                "{rows} rows are restored. The secret keys are not: everybody enrolls a second factor again (reset links), and new packages carry a new key"
            )
        };
        super::say(place, &json!({"rows": rows, "keys": with_keys, "files": files.len()}), &words);
        Ok(())
    }
}

/// Salt, nonce and sealed key files.
type SealedKeys = (String, String, String);

/// Takes every row of the file; gives the files and keys it holds.
async fn fill(restore: &mut Restore, file: PathBuf) -> Result<(Vec<(String, String)>, Option<SealedKeys>), Ending> {
    let (mut files, mut keys) = (Vec::new(), None);
    let (sender, mut lines) = tokio::sync::mpsc::channel::<Line>(1024);
    let reading = tokio::task::spawn_blocking(move || {
        each_line(&file, |text| {
            let line = serde_json::from_slice(text).map_err(failed)?;
            sender.blocking_send(line).map_err(|_| failed("the restore broke off"))
        })
    });
    while let Some(line) = lines.recv().await {
        match line {
            Line::Row(table, row) => restore.row(&table, &row).await?,
            Line::File(name, bytes) => files.push((name, bytes)),
            Line::Keys(salt, nonce, sealed) => keys = Some((salt, nonce, sealed)),
            Line::Head(_) | Line::End { .. } => {}
        }
    }
    reading.await.map_err(failed)??;
    Ok((files, keys))
}

fn open_keys(sealed: &SealedKeys, passphrase: &str) -> Result<BTreeMap<String, String>, Ending> {
    let decoded = |text: &String| STANDARD.decode(text).map_err(failed);
    let (salt, nonce, sealed) = (decoded(&sealed.0)?, decoded(&sealed.1)?, decoded(&sealed.2)?);
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| failed("the sealed keys are damaged"))?;
    let plain = cipher(passphrase, &salt)?
        .decrypt(&XNonce::from(nonce), sealed.as_slice())
        .map_err(|_| Ending::Usage("the passphrase does not open the keys; nothing was restored".to_owned()))?;
    serde_json::from_slice(&plain).map_err(failed)
}

fn write_files(data: &Path, files: &[(String, String)]) -> Done {
    for (name, bytes) in files {
        let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !plain || !name.starts_with("packages/") {
            return Err(Ending::Usage(format!("the backup holds a file that leads elsewhere: {name}")));
        }
        let path = data.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(data)).map_err(failed)?;
        std::fs::write(&path, STANDARD.decode(bytes).map_err(failed)?).map_err(failed)?;
    }
    Ok(())
}

fn write_keys(data: &Path, keys: &BTreeMap<String, String>) -> Done {
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
