//! `glance journal verify` and `glance journal checkpoint`; `glance keys`.
//!
//! Invariant: a checkpoint somebody kept outside is what makes rewriting show.

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Subcommand};
use ed25519_dalek::VerifyingKey;
use serde_json::json;

use super::{Done, Ending};
use crate::artifacts::keeping;
use crate::auth::keys::Keys;
use crate::evidence::{records, signer};
use crate::ids::OrganizationId;
use crate::seal::note::Checkpoint;
use crate::seal::signature;
use crate::settings::Place;
use crate::storage::verify::{Promise, verify};
use crate::storage::{AsOf, Store};

#[derive(Args)]
pub struct Log {
    /// The organization whose journal it is
    #[arg(long, required_unless_present = "platform")]
    organization: Option<String>,
    /// The installation's own journal: sign-ins, and what belongs to no organization
    #[arg(long, conflicts_with = "organization")]
    platform: bool,
}

#[derive(Subcommand)]
pub enum Journal {
    /// Recompute the journal and compare
    Verify {
        #[command(flatten)]
        log: Log,
        /// A file with a signed checkpoint kept from before
        #[arg(long)]
        checkpoint: Option<PathBuf>,
        /// Also re-canonicalize every leaf and compare every version with its commitment
        #[arg(long)]
        strict: bool,
        /// Also read every evidence file through and compare its SHA-256; strict alone looks for its presence and size
        #[arg(long)]
        bytes: bool,
    },
    /// Print a signed checkpoint; keep it somewhere else
    Checkpoint {
        #[command(flatten)]
        log: Log,
    },
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// List signing and session keys
    List,
    /// Make a new signing and a new session key; old packages stay verifiable
    Rotate,
}

async fn log_of(store: &Store, log: &Log) -> Result<OrganizationId, Ending> {
    match &log.organization {
        Some(slug) => Ok(super::organization(store, slug).await?.id),
        None => Ok(OrganizationId::PLATFORM),
    }
}

/// The tree a kept note promises, signed by a key of this installation.
fn promise(keys: &Keys, note: &str, origin: &str) -> Result<Promise, Ending> {
    let known = keys.every_signing().into_iter().map(|named| named.key.verifying_key());
    let found = known.into_iter().find_map(|key: VerifyingKey| Checkpoint::verify(note, &key).ok());
    let checkpoint =
        found.ok_or_else(|| Ending::Usage("the checkpoint is not signed by a key of this installation".to_owned()))?;
    if checkpoint.origin != origin {
        return Err(Ending::Usage(format!("the checkpoint is of the log {}, not of {origin}", checkpoint.origin)));
    }
    Ok(Promise { size: checkpoint.size, root: checkpoint.root })
}

impl Journal {
    pub async fn run(self, place: &Place) -> Done {
        let store = super::open(place).await?;
        match self {
            Journal::Verify { log, checkpoint, strict, bytes } => {
                verified(place, &store, &log, checkpoint, (strict, bytes)).await
            }
            Journal::Checkpoint { log } => {
                let keys = super::keys(place, &store)?;
                keys.signing_at(store.clock().now()).map_err(Ending::DoesNotHold)?;
                let mut at = store.snapshot(log_of(&store, &log).await?, AsOf::Now).await?;
                let (origin, tree) = records::whole_log(&mut at).await?;
                let (checkpoint, note) =
                    signer::sign(&keys, &origin, &tree, tree.len() as u64).map_err(Ending::DoesNotHold)?;
                let document = json!({"log": origin, "size": checkpoint.size.to_string(), "note": note});
                super::say(place, &document, note.trim_end());
                Ok(())
            }
        }
    }
}

async fn verified(place: &Place, store: &Store, log: &Log, checkpoint: Option<PathBuf>, how: (bool, bool)) -> Done {
    let organization = log_of(store, log).await?;
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    let promised = match checkpoint {
        None => None,
        Some(path) => {
            let note = std::fs::read_to_string(&path)
                .map_err(|error| Ending::Usage(format!("{}: {error}", path.display())))?;
            let origin = records::origin(&mut at).await?;
            Some(promise(&super::keys(place, store)?, &note, &origin)?)
        }
    };
    drop(at);
    let (began, (strict, bytes)) = (Instant::now(), how);
    let mut report = verify(store, organization, promised, strict.then_some(crate::KINDS)).await?;
    if strict || bytes {
        report.problems.extend(evidence_files(place, store, organization, bytes).await?);
    }
    let seconds = began.elapsed().as_secs_f64();
    let document = json!({"holds": report.holds(), "leaves": report.leaves, "root": report.root, "strict": strict,
        "checkpoint": promised.map(|promise| promise.size.to_string()), "problems": report.problems, "seconds": seconds});
    let mut words = format!("{} leaves, root {}\n", report.leaves, report.root);
    report.problems.iter().for_each(|problem| words.push_str(&format!("PROBLEM: {problem}\n")));
    words.push_str(if report.holds() { "holds" } else { "does not hold" });
    if report.holds() && promised.is_none() {
        words.push_str(" in itself; only a checkpoint kept elsewhere shows that nothing was rewritten");
    }
    super::say(place, &document, &words);
    if report.holds() { Ok(()) } else { Err(Ending::DoesNotHold(String::new())) }
}

/// Evidence files whose bytes are not what was recorded.
async fn evidence_files(
    place: &Place,
    store: &Store,
    organization: OrganizationId,
    thorough: bool,
) -> Result<Vec<String>, Ending> {
    if organization == OrganizationId::PLATFORM {
        return Ok(Vec::new());
    }
    let blobs = place.blobs().map_err(Ending::Usage)?;
    let mut at = store.snapshot(organization, AsOf::Now).await?;
    Ok(keeping::problems(&mut at, &blobs, thorough).await?)
}

impl KeysCommand {
    pub async fn run(self, place: &Place) -> Done {
        let store = super::open(place).await?;
        let keys = super::keys(place, &store)?;
        if matches!(self, KeysCommand::Rotate) {
            for kind in ["signing", "session"] {
                Keys::rotate(&place.data, kind, store.clock().now()).map_err(Ending::Failed)?;
            }
        }
        let signing: Vec<_> = keys
            .every_signing()
            .iter()
            .map(|named| {
                json!({"id": named.id, "made": named.made, "not_before": named.window.not_before.rfc3339(),
                    "not_after": named.window.not_after.rfc3339(), "fingerprint": signature::fingerprint(&named.key.verifying_key())})
            })
            .collect();
        let session: Vec<_> = keys.every_session().iter().map(|key| key.id.clone()).collect();
        let line = |key: &serde_json::Value| {
            format!("signing {} from {} to {} {}", key["id"], key["not_before"], key["not_after"], key["fingerprint"])
        };
        let words: Vec<String> = signing.iter().map(line).collect();
        super::say(place, &json!({"signing": signing, "session": session}), &words.join("\n").replace('"', ""));
        Ok(())
    }
}
