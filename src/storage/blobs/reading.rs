//! Bytes going out: hashed on their way, the last ones held back until all of them fit.
//!
//! Invariant: nobody receives a whole file whose bytes are not what was recorded.

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::{GetResult, GetResultPayload, ObjectStoreExt};
use sha2::{Digest, Sha256};

use tokio::io::AsyncReadExt;

use super::{Blobs, failing};
use crate::ids::OrganizationId;
use crate::storage::versions::hex;
use crate::storage::{Failure, Result};

/// Bytes read from a file at a time; the crate's own stream reads 8 KiB, each on another thread.
const CHUNK: usize = 256 * 1024;

type Chunks = BoxStream<'static, Result<Vec<u8>>>;

/// What stands where bytes were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As recorded.
    Whole,
    Missing,
    /// Other bytes, or another number of them.
    Different,
}

impl State {
    /// The state in words.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            State::Whole => "whole",
            State::Missing => "its bytes are missing",
            State::Different => "its bytes are not those that were recorded",
        }
    }
}

/// A file on its way out.
pub struct Reading {
    chunks: Chunks,
    hash: Sha256,
    left: u64,
    sha256: String,
    held: Option<Vec<u8>>,
    done: bool,
}

impl Blobs {
    /// Opens recorded bytes; none when nothing stands there.
    pub async fn open(&self, organization: OrganizationId, sha256: &str, size: u64) -> Result<Option<Reading>> {
        let address = self.address(organization, sha256)?;
        let found = match &self.far {
            Some(far) => far.store.get(&address).await,
            None => self.near()?.get(&address).await,
        };
        match found {
            Ok(found) => Ok(Some(Reading {
                chunks: chunks(found),
                hash: Sha256::new(),
                left: size,
                sha256: sha256.to_owned(),
                held: None,
                done: false,
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Looks whether recorded bytes are there, by their number alone.
    pub async fn glimpse(&self, organization: OrganizationId, sha256: &str, size: u64) -> Result<State> {
        let address = self.address(organization, sha256)?;
        Ok(match self.size_at(&address).await? {
            None => State::Missing,
            Some(found) if found == size => State::Whole,
            Some(_) => State::Different,
        })
    }

    /// Reads recorded bytes through and compares them with what was recorded.
    pub async fn verify(&self, organization: OrganizationId, sha256: &str, size: u64) -> Result<State> {
        let Some(mut reading) = self.open(organization, sha256, size).await? else { return Ok(State::Missing) };
        loop {
            match reading.next().await {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(State::Whole),
                Err(Failure::Damaged(_)) => return Ok(State::Different),
                Err(failure) => return Err(failure),
            }
        }
    }
}

impl Reading {
    /// The next bytes; none after the last. [`Failure::Damaged`] instead of the last bytes when they are not the recorded
    /// ones.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        while !self.done {
            match self.chunks.next().await {
                Some(chunk) => {
                    let chunk = chunk?;
                    self.left = self.left.checked_sub(chunk.len() as u64).ok_or_else(|| self.different())?;
                    self.hash.update(&chunk);
                    if let Some(ready) = self.held.replace(chunk) {
                        return Ok(Some(ready));
                    }
                }
                None if self.left > 0 || hex(&self.hash.clone().finalize()) != self.sha256 => {
                    return Err(self.different());
                }
                None => self.done = true,
            }
        }
        Ok(self.held.take())
    }

    fn different(&self) -> Failure {
        Failure::Damaged(format!("the bytes kept as {} are not those that were recorded", self.sha256))
    }
}

/// The bytes of an answer, piece by piece.
pub(super) fn chunks(found: GetResult) -> Chunks {
    match found.payload {
        GetResultPayload::Stream(stream) => stream.map(|chunk| chunk.map(Vec::from).map_err(failing::far)).boxed(),
        GetResultPayload::File(file, _) => {
            let file = tokio::fs::File::from_std(file);
            futures_util::stream::try_unfold(file, |mut file| async {
                let mut buffer = vec![0; CHUNK];
                let read = file.read(&mut buffer).await?;
                buffer.truncate(read);
                Ok((read > 0).then_some((buffer, file)))
            })
            .boxed()
        }
    }
}
