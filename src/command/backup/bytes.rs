//! The bytes of evidence files in a backup: piece by piece out, piece by piece in.
//!
//! Invariant: memory stays flat for any size; bytes that are not the recorded ones go neither out nor in.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::{Done, Ending};
use super::{Line, Out, failed};
use crate::artifacts::records;
use crate::ids::{Id, OrganizationId};
use crate::settings::Place;
use crate::storage::blobs::Incoming;
use crate::storage::{AsOf, Blobs, Failure, Store};

/// What became of the evidence files.
#[derive(Default)]
pub(super) struct Tally {
    pub artifacts: u64,
    /// Files whose bytes are missing or not as recorded, in words.
    pub problems: Vec<String>,
}

/// Writes the bytes of every evidence file of every organization.
pub(super) async fn write(place: &Place, store: &Store, out: &mut Out<impl Write>) -> Result<Tally, Ending> {
    let blobs = place.blobs().map_err(Ending::Usage)?;
    let mut work = store.read_platform().await?;
    let organizations = work.tables().every_organization().await?;
    drop(work);
    let mut tally = Tally::default();
    for organization in organizations {
        let mut at = store.snapshot(organization.id, AsOf::Now).await?;
        let every = records::every_bytes(&mut at).await?;
        drop(at);
        for (reference, sha256, size) in every {
            match one(&blobs, organization.id, (&sha256, size), out).await? {
                None => tally.artifacts += 1,
                Some(problem) => tally.problems.push(format!("{} {reference}: {problem}", organization.slug)),
            }
        }
    }
    Ok(tally)
}

/// Writes one file's bytes, or says why it cannot. A file that turns out wrong on its way is closed by [`Line::Void`].
async fn one(
    blobs: &Blobs,
    organization: OrganizationId,
    (sha256, size): (&str, u64),
    out: &mut Out<impl Write>,
) -> Result<Option<String>, Ending> {
    let Some(mut reading) = blobs.open(organization, sha256, size).await? else {
        return Ok(Some("its bytes are missing".to_owned()));
    };
    let (organization, sha256) = (organization.to_string(), sha256.to_owned());
    out.line(&Line::Bytes { organization, sha256, size }).map_err(failed)?;
    loop {
        match reading.next().await {
            Ok(Some(some)) => out.line(&Line::More(STANDARD.encode(some))).map_err(failed)?,
            Ok(None) => return Ok(None),
            Err(Failure::Damaged(problem)) => {
                out.line(&Line::Void).map_err(failed)?;
                return Ok(Some(problem));
            }
            Err(failure) => return Err(failure.into()),
        }
    }
}

/// Evidence files on their way in.
pub(super) struct Taking {
    blobs: Blobs,
    open: Option<(Incoming, String)>,
    pub artifacts: u64,
}

impl Taking {
    pub fn into(blobs: Blobs) -> Self {
        Self { blobs, open: None, artifacts: 0 }
    }

    /// Begins the next file.
    pub async fn begin(&mut self, organization: &str, sha256: String) -> Done {
        self.finish().await?;
        let organization =
            OrganizationId::parse(organization).ok_or_else(|| failed("an organization without an id"))?;
        self.open = Some((self.blobs.receive(organization).await?, sha256));
        Ok(())
    }

    /// Takes the next bytes of the file that was begun.
    pub async fn more(&mut self, text: &str) -> Done {
        let Some((incoming, _)) = &mut self.open else { return Err(failed("bytes that belong to no file")) };
        let bytes = STANDARD.decode(text).map_err(failed)?;
        Ok(incoming.write(&bytes).await?)
    }

    /// Leaves out the file that was begun.
    pub fn void(&mut self) {
        self.open = None;
    }

    /// Closes the file that was begun; its bytes have to be the recorded ones.
    pub async fn finish(&mut self) -> Done {
        let Some((incoming, sha256)) = self.open.take() else { return Ok(()) };
        let stored = incoming.finish().await?;
        if stored.is_none_or(|stored| stored.sha256 != sha256) {
            return Err(Ending::Usage(format!("the bytes of {sha256} are damaged; nothing was restored")));
        }
        self.artifacts += 1;
        Ok(())
    }
}
