//! `glance restore`: a backup into an installation that holds nothing.
//!
//! Invariant: the file is read through once before anything is written; rows are there only when all of it is.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use flate2::read::GzDecoder;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::{Done, Ending};
use super::bytes::Taking;
use super::keys::{self, SealedKeys};
use super::{FORM, Head, Line, failed};
use crate::clock::Clock;
use crate::settings::{self, Place};
use crate::storage::Store;
use crate::storage::backup::Restore;
use crate::storage::versions::hex;

#[derive(Args)]
pub struct RestoreCommand {
    /// The file to read
    file: PathBuf,
    /// A file whose first line is the passphrase the keys were sealed with
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
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
        let passphrase = keys::passphrase(self.passphrase_file.as_deref())?;
        let head = check(&self.file)?;
        settings::make_directory(&place.data).map_err(Ending::Failed)?;
        let store = Store::open_bare(&place.location(), Clock::system()).await?;
        if head.schema > store.schema() {
            return Err(Ending::Usage("the backup was written by a newer Glance; nothing was restored".to_owned()));
        }
        let mut restore = Restore::begin(&store, crate::KINDS).await?;
        let mut taking = Taking::into(place.blobs().map_err(Ending::Usage)?);
        let beside = fill(&mut restore, &mut taking, self.file.clone()).await?;
        let opened = match (&beside.keys, &passphrase) {
            (Some(sealed), Some(passphrase)) => Some(keys::open_keys(sealed, passphrase)?),
            _ => None,
        };
        let rows = restore.commit().await?;
        write_files(&place.data, &beside.files)?;
        let with_keys = opened.is_some();
        if let Some(opened) = opened {
            keys::write_keys(&place.data, &opened)?;
        }
        let words = if with_keys {
            format!("{rows} rows and the keys are restored; verify with glance journal verify --strict")
        } else {
            format!(
                "{rows} rows are restored. The secret keys are not: everybody enrolls a second factor again (reset links), and new packages carry a new key"
            )
        };
        super::super::say(
            place,
            &json!({"rows": rows, "keys": with_keys, "files": beside.files.len(), "artifacts": taking.artifacts}),
            &words,
        );
        Ok(())
    }
}

/// What a backup holds beside rows.
#[derive(Default)]
struct Beside {
    files: Vec<(String, String)>,
    keys: Option<SealedKeys>,
}

/// Takes every row and every evidence file; gives the packages and keys.
async fn fill(restore: &mut Restore, taking: &mut Taking, file: PathBuf) -> Result<Beside, Ending> {
    let mut beside = Beside::default();
    let (sender, mut lines) = tokio::sync::mpsc::channel::<Line>(64);
    let reading = tokio::task::spawn_blocking(move || {
        each_line(&file, |text| {
            let line = serde_json::from_slice(text).map_err(failed)?;
            sender.blocking_send(line).map_err(|_| failed("the restore broke off"))
        })
    });
    while let Some(line) = lines.recv().await {
        match line {
            Line::Row(table, row) => restore.row(&table, &row).await?,
            Line::File(name, bytes) => beside.files.push((name, bytes)),
            Line::Keys(salt, nonce, sealed) => beside.keys = Some((salt, nonce, sealed)),
            Line::Bytes { organization, sha256, .. } => taking.begin(&organization, sha256).await?,
            Line::More(text) => taking.more(&text).await?,
            Line::Void => taking.void(),
            Line::Head(_) | Line::End { .. } => {}
        }
    }
    taking.finish().await?;
    reading.await.map_err(failed)??;
    Ok(beside)
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
