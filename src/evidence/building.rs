//! Building a package: one snapshot, its chapters, one file.
//!
//! Invariant: one snapshot behind everything, at the effective instant; the same order gives the same bytes. The file is on
//! disk, whole and synced, before anybody is told; a build that breaks off leaves nothing behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::chapters::CHAPTERS;
use super::disclosing;
use super::dossier::Dossier;
use super::failing::Unbuilt;
use super::gathering::{self, Asked, Proved};
use super::order::Order;
use super::{copying, records, signer, used};
use crate::auth::keys::Keys;
use crate::ids::{OrganizationId, PackageId};
use crate::seal::bag;
use crate::seal::history::History;
use crate::seal::{Spool, Unsealable, signature};
use crate::storage::merkle::Tree;
use crate::storage::versions::{hash_text, hex};
use crate::storage::{AsOf, Blobs, Failure, Store};
use crate::vocabulary::Moment;

/// What building needs of the house.
#[derive(Clone, Copy)]
pub struct Means<'m> {
    pub store: &'m Store,
    pub keys: &'m Keys,
    /// Where packages and other files are kept.
    pub data: &'m Path,
    pub blobs: &'m Blobs,
}

/// How far a build came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, in words.
    pub chapter: &'static str,
    pub done: usize,
    pub of: usize,
}

/// Told each step of a build.
pub type Watching<'w> = &'w (dyn Fn(Progress) + Send + Sync);

/// A package whose file is on disk, whole and synced.
#[derive(Clone, Debug)]
pub struct Sealed {
    pub path: PathBuf,
    /// Name of the folder inside, and of the file with `.zip`.
    pub name: String,
    pub instant: Moment,
    pub tree_size: i64,
    pub size: u64,
    /// `sha256:` of the file.
    pub digest: String,
    /// Fingerprint of the signing key.
    pub key: String,
    /// SHA-256 of the `manifest.json` inside, in lower-case hex.
    pub manifest: String,
}

/// Where a package's file lies.
#[must_use]
pub fn path(data: &Path, organization: OrganizationId, id: PackageId) -> PathBuf {
    data.join("packages").join(organization.to_string()).join(format!("{id}.zip"))
}

/// Steps that are no chapters: reading, evidence files, history, sealing.
const BESIDES: usize = 4;

/// Builds the package of an order.
pub async fn build(means: Means<'_>, order: Order, watching: Watching<'_>) -> Result<Sealed, Unbuilt> {
    let path = path(means.data, order.organization, order.package);
    let of = CHAPTERS.len() + BESIDES;
    let step = |chapter, done| watching(Progress { chapter, done, of });
    step("reading the record", 0);
    let mut asked = gathering::ask(means.store, &order).await?;
    let (tree, proved) = prove(means, &mut asked).await?;
    let earlier = records::earlier(&mut asked.at, means.keys).await?;
    let (mut dossier, answers) = Box::pin(gathering::dossier(means.store, &mut asked, order, proved)).await?;
    let mut spool = Spool::in_folder(path.parent().unwrap_or(&path)).map_err(unwritten("the build folder"))?;
    step("evidence files", 1);
    copying::copy(&dossier, means.blobs, &mut spool).await?;
    step("history", 2);
    let used = used::used(&dossier, &answers.attachments);
    let mut history =
        History::begin(&mut spool, &tree, &dossier.checkpoint, &dossier.note).map_err(unwritten("history"))?;
    let told = disclosing::disclose(&mut asked.at, &used, &mut history).await?;
    history.finish(&earlier).map_err(unwritten("history"))?;
    drop((asked, tree, used, answers));
    dossier.disclosed = told;
    let dossier = Arc::new(dossier);
    for (n, chapter) in CHAPTERS.iter().enumerate() {
        step(chapter.name, n + 3);
        let dossier = Arc::clone(&dossier);
        spool = apart(move || (chapter.write)(&dossier, &mut spool).map(|()| spool))
            .await?
            .map_err(unwritten(chapter.name))?;
    }
    step("sealing", of - 1);
    let sealed = seal(means.keys, dossier, spool, path).await?;
    step("sealed", of);
    Ok(sealed)
}

fn unwritten(chapter: &'static str) -> impl Fn(Unsealable) -> Unbuilt {
    move |cause| Unbuilt::Unwritten { chapter, cause }
}

/// Does work that holds a thread for long where it holds up nobody.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Unbuilt> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Unbuilt::Storage(Failure::Unfit(format!("the build broke off: {error}"))))
}

/// The whole log, and the signed checkpoint of the instant's size.
async fn prove(means: Means<'_>, asked: &mut Asked) -> Result<(Tree, Proved), Unbuilt> {
    let key = means.keys.signing_at(means.store.clock().now()).map_err(Failure::Unfit)?;
    let mut now = means.store.snapshot(asked.at.organization(), AsOf::Now).await?;
    let (origin, tree) = records::whole_log(&mut now).await?;
    let size = u64::try_from(asked.at.tree_size()).unwrap_or(0);
    let (checkpoint, note) = signer::sign_by(&key, means.keys, &origin, (&tree, size)).map_err(Failure::Unfit)?;
    let key = signature::fingerprint(&key.key.verifying_key());
    Ok((tree, Proved { checkpoint, note, key }))
}

/// Writes the file.
async fn seal(keys: &Keys, dossier: Arc<Dossier>, spool: Spool, path: PathBuf) -> Result<Sealed, Unbuilt> {
    // The one that signed the checkpoint, though it was rotated meanwhile.
    let mut known = keys.every_signing().into_iter();
    let key = known.find(|named| signature::fingerprint(&named.key.verifying_key()) == dossier.key);
    let key = key.ok_or_else(|| Failure::Unfit("the signing key was taken away during the build".to_owned()))?;
    let manifest = spool.get("manifest.json").map_or_else(String::new, |file| hex(&file.sha256));
    let (name, mut info) = (dossier.name(), info(&dossier));
    info.extend(key.info());
    let (instant, tree_size, fingerprint) = (dossier.instant, dossier.tree_size, dossier.key.clone());
    drop(dossier);
    let (folder, file) = (name.clone(), path.clone());
    let written = apart(move || {
        let order = bag::Order { folder: &folder, info, key: &key.key };
        bag::seal_into(&order, &spool, &file)
    });
    let written = written.await?.map_err(unwritten("sealing"))?;
    let (size, digest) = (written.size, hash_text(&written.sha256));
    Ok(Sealed { path, name, instant, tree_size, size, digest, key: fingerprint, manifest })
}

/// Lines of `bag-info.txt`.
fn info(dossier: &Dossier) -> Vec<(&'static str, String)> {
    let checkpoint = &dossier.checkpoint;
    vec![
        ("Source-Organization", dossier.profile.name.clone()),
        ("Bagging-Date", dossier.instant.utc().format("%Y-%m-%d").to_string()),
        ("External-Identifier", dossier.name()),
        ("Glance-Checkpoint", format!("{} {} {}", checkpoint.origin, checkpoint.size, hash_text(&checkpoint.root))),
    ]
}
