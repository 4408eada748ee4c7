//! Signed checkpoints of every log, kept in the data directory's `checkpoints`: daily while it serves, and when it stops.
//!
//! Invariant: one file per log and size, written whole and never again; nothing is signed while a log did not grow. They
//! make rewriting show only where a copy lies elsewhere: the folder is meant to be carried away.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::evidence::{records, signer};
use crate::ids::OrganizationId;
use crate::storage::{AsOf, Failure, Result};
use crate::vocabulary::Moment;
use crate::web::App;

/// How old the last checkpoint is, in seconds, before another is taken while serving.
pub const DAILY: i64 = 86_400;

/// A checkpoint that was kept: its log's size and when it was taken.
struct Last {
    size: i64,
    taken: String,
}

/// Takes a checkpoint of every log that grew since its last, when that is older than so many seconds; says how many.
pub async fn take(app: &App, older_than: i64) -> Result<usize> {
    let mut work = app.store.read_platform().await?;
    let organizations = work.tables().every_organization().await?;
    drop(work);
    let ids = organizations.into_iter().map(|organization| organization.id);
    let mut taken = 0;
    for id in ids.chain([OrganizationId::PLATFORM]) {
        taken += usize::from(one(app, id, older_than).await?);
    }
    Ok(taken)
}

async fn one(app: &App, organization: OrganizationId, older_than: i64) -> Result<bool> {
    let now = app.store.clock().now();
    let folder = folder(&app.data, organization);
    let mut at = app.store.snapshot(organization, AsOf::Now).await?;
    let size = at.tree_size();
    let due = match last(&folder)? {
        None => size > 0,
        Some(last) => size > last.size && last.taken <= now.plus_seconds(-older_than).compact(),
    };
    if !due {
        return Ok(false);
    }
    app.keys.signing_at(now).map_err(Failure::Unfit)?;
    let (origin, tree) = records::whole_log(&mut at).await?;
    drop(at);
    let (checkpoint, note) = signer::sign(&app.keys, &origin, &tree, tree.len() as u64).map_err(Failure::Unfit)?;
    keep(&folder, now, checkpoint.size, &note)?;
    tracing::info!(log = origin, size = checkpoint.size, "checkpoint kept; carry it elsewhere");
    Ok(true)
}

/// Where the checkpoints of a log are kept.
#[must_use]
pub fn folder(data: &Path, organization: OrganizationId) -> PathBuf {
    let name = if organization == OrganizationId::PLATFORM { "platform".to_owned() } else { organization.to_string() };
    data.join("checkpoints").join(name)
}

/// The newest checkpoint there: the last name is `<moment>-<size>.note`.
fn last(folder: &Path) -> Result<Option<Last>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let newest = names.filter(|name| name.strip_suffix(".note").is_some()).max();
    Ok(newest.and_then(|name| {
        let (taken, size) = name.strip_suffix(".note")?.split_once('-')?;
        Some(Last { size: size.parse().ok()?, taken: taken.to_owned() })
    }))
}

fn keep(folder: &Path, now: Moment, size: u64, note: &str) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("{}-{size:012}.note", now.compact()));
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(note.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, &path)?;
    Ok(File::open(folder)?.sync_all()?)
}
