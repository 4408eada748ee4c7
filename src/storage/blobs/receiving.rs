//! Bytes coming in: hashed on their way, under a temporary name until all of them are here.
//!
//! Invariant: memory stays flat for any size; what is dropped before it is finished leaves nothing behind.

use futures_util::StreamExt;
use object_store::path::Path as Address;
use object_store::{ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};

use super::reading::chunks;
use super::{Blobs, WAITING, failing};
use crate::ids::OrganizationId;
use crate::storage::versions::hex;
use crate::storage::{Failure, Result};

/// Most bytes of one file.
pub const MOST_BYTES: u64 = 20 * 1024 * 1024 * 1024;

/// Bytes written at a time.
const NEAR_PART: usize = 1024 * 1024;
const FAR_PART: usize = 8 * 1024 * 1024;
/// Parts on their way at a time.
const AT_A_TIME: usize = 2;

/// First bytes kept for telling what a file is.
pub const HEAD_BYTES: usize = 8 * 1024;

/// Bytes that are here whole and synced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    pub size: u64,
    /// The first bytes.
    pub head: Vec<u8>,
}

/// A file on its way in.
pub struct Incoming {
    blobs: Blobs,
    organization: OrganizationId,
    waiting: Address,
    write: WriteMultipart,
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

impl Blobs {
    /// Begins to take a file in.
    pub async fn receive(&self, organization: OrganizationId) -> Result<Incoming> {
        let waiting = Address::from(format!("{WAITING}/{}", hex(&rand::random::<[u8; 16]>())));
        let upload = self.near()?.put_multipart(&waiting).await.map_err(failing::near)?;
        let write = WriteMultipart::new_with_chunk_size(upload, NEAR_PART);
        let (hash, head) = (Sha256::new(), Vec::new());
        Ok(Incoming { blobs: self.clone(), organization, waiting, write, hash, size: 0, head })
    }

    /// Takes a file of this host in.
    pub async fn receive_file(&self, organization: OrganizationId, path: &std::path::Path) -> Result<Option<Stored>> {
        use tokio::io::AsyncReadExt;
        let mut file = tokio::fs::File::open(path).await?;
        let mut incoming = self.receive(organization).await?;
        let mut buffer = vec![0; NEAR_PART];
        loop {
            let read = file.read(&mut buffer).await?;
            if read == 0 {
                return incoming.finish().await;
            }
            incoming.write(&buffer[..read]).await?;
        }
    }

    /// Gives the bytes that wait their place, unless the same bytes are there.
    async fn settle(&self, waiting: &Address, address: &Address, size: u64) -> Result<()> {
        let near = self.near()?;
        let is_there = self.size_at(address).await? == Some(size);
        match &self.far {
            None if !is_there => return near.rename(waiting, address).await.map_err(failing::near),
            Some(far) if !is_there => {
                let mut chunks = chunks(near.get(waiting).await.map_err(failing::near)?);
                let upload = far.store.put_multipart(address).await.map_err(failing::far)?;
                let mut write = WriteMultipart::new_with_chunk_size(upload, FAR_PART);
                while let Some(chunk) = chunks.next().await {
                    write.wait_for_capacity(AT_A_TIME).await.map_err(failing::far)?;
                    write.write(&chunk?);
                }
                write.finish().await.map_err(failing::far)?;
            }
            _ => {}
        }
        near.delete(waiting).await.map_err(failing::near)
    }
}

impl Incoming {
    /// Takes the next bytes; refuses what is larger than [`MOST_BYTES`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > MOST_BYTES {
            return Err(Failure::File(std::io::ErrorKind::FileTooLarge.into()));
        }
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.hash.update(bytes);
        self.write.wait_for_capacity(AT_A_TIME).await.map_err(failing::near)?;
        self.write.write(bytes);
        Ok(())
    }

    /// All bytes are here: syncs them and gives them their place. None when there were none.
    pub async fn finish(self) -> Result<Option<Stored>> {
        if self.size == 0 {
            self.write.abort().await.map_err(failing::near)?;
            return Ok(None);
        }
        self.write.finish().await.map_err(failing::near)?;
        let sha256 = hex(&self.hash.finalize());
        let address = self.blobs.address(self.organization, &sha256)?;
        self.blobs.settle(&self.waiting, &address, self.size).await?;
        Ok(Some(Stored { sha256, size: self.size, head: self.head }))
    }
}
